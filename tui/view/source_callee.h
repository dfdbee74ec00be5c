/* source_callee.h - which function a line leads into: what Enter on it drills to. */
#ifndef PYPROF_TUI_VIEW_SOURCE_CALLEE_H
#define PYPROF_TUI_VIEW_SOURCE_CALLEE_H

#include "pyprof/model.h"

/* Of the functions that `caller` called and whose name stands as a word in the line, the one with the largest total
 * time, Python functions before C functions; 0: none. Call sites are not recorded: the name is what a line tells. */
uint32_t source_callee(const struct model *model, uint32_t caller, const char *line, size_t length);

#endif
