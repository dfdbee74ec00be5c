/* adopt.h - functions that existed before the probes did: those of the modules that start-up imports. */
#ifndef PYPROF_HOST_ADOPT_H
#define PYPROF_HOST_ADOPT_H

#include "core/host/python_version.h"

/* Exchanges the code of every function there is by its twin. false with an exception set. */
bool adopt_existing_functions(void);

/* The gc module; a new reference, or NULL with an exception set. It is not left in sys.modules where the program would not have
 * found it. */
PyObject *adopt_collector_module(void);

#endif
