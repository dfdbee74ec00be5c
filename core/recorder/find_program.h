/* find_program.h - programs by name, as a shell finds them. */
#ifndef PYPROF_RECORDER_FIND_PROGRAM_H
#define PYPROF_RECORDER_FIND_PROGRAM_H

#include <stdbool.h>

#include "pyprof/arena.h"

/* A file that may be executed? */
bool is_program(const char *path);

/* The first program of that name in $PATH, or, where the name has a slash, that one. The path is absolute, but has
 * its symbolic links: that is how python3 names itself, and how it finds its environment. false: there is none. */
bool find_program(const char *name, char path[ARENA_PATH_SIZE]);

#endif
