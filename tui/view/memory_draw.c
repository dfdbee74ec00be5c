#include "tui/view/memory_draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/view/heat.h"
#include "tui/view/memory_text.h"
#include "tui/view/number.h"
#include "tui/view/table.h"
#include "tui/view/tree_rows.h"

enum { COLUMN_SHARE, COLUMN_BYTES, COLUMN_THIRD, COLUMN_PER_CALL, COLUMN_NAME, COLUMN_COUNT };
enum { SOURCE_FROM = 46 /* columns of the name from which on the source stands beside it */ };

struct layout {
    struct table_column columns[COLUMN_COUNT];
    int at[COLUMN_COUNT];
    int name_width, source_at, source_width; /* source_width 0: not shown */
};

static void lay_out(struct layout *layout, const struct memory_choice *choice, int width) {
    bool types = choice->mode == MEMORY_MODE_TYPES, tree = choice->tree && !types;
    bool left = choice->mode == MEMORY_MODE_LEFT && !tree;
    *layout = (struct layout){.columns = {
        {tree ? "Tot%" : "%", 5, 14, false},
        {"MiB", 6, 0, false},
        {tree ? "Self" : types ? "Objects" : "Blocks", tree ? 6 : 8, 24, false},
        {"Per call", left ? 8 : 0, 16, false},
        {types ? "Type" : tree ? "Calls and lines" : "Function:line", 0, 0, true}}};
    if (!left)
        layout->columns[COLUMN_PER_CALL].room = width + 1; /* more than there ever is */
    const int order[COLUMN_COUNT - 1] = {COLUMN_BYTES, COLUMN_SHARE, left ? COLUMN_PER_CALL : COLUMN_THIRD,
                                         left ? COLUMN_THIRD : COLUMN_PER_CALL};
    int room = table_fit(layout->columns, COLUMN_COUNT, order, 1, width, layout->at);
    layout->name_width = room;
    if (!tree && !types && room >= SOURCE_FROM) {
        layout->name_width = room * 2 / 5 > 24 ? room * 2 / 5 : 24;
        layout->source_at = layout->at[COLUMN_NAME] + layout->name_width + 1;
        layout->source_width = width - layout->source_at;
    }
}

static bool sorted_by(const struct memory_choice *choice, int column) {
    if (choice->tree && choice->mode != MEMORY_MODE_TYPES)
        return column == COLUMN_BYTES;
    switch (choice->sort) {
    case MEMORY_SORT_BYTES: return column == COLUMN_BYTES || column == COLUMN_SHARE;
    case MEMORY_SORT_BLOCKS: return column == COLUMN_THIRD;
    case MEMORY_SORT_PER_CALL: return column == COLUMN_PER_CALL;
    case MEMORY_SORT_PLACE: return column == COLUMN_NAME;
    case MEMORY_SORT_COUNT: break;
    }
    return false;
}

void memory_draw_header(const struct memory_drawing *drawing, struct grid *grid, struct rectangle area) {
    struct layout layout;
    lay_out(&layout, drawing->choice, area.columns);
    for (int column = 0; column < COLUMN_COUNT; column++)
        if (layout.at[column] >= 0)
            table_cell(grid, area, 0, layout.at[column],
                       column == COLUMN_NAME ? layout.name_width : layout.columns[column].width,
                       sorted_by(drawing->choice, column) ? STYLE_SORT_COLUMN : STYLE_HEADER, layout.columns[column].left,
                       layout.columns[column].title);
    if (layout.source_width > 0)
        table_cell(grid, area, 0, layout.source_at, layout.source_width, STYLE_HEADER, true, "Source");
}

void memory_row_name(const struct model *model, const struct memory_row *row, char *text, size_t size) {
    char place[MEMORY_TEXT_SIZE];
    if (row->kind == MEMORY_ROW_TYPE)
        snprintf(text, size, "%s", model->types[row->type].name);
    else
        snprintf(text, size, "%s", memory_place(model, row->function, row->line, place));
}

int memory_sign_column(const struct memory_row *row, struct rectangle area) {
    struct layout layout;
    struct memory_choice tree = {.tree = true};
    lay_out(&layout, &tree, area.columns);
    return layout.at[COLUMN_NAME] + tree_indent(row->depth, layout.name_width);
}

/* A call's name, or a line's number and text, below what called it. */
static void draw_branch(const struct memory_drawing *drawing, const struct layout *layout, const struct memory_row *row,
                        struct grid *grid, struct rectangle area, int at) {
    char text[2 * MEMORY_TEXT_SIZE], source[MEMORY_TEXT_SIZE];
    int column = memory_sign_column(row, area), end = layout->at[COLUMN_NAME] + layout->name_width;
    struct tree_shape shape = {row->depth, row->parent, row->expanded};
    grid_glyph(grid, area, at, column, STYLE_KEY, tree_sign(shape, grid->ascii));
    if (row->kind == MEMORY_ROW_LINE && row->line)
        snprintf(text, sizeof text, ":%" PRIu32 " %s", row->line, memory_line(drawing->model, row->function, row->line, source));
    else
        memory_row_name(drawing->model, row, text, sizeof text);
    table_cell(grid, area, at, column + 2, end - column - 2, row->kind == MEMORY_ROW_LINE ? STYLE_DIM : STYLE_NORMAL, true, text);
    table_highlight(grid, area, at, column + 2, end - column - 2, text, 0, drawing->pattern);
}

static void draw_place(const struct memory_drawing *drawing, const struct layout *layout, const struct memory_row *row,
                       struct grid *grid, struct rectangle area, int at) {
    char name[512], shortened[512], source[MEMORY_TEXT_SIZE];
    memory_row_name(drawing->model, row, name, sizeof name);
    const char *text = table_shorten(name, row->kind == MEMORY_ROW_LINE ? memory_place_tail(name, row->line) : NULL,
                                     layout->name_width, shortened, sizeof shortened);
    table_cell(grid, area, at, layout->at[COLUMN_NAME], layout->name_width, STYLE_NORMAL, true, text);
    if (layout->name_width > 0)
        table_highlight(grid, area, at, layout->at[COLUMN_NAME], layout->name_width, text, 0, drawing->pattern);
    if (layout->source_width > 0)
        table_cell(grid, area, at, layout->source_at, layout->source_width, STYLE_DIM, true,
                   memory_line(drawing->model, row->function, row->line, source));
}

/* What each call leaves, else what left it. */
static const char *per_call(const struct memory_row *row, char text[NUMBER_SIZE]) {
    switch (memory_row_origin(row)) {
    case MEMORY_LEFT_BY_EACH_CALL: return number_bytes(text, row->growing_bytes / row->growing_calls, 8);
    case MEMORY_LEFT_BY_SOME: return "some";
    case MEMORY_LEFT_ONCE: return "once";
    case MEMORY_LEFT_BY_IMPORT: return "import";
    }
    return "";
}

static void draw_numbers(const struct memory_drawing *drawing, const struct layout *layout, const struct memory_row *row, bool tree,
                         struct grid *grid, struct rectangle area, int at) {
    char text[NUMBER_SIZE];
    double share = drawing->total ? (double)row->bytes / (double)drawing->total : 0;
    const int *columns = layout->at;
    if (columns[COLUMN_SHARE] >= 0)
        table_cell(grid, area, at, columns[COLUMN_SHARE], 5, heat_style(heat_level(share)), false,
                   number_percent(text, row->bytes, drawing->total, 5));
    table_cell(grid, area, at, columns[COLUMN_BYTES], 6, STYLE_NORMAL, false, number_mebibytes(text, row->bytes, 6));
    if (columns[COLUMN_THIRD] >= 0 && tree)
        table_cell(grid, area, at, columns[COLUMN_THIRD], 6, STYLE_NORMAL, false, number_mebibytes(text, row->self_bytes, 6));
    else if (columns[COLUMN_THIRD] >= 0)
        table_cell(grid, area, at, columns[COLUMN_THIRD], 8, STYLE_NORMAL, false, number_count(text, row->count, 8));
    bool each = memory_row_origin(row) == MEMORY_LEFT_BY_EACH_CALL;
    if (columns[COLUMN_PER_CALL] >= 0)
        table_cell(grid, area, at, columns[COLUMN_PER_CALL], 8, each ? STYLE_BOLD : STYLE_DIM, false,
                   per_call(row, text));
}

void memory_draw_row(const struct memory_drawing *drawing, const struct memory_row *row, struct grid *grid, struct rectangle area,
                     int at) {
    struct layout layout;
    bool tree = drawing->choice->tree && drawing->choice->mode != MEMORY_MODE_TYPES;
    lay_out(&layout, drawing->choice, area.columns);
    draw_numbers(drawing, &layout, row, tree, grid, area, at);
    if (tree)
        draw_branch(drawing, &layout, row, grid, area, at);
    else
        draw_place(drawing, &layout, row, grid, area, at);
}
