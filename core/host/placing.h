/* placing.h - what the files share that write probes into code: place_probes.c and place_handlers.c. Nobody else includes it. */
#ifndef PYPROF_HOST_PLACING_H
#define PYPROF_HOST_PLACING_H

#include "core/host/basic_blocks.h"
#include "core/host/place_probes.h"
#include "core/host/probe_objects.h"

static const struct location nowhere = {-1, -1, -1, -1};

enum { NO_PLACE = UINT32_MAX };

/* What is known about one instruction while placing. */
struct place {
    uint8_t needs;          /* bits of (1 << enum line_need): of all edges that a line block is for */
    uint8_t loop_jumps;     /* there are always-taken loop jumps here, counted in front of the jump where edges differ */
    bool is_handler;
    bool counted_at_source; /* a loop jump whose probe stands in front of itself */
    bool call_begins, call_ends;
    bool raises_again; /* a handler whose landing ends with a RERAISE, directly in front of `start` */
    uint32_t stack_slot;       /* where the callable lies, for call_begins */
    PyObject *call_probe;      /* borrowed from the constants, for call_ends; NULL: memory is out */
    uint32_t call_end;         /* where its CALL_END stands in the new code */
    uint32_t at[LINE_NEED_COUNT];   /* where in the new code an edge of that need goes */
    uint32_t start;            /* first of all that stands in front of it, but for landings */
    uint32_t itself;           /* where it stands, without what stands in front of it */
    uint32_t block;            /* that is counted in front of it; 0: none */
    uint32_t behind;           /* first of what stands behind it */
    uint32_t landing, resume_landing; /* of a handler: where exceptions come to it whose exits are counted */
};

struct placing {
    struct bytecode bytecode;
    struct flow *flow;
    struct assembly assembly;
    struct place *places;
    uint32_t place_room;
    struct probe_wishes wishes;
    PyCodeObject *code;
    uint32_t *lines; /* distinct lines of the code, ascending */
    uint32_t line_count, line_room;
    uint32_t first_cell;
    struct basic_blocks blocks;
    uint32_t first_block; /* in the profile */
    uint32_t next_block;  /* whose probe is to be written next */
    bool may_be_leaf;
    bool begins_line; /* the function's first line needs no probe: entering the function counts it */
    PyObject **constants; /* the code's own, then the probes; owned */
    uint32_t constant_count, constant_room;
    PyObject *last_probe;             /* that was made; borrowed from the constants */
    PyObject *call_probe;             /* of the call that is being written; likewise */
    int32_t single[PROBE_KIND_COUNT]; /* constant index of a kind of which there is one per function; -1: not yet */
};

static inline bool placing_falls_through(const struct bytecode *bytecode, uint32_t from) {
    return bytecode->items[from].reached && !python_ends_block(bytecode->items[from].opcode);
}

/* A new probe; the constant that it is. */
uint32_t placing_probe(struct placing *p, enum probe_kind kind, struct probe_place place);
/* The constant of a kind that one probe object per function serves. */
uint32_t placing_single_probe(struct placing *p, enum probe_kind kind);

/* Appends a probe at the place of `where`. exit: in front of a yield that delegates, what its last
 * operand must point at; else -1. */
void placing_emit(struct placing *p, uint32_t constant, struct location where, int32_t exit);

/* place_handlers.c: in front of instruction i, if it is a handler, what counts exits. */
void placing_emit_landings(struct placing *p, uint32_t i);
/* When all instructions are written: the unwinding handler, and the exception table. */
void placing_emit_ranges(struct placing *p);

#endif
