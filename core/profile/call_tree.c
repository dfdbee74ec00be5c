#include "core/profile/call_tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/counting_sort.h"

enum { FIRST_CAPACITY = 256 };

bool call_tree_init(struct call_tree *tree) {
    *tree = (struct call_tree){.capacity = FIRST_CAPACITY, .count = 1, .hashed = 1};
    tree->nodes = calloc(tree->capacity, sizeof *tree->nodes);
    return tree->nodes;
}

void call_tree_free(struct call_tree *tree) {
    free(tree->nodes);
    free(tree->slots);
    *tree = (struct call_tree){0};
}

/* Makes room for more rows. */
static bool reserve_rows(struct call_tree *tree, size_t more) {
    size_t needed = tree->count + more, capacity = tree->capacity;
    if (needed <= capacity)
        return true;
    if (needed >= CALL_TREE_NONE)
        return false;
    while (capacity < needed)
        capacity *= 2;
    struct model_node *nodes = reallocarray(tree->nodes, capacity, sizeof *nodes);
    if (!nodes)
        return false;
    tree->nodes = nodes;
    tree->capacity = capacity;
    return true;
}

static uint64_t slot_key(uint32_t parent, uint32_t function) { return (uint64_t)parent << 32 | function; }

/* Where a key is or belongs. Fibonacci hashing: the upper bits of the product depend on all bits of the key. */
static struct call_tree_slot *find_slot(const struct call_tree *tree, uint64_t key) {
    size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & tree->slot_mask;
    while (tree->slots[at].row && tree->slots[at].key != key)
        at = (at + 1) & tree->slot_mask;
    return &tree->slots[at];
}

/* Brings all rows into the hash, which gets room for more of them. */
static bool hash_rows(struct call_tree *tree, size_t more) {
    size_t size = tree->slots ? tree->slot_mask + 1 : 2 * FIRST_CAPACITY, needed = 2 * (tree->count + more);
    if (!tree->slots || size < needed) {
        while (size < needed)
            size *= 2;
        free(tree->slots);
        tree->slots = calloc(size, sizeof *tree->slots);
        tree->slot_mask = size - 1;
        tree->hashed = 1;
    }
    if (!tree->slots)
        return false;
    for (; tree->hashed < tree->count; tree->hashed++) {
        const struct model_node *node = &tree->nodes[tree->hashed];
        uint64_t key = slot_key(node->parent, node->function);
        *find_slot(tree, key) = (struct call_tree_slot){key, tree->hashed};
    }
    return true;
}

static uint32_t append(struct call_tree *tree, uint32_t parent, uint32_t function) {
    tree->nodes[tree->count] = (struct model_node){.parent = parent, .function = function};
    return (uint32_t)tree->count++;
}

static uint32_t find_or_append(struct call_tree *tree, uint32_t parent, uint32_t function) {
    uint64_t key = slot_key(parent, function);
    struct call_tree_slot *slot = find_slot(tree, key);
    if (!slot->row) {
        *slot = (struct call_tree_slot){key, append(tree, parent, function)};
        tree->hashed = tree->count;
    }
    return (uint32_t)slot->row;
}

static void add_counts(struct model_node *to, const struct arena_node *from) {
    to->calls += from->calls;
    to->primitive_calls += from->primitive_calls;
    to->self_ns += from->self_ticks;
    to->total_ns += from->total_ticks;
}

/* The first thread's rows are taken as they are: within a thread a path has one node. Only what comes after it needs
 * the hash. */
static void merge_rows(struct call_tree *tree, const struct arena_node *nodes, size_t first, size_t count,
                       size_t function_count, uint32_t *merged) {
    bool is_first = !tree->slots;
    for (size_t i = first; i < first + count; i++) {
        const struct arena_node *node = &nodes[i - first];
        merged[i] = i ? CALL_TREE_NONE : 0;
        if (i == 0)
            add_counts(&tree->nodes[0], node);
        if (node->parent >= i || merged[node->parent] == CALL_TREE_NONE)
            continue;
        if (node->code == 0 || node->code >= function_count)
            continue;
        uint32_t parent = merged[node->parent];
        merged[i] = is_first ? append(tree, parent, node->code) : find_or_append(tree, parent, node->code);
        add_counts(&tree->nodes[merged[i]], node);
    }
}

bool call_tree_add(struct call_tree *tree, const struct arena_node *nodes, size_t first, size_t count, size_t function_count,
                   uint32_t *merged) {
    bool is_second = first == 0 && tree->count > 1;
    if (count == 0)
        return true;
    if (!reserve_rows(tree, count) || ((tree->slots || is_second) && !hash_rows(tree, count)))
        return false;
    merge_rows(tree, nodes, first, count, function_count, merged);
    return true;
}

bool call_tree_merge(struct call_tree *tree, const struct model *model, const uint32_t *functions, uint32_t *merged) {
    size_t count = model->node_count;
    if (!reserve_rows(tree, count) || !hash_rows(tree, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct model_node *node = &model->nodes[i];
        bool is_root = node->parent == i;
        merged[i] = is_root ? 0 : find_or_append(tree, merged[node->parent], functions[node->function]);
        struct model_node *sum = &tree->nodes[merged[i]];
        sum->calls += node->calls;
        sum->primitive_calls += node->primitive_calls;
        sum->self_ns += node->self_ns;
        sum->total_ns += node->total_ns;
    }
    return true;
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
