#include "core/profile/arena_scan.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_LEAST = 64, WINDOW_MOST = 1024 }; /* nodes that are read at once */

void arena_scan_free(struct arena_scan *scan) {
    free(scan->nodes);
    *scan = (struct arena_scan){0};
}

struct scanned_node *arena_scan_find(const struct arena_scan *scan, uint32_t node) {
    size_t from = 0, to = scan->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (scan->nodes[middle].node < node)
            from = middle + 1;
        else
            to = middle;
    }
    return from < scan->count && scan->nodes[from].node == node ? &scan->nodes[from] : NULL;
}

/* What is under way. */
struct walk {
    struct arena_build *build;
    const struct model *before;
    struct followed_thread *thread;
    struct arena_scan *scan;
    uint64_t at;      /* of the nodes, in the file */
    uint32_t end;     /* of the nodes */
    uint64_t *active; /* a bit a node: what hangs below it may have changed */
    const struct arena_node *window; /* from window_first up to window_end */
    uint32_t window_first, window_end;
};

static bool is_active(const struct walk *walk, uint32_t node) { return walk->active[node / 64] >> node % 64 & 1; }
static void activate(struct walk *walk, uint32_t node) { walk->active[node / 64] |= UINT64_C(1) << node % 64; }

/* What is read one after the other is read in larger pieces. */
static const struct arena_node *fetch(struct walk *walk, uint32_t node, struct error *error) {
    if (node >= walk->window_first && node < walk->window_end)
        return &walk->window[node - walk->window_first];
    uint32_t size = WINDOW_LEAST, last = walk->window_end - walk->window_first;
    if (node == walk->window_end && last)
        size = 2 * last < WINDOW_MOST ? 2 * last : WINDOW_MOST;
    if (size > walk->end - node)
        size = walk->end - node;
    walk->window = arena_read_scratch(walk->build->reader, &walk->build->reader->nodes, walk->at + node * sizeof *walk->window,
                                      size * sizeof *walk->window, error);
    walk->window_first = node;
    walk->window_end = walk->window ? node + size : node;
    return walk->window;
}

static bool add(struct walk *walk, uint32_t at, const struct arena_node *node, struct error *error) {
    struct arena_scan *scan = walk->scan;
    if (scan->count == scan->capacity) {
        size_t capacity = scan->capacity ? 2 * scan->capacity : 1024;
        struct scanned_node *nodes = reallocarray(scan->nodes, capacity, sizeof *nodes);
        if (!nodes)
            return arena_out_of_memory(walk->build->reader, error);
        scan->nodes = nodes;
        scan->capacity = capacity;
    }
    scan->nodes[scan->count++] = (struct scanned_node){at, node->code, node->calls, node->primitive_calls, node->self_ticks,
                                                       node->total_ticks};
    activate(walk, at);
    return true;
}

/* As it stands in the model, or would, were nothing on the stack. */
static bool has_changed(const struct walk *walk, uint32_t at, const struct arena_node *node) {
    double ratio = walk->build->follow->ns_per_tick;
    uint64_t self = arena_to_ns(node->self_ticks, ratio), total = arena_to_ns(node->total_ticks, ratio);
    if (walk->thread->shares) {
        const struct node_share *share = &walk->thread->shares[at];
        return share->calls != node->calls || share->self != self || share->total != total;
    }
    const struct model_node *row = &walk->before->nodes[walk->thread->rows[at]];
    return row->calls != node->calls || row->self_ns != self || row->total_ns != total;
}

static bool look(struct walk *walk, uint32_t at, bool is_new, bool sweep, struct error *error) {
    bool on_stack = is_active(walk, at);
    const struct followed_thread *thread = walk->thread;
    if (!is_new && !on_stack && !sweep && !is_active(walk, thread->parents[at]))
        return true;
    if (!is_new && thread->rows[at] == CALL_TREE_NONE)
        return true;
    const struct arena_node *node = fetch(walk, at, error);
    if (!node)
        return false;
    if (is_new)
        walk->thread->parents[at] = node->parent < at ? node->parent : at;
    return (!is_new && !on_stack && !has_changed(walk, at, node)) || add(walk, at, node, error);
}

static bool reserve(struct walk *walk, struct error *error) {
    struct followed_thread *thread = walk->thread;
    walk->active = calloc(walk->end / 64 + 1, sizeof *walk->active);
    if (!walk->active)
        return arena_out_of_memory(walk->build->reader, error);
    if (walk->end == thread->count)
        return true;
    uint32_t *parents = reallocarray(thread->parents, walk->end, sizeof *parents);
    if (!parents)
        return arena_out_of_memory(walk->build->reader, error);
    thread->parents = parents;
    uint32_t *rows = reallocarray(thread->rows, walk->end, sizeof *rows);
    if (!rows)
        return arena_out_of_memory(walk->build->reader, error);
    thread->rows = rows;
    return true;
}

bool arena_scan_thread(struct arena_build *build, const struct model *before, struct followed_thread *thread, uint64_t segment,
                       uint32_t node_count, bool sweep, struct arena_scan *scan, struct error *error) {
    struct walk walk = {.build = build, .before = before, .thread = thread, .scan = scan, .at = segment + ARENA_THREAD_NODES_AT,
                        .end = node_count};
    bool done = reserve(&walk, error);
    for (size_t i = 0; done && i < thread->on_stack_count; i++)
        if (thread->on_stack[i] < thread->count)
            activate(&walk, thread->on_stack[i]);
    if (done && node_count)
        activate(&walk, 0);
    for (uint32_t at = 0; done && at < node_count; at++)
        done = look(&walk, at, at >= thread->count, sweep, error);
    free(walk.active);
    return done;
}
