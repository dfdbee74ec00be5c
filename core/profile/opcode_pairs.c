/* opcode_pairs.c - how often one opcode came right behind another in the same activation.
 *
 * Nobody counts steps between instructions, but how often each instruction ran, and (but for the last ones of blocks) how often an
 * exception ended it. So a step is an edge of the function's flow graph, and each instruction says two things: as often as it ran,
 * one of the edges out of it was taken; and as often as it ran, one of those into it (where nothing but edges leads to it: not the
 * first instruction, nor what a generator resumes at). Exceptions that nobody counted are edges, too: to their handler, or to a
 * step behind all others that stands for leaving the function. An equation with one edge left in it gives that edge; one that comes
 * to nothing has no edge that was taken. What is left are ways that part and meet again; where all of them are the same pair of
 * opcodes, that is known nevertheless. The method is that of Knuth and Stevenson, "Optimal Measurement Points for Program Frequency
 * Counts", BIT 13, 1973, the other way round. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/opcode_tally.h"

enum { EDGES_PER_STEP = 5, NO_EDGE = -1 };

enum side { OUT, IN };

/* What is not yet given to edges of an instruction's executions, on each side. */
struct equation {
    uint64_t rest;
    uint32_t open; /* edges in it that are not known yet */
    bool holds;    /* it has no part but edges */
};

/* An instruction that is no prefix. */
struct step {
    const struct model_instruction *row;
    uint32_t begin; /* offset of its first prefix, where jumps lead to */
    uint32_t name;
    struct equation sides[2];
    int32_t edges[2]; /* the first of its edges on each side */
    bool told;        /* what is open on its side OUT was given to a pair all the same */
};

struct edge {
    uint32_t ends[2]; /* the step it comes from, and the one it leads to: index OUT is the step that it is an edge out of */
    int32_t next[2];  /* of the same step on each side; NO_EDGE: none */
    uint64_t count;
    bool known;
    bool is_exit; /* an exception's way: no pair */
};

struct flow {
    struct step *steps; /* step_count of them, and one that stands for leaving the function by an exception */
    size_t step_count;
    struct edge *edges;
    size_t edge_count;
    uint32_t *queue; /* equations that may give an edge: step * 2 + side; once at first, and once for each edge that was found */
    size_t queue_count;
};

/* --- the graph ------------------------------------------------------------------------------------------------ */

static bool is_one_of(const char *opname, const char *const *names) {
    for (; *names; names++)
        if (strcmp(opname, *names) == 0)
            return true;
    return false;
}

/* In all versions: what nothing follows in the same activation, or not at once. */
static bool ends_activation(const char *opname) {
    static const char *const names[] = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "INTERPRETER_EXIT", NULL};
    return is_one_of(opname, names);
}

static bool always_raises(const char *opname) {
    static const char *const names[] = {"RAISE_VARARGS", "RERAISE", NULL};
    return is_one_of(opname, names);
}

static bool suspends(const char *opname) {
    static const char *const names[] = {"YIELD_VALUE", "RETURN_GENERATOR", NULL};
    return is_one_of(opname, names);
}

static bool always_jumps(const char *opname) {
    static const char *const names[] = {"JUMP_FORWARD",          "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP",
                                        "JUMP_NO_INTERRUPT", NULL};
    return is_one_of(opname, names);
}

/* The step at an offset; step_count: there is none. */
static size_t step_at(const struct flow *flow, uint32_t offset) {
    size_t low = 0, high = flow->step_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (flow->steps[middle].row->offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < flow->step_count && flow->steps[low].begin <= offset ? low : flow->step_count;
}

static void add_edge(struct flow *flow, size_t from, size_t to, bool is_exit) {
    for (int32_t at = flow->steps[from].edges[OUT]; at != NO_EDGE; at = flow->edges[at].next[OUT])
        if (flow->edges[at].ends[IN] == to && flow->edges[at].is_exit == is_exit)
            return; /* a jump to where it goes anyway */
    int32_t number = (int32_t)flow->edge_count++;
    struct edge *edge = &flow->edges[number];
    *edge = (struct edge){.ends = {[OUT] = (uint32_t)from, [IN] = (uint32_t)to}, .is_exit = is_exit};
    for (int side = OUT; side <= IN; side++) {
        struct step *step = &flow->steps[edge->ends[side]];
        edge->next[side] = step->edges[side];
        step->edges[side] = number;
        step->sides[side].open++;
    }
}

static bool is_opcode(const struct flow *flow, size_t at, const char *opname) {
    return at < flow->step_count && strcmp(flow->steps[at].row->opname, opname) == 0;
}

/* Where a loop ends, FOR_ITER goes to END_FOR or, with most kinds of iterators, past it; in 3.13 past its POP_TOP, too. */
static void add_jump(struct flow *flow, size_t from) {
    const struct model_instruction *row = flow->steps[from].row;
    size_t to = step_at(flow, row->jump_target);
    if (to == flow->step_count) {
        flow->steps[from].sides[OUT].holds = false;
        return;
    }
    add_edge(flow, from, to, false);
    if (is_opcode(flow, to, "END_FOR") && to + 1 < flow->step_count)
        add_edge(flow, from, to + 1, false);
    if (is_opcode(flow, to, "END_FOR") && is_opcode(flow, to + 1, "POP_TOP") && to + 2 < flow->step_count)
        add_edge(flow, from, to + 2, false);
}

static void add_edges(struct flow *flow, size_t at) {
    const struct model_instruction *row = flow->steps[at].row;
    bool last = at + 1 == flow->step_count;
    if (suspends(row->opname) && !last)
        flow->steps[at + 1].sides[IN].holds = false;
    if (suspends(row->opname) || ends_activation(row->opname))
        return;
    if (!always_jumps(row->opname) && !last)
        add_edge(flow, at, at + 1, false);
    if (row->jump_target != MODEL_NO_OFFSET)
        add_jump(flow, at);
}

/* --- exceptions ----------------------------------------------------------------------------------------------- */

/* Where exceptions of an instruction continue; step_count: outside. Entries stand in the order of what they cover. */
static size_t handler_of(const struct flow *flow, const struct model *model, const struct model_function *function, size_t at) {
    const struct model_handler *handlers = model->handlers + function->first_handler_row;
    uint32_t offset = flow->steps[at].row->offset;
    size_t low = 0, high = function->handler_row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (handlers[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == function->handler_row_count || handlers[low].start > offset)
        return flow->step_count;
    return step_at(flow, handlers[low].target);
}

static void add_inflow(struct flow *flow, size_t to, uint64_t count) {
    uint64_t *rest = &flow->steps[to].sides[IN].rest;
    *rest -= count < *rest ? count : *rest;
}

/* A generator that is not resumed as often as it yields was given up, or given an exception, which nobody counts: it comes to the
 * handler, or, of what it delegates to, behind the SEND. */
static void note_suspension(struct flow *flow, size_t at, size_t handler) {
    const struct step *next = &flow->steps[at + 1];
    if (at + 1 == flow->step_count || next->row->count == flow->steps[at].row->count)
        return;
    if (handler < flow->step_count)
        flow->steps[handler].sides[IN].holds = flow->steps[flow->step_count].sides[IN].holds = false;
    if (at > 0 && is_opcode(flow, at - 1, "SEND")) {
        size_t behind = step_at(flow, flow->steps[at - 1].row->jump_target);
        flow->steps[behind].sides[IN].holds = flow->steps[flow->step_count].sides[IN].holds = false;
    }
}

/* Exceptions that were counted are taken from what comes to their handler; for those that were not there is an edge. */
static void add_exits(struct flow *flow, const struct model *model, const struct model_function *function, size_t at) {
    const struct model_instruction *row = flow->steps[at].row;
    size_t handler = handler_of(flow, model, function, at);
    if (handler == 0) /* the first instruction begins no activation then */
        flow->steps[flow->step_count].sides[IN].holds = false;
    if (suspends(row->opname))
        note_suspension(flow, at, handler);
    else if (always_raises(row->opname))
        add_inflow(flow, handler, row->count);
    else if (row->raised != MODEL_UNKNOWN)
        add_inflow(flow, handler, row->raised < row->count ? row->raised : row->count);
    else if (!ends_activation(row->opname) && !always_jumps(row->opname))
        add_edge(flow, at, handler, true);
}

/* Whether all activations have ended, so that they add up. */
static bool has_ended(const struct model *model) { return model->state == MODEL_ENDED && model->exit_kind != MODEL_EXIT_SIGNAL; }

/* How many activations exceptions ended: those that began or resumed and did not return or yield. */
static uint64_t count_exits(const struct flow *flow) {
    uint64_t in = flow->steps[0].row->count, out = 0;
    for (size_t i = 0; i < flow->step_count; i++) {
        const struct model_instruction *row = flow->steps[i].row;
        if (suspends(row->opname) && i + 1 < flow->step_count)
            in += flow->steps[i + 1].row->count;
        if (suspends(row->opname) || (ends_activation(row->opname) && !always_raises(row->opname)))
            out += row->count;
    }
    return in > out ? in - out : 0;
}

static bool add_steps(struct flow *flow, const struct model *model, const struct model_function *function,
                      struct opcode_tally *tally) {
    uint32_t begin = MODEL_NO_OFFSET;
    for (uint32_t i = 0; i < function->instruction_row_count; i++) {
        const struct model_instruction *row = &model->instruction_rows[function->first_instruction_row + i];
        if (begin == MODEL_NO_OFFSET)
            begin = row->offset;
        if (row->flags & MODEL_INSTRUCTION_PREFIX)
            continue;
        struct step *step = &flow->steps[flow->step_count++];
        uint64_t raised = row->raised == MODEL_UNKNOWN ? 0 : row->raised < row->count ? row->raised : row->count;
        *step = (struct step){.row = row, .begin = begin, .name = opcode_tally_name(tally, row->opname),
                              .sides = {[OUT] = {row->count - raised, 0, true}, [IN] = {row->count, 0, true}},
                              .edges = {NO_EDGE, NO_EDGE}};
        if (!step->name)
            return false;
        begin = MODEL_NO_OFFSET;
    }
    return true;
}

/* --- solving -------------------------------------------------------------------------------------------------- */

static void enqueue(struct flow *flow, uint32_t step, int side) {
    const struct equation *equation = &flow->steps[step].sides[side];
    if (equation->holds && equation->open && (equation->open == 1 || !equation->rest))
        flow->queue[flow->queue_count++] = step * 2 + (uint32_t)side;
}

static void set_edge(struct flow *flow, struct edge *edge, uint64_t count) {
    edge->count = count;
    edge->known = true;
    for (int side = OUT; side <= IN; side++) {
        struct equation *equation = &flow->steps[edge->ends[side]].sides[side];
        equation->rest -= count < equation->rest ? count : equation->rest; /* what is read while it runs does not quite add up */
        equation->open--;
        enqueue(flow, edge->ends[side], side);
    }
}

/* Gives the edges that an equation leaves no choice for. */
static void solve_equation(struct flow *flow, uint32_t number) {
    struct step *step = &flow->steps[number / 2];
    int side = (int)(number % 2);
    struct equation *equation = &step->sides[side];
    if (equation->open > 1 && equation->rest)
        return;
    for (int32_t at = step->edges[side]; at != NO_EDGE; at = flow->edges[at].next[side])
        if (!flow->edges[at].known)
            set_edge(flow, &flow->edges[at], equation->rest);
}

static void solve_all(struct flow *flow) {
    while (flow->queue_count)
        solve_equation(flow, flow->queue[--flow->queue_count]);
}

/* While activations go on, exceptions that nobody counted and nothing tells of are taken not to have been. */
static void solve(struct flow *flow, bool all_ended) {
    for (uint32_t step = 0; step <= flow->step_count; step++)
        for (int side = OUT; side <= IN; side++)
            enqueue(flow, step, side);
    solve_all(flow);
    for (size_t i = 0; !all_ended && i < flow->edge_count; i++)
        if (flow->edges[i].is_exit && !flow->edges[i].known) {
            set_edge(flow, &flow->edges[i], 0);
            solve_all(flow);
        }
}

/* --- results -------------------------------------------------------------------------------------------------- */

/* The one opcode that all open edges of a step lead to, or come from; 0: there are several, or exceptions among them. */
static uint32_t open_name(const struct flow *flow, const struct step *step, int side) {
    uint32_t name = 0;
    for (int32_t at = step->edges[side]; at != NO_EDGE; at = flow->edges[at].next[side]) {
        const struct edge *edge = &flow->edges[at];
        const struct step *other = &flow->steps[edge->ends[1 - side]];
        if (edge->known)
            continue;
        if (edge->is_exit || (name && name != other->name) || (side == IN && (other->told || !other->sides[OUT].holds)))
            return 0;
        name = other->name;
    }
    return name;
}

/* What of the open edges is one pair, whichever was taken. */
static bool add_open(struct flow *flow, struct opcode_tally *tally, uint64_t *unknown) {
    uint64_t open = 0, told = 0;
    for (size_t i = 0; i < flow->step_count; i++) {
        struct step *step = &flow->steps[i];
        const struct equation *out = &step->sides[OUT];
        uint32_t next = out->holds && out->open ? open_name(flow, step, OUT) : 0;
        step->told = next != 0;
        if (next && !opcode_tally_add(tally, step->name, next, out->rest))
            return false;
        if (!next && (out->open || !out->holds))
            open += out->rest;
    }
    for (size_t i = 0; i < flow->step_count; i++) {
        const struct equation *in = &flow->steps[i].sides[IN];
        uint32_t before = in->holds && in->open ? open_name(flow, &flow->steps[i], IN) : 0;
        if (before && !opcode_tally_add(tally, before, flow->steps[i].name, in->rest))
            return false;
        told += before ? in->rest : 0;
    }
    *unknown += open > told ? open - told : 0;
    return true;
}

static bool add_results(struct flow *flow, struct opcode_tally *tally, uint64_t *unknown) {
    for (size_t i = 0; i < flow->edge_count; i++) {
        const struct edge *edge = &flow->edges[i];
        uint32_t name = flow->steps[edge->ends[OUT]].name, next = flow->steps[edge->ends[IN]].name;
        if (edge->known && !edge->is_exit && !opcode_tally_add(tally, name, next, edge->count))
            return false;
    }
    return add_open(flow, tally, unknown);
}

static bool make_flow(struct flow *flow, size_t count) {
    flow->steps = malloc((count + 1) * sizeof *flow->steps);
    flow->edges = malloc(EDGES_PER_STEP * (count + 1) * sizeof *flow->edges);
    flow->queue = malloc(2 * (EDGES_PER_STEP + 1) * (count + 1) * sizeof *flow->queue);
    return flow->steps && flow->edges && flow->queue;
}

static void free_flow(struct flow *flow) {
    free(flow->steps);
    free(flow->edges);
    free(flow->queue);
}

static void add_graph(struct flow *flow, const struct model *model, const struct model_function *function) {
    flow->steps[0].sides[IN].holds = false;
    flow->steps[flow->step_count] = (struct step){
        .sides = {[IN] = {count_exits(flow), 0, has_ended(model)}}, .edges = {NO_EDGE, NO_EDGE}};
    for (size_t i = 0; i < flow->step_count; i++)
        add_edges(flow, i);
    for (size_t i = 0; i < flow->step_count; i++)
        add_exits(flow, model, function, i);
    if (flow->steps[0].edges[IN] != NO_EDGE)
        flow->steps[flow->step_count].sides[IN].holds = false;
}

static bool add_pairs(const struct model *model, uint32_t id, struct opcode_tally *tally, void *context) {
    const struct model_function *function = &model->functions[id];
    struct flow flow = {0};
    bool done = make_flow(&flow, function->instruction_row_count) && add_steps(&flow, model, function, tally);
    if (done && flow.step_count) {
        add_graph(&flow, model, function);
        solve(&flow, has_ended(model));
        done = add_results(&flow, tally, context);
    }
    free_flow(&flow);
    return done;
}

struct model_opcode *model_opcode_pairs(const struct model *model, uint32_t function, size_t *count, uint64_t *unknown) {
    struct opcode_tally tally = {0};
    uint64_t steps = 0;
    bool done = opcode_tally_functions(model, function, &tally, add_pairs, &steps);
    struct model_opcode *rows = done ? opcode_tally_rows(&tally, count) : NULL;
    opcode_tally_free(&tally);
    if (unknown)
        *unknown = steps;
    return rows;
}
