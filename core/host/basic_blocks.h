/* basic_blocks.h - the basic blocks of a code object, and where each is counted.
 *
 * A block begins at the first instruction, at what something jumps to, at an exception handler, and behind whatever control may
 * leave at without an exception: a jump, a return, a yield, what makes a generator. A call ends none: it comes back, or raises. So
 * a block that is entered runs to its end, or an exception leaves it on the way.
 *
 * Its probe stands in front of its first instruction; where that cannot be, behind what must follow the instruction before it at
 * once (END_SEND and its like), a RESUME, and all in front of a function's first RESUME, where an activation has not begun: the
 * block's head. None of it raises but RESUME. What makes a generator ends a block of its own, as the generator may never be
 * started. */
#ifndef PYPROF_HOST_BASIC_BLOCKS_H
#define PYPROF_HOST_BASIC_BLOCKS_H

#include "core/host/bytecode.h"

struct basic_block {
    uint32_t first, end; /* instructions [first, end) */
    uint32_t probe;      /* the instruction that its probe stands next to */
    bool behind;         /* behind that one; else in front of it */
};

struct basic_blocks {
    struct basic_block *items; /* ascending */
    uint32_t count;
    uint32_t room; /* the array is kept from code object to code object */
};

/* Of code that flow_analyse has gone through: what nothing leads to is in no block. false: memory is out. */
bool basic_blocks_find(struct basic_blocks *blocks, const struct bytecode *bytecode);

/* Whether instruction `index` of a block comes before its probe. */
static inline bool basic_block_head(const struct basic_block *block, uint32_t index) {
    return block->behind ? index <= block->probe : index < block->probe;
}

/* Where an instruction begins, its prefixes included; in code units. */
uint32_t instruction_first_unit(const struct bytecode *bytecode, uint32_t index);

#endif
