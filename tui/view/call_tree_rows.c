#include "tui/view/call_tree_rows.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN_DEPTH = 12 /* calls below that are opened by hand */, OPEN_SHARE = 20 /* as is what has less than a twentieth */ };

void call_tree_rows_free(struct call_tree_rows *rows) {
    row_ids_free(&rows->ids);
    free(rows->rows);
    *rows = (struct call_tree_rows){.sort = rows->sort, .inverted = rows->inverted};
}

static struct call_tree_row *add_row(struct call_tree_rows *rows) {
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct call_tree_row *grown = reallocarray(rows->rows, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        rows->rows = grown;
        rows->capacity = capacity;
    }
    return &rows->rows[rows->count++];
}

/* --- order -------------------------------------------------------------------------------------------- */

struct ordering {
    const struct call_tree_rows *rows;
    const struct path_tree *tree;
};

static int compare_numbers(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

static int compare_paths(const void *left_path, const void *right_path, void *data) {
    const struct ordering *ordering = data;
    uint32_t left_index = *(const uint32_t *)left_path, right_index = *(const uint32_t *)right_path;
    const struct path *left = &ordering->tree->paths[left_index], *right = &ordering->tree->paths[right_index];
    const struct model_function *functions = ordering->tree->model->functions;
    int result = 0;
    switch (ordering->rows->sort) {
    case CALL_TREE_SORT_TOTAL: result = compare_numbers(right->total, left->total); break;
    case CALL_TREE_SORT_SELF: result = compare_numbers(right->self, left->self); break;
    case CALL_TREE_SORT_CALLS: result = compare_numbers(right->calls, left->calls); break;
    case CALL_TREE_SORT_MEMORY: result = compare_numbers(right->memory, left->memory); break;
    case CALL_TREE_SORT_NAME:
        result = strcmp(functions[left->function].qualname, functions[right->function].qualname);
        break;
    case CALL_TREE_SORT_COUNT: break;
    }
    if (result)
        return ordering->rows->inverted ? -result : result;
    return compare_numbers(left_index, right_index);
}

/* What hangs below a path in the order wanted; malloc'ed. NULL: out of memory. */
static uint32_t *order_below(const struct call_tree_rows *rows, struct path_tree *tree, uint32_t path) {
    uint32_t first = tree->paths[path].first, count = tree->paths[path].count;
    uint32_t *order = malloc((count + 1) * sizeof *order);
    if (!order)
        return NULL;
    bool counted = rows->sort == CALL_TREE_SORT_CALLS || rows->sort == CALL_TREE_SORT_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = first + i;
        if (counted)
            path_tree_count(tree, first + i);
    }
    struct ordering ordering = {rows, tree};
    if (count > 1 && (rows->inverted || rows->sort != CALL_TREE_SORT_TOTAL))
        qsort_r(order, count, sizeof *order, compare_paths, &ordering);
    return order;
}

/* --- rows --------------------------------------------------------------------------------------------- */

/* Paths that are on the way to the one revealed; that itself need not be open. */
static bool leads_to_revealed(const struct call_tree_rows *rows, const struct path *path, bool above_does) {
    return above_does && path->depth < rows->revealed_count && rows->revealed[path->depth - 1] == path->function;
}

static bool is_open(const struct call_tree_rows *rows, const struct path_tree *tree, const struct path *path, uint32_t id) {
    int opened = row_ids_opened(&rows->ids, id);
    if (opened)
        return opened > 0;
    return path->depth < OPEN_DEPTH && !tree->choice.inverted && path->total >= tree->paths[PATH_ROOT].total / OPEN_SHARE;
}

static bool emit_below(struct call_tree_rows *rows, struct path_tree *tree, uint32_t path, bool revealing);

static bool emit(struct call_tree_rows *rows, struct path_tree *tree, uint32_t path, bool revealing) {
    uint32_t id = row_ids_of(&rows->ids, tree->paths[path].key);
    struct call_tree_row *row = id ? add_row(rows) : NULL;
    if (!row)
        return false;
    bool leads = leads_to_revealed(rows, &tree->paths[path], revealing);
    *row = (struct call_tree_row){path, id, leads || is_open(rows, tree, &tree->paths[path], id)};
    return !row->expanded || emit_below(rows, tree, path, leads);
}

static bool emit_below(struct call_tree_rows *rows, struct path_tree *tree, uint32_t path, bool revealing) {
    if (!path_tree_open(tree, path))
        return false;
    uint32_t count = tree->paths[path].count, *order = order_below(rows, tree, path);
    bool done = order;
    for (uint32_t i = 0; done && i < count; i++)
        done = emit(rows, tree, order[i], revealing);
    free(order);
    return done;
}

bool call_tree_rows_build(struct call_tree_rows *rows, struct path_tree *tree) {
    rows->count = 0;
    if (tree->paths[PATH_ROOT].total == 0 || emit_below(rows, tree, PATH_ROOT, true))
        return true;
    rows->count = 0;
    return false;
}

bool call_tree_rows_open_all(struct call_tree_rows *rows, struct path_tree *tree, uint32_t path, size_t most) {
    uint32_t *queue = malloc((most + 1) * sizeof *queue);
    size_t first = 0, end = 0;
    bool all = queue;
    if (queue)
        queue[end++] = path;
    for (; first < end && all; first++) {
        uint32_t at = queue[first];
        all = path_tree_open(tree, at);
        row_ids_open(&rows->ids, row_ids_of(&rows->ids, tree->paths[at].key), true);
        for (uint32_t i = 0; all && i < tree->paths[at].count; i++) {
            all = end < most;
            if (all)
                queue[end++] = tree->paths[at].first + i;
        }
    }
    free(queue);
    return all;
}
