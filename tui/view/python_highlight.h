/* python_highlight.h - finds keywords, strings, comments and numbers in Python source, line by line.
 *
 * A line needs to know only how the line before it ended: inside which kind of string. */
#ifndef PYPROF_TUI_VIEW_PYTHON_HIGHLIGHT_H
#define PYPROF_TUI_VIEW_PYTHON_HIGHLIGHT_H

#include <stddef.h>
#include <stdint.h>

/* How a line ends. */
enum python_state {
    PYTHON_CODE,
    PYTHON_TRIPLE_SINGLE, PYTHON_TRIPLE_DOUBLE, /* inside '''...''' or """...""" */
    PYTHON_SINGLE, PYTHON_DOUBLE                /* inside '...' or "..." whose line ended in a backslash */
};

/* Goes through one line (without its line end) that begins in `state`; returns how it ends. styles, unless NULL,
 * gets an enum cell_style for each byte. */
uint8_t python_highlight_line(uint8_t state, const char *text, size_t length, uint8_t *styles);

#endif
