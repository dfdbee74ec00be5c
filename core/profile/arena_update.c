/* arena_update.c - a model made of the one before it and of what has changed: see arena_follow.h for how that is found. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/profile/arena_scan.h"
#include "core/profile/arena_site_changes.h"
#include "core/profile/arena_stack.h"
#include "core/profile/model_update.h"

enum { SWEEP_AFTER = 24 /* updates */, TEXT_PIECES = 64, NEW_SITES = 1 << 15 /* in one update: no key waits longer for them */ };

/* Other readings of the clocks change the scale; what is shown may be off by as little as that. */
static const double scale_drift = 1e-5;

#define NOT_READ UINT32_MAX

struct updating {
    struct arena_build build;
    const struct model *before;
    struct arena_follow *follow;
    struct model_update *update;   /* the model's */
    struct model_changes *changes; /* likewise */
    size_t change_capacity;
    bool sweep;
    bool cannot;
    struct arena_stack *stacks; /* owned, as all below; by thread */
    struct arena_scan *scans;   /* by thread */
    uint8_t *active;            /* by function: its lines may have changed */
    uint32_t *first_sum;        /* by function: where the sums of its cells begin, or NOT_READ */
    struct arena_line_cell *sums;
    struct arena_line *sum_table; /* what each of them is of */
    size_t sum_count;
};

static bool out_of_memory(struct updating *updating, struct error *error) {
    return arena_out_of_memory(updating->build.reader, error);
}

/* Where collectors were switched, functions that were there get lines later. */
static bool was_switched(const struct arena_header *header) {
    for (int bit = 0; bit < COLLECTOR_BITS; bit++)
        if (header->switched[bit].off_count)
            return true;
    return false;
}

/* Whether this can be done at all. */
static bool can_follow(const struct updating *updating) {
    const struct arena_header *header = updating->build.header;
    const struct arena_follow *follow = updating->follow;
    const struct model *before = updating->before;
    return before && follow && follow->serial && before->serial == follow->serial &&
           before->start_unix_ns == header->clock.start_unix_ns && !before->update && !before->child_count &&
           arena_follow_is_wanted(header) && !was_switched(header) && arena_sites_can_follow(follow, header) &&
           header->thread_count == follow->thread_count && header->marked_count == follow->marked_count &&
           header->code_count >= follow->code_count && before->function_count == follow->code_count &&
           header->line_cell_count >= follow->line_cell_count && follow->text_pieces < TEXT_PIECES;
}

/* --- functions -------------------------------------------------------------------------------------------- */

/* Types have names, too; other texts come with functions. */
static bool has_new_texts(const struct updating *updating) {
    const struct arena_header *header = updating->build.header;
    const struct arena_texts *known = updating->follow->texts;
    return header->type_count && header->strings_used > known->at + known->size;
}

static bool read_functions(struct updating *updating, struct error *error) {
    struct arena_build *build = &updating->build;
    struct arena_follow *follow = updating->follow;
    uint32_t first = follow->code_count, more = build->header->code_count - first;
    build->texts = *follow->texts;
    build->model->function_count = build->header->code_count;
    if (more || has_new_texts(updating)) {
        build->texts = (struct arena_texts){.at = follow->texts->at + follow->texts->size, .earlier = follow->texts};
        updating->update->functions = calloc(more + 1, sizeof *updating->update->functions);
        updating->update->function_count = more;
        if (!updating->update->functions)
            return out_of_memory(updating, error);
        if (!arena_read_new_functions(build, first, updating->update->functions, error))
            return false;
        if (!arena_follow_texts(follow, &build->texts))
            return out_of_memory(updating, error);
    }
    uint32_t known = follow->line_cell_count;
    if (!arena_follow_lines(build, follow, error))
        return false;
    for (; known < follow->line_cell_count; known++)
        updating->active[follow->table[known].code] = 1;
    return true;
}

static struct model_function *function_of(const struct updating *updating, uint32_t id) {
    size_t known = updating->before->function_count;
    return id < known ? &updating->before->functions[id] : &updating->update->functions[id - known];
}

/* --- nodes ------------------------------------------------------------------------------------------------ */

static const struct model_node *node_of(const struct updating *updating, uint32_t row) {
    size_t known = updating->before->node_count;
    return row < known ? &updating->before->nodes[row] : &updating->update->nodes[row - known];
}

static bool append_node(struct updating *updating, uint32_t parent, uint32_t function, uint32_t *row) {
    struct model_update *update = updating->update;
    if ((update->node_count & (update->node_count - 1)) == 0) { /* a power of two: full */
        size_t capacity = update->node_count ? 2 * update->node_count : 1;
        struct model_node *nodes = reallocarray(update->nodes, capacity, sizeof *nodes);
        if (!nodes)
            return false;
        update->nodes = nodes;
    }
    *row = (uint32_t)(updating->before->node_count + update->node_count);
    update->nodes[update->node_count++] = (struct model_node){.parent = parent, .function = function};
    return true;
}

/* New nodes get rows; those of functions that came meanwhile are next time's, with all behind them. */
static bool place_new_nodes(struct updating *updating, struct followed_thread *thread, struct arena_scan *scan) {
    size_t from = scan->count;
    while (from && scan->nodes[from - 1].node >= thread->count)
        from--;
    for (; from < scan->count; from++) {
        const struct scanned_node *node = &scan->nodes[from];
        uint32_t parent = thread->parents[node->node];
        if (node->code >= updating->build.header->code_count)
            break;
        bool known = parent < node->node && thread->rows[parent] != CALL_TREE_NONE && node->code;
        thread->rows[node->node] = CALL_TREE_NONE;
        if (known && !append_node(updating, thread->rows[parent], node->code, &thread->rows[node->node]))
            return false;
        thread->count++;
    }
    scan->count = from;
    return true;
}

static bool scan_thread(struct updating *updating, uint32_t index, struct error *error) {
    struct arena_stack *stack = &updating->stacks[index];
    struct followed_thread *thread = &updating->follow->threads[index];
    struct arena_scan *scan = &updating->scans[index];
    *stack = arena_stack_of(index);
    if (!arena_stack_read_head(&updating->build, stack, error))
        return false;
    bool there = stack->head.state != ARENA_THREAD_FREE || stack->head.node_count;
    uint32_t count = stack->head.node_count;
    if (there != thread->there || count < thread->count || count > ARENA_MAX_NODES || (count > thread->count && thread->shares)) {
        updating->cannot = true;
        return false;
    }
    if (!there)
        return true;
    updating->build.model->overhead_ns += arena_stack_overhead(&stack->head);
    if (!arena_stack_add_row(&updating->build, &stack->head, error) ||
        !arena_scan_thread(&updating->build, updating->before, thread, stack->offset, count, updating->sweep, scan, error))
        return false;
    if (!place_new_nodes(updating, thread, scan))
        return out_of_memory(updating, error);
    for (size_t i = 0; i < scan->count; i++)
        if (thread->rows[scan->nodes[i].node] != CALL_TREE_NONE)
            updating->active[node_of(updating, thread->rows[scan->nodes[i].node])->function] = 1;
    return true;
}

/* --- lines ------------------------------------------------------------------------------------------------ */

/* Whether lines of a function are told; some get theirs later than they come. */
static bool has_lines(struct updating *updating, uint32_t id) {
    struct arena_build *build = &updating->build;
    struct arena_code code;
    struct error ignored;
    if (!updating->active[id] || !updating->follow->cells[id].count)
        return false;
    if (function_of(updating, id)->flags & MODEL_FUNCTION_LINES)
        return true;
    return arena_read(build->reader, ARENA_CODES_AT + id * sizeof code, &code, sizeof code, &ignored) &&
           arena_function_flags(build, &code) & MODEL_FUNCTION_LINES;
}

static bool reserve_sums(struct updating *updating) {
    uint32_t count = updating->build.header->code_count;
    for (uint32_t id = 0; id < count; id++) {
        updating->first_sum[id] = NOT_READ;
        if (!has_lines(updating, id))
            continue;
        updating->first_sum[id] = (uint32_t)updating->sum_count;
        updating->sum_count += updating->follow->cells[id].count;
    }
    size_t room = updating->sum_count ? updating->sum_count : 1;
    updating->sums = calloc(room, sizeof *updating->sums);
    updating->sum_table = calloc(room, sizeof *updating->sum_table);
    return updating->sums && updating->sum_table;
}

static void add_cells(struct arena_line_cell *sums, const struct arena_line_cell *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums[i].hits += cells[i].hits;
        sums[i].self_ticks += cells[i].self_ticks;
        sums[i].total_ticks += cells[i].total_ticks;
        sums[i].estimated_ticks += cells[i].estimated_ticks;
    }
}

/* Functions whose cells stand beside each other are read at once. */
static bool add_thread_cells(struct updating *updating, uint64_t segment, struct error *error) {
    struct arena_build *build = &updating->build;
    uint32_t count = build->header->code_count;
    for (uint32_t id = 0, next; id < count; id = next) {
        next = id + 1;
        if (updating->first_sum[id] == NOT_READ)
            continue;
        const struct followed_cells *cells = updating->follow->cells;
        uint32_t first = cells[id].first, end = first + cells[id].count;
        while (next < count && updating->first_sum[next] != NOT_READ && cells[next].first == end)
            end += cells[next++].count;
        const struct arena_line_cell *read = arena_read_scratch(build->reader, &build->reader->rows,
                                                                segment + ARENA_THREAD_LINES_AT + first * sizeof *read,
                                                                (end - first) * sizeof *read, error);
        if (!read)
            return false;
        add_cells(updating->sums + updating->first_sum[id], read, end - first);
        memcpy(updating->sum_table + updating->first_sum[id], updating->follow->table + first,
               (end - first) * sizeof *updating->sum_table);
    }
    return true;
}

static void scale_line(struct model_line *line, double ratio) {
    line->self_ns = arena_to_ns(line->self_ns, ratio);
    line->total_ns = arena_to_ns(line->total_ns, ratio);
}

static bool make_lines(struct updating *updating, struct error *error) {
    struct model_update *update = updating->update;
    uint32_t *order = malloc((updating->sum_count + 1) * sizeof *order);
    update->lines = malloc((updating->sum_count + 1) * sizeof *update->lines);
    for (uint32_t id = 0; order && update->lines && id < updating->build.header->code_count; id++) {
        if (updating->first_sum[id] == NOT_READ)
            continue;
        uint32_t count = updating->follow->cells[id].count;
        for (uint32_t i = 0; i < count; i++)
            order[i] = updating->first_sum[id] + i;
        size_t made = arena_line_rows(updating->sums, updating->sum_table, order, count, id, update->lines + update->line_count);
        for (size_t i = 0; i < made; i++)
            scale_line(&update->lines[update->line_count++], updating->follow->ns_per_tick);
    }
    free(order);
    return (order && update->lines) || out_of_memory(updating, error);
}

/* --- time in flight --------------------------------------------------------------------------------------- */

struct flying { struct updating *updating; const struct arena_scan *scan; };

/* What was called after the nodes were read is next time's. */
static void add_node_flight(void *context, uint32_t at, uint64_t self_ticks, uint64_t total_ticks) {
    const struct flying *flying = context;
    struct scanned_node *node = arena_scan_find(flying->scan, at);
    if (!node)
        return;
    node->self_ticks += self_ticks;
    node->total_ticks += total_ticks;
}

static void add_line_flight(void *context, uint32_t cell, uint64_t self_ticks, uint64_t total_ticks) {
    struct updating *updating = ((const struct flying *)context)->updating;
    const struct arena_follow *follow = updating->follow;
    uint32_t code = cell && cell < follow->line_cell_count ? follow->table[cell].code : 0;
    if (!code || updating->first_sum[code] == NOT_READ)
        return;
    struct arena_line_cell *sum = &updating->sums[updating->first_sum[code] + (cell - follow->cells[code].first)];
    sum->self_ticks += self_ticks;
    sum->total_ticks += total_ticks;
}

/* The row that is looked for was added for this thread. */
static bool add_stack(struct updating *updating, uint32_t index, struct model_thread *row, struct error *error) {
    struct arena_stack *stack = &updating->stacks[index];
    struct followed_thread *thread = &updating->follow->threads[index];
    if (!arena_stack_read(&updating->build, stack, error))
        return false;
    size_t depth = stack->frames ? stack->depth + 1 : 0;
    if (stack->frames) {
        struct flying flying = {updating, &updating->scans[index]};
        struct arena_flight flight = {&flying, add_node_flight, add_line_flight};
        arena_stack_in_flight(&updating->build, stack, &flight);
        arena_stack_note_where(&updating->build, stack, row);
    }
    return followed_thread_note_stack(thread, stack->frames, depth) || out_of_memory(updating, error);
}

/* --- what has changed ------------------------------------------------------------------------------------- */

static struct node_share share_before(const struct updating *updating, const struct followed_thread *thread, uint32_t node,
                                      uint32_t row) {
    if (thread->shares)
        return thread->shares[node];
    if (row >= updating->before->node_count)
        return (struct node_share){0};
    const struct model_node *known = &updating->before->nodes[row];
    return (struct node_share){known->calls, known->primitive_calls, known->self_ns, known->total_ns};
}

static bool reserve_changes(struct updating *updating) {
    size_t capacity = updating->change_capacity ? 2 * updating->change_capacity : 1024;
    struct model_node_change *nodes = reallocarray(updating->changes->nodes, capacity, sizeof *nodes);
    if (!nodes)
        return false;
    updating->changes->nodes = nodes;
    updating->change_capacity = capacity;
    if (!updating->before->thread_function_count)
        return true;
    uint32_t *rows = reallocarray(updating->update->thread_rows, capacity, sizeof *rows);
    if (!rows)
        return false;
    updating->update->thread_rows = rows;
    return true;
}

/* A function that has done nothing in the thread so far has no row there: that takes a model that is made as a whole. */
static bool add_change(struct updating *updating, const struct followed_thread *thread, struct model_node_change change) {
    struct model_changes *changes = updating->changes;
    if (changes->changed_count == updating->change_capacity && !reserve_changes(updating))
        return false;
    if (updating->update->thread_rows) {
        uint32_t function = node_of(updating, change.node)->function;
        uint32_t row = function < thread->function_row_count ? thread->function_rows[function] : 0;
        updating->cannot |= change.node && !row;
        updating->update->thread_rows[changes->changed_count] = row ? row - 1 : 0;
    }
    changes->nodes[changes->changed_count++] = change;
    return true;
}

static bool add_thread_changes(struct updating *updating, uint32_t index, struct model_thread *row) {
    struct followed_thread *thread = &updating->follow->threads[index];
    double ratio = updating->follow->ns_per_tick;
    for (size_t i = 0; i < updating->scans[index].count; i++) {
        const struct scanned_node *node = &updating->scans[index].nodes[i];
        uint32_t at = thread->rows[node->node];
        if (at == CALL_TREE_NONE)
            continue;
        struct node_share was = share_before(updating, thread, node->node, at);
        struct node_share is = {node->calls, node->primitive_calls, arena_to_ns(node->self_ticks, ratio),
                                arena_to_ns(node->total_ticks, ratio)};
        if (thread->shares)
            thread->shares[node->node] = is;
        if (node->node) {
            row->self_ns += is.self - was.self;
            row->calls += is.calls - was.calls;
        }
        if (memcmp(&is, &was, sizeof is) == 0)
            continue;
        struct model_node_change change = {at, is.calls - was.calls, is.primitive_calls - was.primitive_calls,
                                           is.self - was.self, is.total - was.total};
        if (!add_change(updating, thread, change))
            return false;
    }
    return true;
}

/* --- edges ------------------------------------------------------------------------------------------------ */

static int compare_edges(const void *left, const void *right) {
    const struct model_edge *a = left, *b = right;
    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

/* Where an edge is, or would be; *found: it is there. */
static size_t find_edge(const struct model_edge *edges, size_t count, const struct model_edge *edge, bool *found) {
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare_edges(&edges[middle], edge) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    *found = from < count && compare_edges(&edges[from], edge) == 0;
    return from;
}

static struct model_edge edge_of(const struct updating *updating, uint32_t row) {
    const struct model_node *node = node_of(updating, row);
    return (struct model_edge){.caller = node_of(updating, node->parent)->function, .callee = node->function};
}

static bool find_new_edges(struct updating *updating) {
    struct model_update *update = updating->update;
    const struct model *before = updating->before;
    bool found;
    if (!update->node_count)
        return true;
    update->edges = malloc(update->node_count * sizeof *update->edges);
    if (!update->edges)
        return false;
    for (size_t i = 0; i < update->node_count; i++) {
        struct model_edge edge = edge_of(updating, (uint32_t)(before->node_count + i));
        find_edge(before->edges, before->edge_count, &edge, &found);
        if (!found)
            update->edges[update->edge_count++] = edge;
    }
    qsort(update->edges, update->edge_count, sizeof *update->edges, compare_edges);
    size_t kept = 0;
    for (size_t i = 0; i < update->edge_count; i++)
        if (!kept || compare_edges(&update->edges[kept - 1], &update->edges[i]))
            update->edges[kept++] = update->edges[i];
    update->edge_count = kept;
    return true;
}

/* Each change's row among all edges, the new ones included. */
static bool place_edges(struct updating *updating) {
    struct model_changes *changes = updating->changes;
    const struct model_update *update = updating->update;
    const struct model *before = updating->before;
    changes->edges = malloc((changes->changed_count + 1) * sizeof *changes->edges);
    if (!changes->edges || !find_new_edges(updating))
        return false;
    for (size_t i = 0; i < changes->changed_count; i++) {
        bool found, is_new;
        changes->edges[i] = 0;
        if (!changes->nodes[i].node)
            continue;
        struct model_edge edge = edge_of(updating, changes->nodes[i].node);
        size_t row = find_edge(before->edges, before->edge_count, &edge, &found);
        row += find_edge(update->edges, update->edge_count, &edge, &is_new);
        changes->edges[i] = (uint32_t)row;
    }
    return true;
}

/* --- memory ----------------------------------------------------------------------------------------------- */

static bool read_memory(struct updating *updating, struct error *error) {
    struct arena_build *build = &updating->build;
    const struct model *before = updating->before;
    struct model_update *update = updating->update;
    struct site_changes changes = {0};
    if (!updating->follow->sites.counted)
        return true;
    struct site_reading reading = {build, updating->follow, before->packed_sites, before->functions, update->functions,
                                   before->function_count, update->function_count};
    uint32_t known = updating->follow->sites.count, count = build->header->memory.site_count;
    if (count - known > NEW_SITES && !build->ended)
        count = known + NEW_SITES; /* the rest is next time's */
    bool done = arena_read_site_changes(&reading, count, &changes, error) &&
                arena_read_followed_heap(build, updating->follow, error);
    update->sites = changes.rows;
    update->site_count = changes.count;
    build->site_row_count = updating->follow->sites.count;
    return done;
}

/* --- all of it -------------------------------------------------------------------------------------------- */

static bool begin(struct updating *updating, struct error *error) {
    struct arena_build *build = &updating->build;
    uint32_t threads = build->header->thread_count ? build->header->thread_count : 1, codes = build->header->code_count;
    struct model *model = build->model = model_new();
    if (!model)
        return out_of_memory(updating, error);
    updating->update = model->update = calloc(1, sizeof *model->update);
    updating->changes = model->changes = calloc(1, sizeof *model->changes);
    model->threads = calloc(threads, sizeof *model->threads);
    updating->stacks = calloc(threads, sizeof *updating->stacks);
    updating->scans = calloc(threads, sizeof *updating->scans);
    updating->active = calloc(codes, sizeof *updating->active);
    updating->first_sum = malloc(codes * sizeof *updating->first_sum);
    if (!updating->update || !updating->changes || !model->threads || !updating->stacks || !updating->scans || !updating->active ||
        !updating->first_sum)
        return out_of_memory(updating, error);
    *updating->changes = (struct model_changes){.since = updating->before->serial, .node_count = updating->before->node_count,
                                                .function_count = updating->before->function_count};
    if (!arena_fill_run(build, error))
        return false;
    updating->cannot = model->marked_only != updating->before->marked_only;
    updating->sweep = build->ended || ++updating->follow->updates >= SWEEP_AFTER;
    if (updating->sweep)
        updating->follow->updates = 0;
    return !updating->cannot;
}

/* In the order that arena_threads.c has reasons for: nodes, lines, stacks. */
static bool read_threads(struct updating *updating, struct error *error) {
    struct model *model = updating->build.model;
    uint32_t count = updating->build.header->thread_count;
    for (uint32_t i = 0; i < count; i++)
        if (!scan_thread(updating, i, error))
            return false;
    if (!reserve_sums(updating))
        return out_of_memory(updating, error);
    for (uint32_t i = 0; i < count; i++)
        if (updating->follow->threads[i].there && !add_thread_cells(updating, updating->stacks[i].offset, error))
            return false;
    if (model->thread_count != updating->before->thread_count) {
        updating->cannot = true;
        return false;
    }
    for (uint32_t i = 0, row = 0; i < count; i++) {
        if (!updating->follow->threads[i].there)
            continue;
        model->threads[row].self_ns = updating->before->threads[row].self_ns;
        model->threads[row].calls = updating->before->threads[row].calls;
        if (!add_stack(updating, i, &model->threads[row], error))
            return false;
        if (!add_thread_changes(updating, i, &model->threads[row++]))
            return out_of_memory(updating, error);
    }
    return true;
}

static bool keeps_scale(struct updating *updating) {
    double ratio = arena_ns_per_tick(&updating->build), change = ratio / updating->follow->ns_per_tick - 1;
    updating->cannot |= change > scale_drift || change < -scale_drift;
    return !updating->cannot;
}

static bool update(struct updating *updating, struct error *error) {
    struct arena_build *build = &updating->build;
    if (!begin(updating, error) || !read_functions(updating, error) || !read_threads(updating, error))
        return false;
    arena_finish_clock(build);
    if (!arena_read_collectors(build, error) || !keeps_scale(updating) || !make_lines(updating, error) || updating->cannot)
        return false;
    if (!place_edges(updating))
        return out_of_memory(updating, error);
    build->model->overhead_ns = arena_to_ns(build->model->overhead_ns, updating->follow->ns_per_tick);
    return read_memory(updating, error) && arena_read_samples(build, error) && arena_read_marks(build, error) &&
           arena_read_types(build, error);
}

static void free_updating(struct updating *updating) {
    for (uint32_t i = 0; updating->scans && i < updating->build.header->thread_count; i++)
        arena_scan_free(&updating->scans[i]);
    free(updating->scans);
    free(updating->stacks);
    free(updating->active);
    free(updating->first_sum);
    free(updating->sums);
    free(updating->sum_table);
}

struct model *arena_update(struct arena_reader *reader, const struct model *before, bool *cannot, struct error *error) {
    *cannot = false;
    if (!arena_read_header(reader, error))
        return NULL;
    struct updating updating = {.before = before, .follow = reader->follow};
    updating.build = (struct arena_build){.reader = reader, .header = &reader->header, .clock = reader->header.clock,
                                          .follow = reader->follow};
    arena_find_end(&updating.build);
    if (!can_follow(&updating)) {
        *cannot = true;
        return NULL;
    }
    reader->follow->serial = 0; /* what is kept is half of the next model's until that is made */
    bool done = update(&updating, error);
    free_updating(&updating);
    *cannot = updating.cannot;
    if (done) {
        updating.build.model->serial = reader->follow->serial = ++reader->serial;
        return updating.build.model;
    }
    model_free(updating.build.model);
    return NULL;
}
