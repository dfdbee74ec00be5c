/* remembered.h - keeps a selection over what changes ids: another run, another process. */
#ifndef PYPROF_TUI_REMEMBERED_H
#define PYPROF_TUI_REMEMBERED_H

#include "tui/app/state.h"

/* Remembers the selected function by its names. */
void remembered_keep(struct application *application);
/* Selects what is remembered, as soon as it is in the model that is shown. */
void remembered_find(struct application *application);
void remembered_forget(struct application *application);

#endif
