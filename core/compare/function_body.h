/* function_body.h - where a function's source begins and ends. A model knows the first line only; the last one is found from
 * indentation, brackets and strings. */
#ifndef PYPROF_COMPARE_FUNCTION_BODY_H
#define PYPROF_COMPARE_FUNCTION_BODY_H

#include "pyprof/model.h"

/* A source with the places of its lines. starts is owned; {0} is no source. */
struct source_lines {
    const struct model_source *source;
    size_t *starts, count;
};

struct line_range { uint32_t first, last; }; /* both from 1 and in it; first 0: there is none */

/* A line's text without its line end; *length bytes. line is from 1 to count. */
const char *source_line(const struct source_lines *lines, uint32_t line, size_t *length);

/* The lines of the code object of that name and first line: of a module all, of a def or class its decorators, head and block, of a
 * lambda or comprehension the statement's rest. None where the first line is not in the source. */
struct line_range function_body(const struct source_lines *lines, const char *name, uint32_t first);

#endif
