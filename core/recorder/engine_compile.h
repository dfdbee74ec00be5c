/* engine_compile.h - one run of the user's C compiler. */
#ifndef PYPROF_RECORDER_ENGINE_COMPILE_H
#define PYPROF_RECORDER_ENGINE_COMPILE_H

#include <stdbool.h>

#include "pyprof/arena.h"
#include "pyprof/error.h"

enum { COMPILE_MOST_INCLUDES = 4 };

struct compilation {
    const char *folder;                           /* of the sources, where the compiler runs and ENGINE_OPTIONS is */
    const char *includes[COMPILE_MOST_INCLUDES];  /* folders with headers; NULL: no more */
    const char *output;                           /* the library to be made */
    const char *log;                              /* gets what the compiler says */
};

/* By $CC (words separated by blanks), cc, gcc or clang, whichever is there first. *error holds the compiler's first
 * complaint and where the others are. */
bool engine_compile(const struct compilation *compilation, struct error *error);

#endif
