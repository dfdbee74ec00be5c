#include "core/profile/thread_functions.h"

#include <stdlib.h>

#include "core/profile/arena_build.h"
#include "core/profile/call_tree.h"

void thread_functions_free(struct thread_functions *functions) {
    free(functions->rows);
    free(functions->row_of);
    *functions = (struct thread_functions){0};
}

/* The row of a function in the thread that is read, a new one where it has none; NULL: out of memory. */
static struct model_thread_function *row_of(struct thread_functions *functions, uint32_t thread, uint32_t function) {
    if (functions->row_of[function])
        return &functions->rows[functions->row_of[function] - 1];
    if (functions->count == functions->capacity) {
        size_t capacity = functions->capacity ? functions->capacity * 2 : 256;
        struct model_thread_function *grown = reallocarray(functions->rows, capacity, sizeof *grown);
        if (!grown || capacity >= UINT32_MAX)
            return NULL;
        functions->rows = grown;
        functions->capacity = capacity;
    }
    struct model_thread_function *row = &functions->rows[functions->count++];
    *row = (struct model_thread_function){.thread = thread, .function = function};
    functions->row_of[function] = (uint32_t)functions->count;
    return row;
}

static bool did_something(const struct arena_node *node) {
    return node->calls || node->self_ticks || node->total_ticks;
}

bool thread_functions_add(struct thread_functions *functions, uint32_t thread, const struct arena_node *nodes, size_t first,
                          size_t count, const uint32_t *merged, size_t code_count) {
    if (!functions->row_of && !(functions->row_of = calloc(code_count, sizeof *functions->row_of)))
        return false;
    for (size_t i = first == 0; i < count; i++) {
        if (merged[first + i] == CALL_TREE_NONE || !did_something(&nodes[i]))
            continue;
        struct model_thread_function *row = row_of(functions, thread, nodes[i].code);
        if (!row)
            return false;
        row->calls += nodes[i].calls;
        row->primitive_calls += nodes[i].primitive_calls;
        row->self_ns += nodes[i].self_ticks;
        row->total_ns += nodes[i].total_ticks;
    }
    return true;
}

bool thread_functions_add_time(struct thread_functions *functions, uint32_t thread, uint32_t function, uint64_t self_ticks,
                               uint64_t total_ticks) {
    struct model_thread_function *row = self_ticks || total_ticks ? row_of(functions, thread, function) : NULL;
    if (!row)
        return !self_ticks && !total_ticks;
    row->self_ns += self_ticks;
    row->total_ns += total_ticks;
    return true;
}

void thread_functions_end_thread(struct thread_functions *functions) {
    for (; functions->first < functions->count; functions->first++)
        functions->row_of[functions->rows[functions->first].function] = 0;
}

/* What the ticks make beyond those before, which are added to them. */
static uint64_t convert(uint64_t ticks, uint64_t *before, double ns_per_tick) {
    uint64_t ns = arena_to_ns(*before, ns_per_tick);
    *before += ticks;
    return arena_to_ns(*before, ns_per_tick) - ns;
}

bool thread_functions_convert(struct model *model, double ns_per_tick) {
    struct ticks { uint64_t self, total; } *before;
    if (!model->thread_function_count)
        return true;
    before = calloc(model->function_count, sizeof *before);
    for (size_t i = 0; before && i < model->thread_function_count; i++) {
        struct model_thread_function *row = &model->thread_functions[i];
        row->self_ns = convert(row->self_ns, &before[row->function].self, ns_per_tick);
        row->total_ns = convert(row->total_ns, &before[row->function].total, ns_per_tick);
    }
    free(before);
    return before != NULL;
}

void thread_functions_renumber(struct model *model, const uint32_t *number, uint32_t gone) {
    size_t kept = 0;
    for (size_t i = 0; i < model->thread_function_count; i++) {
        struct model_thread_function row = model->thread_functions[i];
        if (number[row.function] == gone)
            continue;
        row.function = number[row.function];
        model->thread_functions[kept++] = row;
    }
    model->thread_function_count = kept;
}
