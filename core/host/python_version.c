#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/python_version.h"

#include <limits.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
/* Own copies of the interpreter's opcode tables, under other names: those of the interpreter may not be visible. */
#define _PyOpcode_Caches python_opcode_caches
#define _PyOpcode_Deopt python_opcode_deopt
#if PY_VERSION_HEX < 0x030D0000
#define NEED_OPCODE_TABLES 1
#include <internal/pycore_opcode.h>
#else
#define NEED_OPCODE_METADATA 1
#define _PyOpcode_num_popped python_opcode_num_popped
#define _PyOpcode_num_pushed python_opcode_num_pushed
#define _PyOpcode_opcode_metadata python_opcode_metadata
#define _PyOpcode_macro_expansion python_opcode_macro_expansion
#define _PyOpcode_OpName python_opcode_names
#define _PyOpcode_PseudoTargets python_opcode_pseudo_targets
#include <internal/pycore_opcode_metadata.h>
#include <internal/pycore_opcode_utils.h>
#endif
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_magic_number.h>
#endif

#include <internal/pycore_ceval.h>
#include <internal/pycore_code.h>
#include <internal/pycore_function.h>
#include <internal/pycore_interp.h>
#include <opcode.h>
#pragma GCC diagnostic pop

const uint8_t python_extended_arg = EXTENDED_ARG, python_reraise = RERAISE, python_jump_forward = JUMP_FORWARD;

bool python_bytecode_matches(void) {
    enum {
#if PY_VERSION_HEX < 0x030C0000
        MAGIC = 3495
#elif PY_VERSION_HEX < 0x030D0000
        MAGIC = 3531
#elif PY_VERSION_HEX < 0x030E0000
        MAGIC = 3571
#else
        MAGIC = PYC_MAGIC_NUMBER
#endif
    };
    return (PyImport_GetMagicNumber() & 0xffff) == MAGIC;
}

/* --- instructions ----------------------------------------------------------------------------------------- */

enum role {
    COMPUTES = 1 << 0,       /* see python_is_expression */
    TAKES_VALUE = 1 << 1,    /* see python_takes_value */
    TAKES_NOTHING = 1 << 2,  /* see python_takes_nothing */
    TAKES_OPERANDS = 1 << 3, /* takes as many values as its operand says */
    JUMPS = 1 << 4,
    JUMPS_BACK = 1 << 5,
    MARKS_BACK = 1 << 6, /* see JUMP_MARK_BACKWARDS */
    ALWAYS = 1 << 7,     /* of a jump */
    ENDS = 1 << 8,       /* control does not go on behind it */
    CONSTANT = 1 << 9,   /* loads a constant */
};

static const uint16_t roles[256] = {
    /* all versions */
    [NOP] = TAKES_NOTHING,
    [PUSH_NULL] = TAKES_NOTHING,
    [LOAD_CONST] = TAKES_NOTHING | CONSTANT,
    [LOAD_NAME] = TAKES_NOTHING,
    [LOAD_FAST] = TAKES_NOTHING,
    [LOAD_GLOBAL] = TAKES_NOTHING,
    [LOAD_DEREF] = TAKES_NOTHING,
    [LOAD_BUILD_CLASS] = TAKES_NOTHING,
    [DELETE_NAME] = TAKES_NOTHING,
    [DELETE_FAST] = TAKES_NOTHING,
    [DELETE_GLOBAL] = TAKES_NOTHING,
    [DELETE_DEREF] = TAKES_NOTHING,
    [BINARY_OP] = COMPUTES,
    [COMPARE_OP] = COMPUTES,
    [CONTAINS_OP] = COMPUTES,
    [IS_OP] = COMPUTES,
    [UNARY_NEGATIVE] = COMPUTES,
    [UNARY_NOT] = COMPUTES,
    [UNARY_INVERT] = COMPUTES,
    [STORE_SUBSCR] = COMPUTES,
    [DELETE_SUBSCR] = COMPUTES,
    [LOAD_ATTR] = COMPUTES,
    [STORE_ATTR] = COMPUTES,
    [DELETE_ATTR] = COMPUTES,
    [CALL_FUNCTION_EX] = COMPUTES,
    [BUILD_TUPLE] = COMPUTES | TAKES_OPERANDS,
    [BUILD_LIST] = COMPUTES | TAKES_OPERANDS,
    [BUILD_SET] = COMPUTES | TAKES_OPERANDS,
    [BUILD_MAP] = COMPUTES | TAKES_OPERANDS,
    [BUILD_STRING] = COMPUTES,
    [BUILD_SLICE] = COMPUTES,
    [LIST_EXTEND] = COMPUTES,
    [SET_UPDATE] = COMPUTES,
    [DICT_UPDATE] = COMPUTES,
    [DICT_MERGE] = COMPUTES,
    [LIST_APPEND] = COMPUTES,
    [SET_ADD] = COMPUTES,
    [MAP_ADD] = COMPUTES,
    [COPY] = COMPUTES,
    [RAISE_VARARGS] = COMPUTES | TAKES_OPERANDS | ENDS,
    [STORE_NAME] = TAKES_VALUE,
    [STORE_FAST] = TAKES_VALUE,
    [STORE_GLOBAL] = TAKES_VALUE,
    [STORE_DEREF] = TAKES_VALUE,
    [UNPACK_SEQUENCE] = TAKES_VALUE,
    [UNPACK_EX] = TAKES_VALUE,
    [RETURN_VALUE] = TAKES_VALUE | ENDS,
    [POP_TOP] = TAKES_VALUE,
    [YIELD_VALUE] = TAKES_VALUE,
    [GET_ITER] = TAKES_VALUE,
    [GET_AITER] = TAKES_VALUE,
    [GET_AWAITABLE] = TAKES_VALUE,
    [RERAISE] = ENDS,
    [FOR_ITER] = JUMPS,
    [SEND] = JUMPS,
    [JUMP_FORWARD] = JUMPS | ALWAYS | ENDS,
    [JUMP_BACKWARD] = JUMPS_BACK | ALWAYS | ENDS,
    [JUMP_BACKWARD_NO_INTERRUPT] = JUMPS_BACK | ALWAYS | ENDS,
#if PY_VERSION_HEX < 0x030C0000
    [LOAD_CLASSDEREF] = TAKES_NOTHING,
    [UNARY_POSITIVE] = COMPUTES,
    [PRECALL] = COMPUTES,
    [LIST_TO_TUPLE] = COMPUTES,
    [JUMP_IF_FALSE_OR_POP] = COMPUTES | JUMPS,
    [JUMP_IF_TRUE_OR_POP] = COMPUTES | JUMPS,
    [POP_JUMP_FORWARD_IF_FALSE] = TAKES_VALUE | JUMPS,
    [POP_JUMP_FORWARD_IF_TRUE] = TAKES_VALUE | JUMPS,
    [POP_JUMP_FORWARD_IF_NONE] = JUMPS,
    [POP_JUMP_FORWARD_IF_NOT_NONE] = JUMPS,
    [POP_JUMP_BACKWARD_IF_FALSE] = TAKES_VALUE | JUMPS_BACK,
    [POP_JUMP_BACKWARD_IF_TRUE] = TAKES_VALUE | JUMPS_BACK,
    [POP_JUMP_BACKWARD_IF_NONE] = JUMPS_BACK,
    [POP_JUMP_BACKWARD_IF_NOT_NONE] = JUMPS_BACK,
#else
    [LOAD_FAST_CHECK] = TAKES_NOTHING,
    [LOAD_FAST_AND_CLEAR] = TAKES_NOTHING,
    [LOAD_LOCALS] = TAKES_NOTHING,
    [CALL] = COMPUTES,
    [CALL_INTRINSIC_1] = COMPUTES,
    [LOAD_SUPER_ATTR] = COMPUTES,
    [BINARY_SLICE] = COMPUTES,
    [STORE_SLICE] = COMPUTES,
    [POP_JUMP_IF_FALSE] = TAKES_VALUE | JUMPS,
    [POP_JUMP_IF_TRUE] = TAKES_VALUE | JUMPS,
    [POP_JUMP_IF_NONE] = JUMPS,
    [POP_JUMP_IF_NOT_NONE] = JUMPS,
#endif
#if PY_VERSION_HEX < 0x030D0000
    [LOAD_CLOSURE] = TAKES_NOTHING,
    [FORMAT_VALUE] = COMPUTES,
#else
    [LOAD_FAST_LOAD_FAST] = TAKES_NOTHING,
    [CALL_KW] = COMPUTES,
    [FORMAT_SIMPLE] = COMPUTES,
    [FORMAT_WITH_SPEC] = COMPUTES,
    [CONVERT_VALUE] = COMPUTES,
    [TO_BOOL] = COMPUTES,
    [STORE_FAST_STORE_FAST] = TAKES_VALUE,
    [STORE_FAST_LOAD_FAST] = TAKES_VALUE,
#endif
#if PY_VERSION_HEX >= 0x030C0000 && PY_VERSION_HEX < 0x030E0000
    [RETURN_CONST] = TAKES_NOTHING | ENDS,
#endif
#if PY_VERSION_HEX < 0x030E0000
    [BINARY_SUBSCR] = COMPUTES,
    [BUILD_CONST_KEY_MAP] = COMPUTES,
    [LOAD_ASSERTION_ERROR] = COMPUTES,
    [BEFORE_WITH] = TAKES_VALUE,
    [BEFORE_ASYNC_WITH] = TAKES_VALUE,
#else
    [LOAD_FAST_BORROW] = TAKES_NOTHING,
    [LOAD_FAST_BORROW_LOAD_FAST_BORROW] = TAKES_NOTHING,
    [LOAD_SMALL_INT] = TAKES_NOTHING | CONSTANT,
    [LOAD_COMMON_CONSTANT] = TAKES_NOTHING | CONSTANT, /* but see is_assertion_error */
    [BUILD_TEMPLATE] = COMPUTES,
    [BUILD_INTERPOLATION] = COMPUTES,
    [END_ASYNC_FOR] = MARKS_BACK,
#endif
#if PY_VERSION_HEX < 0x030F0000
    [GET_YIELD_FROM_ITER] = TAKES_VALUE,
#endif
};

static bool has_role(uint8_t opcode, unsigned role) { return roles[opcode] & role; }

static bool is_assertion_error(uint8_t opcode, uint32_t oparg) {
#if PY_VERSION_HEX < 0x030E0000
    (void)oparg;
    return opcode == LOAD_ASSERTION_ERROR;
#else
    return opcode == LOAD_COMMON_CONSTANT && oparg == CONSTANT_ASSERTIONERROR;
#endif
}

unsigned python_cache_units(uint8_t opcode) { return python_opcode_caches[opcode]; }

enum jump_kind python_jump_kind(uint8_t opcode) {
    return has_role(opcode, JUMPS)        ? JUMP_FORWARDS
           : has_role(opcode, JUMPS_BACK) ? JUMP_BACKWARDS
           : has_role(opcode, MARKS_BACK) ? JUMP_MARK_BACKWARDS
                                          : JUMP_NONE;
}

bool python_jumps_always(uint8_t opcode) { return has_role(opcode, ALWAYS); }

bool python_is_loop_jump(uint8_t opcode) {
    return has_role(opcode, JUMPS_BACK) && opcode != JUMP_BACKWARD_NO_INTERRUPT;
}

bool python_enters_expression_loop(uint8_t last, uint8_t before_last) {
#if PY_VERSION_HEX < 0x030C0000
    (void)last;
    (void)before_last;
    return false;
#else
    if (last == GET_ITER || last == GET_AITER)
        return before_last == SWAP;
    return (last == PUSH_NULL ? before_last : last) == SWAP || (last == PUSH_NULL ? before_last : last) == CALL;
#endif
}

bool python_ends_block(uint8_t opcode) { return has_role(opcode, ENDS); }

int python_stack_effect(uint8_t opcode, uint32_t oparg, bool jumps) {
    if (opcode == RETURN_GENERATOR) /* the value that is sent in first is there when the generator goes on */
        return 1;
    int effect = PyCompile_OpcodeStackEffectWithJump(opcode, (int)oparg, jumps);
    return effect == PY_INVALID_STACK_EFFECT ? INT_MIN / 2 : effect;
}

/* What RESUME stands behind; from 3.13 on the rest of its operand tells of exception handlers. */
static uint32_t resume_place(uint32_t oparg) {
#if PY_VERSION_HEX < 0x030D0000
    return oparg;
#else
    return oparg & RESUME_OPARG_LOCATION_MASK;
#endif
}

bool python_is_function_start(uint8_t opcode, uint32_t oparg) { return opcode == RESUME && resume_place(oparg) == 0; }

bool python_is_resume(uint8_t opcode, uint32_t oparg) {
    enum { AFTER_YIELD = 1, AFTER_YIELD_FROM, AFTER_AWAIT };
    return opcode == RESUME && resume_place(oparg) >= AFTER_YIELD && resume_place(oparg) <= AFTER_AWAIT;
}

bool python_makes_generator(uint8_t opcode) { return opcode == RETURN_GENERATOR; }
bool python_returns(uint8_t opcode) { return opcode == RETURN_VALUE || python_returns_constant(opcode); }
bool python_yields(uint8_t opcode) { return opcode == YIELD_VALUE; }
bool python_discards_top(uint8_t opcode) { return opcode == POP_TOP; }

bool python_sticks_to(uint8_t opcode, uint8_t before) {
#if PY_VERSION_HEX < 0x030C0000
    (void)opcode;
    (void)before;
    return false;
#else
    if (opcode == END_FOR || opcode == END_SEND)
        return true;
#if PY_VERSION_HEX >= 0x030E0000
    if (opcode == NOT_TAKEN)
        return true;
#endif
    return before == END_FOR && PY_VERSION_HEX >= 0x030D0000; /* it pops the iterator; FOR_ITER jumps there */
#endif
}

bool python_is_call(uint8_t opcode, uint32_t oparg, unsigned *slots) {
#if PY_VERSION_HEX < 0x030C0000
    enum { CALL_BEGIN = PRECALL, CALL_NAMED = PRECALL };
#elif PY_VERSION_HEX < 0x030D0000
    enum { CALL_BEGIN = CALL, CALL_NAMED = CALL };
#else
    enum { CALL_BEGIN = CALL, CALL_NAMED = CALL_KW };
#endif
    if (opcode == CALL_BEGIN)
        *slots = oparg + 2;
    else if (opcode == CALL_NAMED)
        *slots = oparg + 3;
    else if (opcode == CALL_FUNCTION_EX)
        *slots = PY_VERSION_HEX >= 0x030E0000 ? 4 : 3 + (oparg & 1);
    else
        return false;
    return true;
}

uint32_t python_call_length(uint8_t opcode) {
    return PY_VERSION_HEX < 0x030C0000 && opcode != CALL_FUNCTION_EX ? 2 : 1;
}

bool python_delegates(uint8_t opcode) { return PY_VERSION_HEX < 0x030C0000 && opcode == SEND; }

bool python_belongs_to_call(uint8_t opcode) {
#if PY_VERSION_HEX < 0x030D0000
    return opcode == KW_NAMES;
#else
    (void)opcode;
    return false;
#endif
}

bool python_begins_handler(uint8_t opcode) { return opcode == PUSH_EXC_INFO; }

bool python_is_expression(uint8_t opcode, uint32_t oparg) {
    return has_role(opcode, COMPUTES) || is_assertion_error(opcode, oparg);
}

bool python_takes_value(uint8_t opcode) { return has_role(opcode, TAKES_VALUE); }

unsigned python_stored_value(uint8_t opcode) {
#if PY_VERSION_HEX >= 0x030C0000
    if (opcode == STORE_SLICE)
        return 4;
#endif
    return opcode == STORE_SUBSCR ? 3 : opcode == STORE_ATTR ? 2 : 0;
}

bool python_matches_group(uint8_t opcode) { return opcode == CHECK_EG_MATCH; }

bool python_takes_nothing(uint8_t opcode, uint32_t oparg) {
    return (has_role(opcode, TAKES_NOTHING) && !is_assertion_error(opcode, oparg)) ||
           (has_role(opcode, TAKES_OPERANDS) && oparg == 0);
}

bool python_loads_constant(uint8_t opcode) { return has_role(opcode, CONSTANT); }

bool python_returns_constant(uint8_t opcode) {
#if PY_VERSION_HEX >= 0x030C0000 && PY_VERSION_HEX < 0x030E0000
    return opcode == RETURN_CONST;
#else
    (void)opcode;
    return false;
#endif
}

bool python_is_nop(uint8_t opcode) { return opcode == NOP; }
bool python_is_clean_up(uint8_t opcode) { return opcode == RERAISE || opcode == SWAP; }
bool python_ends_handler(uint8_t opcode) { return opcode == POP_EXCEPT; }
bool python_swaps(uint8_t opcode) { return opcode == SWAP; }

/* --- probes ------------------------------------------------------------------------------------------------ */

#if PY_VERSION_HEX >= 0x030E0000 && PY_VERSION_HEX < 0x030F0000
enum { LOAD_UNCOUNTED = LOAD_CONST_IMMORTAL };
#else
enum { LOAD_UNCOUNTED = LOAD_CONST };
#endif

int python_probe_instructions(uint32_t constant_index, bool delegates, struct probe_instruction sequence[PYTHON_PROBE_LENGTH]) {
    sequence[0] = (struct probe_instruction){LOAD_UNCOUNTED, 0, constant_index};
#if PY_VERSION_HEX < 0x030C0000
    sequence[1] = (struct probe_instruction){FOR_ITER, PROBE_JUMP_BEHIND, 0};
    sequence[2] = (struct probe_instruction){RERAISE, 0, 0};
    sequence[3] = (struct probe_instruction){NOP, PROBE_JUMP_EXIT, 0};
    return delegates ? 4 : 3;
#else
    (void)delegates;
    sequence[1] = (struct probe_instruction){DELETE_ATTR, 0, 0};
    return 2;
#endif
}

struct python_sleeping python_put_to_sleep(uint8_t *bytecode, uint32_t unit, uint32_t count) {
    uint8_t *first = bytecode + 2 * unit;
    struct python_sleeping sleeping = {unit, first[0], first[1]};
    first[0] = JUMP_FORWARD;
    first[1] = (uint8_t)(count - 1);
    return sleeping;
}

/* The interpreter has no form of a jump forward but the one for monitors of jumps, which takes no harm from being overwritten; who
 * monitors every instruction has the opcode put away. */
void python_wake(PyCodeObject *code, struct python_sleeping sleeping) {
    uint8_t *at = (uint8_t *)code->co_code_adaptive + 2 * sleeping.unit, *opcode = at;
#if PY_VERSION_HEX >= 0x030C0000
    if (*opcode == INSTRUMENTED_INSTRUCTION && code->_co_monitoring && code->_co_monitoring->per_instruction_opcodes)
        opcode = &code->_co_monitoring->per_instruction_opcodes[sleeping.unit];
#endif
    *opcode = sleeping.opcode;
    at[1] = sleeping.oparg;
}

void python_set_probe_function(PyTypeObject *type, python_probe_function run) {
#if PY_VERSION_HEX < 0x030C0000
    type->tp_iternext = run;
#else
    type->tp_setattro = run;
#endif
}

/* --- code objects ----------------------------------------------------------------------------------------- */

#if PY_VERSION_HEX < 0x030C0000
#define NEW_CODE PyCode_NewWithPosOnlyArgs
#else
#define NEW_CODE PyUnstable_Code_NewWithPosOnlyArgs
#endif

/* The names of code with probes: at least the one that they name. A new reference. */
static PyObject *probed_names(PyCodeObject *original) {
#if PY_VERSION_HEX >= 0x030C0000
    if (PyTuple_GET_SIZE(original->co_names) == 0)
        return Py_BuildValue("(N)", PyUnicode_InternFromString("probe"));
#endif
    return Py_NewRef(original->co_names);
}

PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table) {
    PyObject *local_names = PyCode_GetVarnames(original);
    PyObject *free_names = PyCode_GetFreevars(original);
    PyObject *cell_names = PyCode_GetCellvars(original), *names = probed_names(original);
    PyCodeObject *code = NULL;
    if (local_names && free_names && cell_names && names)
        code = NEW_CODE(original->co_argcount, original->co_posonlyargcount, original->co_kwonlyargcount,
                        original->co_nlocals, stack_size, original->co_flags, bytecode, constants, names,
                        local_names, free_names, cell_names, original->co_filename, original->co_name,
                        original->co_qualname, original->co_firstlineno, line_table, exception_table);
    Py_XDECREF(local_names);
    Py_XDECREF(free_names);
    Py_XDECREF(cell_names);
    Py_XDECREF(names);
    return code;
}

/* Made-up code can end in an instruction whose caches are not all there: PyCode_GetCode writes them behind the end of its copy. Nor
 * may instructions of monitors stand in code that none has changed. */
static bool is_complete(PyCodeObject *code) {
    const uint8_t *bytes = (const uint8_t *)code->co_code_adaptive;
    Py_ssize_t count = Py_SIZE(code), at = 0;
#if PY_VERSION_HEX >= 0x030C0000
    if (code->_co_monitoring)
        return true;
    for (at = 0; at < count && bytes[2 * at] < MIN_INSTRUMENTED_OPCODE; at++)
        at += python_opcode_caches[python_opcode_deopt[bytes[2 * at]]];
#else
    for (; at < count; at++)
        at += python_opcode_caches[python_opcode_deopt[bytes[2 * at]]];
#endif
    return at == count;
}

PyObject *python_code_bytecode(PyCodeObject *code) {
    if (is_complete(code))
        return PyCode_GetCode(code);
    PyErr_SetString(PyExc_ValueError, "the last instruction is cut off");
    return NULL;
}

PyObject *python_code_line_table(PyCodeObject *code) { return Py_NewRef(code->co_linetable); }
PyObject *python_code_exception_table(PyCodeObject *code) { return Py_NewRef(code->co_exceptiontable); }
int python_code_local_slots(PyCodeObject *code) { return code->co_nlocalsplus; }
int python_code_stack_size(PyCodeObject *code) { return code->co_stacksize; }

/* One more for the probe; at least what the unwinding handler takes. */
int python_probed_stack_size(PyCodeObject *code) { return code->co_stacksize + 1 < 3 ? 3 : code->co_stacksize + 1; }

bool python_in_main_interpreter(void) { return PyInterpreterState_Get() == PyInterpreterState_Main(); }

PyCodeObject *python_generator_code(PyObject *generator) {
#if PY_VERSION_HEX < 0x030C0000
    return (PyCodeObject *)Py_NewRef(((PyGenObject *)generator)->gi_code);
#else
    return PyGen_GetCode((PyGenObject *)generator);
#endif
}

PyObject *python_type_attributes(PyTypeObject *type) {
#if PY_VERSION_HEX < 0x030C0000
    return type->tp_dict;
#else
    PyObject *attributes = PyType_GetDict(type); /* of the running interpreter; the type keeps it */
    Py_XDECREF(attributes);
    return attributes;
#endif
}

#if PY_VERSION_HEX >= 0x030D0000
static bool is_function_version(uint32_t version) {
#if PY_VERSION_HEX < 0x030E0000
    return version != 0;
#else
    return version >= FUNC_VERSION_FIRST_VALID;
#endif
}

/* What functions made from the code will have; 0: there are no more. */
static uint32_t new_code_version(void) {
    struct _py_func_state *state = &PyInterpreterState_Get()->func_state;
    return state->next_version ? state->next_version++ : 0;
}
#endif

void python_function_set_code(PyObject *function, PyCodeObject *code) {
    PyFunctionObject *changed = (PyFunctionObject *)function;
#if PY_VERSION_HEX < 0x030D0000
    changed->func_version = 0; /* it gets one when a call of it is specialised */
#else
    /* The interpreter finds a function by its version; the entry would outlive the function. */
    struct _func_version_cache_item *found =
        &PyInterpreterState_Get()->func_state.func_version_cache[changed->func_version % FUNC_VERSION_CACHE_SIZE];
    if (found->func == changed)
        found->func = NULL;
    /* Calls of a function without a version are never specialised; one that the program took away stays away. */
    if (is_function_version(changed->func_version))
        changed->func_version = code->co_version;
#endif
    Py_SETREF(changed->func_code, Py_NewRef(code));
}

/* --- garbage collector ------------------------------------------------------------------------------------ */

static int *collector_count;

int *python_collector_count(void) { return collector_count; }

void python_find_collector_count(void) {
    struct _gc_runtime_state *collector = &PyInterpreterState_Main()->gc;
    int enabled = PyGC_Enable();
    bool found = collector->enabled == 1;
    PyGC_Disable();
    found &= collector->enabled == 0;
    if (enabled)
        PyGC_Enable();
    if (found)
        collector_count = &collector->generations[0].count;
}

/* --- exceptions ------------------------------------------------------------------------------------------- */

struct python_exception python_take_exception(void) {
    struct python_exception taken = {0};
#if PY_VERSION_HEX < 0x030C0000
    PyErr_Fetch(&taken.type, &taken.value, &taken.traceback);
#else
    taken.value = PyErr_GetRaisedException();
#endif
    return taken;
}

void python_put_exception(struct python_exception exception) {
#if PY_VERSION_HEX < 0x030C0000
    PyErr_Restore(exception.type, exception.value, exception.traceback);
#else
    PyErr_SetRaisedException(exception.value);
#endif
}

/* --- shells ----------------------------------------------------------------------------------------------- */

/* A shell's instructions. The body overwrites them while the trap's probe runs, so what the interpreter does next must not be read
 * from where the body is:
 *   3.11    what the original has in front of its first RESUME; LOAD_CONST trap; FOR_ITER with a negative distance, to the
 *           LOAD_CONST's place: it has been read by then
 *   3.12    what the original has in front of its first RESUME; a jump behind all room for the body, where the trap is and a jump
 *           back. Only RESUME makes the interpreter tell tracers and monitors of what follows, so they see nothing of that.
 * The constants are a tuple with room, too: in 3.11 an activation that waits in the trap goes on reading them where they were
 * (Python/ceval.c keeps their address). Its first is the original's, which tells a function's docstring. */
enum { TRAP_CONSTANT = 1, TRAP_MOST_UNITS = 16 };

struct unit {
    uint8_t opcode, oparg;
};

uint32_t python_code_units(PyCodeObject *code) { return (uint32_t)Py_SIZE(code); }

static struct unit *units_of(PyCodeObject *code) { return (struct unit *)(void *)code->co_code_adaptive; }

uint8_t python_plain_opcode(uint8_t opcode) { return python_opcode_deopt[opcode]; }

static uint8_t compiled_opcode(PyCodeObject *code, uint32_t unit) { return python_plain_opcode(python_code_opcode(code, unit)); }

/* Units in front of the first RESUME; UINT32_MAX: there is none, it was changed by a monitor, or an exception there is handled. */
static uint32_t units_before_start(PyCodeObject *code) {
    uint32_t count = python_code_units(code), at = 0;
    while (at < count && compiled_opcode(code, at) != RESUME)
        at += 1 + python_opcode_caches[compiled_opcode(code, at)];
    const unsigned char *table = (const unsigned char *)PyBytes_AS_STRING(code->co_exceptiontable);
    bool handled = PyBytes_GET_SIZE(code->co_exceptiontable) > 0 && (table[0] & 127u) < at; /* start of the first range */
    return at < count && units_of(code)[at].oparg == 0 && !handled ? at : UINT32_MAX;
}

static uint32_t put_unit(struct unit *units, uint32_t at, uint8_t opcode, uint32_t oparg) {
    units[at++] = (struct unit){opcode, (uint8_t)oparg};
    for (unsigned caches = python_opcode_caches[opcode]; caches > 0; caches--)
        units[at++] = (struct unit){CACHE, 0};
    return at;
}

static uint32_t put_long_jump(struct unit *units, uint32_t at, uint8_t opcode, int32_t distance) {
    for (int shift = 24; shift > 0; shift -= 8)
        at = put_unit(units, at, EXTENDED_ARG, (uint32_t)distance >> shift);
    return put_unit(units, at, opcode, (uint32_t)distance);
}

/* Returns where the instructions end that stand in the body's place. */
static uint32_t write_trap(struct unit *units, uint32_t start, uint32_t room) {
    enum { LONG_JUMP_UNITS = 4 };
#if PY_VERSION_HEX < 0x030C0000
    (void)room;
    uint32_t at = put_unit(units, start, LOAD_CONST, TRAP_CONSTANT);
    return put_long_jump(units, at, FOR_ITER, (int32_t)start - (int32_t)(at + LONG_JUMP_UNITS));
#else
    uint32_t behind = room - TRAP_MOST_UNITS, end = start + LONG_JUMP_UNITS;
    put_long_jump(units, start, JUMP_FORWARD, (int32_t)(behind - end));
    uint32_t at = put_unit(units, behind, LOAD_CONST, TRAP_CONSTANT);
    at = put_unit(units, at, DELETE_ATTR, 0);
    put_long_jump(units, at, JUMP_BACKWARD_NO_INTERRUPT, (int32_t)(at + LONG_JUMP_UNITS - start));
    return end;
#endif
}

static PyObject *shell_constants(PyCodeObject *original, PyObject *trap, uint32_t room) {
    PyObject *constants = PyTuple_New((Py_ssize_t)room), *first = Py_None;
    if (!constants)
        return NULL;
    PyObject_GC_UnTrack(constants); /* what compilers put into constants makes no cycles */
    if (PyTuple_GET_SIZE(original->co_consts) > 0)
        first = PyTuple_GET_ITEM(original->co_consts, 0);
    PyTuple_SET_ITEM(constants, 0, Py_NewRef(first));
    PyTuple_SET_ITEM(constants, TRAP_CONSTANT, Py_NewRef(trap));
    Py_SET_SIZE(constants, TRAP_CONSTANT + 1);
    return constants;
}

/* Nothing is known yet of what the interpreter works out while code runs. */
static void forget_runs(PyCodeObject *shell) {
    shell->co_weakreflist = NULL;
    shell->co_extra = NULL;
#if PY_VERSION_HEX < 0x030C0000
    shell->_co_code = NULL;
    shell->_co_linearray = NULL;
    shell->co_warmup = QUICKENING_INITIAL_WARMUP_VALUE;
#else
    shell->_co_cached = NULL;
    shell->_co_instrumentation_version = 0;
    shell->_co_monitoring = NULL;
#if PY_VERSION_HEX < 0x030D0000
    shell->co_version = 0; /* a function gets one of its own when a call of it is specialised */
#else
    shell->co_version = new_code_version();
    shell->co_executors = NULL;
#endif
#endif
}

/* Everything of the original but its instructions and constants. */
static void copy_description(PyCodeObject *shell, PyCodeObject *original, PyObject *constants) {
    enum { FROM = offsetof(PyCodeObject, co_consts) };
    memcpy((char *)shell + FROM, (const char *)original + FROM, offsetof(PyCodeObject, co_code_adaptive) - FROM);
    shell->co_consts = constants;
    PyObject *const shared[] = {shell->co_names, shell->co_exceptiontable, shell->co_localsplusnames, shell->co_localspluskinds,
                                shell->co_filename, shell->co_name, shell->co_qualname, shell->co_linetable};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        Py_INCREF(shared[i]);
    forget_runs(shell);
    shell->co_stacksize = python_probed_stack_size(original);
#if PY_VERSION_HEX >= 0x030C0000
    shell->co_framesize += shell->co_stacksize - original->co_stacksize;
#endif
}

PyCodeObject *python_new_shell(PyCodeObject *original, PyObject *trap, struct python_room room) {
    uint32_t start = units_before_start(original);
    if (start == UINT32_MAX || room.units < start + 2 * TRAP_MOST_UNITS || room.units > 1u << 24 ||
        room.constants <= TRAP_CONSTANT)
        return NULL;
    PyObject *constants = shell_constants(original, trap, room.constants), *names = probed_names(original);
    PyCodeObject *shell =
        constants && names ? PyObject_Malloc(offsetof(PyCodeObject, co_code_adaptive) + room.units * sizeof(struct unit)) : NULL;
    if (!shell) {
        PyErr_Clear();
        Py_XDECREF(constants);
        Py_XDECREF(names);
        return NULL;
    }
    PyObject_InitVar((PyVarObject *)shell, &PyCode_Type, 0);
    copy_description(shell, original, constants);
    Py_SETREF(shell->co_names, names);
    for (uint32_t i = 0; i < start; i++)
        put_unit(units_of(shell), i, compiled_opcode(original, i), units_of(original)[i].oparg);
    Py_SET_SIZE(shell, write_trap(units_of(shell), start, room.units));
    shell->_co_firsttraceable = INT_MAX; /* an activation in the trap has not begun */
    return shell;
}

PyObject *python_shell_trap(PyCodeObject *code) {
    return PyTuple_GET_SIZE(code->co_consts) == TRAP_CONSTANT + 1 ? PyTuple_GET_ITEM(code->co_consts, TRAP_CONSTANT) : NULL;
}

bool python_fits_shell(PyCodeObject *shell, PyCodeObject *body, struct python_room room) {
    return python_code_units(body) + TRAP_MOST_UNITS <= room.units && PyTuple_GET_SIZE(body->co_consts) <= room.constants &&
           body->co_stacksize <= shell->co_stacksize;
}

static void fill_constants(PyObject *constants, PyObject *from) {
    PyObject *first = PyTuple_GET_ITEM(constants, 0), *trap = PyTuple_GET_ITEM(constants, TRAP_CONSTANT);
    Py_SET_SIZE(constants, PyTuple_GET_SIZE(from));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(from); i++)
        PyTuple_SET_ITEM(constants, i, Py_NewRef(PyTuple_GET_ITEM(from, i)));
#if PY_VERSION_HEX >= 0x030E0000
    ((PyTupleObject *)constants)->ob_hash = -1;
#endif
    Py_DECREF(first);
    Py_DECREF(trap);
}

void python_fill_shell(PyCodeObject *shell, PyCodeObject *body) {
    memcpy(units_of(shell), units_of(body), python_code_units(body) * sizeof(struct unit));
    Py_SET_SIZE(shell, Py_SIZE(body));
    Py_SETREF(shell->co_linetable, Py_NewRef(body->co_linetable));
    Py_SETREF(shell->co_exceptiontable, Py_NewRef(body->co_exceptiontable));
    fill_constants(shell->co_consts, body->co_consts);
    shell->_co_firsttraceable = body->_co_firsttraceable;
#if PY_VERSION_HEX < 0x030C0000
    Py_CLEAR(shell->_co_code);
    PyMem_Free(shell->_co_linearray);
    shell->_co_linearray = NULL;
    shell->co_warmup = QUICKENING_INITIAL_WARMUP_VALUE;
#else
    if (shell->_co_cached)
        Py_CLEAR(shell->_co_cached->_co_code);
#endif
}

/* --- frames ----------------------------------------------------------------------------------------------- */

void python_set_frame_hook(python_frame_hook hook) {
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), hook ? hook : _PyEval_EvalFrameDefault);
}

PyObject *python_run_frame(PyThreadState *thread, python_frame *frame, int throwing) {
    return _PyEval_EvalFrameDefault(thread, frame, throwing);
}

/* From 3.12 on running a frame ends it, before that who made it does. */
void python_drop_frame(PyThreadState *thread, python_frame *frame) {
#if PY_VERSION_HEX < 0x030C0000
    (void)thread;
    (void)frame;
#elif PY_VERSION_HEX < 0x030D0000
    /* As _PyEvalFrameClearAndPop, which is not exported: it has not run, so it holds nothing but these. */
    PyCodeObject *code = frame->f_code;
    Py_XDECREF(frame->f_funcobj);
    Py_XDECREF(frame->f_locals);
    thread->datastack_top = (PyObject **)frame;
    Py_DECREF(code);
#else
    _PyEval_FrameClearAndPop(thread, frame);
#endif
}

#if PY_VERSION_HEX < 0x030D0000
PyCodeObject *python_frame_code(python_frame *frame) { return frame->f_code; }
#elif PY_VERSION_HEX < 0x030E0000
PyCodeObject *python_frame_code(python_frame *frame) { return (PyCodeObject *)frame->f_executable; }
#else
PyCodeObject *python_frame_code(python_frame *frame) {
    return (PyCodeObject *)PyStackRef_AsPyObjectBorrow(frame->f_executable);
}
#endif
PyObject *python_frame_globals(python_frame *frame) { return frame->f_globals; }
PyObject *python_frame_locals(python_frame *frame) { return frame->f_locals; }
