/* arena_stack.h - the head of a thread's segment, its shadow stack, and the time of activations that have not ended. */
#ifndef PYPROF_PROFILE_ARENA_STACK_H
#define PYPROF_PROFILE_ARENA_STACK_H

#include "core/profile/arena_build.h"

struct arena_stack {
    uint64_t offset; /* of the segment in the file */
    struct arena_thread head;
    const struct arena_frame *frames; /* in the reader's scratch; NULL: there is no stack, or none that can be read */
    size_t depth; /* frames[depth] is the top; frames[0] the thread's root */
    uint64_t now;
};

struct arena_stack arena_stack_of(uint32_t thread);
/* Reads the head. */
bool arena_stack_read_head(struct arena_build *build, struct arena_stack *stack, struct error *error);
/* Reads the head anew, and the stack. */
bool arena_stack_read(struct arena_build *build, struct arena_stack *stack, struct error *error);

/* Tells what the activations on the stack have taken so far: of nodes (that the thread may not have) and of line cells, 0 for what
 * belongs to no line. */
struct arena_flight {
    void *context;
    void (*node)(void *context, uint32_t node, uint64_t self_ticks, uint64_t total_ticks);
    void (*line)(void *context, uint32_t cell, uint64_t self_ticks, uint64_t total_ticks);
};
void arena_stack_in_flight(const struct arena_build *build, const struct arena_stack *stack, const struct arena_flight *flight);

/* Adds a row for the thread to model->threads, with where it is, but without sums. */
bool arena_stack_add_row(struct arena_build *build, const struct arena_thread *head, struct error *error);
/* Fills function and line of a row. */
void arena_stack_note_where(struct arena_build *build, const struct arena_stack *stack, struct model_thread *row);
/* What the profiler has cost the thread. */
uint64_t arena_stack_overhead(const struct arena_thread *head);

#endif
