/* objects.h - which objects there are, and what belongs to one beside what its type says. */
#ifndef PYPROF_HOST_PYTHON_VERSION_OBJECTS_H
#define PYPROF_HOST_PYTHON_VERSION_OBJECTS_H

#include "core/host/python_version/base.h"

/* Calls visit for every object that the collector of the main interpreter tracks, until it returns false. It must neither run
 * Python code nor track or untrack objects. false: they cannot be visited now: the collector is at work, or its lists are not
 * known. */
bool python_visit_tracked(bool (*visit)(PyObject *object, void *context), void *context);

/* Calls visit for every local variable of the functions that run in any thread; NULL for those without a value. */
void python_visit_locals(void (*visit)(PyObject *object, void *context), void *context);

/* Bytes that an object has in front of what its type's __sizeof__ counts, and for attributes that are in no dictionary. */
size_t python_object_extra_size(PyObject *object);

#endif
