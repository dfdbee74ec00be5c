/* bytecode_flow.c - stack depths, and where statements start.
 *
 * The compiler does not record statements, only a place in the source for every instruction. So first it is found which lines
 * belong to one statement. Statements lie below each other, so lines are joined from the one to the other of:
 *  (a) the place of an instruction that computes a value: a call, an operation, a list, `or`;
 *  (b) the line that pushed a value and the one above it whose instruction takes it: x = a if b <newline> else c;
 *  (c) a line and a later one from which control goes up to it although it was not there before: in if (a <newline> if b ...
 * Then an edge of the flow is a hit of the line where control comes to another statement, or comes by a loop's jump back,
 * unless it only goes on with it:
 *  (d) an entry of the value stack was pushed by that line: `with`, for leaving; `return`, after `finally`;
 *  (e) it is a jump, the return without a value at the end of a function, or the like, that bears the line of the statement
 *      before.
 * Inside a statement its further lines count when control comes to them from another line, except for (d).
 * Every value on the stack carries the line that pushed it ("origin"), followed along every path; where paths meet, the first
 * one's origins stand for all but (b). */
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
    /* Per line counted from the smallest: at first the last line that it is joined with, then the first of its statement. */
    int32_t *joined;
    /* Per line: bits */
    uint8_t *line_marks;
    uint32_t joined_room, line_room;
    int32_t first_line, last_line;
    bool has_columns; /* some place has: the interpreter may have been told to keep none */
};
enum { MARK_OWN_ORIGIN = 1, MARK_LANDING = 2 };
enum { LINE_HAS_START = 1, LINE_HAS_PASS = 2, LINE_SEEN = 4 };

struct flow *flow_new(void) { return calloc(1, sizeof(struct flow)); }

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

/* Lines `first` to `last` belong to one statement. */
static void join_lines(struct flow *flow, int32_t first, int32_t last) {
    if (first >= flow->first_line && last <= flow->last_line && flow->joined[first - flow->first_line] < last)
        flow->joined[first - flow->first_line] = last;
}

static bool same_place(const struct location *a, const struct location *b) {
    return a->line == b->line && a->end_line == b->end_line && a->column == b->column && a->end_column == b->end_column;
}

/* SWAP stands in x, y = a, b and where a value goes out of `for`, `with` or a handler by `return`; of `with` it bears the place
 * of all of it. */
static bool swaps_value(const struct instruction *item, uint32_t index) {
    const struct instruction *behind = item;
    while (python_swaps(behind->opcode))
        behind++;
    return behind != item && !python_loads_constant(behind->opcode) && index > 0 &&
           !same_place(&item[-1].where, &item->where);
}

/* (b): where paths meet, what is on top of the stack is one value, whichever line pushed it. */
static void join_values(struct flow *flow, int32_t one, int32_t other) {
    if (one > 0 && other > 0 && one != other)
        join_lines(flow, one < other ? one : other, one < other ? other : one);
}

/* (b): the top of the stack is taken by an instruction above the line that pushed it. A `return` out of `with` bears the place
 * of all of it, as what leaves that, directly before, does. */
static void join_value(struct flow *flow, const struct instruction *item, uint32_t index, int32_t depth) {
    bool replaces = python_is_expression(item->opcode, item->oparg) &&
                    python_stack_effect(item->opcode, item->oparg, false) == 0;
    if (replaces && depth > 0)
        join_values(flow, flow->origins[depth - 1], item->where.line);
    int32_t slot = (int32_t)python_stored_value(item->opcode);
    if (python_takes_value(item->opcode) || swaps_value(item, index))
        slot = 1;
    if (slot == 0 || item->where.line <= 0 || depth < slot || flow->origins[depth - slot] <= item->where.line)
        return;
    if (!(python_returns(item->opcode) && index > 0 && same_place(&item[-1].where, &item->where)))
        join_lines(flow, item->where.line, flow->origins[depth - slot]);
}

static int32_t apply_effect(struct flow *flow, const struct instruction *item, int32_t depth, int32_t line, bool jumps) {
    int32_t after = depth + python_stack_effect(item->opcode, item->oparg, jumps);
    if (after == depth && depth > 0 && line > 0 && python_is_expression(item->opcode, item->oparg))
        flow->origins[depth - 1] = line; /* .name, -value: another value stands where it was taken from */
    if (python_swaps(item->opcode) && (int32_t)item->oparg <= depth) {
        int32_t top = flow->origins[depth - 1];
        flow->origins[depth - 1] = flow->origins[depth - (int32_t)item->oparg];
        flow->origins[depth - (int32_t)item->oparg] = top;
    }
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
        if (lines)
            join_value(flow, item, index, depth);
        if (item->reached) {
            if (lines && depth > 0)
                join_values(flow, item->value_line, flow->origins[depth - 1]);
            return item->depth == depth;
        }
        item->reached = true;
        item->depth = depth;
        item->line_before = line;
        item->value_line = depth > 0 ? flow->origins[depth - 1] : 0;
        if (item->where.line > 0) {
            if (lines && (line != item->where.line || item->is_jump_target))
                flow->marks[index] = has_origin(flow, depth, item->where.line) ? MARK_OWN_ORIGIN : 0;
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
    flow->has_columns = false;
    for (uint32_t i = 0; i < bytecode->count; i++) {
        int32_t line = bytecode->items[i].where.line;
        if (line > 0 && line < flow->first_line)
            flow->first_line = line;
        if (line > flow->last_line)
            flow->last_line = line;
        flow->has_columns |= bytecode->items[i].where.column >= 0;
    }
    if (!done || !lines)
        return done;
    uint32_t span = flow->last_line >= flow->first_line ? (uint32_t)(flow->last_line - flow->first_line) + 1 : 1;
    if (span > 1u << 24 || !grow(&flow->marks, &flow->mark_room, bytecode->count, 1) ||
        !grow(&flow->line_marks, &flow->line_room, span, 1) ||
        !grow(&flow->joined, &flow->joined_room, span, sizeof *flow->joined))
        return false;
    memset(flow->marks, 0, bytecode->count);
    memset(flow->line_marks, 0, span);
    memset(flow->joined, 0, span * sizeof *flow->joined);
    return true;
}

/* The return without a value: the compiler puts one at the end of every function, at the place of what stands before. */
static bool returns_nothing(const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    return python_returns_constant(item->opcode) ||
           (python_loads_constant(item->opcode) && index + 1 < bytecode->count && python_returns(item[1].opcode) &&
            same_place(&item[0].where, &item[1].where));
}

/* What `except*` does in front of its handlers, behind its question and where the answer is no bears the place of the handler,
 * its body included. */
static bool serves_group(const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    return index > 1 && (python_begins_handler(item[-1].opcode) || python_matches_group(item[-1].opcode) ||
                         ((python_begins_handler(item[-2].opcode) || python_discards_top(item[-1].opcode)) &&
                          same_place(&item[-1].where, &item->where)));
}

/* A place goes on to a line below its first. */
static bool encloses(const struct location *where, int32_t line) { return line > where->line && line <= where->end_line; }

/* From here on `with` is left: the call of `__exit__` is given None three times, all at the place of all of it; a value that is
 * returned goes out of the way first. Less than that tells nothing: names of arguments are a constant at the place of their call,
 * and a callable and what stands below it have one place, too. */
static bool leaves_with(const struct bytecode *bytecode, uint32_t index) {
    uint32_t first = python_swaps(bytecode->items[index].opcode) ? index + 1 : index;
    for (uint32_t i = first; i < first + 3; i++)
        if (i >= bytecode->count || !python_loads_constant(bytecode->items[i].opcode) ||
            !same_place(&bytecode->items[i].where, &bytecode->items[index].where))
            return false;
    return true;
}

/* (a): joins the lines of an instruction's place. Not an expression's are the call that leaves `with`, which bears the place of
 * all of it, as do the constants it is given, and the copy in front of a handler's end. A NOP that is reached with a value of
 * its place on the stack stands for `return`. */
static void join_place(struct flow *flow, const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    if (item->where.line <= 0 || item->where.end_line <= item->where.line)
        return;
    bool calls_exit = index > 2 && leaves_with(bytecode, index - 3) && same_place(&item[-1].where, &item->where);
    bool leaves_handler = index + 1 < bytecode->count && python_ends_handler(item[1].opcode);
    bool returns = python_is_nop(item->opcode) && !python_takes_value(item[1].opcode) &&
                   !encloses(&item->where, item[1].where.line) && /* as `try` does what it begins with */
                   item->value_line >= item->where.line && item->value_line <= item->where.end_line;
    if (returns || (python_is_expression(item->opcode, item->oparg) && !calls_exit && !leaves_handler &&
                    !serves_group(bytecode, index)))
        join_lines(flow, item->where.line,
                   item->where.end_line < flow->last_line ? item->where.end_line : flow->last_line);
}

/* (c): control goes up to a line where nothing of the function was before. */
static void join_first_visit(struct flow *flow, const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    if (item->where.line <= 0)
        return;
    uint8_t *mark = &flow->line_marks[item->where.line - flow->first_line];
    bool falls = index > bytecode->body && item[-1].reached && !python_ends_block(item[-1].opcode);
    if (!(*mark & LINE_SEEN) && falls && item->line_before > item->where.line &&
        python_takes_nothing(item->opcode, item->oparg))
        join_lines(flow, item->where.line, item->line_before);
    *mark |= LINE_SEEN;
}

/* Where the range begins that leads to a handler; UINT32_MAX: none does. */
static uint32_t start_of_try(const struct bytecode *bytecode, uint32_t handler) {
    for (uint32_t i = 0; i < bytecode->range_count; i++)
        if (bytecode->ranges[i].target == handler)
            return bytecode->ranges[i].start;
    return UINT32_MAX;
}

/* Handlers stand behind all else, so what goes on behind its `try` jumps back, too. Such a jump belongs to a loop where the
 * `try` stands in it. */
static bool goes_round(const struct bytecode *bytecode, uint32_t jump) {
    uint32_t head = (uint32_t)bytecode->items[jump].target, at = jump;
    while (at > head) {
        while (at > head && !python_begins_handler(bytecode->items[at].opcode) &&
               !python_ends_async_loop(bytecode->items[at].opcode))
            at--;
        uint32_t start = at > head ? start_of_try(bytecode, at) : head;
        if (start < head)
            return false;
        if (start >= at)
            return true;
        at = start;
    }
    return true;
}

/* Marks the jumps of an expression's loop and of the loops in it: those whose head leads on to the jump that ends it. What only
 * stands between may be none of it: the end of an asynchronous loop, and what goes on behind, stand behind all else. */
static void mark_expression_loop(struct bytecode *bytecode, uint32_t head, uint32_t jump) {
    struct instruction *items = bytecode->items;
    items[jump].expression_loop = jump;
    for (uint32_t i = jump; i-- > head;) {
        int32_t target = items[i].target, range = items[i].range;
        uint32_t handler = range >= 0 ? bytecode->ranges[range].target : 0;
        if ((!python_ends_block(items[i].opcode) && items[i + 1].expression_loop == jump) ||
            (target > (int32_t)i && items[target].expression_loop == jump) ||
            (handler > i && items[handler].expression_loop == jump))
            items[i].expression_loop = jump;
    }
    for (uint32_t i = head; i < jump; i++)
        if (items[i].is_loop_jump && items[i].target >= (int32_t)head && items[items[i].target].expression_loop == jump)
            items[i].expression_loop = jump;
}

static void find_loops(struct bytecode *bytecode) {
    for (uint32_t i = bytecode->body; i < bytecode->count; i++) {
        struct instruction *item = &bytecode->items[i];
        if (item->target < (int32_t)bytecode->body || (uint32_t)item->target > i || !python_is_loop_jump(item->opcode))
            continue;
        item->is_loop_jump = goes_round(bytecode, i);
        const struct instruction *head = &bytecode->items[item->target];
        if (item->is_loop_jump && item->target > (int32_t)bytecode->body + 1 &&
            python_enters_expression_loop(head[-1].opcode, head[-2].opcode))
            mark_expression_loop(bytecode, (uint32_t)item->target, i);
    }
}

bool flow_is_loop_jump(const struct instruction *item) {
    return item->is_loop_jump && item->expression_loop == 0;
}

/* A NOP that a jump of its own line leads to is what is left of `break`, where the jump is. */
static void mark_landings(struct flow *flow, const struct bytecode *bytecode) {
    for (uint32_t i = bytecode->body; i < bytecode->count; i++) {
        const struct instruction *item = &bytecode->items[i];
        if (item->reached && python_jumps_always(item->opcode) &&
            bytecode->items[item->target].where.line == item->where.line)
            flow->marks[item->target] |= MARK_LANDING;
    }
}

/* The end of `except ... as name` unbinds the name at the place of what stands before. */
static bool unbinds_name(const struct instruction *item) {
    return (python_loads_constant(item->opcode) && python_ends_handler(item[-1].opcode)) ||
           (!python_loads_constant(item->opcode) && python_takes_value(item[-1].opcode) && item[-1].oparg == item->oparg &&
            same_place(&item[-1].where, &item->where));
}

int32_t flow_first_line(const struct flow *flow, int32_t line) {
    return line >= flow->first_line && line <= flow->last_line ? flow->joined[line - flow->first_line] : line;
}

/* From the lines that are joined with later ones to the first line of each line's statement. */
static void merge_statements(struct flow *flow) {
    int32_t first = 0, last = 0;
    for (int32_t line = flow->first_line; line <= flow->last_line; line++) {
        int32_t *entry = &flow->joined[line - flow->first_line];
        if (line > last)
            first = line;
        if (*entry > last)
            last = *entry;
        *entry = first;
    }
}

/* A NOP is all that is left of a condition that is constant. Where it stands below what follows it and that, as what is on the
 * stack, is of one statement, it is of it as well: x, y = a, (b <newline> if True <newline> else c). */
static void join_constant_conditions(struct flow *flow, const struct bytecode *bytecode) {
    for (uint32_t i = bytecode->body; i + 1 < bytecode->count; i++) {
        const struct instruction *item = &bytecode->items[i];
        int32_t line = item->where.line, next = item[1].where.line;
        if (!item->reached || !python_is_nop(item->opcode) || next <= 0 || line <= next || item->value_line <= 0 ||
            leaves_with(bytecode, i + 1))
            continue;
        int32_t first = flow_first_line(flow, next);
        if (flow_first_line(flow, item->value_line) == first)
            for (int32_t between = next; between <= line; between++)
                flow->joined[between - flow->first_line] = first;
    }
}

static void find_statements(struct flow *flow, const struct bytecode *bytecode) {
    mark_landings(flow, bytecode);
    for (uint32_t i = bytecode->body; i < bytecode->count; i++) {
        const struct instruction *item = &bytecode->items[i];
        if (!item->reached || item->where.line <= 0)
            continue;
        join_place(flow, bytecode, i);
        join_first_visit(flow, bytecode, i);
        uint8_t *mark = &flow->line_marks[item->where.line - flow->first_line];
        if (python_is_nop(item->opcode))
            *mark |= flow->marks[i] & MARK_LANDING ? 0 : LINE_HAS_PASS;
        else if (python_takes_nothing(item->opcode, item->oparg) && !returns_nothing(bytecode, i) &&
           !unbinds_name(item))
            *mark |= LINE_HAS_START;
    }
    merge_statements(flow);
    join_constant_conditions(flow, bytecode);
    for (int32_t line = flow->first_line; line <= flow->last_line; line++)
        flow->line_marks[flow_first_line(flow, line) - flow->first_line] |=
            flow->line_marks[line - flow->first_line] & LINE_HAS_START;
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
    if (lines && flow->last_line > 0) {
        find_loops(bytecode);
        find_statements(flow, bytecode);
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

/* A jump back of `while True`, which bears the line of the header as the NOP in front of the body does: all that is there. */
static bool is_endless_jump(const struct flow *flow, const struct bytecode *bytecode, const struct instruction *item) {
    return item->target > 0 && !(flow->line_marks[item->where.line - flow->first_line] & LINE_HAS_START) &&
           flow_is_loop_jump(item) && python_is_nop(bytecode->items[item->target - 1].opcode) &&
           bytecode->items[item->target - 1].where.line == item->where.line;
}

/* Of the handler that instruction `end` ends. */
static bool begins_handler_of(const struct bytecode *bytecode, uint32_t index, uint32_t end) {
    const struct instruction *item = &bytecode->items[index];
    return python_begins_handler(item->opcode) && item->depth + 1 == bytecode->items[end].depth;
}

/* Stands directly behind an assert that raises: control comes there where the assert holds. The end of an assert may be there
 * once for each way to it. */
static bool follows_assert(const struct bytecode *bytecode, uint32_t index) {
    for (uint32_t i = index; i-- > bytecode->body;) {
        const struct instruction *item = &bytecode->items[i], *end = &bytecode->items[index - 1];
        if (python_loads_assertion_error(item->opcode, item->oparg))
            return true;
        if (python_ends_block(item->opcode) && !python_jumps_always(item->opcode) &&
            !same_place(&item->where, &end->where))
            return false;
    }
    return false;
}

/* The statement whose line raising again at the end of a handler bears has an instruction of its own in that handler. The
 * line as a whole says nothing: the body of `finally` is there once for each way out of `try`. */
static bool stands_in_handler(const struct flow *flow, const struct bytecode *bytecode, uint32_t end) {
    const struct instruction *last = &bytecode->items[end];
    /* Behind `continue` it is what is left of a loop's `else`. */
    bool is_else = python_jumps_always(last[-1].opcode) && last[-1].where.line < last->where.line;
    /* Behind the handler's end that another way out of a loop leads to it is what is left of that loop's `break`. */
    bool is_break = last[-1].opcode == python_reraise && last[-1].oparg == last->oparg && last[-1].where.line > 0 &&
                    last[-1].where.line < last->where.line;
    bool is_pass = last->where.end_line == last->where.line && last->where.end_column - last->where.column == 4;
    /* Behind `raise` or `return` it is a statement that is never reached; but not behind an assert, nor need it be as `pass`. */
    if (python_reraises_at_last_statement() && python_ends_block(last[-1].opcode) && !is_pass && !is_else && !is_break &&
        !follows_assert(bytecode, end))
        return true;
    int32_t statement = flow_first_line(flow, last->where.line);
    for (uint32_t i = end; i-- > bytecode->body;) {
        const struct instruction *item = &bytecode->items[i];
        if (begins_handler_of(bytecode, i, end))
            return false;
        if (item->reached && item->where.line > 0 && flow_first_line(flow, item->where.line) == statement &&
            (python_is_nop(item->opcode) || python_takes_nothing(item->opcode, item->oparg)))
            return true;
    }
    return false;
}

/* The body of `finally` is there once for each way out of `try`. Raising again at its end bears the line of the last statement, as
 * `pass`, though a jump may come there past it: where the same jump goes in other copies tells. (Of one place there may be several
 * jumps, as of a < b < c: one of them goes to the statement if the statement is meant.) */
static bool jumps_past_end(const struct bytecode *bytecode, uint32_t from, uint32_t end) {
    const struct instruction *jump = &bytecode->items[from], *last = &bytecode->items[end];
    uint32_t begin = end;
    bool past = false;
    if (last->opcode != python_reraise || jump->where.line <= 0)
        return false;
    while (begin > 0 && !begins_handler_of(bytecode, begin, end))
        begin--;
    for (uint32_t i = bytecode->body; i < bytecode->count; i = i + 1 == begin ? end : i + 1) {
        const struct instruction *item = &bytecode->items[i];
        if (!item->reached || item->opcode != jump->opcode || item->target < 0 || !same_place(&item->where, &jump->where))
            continue;
        const struct instruction *target = &bytecode->items[item->target];
        bool is_same = same_place(&target->where, &last->where);
        if (is_same && target->opcode != python_reraise)
            return false;
        past |= !is_same;
    }
    return past;
}

/* (e) */
static bool is_leftover(const struct flow *flow, const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    uint8_t of_line = flow->line_marks[item->where.line - flow->first_line];
    /* What its line goes on behind, it begins. One behind what its place holds is the end of a block that a compound
     * statement stands last in. */
    if (python_is_nop(item->opcode))
        return (of_line & LINE_HAS_START &&
                flow_first_line(flow, item[1].where.line) != flow_first_line(flow, item->where.line)) ||
               (index > 0 && encloses(&item->where, item[-1].where.line) && !encloses(&item->where, item[1].where.line));
    /* What the compiler added by itself at the end of a function has no columns. */
    if (flow->has_columns && item->where.column < 0)
        return true;
    /* One that is below what stands before it is all that is left of a statement: `pass`, or a constant assert. */
    bool lies_below = index > 0 && item[-1].where.line < item->where.line;
    if (python_jumps_always(item->opcode))
        return !is_endless_jump(flow, bytecode, item) && of_line & (LINE_HAS_START | LINE_HAS_PASS) && !lies_below;
    if (python_ends_handler(item->opcode) || returns_nothing(bytecode, index))
        return of_line & (LINE_HAS_START | LINE_HAS_PASS) && !lies_below;
    /* Raising again may be all that is left of `pass` at the end of a handler. */
    if (item->opcode == python_reraise && index > 0)
        return stands_in_handler(flow, bytecode, index);
    return python_is_clean_up(item->opcode) && !lies_below;
}

enum line_need flow_edge_need(const struct flow *flow, const struct bytecode *bytecode, uint32_t from, uint32_t to,
                              bool by_jump) {
    const struct instruction *item = &bytecode->items[to];
    int32_t line = item->where.line;
    if (line <= 0)
        return LINE_SAME;
    int32_t first = flow_first_line(flow, line);
    enum line_need start = first == line ? LINE_HIT : LINE_BEGIN;
    if (by_jump && flow_is_loop_jump(&bytecode->items[from]))
        return start;
    int32_t before = line_behind(bytecode, from);
    if (before == line)
        return LINE_SAME;
    bool clears_up = from == UINT32_MAX && !python_begins_handler(item->opcode);
    if (flow->marks[to] & MARK_OWN_ORIGIN || clears_up || is_leftover(flow, bytecode, to) ||
        (by_jump && jumps_past_end(bytecode, from, to)))
        return LINE_SWITCH;
    if (before > 0 && flow_first_line(flow, before) == first)
        return line == first ? LINE_SWITCH : LINE_HIT;
    if (python_takes_value(item->opcode) && item->value_line > 0 && flow_first_line(flow, item->value_line) == first)
        return LINE_SWITCH;
    return start;
}
