#include "core/profile/arena_follow.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct arena_follow *follow) {
    for (uint32_t i = 0; follow->threads && i < follow->thread_count; i++) {
        free(follow->threads[i].parents);
        free(follow->threads[i].rows);
        free(follow->threads[i].shares);
        free(follow->threads[i].function_rows);
        free(follow->threads[i].on_stack);
    }
    for (struct arena_texts *texts = follow->texts, *earlier; texts; texts = earlier) {
        earlier = (struct arena_texts *)texts->earlier;
        free(texts);
    }
    free(follow->threads);
    free(follow->table);
    free(follow->cells);
    free(follow->sites.unsettled);
    *follow = (struct arena_follow){0};
}

bool arena_follow_is_wanted(const struct arena_header *header) {
    return !(header->collectors & COLLECTOR_BYTECODE) && !header->instruction_count && !header->child_count;
}

void arena_follow_free(struct arena_follow *follow) {
    if (follow)
        forget(follow);
    free(follow);
}

struct arena_follow *arena_follow_begin(struct arena_follow *follow, const struct arena_header *header) {
    forget(follow);
    follow->threads = calloc(header->thread_count ? header->thread_count : 1, sizeof *follow->threads);
    follow->thread_count = header->thread_count;
    return follow->threads ? follow : NULL;
}

bool arena_follow_texts(struct arena_follow *follow, const struct arena_texts *texts) {
    struct arena_texts *piece = malloc(sizeof *piece);
    if (!piece)
        return false;
    *piece = *texts;
    piece->earlier = follow->texts;
    follow->texts = piece;
    follow->text_pieces++;
    return true;
}

/* --- threads ---------------------------------------------------------------------------------------------- */

struct followed_thread *arena_follow_thread(struct arena_follow *follow, uint32_t index, size_t count) {
    struct followed_thread *thread = &follow->threads[index];
    size_t room = count ? count : 1;
    thread->there = true;
    thread->count = count;
    thread->parents = malloc(room * sizeof *thread->parents);
    if (follow->thread_count > 1)
        thread->shares = malloc(room * sizeof *thread->shares);
    return thread->parents && (thread->shares || follow->thread_count == 1) ? thread : NULL;
}

void followed_thread_note(struct followed_thread *thread, const struct arena_node *nodes, size_t first, size_t count) {
    if (!thread)
        return;
    for (size_t i = 0; i < count; i++)
        thread->parents[first + i] = nodes[i].parent;
    for (size_t i = 0; thread->shares && i < count; i++)
        thread->shares[first + i] = (struct node_share){nodes[i].calls, nodes[i].primitive_calls, nodes[i].self_ticks,
                                                        nodes[i].total_ticks};
}

void followed_thread_add(struct followed_thread *thread, uint32_t node, uint64_t self_ticks, uint64_t total_ticks) {
    if (!thread || !thread->shares)
        return;
    thread->shares[node].self += self_ticks;
    thread->shares[node].total += total_ticks;
}

bool followed_thread_note_stack(struct followed_thread *thread, const struct arena_frame *frames, size_t count) {
    if (!thread)
        return true;
    uint32_t *nodes = realloc(thread->on_stack, (count ? count : 1) * sizeof *nodes);
    if (!nodes)
        return false;
    thread->on_stack = nodes;
    thread->on_stack_count = 0;
    for (size_t i = 0; i < count; i++) /* the node that is charged, and the one that callees hang below */
        if (!thread->on_stack_count || nodes[thread->on_stack_count - 1] != frames[i].node)
            nodes[thread->on_stack_count++] = frames[i].node;
    return true;
}

static void share_in_nanoseconds(struct followed_thread *thread, double ns_per_tick) {
    for (size_t i = 0; thread->shares && i < thread->count; i++) {
        thread->shares[i].self = arena_to_ns(thread->shares[i].self, ns_per_tick);
        thread->shares[i].total = arena_to_ns(thread->shares[i].total, ns_per_tick);
    }
}

/* Threads of the model are those that are there. */
static bool note_function_rows(struct arena_follow *follow, const struct model *model) {
    size_t at = 0;
    uint32_t row = 0;
    for (uint32_t i = 0; i < follow->thread_count; i++) {
        struct followed_thread *thread = &follow->threads[i];
        if (!thread->there)
            continue;
        if (thread->shares && !(thread->function_rows = calloc(model->function_count, sizeof *thread->function_rows)))
            return false;
        thread->function_row_count = (uint32_t)model->function_count;
        for (; at < model->thread_function_count && model->thread_functions[at].thread == row; at++)
            thread->function_rows[model->thread_functions[at].function] = (uint32_t)at + 1;
        row++;
    }
    return at == model->thread_function_count;
}

/* --- lines ------------------------------------------------------------------------------------------------ */

static bool make_room_for_lines(struct arena_follow *follow, const struct arena_header *header) {
    struct arena_line *table = reallocarray(follow->table, header->line_cell_count, sizeof *table);
    if (!table)
        return false;
    follow->table = table;
    struct followed_cells *cells = reallocarray(follow->cells, header->code_count, sizeof *cells);
    if (!cells)
        return false;
    follow->cells = cells;
    for (; follow->code_count < header->code_count; follow->code_count++)
        cells[follow->code_count] = (struct followed_cells){0};
    return true;
}

/* The cells of a function stand together. */
static bool note_cell(struct arena_follow *follow, uint32_t cell) {
    uint32_t code = follow->table[cell].code;
    if (!code)
        return true;
    struct followed_cells *cells = &follow->cells[code];
    if (!cells->count)
        cells->first = cell;
    cells->count++;
    return cells->first + cells->count == cell + 1;
}

bool arena_follow_lines(struct arena_build *build, struct arena_follow *follow, struct error *error) {
    uint32_t known = follow->line_cell_count ? follow->line_cell_count : 1, count = build->header->line_cell_count;
    if (!make_room_for_lines(follow, build->header))
        return arena_out_of_memory(build->reader, error);
    follow->table[0] = (struct arena_line){0};
    if (count > known && !arena_read(build->reader, ARENA_LINES_AT + known * sizeof *follow->table, follow->table + known,
                                     (count - known) * sizeof *follow->table, error))
        return false;
    /* Those of a function that came meanwhile are next time's. */
    for (follow->line_cell_count = known; follow->line_cell_count < count; follow->line_cell_count++) {
        if (follow->table[follow->line_cell_count].code >= follow->code_count)
            break;
        if (!note_cell(follow, follow->line_cell_count))
            return arena_damaged(build->reader, "lines of a function stand apart", error);
    }
    return true;
}

bool arena_follow_end(struct arena_build *build, double ns_per_tick) {
    struct arena_follow *follow = build->follow;
    struct error ignored;
    for (uint32_t i = 0; i < follow->thread_count; i++) {
        follow->threads[i].rows = build->node_rows[i].rows;
        build->node_rows[i].rows = NULL;
        share_in_nanoseconds(&follow->threads[i], ns_per_tick);
    }
    follow->ns_per_tick = ns_per_tick;
    follow->marked_count = build->header->marked_count;
    if (!note_function_rows(follow, build->model) || !arena_follow_texts(follow, &build->texts) ||
        !arena_follow_lines(build, follow, &ignored))
        return false;
    follow->serial = build->model->serial;
    return true;
}
