#include "core/profile/model_update.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/model_build.h"
#include "pyprof/arena_reader.h"

void model_update_free(struct model_update *update) {
    if (!update)
        return;
    free(update->functions);
    free(update->nodes);
    free(update->edges);
    free(update->lines);
    free(update->thread_rows);
    free(update);
}

void model_changes_free(struct model_changes *changes) {
    if (!changes)
        return;
    free(changes->nodes);
    free(changes->edges);
    free(changes);
}

static bool has_rows(const struct model *model, const struct model_line *lines) {
    return model->functions[lines->function].line_row_count > 0;
}

/* Lines of functions that have no rows yet. */
static size_t count_new_lines(const struct model *before, const struct model_update *update) {
    size_t count = 0;
    for (size_t i = 0; i < update->line_count; i++)
        count += update->lines[i].function >= before->function_count || !has_rows(before, &update->lines[i]);
    return count;
}

/* Room for all that comes; what is there stays as it is. */
static bool make_room(struct model *before, const struct model_update *update) {
    size_t new_lines = count_new_lines(before, update);
#define GROW(rows, count, more)                                                                     \
    if (more) {                                                                                     \
        void *grown = reallocarray(before->rows, before->count + (more), sizeof *before->rows);     \
        if (!grown)                                                                                 \
            return false;                                                                           \
        before->rows = grown;                                                                       \
    }
    GROW(functions, function_count, update->function_count)
    GROW(nodes, node_count, update->node_count)
    GROW(edges, edge_count, update->edge_count)
    GROW(lines, line_count, new_lines)
#undef GROW
    return true;
}

static int compare_edges(const struct model_edge *left, const struct model_edge *right) {
    if (left->caller != right->caller)
        return left->caller < right->caller ? -1 : 1;
    return (left->callee > right->callee) - (left->callee < right->callee);
}

/* From the end, so that nothing is moved twice. */
static void merge_edges(struct model *model, const struct model_update *update) {
    size_t old = model->edge_count, added = update->edge_count;
    model->edge_count += added;
    while (added) {
        if (old && compare_edges(&model->edges[old - 1], &update->edges[added - 1]) > 0) {
            old--;
            model->edges[old + added] = model->edges[old];
        } else {
            added--;
            model->edges[old + added] = update->edges[added];
        }
    }
}

static void append_rows(struct model *model, const struct model_update *update) {
    if (update->function_count)
        memcpy(model->functions + model->function_count, update->functions, update->function_count * sizeof *model->functions);
    if (update->node_count)
        memcpy(model->nodes + model->node_count, update->nodes, update->node_count * sizeof *model->nodes);
    model->function_count += update->function_count;
    model->node_count += update->node_count;
    merge_edges(model, update);
}

#define ADD(row, change)                                    \
    do {                                                    \
        (row)->calls += (change)->calls;                    \
        (row)->self_ns += (change)->self_ns;                \
        (row)->total_ns += (change)->total_ns;              \
    } while (0)

static void add_changes(struct model *model, const struct model_changes *changes, const uint32_t *thread_rows) {
    for (size_t i = 0; i < changes->changed_count; i++) {
        const struct model_node_change *change = &changes->nodes[i];
        struct model_node *node = &model->nodes[change->node];
        struct model_function *function = &model->functions[node->function];
        ADD(node, change);
        ADD(function, change);
        node->primitive_calls += change->primitive_calls;
        function->primitive_calls += change->primitive_calls;
        if (!change->node)
            continue;
        ADD(&model->edges[changes->edges[i]], change);
        if (thread_rows) {
            ADD(&model->thread_functions[thread_rows[i]], change);
            model->thread_functions[thread_rows[i]].primitive_calls += change->primitive_calls;
        }
    }
}

static void set_lines(struct model *model, const struct model_update *update) {
    for (size_t i = 0, end; i < update->line_count; i = end) {
        struct model_function *function = &model->functions[update->lines[i].function];
        for (end = i; end < update->line_count && update->lines[end].function == update->lines[i].function;)
            end++;
        function->flags |= MODEL_FUNCTION_LINES;
        if (!function->line_row_count) {
            function->first_line_row = (uint32_t)model->line_count;
            function->line_row_count = (uint32_t)(end - i);
            model->line_count += end - i;
        }
        memcpy(model->lines + function->first_line_row, update->lines + i, (end - i) * sizeof *model->lines);
    }
}

static void move_rows(struct model *model, struct model *before) {
    free(model->functions);
#define MOVE(rows, count)                \
    model->rows = before->rows;          \
    model->count = before->count;        \
    before->rows = NULL;                 \
    before->count = 0;
    MOVE(functions, function_count)
    MOVE(nodes, node_count)
    MOVE(edges, edge_count)
    MOVE(lines, line_count)
    MOVE(thread_functions, thread_function_count)
#undef MOVE
    model_move_row_texts(model, before);
}

bool model_complete(struct model *model, struct model *before) {
    struct model_update *update = model->update;
    if (!update)
        return true;
    if (!make_room(before, update))
        return false;
    append_rows(before, update);
    add_changes(before, model->changes, update->thread_rows);
    set_lines(before, update);
    move_rows(model, before);
    model_update_free(update);
    model->update = NULL;
    return true;
}
