/* thread_functions.h - what each function did in each thread, while a model is made. */
#ifndef PYPROF_PROFILE_THREAD_FUNCTIONS_H
#define PYPROF_PROFILE_THREAD_FUNCTIONS_H

#include "pyprof/arena.h"
#include "pyprof/model.h"

/* Rows of the threads read so far, times in ticks. All zero has none. */
struct thread_functions {
    struct model_thread_function *rows; /* owned until it is taken out */
    size_t count, capacity;
    uint32_t *row_of; /* owned: by function, the row of the thread that is read, and one; 0: it has none */
    size_t first;     /* row of the thread that is read */
};

void thread_functions_free(struct thread_functions *functions);
/* Adds the nodes of a thread (an index into model.threads), from its node `first` on, that became rows of the call tree: merged[i]
 * is not CALL_TREE_NONE. Codes of these are below code_count, the same for all threads. false: out of memory. */
bool thread_functions_add(struct thread_functions *functions, uint32_t thread, const struct arena_node *nodes, size_t first,
                          size_t count, const uint32_t *merged, size_t code_count);
/* Adds time of one function in that thread. */
bool thread_functions_add_time(struct thread_functions *functions, uint32_t thread, uint32_t function, uint64_t self_ticks,
                               uint64_t total_ticks);
/* The next thread comes. */
void thread_functions_end_thread(struct thread_functions *functions);
/* Turns the ticks of a model's rows into nanoseconds so that a function's add up to those of its ticks together. false: out of
 * memory. */
bool thread_functions_convert(struct model *model, double ns_per_tick);
/* Leaves out the rows of functions whose new number is `gone`, and renumbers the others. */
void thread_functions_renumber(struct model *model, const uint32_t *number, uint32_t gone);

#endif
