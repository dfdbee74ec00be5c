/* own_work.h - what the engine does while the program waits. */
#ifndef PYPROF_HOST_OWN_WORK_H
#define PYPROF_HOST_OWN_WORK_H

#include "core/host/python_version.h"
#include "core/probe/memory.h"
#include "core/probe/shadow_stack.h"

/* Work in between leaves a pending exception as it was, costs the program no time, and is not interrupted by the garbage
 * collector, whose finalizers would run Python code in the middle of it; nor do its objects make the next collection come
 * sooner. (Only by what it takes from the interpreter's free lists can a collection begin a few objects earlier or later.) May
 * be nested. */
struct own_work {
    struct python_exception pending;
    uint64_t before;
    int collecting;
    int objects;
};

static inline void own_work_begin(struct own_work *work) {
    memory_own_work_begins();
    work->before = shadow_reading();
    work->pending = python_take_exception();
    work->collecting = PyGC_Disable();
    work->objects = python_collector_count() ? *python_collector_count() : 0;
}

static inline void own_work_end(struct own_work *work) {
    if (python_collector_count())
        *python_collector_count() = work->objects;
    if (work->collecting)
        PyGC_Enable();
    python_put_exception(work->pending);
    shadow_discount(work->before);
    memory_own_work_ends();
}

#endif
