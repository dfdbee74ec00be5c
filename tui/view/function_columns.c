#include "tui/view/function_columns.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tui/view/function_name.h"
#include "tui/view/heat.h"
#include "tui/view/number.h"

enum {
    FILE_PART_FROM = 56, /* columns of the name from which on the file stands beside it */
    CHOSEN_FILE_PART_FROM = 40, /* where the user chose the columns */
    CHOSEN_ROOM = 14,
    FEW_CELLS_ROOM = 22, /* that a trend of few cells must leave */
};

static bool is_chosen(const struct function_look *look) { return look->wanted != FUNCTION_VALUES_USUAL; }

/* Whether there is anything to show in it that is wanted. */
static bool is_wanted(const struct function_columns *columns, const struct function_look *look, int column) {
    if (column == COLUMN_INSTRUCTIONS && !look->instructions)
        return false;
    if (!look->memory && (column == COLUMN_MEMORY || column == COLUMN_TOTAL_MEMORY))
        return false;
    if (column == COLUMN_TREND && !activity_is_known(look->activity))
        return false;
    return look->wanted >> columns->values[column] & 1u;
}

/* And is not scrolled out on the left. */
static bool is_shown(const struct function_columns *columns, const struct function_look *look, int column) {
    int before = 0;
    for (int i = 0; i < column && before < look->scrolled; i++)
        before += is_wanted(columns, look, i);
    return before >= look->scrolled && is_wanted(columns, look, column);
}

/* The number column of what is sorted by, where that goes before the usual first one. */
static int sort_column(const struct function_look *look) {
    switch (look->sort) {
    case FUNCTION_SORT_INSTRUCTIONS: return COLUMN_INSTRUCTIONS;
    case FUNCTION_SORT_MEMORY: return COLUMN_MEMORY;
    case FUNCTION_SORT_TOTAL_MEMORY: return COLUMN_TOTAL_MEMORY;
    case FUNCTION_SORT_PRIMITIVE_CALLS: return COLUMN_PRIMITIVE_CALLS;
    case FUNCTION_SORT_TIME_PER_CALL: return COLUMN_TIME_PER_CALL;
    case FUNCTION_SORT_TREND: return COLUMN_TREND;
    default: return COLUMN_FIRST;
    }
}

/* What columns are kept longest: what is sorted by, then as usual; those not shown are last. Returns how many are shown. */
static int order_columns(const struct function_columns *columns, const struct function_look *look, int order[COLUMN_COUNT - 1]) {
    static const int usual[] = {COLUMN_FIRST, COLUMN_SECOND, COLUMN_CALLS, COLUMN_THIRD, COLUMN_PRIMITIVE_CALLS,
                                COLUMN_TIME_PER_CALL, COLUMN_INSTRUCTIONS, COLUMN_MEMORY, COLUMN_SIXTH, COLUMN_TOTAL_MEMORY,
                                COLUMN_TREND};
    int first = sort_column(look), at = 0, shown = 0;
    if (is_shown(columns, look, first))
        order[at++] = first;
    else
        first = -1;
    for (int wanted = 1; wanted >= 0; wanted--) {
        for (int i = 0; i < COLUMN_COUNT - 1; i++)
            if (usual[i] != first && is_shown(columns, look, usual[i]) == wanted)
                order[at++] = usual[i];
        shown = wanted ? at : shown;
    }
    return shown;
}

/* How much room the others must leave for each: the first of the order always has its place. */
static void set_rooms(struct function_columns *columns, const struct function_look *look, const int order[COLUMN_COUNT - 1],
                      int shown, int width) {
    columns->columns[COLUMN_THIRD].room = 18;
    columns->columns[COLUMN_SIXTH].room = look->memory ? 30 : 40;
    columns->columns[COLUMN_TREND].room = 30;
    for (int i = 0; i < COLUMN_COUNT - 1; i++) {
        struct table_column *column = &columns->columns[order[i]];
        if (i >= shown) /* more room than there ever is */
            column->room = width + 1;
        else if (i == 0)
            column->room = 0;
        else if (order[i] == COLUMN_FIRST || is_chosen(look))
            column->room = CHOSEN_ROOM;
    }
}

static void set_titles(struct function_columns *columns, const struct function_look *look) {
    bool blocks = look->measure == MEMORY_TEMPORARY;
    columns->columns[COLUMN_MEMORY].title = blocks ? "Temp" : "MiB";
    columns->columns[COLUMN_TOTAL_MEMORY].title = blocks ? "TotTmp" : "TotMiB";
    if (!look->shares)
        return;
    columns->columns[COLUMN_CALLS].title = "Calls%";
    columns->columns[COLUMN_PRIMITIVE_CALLS].title = "Prim%";
    columns->columns[COLUMN_INSTRUCTIONS].title = "Instr%";
    columns->columns[COLUMN_MEMORY].title = blocks ? "Temp%" : "MiB%";
    columns->columns[COLUMN_TOTAL_MEMORY].title = blocks ? "TotTm%" : "TotMi%";
}

static bool has_file_part(const struct function_look *look, int left) {
    return look->wanted >> VALUE_FILE & 1u && left >= (is_chosen(look) ? CHOSEN_FILE_PART_FROM : FILE_PART_FROM);
}

/* In what the numbers leave: the sign of its kind, the name, and the file where there is room for it. Once all numbers are scrolled
 * out, the name begins to be: by half a screen at a time, its file behind it. */
static void lay_out_name(struct function_columns *columns, const struct function_look *look, int left) {
    int sign = left >= 8 ? 2 : 0, numbers = 0;
    for (int i = 0; i < COLUMN_FUNCTION; i++)
        numbers += is_wanted(columns, look, i);
    columns->name_at = columns->at[COLUMN_FUNCTION] + sign;
    columns->name_width = left - sign;
    if (look->scrolled > numbers) {
        int step = columns->name_width > 2 ? columns->name_width / 2 : 1;
        columns->name_skip = (look->scrolled - numbers) < INT_MAX / step ? (look->scrolled - numbers) * step : INT_MAX / 2;
    } else if (has_file_part(look, left)) {
        columns->file_width = left * 2 / 5;
        columns->name_width -= columns->file_width + 1;
        columns->file_at = columns->name_at + columns->name_width + 1;
    } else if (look->wanted >> VALUE_FILE & 1u) {
        columns->hides = true;
    }
}

/* The trend is kept longer than what has room for neither anyway. */
static void move_trend_forward(int order[COLUMN_COUNT - 1]) {
    int at = COLUMN_COUNT - 2;
    while (at > 0 && order[at] != COLUMN_TREND)
        at--;
    for (; at > 0 && (order[at - 1] == COLUMN_SIXTH || order[at - 1] == COLUMN_TOTAL_MEMORY); at--) {
        order[at] = order[at - 1];
        order[at - 1] = COLUMN_TREND;
    }
}

/* The trend has eight cells or, where that leaves too little, five; a place says more than a trend. */
static int fit(struct function_columns *columns, const struct function_look *look, int order[COLUMN_COUNT - 1], int width) {
    struct table_column *trend = &columns->columns[COLUMN_TREND];
    int left = table_fit(columns->columns, COLUMN_COUNT, order, 1, width, columns->at);
    if (trend->room > width) /* there is none */
        return left;
    int without = columns->at[COLUMN_TREND] >= 0 ? left + trend->width + 1 : left;
    if (columns->at[COLUMN_TREND] >= 0 && has_file_part(look, without) == has_file_part(look, left))
        return left;
    trend->width = ACTIVITY_FEW_CELLS;
    trend->room = trend->room < FEW_CELLS_ROOM ? trend->room : FEW_CELLS_ROOM;
    if (columns->at[COLUMN_SIXTH] < 0)
        move_trend_forward(order);
    left = table_fit(columns->columns, COLUMN_COUNT, order, 1, width, columns->at);
    if (columns->at[COLUMN_TREND] < 0 || !has_file_part(look, without) || has_file_part(look, left))
        return left;
    trend->room = width + 1;
    return table_fit(columns->columns, COLUMN_COUNT, order, 1, width, columns->at);
}

void function_columns_lay_out(struct function_columns *columns, const struct function_look *look, int width) {
    static const struct table_column shares[] = {{"Self%", 5, 0, false}, {"Tot%", 5, 14, false}};
    static const struct table_column seconds[] = {{"Self s", 6, 0, false}, {"Tot s", 6, 14, false}};
    int order[COLUMN_COUNT - 1];
    const struct table_column *leading = look->percent ? shares : seconds, *other = look->percent ? seconds : shares;
    *columns = (struct function_columns){
        .columns = {leading[0], leading[1], other[0], {"Calls", 8, 16, false}, {"Prim", 8, 16, false}, {"/call", 6, 16, false},
                    {"Instr", 8, 16, false}, {NULL, 6, 16, false}, other[1], {NULL, 6, 24, false},
                    {"Trend", ACTIVITY_CELLS, 30, true}, {"Function", 0, 0, true}},
        .values = {look->percent ? VALUE_SELF_SHARE : VALUE_SELF, look->percent ? VALUE_TOTAL_SHARE : VALUE_TOTAL,
                   look->percent ? VALUE_SELF : VALUE_SELF_SHARE, VALUE_CALLS, VALUE_PRIMITIVE_CALLS, VALUE_TIME_PER_CALL,
                   VALUE_INSTRUCTIONS, VALUE_MEMORY, look->percent ? VALUE_TOTAL : VALUE_TOTAL_SHARE, VALUE_TOTAL_MEMORY,
                   VALUE_TREND, VALUE_NAME}};
    set_titles(columns, look);
    int shown = order_columns(columns, look, order);
    set_rooms(columns, look, order, shown, width);
    int left = fit(columns, look, order, width);
    for (int i = 0; i < shown; i++)
        columns->hides |= columns->at[order[i]] < 0;
    lay_out_name(columns, look, left);
}

static bool sorted_by(const struct function_look *look, enum function_value value) {
    switch (look->sort) {
    case FUNCTION_SORT_SELF: return value == VALUE_SELF || value == VALUE_SELF_SHARE;
    case FUNCTION_SORT_TOTAL: return value == VALUE_TOTAL || value == VALUE_TOTAL_SHARE;
    case FUNCTION_SORT_CALLS: return value == VALUE_CALLS;
    case FUNCTION_SORT_PRIMITIVE_CALLS: return value == VALUE_PRIMITIVE_CALLS;
    case FUNCTION_SORT_TIME_PER_CALL: return value == VALUE_TIME_PER_CALL;
    case FUNCTION_SORT_NAME: return value == VALUE_NAME;
    case FUNCTION_SORT_INSTRUCTIONS: return value == VALUE_INSTRUCTIONS;
    case FUNCTION_SORT_MEMORY: return value == VALUE_MEMORY;
    case FUNCTION_SORT_TOTAL_MEMORY: return value == VALUE_TOTAL_MEMORY;
    case FUNCTION_SORT_TREND: return value == VALUE_TREND;
    case FUNCTION_SORT_FILE: case FUNCTION_SORT_COUNT: break;
    }
    return false;
}

void function_columns_header(const struct function_columns *columns, const struct function_look *look, struct grid *grid,
                             struct rectangle area) {
    for (int column = 0; column < COLUMN_FUNCTION; column++)
        if (columns->at[column] >= 0)
            table_cell(grid, area, 0, columns->at[column], columns->columns[column].width,
                       sorted_by(look, columns->values[column]) ? STYLE_SORT_COLUMN : STYLE_HEADER,
                       columns->columns[column].left, columns->columns[column].title);
    table_cell(grid, area, 0, columns->name_at, columns->name_width,
               sorted_by(look, VALUE_NAME) ? STYLE_SORT_COLUMN : STYLE_HEADER, true, "Function");
    table_cell(grid, area, 0, columns->file_at, columns->file_width,
               look->sort == FUNCTION_SORT_FILE ? STYLE_SORT_COLUMN : STYLE_HEADER, true, "File:line");
    if (look->scrolled)
        grid_glyph(grid, area, 0, 0, STYLE_KEY, '<');
}

static const char *memory_text(const struct function_look *look, const struct model_allocations *memory, int width,
                               char text[NUMBER_SIZE]) {
    uint64_t value = memory_measured(memory, look->measure);
    if (look->shares)
        return number_percent(text, value, memory_measured(&look->whole->memory, look->measure), width);
    return look->measure == MEMORY_TEMPORARY ? number_count(text, value, width) : number_mebibytes(text, value, width);
}

static const char *count_text(const struct function_look *look, uint64_t count, uint64_t whole, int width,
                              char text[NUMBER_SIZE]) {
    return look->shares ? number_percent(text, count, whole, width) : number_count(text, count, width);
}

static const char *value_text(const struct function_look *look, const struct model_function *function,
                              enum function_value value, int width, char text[NUMBER_SIZE]) {
    const struct model_function *whole = look->whole;
    switch (value) {
    case VALUE_SELF_SHARE: return number_percent(text, function->self_ns, whole->self_ns, width);
    case VALUE_TOTAL_SHARE: return number_percent(text, function->total_ns, whole->self_ns, width);
    case VALUE_SELF: return number_seconds(text, function->self_ns, width);
    case VALUE_TOTAL: return number_seconds(text, function->total_ns, width);
    case VALUE_CALLS: return count_text(look, function->calls, whole->calls, width, text);
    case VALUE_PRIMITIVE_CALLS: return count_text(look, function->primitive_calls, whole->primitive_calls, width, text);
    case VALUE_TIME_PER_CALL: return number_time(text, function_time_per_call(function), width);
    case VALUE_INSTRUCTIONS: return count_text(look, function->instructions, whole->instructions, width, text);
    case VALUE_MEMORY: return memory_text(look, &function->memory, width, text);
    case VALUE_TOTAL_MEMORY: return memory_text(look, &function->total_memory, width, text);
    case VALUE_TREND: case VALUE_FILE: case VALUE_NAME: break;
    }
    return "";
}

static bool has_file(const struct model_function *function) {
    return function->kind != MODEL_FUNCTION_C && *function->file;
}

/* A part of the name, with its file behind it. false: it goes on. */
static bool draw_scrolled(const struct function_columns *columns, const struct function_look *look, const char *name,
                          const char *place, enum cell_style style, struct grid *grid, struct rectangle area, int row) {
    int width = grid_text_width(name), skip = columns->name_skip, behind = width + 2 - skip, end = columns->name_width;
    struct rectangle cells = {area.row + row, area.column + columns->name_at, row < area.rows ? 1 : 0, end};
    grid_text_part(grid, cells, 0, 0, style, name, strlen(name), skip);
    table_highlight(grid, area, row, columns->name_at, end, name, skip, look->pattern);
    if (!*place)
        return width - skip <= end;
    grid_text_part(grid, cells, 0, behind > 0 ? behind : 0, STYLE_DIM, place, strlen(place), behind < 0 ? -behind : 0);
    return behind + grid_text_width(place) <= end;
}

/* false: not all of them fits. */
static bool draw_name_and_file(const struct function_columns *columns, const struct function_look *look,
                               const struct model_function *function, struct grid *grid, struct rectangle area, int row) {
    char buffer[512], shortened[512], place[4200] = "";
    const char *name = function_display_name(function, buffer, sizeof buffer), *shown;
    enum cell_style style = function->kind == MODEL_FUNCTION_C ? STYLE_DIM : STYLE_NORMAL;
    if (has_file(function) && look->wanted >> VALUE_FILE & 1u)
        snprintf(place, sizeof place, "%s:%u", function_file_name(function), function->line);
    if (columns->name_skip)
        return draw_scrolled(columns, look, name, place, style, grid, area, row);
    shown = table_shorten(name, function_name_tail(function, name), columns->name_width, shortened, sizeof shortened);
    table_cell(grid, area, row, columns->name_at, columns->name_width, style, true, shown);
    if (columns->name_width > 0)
        table_highlight(grid, area, row, columns->name_at, columns->name_width, shown, 0, look->pattern);
    bool fits = shown == name && grid_text_width(name) <= columns->name_width;
    if (!*place || !columns->file_width)
        return fits;
    shown = table_shorten(place, strrchr(place, ':'), columns->file_width, shortened, sizeof shortened);
    table_cell(grid, area, row, columns->file_at, columns->file_width, STYLE_DIM, true, shown);
    return fits && shown == place && grid_text_width(place) <= columns->file_width;
}

bool function_columns_row(const struct function_columns *columns, const struct function_look *look, uint32_t id,
                          const struct model_function *function, struct grid *grid, struct rectangle area, int row) {
    uint64_t whole = look->whole->self_ns;
    double share = whole ? (double)function->self_ns / (double)whole : 0;
    int heated = columns->at[COLUMN_FIRST] >= 0 ? COLUMN_FIRST : COLUMN_THIRD; /* both are of the function itself */
    for (int column = 0; column < COLUMN_TREND; column++) {
        char text[NUMBER_SIZE];
        int width = columns->columns[column].width;
        if (columns->at[column] >= 0)
            table_cell(grid, area, row, columns->at[column], width,
                       column == heated ? heat_style(heat_level(share)) : STYLE_NORMAL, false,
                       value_text(look, function, columns->values[column], width, text));
    }
    if (columns->at[COLUMN_TREND] >= 0 && id)
        activity_draw(look->activity, id, grid, area, row, columns->at[COLUMN_TREND],
                      columns->columns[COLUMN_TREND].width, STYLE_NORMAL);
    if (function->kind == MODEL_FUNCTION_C && columns->name_at > columns->at[COLUMN_FUNCTION])
        grid_glyph(grid, area, row, columns->at[COLUMN_FUNCTION], STYLE_DIM, 'c');
    return draw_name_and_file(columns, look, function, grid, area, row);
}

enum function_sort function_columns_sort(const struct function_look *look, int width, int column) {
    static const enum function_sort sorts[] = {
        [VALUE_SELF_SHARE] = FUNCTION_SORT_SELF, [VALUE_SELF] = FUNCTION_SORT_SELF,
        [VALUE_TOTAL_SHARE] = FUNCTION_SORT_TOTAL, [VALUE_TOTAL] = FUNCTION_SORT_TOTAL,
        [VALUE_CALLS] = FUNCTION_SORT_CALLS, [VALUE_NAME] = FUNCTION_SORT_NAME,
        [VALUE_PRIMITIVE_CALLS] = FUNCTION_SORT_PRIMITIVE_CALLS, [VALUE_TIME_PER_CALL] = FUNCTION_SORT_TIME_PER_CALL,
        [VALUE_INSTRUCTIONS] = FUNCTION_SORT_INSTRUCTIONS,
        [VALUE_TREND] = FUNCTION_SORT_TREND, [VALUE_MEMORY] = FUNCTION_SORT_MEMORY,
        [VALUE_TOTAL_MEMORY] = FUNCTION_SORT_TOTAL_MEMORY};
    struct function_columns columns;
    function_columns_lay_out(&columns, look, width);
    if (columns.file_width && column >= columns.file_at)
        return FUNCTION_SORT_FILE;
    for (int i = COLUMN_COUNT - 1; i >= 0; i--)
        if (columns.at[i] >= 0 && column >= columns.at[i])
            return sorts[columns.values[i]];
    return FUNCTION_SORT_COUNT;
}
