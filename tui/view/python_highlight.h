/* python_highlight.h - finds keywords, strings, comments and numbers in Python source, line by line.
 *
 * A line needs to know only how the line before it ended: inside which strings, and inside which replacement fields of them
 * ({...} of f-strings and t-strings, which may hold strings again: PEP 701 and 750). Four such levels are told apart; what is
 * nested deeper is shown as code. */
#ifndef PYPROF_TUI_VIEW_PYTHON_HIGHLIGHT_H
#define PYPROF_TUI_VIEW_PYTHON_HIGHLIGHT_H

#include <stddef.h>
#include <stdint.h>

/* How a line ends: in code, or inside a string. Of what is nested, the innermost level lies in the lowest sixteen bits; each
 * is one of these and what is in python_highlight.c. */
enum python_state {
    PYTHON_CODE,
    PYTHON_TRIPLE_SINGLE, PYTHON_TRIPLE_DOUBLE, /* inside '''...''' or """...""" */
    PYTHON_SINGLE, PYTHON_DOUBLE                /* inside '...' or "..." whose line ended in a backslash */
};

/* Goes through one line (without its line end) that begins in `state`; returns how it ends. styles, unless NULL,
 * gets an enum cell_style for each byte. */
uint64_t python_highlight_line(uint64_t state, const char *text, size_t length, uint8_t *styles);

#endif
