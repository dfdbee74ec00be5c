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
#endif
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_magic_number.h>
#include <internal/pycore_opcode_utils.h>
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

bool python_ends_block(uint8_t opcode) { return has_role(opcode, ENDS); }

int python_stack_effect(uint8_t opcode, uint32_t oparg, bool jumps) {
    if (opcode == RETURN_GENERATOR) /* the value that is sent in first is there when the generator goes on */
        return 1;
    int effect = PyCompile_OpcodeStackEffectWithJump(opcode, (int)oparg, jumps);
    return effect == PY_INVALID_STACK_EFFECT ? INT_MIN / 2 : effect;
}

bool python_is_function_start(uint8_t opcode, uint32_t oparg) { return opcode == RESUME && (oparg & 3) == 0; }
bool python_is_resume(uint8_t opcode, uint32_t oparg) { return opcode == RESUME && (oparg & 3) != 0; }
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

int python_probe_instructions(uint32_t constant_index, bool delegates, struct probe_instruction sequence[PYTHON_PROBE_LENGTH]) {
    sequence[0] = (struct probe_instruction){LOAD_CONST, 0, constant_index};
#if PY_VERSION_HEX < 0x030C0000
    sequence[1] = (struct probe_instruction){FOR_ITER, PROBE_JUMP_BEHIND, 0};
    sequence[2] = (struct probe_instruction){RERAISE, 0, 0};
    sequence[3] = (struct probe_instruction){NOP, PROBE_JUMP_EXIT, 0};
    return delegates ? 4 : 3;
#else
    (void)delegates;
    sequence[1] = (struct probe_instruction){UNARY_INVERT, 0, 0};
    sequence[2] = (struct probe_instruction){POP_TOP, 0, 0};
    return 3;
#endif
}

void python_set_probe_function(PyTypeObject *type, struct python_probe_slots *slots, python_probe_function run) {
#if PY_VERSION_HEX < 0x030C0000
    (void)slots;
    type->tp_iternext = run;
#else
    slots->numbers = (PyNumberMethods){.nb_invert = run};
    type->tp_as_number = &slots->numbers;
#endif
}

/* --- code objects ----------------------------------------------------------------------------------------- */

#if PY_VERSION_HEX < 0x030C0000
#define NEW_CODE PyCode_NewWithPosOnlyArgs
#else
#define NEW_CODE PyUnstable_Code_NewWithPosOnlyArgs
#endif

PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table) {
    PyObject *local_names = PyCode_GetVarnames(original);
    PyObject *free_names = PyCode_GetFreevars(original);
    PyObject *cell_names = PyCode_GetCellvars(original);
    PyCodeObject *code = NULL;
    if (local_names && free_names && cell_names)
        code = NEW_CODE(original->co_argcount, original->co_posonlyargcount, original->co_kwonlyargcount,
                        original->co_nlocals, stack_size, original->co_flags, bytecode, constants, original->co_names,
                        local_names, free_names, cell_names, original->co_filename, original->co_name,
                        original->co_qualname, original->co_firstlineno, line_table, exception_table);
    Py_XDECREF(local_names);
    Py_XDECREF(free_names);
    Py_XDECREF(cell_names);
    return code;
}

PyObject *python_code_bytecode(PyCodeObject *code) { return PyCode_GetCode(code); }
PyObject *python_code_line_table(PyCodeObject *code) { return Py_NewRef(code->co_linetable); }
PyObject *python_code_exception_table(PyCodeObject *code) { return Py_NewRef(code->co_exceptiontable); }
int python_code_local_slots(PyCodeObject *code) { return code->co_nlocalsplus; }
int python_code_stack_size(PyCodeObject *code) { return code->co_stacksize; }

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

void python_function_set_code(PyObject *function, PyCodeObject *code) {
    PyFunctionObject *changed = (PyFunctionObject *)function;
#if PY_VERSION_HEX >= 0x030D0000
    /* The interpreter finds a function by its version; the entry would outlive the function. */
    struct _func_version_cache_item *found =
        &PyInterpreterState_Get()->func_state.func_version_cache[changed->func_version % FUNC_VERSION_CACHE_SIZE];
    if (found->func == changed)
        found->func = NULL;
#endif
    changed->func_version = 0;
    Py_SETREF(changed->func_code, Py_NewRef(code));
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
