/* memory_tree.c - memory as a tree of calls: a call has what it and all that it called allocated, its lines hang below it. */
#include <stdlib.h>
#include <string.h>

#include "tui/view/memory_rows.h"

enum { OPEN_DEPTH = 12 /* calls below that are opened by hand */, OPEN_SHARE = 20 /* as is what has less than a twentieth */ };

/* What hangs below a node: another node, or a line of its own function. */
struct branch {
    uint32_t above, node; /* node 0: a line */
    uint32_t function, line;
    uint64_t bytes, count;
};

struct tree {
    const struct model *model;
    uint64_t *bytes, *count, *self_bytes, *keys; /* by node; with all below, but self_bytes */
    struct branch *branches;                     /* by `above`, the largest first */
    size_t branch_count;
    uint64_t total;
};

static void tree_free(struct tree *tree) {
    free(tree->bytes);
    free(tree->branches);
}

static int compare_numbers(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

static int compare_lines(const void *left_branch, const void *right_branch) {
    const struct branch *left = left_branch, *right = right_branch;
    int result = compare_numbers((uint64_t)left->above << 32 | left->line, (uint64_t)right->above << 32 | right->line);
    return result ? result : compare_numbers(left->function, right->function);
}

static int compare_branches(const void *left_branch, const void *right_branch) {
    const struct branch *left = left_branch, *right = right_branch;
    int result = compare_numbers(left->above, right->above);
    if (!result)
        result = compare_numbers(right->bytes, left->bytes);
    return result ? result : compare_numbers((uint64_t)left->node << 32 | left->line, (uint64_t)right->node << 32 | right->line);
}

/* Lines of one node: sites that differ in the C function they called are one. */
static void merge_lines(struct tree *tree) {
    size_t kept = 0;
    if (tree->branch_count)
        qsort(tree->branches, tree->branch_count, sizeof *tree->branches, compare_lines);
    for (size_t i = 0; i < tree->branch_count; i++) {
        struct branch *branch = &tree->branches[i], *last = kept ? &tree->branches[kept - 1] : NULL;
        if (last && compare_lines(last, branch) == 0) {
            last->bytes += branch->bytes;
            last->count += branch->count;
        } else {
            tree->branches[kept++] = *branch;
        }
    }
    tree->branch_count = kept;
}

static void take_sites(struct tree *tree, enum memory_mode mode) {
    const struct model *model = tree->model;
    for (size_t i = 0, total = model_site_total(model); i < total; i++) {
        const struct model_site site = model_site_at(model, i);
        uint64_t bytes = memory_rows_bytes(&site, mode), count = memory_rows_count(&site, mode);
        if (!bytes)
            continue;
        uint32_t node = memory_rows_node(model, &site);
        tree->bytes[node] += bytes;
        tree->count[node] += count;
        tree->self_bytes[node] += bytes;
        tree->total += bytes;
        tree->branches[tree->branch_count++] = (struct branch){node, 0, site.function, site.line, bytes, count};
    }
    merge_lines(tree);
}

/* Further roots hang below the first. */
static uint32_t parent_of(const struct model *model, size_t node) {
    return model->nodes[node].parent < node ? model->nodes[node].parent : 0;
}

/* Parents stand before their children: so sums go upwards from the end, and paths get their keys from the start. */
static void sum_up(struct tree *tree) {
    const struct model *model = tree->model;
    for (size_t i = model->node_count; i-- > 1;) {
        const struct model_node *node = &model->nodes[i];
        uint32_t above = parent_of(model, i);
        if (!tree->bytes[i])
            continue;
        tree->bytes[above] += tree->bytes[i];
        tree->count[above] += tree->count[i];
        tree->branches[tree->branch_count++] =
            (struct branch){above, (uint32_t)i, node->function, 0, tree->bytes[i], tree->count[i]};
    }
    for (size_t i = 0; i < model->node_count; i++)
        if (tree->bytes[i] || i == 0) /* few have any, and what has some has it above, too */
            tree->keys[i] = row_ids_mix(i > 0 ? tree->keys[parent_of(model, i)] : 1, model->nodes[i].function);
    if (tree->branch_count)
        qsort(tree->branches, tree->branch_count, sizeof *tree->branches, compare_branches);
}

/* The first branch of a node. */
static size_t first_branch(const struct tree *tree, uint32_t above) {
    size_t low = 0, high = tree->branch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->branches[middle].above < above)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool emit_below(struct memory_rows *rows, const struct tree *tree, uint32_t above, int depth);

static bool emit_line(struct memory_rows *rows, const struct tree *tree, const struct branch *branch, int depth) {
    struct memory_row *row = memory_rows_add(rows);
    if (!row)
        return false;
    uint64_t key = row_ids_mix(row_ids_mix(tree->keys[branch->above], branch->function), (uint64_t)branch->line + 7);
    *row = (struct memory_row){.kind = MEMORY_ROW_LINE, .function = branch->function, .line = branch->line, .depth = depth,
                               .bytes = branch->bytes, .count = branch->count, .self_bytes = branch->bytes};
    row->id = row_ids_of(&rows->ids, key);
    return row->id != 0;
}

static bool emit_call(struct memory_rows *rows, const struct tree *tree, const struct branch *branch, int depth) {
    struct memory_row *row = memory_rows_add(rows);
    uint32_t id = row_ids_of(&rows->ids, tree->keys[branch->node]);
    if (!row || !id)
        return false;
    int opened = row_ids_opened(&rows->ids, id);
    bool expanded = opened ? opened > 0 : depth < OPEN_DEPTH && branch->bytes >= tree->total / OPEN_SHARE;
    *row = (struct memory_row){.kind = MEMORY_ROW_CALL, .function = branch->function, .depth = depth, .bytes = branch->bytes,
                               .count = branch->count, .self_bytes = tree->self_bytes[branch->node], .id = id, .parent = true,
                               .expanded = expanded};
    return !expanded || emit_below(rows, tree, branch->node, depth + 1);
}

/* Goes no deeper than calls are open. */
static bool emit_below(struct memory_rows *rows, const struct tree *tree, uint32_t above, int depth) {
    for (size_t i = first_branch(tree, above); i < tree->branch_count && tree->branches[i].above == above; i++) {
        const struct branch *branch = &tree->branches[i];
        if (!(branch->node ? emit_call(rows, tree, branch, depth) : emit_line(rows, tree, branch, depth)))
            return false;
    }
    return true;
}

bool memory_tree_build(struct memory_rows *rows, const struct model *model, enum memory_mode mode) {
    size_t nodes = model->node_count ? model->node_count : 1;
    struct tree tree = {.model = model};
    tree.bytes = calloc(nodes, 4 * sizeof *tree.bytes);
    tree.branches = calloc(model_site_total(model) + nodes, sizeof *tree.branches);
    bool done = tree.bytes && tree.branches;
    if (done) {
        tree.count = tree.bytes + nodes;
        tree.self_bytes = tree.count + nodes;
        tree.keys = tree.self_bytes + nodes;
        take_sites(&tree, mode);
        sum_up(&tree);
        rows->total = tree.total;
        done = emit_below(rows, &tree, 0, 0);
    }
    tree_free(&tree);
    return done;
}
