/* arena_build.h - a model in the making: what the steps from arena to model share. */
#ifndef PYPROF_PROFILE_ARENA_BUILD_H
#define PYPROF_PROFILE_ARENA_BUILD_H

#include "core/profile/arena_read.h"
#include "core/profile/call_tree.h"

struct arena_build {
    struct arena_reader *reader;
    const struct arena_header *header; /* the copy in the reader: its counts do not change while a model is made */
    struct model *model;
    bool ended; /* the target has: time stands at clock.end_ticks */
    bool compact; /* what the process has not used is left out; functions' numbers stay while it runs, so only once it ended */
    struct arena_clock clock; /* has an end once all threads were read */
    struct call_tree tree;
    struct arena_line_cell *line_sums; /* of all threads, by line cell */
};

/* Adds every thread's nodes and line cells, activations in flight included, to tree and line_sums, and fills
 * model->threads. */
bool arena_read_threads(struct arena_build *build, struct error *error);

/* Fills model->lines from line_sums; times stay ticks. Functions must be there. */
bool arena_read_lines(struct arena_build *build, struct error *error);

/* Fills model->functions from the codes, without counts. */
bool arena_read_functions(struct arena_build *build, struct error *error);

#endif
