/* actions.h - what keys do that is not a view's own business. */
#ifndef PYPROF_TUI_ACTIONS_H
#define PYPROF_TUI_ACTIONS_H

#include "tui/app/state.h"

/* Does what is asked for: the focused view first, then the program. */
void actions_request(struct application *application, enum request request);
/* A key, for whoever takes keys now: popup, prompt, or the key map. */
void actions_key(struct application *application, const struct key_press *press);
/* What was typed as it came, while typing into the target. */
void actions_typed(struct application *application, const unsigned char *bytes, size_t count);

/* Leaves the terminal to the shell and comes back when continued. */
void actions_suspend(struct application *application);

#endif
