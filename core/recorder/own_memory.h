/* own_memory.h - how much of a process's resident memory is the profiler's, looked at from outside. */
#ifndef PYPROF_RECORDER_OWN_MEMORY_H
#define PYPROF_RECORDER_OWN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pyprof/arena.h"

struct own_memory {
    int pagemap, status; /* of /proc/PID; -1: there is none */
    int arena_file;      /* not owned; -1: the arena is not looked at */
    bool in_memory;      /* the arena's file is: what of it is mapped counts as shared memory */
    uint64_t page_size;
    /* Ranges are looked at in turn, as far as one look goes, and so rarely that it takes no more than one percent of the time. What
     * is known of each is as of the last time, and what has been named more since is there. */
    uint64_t next_ns;   /* CLOCK_MONOTONIC: not before that */
    uint32_t range;
    uint64_t page;      /* of that range, to go on at */
    uint64_t counted;   /* pages of it found so far */
    struct own_range_seen {
        bool looked_at;
        uint64_t bytes; /* that were there */
        uint64_t size;  /* of the range then */
    } seen[ARENA_MAX_OWN_RANGES];
};

/* Keeps descriptors that stay with this very process. Without /proc nothing is found. */
void own_memory_open(struct own_memory *own, pid_t pid, int arena_file);
void own_memory_close(struct own_memory *own);

/* Bytes that are resident: pages of the profiler's own ranges, the part of the arena that is mapped, and what it has in the
 * interpreter's heap. What the header says is trusted in nothing. */
uint64_t own_memory_look(struct own_memory *own, const struct arena_header *header);

#endif
