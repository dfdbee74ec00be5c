/* memory_slow.h - events of memory that are not the usual ones: their place is not known, the engine itself works, the
 * collector is paused, or the thread does not hold the interpreter lock. */
#ifndef PYPROF_HOST_MEMORY_SLOW_H
#define PYPROF_HOST_MEMORY_SLOW_H

#include "core/host/memory_origin.h"
#include "core/probe/memory_events.h"

static inline bool memory_counts_allocations(void) {
    return !(memory.attention & (MEMORY_NOT_COUNTING | MEMORY_PAUSED));
}
static inline bool memory_counts_frees(void) { return !(memory.attention & MEMORY_NOT_COUNTING); }

/* This thread is inside a call that is counted, or in the middle of counting. */
static inline bool memory_is_inside(void) { return memory_this_thread.state & MEMORY_INSIDE; }

/* Under the main interpreter's lock, not in the middle of a fast path. A block (NULL: none) was allocated; is about
 * to be freed or reallocated: its entry, 0 where it is not known; and is still there, as reallocating has failed.
 * flags: MEMORY_NATIVE. */
SLOW_PATH void memory_slow_allocated(const PyThreadState *running, const void *block, uint64_t size, uint64_t flags);
SLOW_PATH uint64_t memory_slow_leaves(const PyThreadState *running, const void *block);
void memory_slow_kept(const PyThreadState *running, const void *block, uint64_t entry);

/* The same on a thread that does not hold it. */
SLOW_PATH void memory_foreign_allocated(const void *block, uint64_t size, uint64_t flags);
SLOW_PATH uint64_t memory_foreign_leaves(const void *block);
void memory_foreign_kept(const void *block, uint64_t entry);

/* The same on any thread, inside of others or not, and in signal handlers. */
void memory_any_allocated(const void *block, uint64_t size, uint64_t flags);
uint64_t memory_any_leaves(const void *block);
void memory_any_frees(const void *block); /* it cannot fail, so nobody wants to know the entry */
void memory_any_kept(const void *block, uint64_t left);

/* The site that the running code is at, with the collector's lock. */
uint32_t memory_find_site_here(const PyThreadState *running);

#endif
