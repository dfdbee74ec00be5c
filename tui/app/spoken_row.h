/* spoken_row.h - a row of a table as a sentence for the ear: its text first, then each number behind its column's name. */
#ifndef PYPROF_TUI_SPOKEN_ROW_H
#define PYPROF_TUI_SPOKEN_ROW_H

#include "tui/term/grid.h"

/* Writes row `row` of an area whose first one may say what the columns are (grid_heading): "fib, Self% 97.3, Calls 12". Without
 * headings, and of the first row itself, the text as it stands. Cut where the buffer ends. */
void spoken_row(const struct grid *grid, struct rectangle area, int row, char *text, size_t size);

#endif
