/* clock.h - the ticks that probes read, and the clocks they are turned into nanoseconds with. */
#ifndef PYPROF_BASE_CLOCK_H
#define PYPROF_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "pyprof/arena.h"

/* The best clock that this machine and all its cores agree on: the TSC where the kernel itself uses it as its
 * clock source, CNTVCT on arm64, CLOCK_MONOTONIC elsewhere. */
enum arena_clock_kind clock_best_kind(void);

uint64_t clock_monotonic_ns(void);
uint64_t clock_unix_ns(void);

/* Fills kind and the start readings; end readings are 0. */
void clock_start(struct arena_clock *clock, enum arena_clock_kind kind);
/* Takes the end readings. */
void clock_end(struct arena_clock *clock);

/* Nanoseconds per tick, from the readings in *clock (which must have an end). */
double clock_ns_per_tick(const struct arena_clock *clock);

/* Waits until all that comes before has been done, so that a reading behind it counts the end of a long calculation to what
 * comes before. Takes some nanoseconds itself. */
static inline __attribute__((always_inline)) void clock_settle(void) {
#if defined(__x86_64__)
    __builtin_ia32_lfence();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* Reads the ticks of a kind that is known while compiling the caller or predictable at run time. */
static inline __attribute__((always_inline)) uint64_t clock_ticks(enum arena_clock_kind kind) {
#if defined(__x86_64__)
    if (__builtin_expect(kind == ARENA_CLOCK_TSC, 1))
        return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    if (__builtin_expect(kind == ARENA_CLOCK_CNTVCT, 1)) {
        uint64_t ticks;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
        return ticks;
    }
#endif
    if (kind == ARENA_CLOCK_NONE || kind == ARENA_CLOCK_STILL)
        return 0;
    struct timespec now;
    clock_gettime(kind == ARENA_CLOCK_THREAD_CPU ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
