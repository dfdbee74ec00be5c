/* live_objects.h - every object that lives in the interpreter, once.
 *
 * The garbage collector has lists of the containers it tracks. What it does not track (str, int, bytes, tuples and dictionaries of
 * such) is found from these, from code objects, which it does not know, and from the local variables of functions that run. What
 * only C code holds is not found. */
#ifndef PYPROF_HOST_LIVE_OBJECTS_H
#define PYPROF_HOST_LIVE_OBJECTS_H

#include "core/host/python_version.h"

/* Calls visit for each object; the profiler's own are left out, and an instrumented code object is shown as its original. visit
 * must not run Python code, nor make or free objects that the collector tracks. false: no memory, or the collector is at work. */
typedef void (*live_object_visitor)(PyObject *object, void *context);
bool live_objects_visit(live_object_visitor visit, void *context);

#endif
