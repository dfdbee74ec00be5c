/* limits.h - whether a headless run kept within limits.rss and limits.heap, and what is said where it did not. */
#ifndef PYPROF_TUI_LIMITS_H
#define PYPROF_TUI_LIMITS_H

#include <stdio.h>

#include "pyprof/config.h"
#include "pyprof/model.h"

/* Each process of the run is held against them. A sentence about each limit that was broken, or that nothing is known of, goes to
 * out, with the lines that most memory was allocated on where they are known. true: there was none. */
bool limits_check(const struct config *config, const struct model *program, FILE *out);

/* How often pyprof.assert_allocated failed, in all processes. */
uint64_t limits_failed_checks(const struct model *program);

#endif
