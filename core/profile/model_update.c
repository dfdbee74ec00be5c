#include "core/profile/model_update.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/line_rows.h"
#include "core/profile/model_build.h"
#include "core/profile/model_site_update.h"
#include "pyprof/arena_reader.h"

void model_update_free(struct model_update *update) {
    if (!update)
        return;
    free(update->functions);
    free(update->nodes);
    free(update->edges);
    free(update->lines);
    free(update->sites);
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

/* Room for all that comes; what is there stays as it is. */
static bool make_room(struct model *before, const struct model_update *update, struct line_rows *rows) {
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
#undef GROW
    for (size_t i = 0; i < update->line_count; i++)
        if (!line_rows_want(rows, before, update->lines[i].function, update->lines[i].line))
            return false;
    size_t functions = before->function_count + update->function_count;
    return (!update->site_count || packed_sites_reserve(before->packed_sites, update->sites, update->site_count, functions)) &&
           line_rows_reserve(rows, before);
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

/* What stands beside hits and times is another collector's. */
static void set_lines(struct model *model, const struct model_update *update) {
    for (size_t i = 0; i < update->line_count; i++) {
        const struct model_line *line = &update->lines[i];
        struct model_line *row = line_rows_find(model, line->function, line->line);
        model->functions[line->function].flags |= MODEL_FUNCTION_LINES;
        if (!row)
            continue;
        row->hits = line->hits;
        row->self_ns = line->self_ns;
        row->total_ns = line->total_ns;
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
    model->packed_sites = before->packed_sites;
    before->packed_sites = NULL;
    model_move_row_texts(model, before);
}

bool model_complete(struct model *model, struct model *before) {
    struct model_update *update = model->update;
    struct line_rows rows = {0};
    if (!update)
        return true;
    bool done = make_room(before, update, &rows);
    if (done) {
        append_rows(before, update);
        add_changes(before, model->changes, update->thread_rows);
        line_rows_add(&rows, before);
        set_lines(before, update);
        model_update_sites(before, update->sites, update->site_count);
        move_rows(model, before);
        model_update_free(update);
        model->update = NULL;
    }
    line_rows_free(&rows);
    return done;
}
