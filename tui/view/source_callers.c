#include "tui/view/source_callers.h"

#include <stdio.h>
#include <string.h>

#include "tui/view/function_name.h"
#include "tui/view/number.h"
#include "tui/view/table.h"

enum { SHARE_WIDTH = 5, TIME_WIDTH = 6, CALLS_WIDTH = 8, NAME_SIZE = 512 };

static uint64_t known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

/* Into its place among those that are kept. */
static void add(struct source_callers *callers, uint32_t function, uint64_t calls, uint64_t total_ns) {
    size_t at = callers->count;
    while (at > 0 && (callers->rows[at - 1].total_ns < total_ns ||
                      (callers->rows[at - 1].total_ns == total_ns && callers->rows[at - 1].calls < calls)))
        at--;
    callers->all++;
    callers->calls += calls;
    callers->total_ns += total_ns;
    if (at == SOURCE_CALLERS_MOST)
        return;
    if (callers->count < SOURCE_CALLERS_MOST)
        callers->count++;
    memmove(&callers->rows[at + 1], &callers->rows[at], (callers->count - 1 - at) * sizeof *callers->rows);
    callers->rows[at].function = function;
    callers->rows[at].calls = calls;
    callers->rows[at].total_ns = total_ns;
}

void source_callers_find(struct source_callers *callers, const struct model *model, uint32_t function) {
    *callers = (struct source_callers){0};
    for (size_t i = 0; i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->callee == function && edge->caller && edge->caller < model->function_count)
            add(callers, edge->caller, known(edge->calls), known(edge->total_ns));
    }
}

static void draw_row(const struct source_callers *callers, const struct model *model, size_t index, struct grid *grid,
                     struct rectangle area, int row) {
    char number[NUMBER_SIZE], buffer[NAME_SIZE], shortened[NAME_SIZE];
    int column = 1;
    uint64_t calls = callers->rows[index].calls, total_ns = callers->rows[index].total_ns;
    if (callers->total_ns)
        number_percent(number, total_ns, callers->total_ns, SHARE_WIDTH);
    else
        number_percent(number, calls, callers->calls, SHARE_WIDTH);
    table_cell(grid, area, row, column, SHARE_WIDTH, STYLE_NORMAL, false, number);
    column += SHARE_WIDTH + 1;
    table_cell(grid, area, row, column, TIME_WIDTH, STYLE_NORMAL, false, number_seconds(number, total_ns, TIME_WIDTH));
    column += TIME_WIDTH + 1;
    table_cell(grid, area, row, column, CALLS_WIDTH, STYLE_NORMAL, false, number_count(number, calls, CALLS_WIDTH));
    column += CALLS_WIDTH + 1;
    const struct model_function *function = &model->functions[callers->rows[index].function];
    const char *name = function_display_name(function, buffer, sizeof buffer);
    int width = area.columns - column;
    if (width > 0)
        table_cell(grid, area, row, column, width, STYLE_NORMAL, true,
                   table_shorten(name, function_name_tail(function, name), width, shortened, sizeof shortened));
}

void source_callers_draw(const struct source_callers *callers, const struct model *model, struct grid *grid,
                         struct rectangle area) {
    char text[64];
    if (!callers->count || area.rows < 2)
        return;
    grid_text(grid, area, 0, 1, STYLE_HEADER, "Share  Tot s    Calls Called by");
    size_t room = (size_t)area.rows - 1, shown = callers->count < room ? callers->count : room;
    if (shown < callers->all && shown > 1 && shown == room)
        shown--; /* a row for the rest */
    for (size_t i = 0; i < shown; i++)
        draw_row(callers, model, i, grid, area, (int)i + 1);
    if (shown < callers->all && shown < room) {
        snprintf(text, sizeof text, "%zu more", callers->all - shown);
        grid_text(grid, area, (int)shown + 1, 1 + SHARE_WIDTH + TIME_WIDTH + CALLS_WIDTH + 3, STYLE_DIM, text);
    }
}
