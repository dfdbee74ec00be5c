/* panes.h - the views in their panes: what they are shown, what they ask for, which of them has the keys. */
#ifndef PYPROF_TUI_PANES_H
#define PYPROF_TUI_PANES_H

#include "tui/app/state.h"

bool panes_open(struct application *application); /* false: out of memory */
void panes_close(struct application *application);

/* Computes the layout for the grid's size, and tells the target's terminal when its size changed. */
void panes_layout(struct application *application);
void panes_draw(struct application *application);

/* Whether what changed stands in place of the panes. */
bool panes_shows_diff(const struct application *application);
/* The view that stands in a pane now, and its state. */
const struct view *panes_view(const struct application *application, enum pane pane, void **state);
/* What stands in its border, and how long what counts it was off: behind, or in front where it would be cut off there. */
void panes_title(struct application *application, enum pane pane, char *text, size_t size);
struct view_context panes_context(const struct application *application, enum pane pane);

/* Gives the request to the focused view and does what it asks for; false: it did not handle it. */
bool panes_request(struct application *application, enum request request);
void panes_apply(struct application *application, struct view_effect effect);
void panes_search(struct application *application, const char *pattern, int direction);
void panes_click(struct application *application, const struct key_press *press);

void panes_focus(struct application *application, enum pane pane);
/* The pane whose table selects what the others show: functions, or memory. */
enum pane panes_table(const struct application *application);
/* Whether a function of the model that is shown is written in C. */
bool panes_is_of_c(const struct application *application, uint32_t function);
/* Whether tabs lead to it: to memory only where it is counted. */
bool panes_offered(const struct application *application, enum pane pane);
/* The selection made good for the model and the table: where nothing was selected by hand it is the first row, and
 * where a filter hid what was selected, the row in its place. */
void panes_follow_selection(struct application *application);

/* Goes to another place, remembering this one. */
void panes_go(struct application *application, struct place place);
/* Is at another place from now on, without remembering this one. */
void panes_arrive(struct application *application, struct place place);

#endif
