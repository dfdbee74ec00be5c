#include "core/report/branches.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/report_text.h"

enum { INDENT_LIMIT = 40 }; /* deeper rows are not indented further; their depth is written */

/* Children of every node, the largest first: children[first[i]] up to children[first[i + 1]]. */
struct tree {
    struct branches *branches;
    size_t *first;
    uint32_t *children;
    uint32_t *depth; /* of each node; roots 0 */
};

static int compare_children(const void *left, const void *right, void *context) {
    const struct branches *branches = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    uint64_t left_weight = branches->weight(branches->model, &branches->model->nodes[a]);
    uint64_t right_weight = branches->weight(branches->model, &branches->model->nodes[b]);
    if (left_weight != right_weight)
        return left_weight > right_weight ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool is_root(const struct model *model, size_t node) { return model->nodes[node].parent == node; }

/* A parent stands before its children, so one pass finds depths and numbers of children. */
static void count_children(struct tree *tree, const struct model *model) {
    for (size_t i = 0; i < model->node_count; i++) {
        uint32_t parent = model->nodes[i].parent;
        if (is_root(model, i))
            continue;
        tree->first[parent + 1]++;
        tree->depth[i] = tree->depth[parent] + 1;
    }
}

static void fill_children(struct tree *tree, const struct model *model, size_t *place) {
    size_t count = model->node_count;
    for (size_t i = 0; i < count; i++) {
        tree->first[i + 1] += tree->first[i];
        place[i] = tree->first[i];
    }
    for (size_t i = 0; i < count; i++)
        if (!is_root(model, i))
            tree->children[place[model->nodes[i].parent]++] = (uint32_t)i;
    for (size_t i = 0; i < count; i++)
        if (tree->first[i + 1] - tree->first[i] > 1)
            qsort_r(tree->children + tree->first[i], tree->first[i + 1] - tree->first[i], sizeof *tree->children,
                    compare_children, tree->branches);
}

static bool is_cut(const struct branches *branches, const struct model_node *node) {
    return (double)branches->weight(branches->model, node) * 1000.0 < (double)branches->whole * branches->cut_per_mille;
}

/* Pushes a node's children so that the largest is taken first. */
static size_t push_children(const struct tree *tree, uint32_t node, uint32_t *stack, size_t height) {
    for (size_t i = tree->first[node + 1]; i > tree->first[node]; i--)
        stack[height++] = tree->children[i - 1];
    return height;
}

/* Every node is on the stack at most once. */
static void visit_branches(struct tree *tree, uint32_t *stack, FILE *out) {
    const struct model *model = tree->branches->model;
    size_t height = 0;
    for (size_t i = model->node_count; i > 0; i--)
        if (is_root(model, i - 1))
            height = push_children(tree, (uint32_t)(i - 1), stack, height);
    while (height) {
        uint32_t at = stack[--height];
        const struct model_node *node = &model->nodes[at];
        if (is_cut(tree->branches, node)) {
            tree->branches->cut++;
            continue;
        }
        tree->branches->visit(tree->branches, node, tree->depth[at] - 1, out);
        height = push_children(tree, at, stack, height);
    }
}

bool branches_walk(struct branches *branches, FILE *out) {
    size_t count = branches->model->node_count;
    struct tree tree = {.branches = branches,
                        .first = calloc(count + 1, sizeof *tree.first),
                        .children = calloc(count + 1, sizeof *tree.children),
                        .depth = calloc(count + 1, sizeof *tree.depth)};
    size_t *place = calloc(count + 1, sizeof *place);
    uint32_t *stack = calloc(count + 1, sizeof *stack);
    bool done = tree.first && tree.children && tree.depth && place && stack;
    branches->cut = 0;
    if (done) {
        count_children(&tree, branches->model);
        fill_children(&tree, branches->model, place);
        visit_branches(&tree, stack, out);
    }
    free(tree.first);
    free(tree.children);
    free(tree.depth);
    free(place);
    free(stack);
    return done;
}

void branches_write_function(const struct branches *branches, const struct model_node *node, uint32_t depth, FILE *out) {
    const struct model_function *function = &branches->model->functions[node->function];
    if (depth > INDENT_LIMIT)
        fprintf(out, "%*s[%" PRIu32 "] ", 2 * INDENT_LIMIT, "", depth);
    else
        fprintf(out, "%*s", (int)(2 * depth), "");
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
}
