/* ram_view.c - the target's resident memory over time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/number.h"
#include "tui/view/ram_graph.h"
#include "tui/view/table.h"

enum { LABEL_WIDTH = 5, LABELS_FROM = 24 /* columns of the pane */, AXIS_FROM = 6 /* rows of the pane */,
       TICK_EVERY = 20, LARGE_STEP = 10, EIGHTHS = 8 };

struct ram_state {
    bool has_cursor;
    uint64_t cursor_ns;
    uint64_t step_ns; /* of a column as last drawn; 0: never */
    struct ram_graph graph;
    char text[512];
};

/* Where the graph stands in the pane. */
struct frame {
    struct rectangle graph;
    bool labels, axis;
};

static void *ram_create(void) { return calloc(1, sizeof(struct ram_state)); }
static void ram_destroy(void *state) { free(state); }

/* --- drawing ---------------------------------------------------------------------------------------- */

static struct frame lay_out(struct rectangle area) {
    struct frame frame = {.graph = area, .labels = area.columns >= LABELS_FROM, .axis = area.rows >= AXIS_FROM};
    if (frame.labels) {
        frame.graph.column += LABEL_WIDTH;
        frame.graph.columns -= LABEL_WIDTH;
    }
    if (frame.axis)
        frame.graph.rows--;
    return frame;
}

/* How high a value stands in `full` steps: at least 1, so that nothing known is invisible. */
static int level_of(const struct ram_graph *graph, uint64_t value, int full) {
    int level = (int)((double)value * full / (double)graph->top + 0.5);
    return level < 1 ? 1 : level > full ? full : level;
}

static void draw_labels(const struct ram_graph *graph, const struct frame *frame, struct grid *grid,
                        struct rectangle area) {
    uint32_t bar = grid->ascii ? '|' : 0x2502;
    for (int row = 0; row < frame->graph.rows; row++) {
        bool half = frame->graph.rows % 2 == 0 && row * 2 == frame->graph.rows;
        uint64_t value = row == 0 ? graph->top : half ? graph->top / 2 : 0;
        char text[NUMBER_SIZE] = "";
        if (row == 0 || half || row == frame->graph.rows - 1)
            number_count(text, (value + (1 << 19)) >> 20, LABEL_WIDTH - 1);
        table_cell(grid, area, row, 0, LABEL_WIDTH - 1, STYLE_DIM, false, text);
        grid_glyph(grid, area, row, LABEL_WIDTH - 1, STYLE_BORDER, bar);
    }
    for (int column = 0; frame->axis && column + 8 < frame->graph.columns; column += TICK_EVERY) {
        char text[NUMBER_SIZE];
        number_time(text, (uint64_t)column * graph->step_ns, 8);
        grid_text(grid, area, area.rows - 1, frame->graph.column - area.column + column, STYLE_DIM, text);
    }
}

/* A column of blocks up to its highest value; returns the row of its upper end. */
static int draw_blocks(const struct ram_graph *graph, int column, struct grid *grid, struct rectangle area) {
    int level = level_of(graph, graph->high[column], area.rows * EIGHTHS);
    int full = level / EIGHTHS, rest = level % EIGHTHS;
    for (int i = 0; i < full; i++)
        grid_glyph(grid, area, area.rows - 1 - i, column, STYLE_GRAPH, 0x2588);
    if (rest)
        grid_glyph(grid, area, area.rows - 1 - full, column, STYLE_GRAPH, (uint32_t)(0x2580 + rest));
    return area.rows - full - (rest ? 1 : 0);
}

/* The line's cell in a column: '_' and '~' are the lower and upper half of a row, slopes lead to the next height. */
static char line_glyph(const struct ram_graph *graph, int column, int full) {
    int level = level_of(graph, graph->high[column], full);
    if (column + 1 < graph->count && level_of(graph, graph->high[column + 1], full) > level)
        return '/';
    if (column > 0 && level_of(graph, graph->high[column - 1], full) > level)
        return '\\';
    return level % 2 ? '_' : '~';
}

static int line_row(uint64_t value, const struct ram_graph *graph, int rows) {
    return rows - 1 - (level_of(graph, value, rows * 2) - 1) / 2;
}

/* The same as a line of ASCII: '#' from the highest value down to the lowest within the column, '|' where the line
 * leaps over rows. */
static int draw_line(const struct ram_graph *graph, int column, struct grid *grid, struct rectangle area) {
    int row = line_row(graph->high[column], graph, area.rows);
    int lowest = line_row(graph->low[column], graph, area.rows);
    grid_glyph(grid, area, row, column, STYLE_GRAPH,
               lowest > row ? '#' : (uint32_t)line_glyph(graph, column, area.rows * 2));
    for (int below = row + 1; below <= lowest; below++)
        grid_glyph(grid, area, below, column, STYLE_GRAPH, '#');
    if (column == 0)
        return row;
    int above = line_row(graph->low[column - 1], graph, area.rows);
    for (int between = above + 1; between < row; between++)
        grid_glyph(grid, area, between, column, STYLE_GRAPH, '|');
    above = line_row(graph->high[column - 1], graph, area.rows);
    for (int between = lowest + 1; between < above; between++)
        grid_glyph(grid, area, between, column, STYLE_GRAPH, '|');
    return row;
}

static void draw_cursor(const struct ram_state *state, struct grid *grid, struct rectangle area) {
    uint64_t column = state->cursor_ns / state->graph.step_ns;
    if (!state->has_cursor || column >= (uint64_t)area.columns)
        return;
    int upper = area.rows; /* rows above the graph are blank: a line stands there */
    if ((int)column < state->graph.count)
        upper = area.rows - (level_of(&state->graph, state->graph.high[column], area.rows * EIGHTHS) + 7) / EIGHTHS;
    for (int row = 0; row < upper; row++)
        grid_glyph(grid, area, row, (int)column, STYLE_SELECTED, grid->ascii ? '|' : 0x2502);
    for (int row = upper; row < area.rows; row++)
        grid_restyle(grid, area, row, (int)column, 1, STYLE_SELECTED);
}

static void draw_graph(const struct ram_state *state, const struct model *model, struct grid *grid,
                       struct rectangle area) {
    const struct ram_graph *graph = &state->graph;
    int peak_column = (int)(model->samples[graph->peak].t_ns / graph->step_ns);
    for (int column = 0; column < graph->count && column < area.columns; column++) {
        int row = grid->ascii ? draw_line(graph, column, grid, area) : draw_blocks(graph, column, grid, area);
        if (column == peak_column)
            grid_glyph(grid, area, row > 0 ? row - 1 : 0, column, STYLE_GRAPH_PEAK, '^');
    }
    draw_cursor(state, grid, area);
}

/* One row: "RSS 182M ^214M" and a sparkline. */
static void draw_sparkline(struct ram_state *state, const struct model *model, struct grid *grid,
                           struct rectangle area) {
    static const char heights[] = "_.-=*#";
    char now[NUMBER_SIZE], peak[NUMBER_SIZE], text[96];
    ram_graph_build(&state->graph, model, 1);
    number_bytes(now, model->samples[model->sample_count - 1].rss, 6);
    number_bytes(peak, model->samples[state->graph.peak].rss, 6);
    snprintf(text, sizeof text, "RSS %s ^%s ", now, peak);
    int at = grid_text(grid, area, 0, 0, STYLE_NORMAL, text);
    struct rectangle spark = {area.row, area.column + at, 1, area.columns - at};
    if (spark.columns <= 0)
        return;
    ram_graph_build(&state->graph, model, spark.columns);
    state->step_ns = state->graph.step_ns;
    for (int column = 0; column < state->graph.count && column < spark.columns; column++) {
        uint64_t value = state->graph.high[column];
        uint32_t glyph = grid->ascii ? (uint32_t)heights[level_of(&state->graph, value, 6) - 1]
                                     : (uint32_t)(0x2580 + level_of(&state->graph, value, EIGHTHS));
        grid_glyph(grid, spark, 0, column, STYLE_GRAPH, glyph);
    }
    if (state->has_cursor && state->cursor_ns / state->step_ns < (uint64_t)spark.columns)
        grid_restyle(grid, spark, 0, (int)(state->cursor_ns / state->step_ns), 1, STYLE_SELECTED);
}

static const char *nothing_measured(const struct model *model) {
    if (model->program && model->process_count == 1)
        return "The memory of child processes is not measured.";
    return model->state == MODEL_ENDED ? "The run ended before its memory was measured." : "Memory has not been measured yet.";
}

static void ram_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct ram_state *state = data;
    const struct model *model = context->model;
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (model_peak_sample(model) == SIZE_MAX) {
        table_sentence(grid, area, nothing_measured(model));
        return;
    }
    if (area.rows == 1) {
        draw_sparkline(state, model, grid, area);
        return;
    }
    struct frame frame = lay_out(area);
    ram_graph_build(&state->graph, model, frame.graph.columns);
    state->step_ns = state->graph.step_ns;
    if (frame.labels)
        draw_labels(&state->graph, &frame, grid, area);
    draw_graph(state, model, grid, frame.graph);
}

/* --- the cursor ------------------------------------------------------------------------------------- */

/* The sample the cursor is at, without a cursor the last one; SIZE_MAX: none. */
static size_t sample_shown(const struct ram_state *state, const struct model *model) {
    if (!state->has_cursor)
        return ram_graph_sample(model, UINT64_MAX, UINT64_MAX);
    uint64_t step = state->step_ns ? state->step_ns : 1;
    uint64_t from = state->cursor_ns / step * step;
    return ram_graph_sample(model, from, from + step);
}

static const char *function_name(const struct model *model, uint32_t function) {
    return function && function < model->function_count ? model->functions[function].qualname : "";
}

/* Sizes in MiB: one decimal where it says something. */
static void format_mib(char text[NUMBER_SIZE], uint64_t bytes) {
    double mib = (double)bytes / (1 << 20);
    if (bytes == MODEL_UNKNOWN)
        snprintf(text, NUMBER_SIZE, "-");
    else
        snprintf(text, NUMBER_SIZE, "%.*f", mib < 9.95 ? 1 : 0, mib);
}

static void ram_title(void *data, const struct view_context *context, char *text, size_t size) {
    const struct ram_state *state = data;
    const struct model *model = context->model;
    size_t peak = model_peak_sample(model), shown = sample_shown(state, model);
    if (peak == SIZE_MAX || shown == SIZE_MAX) {
        snprintf(text, size, "RAM MiB");
        return;
    }
    const struct model_sample *sample = &model->samples[shown];
    char value[NUMBER_SIZE], highest[NUMBER_SIZE], time[NUMBER_SIZE];
    format_mib(value, sample->rss);
    if (state->has_cursor) {
        const char *name = function_name(model, sample->function);
        snprintf(text, size, "RAM MiB  at %s: %s%s%s  window:all", number_time(time, sample->t_ns, 8), value,
                 *name ? "  in " : "", name);
        return;
    }
    format_mib(highest, model->samples[peak].rss);
    snprintf(text, size, "RAM MiB  %s:%s  peak:%s@%s  window:all", model->state == MODEL_ENDED ? "end" : "now", value,
             highest, number_time(time, model->samples[peak].t_ns, 8));
}

static struct view_effect move_cursor(struct ram_state *state, const struct model *model, int64_t columns) {
    uint64_t end = model->sample_count ? model->samples[model->sample_count - 1].t_ns : 0;
    uint64_t step = state->step_ns ? state->step_ns : SIZE_MAX;
    uint64_t last = end / step, column = state->has_cursor ? state->cursor_ns / step : last;
    uint64_t distance = (uint64_t)(columns < 0 ? -columns : columns);
    if (columns < 0)
        column -= distance < column ? distance : column;
    else
        column = distance < last - (column < last ? column : last) ? column + distance : last;
    bool same = state->has_cursor && state->cursor_ns / step == column;
    state->has_cursor = model->sample_count > 0;
    state->cursor_ns = column * step;
    return effect_of(same ? VIEW_HANDLED : VIEW_REDRAW);
}

static struct view_effect drill(struct ram_state *state, const struct model *model) {
    size_t shown = sample_shown(state, model);
    if (shown == SIZE_MAX)
        return effect_message(nothing_measured(model));
    const struct model_sample *sample = &model->samples[shown];
    if (sample->function && sample->function < model->function_count)
        return effect_drill(sample->function, 0);
    char time[NUMBER_SIZE];
    snprintf(state->text, sizeof state->text, "It is not known which function ran at %s.",
             number_time(time, sample->t_ns, 8));
    return effect_message(state->text);
}

static struct view_effect copy_sample(struct ram_state *state, const struct model *model) {
    size_t shown = sample_shown(state, model);
    if (shown == SIZE_MAX)
        return effect_copy("");
    const struct model_sample *sample = &model->samples[shown];
    snprintf(state->text, sizeof state->text, "%.3f s %.1f MiB %.300s", (double)sample->t_ns / 1e9,
             (double)sample->rss / (1 << 20), function_name(model, sample->function));
    return effect_copy(state->text);
}

static struct view_effect ram_request(void *data, const struct view_context *context, enum request request,
                                      int page_rows) {
    struct ram_state *state = data;
    (void)page_rows;
    switch (request) {
    case REQUEST_MOVE_LEFT: return move_cursor(state, context->model, -1);
    case REQUEST_MOVE_RIGHT: return move_cursor(state, context->model, 1);
    case REQUEST_SCROLL_LEFT: case REQUEST_PAGE_UP: return move_cursor(state, context->model, -LARGE_STEP);
    case REQUEST_SCROLL_RIGHT: case REQUEST_PAGE_DOWN: return move_cursor(state, context->model, LARGE_STEP);
    case REQUEST_MOVE_FIRST: return move_cursor(state, context->model, -RAM_MAX_COLUMNS);
    case REQUEST_MOVE_LAST: return move_cursor(state, context->model, RAM_MAX_COLUMNS);
    case REQUEST_DRILL: return drill(state, context->model);
    case REQUEST_COPY: return copy_sample(state, context->model);
    case REQUEST_CANCEL:
        if (!state->has_cursor)
            return effect_of(VIEW_NOT_HANDLED);
        state->has_cursor = false;
        return effect_of(VIEW_REDRAW);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

static struct view_effect ram_click(void *data, const struct view_context *context, struct rectangle area, int row,
                                    int column) {
    struct ram_state *state = data;
    (void)row;
    struct frame frame = lay_out(area);
    column -= frame.graph.column - area.column;
    if (area.rows < 2 || column < 0 || column >= state->graph.count || !state->step_ns || !context->model->sample_count)
        return effect_of(VIEW_HANDLED);
    state->has_cursor = true;
    state->cursor_ns = (uint64_t)column * state->step_ns;
    return effect_of(VIEW_REDRAW);
}

const struct view ram_view = {
    .name = "ram", .create = ram_create, .destroy = ram_destroy, .draw = ram_draw, .title = ram_title,
    .request = ram_request, .click = ram_click,
};
