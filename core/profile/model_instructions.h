/* model_instructions.h - totals of instructions: of functions, lines and the program. */
#ifndef PYPROF_PROFILE_MODEL_INSTRUCTIONS_H
#define PYPROF_PROFILE_MODEL_INSTRUCTIONS_H

#include "pyprof/model.h"

/* Fills function.instructions, line.instructions and model.instructions from the instruction rows, so that a total is never
 * another than its parts. A line that has none but instructions gets a row. Prefixes are in no total, as for the interpreter and
 * whoever traces it they are no step of their own; an instruction without a line counts for the line before it in the bytecode,
 * else for the function's first. What is not known in part is not known: a function with an instruction that is not counted.
 * Totals must be MODEL_UNKNOWN before. false: out of memory. */
bool model_spread_instructions(struct model *model);

/* Where a value is not known there is none: what is known of both, together. */
static inline void model_add_known(uint64_t *sum, uint64_t value) {
    if (value != MODEL_UNKNOWN)
        *sum = *sum == MODEL_UNKNOWN ? value : *sum + value;
}

#endif
