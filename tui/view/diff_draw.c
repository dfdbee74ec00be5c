#include "tui/view/diff_draw.h"

#include <stdio.h>
#include <string.h>

#include "core/compare/diff_text.h"
#include "core/compare/function_match.h"

enum {
    NUMBER = DIFF_NUMBER_WIDTH, CHANGE = DIFF_NUMBER_WIDTH + 1, LINE = 6, MARGIN = 2, /* of signs: selected, new or gone */
    HEAD_ROWS = 2, LEAST_ROWS_WITH_HEAD = 8, ROOM_FOR_NAME = 24, ROOM_FOR_SOURCE = 40,
    FUNCTION_COLUMNS = 8, LINE_COLUMNS = 8,
};

/* --- values ------------------------------------------------------------------------------------------------ */

static void change_text(const struct diff_look *look, const struct diff_value *value, enum diff_unit unit,
                        char text[DIFF_TEXT_SIZE]) {
    char number[DIFF_TEXT_SIZE];
    bool known = value->verdict >= DIFF_EQUAL && value->before != value->after;
    int64_t change = session_diff_change(value);
    if (look->percent || !known) {
        diff_text_change(value, text);
        return;
    }
    diff_text_number(unit, change < 0 ? (uint64_t)0 - (uint64_t)change : (uint64_t)change, number);
    snprintf(text, DIFF_TEXT_SIZE, "%s%c%.24s", value->verdict == DIFF_NOISE ? "~" : "", change < 0 ? '-' : '+', number);
}

/* Sign and number say it without colour, too. */
static enum cell_style change_style(const struct diff_value *value) {
    if (value->verdict != DIFF_CHANGED)
        return STYLE_DIM;
    return value->after > value->before ? STYLE_HEAT_4 : STYLE_STRING;
}

static void draw_number(struct grid *grid, struct rectangle area, int row, int column, enum diff_unit unit, uint64_t number) {
    char text[DIFF_TEXT_SIZE];
    if (column >= 0)
        table_cell(grid, area, row, column, NUMBER, STYLE_NORMAL, false, diff_text_number(unit, number, text));
}

static void draw_change(const struct diff_look *look, struct grid *grid, struct rectangle area, int row, int column,
                        const struct diff_value *value, enum diff_unit unit) {
    char text[DIFF_TEXT_SIZE];
    if (column < 0)
        return;
    change_text(look, value, unit, text);
    table_cell(grid, area, row, column, CHANGE, change_style(value), false, text);
}

/* --- the head ---------------------------------------------------------------------------------------------- */

static const char *total_title(enum diff_total total) {
    static const char *const titles[] = {"wall", "time", "calls", "instr", "alloc", "allocs", "peak", "left", "RSS"};
    return titles[total];
}

/* A part is drawn whole or not at all. */
static int draw_total(const struct diff_look *look, enum diff_total total, struct grid *grid, struct rectangle area, int column) {
    const struct diff_value *value = &look->diff->totals[total];
    char before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE], change[DIFF_TEXT_SIZE], text[4 * DIFF_TEXT_SIZE];
    enum diff_unit unit = session_diff_total_unit(total);
    if (value->before == MODEL_UNKNOWN && value->after == MODEL_UNKNOWN)
        return column;
    change_text(look, value, unit, change);
    snprintf(text, sizeof text, "%s %s > %s", total_title(total), diff_text_number(unit, value->before, before),
             diff_text_number(unit, value->after, after));
    if (column + grid_text_width(text) + 1 + grid_text_width(change) > area.columns)
        return column;
    int end = grid_text(grid, area, 0, column, STYLE_NORMAL, text);
    return grid_text(grid, area, 0, end + 1, change_style(value), change) + 3;
}

int diff_head_rows(struct rectangle area) { return area.rows < LEAST_ROWS_WITH_HEAD ? 0 : HEAD_ROWS; }

void diff_draw_head(const struct diff_look *look, struct grid *grid, struct rectangle area) {
    static const enum diff_total order[] = {DIFF_TOTAL_TIME, DIFF_TOTAL_CALLS, DIFF_TOTAL_INSTRUCTIONS, DIFF_TOTAL_PEAK,
                                            DIFF_TOTAL_WALL, DIFF_TOTAL_ALLOCATED, DIFF_TOTAL_RSS};
    char text[512];
    size_t count = look->diff->warning_count;
    int column = 1;
    if (!diff_head_rows(area))
        return;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        column = draw_total(look, order[i], grid, area, column);
    if (count)
        snprintf(text, sizeof text, "%zu note%s (v): %.400s", count, count == 1 ? "" : "s", look->diff->warnings[0]);
    else
        snprintf(text, sizeof text, "~ is within noise; v says more");
    table_cell(grid, area, 1, 1, area.columns - 1, STYLE_DIM, true, text);
}

/* --- functions --------------------------------------------------------------------------------------------- */

/* Before, after and change of what is sorted by, the changes of other measures, and the name. */
struct function_layout {
    struct table_column columns[FUNCTION_COLUMNS];
    enum diff_measure measures[FUNCTION_COLUMNS];
    int count, at[FUNCTION_COLUMNS], name_width;
};

static void add_other(struct function_layout *layout, const struct diff_look *look, enum diff_measure measure, const char *title) {
    if (measure == diff_sort_measure(look->sort) || layout->count == FUNCTION_COLUMNS - 1 ||
        !session_diff_has(look->diff, measure))
        return;
    layout->measures[layout->count] = measure;
    layout->columns[layout->count++] = (struct table_column){.title = title, .width = CHANGE, .room = ROOM_FOR_NAME};
}

static void lay_out_functions(struct function_layout *layout, const struct diff_look *look, int width) {
    static const int order[] = {2, 0, 1, 3, 4, 5, 6};
    static char titles[3][32];
    const char *title = diff_sort_title(look->sort);
    bool names_measure = look->sort < DIFF_SORT_BEFORE;
    snprintf(titles[0], sizeof titles[0], "%s", names_measure ? title : "self");
    layout->count = 3;
    layout->columns[0] = (struct table_column){.title = "before", .width = NUMBER, .room = ROOM_FOR_NAME};
    layout->columns[1] = (struct table_column){.title = "after", .width = NUMBER, .room = ROOM_FOR_NAME};
    layout->columns[2] = (struct table_column){.title = titles[0], .width = CHANGE, .room = 0};
    for (int i = 0; i < 3; i++)
        layout->measures[i] = diff_sort_measure(look->sort);
    add_other(layout, look, DIFF_SELF, "self");
    add_other(layout, look, DIFF_TOTAL, "total");
    add_other(layout, look, DIFF_CALLS, "calls");
    add_other(layout, look, DIFF_INSTRUCTIONS, "instr");
    add_other(layout, look, DIFF_PEAK, "peak");
    layout->columns[layout->count++] = (struct table_column){.title = "function  file:line", .left = true};
    layout->name_width = table_fit(layout->columns, layout->count, order, MARGIN, width, layout->at);
}

void diff_draw_functions_header(const struct diff_look *look, struct grid *grid, struct rectangle area) {
    struct function_layout layout;
    lay_out_functions(&layout, look, area.columns);
    for (int i = 0; i < layout.count; i++)
        if (layout.at[i] >= 0)
            table_cell(grid, area, 0, layout.at[i], i == layout.count - 1 ? layout.name_width : layout.columns[i].width,
                       i == 2 ? STYLE_SORT_COLUMN : STYLE_HEADER, layout.columns[i].left, layout.columns[i].title);
}

void diff_function_text(const struct diff_function *function, char *text, size_t size) {
    const struct model_function *shown = session_diff_shown(function);
    char place[256] = "(C)";
    if (shown->kind != MODEL_FUNCTION_C)
        snprintf(place, sizeof place, "%.200s:%u", function_base_name(shown->file), shown->line);
    if (function->match == DIFF_RENAMED)
        snprintf(text, size, "%.400s  %s  was %.200s", shown->qualname, place, function->before->qualname);
    else if (function->match == DIFF_MOVED)
        snprintf(text, size, "%.400s  %s  was in %.200s", shown->qualname, place, function_base_name(function->before->file));
    else
        snprintf(text, size, "%.400s  %s", shown->qualname, place);
}

void diff_draw_function(const struct diff_look *look, const struct diff_function *function, struct grid *grid,
                        struct rectangle area, int row) {
    struct function_layout layout;
    char text[1024];
    lay_out_functions(&layout, look, area.columns);
    const struct diff_value *value = &function->values[layout.measures[0]];
    enum diff_unit unit = session_diff_unit(layout.measures[0]);
    if (function->match != DIFF_NEW)
        draw_number(grid, area, row, layout.at[0], unit, value->before);
    if (function->match != DIFF_GONE)
        draw_number(grid, area, row, layout.at[1], unit, value->after);
    for (int i = 2; i < layout.count - 1; i++)
        draw_change(look, grid, area, row, layout.at[i], &function->values[layout.measures[i]],
                    session_diff_unit(layout.measures[i]));
    grid_glyph(grid, area, row, 1, STYLE_KEY, (uint32_t)diff_text_sign(function->match));
    diff_function_text(function, text, sizeof text);
    int last = layout.at[layout.count - 1];
    if (last < 0)
        return;
    table_cell(grid, area, row, last, layout.name_width, STYLE_NORMAL, true, text);
    table_highlight(grid, area, row, last, layout.name_width, text, 0, look->pattern);
}

/* --- lines ------------------------------------------------------------------------------------------------- */

enum diff_measure diff_line_measure(const struct diff_look *look) {
    static const enum diff_measure others[] = {DIFF_SELF, DIFF_INSTRUCTIONS, DIFF_PEAK, DIFF_CALLS};
    enum diff_measure sorted = diff_sort_measure(look->sort);
    if (session_diff_has(look->diff, sorted))
        return sorted;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (session_diff_has(look->diff, others[i]))
            return others[i];
    return DIFF_SELF;
}

/* Two line numbers, hits before and after, the measure before, after and its change, the text. */
static int lay_out_lines(const struct diff_look *look, int width, struct table_column columns[LINE_COLUMNS],
                         int at[LINE_COLUMNS]) {
    static const int order[] = {1, 6, 0, 4, 5, 3, 2};
    bool hits = diff_line_measure(look) != DIFF_CALLS;
    int room = ROOM_FOR_SOURCE;
    columns[0] = (struct table_column){.title = "line", .width = LINE, .room = ROOM_FOR_NAME};
    columns[1] = (struct table_column){.title = "now", .width = LINE};
    columns[2] = (struct table_column){.title = "hits", .width = NUMBER, .room = hits ? room : width + 1};
    columns[3] = (struct table_column){.title = "hits now", .width = NUMBER, .room = hits ? room : width + 1};
    columns[4] = (struct table_column){.title = "before", .width = NUMBER, .room = ROOM_FOR_NAME};
    columns[5] = (struct table_column){.title = "after", .width = NUMBER, .room = ROOM_FOR_NAME};
    columns[6] = (struct table_column){.title = session_diff_measure_name(diff_line_measure(look)), .width = CHANGE};
    columns[7] = (struct table_column){.title = "source", .left = true};
    return table_fit(columns, LINE_COLUMNS, order, MARGIN, width, at);
}

void diff_draw_lines_header(const struct diff_look *look, struct grid *grid, struct rectangle area) {
    struct table_column columns[LINE_COLUMNS];
    int at[LINE_COLUMNS], last = lay_out_lines(look, area.columns, columns, at);
    for (int i = 0; i < LINE_COLUMNS; i++)
        if (at[i] >= 0)
            table_cell(grid, area, 0, at[i], i == LINE_COLUMNS - 1 ? last : columns[i].width, STYLE_HEADER, columns[i].left,
                       columns[i].title);
}

static void draw_line_number(struct grid *grid, struct rectangle area, int row, int column, uint32_t line) {
    char text[16];
    snprintf(text, sizeof text, "%u", line);
    if (line && column >= 0)
        table_cell(grid, area, row, column, LINE, STYLE_DIM, false, text);
}

void diff_draw_line(const struct diff_look *look, const struct diff_line *line, struct grid *grid, struct rectangle area, int row) {
    struct table_column columns[LINE_COLUMNS];
    int at[LINE_COLUMNS], last = lay_out_lines(look, area.columns, columns, at);
    enum diff_measure measure = diff_line_measure(look);
    const struct diff_value *value = &line->values[measure], *hits = &line->values[DIFF_CALLS];
    draw_line_number(grid, area, row, at[0], line->before);
    draw_line_number(grid, area, row, at[1], line->after);
    if (line->counted && line->before) {
        draw_number(grid, area, row, at[2], DIFF_COUNT, hits->before);
        draw_number(grid, area, row, at[4], session_diff_unit(measure), value->before);
    }
    if (line->counted && line->after) {
        draw_number(grid, area, row, at[3], DIFF_COUNT, hits->after);
        draw_number(grid, area, row, at[5], session_diff_unit(measure), value->after);
    }
    if (line->counted)
        draw_change(look, grid, area, row, at[6], value, session_diff_unit(measure));
    grid_glyph(grid, area, row, 1, STYLE_KEY, (uint32_t)diff_text_sign(line->match));
    if (at[7] < 0)
        return;
    struct rectangle text = {area.row + row, area.column + at[7], 1, last};
    enum cell_style style = line->match == DIFF_GONE ? STYLE_DIM : line->match == DIFF_NEW ? STYLE_BOLD : STYLE_NORMAL;
    grid_text_part(grid, text, 0, 0, style, line->text, line->length, look->scroll);
}

/* --- notes ------------------------------------------------------------------------------------------------- */

/* A page that is drawn from its row `top` on. */
struct page {
    struct grid *grid;
    struct rectangle area;
    int top, rows;
};

static void page_text(struct page *page, enum cell_style style, const char *text) {
    struct rectangle whole = {0, 0, 1, page->area.columns > 2 ? page->area.columns - 2 : 1};
    int needed = table_paragraph(NULL, whole, style, text), at = page->rows - page->top;
    struct rectangle part = {page->area.row + at, page->area.column + 1, needed, whole.columns};
    if (at + needed > page->area.rows)
        part.rows = page->area.rows - at;
    if (page->grid && at >= 0 && part.rows > 0) /* what begins above is not drawn */
        table_paragraph(page->grid, part, style, text);
    page->rows += needed;
}

static void page_totals(struct page *page, const struct diff_look *look) {
    for (enum diff_total total = 0; total < DIFF_TOTAL_COUNT; total++) {
        const struct diff_value *value = &look->diff->totals[total];
        char before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE], change[DIFF_TEXT_SIZE], text[4 * DIFF_TEXT_SIZE];
        enum diff_unit unit = session_diff_total_unit(total);
        int row = page->rows++ - page->top;
        if (value->before == MODEL_UNKNOWN && value->after == MODEL_UNKNOWN)
            page->rows--;
        else if (page->grid && row >= 0 && row < page->area.rows) {
            change_text(look, value, unit, change);
            snprintf(text, sizeof text, "%-12s %*s %*s %*s", session_diff_total_name(total), NUMBER,
                     diff_text_number(unit, value->before, before), NUMBER, diff_text_number(unit, value->after, after), CHANGE,
                     change);
            grid_text(page->grid, page->area, row, 1, STYLE_NORMAL, text);
        }
    }
}

int diff_draw_notes(const struct diff_look *look, struct grid *grid, struct rectangle area, int top) {
    struct page page = {grid, area, top, 0};
    char text[600];
    snprintf(text, sizeof text, "%-12s %*s %*s %*s", "", NUMBER, "before", NUMBER, "after", CHANGE, "change");
    if (grid && top == 0 && area.rows > 0)
        grid_text(grid, area, 0, 1, STYLE_HEADER, text);
    page.rows++;
    page_totals(&page, look);
    page.rows++;
    diff_text_noise(look->diff, text, sizeof text);
    page_text(&page, STYLE_NORMAL, text);
    for (size_t i = 0; i < look->diff->warning_count; i++) {
        page.rows++;
        page_text(&page, STYLE_NORMAL, look->diff->warnings[i]);
    }
    return page.rows;
}
