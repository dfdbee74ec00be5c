#include "tui/view/group_totals.h"

#include <stdlib.h>
#include <string.h>

/* The tree as links, which a walk that goes down first needs: model.nodes knows parents alone. */
struct walk {
    const struct model *model;
    uint32_t *first, *next; /* owned; by node. first[node_count] is that of the roots; GROUP_NONE: there is none */
    uint32_t *active;       /* owned; by group: how many of its nodes are above */
    struct node_total *totals; /* owned; by node. NULL where sites are not packed */
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

/* What a node and all below it have, where sites are packed: nobody has summed it up. */
struct node_total { uint64_t peak_bytes, live_bytes, allocated_bytes, temporary_count; };

static void add_total(struct model_allocations *sum, const struct node_total *total) {
    sum->peak_bytes += total->peak_bytes;
    sum->live_bytes += total->live_bytes;
    sum->allocated_bytes += total->allocated_bytes;
    sum->temporary_count += total->temporary_count;
}

/* By node; malloc'ed. NULL: out of memory, or they are not packed. Parents stand before their children. */
static struct node_total *sum_packed_sites(const struct model *model) {
    struct node_total *totals = model->packed_sites ? calloc(model->node_count, sizeof *totals) : NULL;
    for (size_t i = 0, count = model_site_total(model); totals && i < count; i++) {
        const struct model_site site = model_site_at(model, i);
        struct node_total *total = &totals[site.node];
        total->peak_bytes += site.memory.peak_bytes;
        total->live_bytes += site.memory.live_bytes;
        total->allocated_bytes += site.memory.allocated_bytes;
        total->temporary_count += site.memory.temporary_count;
    }
    for (size_t i = model->node_count; totals && i-- > 1;) {
        struct node_total *above = &totals[model->nodes[i].parent];
        above->peak_bytes += totals[i].peak_bytes;
        above->live_bytes += totals[i].live_bytes;
        above->allocated_bytes += totals[i].allocated_bytes;
        above->temporary_count += totals[i].temporary_count;
    }
    return totals;
}

/* totals: NULL where sites are not packed. */
static void add_node(const struct model *model, const struct node_total *totals, size_t at, struct model_function *sum) {
    const struct model_node *node = &model->nodes[at];
    add_known(&sum->total_ns, node->total_ns);
    if (totals)
        add_total(&sum->total_memory, &totals[at]);
    if (!node->memory_row)
        return;
    const struct model_allocations *memory = &model_node_memory(model, node)->total_memory;
    add_total(&sum->total_memory, &(struct node_total){memory->peak_bytes, memory->live_bytes, memory->allocated_bytes,
                                                       memory->temporary_count});
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
            add_node(model, walk->totals, at, &sums[group]);
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

/* --- without a walk --------------------------------------------------------------------------------------- */

/* Of each node the groups above it and its own, each a bit of 64: where a group's bit is missing above a node, the group is not
 * there, which is so for most nodes; else the nodes above are looked at as long as they have the bit. */
struct masks {
    const struct model *model;
    uint64_t *above;     /* owned; by node */
    uint32_t *groups, *parents; /* owned; by node: the rows themselves are wide, and each look at one a miss of the cache */
    size_t steps;        /* that may still be taken */
    struct node_total *totals; /* owned; by node. NULL where sites are not packed */
};

enum { STEPS_OF_NODE = 4 };

static uint64_t bit_of(uint32_t group) { return UINT64_C(1) << (group * UINT32_C(0x9e3779b1) >> 26); } /* Fibonacci hashing */

/* Whether a node's group is above it. */
static bool is_inner(struct masks *masks, uint32_t node) {
    uint32_t group = masks->groups[node];
    uint64_t bit = bit_of(group);
    while (masks->parents[node] < node && masks->above[masks->parents[node]] & bit && masks->steps) {
        node = masks->parents[node];
        if (masks->groups[node] == group)
            return true;
        masks->steps--;
    }
    return false;
}

/* Of the nodes from one to another, which have to come in their order. false: so many steps are needed that a walk is the shorter
 * way; sums are of no use then. */
static bool add_outermost(struct masks *masks, uint32_t from, uint32_t to, const uint32_t *of_function,
                          struct model_function *sums) {
    const struct model *model = masks->model;
    for (uint32_t i = from; i < to && masks->steps; i++) {
        const struct model_node *node = &model->nodes[i];
        bool known = node->function && node->function < model->function_count;
        masks->parents[i] = node->parent;
        masks->groups[i] = known ? of_function[node->function] : GROUP_NONE;
        masks->above[i] = node->parent < i ? masks->above[node->parent] : 0;
        if (masks->groups[i] == GROUP_NONE)
            continue;
        if (!(masks->above[i] & bit_of(masks->groups[i])) || !is_inner(masks, i))
            add_node(model, masks->totals, i, &sums[masks->groups[i]]);
        masks->above[i] |= bit_of(masks->groups[i]);
    }
    return masks->steps > 0;
}

static void forget(struct model_function *sums, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums[i].total_ns = 0;
        sums[i].total_memory = (struct model_allocations){0};
    }
}

static void free_masks(struct masks *masks) {
    free(masks->above);
    free(masks->groups);
    free(masks->parents);
    free(masks->totals);
}

static bool make_masks(struct masks *masks, const struct model *model) {
    size_t nodes = model->node_count;
    *masks = (struct masks){.model = model,
                            .above = malloc(nodes * sizeof *masks->above),
                            .groups = malloc(nodes * sizeof *masks->groups),
                            .parents = malloc(nodes * sizeof *masks->parents),
                            .steps = STEPS_OF_NODE * nodes,
                            .totals = sum_packed_sites(model)};
    return masks->above && masks->groups && masks->parents && (masks->totals || !model->packed_sites);
}

static bool add_by_masks(const struct model *model, const uint32_t *of_function, struct model_function *sums, size_t count) {
    struct masks masks;
    bool done = make_masks(&masks, model) && add_outermost(&masks, 0, (uint32_t)model->node_count, of_function, sums);
    free_masks(&masks);
    if (!done)
        forget(sums, count);
    return done;
}

/* --- in slices -------------------------------------------------------------------------------------------- */

enum { SLICE = 1 << 15 /* call nodes: one to three milliseconds */ };

struct group_totals_job {
    struct masks masks;
    uint32_t *of_function;       /* owned */
    struct model_function *sums; /* owned: only the totals of these are set */
    size_t count;
    uint32_t next;               /* node */
};

void group_totals_free(struct group_totals_job *job) {
    if (job) {
        free_masks(&job->masks);
        free(job->of_function);
        free(job->sums);
    }
    free(job);
}

struct group_totals_job *group_totals_begin(const struct model *model, const uint32_t *of_function, size_t count) {
    struct group_totals_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->count = count;
    job->of_function = reallocarray(NULL, model->function_count, sizeof *job->of_function);
    job->sums = calloc(count + 1, sizeof *job->sums);
    if (!make_masks(&job->masks, model) || !job->of_function || !job->sums) {
        group_totals_free(job);
        return NULL;
    }
    memcpy(job->of_function, of_function, model->function_count * sizeof *job->of_function);
    return job;
}

bool group_totals_work(struct group_totals_job *job) {
    uint32_t nodes = (uint32_t)job->masks.model->node_count, left = nodes - job->next;
    uint32_t to = job->next + (left < SLICE ? left : SLICE);
    bool done = add_outermost(&job->masks, job->next, to, job->of_function, job->sums);
    job->next = to;
    return done && to < nodes;
}

bool group_totals_take(const struct group_totals_job *job, struct model_function *sums) {
    if (!job->masks.steps)
        return false;
    for (size_t i = 0; i < job->count; i++) {
        sums[i].total_ns = job->sums[i].total_ns;
        sums[i].total_memory = job->sums[i].total_memory;
    }
    return true;
}

/* --- by a walk -------------------------------------------------------------------------------------------- */

static bool add_by_walk(const struct model *model, const uint32_t *of_function, struct model_function *sums, size_t count) {
    size_t nodes = model->node_count;
    struct walk walk = {.model = model,
                        .first = malloc((nodes + 1) * sizeof *walk.first),
                        .next = malloc(nodes * sizeof *walk.next),
                        .active = calloc(count + 1, sizeof *walk.active),
                        .totals = sum_packed_sites(model)};
    bool done = walk.first && walk.next && walk.active && (walk.totals || !model->packed_sites);
    if (done) {
        link_nodes(&walk);
        walk_all(&walk, of_function, sums);
    }
    free(walk.first);
    free(walk.next);
    free(walk.active);
    free(walk.totals);
    return done;
}

bool group_totals_add(const struct model *model, const uint32_t *of_function, struct model_function *sums, size_t count) {
    if (model->node_count < 2 || model->node_count > GROUP_TOTALS_MOST)
        return false;
    forget(sums, count);
    return add_by_masks(model, of_function, sums, count) || add_by_walk(model, of_function, sums, count);
}
