/* headless_comparison.h - `--compare`: functions compared, printed as a text or as JSON. */
#ifndef PYPROF_TUI_HEADLESS_COMPARISON_H
#define PYPROF_TUI_HEADLESS_COMPARISON_H

#include "tui/app/command_line.h"

/* Compares and prints; what goes on stands on stderr meanwhile, where that is a terminal. Returns the exit status: 2 for what
 * cannot be compared as it was given, 1 for candidates that fail. */
int headless_compare_functions(const struct command_line *command);

#endif
