/* bytecode_flow.c - stack depths, and where statements start.
 *
 * The compiler does not record statements, only a line for every instruction. An edge of the flow comes to line L when the
 * line before it is another one, or when it is a loop's jump back. It is a hit (a statement of L starts, or a loop header is
 * evaluated again) unless it only continues a statement of L:
 *  (a) an entry of the value stack was pushed by L: f(a, <newline> b) comes back to its first line for the call, and `with`
 *      to its line for leaving;
 *  (b) the first instruction consumes what other lines pushed, while L can also be come to without that:
 *      x = a or <newline> b comes back to store x.
 * A loop's jump back is always a hit. So every value on the stack carries the line that pushed it ("origin"), followed along
 * every path; where paths meet, the first one's origins stand for all. */
#include <stdlib.h>
#include <string.h>

#include "core/host/bytecode.h"

/* A path still to be followed: it continues at `index` with these origins on the stack. */
struct path {
    uint32_t index;
    int32_t depth, line;
    uint32_t origins; /* where its origins begin in the pool */
};

struct flow {
    struct path *paths;
    uint32_t path_count, path_room;
    int32_t *pool; /* origins of the paths to be followed, a stack as they are */
    uint32_t pool_used, pool_room;
    int32_t *origins; /* of the path that is being followed */
    int32_t origin_room;
    /* Per instruction, bits: */
    uint8_t *marks;
    uint32_t mark_room;
    /* Per line counted from the smallest: is come to by an instruction that consumes nothing. */
    uint8_t *fresh_lines;
    uint32_t line_room;
    int32_t first_line, last_line;
};
enum { MARK_OWN_ORIGIN = 1, MARK_CONSUMES = 2 };

struct flow *flow_new(void) { return calloc(1, sizeof(struct flow)); }

void flow_free(struct flow *flow) {
    if (!flow)
        return;
    free(flow->paths);
    free(flow->pool);
    free(flow->origins);
    free(flow->marks);
    free(flow->fresh_lines);
    free(flow);
}

static bool grow(void *array, uint32_t *room, uint32_t wanted, size_t size) {
    if (wanted <= *room)
        return true;
    uint32_t larger = wanted + wanted / 2 + 16;
    void *memory = realloc(*(void **)array, larger * size);
    if (!memory)
        return false;
    *(void **)array = memory;
    *room = larger;
    return true;
}

/* Remembers a path with the first `depth` origins of the current one, and `extra` more of no line (an exception). */
static bool push_path(struct flow *flow, uint32_t index, int32_t depth, int32_t extra, int32_t line) {
    if (!grow(&flow->paths, &flow->path_room, flow->path_count + 1, sizeof *flow->paths) ||
        !grow(&flow->pool, &flow->pool_room, flow->pool_used + (uint32_t)(depth + extra), sizeof *flow->pool))
        return false;
    flow->paths[flow->path_count++] = (struct path){index, depth + extra, line, flow->pool_used};
    memcpy(flow->pool + flow->pool_used, flow->origins, (size_t)depth * sizeof *flow->pool);
    memset(flow->pool + flow->pool_used + depth, 0, (size_t)extra * sizeof *flow->pool);
    flow->pool_used += (uint32_t)(depth + extra);
    return true;
}

static struct path pop_path(struct flow *flow) {
    struct path path = flow->paths[--flow->path_count];
    memcpy(flow->origins, flow->pool + path.origins, (size_t)path.depth * sizeof *flow->pool);
    flow->pool_used = path.origins;
    return path;
}

/* The handler of the range that instruction `index` lies in is entered from there. */
static bool reach_handler(struct flow *flow, struct bytecode *bytecode, uint32_t index, int32_t depth) {
    int32_t number = bytecode->items[index].range;
    if (number < 0 || bytecode->ranges[number].reached)
        return true;
    struct exception_range *range = &bytecode->ranges[number];
    range->reached = true;
    if (range->depth > (uint32_t)depth)
        return false;
    return push_path(flow, range->target, (int32_t)range->depth, range->keeps_offset ? 2 : 1, 0);
}

static bool has_origin(const struct flow *flow, int32_t depth, int32_t line) {
    for (int32_t i = 0; i < depth; i++)
        if (flow->origins[i] == line)
            return true;
    return false;
}

static void mark_line(struct flow *flow, const struct instruction *item, uint32_t index, int32_t depth) {
    int32_t line = item->where.line;
    flow->marks[index] = has_origin(flow, depth, line) ? MARK_OWN_ORIGIN : 0;
    /* Consumes: leaves less than there was, or ends the frame with it; what replaces the top pops it first but such an
     * instruction (LOAD_ATTR, UNARY_*, CALL) never begins a statement either. */
    if (python_stack_effect(item->opcode, item->oparg, false) < 0 || python_returns(item->opcode))
        flow->marks[index] |= MARK_CONSUMES;
    else if (line >= flow->first_line && line <= flow->last_line && !(flow->marks[index] & MARK_OWN_ORIGIN))
        flow->fresh_lines[line - flow->first_line] = 1;
}

static int32_t apply_effect(struct flow *flow, const struct instruction *item, int32_t depth, int32_t line, bool jumps) {
    int32_t after = depth + python_stack_effect(item->opcode, item->oparg, jumps);
    for (int32_t i = depth; i < after && i < flow->origin_room; i++)
        flow->origins[i] = line;
    return after;
}

/* Follows one path until it ends or meets what was reached before. */
static bool follow(struct flow *flow, struct bytecode *bytecode, struct path path, int32_t most, bool lines) {
    uint32_t index = path.index;
    int32_t depth = path.depth, line = path.line;
    while (index < bytecode->count) {
        struct instruction *item = &bytecode->items[index];
        if (item->reached)
            return item->depth == depth;
        item->reached = true;
        item->depth = depth;
        item->line_before = line;
        if (item->where.line > 0) {
            if (lines && (line != item->where.line || item->is_jump_target))
                mark_line(flow, item, index, depth);
            line = item->where.line;
        }
        if (index < bytecode->body)
            line = 0;
        if (!reach_handler(flow, bytecode, index, depth))
            return false;
        if (item->target >= 0) {
            int32_t at_target = apply_effect(flow, item, depth, line, true);
            if (at_target < 0 || at_target > most || !push_path(flow, (uint32_t)item->target, at_target, 0, line))
                return false;
        }
        if (python_ends_block(item->opcode))
            return true;
        depth = apply_effect(flow, item, depth, line, false);
        if (depth < 0 || depth > most)
            return false;
        index++;
    }
    return false; /* fell off the end */
}

static bool prepare(struct flow *flow, struct bytecode *bytecode, int32_t most, bool lines) {
    uint32_t origin_room = (uint32_t)flow->origin_room;
    bool done = grow(&flow->origins, &origin_room, (uint32_t)most + 4, sizeof *flow->origins);
    flow->origin_room = (int32_t)origin_room;
    flow->path_count = flow->pool_used = 0;
    flow->first_line = INT32_MAX;
    flow->last_line = -1;
    for (uint32_t i = 0; i < bytecode->count; i++) {
        int32_t line = bytecode->items[i].where.line;
        if (line > 0 && line < flow->first_line)
            flow->first_line = line;
        if (line > flow->last_line)
            flow->last_line = line;
    }
    if (!done || !lines)
        return done;
    uint32_t span = flow->last_line >= flow->first_line ? (uint32_t)(flow->last_line - flow->first_line) + 1 : 1;
    if (span > 1u << 24 || !grow(&flow->marks, &flow->mark_room, bytecode->count, 1) ||
        !grow(&flow->fresh_lines, &flow->line_room, span, 1))
        return false;
    memset(flow->marks, 0, bytecode->count);
    memset(flow->fresh_lines, 0, span);
    return true;
}

bool flow_analyse(struct flow *flow, struct bytecode *bytecode, int stack_size, bool lines) {
    int32_t most = stack_size + 2;
    if (!prepare(flow, bytecode, most, lines) || !push_path(flow, 0, 0, 0, 0))
        return false;
    while (flow->path_count) {
        struct path path = pop_path(flow);
        if (!follow(flow, bytecode, path, most, lines))
            return false;
    }
    return true;
}

/* The line control comes from along an edge. */
static int32_t line_behind(const struct bytecode *bytecode, uint32_t from) {
    if (from == UINT32_MAX || from < bytecode->body)
        return 0;
    const struct instruction *item = &bytecode->items[from];
    return item->where.line > 0 ? item->where.line : item->line_before;
}

enum line_need flow_edge_need(const struct flow *flow, const struct bytecode *bytecode, uint32_t from, uint32_t to,
                              bool by_jump) {
    const struct instruction *item = &bytecode->items[to];
    int32_t line = item->where.line;
    if (line <= 0)
        return LINE_SAME;
    if (by_jump && python_jump_kind(bytecode->items[from].opcode) == JUMP_BACKWARDS)
        return python_is_loop_jump(bytecode->items[from].opcode) ? LINE_HIT : LINE_SAME;
    if (line_behind(bytecode, from) == line)
        return LINE_SAME;
    if (flow->marks[to] & MARK_OWN_ORIGIN)
        return LINE_SWITCH;
    if (flow->marks[to] & MARK_CONSUMES && flow->fresh_lines[line - flow->first_line])
        return LINE_SWITCH;
    return LINE_HIT;
}
