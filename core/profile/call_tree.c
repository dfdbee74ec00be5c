#include "core/profile/call_tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/counting_sort.h"

enum { FIRST_CAPACITY = 256 };

bool call_tree_init(struct call_tree *tree) {
    *tree = (struct call_tree){.capacity = FIRST_CAPACITY, .count = 1, .slot_mask = 2 * FIRST_CAPACITY - 1};
    tree->nodes = calloc(tree->capacity, sizeof *tree->nodes);
    tree->slots = calloc(tree->slot_mask + 1, sizeof *tree->slots);
    if (tree->nodes && tree->slots)
        return true;
    call_tree_free(tree);
    return false;
}

void call_tree_free(struct call_tree *tree) {
    free(tree->nodes);
    free(tree->slots);
    *tree = (struct call_tree){0};
}

/* Where a key is or belongs. Fibonacci hashing: the upper bits of the product depend on all bits of the key. */
static struct call_tree_slot *find_slot(struct call_tree_slot *slots, size_t mask, uint64_t key) {
    size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;
    while (slots[at].row && slots[at].key != key)
        at = (at + 1) & mask;
    return &slots[at];
}

static bool grow_slots(struct call_tree *tree, size_t rows) {
    size_t size = tree->slot_mask + 1;
    while (size < 2 * rows)
        size *= 2;
    if (size == tree->slot_mask + 1)
        return true;
    struct call_tree_slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i <= tree->slot_mask; i++)
        if (tree->slots[i].row)
            *find_slot(slots, size - 1, tree->slots[i].key) = tree->slots[i];
    free(tree->slots);
    tree->slots = slots;
    tree->slot_mask = size - 1;
    return true;
}

static bool grow(struct call_tree *tree) {
    if (tree->count < tree->capacity)
        return true;
    size_t capacity = 2 * tree->capacity;
    if (capacity > CALL_TREE_NONE || !grow_slots(tree, capacity))
        return false;
    struct model_node *nodes = reallocarray(tree->nodes, capacity, sizeof *nodes);
    if (!nodes)
        return false;
    tree->nodes = nodes;
    tree->capacity = capacity;
    return true;
}

static uint32_t child_of(struct call_tree *tree, uint32_t parent, uint32_t function) {
    if (!grow(tree))
        return CALL_TREE_NONE;
    uint64_t key = (uint64_t)parent << 32 | function;
    struct call_tree_slot *slot = find_slot(tree->slots, tree->slot_mask, key);
    if (!slot->row) {
        *slot = (struct call_tree_slot){key, tree->count};
        tree->nodes[tree->count++] = (struct model_node){.parent = parent, .function = function};
    }
    return (uint32_t)slot->row;
}

static void add_counts(struct model_node *to, const struct arena_node *from) {
    to->calls += from->calls;
    to->primitive_calls += from->primitive_calls;
    to->self_ns += from->self_ticks;
    to->total_ns += from->total_ticks;
}

bool call_tree_add(struct call_tree *tree, const struct arena_node *nodes, size_t count, size_t function_count) {
    if (count == 0)
        return true;
    uint32_t *merged = malloc(count * sizeof *merged); /* the tree's row of each of the thread's nodes */
    bool done = merged;
    if (merged) {
        merged[0] = 0;
        add_counts(&tree->nodes[0], &nodes[0]);
    }
    for (size_t i = 1; done && i < count; i++) {
        const struct arena_node *node = &nodes[i];
        merged[i] = CALL_TREE_NONE;
        if (node->parent >= i || merged[node->parent] == CALL_TREE_NONE)
            continue;
        if (node->code == 0 || node->code >= function_count)
            continue;
        merged[i] = child_of(tree, merged[node->parent], node->code);
        done = merged[i] != CALL_TREE_NONE;
        if (done)
            add_counts(&tree->nodes[merged[i]], node);
    }
    free(merged);
    return done;
}

/* Row numbers of the tree without the root, ordered by the parent's function, then the row's own. */
static bool order_by_edge(const struct call_tree *tree, const uint32_t *callers, const uint32_t *callees,
                          size_t function_count, uint32_t *by_callee, uint32_t *order) {
    return counting_sort(NULL, by_callee, tree->count, callees, function_count) &&
           counting_sort(by_callee, order, tree->count, callers, function_count);
}

static void sum_edges(const struct call_tree *tree, const uint32_t *order, const uint32_t *callers,
                      struct model *model) {
    size_t count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        uint32_t row = order[i];
        const struct model_node *node = &tree->nodes[row];
        if (row == 0)
            continue;
        struct model_edge *edge = &model->edges[count ? count - 1 : 0];
        if (!count || edge->caller != callers[row] || edge->callee != node->function) {
            edge = &model->edges[count++];
            *edge = (struct model_edge){.caller = callers[row], .callee = node->function};
        }
        edge->calls += node->calls;
        edge->self_ns += node->self_ns;
        edge->total_ns += node->total_ns;
    }
    model->edge_count = count;
}

bool call_tree_edges(const struct call_tree *tree, struct model *model) {
    uint32_t *columns = malloc(4 * tree->count * sizeof *columns);
    model->edges = malloc(tree->count * sizeof *model->edges);
    bool done = columns && model->edges;
    if (done) {
        uint32_t *callers = columns, *callees = columns + tree->count;
        uint32_t *by_callee = columns + 2 * tree->count, *order = columns + 3 * tree->count;
        for (size_t i = 0; i < tree->count; i++) {
            callees[i] = tree->nodes[i].function;
            callers[i] = tree->nodes[tree->nodes[i].parent].function;
        }
        done = order_by_edge(tree, callers, callees, model->function_count, by_callee, order);
        if (done)
            sum_edges(tree, order, callers, model);
    }
    free(columns);
    return done;
}
