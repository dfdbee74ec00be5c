/* collection_counts.h - garbage collections of the target, counted by its interpreter and read from outside. */
#ifndef PYPROF_RECORDER_COLLECTION_COUNTS_H
#define PYPROF_RECORDER_COLLECTION_COUNTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pyprof/arena.h"

struct collection_counts {
    bool known;
    uint64_t last[ARENA_GENERATIONS];
};

/* Collections of each generation since the call before; 0 where they cannot be known: the interpreter does not run yet, has another
 * program in its place, or this process may not read it. */
void collection_counts_read(struct collection_counts *counts, pid_t pid, const struct arena_header *header,
                            uint32_t collections[ARENA_GENERATIONS]);

#endif
