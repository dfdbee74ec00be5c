/* shared_functions.h - functions that the program hands to another interpreter (concurrent.interpreters, InterpreterPoolExecutor).
 *
 * From 3.13 on the interpreter sends a function by marshalling its code. That has to be the original: probes cannot be sent, and
 * other interpreters are not counted. */
#ifndef PYPROF_HOST_SHARED_FUNCTIONS_H
#define PYPROF_HOST_SHARED_FUNCTIONS_H

#include "core/host/python_version.h"

/* Waits for the modules that send to be loaded. false: an exception is set. */
bool shared_functions_install(void);

#endif
