/* memory_text.h - how places that allocate are named, and what stands on their lines. */
#ifndef PYPROF_TUI_VIEW_MEMORY_TEXT_H
#define PYPROF_TUI_VIEW_MEMORY_TEXT_H

#include "pyprof/model.h"

enum { MEMORY_TEXT_SIZE = 256 };

/* "calc_pure_python:32", "<module> julia.py:5"; "(no function)" where none is known. Returns text. */
char *memory_place(const struct model *model, uint32_t function, uint32_t line, char text[MEMORY_TEXT_SIZE]);
/* What tells a place from its neighbours: its line with the colon; NULL: it has none. */
const char *memory_place_tail(const char *place, uint32_t line);
/* The line's text without its indentation, cut to the room; "": the source is not there. Returns text. */
char *memory_line(const struct model *model, uint32_t function, uint32_t line, char text[MEMORY_TEXT_SIZE]);

#endif
