/* opcode_tally.h - counts by opcode, or by two opcodes that follow each other. */
#ifndef PYPROF_PROFILE_OPCODE_TALLY_H
#define PYPROF_PROFILE_OPCODE_TALLY_H

#include "pyprof/model.h"

/* Numbers of names, from 1, in the order that they were first seen. Names are not copied. */
struct opcode_names;
struct opcode_tally {
    struct opcode_names *names; /* by text */
    const char **texts;         /* by number less 1 */
    size_t text_count, text_capacity;
    struct opcode_part {
        uint64_t key; /* number of the opcode, and below it that of the next one, or 0 */
        uint64_t count;
    } *parts;
    size_t part_count, part_capacity;
};

/* Starts as {0}. The number of an opcode's name; 0: out of memory. */
uint32_t opcode_tally_name(struct opcode_tally *tally, const char *opname);
/* next: a number, or 0. A count of 0 is nothing. false: out of memory. */
bool opcode_tally_add(struct opcode_tally *tally, uint32_t opcode, uint32_t next, uint64_t count);
/* All that was added, summed, most first, then by name; as model_opcodes. */
struct model_opcode *opcode_tally_rows(struct opcode_tally *tally, size_t *count);
void opcode_tally_free(struct opcode_tally *tally);

/* The functions asked for that have counts: one, or (0) all. Calls what with each; false: it returned false. */
bool opcode_tally_functions(const struct model *model, uint32_t function, struct opcode_tally *tally,
                            bool (*what)(const struct model *model, uint32_t function, struct opcode_tally *tally, void *context),
                            void *context);

#endif
