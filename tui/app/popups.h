/* popups.h - help, palette, menus of sorts and columns, list of processes: the rows of each, and what choosing one does. */
#ifndef PYPROF_TUI_POPUPS_H
#define PYPROF_TUI_POPUPS_H

#include "tui/app/state.h"

void popups_open(struct application *application, enum popup_kind kind);
void popups_close(struct application *application);
/* Gives the open popup a key. Returns the request that was chosen in the palette, REQUEST_NONE else. */
enum request popups_key(struct application *application, int key);

#endif
