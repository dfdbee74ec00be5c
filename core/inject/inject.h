/* inject.h - the library that is preloaded into the target: see include/pyprof/inject.h. */
#ifndef PYPROF_INJECT_INJECT_H
#define PYPROF_INJECT_INJECT_H

#include "pyprof/inject.h"

enum { INJECT_VERSION_SIZE = 16 };

/* glibc's own entry, called by every program's _start: the library stands in front of it. */
int __libc_start_main(int (*main)(int, char **, char **), int count, char **arguments, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end);

#endif
