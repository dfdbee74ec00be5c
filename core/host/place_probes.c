/* place_probes.c - where each probe goes.
 *
 *   start     behind the function's first RESUME                     ENTER
 *   return    in front of it; in front of a yield                    LEAVE
 *   resume    behind the RESUME that follows a yield                 RESUME
 *   handler   in front of an exception handler's first instruction   HANDLER
 *   unwind    at the end of the code; every range of instructions that had no handler leads to it: LEAVE, raise again
 *   call      in front of the call and behind it                     CALL, CALL_END (asleep while no C function was called)
 *   line      on the edges of the flow that come to another line     LINE_HIT, LINE_SWITCH (both for LINE_BEGIN)
 *   block     where a basic block begins (basic_blocks.h)            BLOCK
 *   exit      see place_handlers.c                                   EXIT, EXIT_RESUME
 *
 * In front of an instruction stand first the blocks for edges that come to its line ("line blocks"), then what belongs to
 * the instruction itself. A jump that comes from the same line goes behind the line blocks. */
#include "core/host/place_probes.h"

#include <stdlib.h>
#include <string.h>

#include "core/host/placing.h"
#include "core/probe/profile_bytecode.h"
#include "core/probe/profile_writer.h"
#include "pyprof/collectors.h"

static struct placing placing; /* the interpreter lock guards it; arrays are kept from code to code */
static PyObject *call_end_probe; /* one for all: it has no state */

bool probes_prepare(void) {
    placing.flow = flow_new();
    if (!placing.flow || !probe_types_prepare(profile_header()->collectors & COLLECTOR_LINE))
        return false;
    call_end_probe = probe_new(PROBE_CALL_END, (struct probe_place){0});
    return call_end_probe != NULL;
}

/* --- constants -------------------------------------------------------------------------------------------- */

static bool room_for_constants(struct placing *p, uint32_t count) {
    if (count <= p->constant_room)
        return true;
    uint32_t room = count + count / 2 + 64;
    PyObject **larger = realloc(p->constants, room * sizeof *larger);
    if (!larger)
        return false;
    p->constants = larger;
    p->constant_room = room;
    return true;
}

/* Takes the reference. */
static uint32_t add_constant(struct placing *p, PyObject *constant) {
    if (!constant || !room_for_constants(p, p->constant_count + 1)) {
        Py_XDECREF(constant);
        p->assembly.failed = true;
        return 0;
    }
    p->constants[p->constant_count] = constant;
    return p->constant_count++;
}

static bool take_own_constants(struct placing *p, PyObject *constants) {
    uint32_t count = (uint32_t)PyTuple_GET_SIZE(constants);
    p->constant_count = 0;
    if (!room_for_constants(p, count))
        return false;
    for (; p->constant_count < count; p->constant_count++)
        p->constants[p->constant_count] = Py_NewRef(PyTuple_GET_ITEM(constants, p->constant_count));
    return true;
}

static void drop_constants(struct placing *p) {
    while (p->constant_count > 0)
        Py_DECREF(p->constants[--p->constant_count]);
}

/* Moves them there. */
static PyObject *constants_tuple(struct placing *p) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)p->constant_count);
    if (!tuple)
        return NULL;
    for (uint32_t i = 0; i < p->constant_count; i++)
        PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, p->constants[i]);
    p->constant_count = 0;
    return tuple;
}

uint32_t placing_probe(struct placing *p, enum probe_kind kind, struct probe_place place) {
    place.code = p->wishes.code;
    place.untimed_cell = p->wishes.lines ? p->first_cell + p->line_count : 0;
    PyObject *probe = probe_new(kind, place);
    uint32_t constant = add_constant(p, probe);
    p->last_probe = p->assembly.failed ? NULL : probe;
    return constant;
}

uint32_t placing_single_probe(struct placing *p, enum probe_kind kind) {
    if (p->single[kind] < 0)
        p->single[kind] = (int32_t)(kind == PROBE_CALL_END ? add_constant(p, Py_NewRef(call_end_probe))
                                                           : placing_probe(p, kind, (struct probe_place){0}));
    return (uint32_t)p->single[kind];
}

/* --- lines ------------------------------------------------------------------------------------------------ */

static int compare_lines(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Collects the distinct lines of what can run, and gets cells for them. */
static bool register_lines(struct placing *p) {
    const struct bytecode *bytecode = &p->bytecode;
    if (p->line_room < bytecode->count) {
        uint32_t *larger = realloc(p->lines, bytecode->count * sizeof *larger);
        if (!larger)
            return false;
        p->lines = larger;
        p->line_room = bytecode->count;
    }
    uint32_t count = 0;
    for (uint32_t i = bytecode->body; i < bytecode->count; i++)
        if (bytecode->items[i].reached && bytecode->items[i].where.line > 0 &&
            (count == 0 || p->lines[count - 1] != (uint32_t)bytecode->items[i].where.line))
            p->lines[count++] = (uint32_t)bytecode->items[i].where.line;
    qsort(p->lines, count, sizeof *p->lines, compare_lines);
    p->line_count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (p->line_count == 0 || p->lines[p->line_count - 1] != p->lines[i])
            p->lines[p->line_count++] = p->lines[i];
    p->first_cell = p->line_count ? profile_register_lines(p->wishes.code, p->lines, p->line_count) : 0;
    return p->first_cell != 0;
}

static uint32_t cell_of(const struct placing *p, int32_t line) {
    uint32_t key = line > 0 ? (uint32_t)line : 0;
    const uint32_t *found = p->line_count ? bsearch(&key, p->lines, p->line_count, sizeof key, compare_lines) : NULL;
    return found ? p->first_cell + (uint32_t)(found - p->lines) : 0;
}

static bool is_loop_jump(const struct instruction *item) {
    return item->target >= 0 && python_jumps_always(item->opcode) && flow_is_loop_jump(item);
}

/* What control that falls into an instruction needs there. */
static enum line_need falling_need(const struct placing *p, uint32_t to) {
    if (p->begins_line && to == p->bytecode.body)
        return LINE_SAME;
    return flow_edge_need(p->flow, &p->bytecode, to - 1, to, false);
}

static bool can_begin_line(const struct placing *p) {
    uint32_t body = p->bytecode.body;
    return p->wishes.lines && body > 0 && body < p->bytecode.count && placing_falls_through(&p->bytecode, body - 1) &&
           flow_edge_need(p->flow, &p->bytecode, body - 1, body, false) == LINE_HIT &&
           cell_of(p, p->bytecode.items[body].where.line);
}

/* Notes what each instruction's edges need. Always-taken loop jumps are set aside: see settle_loop_jumps. */
static void collect_needs(struct placing *p) {
    const struct bytecode *bytecode = &p->bytecode;
    for (uint32_t i = 0; i < bytecode->count; i++) {
        const struct instruction *item = &bytecode->items[i];
        if (!item->reached)
            continue;
        if (item->target >= 0 && item->target >= (int32_t)bytecode->body) {
            struct place *target = &p->places[item->target];
            if (is_loop_jump(item) && bytecode->items[item->target].where.line > 0)
                target->loop_jumps = 1;
            else
                target->needs |= 1u << flow_edge_need(p->flow, bytecode, i, (uint32_t)item->target, true);
        }
        if (i + 1 < bytecode->count && i + 1 >= bytecode->body && placing_falls_through(bytecode, i))
            p->places[i + 1].needs |= 1u << falling_need(p, i + 1);
    }
    for (uint32_t i = 0; i < bytecode->range_count; i++)
        if (bytecode->ranges[i].reached)
            p->places[bytecode->ranges[i].target].needs |=
                1u << flow_edge_need(p->flow, bytecode, UINT32_MAX, bytecode->ranges[i].target, false);
}

/* The bit of what a jump back to an instruction needs. */
static uint8_t start_of(const struct placing *p, uint32_t index) {
    int32_t line = p->bytecode.items[index].where.line;
    return 1u << (line <= 0 || flow_first_line(p->flow, line) == line ? LINE_HIT : LINE_BEGIN);
}

/* Loop jumps always count. Where all other edges count too they share one block; else each gets its probe in front of itself
 * (as the jump back to a `for`, which is entered from its own line the first time). */
static void settle_loop_jumps(struct placing *p) {
    const struct bytecode *bytecode = &p->bytecode;
    for (uint32_t i = 0; i < bytecode->count; i++) {
        struct place *place = &p->places[i];
        uint8_t start = start_of(p, i);
        if (place->loop_jumps && (place->needs & ~start) == 0) {
            place->needs |= start;
            place->loop_jumps = 0;
        }
    }
    for (uint32_t i = 0; i < bytecode->count; i++)
        if (bytecode->items[i].reached && is_loop_jump(&bytecode->items[i]))
            p->places[i].counted_at_source = p->places[bytecode->items[i].target].loop_jumps;
}

/* --- blocks ----------------------------------------------------------------------------------------------- */

/* The program's own row, of which probes are made for calibration, has none in the profile. */
static bool register_blocks(struct placing *p) {
    p->first_block = 1;
    if (!basic_blocks_find(&p->blocks, &p->bytecode))
        return false;
    if (!p->wishes.code)
        return true;
    struct arena_block *rows = calloc(p->blocks.count, sizeof *rows);
    for (uint32_t i = 0; rows && i < p->blocks.count; i++) {
        rows[i].first_unit = instruction_first_unit(&p->bytecode, p->blocks.items[i].first);
        rows[i].unit_count = instruction_first_unit(&p->bytecode, p->blocks.items[i].end) - rows[i].first_unit;
    }
    uint32_t units = instruction_first_unit(&p->bytecode, p->bytecode.count);
    const struct arena_bytecode *row =
        rows ? profile_register_blocks(p->wishes.code, rows, p->blocks.count, units) : NULL;
    free(rows);
    if (row)
        p->first_block = row->first_block;
    return row != NULL;
}

/* --- calls ------------------------------------------------------------------------------------------------ */

static void find_calls(struct placing *p) {
    const struct bytecode *bytecode = &p->bytecode;
    uint32_t locals = (uint32_t)python_code_local_slots(p->code);
    for (uint32_t i = bytecode->body; i < bytecode->count; i++) {
        const struct instruction *item = &bytecode->items[i];
        unsigned slots;
        if (!item->reached || !python_is_call(item->opcode, item->oparg, &slots) || (int32_t)slots > item->depth)
            continue;
        uint32_t begin = i, end = i + python_call_length(item->opcode) - 1;
        if (end >= bytecode->count)
            continue;
        if (begin > bytecode->body && python_belongs_to_call(bytecode->items[begin - 1].opcode))
            begin--;
        /* A result that is thrown away at once stays next to its call: the interpreter has a form for the two together
         * (list.append). */
        if (end + 1 < bytecode->count && python_discards_top(bytecode->items[end + 1].opcode) &&
            !bytecode->items[end + 1].is_jump_target)
            end++;
        p->places[begin].call_begins = true;
        p->places[begin].stack_slot = locals + (uint32_t)item->depth - slots;
        p->places[end].call_ends = true;
    }
}

/* --- writing ---------------------------------------------------------------------------------------------- */

void placing_emit(struct placing *p, uint32_t constant, struct location where, int32_t exit) {
    struct probe_instruction sequence[PYTHON_PROBE_LENGTH];
    int length = python_probe_instructions(constant, exit != -1, sequence);
    int32_t behind = (int32_t)p->assembly.count + PYTHON_PROBE_BEHIND;
    for (int i = 0; i < length; i++)
        assembly_add(&p->assembly, (struct emitted){.opcode = sequence[i].opcode,
                                                    .oparg = sequence[i].oparg,
                                                    .target = sequence[i].jump == PROBE_JUMP_BEHIND ? behind
                                                              : sequence[i].jump == PROBE_JUMP_EXIT ? exit
                                                                                                    : -1,
                                                    .where = where});
}

static void emit_line_probe(struct placing *p, int32_t line, enum line_need need, struct location where) {
    if (need == LINE_BEGIN) {
        struct probe_place first = {.line_cell = cell_of(p, flow_first_line(p->flow, line))};
        placing_emit(p, placing_probe(p, PROBE_LINE_HIT, first), where, -1);
    }
    struct probe_place place = {.line_cell = cell_of(p, line)};
    placing_emit(p, placing_probe(p, need == LINE_SWITCH ? PROBE_LINE_SWITCH : PROBE_LINE_HIT, place), where, -1);
}

/* The blocks for the edges that come to instruction i's line; sets where each kind of edge goes. */
static void emit_line_blocks(struct placing *p, uint32_t i) {
    struct place *place = &p->places[i];
    const struct instruction *item = &p->bytecode.items[i];
    uint32_t skips[LINE_NEED_COUNT], skip_count = 0;
    enum line_need falling = LINE_SAME;
    bool falls = i > 0 && placing_falls_through(&p->bytecode, i - 1);
    if (falls)
        falling = falling_need(p, i);
    uint32_t left = place->needs & ~(1u << LINE_SAME);
    struct emitted skip = {.opcode = python_jump_forward, .target = 0, .where = item->where};
    if (left && falls && falling == LINE_SAME)
        skips[skip_count++] = assembly_add(&p->assembly, skip);
    for (int round = 0; left; round++) {
        enum line_need need = round == 0 && falls && falling != LINE_SAME ? falling
                              : left & 1u << LINE_HIT                    ? LINE_HIT
                              : left & 1u << LINE_BEGIN                  ? LINE_BEGIN
                                                                         : LINE_SWITCH;
        left &= ~(1u << need);
        place->at[need] = p->assembly.count;
        emit_line_probe(p, item->where.line, need, item->where);
        if (left)
            skips[skip_count++] = assembly_add(&p->assembly, skip);
    }
    for (uint32_t k = 0; k < skip_count && !p->assembly.failed; k++)
        p->assembly.items[skips[k]].target = (int32_t)p->assembly.count;
}

/* Nothing in it takes long without being seen: see shadow_leaves.h. */
static bool may_be_leaf(const struct placing *p) {
    const struct bytecode *bytecode = &p->bytecode;
    if (!p->wishes.leaves || p->wishes.lines || bytecode->is_generator || bytecode->range_count)
        return false;
    for (uint32_t i = bytecode->body; i < bytecode->count; i++) {
        const struct instruction *item = &bytecode->items[i];
        unsigned slots;
        bool unseen_call = !p->wishes.c_calls && python_is_call(item->opcode, item->oparg, &slots);
        if (item->reached && (unseen_call || python_jump_kind(item->opcode) >= JUMP_BACKWARDS))
            return false;
    }
    return true;
}

static uint32_t leave_probe(struct placing *p) {
    bool generator = p->bytecode.is_generator;
    return placing_single_probe(p, generator ? PROBE_LEAVE_GENERATOR : p->may_be_leaf ? PROBE_LEAVE_LEAF : PROBE_LEAVE);
}

/* The jump back to the instruction that sends on what `yield from` and `await` are given. CPython 3.11 tells a tracer of jumps back
 * as of lines, but for this one, which it knows by where it goes to; so it must not go to a probe. */
static bool jumps_to_send(const struct placing *p, uint32_t i) {
    const struct instruction *item = &p->bytecode.items[i];
    return item->reached && item->target >= 0 && python_jump_kind(item->opcode) >= JUMP_BACKWARDS &&
           python_delegates(p->bytecode.items[item->target].opcode) && p->places[item->target].block;
}

/* Control jumps over it: it stands there for the next instruction to look at. */
static void emit_again(struct placing *p, const struct instruction *item) {
    uint32_t skip = assembly_add(&p->assembly, (struct emitted){.opcode = python_jump_forward, .where = item->where});
    assembly_add(&p->assembly, (struct emitted){.opcode = item->opcode, .oparg = item->oparg, .target = -1, .where = item->where});
    if (!p->assembly.failed)
        p->assembly.items[skip].target = (int32_t)p->assembly.count;
}

static void emit_own_probes(struct placing *p, uint32_t i) {
    const struct place *place = &p->places[i];
    const struct bytecode *bytecode = &p->bytecode;
    const struct instruction *item = &bytecode->items[i];
    if (place->call_begins) {
        placing_emit(p, placing_probe(p, PROBE_CALL, (struct probe_place){.stack_slot = place->stack_slot}), item->where, -1);
        p->call_probe = p->last_probe;
        if (i > 0 && python_holds_interrupts(item[-1].opcode))
            emit_again(p, &item[-1]);
    }
    if (place->counted_at_source)
        emit_line_probe(p, bytecode->items[item->target].where.line,
                        start_of(p, (uint32_t)item->target) == 1u << LINE_HIT ? LINE_HIT : LINE_BEGIN, item->where);
    if (jumps_to_send(p, i)) {
        struct probe_place target = {.block = p->places[item->target].block};
        placing_emit(p, placing_probe(p, PROBE_BLOCK, target), item->where, -1);
    }
    if (python_returns(item->opcode))
        placing_emit(p, leave_probe(p), item->where, -1);
    if (python_yields(item->opcode)) {
        bool delegates = i > 0 && python_delegates(bytecode->items[i - 1].opcode);
        /* Targets of old instructions are told apart from new ones by being negative: see resolve_targets. */
        placing_emit(p, leave_probe(p), item->where, delegates ? -2 - bytecode->items[i - 1].target : -1);
    }
}

static uint32_t enter_probe(struct placing *p, uint32_t block) {
    struct probe_place place = {.line_cell = p->begins_line ? cell_of(p, p->bytecode.items[p->bytecode.body].where.line) : 0,
                                .block = block};
    return placing_probe(p, p->bytecode.is_generator ? PROBE_ENTER_GENERATOR : PROBE_ENTER, place);
}

/* The block that is counted in front of instruction i, or behind it; 0: none. Blocks come in the order of instructions. */
static uint32_t take_block(struct placing *p, uint32_t i, bool behind) {
    const struct basic_block *block = &p->blocks.items[p->next_block];
    if (!p->wishes.blocks || p->next_block == p->blocks.count || block->probe != i || block->behind != behind)
        return 0;
    return p->first_block + p->next_block++;
}

static void emit_block_probe(struct placing *p, uint32_t i, bool behind) {
    uint32_t block = take_block(p, i, behind);
    if (!behind)
        p->places[i].block = block;
    if (block)
        placing_emit(p, placing_probe(p, PROBE_BLOCK, (struct probe_place){.block = block}), p->bytecode.items[i].where, -1);
}

static void emit_probes_behind(struct placing *p, uint32_t i) {
    const struct bytecode *bytecode = &p->bytecode;
    const struct instruction *item = &bytecode->items[i];
    if (p->places[i].call_ends) {
        p->places[i].call_probe = p->call_probe;
        p->places[i].call_end = p->assembly.count;
        placing_emit(p, placing_single_probe(p, PROBE_CALL_END), item->where, -1);
    }
    /* On the line of `def` it would be a line event of its own to sys.settrace. */
    if (i + 1 == bytecode->body)
        placing_emit(p, enter_probe(p, take_block(p, i, true)), nowhere, -1);
    else if (i >= bytecode->body && python_is_resume(item->opcode, item->oparg)) {
        int32_t line = item->where.line > 0 ? item->where.line : item->line_before;
        uint32_t cell = p->wishes.lines ? cell_of(p, line) : 0;
        struct probe_place place = {.line_cell = cell, .block = take_block(p, i, true)};
        placing_emit(p, placing_probe(p, PROBE_RESUME, place), item->where, -1);
    }
    emit_block_probe(p, i, true);
}

static void emit_instruction(struct placing *p, uint32_t i) {
    const struct instruction *item = &p->bytecode.items[i];
    struct place *place = &p->places[i];
    placing_emit_landings(p, i);
    place->start = p->assembly.count;
    if (item->reached && place->is_handler)
        placing_emit(p, placing_single_probe(p, p->bytecode.is_generator ? PROBE_HANDLER_GENERATOR : PROBE_HANDLER),
                     item->where, -1);
    bool sticks = i > 0 && python_sticks_to(item->opcode, item[-1].opcode);
    if (item->reached && p->wishes.lines && i >= p->bytecode.body && !sticks)
        emit_line_blocks(p, i);
    place->at[LINE_SAME] = p->assembly.count;
    emit_block_probe(p, i, false);
    if (item->reached)
        emit_own_probes(p, i);
    int32_t names = item->target >= 0 ? item->target : item->mark;
    place->itself = p->assembly.count;
    assembly_add(&p->assembly, (struct emitted){.opcode = item->opcode,
                                                .cache_units = item->cache_units,
                                                .backwards = python_jump_kind(item->opcode) >= JUMP_BACKWARDS,
                                                .original = 1,
                                                .oparg = names >= 0 ? 0 : item->oparg,
                                                .target = names >= 0 ? -2 - names : -1,
                                                .where = item->where});
    place->behind = p->assembly.count;
    if (item->reached)
        emit_probes_behind(p, i);
}

/* Where the edge from old instruction `from` to its target enters the new code. */
static uint32_t edge_entry(const struct placing *p, uint32_t from, uint32_t to) {
    const struct place *place = &p->places[to];
    if (jumps_to_send(p, from))
        return place->itself;
    if (!p->wishes.lines || !p->bytecode.items[from].reached || p->places[from].counted_at_source)
        return place->at[LINE_SAME];
    enum line_need need = flow_edge_need(p->flow, &p->bytecode, from, to, true);
    return need != LINE_SAME && place->at[need] != NO_PLACE ? place->at[need] : place->at[LINE_SAME];
}

/* Turns targets that name old instructions (-2 - index) into new ones. */
static void resolve_targets(struct placing *p) {
    uint32_t old = 0;
    for (uint32_t i = 0; i < p->assembly.count; i++) {
        while (old + 1 < p->bytecode.count && p->places[old + 1].start <= i)
            old++;
        struct emitted *item = &p->assembly.items[i];
        if (item->target > -2)
            continue;
        uint32_t to = (uint32_t)(-2 - item->target);
        item->target = (int32_t)edge_entry(p, old, to);
    }
}

/* What jumps lead to is a line's start to CPython's instrumentation (Python/instrumentation.c, initialize_lines). Where probes
 * stand in front of what must be one, and are jumped to in its place, a jump that never runs leads to it. */
static void emit_line_starts(struct placing *p) {
    for (uint32_t i = 0; i < p->bytecode.count; i++) {
        const struct place *place = &p->places[i];
        const struct instruction *item = &p->bytecode.items[i];
        if (item->reached && place->itself != place->start && python_starts_line(item->opcode))
            assembly_add(&p->assembly, (struct emitted){.opcode = python_jump_backward, .backwards = 1,
                                                        .target = (int32_t)place->itself, .where = nowhere});
    }
}

/* Most sites only ever call Python functions, and after those a CALL_END has nothing to do. */
static void put_call_ends_to_sleep(struct placing *p, PyObject *bytecode) {
    uint8_t *bytes = (uint8_t *)PyBytes_AS_STRING(bytecode);
    for (uint32_t i = 0; i < p->bytecode.count; i++) {
        const struct place *place = &p->places[i];
        if (!place->call_ends || !place->call_probe)
            continue;
        const struct emitted *first = &p->assembly.items[place->call_end];
        uint32_t units = first[PYTHON_PROBE_BEHIND].offset - first->offset;
        probe_set_sleeping_end(place->call_probe, python_put_to_sleep(bytes, first->offset, units));
    }
}

/* The probes that count exits learn where what stands in the new code. false: memory is out. */
static bool tell_exits(struct placing *p) {
    if (!p->wishes.blocks)
        return true;
    struct exit_map *map = exit_map_new(&p->assembly, &p->bytecode, &p->blocks, p->wishes.code);
    for (uint32_t i = 0; map && i < p->constant_count; i++)
        probe_set_exits(p->constants[i], map);
    exit_map_release(map);
    return map != NULL;
}

static PyCodeObject *finish(struct placing *p) {
    PyObject *bytecode, *lines, *exceptions;
    if (!assembly_finish(&p->assembly, &bytecode, &lines, &exceptions))
        return NULL;
    put_call_ends_to_sleep(p, bytecode);
    PyObject *constants = tell_exits(p) ? constants_tuple(p) : NULL;
    int stack_size = python_probed_stack_size(p->code, p->wishes.blocks);
    PyCodeObject *code = constants ? python_new_code(p->code, stack_size, bytecode, constants, lines,
                                                     exceptions)
                                   : NULL;
    Py_XDECREF(constants);
    Py_DECREF(bytecode);
    Py_DECREF(lines);
    Py_DECREF(exceptions);
    return code;
}

/* --- all of it -------------------------------------------------------------------------------------------- */

static bool prepare_places(struct placing *p) {
    uint32_t count = p->bytecode.count;
    if (p->place_room < count) {
        struct place *larger = realloc(p->places, count * sizeof *larger);
        if (!larger)
            return false;
        p->places = larger;
        p->place_room = count;
    }
    memset(p->places, 0, count * sizeof *p->places);
    for (uint32_t i = 0; i < count; i++)
        for (int need = 0; need < LINE_NEED_COUNT; need++)
            p->places[i].at[need] = NO_PLACE;
    for (int kind = 0; kind < PROBE_KIND_COUNT; kind++)
        p->single[kind] = -1;
    for (uint32_t i = 0; i < p->bytecode.range_count; i++)
        p->places[p->bytecode.ranges[i].target].is_handler = p->wishes.c_calls || p->bytecode.is_generator;
    return true;
}

PyCodeObject *place_probes(PyCodeObject *code, PyObject *constants, struct probe_wishes wishes, struct offset_map **map) {
    struct placing *p = &placing;
    p->code = code;
    p->wishes = wishes;
    p->line_count = 0;
    if (!bytecode_decode(&p->bytecode, code) ||
        !flow_analyse(p->flow, &p->bytecode, python_code_stack_size(code), wishes.lines) || !prepare_places(p))
        return NULL;
    if (wishes.lines && !register_lines(p))
        p->wishes.lines = false;
    p->next_block = 0;
    if (wishes.blocks && !register_blocks(p))
        p->wishes.blocks = false;
    p->begins_line = can_begin_line(p);
    if (p->wishes.lines) {
        collect_needs(p);
        settle_loop_jumps(p);
    }
    if (wishes.c_calls)
        find_calls(p);
    p->may_be_leaf = may_be_leaf(p);
    if (!take_own_constants(p, constants))
        return NULL;
    assembly_clear(&p->assembly, code->co_firstlineno);
    for (uint32_t i = 0; i < p->bytecode.count; i++)
        emit_instruction(p, i);
    PyCodeObject *instrumented = NULL;
    if (!p->assembly.failed) {
        resolve_targets(p);
        emit_line_starts(p);
        placing_emit_ranges(p);
        instrumented = finish(p);
    }
    *map = instrumented ? offset_map_new(&p->assembly) : NULL;
    drop_constants(p);
    return instrumented;
}
