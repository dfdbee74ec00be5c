/* block_counters.h - the hot path of the bytecode collector: a basic block is entered.
 *
 * Each thread has one counter for each block, in its segment and at the same place in all of them, so a probe knows its counter's
 * distance from the segment: one load of the thread, one addition in memory. */
#ifndef PYPROF_PROBE_BLOCK_COUNTERS_H
#define PYPROF_PROBE_BLOCK_COUNTERS_H

#include "core/probe/shadow_clock.h"

/* Where a block's counter lies in each segment. */
SHADOW_INLINE uint64_t block_counter_offset(uint32_t block) { return ARENA_THREAD_BLOCKS_AT + block * sizeof(uint64_t); }

SHADOW_INLINE uint64_t *block_counter(struct arena_thread *thread, uint64_t offset) {
    return (uint64_t *)(void *)((char *)thread + offset);
}

/* The thread's first event: gives it its segment. */
void block_enter_first(uint64_t offset);

/* Not on the hot path: this thread's segment, NULL where it can have none. */
static inline struct arena_thread *block_thread(void) {
    return profile_current_thread == &profile_no_thread ? profile_register_thread() : profile_current_thread;
}

SHADOW_INLINE void block_enter(uint64_t offset, enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    if (SHADOW_UNLIKELY(thread == &profile_no_thread)) {
        block_enter_first(offset);
        return;
    }
    ++*block_counter(thread, offset);
    if (clock != ARENA_CLOCK_NONE)
        thread->own_ticks += profile_probe_cost.block;
}

#endif
