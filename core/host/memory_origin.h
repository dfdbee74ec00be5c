/* memory_origin.h - which allocation site the running code is at.
 *
 * Its call node is that on top of the shadow stack; its line is that of the instruction which the interpreter's
 * frame is at. What was found for an instruction and a node is kept (memory_sites.h), so that finding it again takes
 * a few loads. */
#ifndef PYPROF_HOST_MEMORY_ORIGIN_H
#define PYPROF_HOST_MEMORY_ORIGIN_H

#ifndef PYPROF_INTERPRETER_FRAMES
#define PYPROF_INTERPRETER_FRAMES 1
#endif
#include "core/host/python_version.h"
#include "core/probe/memory_sites.h"

/* The place of this thread, which is running, where it is known; else NULL. */
HOT_INLINE const struct memory_place *memory_known_place_of(const PyThreadState *running) {
    const python_frame *frame = python_thread_frame(running);
    const struct arena_thread *thread = profile_current_thread;
    if (UNLIKELY(!frame))
        return NULL;
    return memory_known_place(python_frame_instruction(frame), memory_node_identity(thread, thread->top->node));
}

/* The same by looking for it, and it is known then where that holds for all events there. Under the interpreter lock
 * and with the collector's. */
struct memory_place memory_find_place(const PyThreadState *running);

/* Where a thread is that does not hold the interpreter lock. */
struct memory_origin memory_foreign_origin(void);

#endif
