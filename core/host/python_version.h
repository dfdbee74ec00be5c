/* python_version.h - everything that differs between versions of CPython. Nothing else in the project tests a version.
 *
 * To add a version: give it its rows in the table of python_version.c and its frame below, then run the host tests with it.
 * Sources of the facts: CPython's Python/bytecodes.c (3.11: Python/ceval.c), Python/codegen.c (before: Python/compile.c),
 * Objects/codeobject.c, Include/internal/pycore_frame.h, pycore_interpframe_structs.h, pycore_opcode_metadata.h. What is
 * used of the interpreter is what its executable exports. */
#ifndef PYPROF_HOST_PYTHON_VERSION_H
#define PYPROF_HOST_PYTHON_VERSION_H

/* Who looks into the interpreter's frames defines PYPROF_INTERPRETER_FRAMES first. */
#if defined(PYPROF_INTERPRETER_FRAMES) && !defined(Py_BUILD_CORE)
#define Py_BUILD_CORE 1
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>

#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x03100000
#error "this CPython version is not known (3.11 to 3.15 are): add its rows to core/host/python_version.c and its frame below"
#endif
#ifdef Py_GIL_DISABLED
#error "free-threaded builds of CPython are not supported: the engine counts under the interpreter lock; use the usual build"
#endif
#ifdef Py_DEBUG
#error "debug builds of CPython (--with-pydebug) are not supported: their objects are laid out otherwise; use a release build"
#endif

/* The running interpreter has the bytecode that this was compiled for; alphas and betas of a version have not. */
bool python_bytecode_matches(void);

/* JUMP_MARK_BACKWARDS: names an earlier instruction by its distance, but control never goes there. */
enum jump_kind { JUMP_NONE, JUMP_FORWARDS, JUMP_BACKWARDS, JUMP_MARK_BACKWARDS };

/* Code units of inline cache behind an instruction. */
unsigned python_cache_units(uint8_t opcode);
enum jump_kind python_jump_kind(uint8_t opcode);
/* A jump that is always taken. */
bool python_jumps_always(uint8_t opcode);
/* A loop's jump back to its head, as opposed to one that waits in the same place (`yield from`). */
bool python_is_loop_jump(uint8_t opcode);
/* From 3.12 on a comprehension, from 3.14 on a call of all() and the like, is a loop inside its function. The two instructions
 * in front of such a loop's head; a loop of a statement has others. */
bool python_enters_expression_loop(uint8_t last, uint8_t before_last);
/* Control never reaches the next instruction. */
bool python_ends_block(uint8_t opcode);
/* Change of stack depth. */
int python_stack_effect(uint8_t opcode, uint32_t oparg, bool jumps);

/* Roles that instructions play for the placing of probes. */
bool python_is_function_start(uint8_t opcode, uint32_t oparg); /* RESUME of a function's first entry */
bool python_is_resume(uint8_t opcode, uint32_t oparg);         /* RESUME behind a yield or await */
bool python_makes_generator(uint8_t opcode);
bool python_returns(uint8_t opcode);
bool python_yields(uint8_t opcode);
bool python_discards_top(uint8_t opcode);
/* Nothing may stand between `before` and this instruction: the interpreter jumps past it, or looks at one from the other. */
bool python_sticks_to(uint8_t opcode, uint8_t before);
/* The instruction completes a call; *slots is how many stack entries the callable lies below the top, the upper one of the
 * pair (method or NULL, self or callable). */
bool python_is_call(uint8_t opcode, uint32_t oparg, unsigned *slots);
/* How many instructions such a call is made of, the one above being the first. */
uint32_t python_call_length(uint8_t opcode);
/* `yield from` and await: hands a value to the inner iterator; the yield stands directly behind it, and throwing into the
 * generator reads the distance to the exit from the instruction in front of the yield (Objects/genobject.c, _gen_throw). */
bool python_delegates(uint8_t opcode);
/* An instruction that must stay directly in front of a call of the same statement. */
bool python_belongs_to_call(uint8_t opcode);
bool python_begins_handler(uint8_t opcode);

/* Roles for telling where statements start. */
/* Computes a value inside a statement: its place in the source spans lines of that statement alone. (What enters and leaves
 * `with`, loops and `try` bears the place of the whole statement, its body included.) */
bool python_is_expression(uint8_t opcode, uint32_t oparg);
/* Takes the finished value of an expression to where the statement wants it. */
bool python_takes_value(uint8_t opcode);
/* Which entry of the stack, 1 being the top, is the value that is stored into an object; 0: it stores none. */
unsigned python_stored_value(uint8_t opcode);
/* Asks whether an exception group is meant by `except*`. */
bool python_matches_group(uint8_t opcode);
/* Takes nothing off the stack, as what begins the evaluation of a statement does. */
bool python_takes_nothing(uint8_t opcode, uint32_t oparg);
bool python_loads_constant(uint8_t opcode);
/* Returns a constant of its own, without the stack. */
bool python_returns_constant(uint8_t opcode);
bool python_is_nop(uint8_t opcode);
/* Puts the stack right inside a statement, or goes on with an exception: bears the line of what stood before. */
bool python_is_clean_up(uint8_t opcode);
bool python_ends_handler(uint8_t opcode);
bool python_swaps(uint8_t opcode);

/* Instructions that are written, not only read. */
extern const uint8_t python_extended_arg, python_reraise, python_jump_forward;

/* A probe in place: the instructions that run the probe object of a constant and leave the stack as it was. 3.11:
 *     LOAD_CONST probe; FOR_ITER behind; RERAISE; behind:
 * The probe is an iterator that is always at its end: the interpreter calls its tp_iternext slot directly, takes it off the
 * stack and jumps. The RERAISE never runs; it tells who works out stack depths (setting f_lineno: Objects/frameobject.c,
 * mark_stacks) that control does not go on with an item on the stack. In front of a yield that delegates a NOP follows, whose
 * operand, of no meaning to the interpreter, is the distance that throwing looks for there. From 3.12 on, where FOR_ITER leads
 * to an END_FOR and is an event to sys.monitoring:
 *     LOAD_CONST probe; DELETE_ATTR 0
 * The probe's tp_setattro slot is called; which name it is given does not matter, but there must be one. In 3.14 the LOAD_CONST is
 * the form that it takes for what is never freed, as the reference need not be counted: the code outlives it. */
struct probe_instruction {
    uint8_t opcode;
    uint8_t jump; /* 0: no jump; else which of enum probe_jump */
    uint32_t oparg;
};
enum probe_jump { PROBE_JUMP_BEHIND = 1, PROBE_JUMP_EXIT = 2 };
enum { PYTHON_PROBE_LENGTH = 4, PYTHON_PROBE_BEHIND = PY_VERSION_HEX < 0x030C0000 ? 3 : 2 };
/* Fills at most PYTHON_PROBE_LENGTH instructions; returns how many. */
int python_probe_instructions(uint32_t constant_index, bool delegates, struct probe_instruction sequence[PYTHON_PROBE_LENGTH]);

/* A probe that sleeps: a jump over it stands in place of its first unit, until that is put back. */
struct python_sleeping {
    uint32_t unit;         /* of the code */
    uint8_t opcode, oparg; /* what was there; opcode 0: nothing sleeps */
};
/* Puts the probe in `count` units of bytecode, from `unit` on, to sleep. */
struct python_sleeping python_put_to_sleep(uint8_t *bytecode, uint32_t unit, uint32_t count);
/* In code that may be running. */
void python_wake(PyCodeObject *code, struct python_sleeping sleeping);

/* What those instructions call. It returns python_probe_done: without an exception, the iterator's end or success. */
#if PY_VERSION_HEX < 0x030C0000
typedef PyObject *python_probe_result;
typedef python_probe_result (*python_probe_function)(PyObject *probe);
#define PYTHON_PROBE_PARAMETERS(probe) PyObject *probe
#else
typedef int python_probe_result;
typedef python_probe_result (*python_probe_function)(PyObject *probe, PyObject *name, PyObject *value);
#define PYTHON_PROBE_PARAMETERS(probe) PyObject *probe, PyObject *Py_UNUSED(name), PyObject *Py_UNUSED(value)
#endif
static const python_probe_result python_probe_done = 0;
/* Makes `run` what they call of objects of a type that is not ready yet. */
void python_set_probe_function(PyTypeObject *type, python_probe_function run);

/* A new code object like `original` with these parts; all are borrowed. NULL with an exception set. */
PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table);
/* New references. */
PyObject *python_code_bytecode(PyCodeObject *code);
PyObject *python_code_line_table(PyCodeObject *code);
PyObject *python_code_exception_table(PyCodeObject *code);
int python_code_local_slots(PyCodeObject *code);
int python_code_stack_size(PyCodeObject *code);
int python_probed_stack_size(PyCodeObject *code); /* of the code with probes in it */

/* Whether the main interpreter runs on this thread. Code of others is left alone: they may have a lock of their own. */
bool python_in_main_interpreter(void);

/* What a generator, coroutine or asynchronous generator runs; a new reference. */
PyCodeObject *python_generator_code(PyObject *generator);

/* The dictionary of a builtin type's attributes; borrowed. Who changes it calls PyType_Modified. */
PyObject *python_type_attributes(PyTypeObject *type);

/* How many objects there are more than at the last collection, which decides when the next one begins; a place in the main
 * interpreter. NULL where python_find_collector_count has not found it: its place in the interpreter is no public one. */
int *python_collector_count(void);
void python_find_collector_count(void);

/* The exception that is being raised, taken away and put back; NULL members where there is none. */
struct python_exception {
    PyObject *type, *value, *traceback;
};
struct python_exception python_take_exception(void);
void python_put_exception(struct python_exception exception);

/* Replaces a function's code, keeping its version counters right. */
void python_function_set_code(PyObject *function, PyCodeObject *code);

/* --- shells: code objects whose body comes later (lazy_code.h) ------------------------------------------------- */

/* How much may be put into a shell. */
struct python_room {
    uint32_t units;     /* code units */
    uint32_t constants;
};

uint32_t python_code_units(PyCodeObject *code); /* length of its bytecode */
/* An opcode as it stands in the code, and what was compiled where the interpreter has specialised it since. */
static inline uint8_t python_code_opcode(PyCodeObject *code, uint32_t unit) {
    return ((const uint8_t *)code->co_code_adaptive)[2 * unit];
}
uint8_t python_plain_opcode(uint8_t opcode);

/* A code object that stands for `original` and, in the place of its first RESUME, runs `trap` as a probe and then goes on at that
 * place again: by then something must have been put there. A new reference. NULL: not for this code, or memory is out; no exception
 * is set. */
PyCodeObject *python_new_shell(PyCodeObject *original, PyObject *trap, struct python_room room);
/* What the trap is if `code` is a shell with nothing in it; borrowed. NULL: it is certainly none. */
PyObject *python_shell_trap(PyCodeObject *code);
/* Would python_fill_shell() find room? */
bool python_fits_shell(PyCodeObject *shell, PyCodeObject *body, struct python_room room);
/* Makes the shell what `body`, which has never run, is, while activations wait in its trap. */
void python_fill_shell(PyCodeObject *shell, PyCodeObject *body);

/* The frame hook (PEP 523), for the main program only: see main_program.c. */
typedef struct _PyInterpreterFrame python_frame;
typedef PyObject *(*python_frame_hook)(PyThreadState *thread, python_frame *frame, int throwing);
void python_set_frame_hook(python_frame_hook hook); /* NULL: none */
PyObject *python_run_frame(PyThreadState *thread, python_frame *frame, int throwing);
/* Ends a frame that the hook was given and did not run. */
void python_drop_frame(PyThreadState *thread, python_frame *frame);
PyCodeObject *python_frame_code(python_frame *frame);   /* borrowed */
PyObject *python_frame_globals(python_frame *frame);    /* borrowed */
PyObject *python_frame_locals(python_frame *frame);     /* borrowed; may be NULL */

/* --- the hot path: the interpreter's frame that runs the probe, and its value stack -------------------------- */
#ifdef PYPROF_INTERPRETER_FRAMES
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <internal/pycore_frame.h>
#include <internal/pycore_pystate.h>
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe_structs.h>
#include <internal/pycore_stackref.h>
#endif
#pragma GCC diagnostic pop

static inline __attribute__((always_inline)) python_frame *python_current_frame(void) {
#if PY_VERSION_HEX < 0x030C0000
    return _PyThreadState_GET()->cframe->current_frame;
#elif PY_VERSION_HEX < 0x030D0000
    return _PyThreadState_UncheckedGet()->cframe->current_frame;
#else
    return PyThreadState_GetUnchecked()->current_frame;
#endif
}
/* Entry of the frame's locals and stack, counted from the first local; may be NULL. */
static inline __attribute__((always_inline)) PyObject *python_frame_slot(const python_frame *frame, uint32_t slot) {
#if PY_VERSION_HEX < 0x030E0000
    return frame->localsplus[slot];
#else
    return PyStackRef_AsPyObjectBorrow(frame->localsplus[slot]);
#endif
}
#endif

#endif
