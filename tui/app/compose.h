/* compose.h - the whole screen as a grid: panes, what stands around them, popup and prompt. */
#ifndef PYPROF_TUI_COMPOSE_H
#define PYPROF_TUI_COMPOSE_H

#include "tui/app/state.h"

/* Draws everything into application->grid. The cursor's place is filled where text is typed; else *cursor_row is -1. */
void compose(struct application *application, int *cursor_row, int *cursor_column);

#endif
