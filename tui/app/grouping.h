/* grouping.h - what the functions are grouped by: its menu, `:group`, ui.group. */
#ifndef PYPROF_TUI_GROUPING_H
#define PYPROF_TUI_GROUPING_H

#include "tui/app/state.h"

/* Groups the functions as ui.group says. */
void grouping_read(struct application *application, const char *word);
/* Writes the grouping into a config that is saved. */
bool grouping_write(const struct application *application, struct config *config, struct error *error);
/* The menu; false: out of memory, or the pane has nothing to group, which is said. */
bool grouping_fill(struct application *application, struct popup *popup);
/* What was chosen in it. */
void grouping_choose(struct application *application, int value);
/* The words that there are, NULL-ended. */
const char *const *grouping_words(void);

#endif
