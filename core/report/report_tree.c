/* report_tree.c - the call tree as text, the largest branches first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/report_text.h"

enum { CUT_PER_MILLE = 1, INDENT_LIMIT = 40 }; /* deeper rows are not indented further; their depth is written */

/* Children of every node, the largest first: children[first[i]] up to children[first[i + 1]]. */
struct tree {
    const struct model *model;
    size_t *first;
    uint32_t *children;
    uint32_t *depth; /* of each node; roots 0 */
    uint64_t total_self;
    uint64_t cut; /* branches left out */
};

/* What a branch weighs: recursive calls have no total of their own, but self time. */
static uint64_t weight(const struct model_node *node) {
    return node->total_ns > node->self_ns ? node->total_ns : node->self_ns;
}

static int compare_children(const void *left, const void *right, void *context) {
    const struct model *model = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    uint64_t left_weight = weight(&model->nodes[a]), right_weight = weight(&model->nodes[b]);
    if (left_weight != right_weight)
        return left_weight > right_weight ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool is_root(const struct model *model, size_t node) { return model->nodes[node].parent == node; }

/* A parent stands before its children, so one pass finds depths and numbers of children. */
static void count_children(struct tree *tree) {
    for (size_t i = 0; i < tree->model->node_count; i++) {
        uint32_t parent = tree->model->nodes[i].parent;
        if (is_root(tree->model, i))
            continue;
        tree->first[parent + 1]++;
        tree->depth[i] = tree->depth[parent] + 1;
    }
}

static void fill_children(struct tree *tree, size_t *place) {
    size_t count = tree->model->node_count;
    for (size_t i = 0; i < count; i++) {
        tree->first[i + 1] += tree->first[i];
        place[i] = tree->first[i];
    }
    for (size_t i = 0; i < count; i++)
        if (!is_root(tree->model, i))
            tree->children[place[tree->model->nodes[i].parent]++] = (uint32_t)i;
    for (size_t i = 0; i < count; i++)
        if (tree->first[i + 1] - tree->first[i] > 1)
            qsort_r(tree->children + tree->first[i], tree->first[i + 1] - tree->first[i], sizeof *tree->children,
                    compare_children, (void *)tree->model);
}

static void write_node(const struct tree *tree, const struct model_node *node, uint32_t depth, FILE *out) {
    const struct model_function *function = &tree->model->functions[node->function];
    fprintf(out, "%12.6f %7.1f %12.6f %12" PRIu64 "  ", report_seconds(node->total_ns),
            report_percent(node->total_ns, tree->total_self), report_seconds(node->self_ns), node->calls);
    if (depth > INDENT_LIMIT)
        fprintf(out, "%*s[%" PRIu32 "] ", 2 * INDENT_LIMIT, "", depth);
    else
        fprintf(out, "%*s", (int)(2 * depth), "");
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    putc('\n', out);
}

static bool is_cut(const struct tree *tree, const struct model_node *node) {
    return (double)weight(node) * 1000.0 < (double)tree->total_self * CUT_PER_MILLE;
}

/* Pushes a node's children so that the largest is taken first. */
static size_t push_children(const struct tree *tree, uint32_t node, uint32_t *stack, size_t height) {
    for (size_t i = tree->first[node + 1]; i > tree->first[node]; i--)
        stack[height++] = tree->children[i - 1];
    return height;
}

/* Depth first without recursion: a path may be a million calls long. Every node is on the stack at most once. */
static void write_branches(struct tree *tree, uint32_t *stack, FILE *out) {
    size_t height = 0;
    for (size_t i = tree->model->node_count; i > 0; i--)
        if (is_root(tree->model, i - 1))
            height = push_children(tree, (uint32_t)(i - 1), stack, height);
    while (height) {
        uint32_t at = stack[--height];
        const struct model_node *node = &tree->model->nodes[at];
        if (is_cut(tree, node)) {
            tree->cut++;
            continue;
        }
        write_node(tree, node, tree->depth[at] - 1, out);
        height = push_children(tree, at, stack, height);
    }
}

static bool write_tree(struct tree *tree, FILE *out) {
    size_t count = tree->model->node_count;
    tree->first = calloc(count + 1, sizeof *tree->first);
    tree->children = calloc(count + 1, sizeof *tree->children);
    tree->depth = calloc(count + 1, sizeof *tree->depth);
    size_t *place = calloc(count + 1, sizeof *place);
    uint32_t *stack = calloc(count + 1, sizeof *stack);
    bool done = tree->first && tree->children && tree->depth && place && stack;
    if (done) {
        count_children(tree);
        fill_children(tree, place);
        write_branches(tree, stack, out);
    }
    free(tree->first);
    free(tree->children);
    free(tree->depth);
    free(place);
    free(stack);
    return done;
}

bool report_tree(const struct model *model, FILE *out, struct error *error) {
    struct tree tree = {.model = model, .total_self = model_total_self(model)};
    report_heading(model, "Call tree", out);
    if (!(model->collectors & COLLECTOR_FUNCTION)) {
        fputs("Functions were not counted in this run; add function to -k.\n", out);
        return true;
    }
    fprintf(out, "\n%12s %7s %12s %12s  %s\n", "total s", "total %", "self s", "calls", "function");
    if (!write_tree(&tree, out))
        return report_out_of_memory(error);
    if (tree.cut)
        fprintf(out, "%" PRIu64 " %s less than 0.1 %% of the time, not shown\n", tree.cut,
                tree.cut == 1 ? "branch of" : "branches of");
    return true;
}
