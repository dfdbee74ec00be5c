/* original_graph.h - what gc and sys.getsizeof tell of functions and frames: as without probes.
 *
 * gc.get_referents gives original code and gc.get_referrers finds the functions that run its twins; frames and generators are as
 * large as without the room that probes need on the stack. */
#ifndef PYPROF_HOST_ORIGINAL_GRAPH_H
#define PYPROF_HOST_ORIGINAL_GRAPH_H

#include "core/host/python_version.h"

/* false with an exception set. */
bool original_graph_install(void);

/* Whether an object is the profiler's: the constants of instrumented code. */
bool original_graph_hides(PyObject *object);

#endif
