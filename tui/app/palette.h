/* palette.h - the list of all actions: what is typed finds one by its name or help, or names a command and its argument. */
#ifndef PYPROF_TUI_PALETTE_H
#define PYPROF_TUI_PALETTE_H

#include "tui/app/state.h"

/* Rows for what is typed in the popup: actions, or what the command that is typed offers. false: out of memory. */
bool palette_fill(struct application *application);
/* Gives it a key. Returns the request that was chosen, REQUEST_NONE else. */
enum request palette_key(struct application *application, int key);

#endif
