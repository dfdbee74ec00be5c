/* arena_threads.c - the counters of all threads, summed, with the time of activations that have not ended.
 *
 * A thread goes on while it is read. Its nodes and lines are read first, its stack after them: an activation that is on
 * the stack then had not ended when the nodes were read, so its time is in none of them and nothing is added twice.
 * What ended in between is missing until the next model. */
#include <stdlib.h>

#include "core/profile/arena_follow.h"
#include "core/profile/arena_stack.h"

enum { CELLS_PER_READ = 1 << 16, NODES_PER_READ = 1 << 12 };

/* What is read now: the thread's row and rows of its nodes are the last ones. */
struct reading {
    struct arena_build *build;
    struct arena_node_rows *rows;
    struct model_thread *row;
    struct followed_thread *followed; /* NULL: nothing is kept for the next model */
    bool failed; /* out of memory */
};

static bool add_nodes(struct reading *reading, const struct arena_stack *stack, struct error *error) {
    struct arena_build *build = reading->build;
    struct arena_node_rows *rows = reading->rows;
    for (size_t first = 0; first < rows->count; first += NODES_PER_READ) {
        size_t piece = rows->count - first < NODES_PER_READ ? rows->count - first : NODES_PER_READ;
        const struct arena_node *nodes = arena_read_scratch(build->reader, &build->reader->nodes,
                                                            stack->offset + ARENA_THREAD_NODES_AT + first * sizeof *nodes,
                                                            piece * sizeof *nodes, error);
        if (!nodes)
            return false;
        if (!call_tree_add(&build->tree, nodes, first, piece, build->header->code_count, rows->rows))
            return arena_out_of_memory(build->reader, error);
        for (size_t i = 0; i < piece; i++) {
            if (first + i == 0 || rows->rows[first + i] == CALL_TREE_NONE)
                continue;
            reading->row->self_ns += nodes[i].self_ticks; /* ticks, as all times until they are converted */
            reading->row->calls += nodes[i].calls;
        }
        if (build->header->thread_count > 1 &&
            !thread_functions_add(&build->thread_functions, (uint32_t)build->model->thread_count - 1, nodes, first, piece,
                                  rows->rows, build->header->code_count))
            return arena_out_of_memory(build->reader, error);
        followed_thread_note(reading->followed, nodes, first, piece);
    }
    return true;
}

/* Cells are read in pieces: a thread may have many, and most programs have few. */
static bool add_line_cells(struct arena_build *build, const struct arena_stack *stack, struct error *error) {
    size_t count = build->header->line_cell_count;
    for (size_t first = 1; first < count; first += CELLS_PER_READ) {
        size_t piece = count - first < CELLS_PER_READ ? count - first : CELLS_PER_READ;
        const struct arena_line_cell *cells = arena_read_scratch(
            build->reader, &build->reader->rows,
            stack->offset + ARENA_THREAD_LINES_AT + first * sizeof *cells, piece * sizeof *cells, error);
        if (!cells)
            return false;
        for (size_t i = 0; i < piece; i++) {
            struct arena_line_cell *sum = &build->line_sums[first + i];
            sum->hits += cells[i].hits;
            sum->self_ticks += cells[i].self_ticks;
            sum->total_ticks += cells[i].total_ticks;
            sum->estimated_ticks += cells[i].estimated_ticks;
        }
    }
    return true;
}

static void add_node_flight(void *context, uint32_t node, uint64_t self_ticks, uint64_t total_ticks) {
    struct reading *reading = context;
    uint32_t row = node < reading->rows->count ? reading->rows->rows[node] : CALL_TREE_NONE;
    if (row == CALL_TREE_NONE)
        return;
    reading->build->tree.nodes[row].self_ns += self_ticks;
    reading->build->tree.nodes[row].total_ns += total_ticks;
    reading->row->self_ns += node ? self_ticks : 0;
    if (node && reading->build->header->thread_count > 1)
        reading->failed |= !thread_functions_add_time(&reading->build->thread_functions,
                                                      (uint32_t)reading->build->model->thread_count - 1,
                                                      reading->build->tree.nodes[row].function, self_ticks, total_ticks);
    followed_thread_add(reading->followed, node, self_ticks, total_ticks);
}

static void add_line_flight(void *context, uint32_t cell, uint64_t self_ticks, uint64_t total_ticks) {
    struct reading *reading = context;
    reading->build->line_sums[cell].self_ticks += self_ticks;
    reading->build->line_sums[cell].total_ticks += total_ticks;
}

static bool add_stack(struct reading *reading, struct arena_stack *stack, struct error *error) {
    if (!arena_stack_read(reading->build, stack, error))
        return false;
    if (!stack->frames)
        return followed_thread_note_stack(reading->followed, NULL, 0);
    struct arena_flight flight = {reading, add_node_flight, add_line_flight};
    arena_stack_in_flight(reading->build, stack, &flight);
    arena_stack_note_where(reading->build, stack, reading->row);
    bool noted = !reading->failed && followed_thread_note_stack(reading->followed, stack->frames, stack->depth + 1);
    return noted || arena_out_of_memory(reading->build->reader, error);
}

static bool read_thread(struct arena_build *build, uint32_t index, struct error *error) {
    struct arena_stack stack = arena_stack_of(index);
    if (!arena_stack_read_head(build, &stack, error))
        return false;
    if (stack.head.state == ARENA_THREAD_FREE && stack.head.node_count == 0)
        return true; /* taken by a thread that is not set up yet */
    if (stack.head.node_count > ARENA_MAX_NODES)
        return arena_damaged(build->reader, "number of call nodes out of bounds", error);
    build->model->overhead_ns += arena_stack_overhead(&stack.head); /* becomes nanoseconds with all other times */
    if (!arena_stack_add_row(build, &stack.head, error))
        return false;
    struct reading reading = {build, &build->node_rows[index], &build->model->threads[build->model->thread_count - 1], NULL, false};
    size_t count = stack.head.node_count;
    reading.rows->count = count;
    reading.rows->rows = malloc((count ? count : 1) * sizeof *reading.rows->rows);
    if (build->follow && !(reading.followed = arena_follow_thread(build->follow, index, count)))
        return arena_out_of_memory(build->reader, error);
    if (!reading.rows->rows)
        return arena_out_of_memory(build->reader, error);
    bool done = add_nodes(&reading, &stack, error) && add_line_cells(build, &stack, error) &&
                arena_add_block_counts(build, stack.offset, stack.head.exits, error) && add_stack(&reading, &stack, error);
    thread_functions_end_thread(&build->thread_functions);
    return done;
}

bool arena_read_threads(struct arena_build *build, struct error *error) {
    uint32_t count = build->header->thread_count;
    build->line_sums = calloc(build->header->line_cell_count, sizeof *build->line_sums);
    build->model->threads = calloc(count ? count : 1, sizeof *build->model->threads);
    build->node_rows = calloc(count ? count : 1, sizeof *build->node_rows);
    if (!build->line_sums || !build->model->threads || !build->node_rows)
        return arena_out_of_memory(build->reader, error);
    for (uint32_t i = 0; i < count; i++)
        if (!read_thread(build, i, error))
            return false;
    return true;
}
