#include "tui/view/path_tree.h"

#include <stdlib.h>
#include <string.h>

#include "tui/view/row_ids.h"

void path_tree_free(struct path_tree *tree) {
    free(tree->paths);
    free(tree->above);
    free(tree->functions);
    free(tree->slots);
    free(tree->memory);
    path_inverted_free(tree);
    *tree = (struct path_tree){0};
}

static uint64_t known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

/* Where sites are packed, sums over all below are what is known. */
static uint64_t packed_memory(const struct path_tree *tree, size_t node, bool below) {
    uint32_t slot = (uint32_t)node + 1;
    if (!tree->choice.memory && !tree->memory)
        return 0;
    uint64_t sum = tree->choice.memory ? tree->slots[slot].total : tree->memory[slot];
    for (uint32_t called = below ? 0 : tree->slots[slot].first; called; called = tree->slots[called].next)
        sum -= tree->choice.memory ? tree->slots[called].total : tree->memory[called];
    return sum;
}

uint64_t path_tree_memory(const struct path_tree *tree, size_t node, bool below) {
    if (tree->model->packed_sites)
        return packed_memory(tree, node, below);
    const struct model_node_memory *memory = model_node_memory(tree->model, &tree->model->nodes[node]);
    return memory_measured(below ? &memory->total_memory : &memory->memory, tree->choice.measure);
}

uint64_t path_tree_self(const struct path_tree *tree, size_t node) {
    return tree->choice.memory ? path_tree_memory(tree, node, false) : known(tree->model->nodes[node].self_ns);
}

uint64_t path_tree_calls(const struct path_tree *tree, size_t node) { return known(tree->model->nodes[node].calls); }

/* The program itself, which is no path: what ran outside of any function. */
static bool is_program(const struct model *model, size_t node) {
    return model->nodes[node].parent >= node && model->nodes[node].function == 0;
}

/* What has no function is left out with its time, which is the program's own. */
static void hang(struct path_tree *tree, uint32_t slot, uint32_t above) {
    tree->above[slot] = above;
    if (!tree->functions[slot])
        return;
    tree->slots[slot].next = tree->slots[above].first;
    tree->slots[above].first = slot;
}

/* What the program itself has called hangs below the root. */
static void hang_below_root(struct path_tree *tree, uint32_t program) {
    uint32_t next;
    for (uint32_t slot = tree->slots[program].first; slot; slot = next) {
        next = tree->slots[slot].next;
        hang(tree, slot, 0);
    }
    tree->slots[program].first = 0;
}

static uint32_t function_of(const struct model *model, size_t node) {
    return model->nodes[node].function < model->function_count ? model->nodes[node].function : 0;
}

/* What a node has itself; what was allocated on no path is none of a path. */
static uint64_t packed_part(const struct path_tree *tree, const struct model_site *site) {
    return is_program(tree->model, site->node) ? 0 : memory_measured(&site->memory, tree->choice.measure);
}

static void take_packed_sites(struct path_tree *tree) {
    for (size_t i = 0, count = model_site_total(tree->model); i < count; i++) {
        const struct model_site site = model_site_at(tree->model, i);
        tree->slots[site.node + 1].total += packed_part(tree, &site);
    }
}

void path_tree_need_memory(struct path_tree *tree) {
    if (!tree->model->packed_sites || tree->choice.memory || !tree->choice.beside || tree->memory)
        return;
    tree->memory = calloc(tree->node_count + 1, sizeof *tree->memory);
    for (size_t i = 0, count = model_site_total(tree->model); tree->memory && i < count; i++) {
        const struct model_site site = model_site_at(tree->model, i);
        tree->memory[site.node + 1] += packed_part(tree, &site);
    }
    for (size_t slot = tree->node_count; tree->memory && slot > 0; slot--)
        tree->memory[tree->above[slot]] += tree->memory[slot];
}

/* Parents stand before their children: in one pass from the end all is summed up. It is the random access to what is above that
 * takes its time, so there is one to each node. */
static void take_nodes(struct path_tree *tree) {
    const struct model *model = tree->model;
    memset(tree->slots, 0, (tree->node_count + 1) * sizeof *tree->slots);
    tree->above[0] = tree->functions[0] = 0;
    bool packed = tree->choice.memory && model->packed_sites;
    if (packed)
        take_packed_sites(tree);
    for (size_t i = tree->node_count; i-- > 0;) {
        uint32_t slot = (uint32_t)i + 1, above = model->nodes[i].parent < i ? model->nodes[i].parent + 1 : 0;
        tree->functions[slot] = function_of(model, i);
        if (is_program(model, i))
            hang_below_root(tree, slot);
        else if (!packed)
            tree->slots[slot].total += path_tree_self(tree, i);
        tree->slots[above].total += tree->slots[slot].total;
        hang(tree, slot, above);
    }
}

/* One that has come to a tree that is made. */
static void take_new_node(struct path_tree *tree, size_t node) {
    const struct model *model = tree->model;
    uint32_t slot = (uint32_t)node + 1, parent = model->nodes[node].parent;
    tree->slots[slot] = (struct path_slot){0};
    tree->functions[slot] = function_of(model, node);
    hang(tree, slot, parent >= node || is_program(model, parent) ? 0 : parent + 1);
}

/* false: out of memory; what there was is still there. */
static bool reserve(struct path_tree *tree, size_t room) {
    if (room <= tree->room)
        return true;
    struct path_slot *slots = reallocarray(tree->slots, room, sizeof *slots);
    uint32_t *above = reallocarray(tree->above, room, sizeof *above);
    uint32_t *functions = reallocarray(tree->functions, room, sizeof *functions);
    tree->slots = slots ? slots : tree->slots;
    tree->above = above ? above : tree->above;
    tree->functions = functions ? functions : tree->functions;
    bool done = slots && above && functions;
    if (done)
        tree->room = room;
    return done;
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
    bool inverted = tree->choice.inverted;
    tree->count = 0;
    struct path *root = !inverted || path_inverted_build(tree) ? path_tree_add(tree, PATH_NONE, 0) : NULL;
    if (!root) {
        path_tree_free(tree);
        return false;
    }
    root->key = inverted ? 2 : 1;
    root->total = tree->slots[0].total;
    root->end = (uint32_t)tree->leaf_count;
    root->counted = true;
    return true;
}

bool path_tree_build(struct path_tree *tree, const struct model *model, const struct path_choice *choice) {
    path_tree_free(tree);
    tree->model = model;
    tree->choice = *choice;
    if (!reserve(tree, model->node_count + 1)) {
        path_tree_free(tree);
        return false;
    }
    tree->node_count = model->node_count;
    tree->serial = model->serial;
    take_nodes(tree);
    return begin(tree);
}

static bool follows(const struct path_tree *tree, const struct model *model, const struct path_choice *choice) {
    const struct model_changes *changes = model->changes;
    return changes && tree->room && tree->serial && changes->since == tree->serial && changes->node_count == tree->node_count &&
           !choice->memory && !tree->choice.memory;
}

bool path_tree_update(struct path_tree *tree, const struct model *model, const struct path_choice *choice) {
    size_t count = model->node_count;
    if (!follows(tree, model, choice) || !reserve(tree, count < tree->room ? count + 1 : count + count / 8 + 1))
        return false;
    free(tree->memory);
    tree->memory = NULL;
    tree->model = model;
    tree->choice = *choice;
    tree->serial = model->serial;
    for (; tree->node_count < count; tree->node_count++)
        take_new_node(tree, tree->node_count);
    for (size_t i = 0; i < model->changes->changed_count; i++) {
        const struct model_node_change *change = &model->changes->nodes[i];
        if (is_program(model, change->node))
            continue;
        for (uint32_t slot = change->node + 1; slot; slot = tree->above[slot])
            tree->slots[slot].total += change->self_ns;
        tree->slots[0].total += change->self_ns;
    }
    path_inverted_free(tree);
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
    path_tree_need_memory(tree);
    if (tree->choice.inverted) {
        path_inverted_count(tree, counted);
        return counted;
    }
    uint32_t node = counted->begin - 1; /* the root is counted */
    counted->calls = path_tree_calls(tree, node);
    counted->memory = path_tree_memory(tree, node, true);
    if (!counted->opened)
        counted->is_leaf = !tree->slots[counted->begin].first;
    return counted;
}

static bool add_called(struct path_tree *tree, uint32_t above) {
    for (uint32_t called = tree->slots[tree->paths[above].begin].first; called; called = tree->slots[called].next) {
        bool ran = tree->slots[called].total || (!tree->choice.memory && path_tree_calls(tree, called - 1));
        if (!ran)
            continue;
        struct path *path = path_tree_add(tree, above, tree->functions[called]);
        if (!path)
            return false;
        path->begin = called;
        path->total = tree->slots[called].total;
        path->self = path_tree_self(tree, called - 1);
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
    size_t largest = 0;
    for (size_t i = 1; i <= tree->node_count; i++)
        if (tree->functions[i] == function && (!largest || tree->slots[i].total > tree->slots[largest].total))
            largest = i;
    if (!largest || function == 0)
        return 0;
    if (tree->choice.inverted) {
        functions[0] = function;
        return 1;
    }
    size_t depth = 0;
    for (size_t i = largest; i; i = tree->above[i])
        depth++;
    size_t kept = depth < PATH_DEPTH ? depth : PATH_DEPTH;
    for (size_t i = largest; i; i = tree->above[i])
        if (--depth < PATH_DEPTH)
            functions[depth] = tree->functions[i];
    return kept;
}

uint64_t path_tree_matched(const struct path_tree *tree, const uint8_t *matches) {
    uint8_t *inside = calloc(tree->node_count + 1, 1); /* the root matches nothing */
    uint64_t matched = 0;
    if (!inside)
        return MODEL_UNKNOWN;
    for (size_t i = 1; i <= tree->node_count; i++) {
        bool match = matches[tree->functions[i]];
        inside[i] = match || inside[tree->above[i]];
        if (match && !inside[tree->above[i]])
            matched += tree->slots[i].total;
    }
    free(inside);
    return matched;
}
