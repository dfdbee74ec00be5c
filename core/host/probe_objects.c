#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/probe_objects.h"

#include "core/host/c_functions.h"
#include "core/probe/block_counters.h"
#include "core/probe/shadow_stack.h"
#include "pyprof/collectors.h"

/* Of most kinds a probe ends behind `place`: see remembers_calls. */
struct probe {
    PyObject_HEAD
    struct probe_place place;
    uint64_t counter;          /* ENTER*, RESUME: as in struct block_probe; 0: none */
    struct shadow_cache cache; /* ENTER*, RESUME: where this function was entered from last; CALL: what was called */
    const PyMethodDef *callee; /* CALL: what `cache`, `thinning` and `callee_code` are about */
    struct shadow_thinning thinning;
    uint32_t callee_code;
    struct python_sleeping sleeping_end; /* CALL: the CALL_END of this site */
};

#define PROBE(self) ((struct probe *)(self))

struct block_probe {
    PyObject_HEAD
    uint64_t counter; /* where it lies in each thread's segment */
};

struct exit_probe {
    PyObject_HEAD
    uint32_t offset_slot;
    struct exit_map *map; /* owned; NULL: not yet */
};

SHADOW_INLINE uint64_t frame_identity(void) { return (uint64_t)(uintptr_t)python_current_frame(); }

/* --- what the kinds do -------------------------------------------------------------------------------------- */

/* A call starts its first line's statement where no probe of that line follows; a resume starts none. */
SHADOW_INLINE void run_enter(struct probe *probe, uint64_t calls, uint64_t identity, uint64_t cost, enum arena_clock_kind clock,
                             bool lines) {
    struct shadow_lines_place place = {probe->place.line_cell, probe->place.untimed_cell, probe->place.line_cell ? calls : 0};
    if (probe->counter)
        block_enter(probe->counter, ARENA_CLOCK_NONE); /* next to nothing of its own */
    shadow_enter(&probe->cache, probe->place.code, calls, identity, place, cost, clock, lines);
}

SHADOW_INLINE void run_leave(struct probe *probe, uint64_t cost, enum arena_clock_kind clock, bool lines) {
    shadow_leave(probe->place.code, probe->place.untimed_cell, cost, clock, lines);
}

SHADOW_INLINE void run_leave_leaf(struct probe *probe, uint64_t cost, enum arena_clock_kind clock, bool lines) {
    if (lines || clock == ARENA_CLOCK_NONE)
        run_leave(probe, cost, clock, lines);
    else
        shadow_leave_leaf(probe->place.code, cost, clock);
}

SHADOW_INLINE void run_line(struct probe *probe, uint64_t hits) {
    shadow_line(probe->place.code, probe->place.line_cell, probe->place.untimed_cell, hits);
}

static void run_handler(struct probe *probe) {
    struct arena_thread *thread = profile_current_thread;
    if (thread->top->code != probe->place.code)
        shadow_expose(thread, probe->place.code);
}

/* A generator may have been resumed by throwing into it, which passes no probe. */
static void run_handler_generator(struct probe *probe, bool lines) {
    uint64_t frame = frame_identity();
    struct shadow_lines_place place = {.untimed_cell = probe->place.untimed_cell};
    if (!shadow_expose_frame(profile_current_thread, frame))
        shadow_enter(&probe->cache, probe->place.code, 0, frame, place, profile_probe_cost.generator, profile_clock_kind, lines);
}

static void run_unwind_generator(struct probe *probe, bool lines) {
    if (shadow_expose_frame(profile_current_thread, frame_identity()))
        shadow_leave_slowly(probe->place.code, probe->place.untimed_cell, lines);
}

SHADOW_INLINE void run_block(PyObject *self, enum arena_clock_kind clock) {
    block_enter(((struct block_probe *)self)->counter, clock);
}

static void run_exit(PyObject *self, bool at_resume) {
    const struct exit_probe *probe = (struct exit_probe *)self;
    python_frame *frame = python_current_frame();
    exit_map_count(probe->map, frame, python_frame_number(frame, probe->offset_slot), at_resume);
}

/* The site calls another C function than the last time. */
static bool find_callee(struct probe *probe, const PyMethodDef *method, PyObject *callable) {
    struct c_function callee = c_function_find(method, callable);
    if (!callee.code)
        return false;
    if (probe->sleeping_end.opcode) {
        python_wake(python_frame_code(python_current_frame()), probe->sleeping_end);
        probe->sleeping_end.opcode = 0;
    }
    probe->callee = method;
    probe->callee_code = callee.code;
    probe->cache.thread = NULL;
    probe->thinning = (struct shadow_thinning){.allowed = callee.constant_time, .warm_up = SHADOW_WARM_UP};
    return true;
}

static __attribute__((noinline)) void call_new_callee(struct probe *probe, const PyMethodDef *method, PyObject *callable) {
    if (find_callee(probe, method, callable))
        shadow_call_c_slowly(&probe->cache, &probe->thinning, probe->callee_code);
}

SHADOW_INLINE void run_call(struct probe *probe, enum arena_clock_kind clock) {
    const python_frame *frame = python_current_frame();
    PyObject *callable = python_frame_slot(frame, probe->place.stack_slot);
    if (!callable)
        callable = python_frame_slot(frame, probe->place.stack_slot + 1);
    const PyMethodDef *method = c_function_method(&callable);
    if (!method) {
        profile_current_thread->own_ticks += profile_probe_cost.call_other;
        return;
    }
    if (SHADOW_UNLIKELY(probe->callee != method))
        call_new_callee(probe, method, callable);
    else
        shadow_call_c(&probe->cache, &probe->thinning, probe->callee_code, clock);
}

/* --- what the interpreter calls --------------------------------------------------------------------------- */

#define SLOT(name, clock_name, lines_name, action)                                                 \
    static python_probe_result name##_##clock_name##_##lines_name(PYTHON_PROBE_PARAMETERS(self)) { \
        struct probe *probe = PROBE(self);                                                         \
        (void)probe;                                                                               \
        action;                                                                                    \
        return python_probe_done;                                                                  \
    }

#define COST(kind) profile_probe_cost.kind

/* The slots of all kinds, for one clock, with or without lines. */
#define SLOTS(clock_name, clock, lines_name, lines)                                                                   \
    SLOT(enter, clock_name, lines_name, run_enter(probe, 1, 0, COST(function), clock, lines))                         \
    SLOT(enter_generator, clock_name, lines_name, run_enter(probe, 1, frame_identity(), COST(generator), clock, lines)) \
    SLOT(resume, clock_name, lines_name, run_enter(probe, 0, frame_identity(), COST(generator), clock, lines))        \
    SLOT(leave, clock_name, lines_name, run_leave(probe, COST(function), clock, lines))                               \
    SLOT(leave_leaf, clock_name, lines_name, run_leave_leaf(probe, COST(function), clock, lines))                     \
    SLOT(leave_generator, clock_name, lines_name, run_leave(probe, COST(generator), clock, lines))                    \
    SLOT(unwind, clock_name, lines_name, run_leave(probe, COST(unwind), clock, lines))                                \
    SLOT(handler, clock_name, lines_name, run_handler(probe))                                                    \
    SLOT(handler_generator, clock_name, lines_name, run_handler_generator(probe, lines))                         \
    SLOT(unwind_generator, clock_name, lines_name, run_unwind_generator(probe, lines))                           \
    SLOT(line_hit, clock_name, lines_name, run_line(probe, 1))                                                    \
    SLOT(line_switch, clock_name, lines_name, run_line(probe, 0))                                                 \
    SLOT(call, clock_name, lines_name, run_call(probe, clock))                                                   \
    SLOT(call_end, clock_name, lines_name, shadow_return_c(clock))                                               \
    SLOT(block, clock_name, lines_name, run_block(self, clock))                                                  \
    SLOT(exit, clock_name, lines_name, run_exit(self, false))                                                    \
    SLOT(exit_resume, clock_name, lines_name, run_exit(self, true))                                              \
    static const python_probe_function slots_##clock_name##_##lines_name[PROBE_KIND_COUNT] = {                            \
        [PROBE_ENTER] = enter_##clock_name##_##lines_name,                                                       \
        [PROBE_LEAVE] = leave_##clock_name##_##lines_name,                                                       \
        [PROBE_LEAVE_LEAF] = leave_leaf_##clock_name##_##lines_name,                                             \
        [PROBE_LEAVE_GENERATOR] = leave_generator_##clock_name##_##lines_name,                                   \
        [PROBE_UNWIND] = unwind_##clock_name##_##lines_name,                                                     \
        [PROBE_HANDLER] = handler_##clock_name##_##lines_name,                                                   \
        [PROBE_ENTER_GENERATOR] = enter_generator_##clock_name##_##lines_name,                                   \
        [PROBE_RESUME] = resume_##clock_name##_##lines_name,                                                     \
        [PROBE_UNWIND_GENERATOR] = unwind_generator_##clock_name##_##lines_name,                                 \
        [PROBE_HANDLER_GENERATOR] = handler_generator_##clock_name##_##lines_name,                               \
        [PROBE_LINE_HIT] = line_hit_##clock_name##_##lines_name,                                                 \
        [PROBE_LINE_SWITCH] = line_switch_##clock_name##_##lines_name,                                           \
        [PROBE_CALL] = call_##clock_name##_##lines_name,                                                         \
        [PROBE_CALL_END] = call_end_##clock_name##_##lines_name,                                                 \
        [PROBE_BLOCK] = block_##clock_name##_##lines_name,                                                       \
        [PROBE_EXIT] = exit_##clock_name##_##lines_name,                                                         \
        [PROBE_EXIT_RESUME] = exit_resume_##clock_name##_##lines_name,                                           \
    };

SLOTS(fast, SHADOW_FAST_CLOCK, plain, false)
SLOTS(fast, SHADOW_FAST_CLOCK, lines, true)
SLOTS(slow, ARENA_CLOCK_MONOTONIC, plain, false)
SLOTS(slow, ARENA_CLOCK_MONOTONIC, lines, true)
SLOTS(cpu, ARENA_CLOCK_THREAD_CPU, plain, false)
SLOTS(cpu, ARENA_CLOCK_THREAD_CPU, lines, true)
SLOTS(no, ARENA_CLOCK_NONE, plain, false)
SLOTS(still, ARENA_CLOCK_STILL, plain, false)

/* What probes do that are left over in activations which began before their collector was switched off. What was counted when it
 * was entered is popped as ever; what is entered now (a generator that was made before) is pushed, and no call. */
SLOT(enter, still, uncounted, run_enter(probe, 0, 0, 0, ARENA_CLOCK_STILL, false))
SLOT(enter_generator, still, uncounted, run_enter(probe, 0, frame_identity(), 0, ARENA_CLOCK_STILL, false))
SLOT(nothing, at, all, )

static const python_probe_function *choose_slots(bool lines) {
    if (profile_clock_kind == ARENA_CLOCK_NONE)
        return slots_no_plain;
    if (profile_clock_kind == ARENA_CLOCK_STILL)
        return slots_still_plain;
    if (profile_clock_kind == ARENA_CLOCK_THREAD_CPU)
        return lines ? slots_cpu_lines : slots_cpu_plain;
    if (profile_clock_kind == SHADOW_FAST_CLOCK)
        return lines ? slots_fast_lines : slots_fast_plain;
    return lines ? slots_slow_lines : slots_slow_plain;
}

/* --- types ------------------------------------------------------------------------------------------------ */

/* For pickle and copy: a probe is as good as an iterator over nothing. */
static PyObject *reduce(PyObject *self, PyObject *arguments) {
    (void)self;
    (void)arguments;
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *iterate = builtins ? PyObject_GetAttrString(builtins, "iter") : NULL;
    Py_XDECREF(builtins);
    return iterate ? Py_BuildValue("(N(()))", iterate) : NULL;
}

static PyMethodDef methods[] = {
    {"__reduce_ex__", (PyCFunction)reduce, METH_VARARGS, NULL},
    {"__reduce__", (PyCFunction)reduce, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *represent(PyObject *self) {
    (void)self;
    return PyUnicode_FromString("<probe>");
}

static PyTypeObject types[PROBE_KIND_COUNT];

static bool is_exit(PyObject *probe) {
    return Py_TYPE(probe) == &types[PROBE_EXIT] || Py_TYPE(probe) == &types[PROBE_EXIT_RESUME];
}

static void probe_free(PyObject *self) {
    if (is_exit(self))
        exit_map_release(((struct exit_probe *)self)->map);
    PyObject_Free(self);
}

/* Enters functions, or calls them. */
static bool remembers_calls(int kind) {
    return kind == PROBE_ENTER || kind == PROBE_ENTER_GENERATOR || kind == PROBE_RESUME || kind == PROBE_HANDLER_GENERATOR ||
           kind == PROBE_CALL;
}

static Py_ssize_t probe_size(int kind) {
    return kind == PROBE_BLOCK                               ? sizeof(struct block_probe)
           : kind == PROBE_EXIT || kind == PROBE_EXIT_RESUME ? sizeof(struct exit_probe)
           : remembers_calls(kind)                           ? sizeof(struct probe)
                                                             : offsetof(struct probe, counter);
}

bool probe_types_prepare(bool lines) {
    const python_probe_function *slots = choose_slots(lines);
    for (int kind = 0; kind < PROBE_KIND_COUNT; kind++) {
        types[kind] = (PyTypeObject){
            PyVarObject_HEAD_INIT(NULL, 0).tp_name = "probe",
            .tp_basicsize = probe_size(kind),
            .tp_dealloc = probe_free,
            .tp_repr = represent,
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
            .tp_methods = methods,
        };
        python_set_probe_function(&types[kind], slots[kind]);
        if (PyType_Ready(&types[kind]) < 0)
            return false;
    }
    return true;
}

void probe_types_switch(uint32_t before, uint32_t now) {
    const python_probe_function *slots = choose_slots(now & COLLECTOR_LINE);
    uint32_t off = before & ~now;
    for (int kind = 0; kind < PROBE_KIND_COUNT; kind++)
        python_set_probe_function(&types[kind], slots[kind]);
    if (off & COLLECTOR_LINE) {
        python_set_probe_function(&types[PROBE_LINE_HIT], nothing_at_all);
        python_set_probe_function(&types[PROBE_LINE_SWITCH], nothing_at_all);
    }
    if (off & COLLECTOR_FUNCTION)
        python_set_probe_function(&types[PROBE_CALL], nothing_at_all);
    if (!now) {
        python_set_probe_function(&types[PROBE_ENTER], enter_still_uncounted);
        python_set_probe_function(&types[PROBE_ENTER_GENERATOR], enter_generator_still_uncounted);
    }
}

static PyObject *exit_probe_new(enum probe_kind kind, struct probe_place place) {
    struct exit_probe *probe = PyObject_New(struct exit_probe, &types[kind]);
    if (!probe)
        return NULL;
    probe->offset_slot = place.stack_slot;
    probe->map = NULL;
    return (PyObject *)probe;
}

static PyObject *block_probe_new(struct probe_place place) {
    struct block_probe *probe = PyObject_New(struct block_probe, &types[PROBE_BLOCK]);
    if (probe)
        probe->counter = block_counter_offset(place.block);
    return (PyObject *)probe;
}

PyObject *probe_new(enum probe_kind kind, struct probe_place place) {
    if (kind == PROBE_BLOCK)
        return block_probe_new(place);
    if (kind == PROBE_EXIT || kind == PROBE_EXIT_RESUME)
        return exit_probe_new(kind, place);
    struct probe *probe = PyObject_New(struct probe, &types[kind]);
    if (!probe)
        return NULL;
    probe->place = place;
    if (!remembers_calls((int)kind))
        return (PyObject *)probe;
    probe->counter = place.block ? block_counter_offset(place.block) : 0;
    probe->cache = (struct shadow_cache){0};
    probe->callee = NULL;
    probe->thinning = (struct shadow_thinning){0};
    probe->callee_code = 0;
    probe->sleeping_end = (struct python_sleeping){0};
    return (PyObject *)probe;
}

void probe_set_sleeping_end(PyObject *probe, struct python_sleeping end) { PROBE(probe)->sleeping_end = end; }

void probe_set_exits(PyObject *probe, struct exit_map *map) {
    if (is_exit(probe))
        ((struct exit_probe *)probe)->map = exit_map_share(map);
}

bool probe_check(PyObject *value) { return Py_TYPE(value) >= &types[0] && Py_TYPE(value) < &types[PROBE_KIND_COUNT]; }
