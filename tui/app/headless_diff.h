/* headless_diff.h - `--diff` without the interface: sessions compared, printed as text or JSON, and judged by --fail-if. */
#ifndef PYPROF_TUI_HEADLESS_DIFF_H
#define PYPROF_TUI_HEADLESS_DIFF_H

#include "tui/app/command_line.h"

/* Returns the exit status: EXIT_STATUS_LIMIT where a condition of --fail-if holds, EXIT_STATUS_USAGE for what cannot be
 * compared. */
int headless_diff(const struct command_line *command);

#endif
