/* editor.h - the user's editor at a line. */
#ifndef PYPROF_TUI_EDITOR_H
#define PYPROF_TUI_EDITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "pyprof/error.h"

/* Runs $VISUAL, else $EDITOR, else vi as `editor +LINE FILE` on /dev/tty and waits for it; those that know no +LINE (code, subl
 * and others) are told as they want it. The caller has left the screen. false: it could not be run or failed. */
bool editor_run(const char *file, uint32_t line, struct error *error);

#endif
