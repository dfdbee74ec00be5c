/* opcodes.h - instructions, and the roles that they play for the placing of probes and for telling where statements start. */
#ifndef PYPROF_HOST_PYTHON_VERSION_OPCODES_H
#define PYPROF_HOST_PYTHON_VERSION_OPCODES_H

#include "core/host/python_version/base.h"


/* The running interpreter has the bytecode that this was compiled for; alphas and betas of a version have not. */
bool python_bytecode_matches(void);

/* Bits: what an instruction does. */
enum python_opcode_role {
    ROLE_COMPUTES = 1 << 0,       /* see python_is_expression */
    ROLE_TAKES_VALUE = 1 << 1,    /* see python_takes_value */
    ROLE_TAKES_NOTHING = 1 << 2,  /* see python_takes_nothing */
    ROLE_TAKES_OPERANDS = 1 << 3, /* takes as many values as its operand says */
    ROLE_JUMPS = 1 << 4,
    ROLE_JUMPS_BACK = 1 << 5,
    ROLE_MARKS_BACK = 1 << 6, /* see JUMP_MARK_BACKWARDS */
    ROLE_ALWAYS = 1 << 7,     /* of a jump */
    ROLE_ENDS = 1 << 8,       /* control does not go on behind it */
    ROLE_CONSTANT = 1 << 9,   /* loads a constant */
};
extern const uint16_t python_opcode_roles[256];
static inline bool python_has_role(uint8_t opcode, unsigned roles) { return python_opcode_roles[opcode] & roles; }

/* JUMP_MARK_BACKWARDS: names an earlier instruction by its distance, but control never goes there. */
enum jump_kind { JUMP_NONE, JUMP_FORWARDS, JUMP_BACKWARDS, JUMP_MARK_BACKWARDS };

/* Code units of inline cache behind an instruction. */
unsigned python_cache_units(uint8_t opcode);
static inline enum jump_kind python_jump_kind(uint8_t opcode) {
    return python_has_role(opcode, ROLE_JUMPS)        ? JUMP_FORWARDS
           : python_has_role(opcode, ROLE_JUMPS_BACK) ? JUMP_BACKWARDS
           : python_has_role(opcode, ROLE_MARKS_BACK) ? JUMP_MARK_BACKWARDS
                                                      : JUMP_NONE;
}
/* A jump that is always taken. */
static inline bool python_jumps_always(uint8_t opcode) { return python_has_role(opcode, ROLE_ALWAYS); }
/* A loop's jump back to its head, as opposed to one that waits in the same place (`yield from`). */
bool python_is_loop_jump(uint8_t opcode);
/* From 3.12 on a comprehension, from 3.14 on a call of all() and the like, is a loop inside its function. The two instructions
 * in front of such a loop's head; a loop of a statement has others. */
bool python_enters_expression_loop(uint8_t last, uint8_t before_last);
/* Control never reaches the next instruction. */
static inline bool python_ends_block(uint8_t opcode) { return python_has_role(opcode, ROLE_ENDS); }
/* Change of stack depth. */
int python_stack_effect(uint8_t opcode, uint32_t oparg, bool jumps);

/* Roles that instructions play for the placing of probes. */
bool python_is_function_start(uint8_t opcode, uint32_t oparg); /* RESUME of a function's first entry */
bool python_is_resume(uint8_t opcode, uint32_t oparg);         /* RESUME behind a yield or await */
/* What was compiled where the interpreter has specialised the instruction since. */
uint8_t python_plain_opcode(uint8_t opcode);
bool python_makes_generator(uint8_t opcode);
bool python_returns(uint8_t opcode);
bool python_yields(uint8_t opcode);
bool python_discards_top(uint8_t opcode);
/* Nothing may stand between `before` and this instruction: the interpreter jumps past it, or looks at one from the other. */
bool python_sticks_to(uint8_t opcode, uint8_t before);
/* A tracer of lines must find it at the start of one. From 3.12 on a FOR_ITER that is nobody's line start is specialised to
 * generators even then, and tells the tracer of a StopIteration where such a generator ends. */
bool python_starts_line(uint8_t opcode);
/* The interpreter goes on behind it where a jump leads to it, and nothing else does. */
bool python_is_passed_over(uint8_t opcode, uint8_t before);
/* The instruction completes a call; *slots is how many stack entries the callable lies below the top, the upper one of the
 * pair (method or NULL, self or callable). */
bool python_is_call(uint8_t opcode, uint32_t oparg, unsigned *slots);
/* How many instructions such a call is made of, the one above being the first. */
uint32_t python_call_length(uint8_t opcode);
/* `yield from` and await: hands a value to the inner iterator; the yield stands directly behind it, and throwing into the
 * generator reads the distance to the exit from the instruction in front of the yield (Objects/genobject.c, _gen_throw). */
bool python_delegates(uint8_t opcode);
/* The call directly behind it, of `__enter__`, ends without a look for interrupts, so that `__exit__` is called (from 3.15 on). */
bool python_holds_interrupts(uint8_t opcode);
/* An instruction that must stay directly in front of a call of the same statement. */
bool python_belongs_to_call(uint8_t opcode);
bool python_begins_handler(uint8_t opcode);
bool python_ends_async_loop(uint8_t opcode); /* a handler, too: the iterator tells the end by an exception */

/* Roles for telling where statements start. */
/* Computes a value inside a statement: its place in the source spans lines of that statement alone. (What enters and leaves
 * `with`, loops and `try` bears the place of the whole statement, its body included.) */
bool python_is_expression(uint8_t opcode, uint32_t oparg);
/* What an assert raises: nothing else loads it in this way. */
bool python_loads_assertion_error(uint8_t opcode, uint32_t oparg);
/* Takes the finished value of an expression to where the statement wants it. */
static inline bool python_takes_value(uint8_t opcode) { return python_has_role(opcode, ROLE_TAKES_VALUE); }
/* Which entry of the stack, 1 being the top, is the value that is stored into an object; 0: it stores none. */
unsigned python_stored_value(uint8_t opcode);
/* Asks whether an exception group is meant by `except*`. */
bool python_matches_group(uint8_t opcode);
/* Takes nothing off the stack, as what begins the evaluation of a statement does. */
bool python_takes_nothing(uint8_t opcode, uint32_t oparg);
static inline bool python_loads_constant(uint8_t opcode) { return python_has_role(opcode, ROLE_CONSTANT); }
/* Returns a constant of its own, without the stack. */
bool python_returns_constant(uint8_t opcode);
bool python_is_nop(uint8_t opcode);
/* Puts the stack right inside a statement, or goes on with an exception: bears the line of what stood before. */
bool python_is_clean_up(uint8_t opcode);
bool python_ends_handler(uint8_t opcode);
/* Raising again at the end of `finally` bears the place of the last statement there, even of one that is never reached; from
 * 3.12 on the place of what leads to it. */
bool python_reraises_at_last_statement(void);
bool python_swaps(uint8_t opcode);

/* Instructions that are written, not only read. */
extern const uint8_t python_extended_arg, python_reraise, python_jump_forward, python_jump_backward, python_swap, python_pop_top;
/* The deepest stack on which the interpreter follows a SWAP when it works out what lies on the stack (setting `f_lineno`). */
extern const uint32_t python_swap_depth;

#endif
