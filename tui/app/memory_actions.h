/* memory_actions.h - what keys do about memory that is not a view's own business. */
#ifndef PYPROF_TUI_MEMORY_ACTIONS_H
#define PYPROF_TUI_MEMORY_ACTIONS_H

#include "tui/app/state.h"

/* Shows the next of what can be shown of memory. */
void memory_actions_vary(struct application *application);
/* The RAM graph is gone to where another pane has the keys. */
void memory_actions_next_mark(struct application *application);
void memory_actions_previous_mark(struct application *application);
void memory_actions_peak(struct application *application);
/* Ask the recorder; a message says so where nothing runs or memory is not counted. */
void memory_actions_mark(struct application *application); /* this moment */
void memory_actions_mark_as(struct application *application, const char *name);
void memory_actions_census(struct application *application);

#endif
