/* inject.h - the library that is preloaded into the target and the programs it executes: see include/pyprof/inject.h. */
#ifndef PYPROF_INJECT_INJECT_H
#define PYPROF_INJECT_INJECT_H

#include "pyprof/inject.h"

/* This process, as the engine knows it; `process` is 0 where there is no engine. */
extern struct injection injection;

/* glibc's own entry, called by every program's _start: the library stands in front of it. */
int __libc_start_main(int (*main)(int, char **, char **), int count, char **arguments, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void), void *stack_end);

/* The function of this name that would have been called without this library. */
void *next_function(const char *name);

#endif
