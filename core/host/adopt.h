/* adopt.h - functions that existed before the probes did: those of the modules that start-up imports. */
#ifndef PYPROF_HOST_ADOPT_H
#define PYPROF_HOST_ADOPT_H

#include "core/host/python_version.h"

/* Exchanges the code of every function there is by its twin. false with an exception set. */
bool adopt_existing_functions(void);

/* The same while the program runs, when collectors have been switched: each function that there is gets the code that is to run
 * now, as do those that running code will make. Activations go on with what they began with. false: memory is out, or the garbage
 * collector is at work: nothing was done. */
bool adopt_again(void);

/* The gc module; a new reference, or NULL with an exception set. It is not left in sys.modules where the program would not have
 * found it. */
PyObject *adopt_collector_module(void);

#endif
