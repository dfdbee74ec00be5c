/* first_run.h - whether somebody starts the viewer for the first time. */
#ifndef PYPROF_TUI_FIRST_RUN_H
#define PYPROF_TUI_FIRST_RUN_H

#include "tui/app/state.h"

/* Says once for each user which keys to begin with, in the last row until the first key. That it was said is noted by an empty
 * file in $XDG_STATE_HOME/pyprof-tui, else ~/.local/state/pyprof-tui; where that cannot be made nothing is said, now or later. */
void first_run_hint(struct application *application);

#endif
