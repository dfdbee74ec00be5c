/* thread_names.h - the names of the program's threads, as its module threading has them. */
#ifndef PYPROF_HOST_THREAD_NAMES_H
#define PYPROF_HOST_THREAD_NAMES_H

#include "core/host/python_version.h"

/* Once, when the interpreter has started. false with an exception set. */
bool thread_names_watch(void);

/* For every thread that runs, as it is called now. */
void thread_names_refresh(void);

#endif
