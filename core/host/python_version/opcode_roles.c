/* opcode_roles.c - what each instruction does, as far as the placing of probes asks for it. */
#include "core/host/python_version/internals.h"

#include <limits.h>

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
