#include "core/host/calibrate.h"

#include "core/host/python_version.h" /* Python.h comes before the headers of libc */

#include <stdlib.h>

#include "core/host/c_functions.h"
#include "core/host/place_probes.h"
#include "core/probe/profile_writer.h"
#include "core/probe/shadow_stack.h"
#include "pyprof/collectors.h"

/* A function is run in turns without probes and with them, so that a machine that is slower for a while is so for both. The first
 * turns, in which the interpreter specialises the code, do not count. */
enum { FIRST_TURNS = 6, TURNS = 16, TURNS_OF_SLOW_CLOCK = 6 };
enum {
    ROUNDS = SHADOW_WARM_UP - 1, /* in a run: all line stretches of it are timed ones */
    FEW_ROUNDS = 1,              /* in a run that tells what probes outside of rounds cost */
};

/* A program of two functions: `run` is given a range and `inner`. */
struct experiment {
    const char *source;
    bool in_inner;       /* whose probes are measured: inner's, else run's */
    bool c_calls, lines; /* of them */
    unsigned events;     /* in one round */
    bool leaves, blocks; /* of them, too */
};

static const char calls_source[] = "def inner(): pass\n"
                                   "def run(rounds, inner):\n"
                                   "    for i in rounds: inner(); inner(); inner(); inner()\n";
/* Functions that C calls have cheaper probes, those that do something dearer ones. */
static const char mixed_source[] = "def inner(value): return value + 1\n"
                                   "def run(rounds, inner, list=list, map=map, two=(1, 2)):\n"
                                   "    for i in rounds: a = inner(i); a = inner(a); list(map(inner, two))\n";
static const char lines_source[] = "def inner(): pass\n"
                                   "def run(rounds, inner):\n"
                                   "    for i in rounds:\n"
                                   "        a = i\n"
                                   "        b = a\n"
                                   "        a = b\n"
                                   "        b = i\n";
static const char builtins_source[] = "def inner(): pass\n"
                                      "def run(rounds, inner, abs=abs):\n"
                                      "    for i in rounds: abs(i); abs(i); abs(i); abs(i)\n";

static const char values_source[] = "def inner(rounds):\n"
                                    "    for i in rounds: yield i; yield i; yield i; yield i\n"
                                    "def run(rounds, inner):\n"
                                    "    for i in inner(rounds): pass\n";
/* A new exception each time: one that is raised again and again has a traceback that grows, and takes longer and longer. */
static const char errors_source[] = "def inner(error=ValueError): raise error\n"
                                    "def run(rounds, inner):\n"
                                    "    for i in rounds:\n"
                                    "        try: inner()\n"
                                    "        except ValueError: pass\n";

/* Each operand is a block; so are the head of the loop and its end. */
static const char blocks_source[] = "def inner(): pass\n"
                                    "def run(rounds, inner):\n"
                                    "    for i in rounds: a = inner and inner and inner and inner and inner\n";

static PyObject *function_with(PyObject *function, PyCodeObject *code) {
    PyObject *copy = PyFunction_New((PyObject *)code, PyFunction_GET_GLOBALS(function));
    if (copy && PyFunction_SetDefaults(copy, PyFunction_GET_DEFAULTS(function) ? PyFunction_GET_DEFAULTS(function) : Py_None) < 0)
        Py_CLEAR(copy);
    return copy;
}

/* The same function with probes. Its row is that of the program itself, which has none. */
static PyObject *with_probes(PyObject *function, const struct experiment *experiment) {
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    struct probe_wishes wishes = {.code = 0, .c_calls = experiment->c_calls, .lines = experiment->lines,
                                  .leaves = experiment->leaves, .blocks = experiment->blocks};
    struct offset_map *map = NULL;
    PyCodeObject *probed = place_probes(code, code->co_consts, wishes, &map);
    free(map);
    PyObject *copy = probed ? function_with(function, probed) : NULL;
    Py_XDECREF(probed);
    return copy;
}

/* The functions of an experiment. Owned. */
struct functions {
    PyObject *run, *inner;
};

/* What is run in turns. Both have functions of their own, as the interpreter specialises a call for the function that it calls. */
struct pair {
    struct functions plain, probed;
    void (*before)(struct arena_thread *); /* prepares the scratch thread for a run with probes, or NULL */
};

/* false: it failed. */
static bool time_run(const struct functions *functions, PyObject *rounds, int64_t *ticks) {
    uint64_t start = clock_ticks(profile_clock_kind);
    PyObject *result = PyObject_CallFunctionObjArgs(functions->run, rounds, functions->inner, NULL);
    *ticks = (int64_t)(clock_ticks(profile_clock_kind) - start);
    Py_XDECREF(result);
    return result != NULL;
}

/* Ticks that ROUNDS take longer than FEW_ROUNDS. false: a run failed. */
static bool take_turn(const struct pair *pair, PyObject *few_rounds, PyObject *rounds, int64_t *plain, int64_t *probed) {
    int64_t few_plain, few_probed;
    if (!time_run(&pair->plain, rounds, plain) || !time_run(&pair->plain, few_rounds, &few_plain))
        return false;
    if (pair->before)
        pair->before(profile_current_thread);
    if (!time_run(&pair->probed, rounds, probed))
        return false;
    if (pair->before)
        pair->before(profile_current_thread);
    if (!time_run(&pair->probed, few_rounds, &few_probed))
        return false;
    *plain -= few_plain;
    *probed -= few_probed;
    return true;
}

static int compare_ticks(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The mean of the faster half, as what disturbs makes slower, but for the fastest, which may owe that to what stood before it. */
static int64_t typical(int64_t *ticks, int count) {
    qsort(ticks, (size_t)count, sizeof *ticks, compare_ticks);
    int64_t sum = 0;
    for (int i = 1; i <= count / 2; i++)
        sum += ticks[i];
    return sum / (count / 2);
}

/* Ticks that probes take in ROUNDS - FEW_ROUNDS rounds; 0 where that cannot be told. */
static uint64_t ticks_of_probes(const struct pair *pair) {
    int count = profile_clock_kind == SHADOW_FAST_CLOCK ? TURNS : TURNS_OF_SLOW_CLOCK, turn = -FIRST_TURNS;
    int64_t plain[TURNS], probed[TURNS];
    PyObject *few_rounds = PyObject_CallFunction((PyObject *)&PyRange_Type, "i", FEW_ROUNDS);
    PyObject *rounds = PyObject_CallFunction((PyObject *)&PyRange_Type, "i", ROUNDS);
    for (; few_rounds && rounds && turn < count; turn++) {
        int at = turn > 0 ? turn : 0;
        if (!take_turn(pair, few_rounds, rounds, &plain[at], &probed[at]))
            break;
    }
    Py_XDECREF(rounds);
    Py_XDECREF(few_rounds);
    int64_t taken = turn == count ? typical(probed, count) - typical(plain, count) : 0;
    return taken > 0 ? (uint64_t)taken : 0;
}

/* Defines the functions of a source. */
static bool define(const char *source, struct functions *functions) {
    PyObject *space = PyDict_New();
    PyObject *code = space ? Py_CompileString(source, "<calibration>", Py_file_input) : NULL;
    PyObject *done = NULL;
    if (code && PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins()) == 0)
        done = PyEval_EvalCode(code, space, space);
    functions->run = done ? Py_XNewRef(PyDict_GetItemString(space, "run")) : NULL;
    functions->inner = done ? Py_XNewRef(PyDict_GetItemString(space, "inner")) : NULL;
    Py_XDECREF(done);
    Py_XDECREF(code);
    Py_XDECREF(space);
    return functions->run && functions->inner;
}

/* Their namespace goes first, which only the garbage collector could take away otherwise. */
static void drop(struct functions *functions) {
    if (functions->run)
        PyDict_Clear(PyFunction_GET_GLOBALS(functions->run));
    Py_XDECREF(functions->run);
    Py_XDECREF(functions->inner);
}

static bool define_probed(const struct experiment *experiment, struct functions *functions) {
    PyObject **where = experiment->in_inner ? &functions->inner : &functions->run;
    PyObject *probed = define(experiment->source, functions) ? with_probes(*where, experiment) : NULL;
    if (probed)
        Py_SETREF(*where, probed);
    return probed != NULL;
}

/* Ticks that one event of the experiment costs; 0 where that cannot be told. */
static uint64_t cost_of(const struct experiment *experiment, void (*before)(struct arena_thread *)) {
    struct pair pair = {.before = before};
    uint64_t ticks = 0;
    if (profile_begin_scratch()) {
        if (define(experiment->source, &pair.plain) && define_probed(experiment, &pair.probed))
            ticks = ticks_of_probes(&pair);
        profile_end_scratch();
    }
    drop(&pair.plain);
    drop(&pair.probed);
    PyErr_Clear();
    return ticks / (experiment->events * (ROUNDS - FEW_ROUNDS));
}

/* --- the scratch thread's state ------------------------------------------------------------------------------- */

enum { CELLS = 64 }; /* more than any of the sources has lines */

static void time_all_lines(struct arena_thread *thread) {
    for (int i = 1; i < CELLS; i++)
        thread->lines[i].wait = thread->lines[i].timed = 0;
}

static void time_no_line(struct arena_thread *thread) {
    for (int i = 1; i < CELLS; i++)
        thread->lines[i].wait = UINT32_MAX;
}

/* The root stands for a function that calls itself. */
static void make_recursive(struct arena_thread *thread) {
    time_no_line(thread);
    const struct arena_code *code = profile_code(0);
    thread->nodes[1] = (struct arena_node){.folded_to = 1};
    thread->top->node = thread->top->position = 1;
    thread->top->charged_cell = code->line_cell_count ? code->first_line_cell + code->line_cell_count : 0;
}

/* It has been a leaf for long: only some activations are timed. */
static void make_leaf(struct arena_thread *thread) {
    thread->nodes[0].quiet = SHADOW_WARM_UP;
    thread->nodes[0].wait = 1;
}

/* Ticks of finding a node that is remembered of the times before the last one. */
static uint64_t cost_of_recall(void) {
    struct shadow_cache cache = {0};
    uint64_t least = UINT64_MAX;
    if (!profile_begin_scratch())
        return 0;
    for (int i = 0; i < TURNS; i++) {
        uint64_t start = clock_ticks(profile_clock_kind);
        for (uint32_t k = 0; k < ROUNDS; k++) {
            profile_current_thread->top->position = 1 + k % 3;
            shadow_find_node(&cache, 0);
        }
        uint64_t ticks = clock_ticks(profile_clock_kind) - start;
        least = ticks < least ? ticks : least;
    }
    profile_end_scratch();
    return least / ROUNDS;
}

/* --- all of it --------------------------------------------------------------------------------------------- */

static uint64_t less(uint64_t value, uint64_t taken) { return value > taken ? value - taken : 0; }

/* What untimed events cost, of a mean over all: one in SHADOW_MEAN_GAP + 0.5 is timed. */
static uint64_t without_timed(uint64_t mean, uint64_t timed) {
    return less(mean * (2 * SHADOW_MEAN_GAP + 1), 2 * timed) / (2 * SHADOW_MEAN_GAP - 1);
}

static struct arena_probe_cost measure_costs(bool lines) {
    struct experiment function = {mixed_source, true, false, lines, 8, false, false};
    struct experiment repeated = {calls_source, true, false, lines, 8, false, false};
    struct experiment leaf = {calls_source, true, false, false, 8, true, false};
    struct experiment generator = {values_source, true, false, lines, 8, false, false};
    struct experiment error = {errors_source, true, false, lines, 2, false, false};
    struct experiment line = {lines_source, false, false, true, 5, false, false};
    struct experiment c_call = {builtins_source, false, true, false, 8, false, false};
    struct experiment other_call = {calls_source, false, true, false, 4, false, false}; /* no CALL_END runs */
    struct experiment block = {blocks_source, false, false, false, 7, false, true};
    struct arena_probe_cost cost = {
        .function = cost_of(&function, lines ? time_no_line : NULL),
        .function_untimed = cost_of(&repeated, make_recursive),
        .call_other = cost_of(&other_call, NULL),
    };
    cost.generator = cost_of(&generator, lines ? time_no_line : NULL);
    cost.generator_untimed = cost_of(&generator, make_recursive);
    if (!lines)
        cost.leaf_untimed = without_timed(cost_of(&leaf, make_leaf), cost.function);
    /* An exception passes the probe at the beginning, too. */
    cost.unwind = less(2 * cost_of(&error, lines ? time_no_line : NULL), cost.function);
    cost.recall = cost_of_recall();
    if (lines) {
        cost.line = cost_of(&line, time_all_lines);
        cost.line_untimed = cost_of(&line, time_no_line);
        /* Of the two probes of such an activation the first comes to a line, too. */
        cost.function_untimed = less(cost.function_untimed, cost.line_untimed / 2);
        cost.generator_untimed = less(cost.generator_untimed, cost.line_untimed / 2);
    }
    if (profile_header()->collectors & COLLECTOR_BYTECODE)
        cost.block = cost_of(&block, NULL);
    c_function_pretend(&(struct c_function){.code = 1});
    cost.call = cost_of(&c_call, NULL);
    c_function_pretend(&(struct c_function){.code = 1, .constant_time = true});
    cost.call_untimed = without_timed(cost_of(&c_call, NULL), cost.call);
    c_function_pretend(NULL);
    return cost;
}

void calibrate_probes(void) {
    if (profile_clock_kind == ARENA_CLOCK_NONE)
        return;
    struct arena_probe_cost cost = measure_costs(profile_header()->collectors & COLLECTOR_LINE);
    profile_probe_cost = profile_header()->probe_cost = cost;
}
