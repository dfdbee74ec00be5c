#include "tui/view/path_tree.h"

#include <stdlib.h>
#include <string.h>

#include "tui/view/row_ids.h"

void path_tree_free(struct path_tree *tree) {
    free(tree->paths);
    free(tree->above);
    free(tree->functions);
    free(tree->totals);
    free(tree->first);
    free(tree->below);
    path_inverted_free(tree);
    *tree = (struct path_tree){0};
}

static uint64_t known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

uint64_t path_tree_self(const struct path_tree *tree, size_t node) {
    const struct model_node *row = &tree->model->nodes[node];
    if (!tree->choice.memory)
        return known(row->self_ns);
    return memory_measured(&model_node_memory(tree->model, row)->memory, tree->choice.measure);
}

uint64_t path_tree_calls(const struct path_tree *tree, size_t node) { return known(tree->model->nodes[node].calls); }

/* The program itself, which is no path: what ran outside of any function. */
static bool is_program(const struct model *model, size_t node) {
    return model->nodes[node].parent >= node && model->nodes[node].function == 0;
}

/* One pass over the model's rows, which are wide; all else goes over these narrow ones. */
static void take_nodes(struct path_tree *tree) {
    const struct model *model = tree->model;
    uint32_t root = (uint32_t)model->node_count;
    for (size_t i = 0; i < model->node_count; i++) {
        const struct model_node *node = &model->nodes[i];
        bool top = node->parent >= i || is_program(model, node->parent);
        tree->above[i] = top ? root : node->parent;
        tree->functions[i] = node->function < model->function_count ? node->function : 0;
        tree->totals[i] = is_program(model, i) ? 0 : path_tree_self(tree, i);
    }
}

/* Parents stand before their children: sums go upwards from the end. totals[node_count] is the root's. */
static void sum_up(struct path_tree *tree) {
    for (size_t i = tree->model->node_count; i-- > 0;)
        tree->totals[tree->above[i]] += tree->totals[i];
}

/* A counting sort by the node above. What has no function is left out with its time, which is the program's own. */
static void hang(struct path_tree *tree) {
    size_t count = tree->model->node_count;
    for (size_t i = 0; i < count; i++)
        if (tree->functions[i])
            tree->first[tree->above[i] + 2]++;
    for (size_t i = 2; i < count + 3; i++)
        tree->first[i] += tree->first[i - 1];
    for (size_t i = 0; i < count; i++)
        if (tree->functions[i])
            tree->below[tree->first[tree->above[i] + 1]++] = (uint32_t)i;
}

static bool reserve(struct path_tree *tree) {
    size_t count = tree->model->node_count;
    tree->above = malloc((count + 1) * sizeof *tree->above);
    tree->functions = malloc((count + 1) * sizeof *tree->functions);
    tree->totals = calloc(count + 1, sizeof *tree->totals);
    tree->first = calloc(count + 3, sizeof *tree->first);
    tree->below = malloc((count + 1) * sizeof *tree->below);
    return tree->above && tree->functions && tree->totals && tree->first && tree->below;
}

struct path *path_tree_add(struct path_tree *tree, uint32_t above, uint32_t function) {
    if (tree->count == tree->capacity) {
        size_t capacity = tree->capacity ? tree->capacity * 2 : 256;
        struct path *grown = reallocarray(tree->paths, capacity, sizeof *grown);
        if (!grown)
            return NULL;
        tree->paths = grown;
        tree->capacity = capacity;
    }
    struct path *path = &tree->paths[tree->count++];
    *path = (struct path){.above = above, .function = function};
    if (above != PATH_NONE) {
        path->key = row_ids_mix(tree->paths[above].key, function);
        path->depth = tree->paths[above].depth + 1;
    }
    return path;
}

/* The root, with all that it stands for in it and nothing opened. */
static bool begin(struct path_tree *tree) {
    size_t count = tree->model->node_count;
    bool inverted = tree->choice.inverted;
    tree->count = 0;
    struct path *root = !inverted || path_inverted_build(tree) ? path_tree_add(tree, PATH_NONE, 0) : NULL;
    if (!root) {
        path_tree_free(tree);
        return false;
    }
    root->key = inverted ? 2 : 1;
    root->total = tree->totals[count];
    root->begin = inverted ? 0 : (uint32_t)count;
    root->end = (uint32_t)tree->leaf_count;
    root->counted = true;
    return true;
}

bool path_tree_build(struct path_tree *tree, const struct model *model, const struct path_choice *choice) {
    path_tree_free(tree);
    tree->model = model;
    tree->choice = *choice;
    if (!reserve(tree)) {
        path_tree_free(tree);
        return false;
    }
    take_nodes(tree);
    sum_up(tree);
    hang(tree);
    return begin(tree);
}

bool path_tree_invert(struct path_tree *tree) {
    path_inverted_free(tree);
    tree->choice.inverted = !tree->choice.inverted;
    return begin(tree);
}

const struct path *path_tree_count(struct path_tree *tree, uint32_t path) {
    struct path *counted = &tree->paths[path];
    if (counted->counted)
        return counted;
    counted->counted = true;
    if (tree->choice.inverted) {
        path_inverted_count(tree, counted);
        return counted;
    }
    uint32_t node = counted->begin;
    counted->calls = path_tree_calls(tree, node);
    const struct model_node_memory *memory = model_node_memory(tree->model, &tree->model->nodes[node]);
    counted->memory = memory_measured(&memory->total_memory, tree->choice.measure);
    if (!counted->opened)
        counted->is_leaf = tree->first[node] == tree->first[node + 1];
    return counted;
}

static bool add_called(struct path_tree *tree, uint32_t above) {
    uint32_t node = tree->paths[above].begin;
    for (uint32_t i = tree->first[node]; i < tree->first[node + 1]; i++) {
        uint32_t called = tree->below[i];
        bool ran = tree->totals[called] || (!tree->choice.memory && path_tree_calls(tree, called));
        if (!ran)
            continue;
        struct path *path = path_tree_add(tree, above, tree->functions[called]);
        if (!path)
            return false;
        path->begin = called;
        path->total = tree->totals[called];
        path->self = path_tree_self(tree, called);
    }
    return true;
}

static int compare_paths(const void *left_path, const void *right_path) {
    const struct path *left = left_path, *right = right_path;
    if (left->total != right->total)
        return left->total > right->total ? -1 : 1;
    return (left->function > right->function) - (left->function < right->function);
}

bool path_tree_open(struct path_tree *tree, uint32_t path) {
    if (tree->paths[path].opened)
        return true;
    size_t first = tree->count;
    if (!(tree->choice.inverted ? path_inverted_open(tree, path) : add_called(tree, path))) {
        tree->count = first;
        tree->paths[path].opened = tree->choice.inverted; /* its leaves have gone up by a call: not once more */
        return false;
    }
    struct path *opened = &tree->paths[path];
    opened->opened = true;
    opened->first = (uint32_t)first;
    opened->count = (uint32_t)(tree->count - first);
    opened->is_leaf = opened->count == 0;
    if (opened->count > 1)
        qsort(tree->paths + first, opened->count, sizeof *opened, compare_paths);
    return true;
}

/* --- finding ------------------------------------------------------------------------------------------ */

size_t path_tree_functions(const struct path_tree *tree, uint32_t path, uint32_t functions[PATH_DEPTH]) {
    while (tree->paths[path].depth > PATH_DEPTH)
        path = tree->paths[path].above;
    size_t count = tree->paths[path].depth;
    for (; path != PATH_ROOT; path = tree->paths[path].above)
        functions[tree->paths[path].depth - 1] = tree->paths[path].function;
    return count;
}

static uint32_t find_below(struct path_tree *tree, uint32_t above, uint32_t function) {
    if (!path_tree_open(tree, above))
        return PATH_NONE;
    const struct path *path = &tree->paths[above];
    for (uint32_t i = path->first; i < path->first + path->count; i++)
        if (tree->paths[i].function == function)
            return i;
    return PATH_NONE;
}

uint32_t path_tree_find(struct path_tree *tree, const uint32_t *functions, size_t count) {
    uint32_t path = PATH_ROOT;
    for (size_t i = 0; i < count; i++) {
        uint32_t next = find_below(tree, path, functions[i]);
        if (next == PATH_NONE)
            break;
        path = next;
    }
    return path;
}

size_t path_tree_largest(const struct path_tree *tree, uint32_t function, uint32_t functions[PATH_DEPTH]) {
    size_t count = tree->model->node_count, largest = count;
    for (size_t i = 0; i < count; i++)
        if (tree->functions[i] == function && (largest == count || tree->totals[i] > tree->totals[largest]))
            largest = i;
    if (largest == count || function == 0)
        return 0;
    if (tree->choice.inverted) {
        functions[0] = function;
        return 1;
    }
    size_t depth = 0;
    for (size_t i = largest; i < count; i = tree->above[i])
        depth++;
    size_t kept = depth < PATH_DEPTH ? depth : PATH_DEPTH;
    for (size_t i = largest; i < count; i = tree->above[i])
        if (--depth < PATH_DEPTH)
            functions[depth] = tree->functions[i];
    return kept;
}

uint64_t path_tree_matched(const struct path_tree *tree, const uint8_t *matches) {
    size_t count = tree->model->node_count;
    uint8_t *inside = calloc(count + 1, 1); /* inside[count] is the root's: it matches nothing */
    uint64_t matched = 0;
    if (!inside)
        return MODEL_UNKNOWN;
    for (size_t i = 0; i < count; i++) {
        bool match = matches[tree->functions[i]];
        inside[i] = match || inside[tree->above[i]];
        if (match && !inside[tree->above[i]])
            matched += tree->totals[i];
    }
    free(inside);
    return matched;
}
