/* arena_build.h - a model in the making: what the steps from arena to model share. */
#ifndef PYPROF_PROFILE_ARENA_BUILD_H
#define PYPROF_PROFILE_ARENA_BUILD_H

#include "core/profile/arena_read.h"
#include "core/profile/call_tree.h"
#include "core/profile/thread_functions.h"

/* A copy of a region of texts, or of a piece of it, valid UTF-8 throughout. */
struct arena_texts {
    const char *bytes;
    uint64_t at, size;                 /* of the piece, in the region */
    const struct arena_texts *earlier; /* the piece that ends where this one begins; NULL: at is 0 */
};

/* The tree's row of each of a thread's nodes, CALL_TREE_NONE for those that were left out. */
struct arena_node_rows {
    uint32_t *rows;
    size_t count;
};

struct arena_build {
    struct arena_reader *reader;
    const struct arena_header *header; /* the copy in the reader: its counts do not change while a model is made */
    struct model *model;
    bool ended; /* the target has: time stands at clock.end_ticks */
    bool compact; /* what the process has not used is left out; functions' numbers stay while it runs, so only once it ended */
    struct arena_clock clock; /* has an end once all threads were read */
    struct call_tree tree;
    struct thread_functions thread_functions; /* where there are several threads */
    struct arena_line_cell *line_sums; /* of all threads, by line cell */
    uint64_t *block_sums, *exit_sums;  /* likewise, by block and by unit; NULL: there are none */
    struct arena_node_rows *node_rows; /* of all threads */
    struct arena_texts texts;          /* once functions were read */
    uint32_t *site_rows;               /* once sites were read: the row in model->sites of each of the arena's, or MODEL_NO_SITE */
    size_t site_row_count;
    struct arena_follow *follow; /* what is kept for the next model; NULL: nothing */
};

/* Those that this version knows. */
uint32_t arena_known_collectors(uint32_t bits);

/* Fills which collectors were on when. The clock must have an end. */
bool arena_read_collectors(struct arena_build *build, struct error *error);

/* Steps of a model that is made as a whole and of one that is made of what has changed. */
void arena_find_end(struct arena_build *build);
bool arena_fill_run(struct arena_build *build, struct error *error);
void arena_finish_clock(struct arena_build *build);
double arena_ns_per_tick(const struct arena_build *build); /* of the threads' clocks */

/* Adds every thread's nodes and line cells, activations in flight included, to tree and line_sums, and fills
 * model->threads. */
bool arena_read_threads(struct arena_build *build, struct error *error);

/* Fills model->lines from line_sums; times stay ticks. Functions must be there. */
bool arena_read_lines(struct arena_build *build, struct error *error);

/* Fills model->functions from the codes, without counts. */
bool arena_read_functions(struct arena_build *build, struct error *error);
/* Reads the functions from code `first` on, and those of their texts that are not in the pieces before build->texts. */
bool arena_read_new_functions(struct arena_build *build, uint32_t first, struct model_function *functions, struct error *error);
/* What is told of a function's flags. */
uint16_t arena_function_flags(const struct arena_build *build, const struct arena_code *code);
/* Makes rows of the cells order[0..count), all of one function, ascending by line, with times as they are in the cells. Returns how
 * many; rows has room for count. */
size_t arena_line_rows(struct arena_line_cell *cells, const struct arena_line *table, const uint32_t *order, size_t count,
                       uint32_t id, struct model_line *rows);

/* Adds how often a thread entered each block, and how often exceptions left at each unit, to block_sums and exit_sums. segment: the
 * thread's, in the file; exits: of its head. */
bool arena_add_block_counts(struct arena_build *build, uint64_t segment, uint64_t exits, struct error *error);

/* Fills model->instruction_rows and model->handlers, with counts where bytecode was counted; totals come with
 * model_spread_instructions. Functions and all threads must be there. */
bool arena_read_bytecode(struct arena_build *build, struct error *error);

/* Fills model->sites and model->heap, where the memory collector was on. Functions and call nodes must be there. */
bool arena_read_sites(struct arena_build *build, struct error *error);

/* Fills model->samples, which refer to functions and sites; model->marks; model->types, whose names are among the texts. */
bool arena_read_samples(struct arena_build *build, struct error *error);
bool arena_read_marks(struct arena_build *build, struct error *error);
bool arena_read_types(struct arena_build *build, struct error *error);

/* Reads a region of texts from texts->at on, of texts->size bytes, into bytes, which has room for one more; offset 0 is the empty
 * text. */
bool arena_fill_texts(struct arena_build *build, uint64_t at, char *bytes, struct arena_texts *texts, struct error *error);

/* The text at an offset of such a region; "" where there is none. Lives as long as the texts. */
const char *arena_text(const struct arena_texts *texts, uint64_t offset);

/* Nanoseconds of ticks, never MODEL_UNKNOWN. A clock of nanoseconds keeps every bit. */
uint64_t arena_to_ns(uint64_t ticks, double ns_per_tick);

#endif
