/* adopt.h - functions that existed before the probes did: those of the modules that start-up imports. */
#ifndef PYPROF_HOST_ADOPT_H
#define PYPROF_HOST_ADOPT_H

#include <stdbool.h>

/* Exchanges the code of every function there is by its twin. false with an exception set. */
bool adopt_existing_functions(void);

#endif
