/* allocation_run.h - what was allocated between two moments, where, and how much lived at once in between. */
#ifndef PYPROF_HOST_ALLOCATION_RUN_H
#define PYPROF_HOST_ALLOCATION_RUN_H

#include "core/host/allocation_check.h"

struct site_before {
    uint64_t count, bytes;
};

/* Between begin and end it must stay where it is. */
struct allocation_run {
    struct allocation_run *next; /* of all that go on */
    struct site_before *before;  /* of each site; owned. NULL: there was no memory, so nothing is known of places */
    uint32_t site_count;
    uint64_t live, most;         /* bytes: at the beginning, and the most since */
    struct allocation_sum sum;   /* at the beginning; behind the end: in between */
};

/* Under the interpreter lock. What goes on at the same time, in any order, is watched independently. */
void allocation_run_begin(struct allocation_run *run);
/* Behind it, run->sum and run->most are those of the run; most is how many bytes lived more than at the beginning. */
void allocation_run_end(struct allocation_run *run);
void allocation_run_free(struct allocation_run *run);

/* Writes lines of text: the sites that allocated most in a run that has ended, most first. UTF-8. */
void allocation_run_describe_sites(const struct allocation_run *run, char *text, size_t size);

/* "512 bytes", "1.5 MiB". */
void allocation_size_text(uint64_t bytes, char text[32]);

#endif
