/* shadow_clock.h - the time that probes see: the clock less what the profiler itself has cost this thread so far.
 *
 * Every probe adds what it costs, as measured when the host started, to the thread's own_ticks, and so does the profiler's other
 * work; a reading is the clock's ticks less those. So the cost is in nobody's self time and in no total, sums stay exact, and
 * nothing has to be taken out afterwards. What is charged too much makes time stand still until the clock has caught up, but
 * never for long: beyond SHADOW_MOST_DEBT the cost is taken to be less than it was thought to be. Time never goes backwards. */
#ifndef PYPROF_PROBE_SHADOW_CLOCK_H
#define PYPROF_PROBE_SHADOW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/probe/profile_writer.h"

#define SHADOW_INLINE static inline __attribute__((always_inline))
#define SHADOW_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* The clock that slots are compiled for; where it cannot be used they are the ones for ARENA_CLOCK_MONOTONIC. */
#if defined(__x86_64__)
#define SHADOW_FAST_CLOCK ARENA_CLOCK_TSC
#elif defined(__aarch64__)
#define SHADOW_FAST_CLOCK ARENA_CLOCK_CNTVCT
#else
#define SHADOW_FAST_CLOCK ARENA_CLOCK_MONOTONIC
#endif

enum { SHADOW_MOST_DEBT = 1000 };

/* The time now; cost: ticks that the probe that asks takes. */
SHADOW_INLINE uint64_t shadow_now(struct arena_thread *thread, enum arena_clock_kind clock, uint64_t cost) {
    if (clock == ARENA_CLOCK_NONE)
        return 0;
    if (clock == ARENA_CLOCK_STILL)
        return thread->latest_ticks;
    uint64_t own = thread->own_ticks + cost;
    uint64_t now = clock_ticks(clock) - own;
    int64_t debt = (int64_t)(thread->latest_ticks - now);
    if (SHADOW_UNLIKELY(debt > 0)) {
        if (debt > SHADOW_MOST_DEBT)
            own -= (uint64_t)debt - SHADOW_MOST_DEBT;
        now = thread->latest_ticks;
    }
    thread->own_ticks = own;
    thread->latest_ticks = now;
    return now;
}

#endif
