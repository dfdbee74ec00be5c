/* bytecode_rows.h - the rows of a function's disassembly: its instructions below the source lines they are of, and behind them
 * its exception table. */
#ifndef PYPROF_TUI_VIEW_BYTECODE_ROWS_H
#define PYPROF_TUI_VIEW_BYTECODE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pyprof/model.h"

enum bytecode_row_kind {
    BYTECODE_ROW_LINE,        /* a source line, above its instructions; a line may come again */
    BYTECODE_ROW_INSTRUCTION,
    BYTECODE_ROW_TABLE,       /* the heading of the exception table */
    BYTECODE_ROW_HANDLER,
};

struct bytecode_row {
    enum bytecode_row_kind kind;
    uint32_t index; /* of the instruction, or of the handler, among the function's; of a line: the first one below */
    uint32_t line;  /* of the source; an instruction without one has the one above it. 0: not known */
    uint64_t count; /* of a line: executions of the instructions below it, together; MODEL_UNKNOWN: not counted */
};

/* All zero is the disassembly of no function. Rows of the model are borrowed: built anew for each model. */
struct bytecode_rows {
    struct bytecode_row *rows; /* owned */
    size_t count, capacity;
    uint32_t *row_of;          /* owned: the row of each instruction */
    const struct model_instruction *instructions; /* of the function, instruction_count of them */
    size_t instruction_count;
    const struct model_handler *handlers;
    size_t handler_count;
    bool counted;   /* executions are known */
    uint64_t total; /* of all instructions: what shares are taken of; 0: none were executed, or they are not known */
};

void bytecode_rows_free(struct bytecode_rows *rows);
/* Rows of that function (0: of none). false: out of memory, there are none. */
bool bytecode_rows_build(struct bytecode_rows *rows, const struct model *model, uint32_t function);

/* The row of the instruction at that offset, SIZE_MAX: there is none. */
size_t bytecode_rows_at(const struct bytecode_rows *rows, uint32_t offset);
/* The first instruction's row of a source line, SIZE_MAX: there is none. */
size_t bytecode_rows_of_line(const struct bytecode_rows *rows, uint32_t line);
/* Headings cannot be selected. From `index` on in the direction (1, -1), else the other way: the next row that can. SIZE_MAX: there
 * is none. */
size_t bytecode_rows_selectable(const struct bytecode_rows *rows, size_t index, int direction);
/* The instruction of a row; NULL: it has none. Likewise the entry of the exception table. */
const struct model_instruction *bytecode_rows_instruction(const struct bytecode_rows *rows, size_t row);
const struct model_handler *bytecode_rows_handler(const struct bytecode_rows *rows, size_t row);
/* The entry that holds for an offset, the innermost one; NULL: an exception there leaves the function. */
const struct model_handler *bytecode_rows_handler_of(const struct bytecode_rows *rows, uint32_t offset);

#endif
