/* place_handlers.c - what exceptions come to.
 *
 * Where instructions are counted, an exception is to be noted with the instruction that it leaves at. The interpreter pushes that
 * one's offset below the exception where the exception table asks for it. So the table leads to a landing directly in front of the
 * handler, whose probe reads the offset; where the handler does not want it, it is dropped again:
 *     EXIT probe; SWAP 2; POP_TOP; handler: ...
 * Setting `f_lineno` has the interpreter work out what lies on the stack at each instruction, and it loses count at a SWAP on a
 * deep one. There the landing raises again, and the exception table leads from that to the handler, without the offset:
 *     EXIT probe; RERAISE 0; handler: ...
 * `RERAISE` with an operand pretends that the exception came from where it first did, which was noted then. As it ends a block, and
 * nothing is lost by it, all of its kind go to the handler itself. A RESUME that fails (a signal handler runs there, and raises)
 * has a landing in front of the other one: see exit_map.h. What has no handler leads to the unwinding one, behind the code. */
#include "core/host/placing.h"

static uint32_t exit_probe(struct placing *p, enum probe_kind kind, uint32_t depth) {
    uint32_t locals = (uint32_t)python_code_local_slots(p->code);
    return placing_probe(p, kind, (struct probe_place){.stack_slot = locals + depth});
}

static const struct exception_range *range_to(const struct bytecode *bytecode, uint32_t target) {
    for (uint32_t i = 0; i < bytecode->range_count; i++)
        if (bytecode->ranges[i].target == target && bytecode->ranges[i].reached)
            return &bytecode->ranges[i];
    return NULL;
}

/* The exception is on top of the stack, the offset under it, and `depth` values under that. (The body's first instruction is a
 * handler only in code made by hand.) */
static void drop_offset(struct placing *p, uint32_t i, uint32_t depth) {
    struct location where = p->bytecode.items[i].where;
    p->places[i].raises_again = depth + 2 > python_swap_depth && i > p->bytecode.body;
    if (p->places[i].raises_again) {
        assembly_add(&p->assembly, (struct emitted){.opcode = python_reraise, .target = -1, .where = where});
        return;
    }
    assembly_add(&p->assembly, (struct emitted){.opcode = python_swap, .oparg = 2, .target = -1, .where = where});
    assembly_add(&p->assembly, (struct emitted){.opcode = python_pop_top, .target = -1, .where = where});
}

void placing_emit_landings(struct placing *p, uint32_t i) {
    const struct instruction *item = &p->bytecode.items[i];
    const struct exception_range *range = p->wishes.blocks && item->is_handler ? range_to(&p->bytecode, i) : NULL;
    if (!range)
        return;
    bool falls = i > 0 && placing_falls_through(&p->bytecode, i - 1);
    uint32_t skip = falls ? assembly_add(&p->assembly, (struct emitted){.opcode = python_jump_forward, .where = item->where}) : 0;
    struct place *place = &p->places[i];
    place->resume_landing = p->assembly.count;
    if (p->bytecode.is_generator)
        placing_emit(p, exit_probe(p, PROBE_EXIT_RESUME, range->depth), item->where, -1);
    place->landing = p->assembly.count;
    placing_emit(p, exit_probe(p, PROBE_EXIT, range->depth), item->where, -1);
    if (!range->keeps_offset)
        drop_offset(p, i, range->depth);
    if (falls && !p->assembly.failed)
        p->assembly.items[skip].target = (int32_t)p->assembly.count;
}

/* The handlers behind the code. */
struct unwinding {
    /* Of what comes before the activation is entered, of a RESUME, of the rest, of what is not noted. */
    uint32_t start, resume, body, uncounted;
};

static void emit_reraise(struct placing *p) {
    assembly_add(&p->assembly, (struct emitted){.opcode = python_reraise, .oparg = 1, .target = -1, .where = nowhere});
}

static struct unwinding emit_unwinding(struct placing *p) {
    struct unwinding unwinding = {.start = p->assembly.count};
    bool generator = p->bytecode.is_generator;
    if (p->wishes.blocks) {
        uint32_t resume = exit_probe(p, PROBE_EXIT_RESUME, 0);
        placing_emit(p, resume, nowhere, -1);
        emit_reraise(p);
        unwinding.resume = p->assembly.count;
        if (generator)
            placing_emit(p, resume, nowhere, -1);
        unwinding.body = p->assembly.count;
        placing_emit(p, exit_probe(p, PROBE_EXIT, 0), nowhere, -1);
    }
    unwinding.uncounted = p->assembly.count;
    placing_emit(p, placing_single_probe(p, generator ? PROBE_UNWIND_GENERATOR : PROBE_UNWIND), nowhere, -1);
    emit_reraise(p);
    return unwinding;
}

/* Where an exception of instruction i goes. */
static struct emitted_range range_of(const struct placing *p, const struct unwinding *unwinding, uint32_t i) {
    const struct bytecode *bytecode = &p->bytecode;
    const struct instruction *item = &bytecode->items[i];
    bool noted = p->wishes.blocks && item->opcode != python_reraise;
    bool resumes = python_is_resume(item->opcode, item->oparg) || i + 1 == bytecode->body;
    if (item->range < 0)
        return (struct emitted_range){.target = !noted               ? unwinding->uncounted
                                                : i < bytecode->body ? unwinding->start
                                                : resumes            ? unwinding->resume
                                                                     : unwinding->body,
                                      .keeps_offset = true};
    const struct exception_range *range = &bytecode->ranges[item->range];
    const struct place *handler = &p->places[range->target];
    if (!noted || !range->reached)
        return (struct emitted_range){.target = handler->start, .depth = range->depth, .keeps_offset = range->keeps_offset};
    return (struct emitted_range){
        .target = resumes ? handler->resume_landing : handler->landing, .depth = range->depth, .keeps_offset = true};
}

static void add_range(struct placing *p, struct emitted_range range, uint32_t from, uint32_t to) {
    struct emitted_range *last = p->assembly.range_count ? &p->assembly.ranges[p->assembly.range_count - 1] : NULL;
    range.start = from;
    range.end = to;
    if (last && last->end == from && last->target == range.target && last->depth == range.depth &&
        last->keeps_offset == range.keeps_offset)
        last->end = to;
    else
        assembly_add_range(&p->assembly, range);
}

/* What stands in front of an instruction goes with it, and what stands behind, but for the function's first RESUME: behind it the
 * activation has been entered. */
void placing_emit_ranges(struct placing *p) {
    const struct bytecode *bytecode = &p->bytecode;
    uint32_t end = p->assembly.count, first = p->wishes.blocks ? 0 : bytecode->body;
    struct unwinding unwinding = emit_unwinding(p);
    while (first > 0 && bytecode->items[first - 1].range >= 0)
        first--;
    for (uint32_t i = first; i < bytecode->count && !p->assembly.failed; i++) {
        uint32_t from = p->places[i].start, to = i + 1 < bytecode->count ? p->places[i + 1].start : end;
        bool starts = i + 1 == bytecode->body, raises_again = i + 1 < bytecode->count && p->places[i + 1].raises_again;
        add_range(p, range_of(p, &unwinding, i), from, starts ? p->places[i].behind : to - raises_again);
        if (raises_again)
            add_range(p, (struct emitted_range){.target = to, .depth = range_to(bytecode, i + 1)->depth}, to - 1, to);
        if (starts)
            add_range(p, range_of(p, &unwinding, i + 1), p->places[i].behind, to);
    }
}
