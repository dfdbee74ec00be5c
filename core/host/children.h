/* children.h - the target's processes: this one among them, and those that it forks. */
#ifndef PYPROF_HOST_CHILDREN_H
#define PYPROF_HOST_CHILDREN_H

#include <stdbool.h>

#include "pyprof/error.h"
#include "pyprof/inject.h"

/* Sees to it that forked processes are profiled, if the settings want that, and that the end of a child process is written into
 * its arena. The profile must be attached; injection is kept. */
bool children_prepare(struct injection *injection, int count, char **arguments, struct error *error);

#endif
