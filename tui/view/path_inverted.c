/* path_inverted.c - call paths from the inside out: below a function hang those that called it, below these who called them.
 *
 * A path is a part of `leaves`: the nodes that it leads away from, each with the node that it has come to. What hangs below a path
 * parts its own part again, so that the whole tree lies in one array, whatever is opened. */
#include <stdlib.h>
#include <string.h>

#include "tui/view/path_tree.h"

void path_inverted_free(struct path_tree *tree) {
    free(tree->leaves);
    free(tree->places);
    free(tree->met);
    tree->leaves = NULL;
    tree->places = tree->met = NULL;
    tree->leaf_count = 0;
}

/* What each node has itself, out of the sums: the model's rows are wider. malloc'ed; NULL: out of memory. */
static uint64_t *self_of_nodes(const struct path_tree *tree) {
    size_t slots = tree->node_count + 1;
    uint64_t *self = malloc(slots * sizeof *self);
    if (!self)
        return NULL;
    for (size_t i = 0; i < slots; i++)
        self[i] = tree->slots[i].total;
    for (size_t i = 1; i < slots; i++)
        self[tree->above[i]] -= tree->slots[i].total;
    return self;
}

/* Those of a function stand together from the beginning: parting a million of them would take as much memory again. */
static void place_leaves(struct path_tree *tree, const uint64_t *self) {
    size_t slots = tree->node_count + 1, met_count = 0;
    for (size_t i = 1; i < slots; i++)
        if (tree->functions[i] && self[i] && tree->places[tree->functions[i]]++ == 0)
            tree->met[met_count++] = tree->functions[i];
    for (size_t i = 0; i < met_count; i++) {
        uint32_t many = tree->places[tree->met[i]];
        tree->places[tree->met[i]] = (uint32_t)tree->leaf_count;
        tree->leaf_count += many;
    }
    for (size_t i = 1; i < slots; i++)
        if (tree->functions[i] && self[i])
            tree->leaves[tree->places[tree->functions[i]]++] = (struct path_leaf){self[i], (uint32_t)i, (uint32_t)i};
    for (size_t i = 0; i < met_count; i++)
        tree->places[tree->met[i]] = 0;
}

bool path_inverted_build(struct path_tree *tree) {
    size_t functions = tree->model->function_count;
    uint64_t *self = self_of_nodes(tree);
    tree->leaves = malloc((tree->node_count + 1) * sizeof *tree->leaves);
    tree->places = calloc(functions + 1, sizeof *tree->places);
    tree->met = malloc((functions + 1) * sizeof *tree->met);
    bool done = self && tree->leaves && tree->places && tree->met;
    if (done)
        place_leaves(tree, self);
    free(self);
    return done;
}

/* Parts a range of leaves by function: tree->places has how many there are of each, then where the next one goes; tree->met
 * which ones there are. */
struct parting {
    struct path_tree *tree;
    size_t met_count;
    struct path_leaf *parted; /* the range in its new order */
    uint32_t ended;           /* of leaves without a caller: the program called them */
};

/* Goes one call up with every leaf. */
static void step(struct parting *parting, struct path_leaf *leaves, size_t range) {
    struct path_tree *tree = parting->tree;
    for (size_t i = 0; i < range; i++) {
        leaves[i].at = tree->above[leaves[i].at];
        uint32_t function = tree->functions[leaves[i].at];
        if (function && tree->places[function]++ == 0)
            tree->met[parting->met_count++] = function;
        parting->ended += !function;
    }
}

/* What has ended stands in front; then the functions as they were met. */
static void part(struct parting *parting, struct path_leaf *leaves, size_t range) {
    struct path_tree *tree = parting->tree;
    uint32_t next = parting->ended, ended = 0;
    for (size_t i = 0; i < parting->met_count; i++) {
        uint32_t many = tree->places[tree->met[i]];
        tree->places[tree->met[i]] = next;
        next += many;
    }
    for (size_t i = 0; i < range; i++) {
        uint32_t function = tree->functions[leaves[i].at];
        parting->parted[function ? tree->places[function]++ : ended++] = leaves[i];
    }
    memcpy(leaves, parting->parted, range * sizeof *leaves);
}

void path_inverted_count(const struct path_tree *tree, struct path *path) {
    bool ends = true;
    for (uint32_t i = path->begin; i < path->end; i++) {
        uint32_t leaf = tree->leaves[i].leaf, at = tree->leaves[i].at;
        path->calls += path_tree_calls(tree, leaf - 1);
        path->memory += path_tree_memory(tree, leaf - 1, false);
        ends &= !at || !tree->above[at];
    }
    if (!path->opened) /* else its leaves have gone on */
        path->is_leaf = ends;
}

static bool add_callers(struct parting *parting, uint32_t above) {
    struct path_tree *tree = parting->tree;
    uint32_t begin = tree->paths[above].begin, from = begin + parting->ended;
    for (size_t i = 0; i < parting->met_count; i++) {
        struct path *path = path_tree_add(tree, above, tree->met[i]);
        if (!path)
            return false;
        path->begin = from;
        path->end = from = begin + tree->places[tree->met[i]];
        for (uint32_t leaf = path->begin; leaf < path->end; leaf++)
            path->total += tree->leaves[leaf].self;
    }
    return true;
}

/* Below the root hang the functions themselves. */
static bool open_root(struct path_tree *tree) {
    uint32_t count = (uint32_t)tree->leaf_count;
    for (uint32_t begin = 0, end; begin < count; begin = end) {
        uint32_t function = tree->functions[tree->leaves[begin].leaf];
        struct path *path = path_tree_add(tree, PATH_ROOT, function);
        if (!path)
            return false;
        for (end = begin; end < count && tree->functions[tree->leaves[end].leaf] == function; end++)
            path->total += tree->leaves[end].self;
        path->begin = begin;
        path->end = end;
    }
    return true;
}

bool path_inverted_open(struct path_tree *tree, uint32_t path) {
    if (path == PATH_ROOT)
        return open_root(tree);
    struct path_leaf *leaves = tree->leaves + tree->paths[path].begin;
    size_t range = tree->paths[path].end - tree->paths[path].begin;
    struct parting parting = {.tree = tree, .parted = malloc((range + 1) * sizeof *parting.parted)};
    if (!parting.parted)
        return false;
    step(&parting, leaves, range);
    part(&parting, leaves, range);
    bool done = add_callers(&parting, path);
    for (size_t i = 0; i < parting.met_count; i++)
        tree->places[tree->met[i]] = 0;
    free(parting.parted);
    return done;
}
