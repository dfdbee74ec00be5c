#include "tui/view/bytecode_opcodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/heat.h"
#include "tui/view/number.h"
#include "tui/view/table.h"

enum { SHARE_AT = 1, SHARE_WIDTH = 5, COUNT_AT = 8, COUNT_WIDTH = 11, NAME_AT = 20, BAR_FROM = 10, EIGHTHS = 8 };

bool bytecode_mode_is_of_program(enum bytecode_mode mode) {
    return mode == BYTECODE_MODE_PROGRAM_OPCODES || mode == BYTECODE_MODE_PROGRAM_PAIRS;
}

bool bytecode_mode_has_pairs(enum bytecode_mode mode) {
    return mode == BYTECODE_MODE_PAIRS || mode == BYTECODE_MODE_PROGRAM_PAIRS;
}

void bytecode_opcodes_free(struct bytecode_opcodes *opcodes) {
    free(opcodes->rows);
    *opcodes = (struct bytecode_opcodes){0};
}

const char *bytecode_opcodes_name(const struct bytecode_opcodes *opcodes, size_t index, char text[128]) {
    const struct model_opcode *row = &opcodes->rows[index];
    snprintf(text, 128, "%s%s%s", row->opname, *row->next ? " " : "", row->next);
    return text;
}

void bytecode_opcodes_select(struct bytecode_opcodes *opcodes, size_t index) {
    opcodes->index = index;
    if (index < opcodes->count)
        bytecode_opcodes_name(opcodes, index, opcodes->selected);
}

static void find_selected(struct bytecode_opcodes *opcodes) {
    char name[128];
    size_t index = 0;
    for (size_t i = 0; *opcodes->selected && i < opcodes->count; i++)
        if (strcmp(bytecode_opcodes_name(opcodes, i, name), opcodes->selected) == 0)
            index = i;
    opcodes->index = index;
}

bool bytecode_opcodes_build(struct bytecode_opcodes *opcodes, const struct model *model, uint32_t function,
                            enum bytecode_mode mode) {
    uint32_t of = bytecode_mode_is_of_program(mode) ? 0 : function;
    free(opcodes->rows);
    opcodes->count = 0;
    opcodes->unknown = 0;
    opcodes->rows = bytecode_mode_has_pairs(mode) ? model_opcode_pairs(model, of, &opcodes->count, &opcodes->unknown)
                                                  : model_opcodes(model, of, &opcodes->count);
    if (!opcodes->rows)
        opcodes->count = 0;
    opcodes->total = opcodes->unknown;
    for (size_t i = 0; i < opcodes->count; i++)
        opcodes->total += opcodes->rows[i].count;
    find_selected(opcodes);
    return opcodes->rows != NULL;
}

/* A bar of so many eighths of a column. */
static void draw_bar(struct grid *grid, struct rectangle area, int row, int column, int eighths, enum cell_style style) {
    for (; eighths > 0; eighths -= EIGHTHS, column++) {
        uint32_t glyph = eighths >= EIGHTHS ? 0x2588 : 0x2590u - (uint32_t)eighths; /* full, else parts of it */
        if (grid->ascii)
            glyph = eighths >= EIGHTHS / 2 ? '#' : ' ';
        grid_glyph(grid, area, row, column, style, glyph);
    }
}

static void draw_row(const struct bytecode_opcodes *opcodes, size_t index, int name_width, const char *pattern,
                     struct grid *grid, struct rectangle area, int row) {
    const struct model_opcode *opcode = &opcodes->rows[index];
    char text[NUMBER_SIZE], name[128];
    double share = opcodes->total ? (double)opcode->count / (double)opcodes->total : 0;
    enum cell_style heat = heat_style(heat_level(share));
    int bar_at = NAME_AT + name_width + 1, bar = area.columns - bar_at;
    table_cell(grid, area, row, SHARE_AT, SHARE_WIDTH, heat, false,
               number_percent(text, opcode->count, opcodes->total, SHARE_WIDTH));
    table_cell(grid, area, row, COUNT_AT, COUNT_WIDTH, STYLE_NORMAL, false, number_count(text, opcode->count, COUNT_WIDTH));
    bytecode_opcodes_name(opcodes, index, name);
    table_cell(grid, area, row, NAME_AT, name_width, STYLE_NORMAL, true, name);
    table_highlight(grid, area, row, NAME_AT, name_width, name, 0, pattern);
    if (bar > 0 && opcodes->rows[0].count)
        draw_bar(grid, area, row, bar_at, (int)((double)opcode->count / (double)opcodes->rows[0].count * bar * EIGHTHS), heat);
}

/* Columns of the longest name, as far as there is room; the bars have the rest. */
static int width_of_names(const struct bytecode_opcodes *opcodes, int columns) {
    char name[128];
    int widest = 0, room = columns - NAME_AT;
    for (size_t i = 0; i < opcodes->count; i++) {
        int width = grid_text_width(bytecode_opcodes_name(opcodes, i, name));
        widest = width > widest ? width : widest;
    }
    return widest + 1 + BAR_FROM <= room ? widest : room;
}

static void draw_header(const struct bytecode_opcodes *opcodes, enum bytecode_mode mode, int name_width, struct grid *grid,
                        struct rectangle area) {
    char count[NUMBER_SIZE], text[64];
    table_cell(grid, area, 0, SHARE_AT, SHARE_WIDTH, STYLE_HEADER, false, "%");
    table_cell(grid, area, 0, COUNT_AT, COUNT_WIDTH, STYLE_HEADER, false, "count");
    if (opcodes->unknown)
        snprintf(text, sizeof text, "opcode, the next (not known: %s)", number_count(count, opcodes->unknown, 8));
    else
        snprintf(text, sizeof text, "%s", bytecode_mode_has_pairs(mode) ? "opcode, the next" : "opcode");
    table_cell(grid, area, 0, NAME_AT, name_width > 40 ? name_width : area.columns - NAME_AT, STYLE_HEADER, true, text);
}

static void scroll(struct bytecode_opcodes *opcodes, size_t visible) {
    if (opcodes->index < opcodes->top)
        opcodes->top = opcodes->index;
    else if (opcodes->index >= opcodes->top + visible)
        opcodes->top = opcodes->index - visible + 1;
    if (opcodes->top + visible > opcodes->count)
        opcodes->top = opcodes->count > visible ? opcodes->count - visible : 0;
}

void bytecode_opcodes_draw(struct bytecode_opcodes *opcodes, enum bytecode_mode mode, bool focused, const char *pattern,
                           struct grid *grid, struct rectangle area) {
    int header = table_header_rows(area), name_width = width_of_names(opcodes, area.columns);
    if (header)
        draw_header(opcodes, mode, name_width, grid, area);
    scroll(opcodes, area.rows > header ? (size_t)(area.rows - header) : 1);
    for (int row = header; row < area.rows && opcodes->top + (size_t)(row - header) < opcodes->count; row++) {
        size_t index = opcodes->top + (size_t)(row - header);
        draw_row(opcodes, index, name_width, pattern, grid, area, row);
        if (index == opcodes->index)
            table_mark_selected(grid, area, row, area.columns, focused);
    }
}
