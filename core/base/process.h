/* process.h - whether a process still runs. */
#ifndef PYPROF_BASE_PROCESS_H
#define PYPROF_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* True where there is no such process, and where it has ended and only waits for its parent to be told. */
bool process_is_gone(pid_t pid);

#endif
