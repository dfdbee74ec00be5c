/* opening.h - a session being read in a thread of its own, so that the screen is there meanwhile and keys are answered. */
#ifndef PYPROF_TUI_OPENING_H
#define PYPROF_TUI_OPENING_H

#include "tui/app/state.h"

/* Begins to read the session that the application was started with; until it is there an empty model is shown. */
bool opening_begin(struct application *application, struct error *error);
/* To poll: readable when the session is there, or cannot be read. -1: nothing is being opened. */
int opening_descriptor(const struct application *application);
/* Shows the session if it is there. One that cannot be read ends the application. */
void opening_end(struct application *application);
/* Waits for it, but no longer than this: a small session is there before the screen need be. */
void opening_wait(struct application *application, int milliseconds);
/* Stops waiting for the session; what reads it ends by itself. */
void opening_leave(struct application *application);

#endif
