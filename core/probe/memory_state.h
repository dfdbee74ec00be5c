/* memory_state.h - what the parts of the memory collector share. */
#ifndef PYPROF_PROBE_MEMORY_STATE_H
#define PYPROF_PROBE_MEMORY_STATE_H

#include "core/base/hot.h"
#include "pyprof/arena.h"

/* Reasons for an event to take its slow path. */
enum memory_attention {
    MEMORY_FOREIGN = 1,      /* others are at work, or have left events in the queue: see memory_lock.h */
    MEMORY_NOT_COUNTING = 2, /* not begun, ended, or given up */
    MEMORY_PAUSED = 4,
    MEMORY_LOCKED = 8,       /* the lock is always to be taken */
    MEMORY_ASKED = 16,       /* the recorder asks for something */
};

struct memory_state {
    uint32_t busy;      /* 1: the holder of the interpreter lock is in the middle of an event's fast path */
    uint32_t attention; /* bits of enum memory_attention */
    uint64_t **directory; /* of blocks: memory_blocks.h */
    struct arena_memory *totals;
    struct arena_site *sites;
    uint64_t *site_epochs;
    uint64_t epoch_since; /* ticks when the present epoch began, or later */
    uint64_t event_cost; /* ticks of the run's clock that an event's fast path takes from the program */
    enum arena_clock_kind clock_kind;
    const struct arena_mailbox *mailbox; /* NULL: nobody is to be told of what is asked for */
    uint32_t seen_pause, seen_census, seen_bytecode; /* the numbers in it that somebody was told of */
};
extern HOT_DATA struct memory_state memory;

enum { MEMORY_INSIDE = 1, MEMORY_OWN_WORK = 2 };
struct memory_thread {
    /* MEMORY_INSIDE: in a call whose outcome is counted, so what happens on the way to it is not; or in the middle
     * of counting, where nothing may come in between. MEMORY_OWN_WORK times the depth of the engine's own work. */
    uint32_t state;
    const void *last_block; /* that this thread allocated, as long as it has not freed it */
};
extern HOT_DATA __thread struct memory_thread memory_this_thread;

#endif
