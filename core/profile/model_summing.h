/* model_summing.h - the sum over all processes in the making: what the steps share. */
#ifndef PYPROF_PROFILE_MODEL_SUMMING_H
#define PYPROF_PROFILE_MODEL_SUMMING_H

#include <stdlib.h>

#include "core/profile/model_sum.h"

struct summing {
    const struct model *program;
    struct model *sum;
    uint32_t **functions; /* of each process: its functions' rows in the sum */
    uint32_t **nodes;     /* and its call nodes' */
    uint32_t *sites;      /* of all sites, those of the program first: their rows in the sum */
};

static inline size_t process_count(const struct model *program) { return program->child_count + 1; }

/* The program is process 0. */
static inline const struct model *process_at(const struct model *program, size_t index) {
    return index ? program->children[index - 1] : program;
}

/* What is not known in one process is not known of all. */
static inline void add(uint64_t *sum, uint64_t value) {
    *sum = *sum == MODEL_UNKNOWN || value == MODEL_UNKNOWN ? MODEL_UNKNOWN : *sum + value;
}

#define TOTAL_OF(count)                                                       \
    static size_t total_##count(const struct model *program) {                \
        size_t total = 0;                                                     \
        for (size_t i = 0; i < process_count(program); i++)                   \
            total += process_at(program, i)->count;                           \
        return total;                                                         \
    }

/* An array of count rows, for none, too; zeros. */
static inline void *rows(size_t count, size_t size) { return calloc(count ? count : 1, size); }

/* Fills the sum's sites, heap and types, and gives the sites' memory to its functions, lines and call nodes, which must be there.
 * false: out of memory. */
bool model_sum_memory(struct summing *summing);

/* Fills the sum's instruction rows, handlers and totals of instructions. Rows have counts where every process that executed the
 * function has the same bytecode of it; totals also where they differ. Functions and lines, summed, must be there. false: out of
 * memory. */
bool model_sum_instructions(struct summing *summing);

#endif
