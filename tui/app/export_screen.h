/* export_screen.h - what is on the screen, as a text file. */
#ifndef PYPROF_TUI_EXPORT_SCREEN_H
#define PYPROF_TUI_EXPORT_SCREEN_H

#include "tui/app/state.h"

/* Writes the screen as it is. What comes of it is said in the last row. */
void export_screen(struct application *application, const char *path);

/* Writes the focused pane under its title: of the functions, the source, memory and the call tree all rows, of other panes what is
 * seen of them. */
void export_pane(struct application *application, const char *path);

#endif
