#include "tui/view/bytecode_rows.h"

#include <stdlib.h>

void bytecode_rows_free(struct bytecode_rows *rows) {
    free(rows->rows);
    free(rows->row_of);
    *rows = (struct bytecode_rows){0};
}

/* Borrows the function's rows; none where the model is not in order. */
static void borrow(struct bytecode_rows *rows, const struct model *model, uint32_t function) {
    const struct model_function *owner = &model->functions[function];
    rows->instruction_count = rows->handler_count = 0;
    if (function && owner->first_instruction_row <= model->instruction_row_count &&
        owner->instruction_row_count <= model->instruction_row_count - owner->first_instruction_row) {
        rows->instructions = model->instruction_rows + owner->first_instruction_row;
        rows->instruction_count = owner->instruction_row_count;
    }
    if (rows->instruction_count && owner->first_handler_row <= model->handler_count &&
        owner->handler_row_count <= model->handler_count - owner->first_handler_row) {
        rows->handlers = model->handlers + owner->first_handler_row;
        rows->handler_count = owner->handler_row_count;
    }
    rows->counted = rows->instruction_count && owner->instructions != MODEL_UNKNOWN;
    rows->total = rows->counted ? owner->instructions : 0;
}

/* Room for all rows that there can be: a heading above each instruction, and one above the exception table. */
static bool reserve(struct bytecode_rows *rows) {
    size_t count = 2 * rows->instruction_count + rows->handler_count + 1;
    uint32_t *row_of = reallocarray(rows->row_of, rows->instruction_count + 1, sizeof *row_of);
    if (row_of)
        rows->row_of = row_of;
    if (row_of && count > rows->capacity) {
        struct bytecode_row *grown = reallocarray(rows->rows, count, sizeof *grown);
        if (!grown)
            return false;
        rows->rows = grown;
        rows->capacity = count;
    }
    return row_of != NULL;
}

static void add(struct bytecode_rows *rows, enum bytecode_row_kind kind, size_t index, uint32_t line) {
    rows->rows[rows->count++] = (struct bytecode_row){kind, (uint32_t)index, line, MODEL_UNKNOWN};
}

static void add_count(struct bytecode_row *heading, const struct model_instruction *instruction) {
    if (instruction->count == MODEL_UNKNOWN || instruction->flags & MODEL_INSTRUCTION_PREFIX)
        return;
    heading->count = (heading->count == MODEL_UNKNOWN ? 0 : heading->count) + instruction->count;
}

bool bytecode_rows_build(struct bytecode_rows *rows, const struct model *model, uint32_t function) {
    rows->count = 0;
    borrow(rows, model, function);
    if (!reserve(rows)) {
        rows->instruction_count = rows->handler_count = 0;
        return false;
    }
    uint32_t line = function ? model->functions[function].line : 0;
    size_t heading = SIZE_MAX;
    for (size_t i = 0; i < rows->instruction_count; i++) {
        const struct model_instruction *instruction = &rows->instructions[i];
        if (heading == SIZE_MAX || (instruction->line && instruction->line != line)) {
            line = instruction->line ? instruction->line : line;
            heading = rows->count;
            add(rows, BYTECODE_ROW_LINE, i, line);
        }
        rows->row_of[i] = (uint32_t)rows->count;
        add(rows, BYTECODE_ROW_INSTRUCTION, i, line);
        add_count(&rows->rows[heading], instruction);
    }
    if (rows->handler_count)
        add(rows, BYTECODE_ROW_TABLE, 0, 0);
    for (size_t i = 0; i < rows->handler_count; i++)
        add(rows, BYTECODE_ROW_HANDLER, i, 0);
    return true;
}

size_t bytecode_rows_at(const struct bytecode_rows *rows, uint32_t offset) {
    size_t low = 0, high = rows->instruction_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows->instructions[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rows->instruction_count && rows->instructions[low].offset == offset ? rows->row_of[low] : SIZE_MAX;
}

size_t bytecode_rows_of_line(const struct bytecode_rows *rows, uint32_t line) {
    for (size_t i = 0; line && i < rows->count; i++)
        if (rows->rows[i].kind == BYTECODE_ROW_LINE && rows->rows[i].line == line)
            return i + 1;
    return SIZE_MAX;
}

static bool is_selectable(const struct bytecode_rows *rows, size_t index) {
    return rows->rows[index].kind == BYTECODE_ROW_INSTRUCTION || rows->rows[index].kind == BYTECODE_ROW_HANDLER;
}

size_t bytecode_rows_selectable(const struct bytecode_rows *rows, size_t index, int direction) {
    if (!rows->count)
        return SIZE_MAX;
    if (index >= rows->count)
        index = rows->count - 1;
    for (size_t i = index; i < rows->count; i += (size_t)direction) /* below 0 it is beyond the end */
        if (is_selectable(rows, i))
            return i;
    for (size_t i = index; i < rows->count; i -= (size_t)direction)
        if (is_selectable(rows, i))
            return i;
    return SIZE_MAX;
}

const struct model_instruction *bytecode_rows_instruction(const struct bytecode_rows *rows, size_t row) {
    bool is = row < rows->count && rows->rows[row].kind == BYTECODE_ROW_INSTRUCTION;
    return is ? &rows->instructions[rows->rows[row].index] : NULL;
}

const struct model_handler *bytecode_rows_handler(const struct bytecode_rows *rows, size_t row) {
    bool is = row < rows->count && rows->rows[row].kind == BYTECODE_ROW_HANDLER;
    return is ? &rows->handlers[rows->rows[row].index] : NULL;
}

const struct model_handler *bytecode_rows_handler_of(const struct bytecode_rows *rows, uint32_t offset) {
    const struct model_handler *innermost = NULL;
    for (size_t i = 0; i < rows->handler_count; i++) {
        const struct model_handler *handler = &rows->handlers[i];
        if (handler->start <= offset && offset < handler->end &&
            (!innermost || handler->end - handler->start < innermost->end - innermost->start))
            innermost = handler;
    }
    return innermost;
}
