#include "tui/view/bytecode_draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/view/bytecode_text.h"
#include "tui/view/heat.h"
#include "tui/view/number.h"
#include "tui/view/source_draw.h"
#include "tui/view/table.h"

enum {
    SHARE_WIDTH = 5, COUNT_WIDTH = 8, LONG_COUNT_WIDTH = 11, STACK_WIDTH = 5, FORM_WIDTH = 30, OPNAME_WIDTH = 20,
    NARROWEST_NAME = 14, /* of the instruction */
};

/* Where columns begin; -1: not shown. */
struct columns {
    int share, heat, count, lanes, offset, mark, name, stack, form;
    int count_width, lane_count, offset_width, name_width;
    bool padded; /* arguments stand below each other */
};

int bytecode_header_rows(struct rectangle area) { return area.rows >= 3; }

int bytecode_detail_rows(struct rectangle area) { return area.rows >= 18 ? 4 : area.rows >= 14 ? 3 : area.rows >= 6 ? 2 : 0; }

static int digits(uint64_t value) {
    int count = 1;
    while (value >= 10) {
        value /= 10;
        count++;
    }
    return count;
}

/* Takes `width` columns and a blank where that leaves `room` for the instruction. */
static bool takes(int *left, int width, int room) {
    if (*left - width - 1 < room)
        return false;
    *left -= width + 1;
    return true;
}

static uint32_t last_offset(const struct bytecode_rows *rows) {
    return rows->instruction_count ? rows->instructions[rows->instruction_count - 1].offset : 0;
}

static uint64_t highest_count(const struct bytecode_rows *rows) {
    uint64_t highest = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i].count != MODEL_UNKNOWN && rows->rows[i].count > highest)
            highest = rows->rows[i].count;
    return highest;
}

static int put(bool shown, int width, int *at) {
    int column = *at;
    *at += shown ? width : 0;
    return shown ? column : -1;
}

static int lanes_for(const struct bytecode_drawing *drawing, int *left) {
    int lanes = drawing->arrows->lanes, few = lanes < 2 ? lanes : 2, more = *left - 56 > few ? *left - 56 : few;
    lanes = lanes > more ? more : lanes;
    *left -= lanes;
    return lanes;
}

static struct columns lay_out(const struct bytecode_drawing *drawing, int width) {
    struct columns columns = {.offset_width = digits(last_offset(drawing->rows)), .count_width = COUNT_WIDTH};
    bool counted = drawing->rows->counted;
    int left = width - 1, at = 1; /* the marker of the selected row */
    columns.offset_width += width >= 60; /* parted from the arrow's head */
    columns.offset_width = columns.offset_width < 3 ? 3 : columns.offset_width;
    if (width >= 60 && highest_count(drawing->rows) > 99999999)
        columns.count_width = LONG_COUNT_WIDTH;
    bool offset = takes(&left, columns.offset_width, 4), mark = takes(&left, 0, 4);
    bool heads = takes(&left, 0, 8), count = takes(&left, columns.count_width, 8);
    columns.lane_count = heads && left > NARROWEST_NAME + 6 ? lanes_for(drawing, &left) : 0;
    bool share = counted && count && (drawing->percent || width >= 60) && takes(&left, SHARE_WIDTH, NARROWEST_NAME);
    bool heat = counted && count && !share && takes(&left, 0, NARROWEST_NAME);
    bool stack = takes(&left, STACK_WIDTH + 1, 34), form = takes(&left, FORM_WIDTH, 44);
    columns.share = put(share, SHARE_WIDTH + 1, &at);
    columns.count = put(count, columns.count_width + !heat, &at);
    columns.heat = put(heat, 2, &at);
    columns.lanes = put(heads, columns.lane_count + 1, &at);
    columns.offset = put(offset, columns.offset_width + 1, &at);
    columns.mark = put(mark, 1, &at);
    columns.name = put(true, left, &at);
    columns.name_width = left;
    columns.stack = put(stack, STACK_WIDTH + 2, &at);
    columns.form = put(form, FORM_WIDTH, &at);
    columns.padded = left >= 34;
    return columns;
}

/* --- header ----------------------------------------------------------------------------------------- */

static void head(struct grid *grid, struct rectangle area, int column, int width, bool left, const char *title) {
    if (column >= 0)
        table_cell(grid, area, 0, column, width, STYLE_HEADER, left, title);
}

static void draw_header(const struct bytecode_drawing *drawing, const struct columns *columns, struct grid *grid,
                        struct rectangle area) {
    head(grid, area, columns->share, 4, false, "%Fn");
    head(grid, area, columns->count, columns->count_width, false, drawing->rows->counted ? "count" : "hits");
    head(grid, area, columns->offset, columns->offset_width, false, "off");
    head(grid, area, columns->name, columns->name_width, true, "instruction");
    head(grid, area, columns->stack, STACK_WIDTH, false, "stack");
    head(grid, area, columns->form, FORM_WIDTH, true, "specialised to");
}

/* --- rows ------------------------------------------------------------------------------------------- */

static void draw_count(const struct bytecode_drawing *drawing, const struct columns *columns, uint64_t count, bool heading,
                       struct grid *grid, struct rectangle area, int row) {
    char text[NUMBER_SIZE];
    uint64_t total = drawing->rows->total;
    double share = total && count != MODEL_UNKNOWN ? (double)count / (double)total : 0;
    int level = heat_level(share);
    enum cell_style style = heading ? STYLE_DIM : STYLE_NORMAL;
    if (count == MODEL_UNKNOWN)
        return;
    if (columns->share >= 0 && total) {
        enum cell_style heat = heading ? STYLE_DIM : heat_style(level);
        table_cell(grid, area, row, columns->share, 4, heat, false, number_percent(text, count, total, 4));
        grid_glyph(grid, area, row, columns->share + 4, heat, heading ? ' ' : (uint32_t)heat_glyph(level));
    }
    if (columns->heat >= 0 && !heading)
        grid_glyph(grid, area, row, columns->heat, heat_style(level), (uint32_t)heat_glyph(level));
    if (columns->count >= 0)
        table_cell(grid, area, row, columns->count, columns->count_width, style, false,
                   number_count(text, count, columns->count_width));
}

/* Of a line where instructions are not counted: its hits, as far as those are known. */
static uint64_t line_hits(const struct bytecode_drawing *drawing, uint32_t line) {
    const struct model *model = drawing->model;
    const struct model_function *function = &model->functions[drawing->function];
    if (function->first_line_row > model->line_count || function->line_row_count > model->line_count - function->first_line_row)
        return MODEL_UNKNOWN;
    for (uint32_t i = 0; i < function->line_row_count; i++)
        if (model->lines[function->first_line_row + i].line == line)
            return model->lines[function->first_line_row + i].hits;
    return MODEL_UNKNOWN;
}

static int indentation(const char *line, size_t length) {
    int columns = 0;
    for (size_t i = 0; i < length && (line[i] == ' ' || line[i] == '\t'); i++)
        columns = line[i] == '\t' ? (columns / 8 + 1) * 8 : columns + 1;
    return columns;
}

static void draw_line(const struct bytecode_drawing *drawing, const struct columns *columns, const struct bytecode_row *line,
                      struct grid *grid, struct rectangle area, int row) {
    size_t length;
    const char *source = source_text_line(drawing->text, line->line, &length);
    int column = columns->offset >= 0 ? columns->offset : columns->name, number = digits(line->line);
    int width = number < columns->offset_width ? columns->offset_width : number + 1;
    draw_count(drawing, columns, drawing->rows->counted ? line->count : line_hits(drawing, line->line), true, grid, area, row);
    grid_format(grid, area, row, column, STYLE_BOLD, "%*s:%" PRIu32, width - number - 1, "", line->line);
    column += width + 1;
    int skip = indentation(source, length);
    if (area.columns - column < SOURCE_NARROW) /* source_draw_line halves it then */
        skip /= 2;
    source_draw_line(drawing->text, line->line, grid, area, row, column, area.columns - column, skip, drawing->pattern);
}

/* A text without its first columns, in `width` columns; what is cut shows it. */
static void draw_scrolled(const struct bytecode_drawing *drawing, enum cell_style style, const char *text, struct grid *grid,
                          struct rectangle area, int row, int column, int width) {
    if (width <= 0)
        return;
    struct rectangle cells = {area.row + row, area.column + column, 1, width};
    int end = grid_text_width(text) - drawing->sideways;
    if (end > 0)
        grid_text_part(grid, cells, 0, 0, style, text, strlen(text), drawing->sideways);
    if (end > width)
        grid_glyph(grid, cells, 0, width - 1, STYLE_DIM, '~');
    table_highlight(grid, cells, 0, 0, width, text, drawing->sideways, drawing->pattern);
}

static void draw_instruction(const struct bytecode_drawing *drawing, const struct columns *columns,
                             const struct model_instruction *instruction, struct grid *grid, struct rectangle area, int row) {
    char text[2 * BYTECODE_TEXT_SIZE], stack[32];
    bool never = instruction->count == 0 || instruction->flags & MODEL_INSTRUCTION_PREFIX;
    enum cell_style style = never ? STYLE_DIM : STYLE_NORMAL;
    char mark = bytecode_mark(instruction);
    draw_count(drawing, columns, instruction->count, false, grid, area, row);
    if (columns->offset >= 0)
        grid_format(grid, area, row, columns->offset, STYLE_DIM, "%*" PRIu32, columns->offset_width, instruction->offset);
    if (columns->mark >= 0)
        grid_glyph(grid, area, row, columns->mark, mark == '!' ? STYLE_ERROR : STYLE_KEY, (uint32_t)mark);
    bytecode_write(instruction, columns->form < 0, columns->padded ? OPNAME_WIDTH : 0, text, sizeof text);
    draw_scrolled(drawing, style, text, grid, area, row, columns->name, columns->name_width);
    if (columns->stack >= 0)
        table_cell(grid, area, row, columns->stack, STACK_WIDTH, STYLE_DIM, false, bytecode_stack(instruction, stack));
    if (columns->form >= 0)
        table_cell(grid, area, row, columns->form, FORM_WIDTH, STYLE_NORMAL, true,
                   mark == '!' ? "(in vain)" : mark == '*' ? instruction->specialized : "");
}

static void draw_table_row(const struct bytecode_drawing *drawing, const struct columns *columns, size_t index,
                           struct grid *grid, struct rectangle area, int row) {
    char text[BYTECODE_TEXT_SIZE];
    const struct model_handler *handler = bytecode_rows_handler(drawing->rows, index);
    int column = columns->offset >= 0 ? columns->offset : columns->name;
    if (handler)
        draw_scrolled(drawing, STYLE_NORMAL, bytecode_handler(handler, text), grid, area, row, column, area.columns - column);
    else
        table_cell(grid, area, row, column, area.columns - column, STYLE_BOLD, true, "Exception table");
}

static void draw_row(const struct bytecode_drawing *drawing, const struct columns *columns, size_t index, struct grid *grid,
                     struct rectangle area, int row) {
    const struct bytecode_row *shown = &drawing->rows->rows[index];
    if (columns->lanes >= 0)
        bytecode_arrows_draw(drawing->arrows, index, drawing->selected, columns->lane_count, grid, area, row, columns->lanes);
    switch (shown->kind) {
    case BYTECODE_ROW_LINE: draw_line(drawing, columns, shown, grid, area, row); break;
    case BYTECODE_ROW_INSTRUCTION:
        draw_instruction(drawing, columns, bytecode_rows_instruction(drawing->rows, index), grid, area, row);
        break;
    case BYTECODE_ROW_TABLE: case BYTECODE_ROW_HANDLER: draw_table_row(drawing, columns, index, grid, area, row); break;
    }
    if (index == drawing->selected)
        table_mark_selected(grid, area, row, area.columns, drawing->focused);
}

/* The last rows: the selected instruction in words, below a rule where there is room for one. */
static void draw_detail(const struct bytecode_drawing *drawing, struct grid *grid, struct rectangle area) {
    char text[2 * BYTECODE_TEXT_SIZE];
    int rows = bytecode_detail_rows(area);
    if (!rows)
        return;
    struct rectangle detail = {area.row + area.rows - rows, area.column + 1, rows, area.columns - 1};
    if (rows > 2) {
        for (int column = 0; column < area.columns; column++)
            grid_glyph(grid, area, area.rows - rows, column, STYLE_BORDER, '-');
        detail.row++;
        detail.rows--;
    }
    bytecode_describe(drawing->rows, drawing->selected, text, sizeof text);
    if (table_paragraph(grid, detail, STYLE_NORMAL, text) > detail.rows)
        grid_glyph(grid, detail, detail.rows - 1, detail.columns - 1, STYLE_DIM, '~');
}

void bytecode_draw_rows(const struct bytecode_drawing *drawing, struct grid *grid, struct rectangle area) {
    struct columns columns = lay_out(drawing, area.columns);
    int header = bytecode_header_rows(area), end = area.rows - bytecode_detail_rows(area);
    if (header)
        draw_header(drawing, &columns, grid, area);
    for (int row = header; row < end; row++) {
        size_t index = drawing->top + (size_t)(row - header);
        if (index >= drawing->rows->count)
            break;
        draw_row(drawing, &columns, index, grid, area, row);
    }
    draw_detail(drawing, grid, area);
}
