/* memory_lock.h - who may change blocks and sites.
 *
 * Nearly all events happen under the interpreter lock, so they need none among themselves. Only raw memory and
 * native code's is allocated by others at the same time. So the lock is biased: the fast path of an event under the
 * interpreter lock sets `busy`, looks whether somebody asks for attention, and clears it: plain loads and stores.
 * Whoever else wants to tell of an event takes the lock and leaves it in a queue, which the next event under the
 * interpreter lock goes through first: so a block's allocation is known before it is freed. Where the queue is full
 * he makes all other threads pass a memory barrier (membarrier(2)), waits until `busy` is clear, which it then
 * stays, and goes through the queue himself. After Russell and Detlefs, "Eliminating Synchronization-Related Atomic
 * Operations with Biased Locking and Bulk Rebiasing", OOPSLA 2006. */
#ifndef PYPROF_PROBE_MEMORY_LOCK_H
#define PYPROF_PROBE_MEMORY_LOCK_H

#include "core/probe/memory_sites.h"
#include "core/probe/memory_state.h"

enum memory_event_kind { MEMORY_ALLOCATED, MEMORY_FREED, MEMORY_KEPT };

/* What another thread has done. */
struct memory_event {
    enum memory_event_kind kind;
    const void *block;
    uint64_t entry; /* ALLOCATED: size and flags; else as it was taken out of the table; FREED: 0: it is still there */
    bool temporary; /* FREED: before its thread allocated anything else */
    struct memory_origin origin;
};

/* Begins the fast path of an event under the interpreter lock; false: it has to go the slow way. In both cases the
 * end has to be told. */
HOT_INLINE bool memory_begin_event(void) {
    __atomic_store_n(&memory.busy, 1, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return LIKELY(!__atomic_load_n(&memory.attention, __ATOMIC_RELAXED));
}
HOT_INLINE void memory_end_event(void) { __atomic_store_n(&memory.busy, 0, __ATOMIC_RELEASE); }

/* Finds out how the lock can be made; for the process, once. */
void memory_lock_prepare(void);

/* The slow path under the interpreter lock: takes the lock, with all events of others done. Not within a fast path. */
void memory_lock(void);
void memory_unlock(void);
/* The same for others: waits until a fast path that is going on has ended, and none begins. */
void memory_lock_foreign(void);
void memory_unlock_foreign(void);

/* Tells of an event without the interpreter lock. */
void memory_tell(const struct memory_event *event);
/* The same of a free, if its block's allocation is among the last events in the queue; else false, and nothing is
 * told. */
bool memory_tell_free_of_queued(const struct memory_event *event);

/* In a process that was forked: nobody holds the lock, and what was in the queue is the parent's. */
void memory_lock_reset(void);

void memory_set_attention(enum memory_attention reason, bool on);

#endif
