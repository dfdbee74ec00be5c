/* timeline.h - samples of the target's memory, taken from outside at a steady pace and written into the arena. */
#ifndef PYPROF_RECORDER_TIMELINE_H
#define PYPROF_RECORDER_TIMELINE_H

#include <stdint.h>
#include <sys/types.h>

#include "core/profile/arena_writer.h"
#include "core/recorder/collection_counts.h"
#include "core/recorder/own_memory.h"
#include "core/recorder/site_growth.h"

struct timeline {
    struct arena *arena; /* not owned */
    int arena_file;      /* for reading the shadow stack without mapping it */
    int process;         /* of process_status_open */
    pid_t pid;
    struct own_memory own;
    struct collection_counts collections;
    struct site_growth growth;
    uint64_t interval_ns, step_ns; /* the step grows to the interval, so that short runs have a curve, too */
    uint64_t next_ns;    /* CLOCK_MONOTONIC; UINT64_MAX: no more samples */
    uint32_t capacity;   /* samples there is room for */
    uint32_t limit;      /* samples there may ever be; at least 6 */
};

/* Takes the first sample now. Without /proc there are just no samples. */
void timeline_start(struct timeline *timeline, struct arena *arena, pid_t pid, uint64_t interval_ns);
/* Takes a sample when it is due. */
void timeline_tick(struct timeline *timeline, uint64_t now_ns);
void timeline_stop(struct timeline *timeline);

/* The code on top of the main thread's shadow stack; 0: none known. What the file says is trusted in nothing. */
uint32_t timeline_top_code(int arena_file, uint32_t code_count);

/* Adds a sample. With no room left, about half of them are kept, among them every peak of every curve, and the interval doubles. */
void timeline_add(struct timeline *timeline, const struct arena_sample *sample);

#endif
