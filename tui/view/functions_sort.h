/* functions_sort.h - what the table of functions is sorted by: chosen in a menu, beside the present one, by its word. */
#ifndef PYPROF_TUI_VIEW_FUNCTIONS_SORT_H
#define PYPROF_TUI_VIEW_FUNCTIONS_SORT_H

#include "tui/app/request.h"
#include "tui/view/functions_state.h"

/* Whether the run has what is sorted by. */
bool functions_sort_is_counted(const struct functions_state *state, enum function_sort sort);
/* For the pane's title. */
const char *functions_sort_title(enum function_sort sort, bool percent);
/* v: the largest (or last in the alphabet) stands on top; ^. */
char functions_sort_sign(const struct functions_state *state);

/* The same once more inverts the order. */
void functions_sort_by(struct functions_state *state, enum function_sort sort);
/* Rows stay where they are, or no longer do. */
void functions_sort_hold(struct functions_state *state);
/* The sort beside the present one, or the present one inverted. */
void functions_sort_asked(struct functions_state *state, enum request request);

/* The view's menu: see struct view. data: struct functions_state. */
const char *const *functions_sort_names(void *data);
int functions_sort_chosen(void *data);
void functions_sort_choose(void *data, int index);

#endif
