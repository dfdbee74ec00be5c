/* bytecode_opcodes.h - which opcodes were executed how often, by a function or by the whole program, one by one or in pairs. */
#ifndef PYPROF_TUI_VIEW_BYTECODE_OPCODES_H
#define PYPROF_TUI_VIEW_BYTECODE_OPCODES_H

#include "pyprof/model.h"
#include "tui/app/request.h"
#include "tui/term/grid.h"

/* What the bytecode pane shows: X(NAME, title in front of the function's name or of "the program") */
#define BYTECODE_MODE_LIST(X)                    \
    X(CODE, "Bytecode")                          \
    X(OPCODES, "Opcodes of")                     \
    X(PAIRS, "Pairs of opcodes of")              \
    X(PROGRAM_OPCODES, "Opcodes of")             \
    X(PROGRAM_PAIRS, "Pairs of opcodes of")

enum bytecode_mode {
#define X(NAME, title) BYTECODE_MODE_##NAME,
    BYTECODE_MODE_LIST(X)
#undef X
    BYTECODE_MODE_COUNT
};

/* All zero is a histogram of nothing. */
struct bytecode_opcodes {
    struct model_opcode *rows; /* owned; names are the model's */
    size_t count, index, top;  /* index: the selected row */
    uint64_t total, unknown;   /* executions, or steps from one to the next; unknown ones are in total */
    char selected[128];        /* its name: rows re-sort while a run goes on */
};

bool bytecode_mode_is_of_program(enum bytecode_mode mode);
bool bytecode_mode_has_pairs(enum bytecode_mode mode);

void bytecode_opcodes_free(struct bytecode_opcodes *opcodes);
/* Counts anew; the selection stays on its opcode. false: out of memory, there are none. */
bool bytecode_opcodes_build(struct bytecode_opcodes *opcodes, const struct model *model, uint32_t function,
                            enum bytecode_mode mode);
void bytecode_opcodes_draw(struct bytecode_opcodes *opcodes, enum bytecode_mode mode, bool focused, const char *pattern,
                           struct grid *grid, struct rectangle area);
void bytecode_opcodes_select(struct bytecode_opcodes *opcodes, size_t index);
/* "LOAD_FAST", or "LOAD_FAST LOAD_CONST" for a pair. */
const char *bytecode_opcodes_name(const struct bytecode_opcodes *opcodes, size_t index, char text[128]);

#endif
