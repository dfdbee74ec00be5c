/* source_draw.h - a line of Python source in the grid: tabs, sideways scrolling, highlighting. */
#ifndef PYPROF_TUI_VIEW_SOURCE_DRAW_H
#define PYPROF_TUI_VIEW_SOURCE_DRAW_H

#include "tui/term/grid.h"
#include "tui/view/source_text.h"

enum { SOURCE_MAX_COLUMNS = 1 << 17, /* what stands farther right in a line is not shown */
       SOURCE_NARROW = 40         /* in fewer columns the indentation is halved */ };

/* Draws a line (from 1) into `width` columns without its first `skip` columns, occurrences of pattern highlighted. A
 * line that goes on to the right ends in '~'. */
void source_draw_line(const struct source_text *text, size_t line, struct grid *grid, struct rectangle area, int row,
                      int column, int width, int skip, const char *pattern);

#endif
