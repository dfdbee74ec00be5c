/* allocation_check.h - pyprof.assert_allocated: a part of the program that fails if it allocates too much. */
#ifndef PYPROF_HOST_ALLOCATION_CHECK_H
#define PYPROF_HOST_ALLOCATION_CHECK_H

#include "core/host/python_version.h"

/* What the process has allocated since it started. */
struct allocation_sum {
    uint64_t count, bytes;
};
struct allocation_sum allocation_sum_now(void);

/* Makes the types. false with an exception set. */
bool allocation_check_prepare(void);

/* The module's function assert_allocated. */
PyObject *allocation_check_new(PyObject *module, PyObject *arguments, PyObject *options);

#endif
