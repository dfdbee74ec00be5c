/* census.h - how many objects of each type live, and how large they are. */
#ifndef PYPROF_HOST_CENSUS_H
#define PYPROF_HOST_CENSUS_H

#include "core/host/python_version.h"

/* Counts them and puts the rows into the arena, most bytes first. Sizes are those of sys.getsizeof for builtin types and what
 * derives from them; a __sizeof__ written in Python is not run. No code of the program runs, and it costs the program no time.
 * False: there is no memory for it, or the garbage collector is at work. */
bool census_take(void);

/* The rows of the last one as a list of (name, count, bytes). NULL with an exception set. */
PyObject *census_rows(void);

#endif
