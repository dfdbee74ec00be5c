/* lock_waiting.h - the run's clock `running`: time that threads wait for the interpreter lock is taken out of all times. */
#ifndef PYPROF_HOST_LOCK_WAITING_H
#define PYPROF_HOST_LOCK_WAITING_H

#include "pyprof/inject.h"

/* Where the run's clock asks for it. A Python without the lock waits for none. */
void lock_waiting_watch(struct injection *injection);

#endif
