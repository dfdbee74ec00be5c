/* own_work.h - what the engine does while the program waits. */
#ifndef PYPROF_HOST_OWN_WORK_H
#define PYPROF_HOST_OWN_WORK_H

#include "core/host/python_version.h"
#include "core/probe/shadow_stack.h"

/* Work in between leaves a pending exception as it was, costs the program no time, and is not interrupted by the garbage collector,
 * whose finalizers would run Python code in the middle of it. May be nested. */
struct own_work {
    struct python_exception pending;
    uint64_t before;
    int collecting;
};

static inline void own_work_begin(struct own_work *work) {
    work->before = shadow_reading();
    work->pending = python_take_exception();
    work->collecting = PyGC_Disable();
}

static inline void own_work_end(struct own_work *work) {
    if (work->collecting)
        PyGC_Enable();
    python_put_exception(work->pending);
    shadow_discount(work->before);
}

#endif
