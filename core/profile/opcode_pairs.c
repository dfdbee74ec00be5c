/* opcode_pairs.c - how often one opcode came right behind another in the same activation.
 *
 * Nobody counts steps between instructions, but how often each instruction ran and how often an exception ended it. So a step is
 * an edge of the function's flow graph, and each instruction says two things: as often as it ran and did not raise, one of the
 * edges out of it was taken; and as often as it ran, one of those into it (where nothing but edges leads to it: not the first
 * instruction, handlers, and what a generator resumes at). An equation with one edge left in it gives that edge; one that comes to
 * nothing has no edge that was taken. Of straight-line code and most loops and branches nothing stays open. The method is that of
 * Knuth and Stevenson, "Optimal Measurement Points for Program Frequency Counts", BIT 13, 1973, the other way round. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/opcode_tally.h"

enum { EDGES_PER_STEP = 3, NO_EDGE = -1 };

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
};

struct edge {
    uint32_t ends[2]; /* the step it comes from, and the one it leads to: index OUT is the step that it is an edge out of */
    int32_t next[2];  /* of the same step on each side; NO_EDGE: none */
    uint64_t count;
    bool known;
};

struct flow {
    struct step *steps;
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

static void add_edge(struct flow *flow, size_t from, size_t to) {
    for (int32_t at = flow->steps[from].edges[OUT]; at != NO_EDGE; at = flow->edges[at].next[OUT])
        if (flow->edges[at].ends[IN] == to)
            return; /* a jump to where it goes anyway */
    int32_t number = (int32_t)flow->edge_count++;
    struct edge *edge = &flow->edges[number];
    *edge = (struct edge){.ends = {[OUT] = (uint32_t)from, [IN] = (uint32_t)to}};
    for (int side = OUT; side <= IN; side++) {
        struct step *step = &flow->steps[edge->ends[side]];
        edge->next[side] = step->edges[side];
        step->edges[side] = number;
        step->sides[side].open++;
    }
}

/* Where a loop ends, FOR_ITER goes to END_FOR or, as most kinds of iterators do, past it. */
static void add_jump(struct flow *flow, size_t from) {
    const struct model_instruction *row = flow->steps[from].row;
    size_t to = step_at(flow, row->jump_target);
    if (to == flow->step_count) {
        flow->steps[from].sides[OUT].holds = false;
        return;
    }
    add_edge(flow, from, to);
    if (strcmp(flow->steps[to].row->opname, "END_FOR") == 0 && to + 1 < flow->step_count)
        add_edge(flow, from, to + 1);
}

static void add_edges(struct flow *flow, size_t at) {
    const struct model_instruction *row = flow->steps[at].row;
    bool last = at + 1 == flow->step_count;
    if (suspends(row->opname) && !last)
        flow->steps[at + 1].sides[IN].holds = false;
    if (suspends(row->opname) || ends_activation(row->opname))
        return;
    if (!always_jumps(row->opname) && !last)
        add_edge(flow, at, at + 1);
    if (row->jump_target != MODEL_NO_OFFSET)
        add_jump(flow, at);
}

static void open_handlers(struct flow *flow, const struct model *model, const struct model_function *function) {
    for (uint32_t i = 0; i < function->handler_row_count; i++) {
        size_t to = step_at(flow, model->handlers[function->first_handler_row + i].target);
        if (to < flow->step_count)
            flow->steps[to].sides[IN].holds = false;
    }
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
        uint64_t raised = row->raised < row->count ? row->raised : row->count;
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

static void solve(struct flow *flow) {
    for (uint32_t step = 0; step < flow->step_count; step++)
        for (int side = OUT; side <= IN; side++)
            enqueue(flow, step, side);
    while (flow->queue_count)
        solve_equation(flow, flow->queue[--flow->queue_count]);
}

static bool add_results(const struct flow *flow, struct opcode_tally *tally, uint64_t *unknown) {
    for (size_t i = 0; i < flow->edge_count; i++) {
        const struct edge *edge = &flow->edges[i];
        uint32_t name = flow->steps[edge->ends[OUT]].name, next = flow->steps[edge->ends[IN]].name;
        if (edge->known && !opcode_tally_add(tally, name, next, edge->count))
            return false;
    }
    for (size_t i = 0; i < flow->step_count; i++)
        if (flow->steps[i].sides[OUT].open || !flow->steps[i].sides[OUT].holds)
            *unknown += flow->steps[i].sides[OUT].rest;
    return true;
}

static bool make_flow(struct flow *flow, size_t count) {
    flow->steps = malloc(count * sizeof *flow->steps);
    flow->edges = malloc(EDGES_PER_STEP * count * sizeof *flow->edges);
    flow->queue = malloc(2 * (EDGES_PER_STEP + 1) * count * sizeof *flow->queue);
    return flow->steps && flow->edges && flow->queue;
}

static void free_flow(struct flow *flow) {
    free(flow->steps);
    free(flow->edges);
    free(flow->queue);
}

static bool add_pairs(const struct model *model, uint32_t id, struct opcode_tally *tally, void *context) {
    const struct model_function *function = &model->functions[id];
    struct flow flow = {0};
    bool done = make_flow(&flow, function->instruction_row_count) && add_steps(&flow, model, function, tally);
    if (done && flow.step_count) {
        flow.steps[0].sides[IN].holds = false;
        for (size_t i = 0; i < flow.step_count; i++)
            add_edges(&flow, i);
        open_handlers(&flow, model, function);
        solve(&flow);
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
