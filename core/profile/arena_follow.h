/* arena_follow.h - what a reader keeps from one model to the next, so that the next one costs what has changed.
 *
 * The program marks nothing as changed: its probes have no time for that. But a call node can only have other numbers than before
 * where the node above it was on the stack when it was last read, or has other numbers itself: who is called is called by somebody
 * who was entered, left, or was there all the time. So it is enough to go down from the root along nodes that changed. (What the
 * rule misses, activations that greenlets put away and back, is found when all nodes are looked at, now and then and at the end.)
 * After the dynamic call graph profiles of Graham, Kessler and McKusick, "gprof", 1982, whose arcs imply the same. */
#ifndef PYPROF_PROFILE_ARENA_FOLLOW_H
#define PYPROF_PROFILE_ARENA_FOLLOW_H

#include "core/profile/arena_build.h"

/* What of a row of the model is one thread's; ticks while a model is made, then nanoseconds. */
struct node_share { uint64_t calls, primitive_calls, self, total; };

struct followed_thread {
    bool there;         /* it has a row in model.threads */
    size_t count;       /* nodes */
    uint32_t *parents;  /* by node */
    uint32_t *rows;     /* by node: its row in the model, or CALL_TREE_NONE */
    struct node_share *shares; /* by node; NULL: no other thread has nodes, the rows are this one's alone */
    uint32_t function_row_count; /* functions there were when function_rows was made */
    uint32_t *function_rows; /* by function: its row in model.thread_functions, and one; 0: none. NULL where shares is */
    uint32_t *on_stack; /* nodes of the activations there were when it was last read */
    size_t on_stack_count;
};

struct followed_cells { uint32_t first, count; };

/* What is known of the allocation sites that were read last: see arena_site_changes.h. */
struct followed_sites {
    bool counted;         /* the memory collector is on; else all below is 0 */
    uint32_t count;       /* sites read, all of them in model.packed_sites */
    uint64_t epoch, mark_epoch; /* as they were before they were read */
    uint64_t *unsettled;  /* a bit a site: its part of the high-water mark is another number than what lives */
    size_t word_count;
    uint64_t live_bytes, peak_bytes; /* sums over all */
};

struct arena_follow {
    uint64_t serial; /* of the model that was made last, the only one that can be gone on from; 0: none */
    double ns_per_tick;
    unsigned updates; /* since all nodes were looked at */
    struct followed_thread *threads;
    uint32_t thread_count, code_count, marked_count;
    struct arena_line *table; /* the line table */
    uint32_t line_cell_count;
    struct followed_cells *cells; /* by function: its cells, the one of untimed time included */
    struct followed_sites sites;
    struct arena_texts *texts; /* the last piece; all of them are owned, their bytes are the model's */
    unsigned text_pieces;
};

/* Whether models of this process may go on: what has instructions, counted or asked for, is made as a whole each time, and so is
 * what has child processes. */
bool arena_follow_is_wanted(const struct arena_header *header);

void arena_follow_free(struct arena_follow *follow); /* NULL is allowed */

/* Forgets all, and makes room for the threads of the model that is about to be made. NULL: out of memory. */
struct arena_follow *arena_follow_begin(struct arena_follow *follow, const struct arena_header *header);
/* The model has been made: what it was made of is kept. false: out of memory; it cannot be gone on from. */
bool arena_follow_end(struct arena_build *build, double ns_per_tick);
/* Keeps a piece of the texts of rows. false: out of memory. */
bool arena_follow_texts(struct arena_follow *follow, const struct arena_texts *texts);
/* Reads what there is of the line table beyond what is known. */
bool arena_follow_lines(struct arena_build *build, struct arena_follow *follow, struct error *error);

/* A thread of that many nodes; NULL: out of memory. */
struct followed_thread *arena_follow_thread(struct arena_follow *follow, uint32_t index, size_t count);
/* Notes nodes from `first` on; time in flight of one; the nodes of a stack's frames (false: out of memory). Threads may be NULL. */
void followed_thread_note(struct followed_thread *thread, const struct arena_node *nodes, size_t first, size_t count);
void followed_thread_add(struct followed_thread *thread, uint32_t node, uint64_t self_ticks, uint64_t total_ticks);
bool followed_thread_note_stack(struct followed_thread *thread, const struct arena_frame *frames, size_t count);

/* As arena_reader_next, without children; *cannot: what has changed asks for a model that is made as a whole. */
struct model *arena_update(struct arena_reader *reader, const struct model *before, bool *cannot, struct error *error);

#endif
