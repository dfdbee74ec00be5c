/* bytecode.h - a code object's instructions taken apart, and put together again with probes between them.
 *
 * Decoding drops EXTENDED_ARG prefixes and inline caches and turns jump distances into instruction indices; emitting
 * makes them anew. Columns of every instruction, the exception table and the order of everything are kept. Formats:
 * CPython 3.11, Objects/locations.md and Objects/exception_handling_notes.txt. */
#ifndef PYPROF_HOST_BYTECODE_H
#define PYPROF_HOST_BYTECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/host/python_version.h"

struct location {
    int32_t line; /* -1: none */
    int32_t end_line, column, end_column; /* -1: not known */
};

struct instruction {
    uint8_t opcode;
    uint8_t cache_units;
    bool reached;         /* by the analysis */
    bool is_jump_target;
    bool is_handler; /* an exception leads here */
    bool is_loop_jump;       /* goes back to the head of a loop */
    uint32_t oparg;
    int32_t target;       /* index of the instruction jumped to; -1: no jump */
    int32_t mark;         /* index of the instruction that the operand names without jumping there; -1: none */
    int32_t depth;        /* stack entries before it */
    int32_t line_before;  /* line control comes from when it falls through; 0: none */
    int32_t value_line;   /* line that pushed the topmost entry; 0: none, or not a line of the program */
    uint32_t unit;        /* where its opcode stood, behind its prefixes; in code units */
    int32_t range;        /* the exception range it lies in; -1: none */
    uint32_t expression_loop; /* index of the jump of a loop, as a comprehension's, that goes on from here; 0: none */
    struct location where;
};

struct exception_range {
    uint32_t start, end; /* instructions [start, end) */
    uint32_t target;
    uint32_t depth;
    bool keeps_offset; /* pushes the raising instruction's offset below the exception */
    bool reached;
};

/* What an edge of the flow does to lines. */
enum line_need {
    LINE_SAME,   /* it stays on its line */
    LINE_HIT,    /* a statement, or a part of it on a line of its own, starts */
    LINE_SWITCH, /* control comes back to a line */
    LINE_BEGIN,  /* a statement starts with what stands on a later line of it: x = (a <newline> if b else c) */
    LINE_NEED_COUNT
};

struct bytecode {
    struct instruction *items;
    uint32_t count;
    struct exception_range *ranges;
    uint32_t range_count;
    uint32_t body;      /* index of the instruction behind the function's start */
    bool is_generator;
    /* capacities; the arrays are kept from code object to code object */
    uint32_t item_room, range_room, unit_room;
    int32_t *index_at; /* while decoding: the instruction that begins at a unit (its EXTENDED_ARG included), else -1 */
};

/* Takes a code object apart. false: memory is out or the code is not understood; no exception is set. */
bool bytecode_decode(struct bytecode *bytecode, PyCodeObject *code);

/* Follows every path: fills depth, reached, line_before. With `origins`, also tells for every instruction whether coming
 * to its line there continues a statement of that line (see bytecode_flow.c); read by bytecode_edge_need.
 * false: the code is not what a compiler makes (depths that disagree, jumps out of the code). */
struct flow;
struct flow *flow_new(void);
bool flow_analyse(struct flow *flow, struct bytecode *bytecode, int stack_size, bool lines);

/* A jump back to the head of a loop statement. */
bool flow_is_loop_jump(const struct instruction *item);

/* What a probe on the edge from instruction `from` (UINT32_MAX: from outside, as an exception) to `to` has to count. */
int32_t flow_first_line(const struct flow *flow, int32_t line); /* of the statement that a line belongs to */
enum line_need flow_edge_need(const struct flow *flow, const struct bytecode *bytecode, uint32_t from, uint32_t to,
                              bool by_jump);

/* --- putting together --------------------------------------------------------------------------------------- */

/* An instruction of the new code; targets are indices into the new list. */
struct emitted {
    uint8_t opcode, cache_units;
    uint8_t backwards;
    uint8_t original; /* 1: it was there before */
    uint32_t oparg;
    int32_t target; /* -1: no jump */
    uint32_t offset; /* first code unit; set by the assembler */
    struct location where;
};

struct emitted_range {
    uint32_t start, end, target; /* indices into the new list */
    uint32_t depth;
    bool keeps_offset;
};

struct assembly {
    struct emitted *items;
    uint32_t count, room;
    struct emitted_range *ranges;
    uint32_t range_count, range_room;
    int32_t first_line;
    bool failed; /* memory is out: all further additions are dropped */
};

void assembly_clear(struct assembly *assembly, int32_t first_line);
/* Makes room for more items. */
bool assembly_grow(struct assembly *assembly);
/* Returns the index of the new item. */
static inline uint32_t assembly_add(struct assembly *assembly, struct emitted item) {
    if (assembly->count == assembly->room && !assembly_grow(assembly))
        return 0;
    assembly->items[assembly->count] = item;
    return assembly->count++;
}
void assembly_add_range(struct assembly *assembly, struct emitted_range range);
/* New references to bytes objects; false: memory is out (no exception set). */
bool assembly_finish(struct assembly *assembly, PyObject **bytecode, PyObject **line_table, PyObject **exception_table);
/* Of a finished one: the code's length, and where an item's opcode stands, behind its prefixes; in code units. */
uint32_t assembly_units(const struct assembly *assembly);
uint32_t assembly_opcode_unit(const struct emitted *item);

#endif
