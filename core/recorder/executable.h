/* executable.h - whether the injector can be loaded into a program, found out before it runs. */
#ifndef PYPROF_RECORDER_EXECUTABLE_H
#define PYPROF_RECORDER_EXECUTABLE_H

#include <stdbool.h>

#include "pyprof/error.h"

/* The loader preloads nothing into programs without it (static ones), of another machine, or with rights that the
 * user does not have (setuid, capabilities): *error says so. A script, or what cannot be read, passes: its end will
 * tell. */
bool executable_takes_injector(const char *program, struct error *error);

#endif
