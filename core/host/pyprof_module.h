/* pyprof_module.h - the module `pyprof` that a program can import while it is profiled. */
#ifndef PYPROF_HOST_PYPROF_MODULE_H
#define PYPROF_HOST_PYPROF_MODULE_H

#include "core/host/python_version.h"

#define PYPROF_MODULE_NAME "pyprof"

/* The module, made when it is first asked for; a new reference, or NULL with an exception set. */
PyObject *pyprof_module(void);

/* Says in a RuntimeError that a function of the module needs the memory collector, and how to turn it on, unless it runs. */
bool pyprof_has_memory(const char *function);

#endif
