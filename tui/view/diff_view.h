/* diff_view.h - a view of what changed between two sessions: functions, below them lines. It stands in place of the panes. */
#ifndef PYPROF_TUI_VIEW_DIFF_VIEW_H
#define PYPROF_TUI_VIEW_DIFF_VIEW_H

#include "pyprof/session_diff.h"
#include "tui/view/view.h"

extern const struct view diff_view;

/* Shows another diff from now on (NULL: none), which must live as long as it is shown. */
void diff_view_show(void *state, const struct session_diff *diff);

#endif
