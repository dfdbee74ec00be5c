#define PYPROF_INTERPRETER_FRAMES 1
/* Own copies of the interpreter's opcode tables, under other names: those of the library may not be visible. */
#define _PyOpcode_Caches python_opcode_caches
#define _PyOpcode_Deopt python_opcode_deopt
#define NEED_OPCODE_TABLES 1
#include "core/host/python_version.h"

#include <internal/pycore_code.h>
#include <internal/pycore_function.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_opcode.h>
#include <opcode.h>

_Static_assert(EXTENDED_ARG == PYTHON_EXTENDED_ARG && LOAD_CONST == PYTHON_LOAD_CONST && RERAISE == PYTHON_RERAISE &&
                   JUMP_FORWARD == PYTHON_JUMP_FORWARD,
               "opcode numbers of this version");

unsigned python_cache_units(uint8_t opcode) { return python_opcode_caches[opcode]; }

enum jump_kind python_jump_kind(uint8_t opcode) {
    switch (opcode) {
    case JUMP_BACKWARD:
    case JUMP_BACKWARD_NO_INTERRUPT:
    case POP_JUMP_BACKWARD_IF_NOT_NONE:
    case POP_JUMP_BACKWARD_IF_NONE:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
        return JUMP_BACKWARDS;
    default:
        return _PyOpcode_Jump[opcode >> 5] & (1u << (opcode & 31)) ? JUMP_FORWARDS : JUMP_NONE;
    }
}

bool python_jumps_always(uint8_t opcode) {
    return opcode == JUMP_FORWARD || opcode == JUMP_BACKWARD || opcode == JUMP_BACKWARD_NO_INTERRUPT;
}

bool python_is_loop_jump(uint8_t opcode) {
    return python_jump_kind(opcode) == JUMP_BACKWARDS && opcode != JUMP_BACKWARD_NO_INTERRUPT;
}

bool python_ends_block(uint8_t opcode) {
    return python_jumps_always(opcode) || opcode == RETURN_VALUE || opcode == RERAISE || opcode == RAISE_VARARGS;
}

int python_stack_effect(uint8_t opcode, uint32_t oparg, bool jumps) {
    if (opcode == RETURN_GENERATOR) /* the value that is sent in first is there when the generator goes on */
        return 1;
    return PyCompile_OpcodeStackEffectWithJump(opcode, opcode < HAVE_ARGUMENT ? 0 : (int)oparg, jumps);
}

bool python_is_function_start(uint8_t opcode, uint32_t oparg) { return opcode == RESUME && oparg == 0; }
bool python_is_resume(uint8_t opcode, uint32_t oparg) { return opcode == RESUME && oparg != 0; }
bool python_makes_generator(uint8_t opcode) { return opcode == RETURN_GENERATOR; }
bool python_returns(uint8_t opcode) { return opcode == RETURN_VALUE; }
bool python_yields(uint8_t opcode) { return opcode == YIELD_VALUE; }
bool python_discards_top(uint8_t opcode) { return opcode == POP_TOP; }

bool python_is_call(uint8_t opcode, uint32_t oparg, unsigned *slots) {
    if (opcode == PRECALL)
        *slots = oparg + 2;
    else if (opcode == CALL_FUNCTION_EX)
        *slots = 3 + (oparg & 1);
    else
        return false;
    return true;
}

uint32_t python_call_length(uint8_t opcode) { return opcode == PRECALL ? 2 : 1; }
bool python_delegates(uint8_t opcode) { return opcode == SEND; }
bool python_belongs_to_call(uint8_t opcode) { return opcode == KW_NAMES; }
bool python_begins_handler(uint8_t opcode) { return opcode == PUSH_EXC_INFO; }

bool python_is_expression(uint8_t opcode) {
    switch (opcode) {
    case BINARY_OP:
    case COMPARE_OP:
    case CONTAINS_OP:
    case IS_OP:
    case UNARY_POSITIVE:
    case UNARY_NEGATIVE:
    case UNARY_NOT:
    case UNARY_INVERT:
    case BINARY_SUBSCR:
    case STORE_SUBSCR:
    case DELETE_SUBSCR:
    case LOAD_ATTR:
    case STORE_ATTR:
    case DELETE_ATTR:
    case PRECALL:
    case CALL_FUNCTION_EX:
    case BUILD_TUPLE:
    case BUILD_LIST:
    case BUILD_SET:
    case BUILD_MAP:
    case BUILD_CONST_KEY_MAP:
    case BUILD_STRING:
    case BUILD_SLICE:
    case FORMAT_VALUE:
    case LIST_TO_TUPLE:
    case LIST_EXTEND:
    case SET_UPDATE:
    case DICT_UPDATE:
    case DICT_MERGE:
    case LIST_APPEND:
    case SET_ADD:
    case MAP_ADD:
    case COPY:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case LOAD_ASSERTION_ERROR:
    case RAISE_VARARGS:
        return true;
    default:
        return false;
    }
}

bool python_takes_value(uint8_t opcode) {
    switch (opcode) {
    case STORE_NAME:
    case STORE_FAST:
    case STORE_GLOBAL:
    case STORE_DEREF:
    case UNPACK_SEQUENCE:
    case UNPACK_EX:
    case RETURN_VALUE:
    case POP_TOP:
    case POP_JUMP_FORWARD_IF_FALSE:
    case POP_JUMP_FORWARD_IF_TRUE:
    case POP_JUMP_BACKWARD_IF_FALSE:
    case POP_JUMP_BACKWARD_IF_TRUE:
    case YIELD_VALUE:
    case GET_ITER:
    case GET_AITER:
    case GET_AWAITABLE:
    case GET_YIELD_FROM_ITER:
    case BEFORE_WITH:
    case BEFORE_ASYNC_WITH:
        return true;
    default:
        return false;
    }
}

bool python_takes_nothing(uint8_t opcode, uint32_t oparg) {
    switch (opcode) {
    case NOP:
    case PUSH_NULL:
    case LOAD_CONST:
    case LOAD_NAME:
    case LOAD_FAST:
    case LOAD_GLOBAL:
    case LOAD_DEREF:
    case LOAD_CLASSDEREF:
    case LOAD_CLOSURE:
    case LOAD_BUILD_CLASS:
    case DELETE_NAME:
    case DELETE_FAST:
    case DELETE_GLOBAL:
    case DELETE_DEREF:
        return true;
    case BUILD_TUPLE:
    case BUILD_LIST:
    case BUILD_SET:
    case BUILD_MAP:
    case RAISE_VARARGS:
        return oparg == 0;
    default:
        return false;
    }
}

bool python_is_nop(uint8_t opcode) { return opcode == NOP; }
bool python_is_clean_up(uint8_t opcode) { return opcode == RERAISE || opcode == SWAP; }
bool python_ends_handler(uint8_t opcode) { return opcode == POP_EXCEPT; }
bool python_swaps(uint8_t opcode) { return opcode == SWAP; }

int python_probe_instructions(uint32_t constant, bool delegates, struct probe_instruction sequence[PYTHON_PROBE_LENGTH]) {
    sequence[0] = (struct probe_instruction){LOAD_CONST, 0, constant};
    sequence[1] = (struct probe_instruction){FOR_ITER, PROBE_JUMP_BEHIND, 0};
    sequence[2] = (struct probe_instruction){RERAISE, 0, 0};
    sequence[3] = (struct probe_instruction){NOP, PROBE_JUMP_EXIT, 0};
    return delegates ? 4 : 3;
}

/* --- code objects ----------------------------------------------------------------------------------------- */

PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table) {
    PyObject *local_names = PyCode_GetVarnames(original);
    PyObject *free_names = PyCode_GetFreevars(original);
    PyObject *cell_names = PyCode_GetCellvars(original);
    PyCodeObject *code = NULL;
    if (local_names && free_names && cell_names)
        code = PyCode_NewWithPosOnlyArgs(original->co_argcount, original->co_posonlyargcount, original->co_kwonlyargcount,
                                         original->co_nlocals, stack_size, original->co_flags, bytecode, constants,
                                         original->co_names, local_names, free_names, cell_names, original->co_filename,
                                         original->co_name, original->co_qualname, original->co_firstlineno, line_table,
                                         exception_table);
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

PyObject *python_type_attributes(PyTypeObject *type) { return type->tp_dict; }

void python_function_set_code(PyObject *function, PyCodeObject *code) {
    PyFunctionObject *object = (PyFunctionObject *)function;
    object->func_version = 0;
    Py_SETREF(object->func_code, Py_NewRef(code));
}

/* --- frames ----------------------------------------------------------------------------------------------- */

void python_set_frame_hook(_PyFrameEvalFunction hook) {
    _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState_Get(), hook ? hook : _PyEval_EvalFrameDefault);
}

PyObject *python_run_frame(PyThreadState *thread, python_frame *frame, int throwing) {
    return _PyEval_EvalFrameDefault(thread, frame, throwing);
}

PyCodeObject *python_frame_code(python_frame *frame) { return frame->f_code; }
PyObject *python_frame_globals(python_frame *frame) { return frame->f_globals; }
PyObject *python_frame_locals(python_frame *frame) { return frame->f_locals; }
