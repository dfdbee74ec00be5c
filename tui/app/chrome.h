/* chrome.h - all that stands around the panes' contents: status line, breadcrumb, borders, last row. */
#ifndef PYPROF_TUI_CHROME_H
#define PYPROF_TUI_CHROME_H

#include "tui/app/state.h"

/* Draws it into the grid by application->layout; the last row shows keys, or the message there is. */
void chrome_draw(struct application *application);
/* Instead of everything on a screen that is too small. */
/* Draws a sentence into the last row. What is wider takes rows above it: half an error is none. */
void chrome_draw_sentence(struct application *application, enum cell_style style, const char *text);
void chrome_draw_too_small(struct application *application);

#endif
