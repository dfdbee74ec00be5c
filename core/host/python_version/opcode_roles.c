/* opcode_roles.c - what each instruction does, as far as the placing of probes asks for it. */
#include "core/host/python_version/internals.h"

#include <limits.h>

const uint16_t python_opcode_roles[256] = {
    /* all versions */
    [NOP] = ROLE_TAKES_NOTHING,
    [PUSH_NULL] = ROLE_TAKES_NOTHING,
    [LOAD_CONST] = ROLE_TAKES_NOTHING | ROLE_CONSTANT,
    [LOAD_NAME] = ROLE_TAKES_NOTHING,
    [LOAD_FAST] = ROLE_TAKES_NOTHING,
    [LOAD_GLOBAL] = ROLE_TAKES_NOTHING,
    [LOAD_DEREF] = ROLE_TAKES_NOTHING,
    [LOAD_BUILD_CLASS] = ROLE_TAKES_NOTHING,
    [DELETE_NAME] = ROLE_TAKES_NOTHING,
    [DELETE_FAST] = ROLE_TAKES_NOTHING,
    [DELETE_GLOBAL] = ROLE_TAKES_NOTHING,
    [DELETE_DEREF] = ROLE_TAKES_NOTHING,
    [BINARY_OP] = ROLE_COMPUTES,
    [COMPARE_OP] = ROLE_COMPUTES,
    [CONTAINS_OP] = ROLE_COMPUTES,
    [IS_OP] = ROLE_COMPUTES,
    [UNARY_NEGATIVE] = ROLE_COMPUTES,
    [UNARY_NOT] = ROLE_COMPUTES,
    [UNARY_INVERT] = ROLE_COMPUTES,
    [STORE_SUBSCR] = ROLE_COMPUTES,
    [DELETE_SUBSCR] = ROLE_COMPUTES,
    [LOAD_ATTR] = ROLE_COMPUTES,
    [STORE_ATTR] = ROLE_COMPUTES,
    [DELETE_ATTR] = ROLE_COMPUTES,
    [CALL_FUNCTION_EX] = ROLE_COMPUTES,
    [BUILD_TUPLE] = ROLE_COMPUTES | ROLE_TAKES_OPERANDS,
    [BUILD_LIST] = ROLE_COMPUTES | ROLE_TAKES_OPERANDS,
    [BUILD_SET] = ROLE_COMPUTES | ROLE_TAKES_OPERANDS,
    [BUILD_MAP] = ROLE_COMPUTES | ROLE_TAKES_OPERANDS,
    [BUILD_STRING] = ROLE_COMPUTES,
    [BUILD_SLICE] = ROLE_COMPUTES,
    [LIST_EXTEND] = ROLE_COMPUTES,
    [SET_UPDATE] = ROLE_COMPUTES,
    [DICT_UPDATE] = ROLE_COMPUTES,
    [DICT_MERGE] = ROLE_COMPUTES,
    [LIST_APPEND] = ROLE_COMPUTES,
    [SET_ADD] = ROLE_COMPUTES,
    [MAP_ADD] = ROLE_COMPUTES,
    [COPY] = ROLE_COMPUTES,
    [RAISE_VARARGS] = ROLE_COMPUTES | ROLE_TAKES_OPERANDS | ROLE_ENDS,
    [STORE_NAME] = ROLE_TAKES_VALUE,
    [STORE_FAST] = ROLE_TAKES_VALUE,
    [STORE_GLOBAL] = ROLE_TAKES_VALUE,
    [STORE_DEREF] = ROLE_TAKES_VALUE,
    [UNPACK_SEQUENCE] = ROLE_TAKES_VALUE,
    [UNPACK_EX] = ROLE_TAKES_VALUE,
    [RETURN_VALUE] = ROLE_TAKES_VALUE | ROLE_ENDS,
    [POP_TOP] = ROLE_TAKES_VALUE,
    [YIELD_VALUE] = ROLE_TAKES_VALUE,
    [GET_ITER] = ROLE_TAKES_VALUE,
    [GET_AITER] = ROLE_TAKES_VALUE,
    [GET_AWAITABLE] = ROLE_TAKES_VALUE,
    [RERAISE] = ROLE_ENDS,
    [FOR_ITER] = ROLE_JUMPS,
    [SEND] = ROLE_JUMPS,
    [JUMP_FORWARD] = ROLE_JUMPS | ROLE_ALWAYS | ROLE_ENDS,
    [JUMP_BACKWARD] = ROLE_JUMPS_BACK | ROLE_ALWAYS | ROLE_ENDS,
    [JUMP_BACKWARD_NO_INTERRUPT] = ROLE_JUMPS_BACK | ROLE_ALWAYS | ROLE_ENDS,
#if PY_VERSION_HEX < 0x030C0000
    [LOAD_CLASSDEREF] = ROLE_TAKES_NOTHING,
    [UNARY_POSITIVE] = ROLE_COMPUTES,
    [PRECALL] = ROLE_COMPUTES,
    [LIST_TO_TUPLE] = ROLE_COMPUTES,
    [JUMP_IF_FALSE_OR_POP] = ROLE_COMPUTES | ROLE_JUMPS,
    [JUMP_IF_TRUE_OR_POP] = ROLE_COMPUTES | ROLE_JUMPS,
    [POP_JUMP_FORWARD_IF_FALSE] = ROLE_TAKES_VALUE | ROLE_JUMPS,
    [POP_JUMP_FORWARD_IF_TRUE] = ROLE_TAKES_VALUE | ROLE_JUMPS,
    [POP_JUMP_FORWARD_IF_NONE] = ROLE_JUMPS,
    [POP_JUMP_FORWARD_IF_NOT_NONE] = ROLE_JUMPS,
    [POP_JUMP_BACKWARD_IF_FALSE] = ROLE_TAKES_VALUE | ROLE_JUMPS_BACK,
    [POP_JUMP_BACKWARD_IF_TRUE] = ROLE_TAKES_VALUE | ROLE_JUMPS_BACK,
    [POP_JUMP_BACKWARD_IF_NONE] = ROLE_JUMPS_BACK,
    [POP_JUMP_BACKWARD_IF_NOT_NONE] = ROLE_JUMPS_BACK,
#else
    [LOAD_FAST_CHECK] = ROLE_TAKES_NOTHING,
    [LOAD_FAST_AND_CLEAR] = ROLE_TAKES_NOTHING,
    [LOAD_LOCALS] = ROLE_TAKES_NOTHING,
    [CALL] = ROLE_COMPUTES,
    [CALL_INTRINSIC_1] = ROLE_COMPUTES,
    [LOAD_SUPER_ATTR] = ROLE_COMPUTES,
    [BINARY_SLICE] = ROLE_COMPUTES,
    [STORE_SLICE] = ROLE_COMPUTES,
    [POP_JUMP_IF_FALSE] = ROLE_TAKES_VALUE | ROLE_JUMPS,
    [POP_JUMP_IF_TRUE] = ROLE_TAKES_VALUE | ROLE_JUMPS,
    [POP_JUMP_IF_NONE] = ROLE_JUMPS,
    [POP_JUMP_IF_NOT_NONE] = ROLE_JUMPS,
#endif
#if PY_VERSION_HEX < 0x030D0000
    [LOAD_CLOSURE] = ROLE_TAKES_NOTHING,
    [FORMAT_VALUE] = ROLE_COMPUTES,
#else
    [LOAD_FAST_LOAD_FAST] = ROLE_TAKES_NOTHING,
    [CALL_KW] = ROLE_COMPUTES,
    [FORMAT_SIMPLE] = ROLE_COMPUTES,
    [FORMAT_WITH_SPEC] = ROLE_COMPUTES,
    [CONVERT_VALUE] = ROLE_COMPUTES,
    [TO_BOOL] = ROLE_COMPUTES,
    [STORE_FAST_STORE_FAST] = ROLE_TAKES_VALUE,
    [STORE_FAST_LOAD_FAST] = ROLE_TAKES_VALUE,
#endif
#if PY_VERSION_HEX >= 0x030C0000 && PY_VERSION_HEX < 0x030E0000
    [RETURN_CONST] = ROLE_TAKES_NOTHING | ROLE_ENDS,
#endif
#if PY_VERSION_HEX < 0x030E0000
    [BINARY_SUBSCR] = ROLE_COMPUTES,
    [BUILD_CONST_KEY_MAP] = ROLE_COMPUTES,
    [LOAD_ASSERTION_ERROR] = ROLE_COMPUTES,
    [BEFORE_WITH] = ROLE_TAKES_VALUE,
    [BEFORE_ASYNC_WITH] = ROLE_TAKES_VALUE,
#else
    [LOAD_FAST_BORROW] = ROLE_TAKES_NOTHING,
    [LOAD_FAST_BORROW_LOAD_FAST_BORROW] = ROLE_TAKES_NOTHING,
    [LOAD_SMALL_INT] = ROLE_TAKES_NOTHING | ROLE_CONSTANT,
    [LOAD_COMMON_CONSTANT] = ROLE_TAKES_NOTHING | ROLE_CONSTANT, /* but see python_loads_assertion_error */
    [BUILD_TEMPLATE] = ROLE_COMPUTES,
    [BUILD_INTERPOLATION] = ROLE_COMPUTES,
    [END_ASYNC_FOR] = ROLE_MARKS_BACK,
#endif
#if PY_VERSION_HEX < 0x030F0000
    [GET_YIELD_FROM_ITER] = ROLE_TAKES_VALUE,
#endif
};


bool python_loads_assertion_error(uint8_t opcode, uint32_t oparg) {
#if PY_VERSION_HEX < 0x030E0000
    (void)oparg;
    return opcode == LOAD_ASSERTION_ERROR;
#else
    return opcode == LOAD_COMMON_CONSTANT && oparg == CONSTANT_ASSERTIONERROR;
#endif
}

bool python_is_loop_jump(uint8_t opcode) {
    return python_has_role(opcode, ROLE_JUMPS_BACK) && opcode != JUMP_BACKWARD_NO_INTERRUPT;
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

bool python_starts_line(uint8_t opcode) { return PY_VERSION_HEX >= 0x030C0000 && opcode == FOR_ITER; }

bool python_is_passed_over(uint8_t opcode, uint8_t before) {
#if PY_VERSION_HEX < 0x030C0000
    (void)opcode;
    (void)before;
    return false;
#else
    return opcode == END_FOR || (before == END_FOR && PY_VERSION_HEX >= 0x030D0000 && PY_VERSION_HEX < 0x030E0000);
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

bool python_holds_interrupts(uint8_t opcode) {
#if PY_VERSION_HEX < 0x030F0000
    (void)opcode;
    return false;
#else
    return opcode == LOAD_SPECIAL;
#endif
}

bool python_belongs_to_call(uint8_t opcode) {
#if PY_VERSION_HEX < 0x030D0000
    return opcode == KW_NAMES;
#else
    (void)opcode;
    return false;
#endif
}

bool python_begins_handler(uint8_t opcode) { return opcode == PUSH_EXC_INFO; }
bool python_ends_async_loop(uint8_t opcode) { return opcode == END_ASYNC_FOR; }

bool python_is_expression(uint8_t opcode, uint32_t oparg) {
    return python_has_role(opcode, ROLE_COMPUTES) || python_loads_assertion_error(opcode, oparg);
}

unsigned python_stored_value(uint8_t opcode) {
#if PY_VERSION_HEX >= 0x030C0000
    if (opcode == STORE_SLICE)
        return 4;
#endif
    return opcode == STORE_SUBSCR ? 3 : opcode == STORE_ATTR ? 2 : 0;
}

bool python_matches_group(uint8_t opcode) { return opcode == CHECK_EG_MATCH; }

bool python_takes_nothing(uint8_t opcode, uint32_t oparg) {
    return (python_has_role(opcode, ROLE_TAKES_NOTHING) && !python_loads_assertion_error(opcode, oparg)) ||
           (python_has_role(opcode, ROLE_TAKES_OPERANDS) && oparg == 0);
}

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
bool python_reraises_at_last_statement(void) { return PY_VERSION_HEX < 0x030C0000; }
bool python_swaps(uint8_t opcode) { return opcode == SWAP; }
