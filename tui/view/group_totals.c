#include "tui/view/group_totals.h"

#include <stdlib.h>
#include <string.h>

/* The tree as links, which a walk that goes down first needs: model.nodes knows parents alone. */
struct walk {
    const struct model *model;
    uint32_t *first, *next; /* owned; by node. first[node_count] is that of the roots; GROUP_NONE: there is none */
    uint32_t *active;       /* owned; by group: how many of its nodes are above */
};

/* From the end, so that siblings come in the order that they stand in. */
static void link_nodes(struct walk *walk) {
    const struct model *model = walk->model;
    memset(walk->first, 0xff, (model->node_count + 1) * sizeof *walk->first);
    for (size_t i = model->node_count; i-- > 0;) {
        size_t above = model->nodes[i].parent < i ? model->nodes[i].parent : model->node_count;
        walk->next[i] = walk->first[above];
        walk->first[above] = (uint32_t)i;
    }
}

static void add_known(uint64_t *sum, uint64_t value) { *sum += value == MODEL_UNKNOWN ? 0 : value; }

static void add_node(const struct model *model, const struct model_node *node, struct model_function *sum) {
    add_known(&sum->total_ns, node->total_ns);
    if (!node->memory_row)
        return;
    const struct model_allocations *memory = &model_node_memory(model, node)->total_memory;
    sum->total_memory.peak_bytes += memory->peak_bytes;
    sum->total_memory.live_bytes += memory->live_bytes;
    sum->total_memory.allocated_bytes += memory->allocated_bytes;
    sum->total_memory.temporary_count += memory->temporary_count;
}

static uint32_t group_of(const struct walk *walk, const uint32_t *of_function, uint32_t node) {
    uint32_t function = walk->model->nodes[node].function;
    return function && function < walk->model->function_count ? of_function[function] : GROUP_NONE;
}

/* Down to the first below, else to the next beside, else up until there is one beside. */
static void walk_all(struct walk *walk, const uint32_t *of_function, struct model_function *sums) {
    const struct model *model = walk->model;
    uint32_t at = walk->first[model->node_count];
    while (at != GROUP_NONE) {
        uint32_t group = group_of(walk, of_function, at);
        if (group != GROUP_NONE && walk->active[group]++ == 0)
            add_node(model, &model->nodes[at], &sums[group]);
        if (walk->first[at] != GROUP_NONE) {
            at = walk->first[at];
            continue;
        }
        for (;;) {
            group = group_of(walk, of_function, at);
            if (group != GROUP_NONE)
                walk->active[group]--;
            bool is_root = model->nodes[at].parent >= at;
            if (walk->next[at] != GROUP_NONE || is_root)
                break;
            at = model->nodes[at].parent;
        }
        at = walk->next[at];
    }
}

bool group_totals_add(const struct model *model, const uint32_t *of_function, struct model_function *sums, size_t count) {
    size_t nodes = model->node_count;
    if (nodes < 2)
        return false;
    struct walk walk = {.model = model,
                        .first = malloc((nodes + 1) * sizeof *walk.first),
                        .next = malloc(nodes * sizeof *walk.next),
                        .active = calloc(count + 1, sizeof *walk.active)};
    bool done = walk.first && walk.next && walk.active;
    if (done) {
        link_nodes(&walk);
        walk_all(&walk, of_function, sums);
    }
    free(walk.first);
    free(walk.next);
    free(walk.active);
    return done;
}
