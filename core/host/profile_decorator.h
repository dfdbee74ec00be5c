/* profile_decorator.h - builtins.profile, as users of kernprof and memory_profiler expect it: marks functions whose lines the
 * run is about. */
#ifndef PYPROF_HOST_PROFILE_DECORATOR_H
#define PYPROF_HOST_PROFILE_DECORATOR_H

#include <stdbool.h>

/* Puts `profile` into builtins. false with an exception set. */
bool profile_decorator_install(void);

#endif
