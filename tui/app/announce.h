/* announce.h - the screen reader mode: what was selected, asked or said is written as a line, once. Nothing is drawn. */
#ifndef PYPROF_TUI_ANNOUNCE_H
#define PYPROF_TUI_ANNOUNCE_H

#include "tui/app/state.h"

/* The screen that is composed and not shown: one pane alone, and wide, so that rows are whole. */
enum { ANNOUNCE_ROWS = 50, ANNOUNCE_COLUMNS = 160 };

/* Begins to announce; false: out of memory. */
bool announce_open(struct application *application);
void announce_close(struct application *application);
/* A key was pressed: what is selected is said anew where it differs. `all`: the whole pane is. */
void announce_key(struct application *application, bool all);
/* Status and row are read once more, as they are now. */
void announce_again(struct application *application);
/* Composes, and writes what has changed since the last time. */
void announce(struct application *application);

#endif
