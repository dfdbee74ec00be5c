/* ram_view.c - the target's memory over time: a graph with a cursor, and what is known of the moment it stands at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/memory_measure.h"
#include "tui/view/memory_text.h"
#include "tui/view/number.h"
#include "tui/view/ram_details.h"
#include "tui/view/ram_draw.h"
#include "tui/view/table.h"

enum {
    LABEL_WIDTH = 5, LABELS_FROM = 24, /* columns of the pane */
    AXIS_FROM = 6, COLLECTIONS_FROM = 8, SAMPLE_FROM = 10, GROWTH_FROM = 15, /* rows of the pane */
    LARGE_STEP = 10,
};

#define FINEST_LIVE_STEP UINT64_C(100000000)

struct ram_state {
    bool has_cursor;     /* else the last sample is looked at, and the window follows it */
    uint64_t cursor_ns;
    uint64_t zoom_ns;    /* length of a column; 0, or where it is no shorter than needed: the whole run is shown */
    uint64_t from_ns;    /* where the window begins while zoomed */
    int selected;        /* row of the details */
    int detail_rows;     /* as last drawn */
    uint64_t step_ns;    /* of a column as last drawn; 0: never */
    struct ram_graph graph;
    char text[512];
};

/* Where everything stands in the pane; rectangles that are not there have no rows. */
struct frame {
    struct rectangle graph, labels, axis, collections, details;
};

static void *ram_create(void) { return calloc(1, sizeof(struct ram_state)); }
static void ram_destroy(void *state) { free(state); }

/* --- what is in the window -------------------------------------------------------------------------- */

/* Moves the zoomed window as far as it must to hold the cursor, else the last sample. It leaps, for a graph that moves by a
 * column at every refresh is drawn anew as a whole each time. */
static void follow(struct ram_state *state, const struct model *model, uint64_t span) {
    uint64_t at = state->has_cursor ? state->cursor_ns : ram_graph_end(model);
    if (at >= state->from_ns && at - state->from_ns < span)
        return;
    uint64_t before = at < state->from_ns ? span / 3 : span / 3 * 2; /* room on the side it goes to */
    state->from_ns = at > before ? at - before : 0;
}

/* A window that follows a run is not drawn in columns shorter than these: so many would be new at each refresh. */
static uint64_t finest(const struct ram_state *state, const struct model *model) {
    return state->has_cursor || model->state == MODEL_ENDED ? 0 : FINEST_LIVE_STEP;
}

static void build(struct ram_state *state, const struct model *model, int columns, int slots) {
    uint64_t step = ram_graph_fit(model, columns), from = 0, least = finest(state, model);
    if (state->zoom_ns && state->zoom_ns < step) {
        step = state->zoom_ns > least ? state->zoom_ns : least;
        follow(state, model, step * (uint64_t)(columns > 1 ? columns - 1 : 1));
        from = state->from_ns;
    }
    ram_graph_build(&state->graph, model, from, step, columns, slots);
    state->step_ns = step;
}

static bool is_whole(const struct ram_state *state, const struct model *model) {
    int columns = state->graph.columns ? state->graph.columns : 1;
    return !state->zoom_ns || state->zoom_ns >= ram_graph_fit(model, columns);
}

/* The sample the cursor is at, without a cursor the last one; SIZE_MAX: none. */
static size_t sample_shown(const struct ram_state *state, const struct model *model) {
    if (!state->has_cursor)
        return ram_graph_sample(model, UINT64_MAX, UINT64_MAX);
    uint64_t step = state->step_ns ? state->step_ns : 1;
    uint64_t from = state->cursor_ns / step * step;
    return ram_graph_sample(model, from, from + step);
}

static const char *when(const struct ram_state *state, const struct model *model) {
    return state->has_cursor ? "at" : model->state == MODEL_ENDED ? "end" : "now";
}

/* --- drawing ---------------------------------------------------------------------------------------- */

/* Takes rows from the lower end of what is left. */
static struct rectangle take_rows(struct rectangle *left, int rows) {
    left->rows -= rows;
    return (struct rectangle){left->row + left->rows, left->column, rows, left->columns};
}

static struct frame lay_out(struct rectangle area, const struct model *model) {
    struct frame frame = {.graph = area};
    int rows = area.rows;
    if (rows >= GROWTH_FROM && memory_is_collected(model))
        frame.details = take_rows(&frame.graph, RAM_DETAIL_ROWS);
    else if (rows >= SAMPLE_FROM)
        frame.details = take_rows(&frame.graph, 1);
    if (rows >= AXIS_FROM)
        frame.axis = take_rows(&frame.graph, 1);
    if (rows >= COLLECTIONS_FROM && memory_is_collected(model))
        frame.collections = take_rows(&frame.graph, 1);
    if (area.columns >= LABELS_FROM) {
        frame.labels = (struct rectangle){area.row, area.column, area.rows, LABEL_WIDTH};
        struct rectangle *parts[] = {&frame.graph, &frame.axis, &frame.collections};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            parts[i]->column += LABEL_WIDTH;
            parts[i]->columns -= LABEL_WIDTH;
        }
    }
    return frame;
}

static void draw_axes(const struct ram_graph *graph, const struct ram_scale *scale, const struct frame *frame, struct grid *grid) {
    if (frame->labels.rows > 0)
        ram_draw_scale(scale, grid, frame->labels, frame->graph.rows);
    if (frame->axis.rows > 0)
        ram_draw_ticks(graph, grid, frame->axis);
    if (frame->collections.rows > 0) {
        ram_draw_collections(graph, grid, frame->collections);
        grid_text(grid, frame->labels, frame->collections.row - frame->labels.row, 2, STYLE_DIM, "gc");
    }
}

/* One row: "RSS 182M ^214M" and a sparkline. */
static void draw_sparkline(struct ram_state *state, const struct model *model, struct grid *grid, struct rectangle area) {
    char now[NUMBER_SIZE], peak[NUMBER_SIZE], text[96];
    number_bytes(now, model->samples[ram_graph_sample(model, UINT64_MAX, UINT64_MAX)].rss, 6);
    number_bytes(peak, model->samples[model_peak_sample(model)].rss, 6);
    snprintf(text, sizeof text, "RSS %s ^%s ", now, peak);
    int at = grid_text(grid, area, 0, 0, STYLE_NORMAL, text);
    struct rectangle spark = {area.row, area.column + at, 1, area.columns - at};
    if (spark.columns <= 0)
        return;
    build(state, model, spark.columns, 1);
    ram_draw_sparkline(&state->graph, grid, spark);
    ram_draw_marks(&state->graph, model, grid, spark);
    if (state->has_cursor)
        ram_draw_cursor(&state->graph, state->cursor_ns, grid, spark);
}

static const char *nothing_measured(const struct model *model) {
    if (model->program && model->process_count == 1)
        return "The memory of child processes is not measured over time.";
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
    struct frame frame = lay_out(area, model);
    build(state, model, frame.graph.columns, ram_draw_slots(grid));
    struct ram_scale scale = ram_scale_for(state->graph.highest, frame.graph.rows);
    draw_axes(&state->graph, &scale, &frame, grid);
    ram_draw_series(&state->graph, scale.top, grid, frame.graph);
    ram_draw_peak(&state->graph, model, scale.top, grid, frame.graph);
    ram_draw_marks(&state->graph, model, grid, frame.graph);
    if (state->has_cursor)
        ram_draw_cursor(&state->graph, state->cursor_ns, grid, frame.graph);
    state->detail_rows = frame.details.rows;
    if (frame.details.rows > 0)
        ram_draw_details(model, &model->samples[sample_shown(state, model)], when(state, model), state->selected, context->focused,
                         grid, frame.details);
}

/* --- the title -------------------------------------------------------------------------------------- */

static void add(char *text, size_t size, const char *name, uint64_t bytes) {
    char number[NUMBER_SIZE];
    size_t length = strlen(text);
    if (bytes != MODEL_UNKNOWN)
        snprintf(text + length, size - length, "%s%s", name, number_bytes(number, bytes, 6));
}

static void add_grown(char *text, size_t size, const struct model *model, const struct model_sample *sample) {
    struct ram_growth grown[MODEL_SAMPLE_GROWTH];
    char place[MEMORY_TEXT_SIZE];
    if (!ram_growth(model, sample, grown))
        return;
    size_t length = strlen(text);
    snprintf(text + length, size - length, "  top:%s", memory_place(model, grown[0].function, grown[0].line, place));
    add(text, size, "+", grown[0].bytes);
}

/* The name of the mark that the cursor stands at. */
static void add_mark(char *text, size_t size, const struct ram_state *state, const struct model *model) {
    uint64_t step = state->step_ns ? state->step_ns : 1;
    for (size_t i = 0; i < model->mark_count; i++) {
        if (model->marks[i].t_ns / step != state->cursor_ns / step)
            continue;
        size_t length = strlen(text);
        snprintf(text + length, size - length, "  mark:%.40s", model->marks[i].name);
        return;
    }
}

static void add_window(char *text, size_t size, const struct ram_state *state, const struct model *model) {
    char span[NUMBER_SIZE], from[NUMBER_SIZE];
    size_t length = strlen(text);
    if (is_whole(state, model))
        snprintf(text + length, size - length, "  window:all");
    else
        snprintf(text + length, size - length, "  window:%s from %s",
                 number_time(span, state->step_ns * (uint64_t)state->graph.columns, 6), ram_tick_label(from, state->graph.from_ns));
}

static void ram_title(void *data, const struct view_context *context, char *text, size_t size) {
    const struct ram_state *state = data;
    const struct model *model = context->model;
    size_t peak = model_peak_sample(model), shown = sample_shown(state, model);
    if (peak == SIZE_MAX || shown == SIZE_MAX) {
        snprintf(text, size, "RAM");
        return;
    }
    const struct model_sample *sample = &model->samples[shown];
    char time[NUMBER_SIZE];
    if (state->has_cursor)
        snprintf(text, size, "RAM  at %s", number_time(time, sample->t_ns, 8));
    else
        snprintf(text, size, "RAM  %s", when(state, model));
    add(text, size, ":", sample->rss);
    add(text, size, " heap:", sample->heap);
    add(text, size, " native:", sample->native);
    if (!state->has_cursor) {
        add(text, size, "  peak:", model->samples[peak].rss);
        snprintf(text + strlen(text), size - strlen(text), "@%s", number_time(time, model->samples[peak].t_ns, 8));
    } else if (sample->function && sample->function < model->function_count) {
        snprintf(text + strlen(text), size - strlen(text), "  in %.200s", model->functions[sample->function].qualname);
    }
    if (state->has_cursor)
        add_mark(text, size, state, model);
    add_grown(text, size, model, sample);
    add_window(text, size, state, model);
}

/* --- the cursor ------------------------------------------------------------------------------------- */

static struct view_effect set_cursor(struct ram_state *state, const struct model *model, uint64_t at_ns) {
    bool same = state->has_cursor && state->cursor_ns == at_ns;
    state->has_cursor = model->sample_count > 0;
    state->cursor_ns = at_ns;
    return effect_of(same ? VIEW_HANDLED : VIEW_REDRAW);
}

static struct view_effect move_cursor(struct ram_state *state, const struct model *model, int64_t columns) {
    uint64_t step = state->step_ns ? state->step_ns : SIZE_MAX;
    uint64_t last = ram_graph_end(model) / step, column = state->has_cursor ? state->cursor_ns / step : last;
    uint64_t distance = (uint64_t)(columns < 0 ? -columns : columns);
    bool same = state->has_cursor;
    uint64_t before = column;
    if (columns < 0)
        column -= distance < column ? distance : column;
    else
        column = distance < last - (column < last ? column : last) ? column + distance : last;
    if (same && before == column)
        return effect_of(VIEW_HANDLED);
    return set_cursor(state, model, column * step);
}

static struct view_effect release_cursor(struct ram_state *state) {
    if (!state->has_cursor)
        return effect_of(VIEW_NOT_HANDLED);
    state->has_cursor = false;
    return effect_of(VIEW_REDRAW);
}

/* To the highest RSS; from there to the high-water mark of what was counted, which may be another moment. */
static struct view_effect go_to_peak(struct ram_state *state, const struct model *model) {
    size_t peak = model_peak_sample(model);
    if (peak == SIZE_MAX)
        return effect_message(nothing_measured(model));
    uint64_t rss_ns = model->samples[peak].t_ns, heap_ns = model->heap.peak_t_ns;
    bool there = state->has_cursor && state->cursor_ns == rss_ns;
    bool counted = model->heap.peak_bytes > 0 && heap_ns != MODEL_UNKNOWN;
    return set_cursor(state, model, there && counted ? heap_ns : rss_ns);
}

/* To the next mark behind the cursor (or the one before it), round the ends. */
static struct view_effect go_to_mark(struct ram_state *state, const struct model *model, int direction) {
    size_t count = model->mark_count, next = 0;
    if (!count)
        return effect_message("There are no marks; m marks this moment, pyprof.mark(\"name\") in the program does, too.");
    if (state->has_cursor && direction > 0) {
        while (next < count && model->marks[next].t_ns <= state->cursor_ns)
            next++;
        next = next < count ? next : 0;
    } else if (direction < 0) {
        size_t before = count;
        while (before > 0 && state->has_cursor && model->marks[before - 1].t_ns >= state->cursor_ns)
            before--;
        next = before > 0 ? before - 1 : count - 1;
    }
    set_cursor(state, model, model->marks[next].t_ns);
    return effect_of(VIEW_REDRAW);
}

static struct view_effect zoom(struct ram_state *state, const struct model *model, int direction) {
    uint64_t fit = ram_graph_fit(model, state->graph.columns ? state->graph.columns : 1);
    uint64_t now = is_whole(state, model) ? fit : state->zoom_ns, wanted = ram_step_beside(now, direction);
    if (wanted == now || (direction > 0 && now >= fit))
        return effect_of(VIEW_HANDLED);
    if (wanted < finest(state, model))
        return effect_message("While the graph follows the run it is drawn no finer; move the cursor (h l) to look closer.");
    state->zoom_ns = wanted < fit ? wanted : 0;
    uint64_t span = wanted * (uint64_t)state->graph.columns, at = state->has_cursor ? state->cursor_ns : ram_graph_end(model);
    uint64_t before = state->has_cursor ? span / 2 : span / 3 * 2;
    state->from_ns = at > before ? at - before : 0;
    return effect_of(VIEW_REDRAW);
}

/* --- requests --------------------------------------------------------------------------------------- */

static struct view_effect move_selection(struct ram_state *state, const struct model *model, int step) {
    struct ram_growth grown[MODEL_SAMPLE_GROWTH];
    size_t shown = sample_shown(state, model);
    if (state->detail_rows <= 1 || shown == SIZE_MAX)
        return effect_of(VIEW_NOT_HANDLED);
    int last = ram_growth(model, &model->samples[shown], grown);
    int wanted = state->selected + step, before = state->selected;
    state->selected = wanted < 0 ? 0 : wanted > last ? last : wanted;
    return effect_of(state->selected == before ? VIEW_HANDLED : VIEW_REDRAW);
}

static struct view_effect drill(struct ram_state *state, const struct model *model) {
    size_t shown = sample_shown(state, model);
    if (shown == SIZE_MAX)
        return effect_message(nothing_measured(model));
    const struct model_sample *sample = &model->samples[shown];
    struct ram_growth grown[MODEL_SAMPLE_GROWTH];
    int count = state->detail_rows > 1 ? ram_growth(model, sample, grown) : 0;
    if (state->selected > 0 && state->selected <= count && grown[state->selected - 1].function)
        return effect_drill(grown[state->selected - 1].function, grown[state->selected - 1].line);
    if (sample->function && sample->function < model->function_count)
        return effect_drill(sample->function, 0);
    char time[NUMBER_SIZE];
    snprintf(state->text, sizeof state->text, "It is not known which function ran at %s.",
             number_time(time, sample->t_ns, 8));
    return effect_message(state->text);
}

static void append_mib(char *text, size_t size, const char *name, uint64_t bytes) {
    size_t length = strlen(text);
    if (bytes != MODEL_UNKNOWN)
        snprintf(text + length, size - length, " %s%.1f MiB", name, (double)bytes / (1 << 20));
}

static struct view_effect copy_sample(struct ram_state *state, const struct model *model) {
    size_t shown = sample_shown(state, model);
    if (shown == SIZE_MAX)
        return effect_copy("");
    const struct model_sample *sample = &model->samples[shown];
    char place[MEMORY_TEXT_SIZE];
    snprintf(state->text, sizeof state->text, "%.3f s", (double)sample->t_ns / 1e9);
    append_mib(state->text, sizeof state->text, "", sample->rss);
    append_mib(state->text, sizeof state->text, "heap ", sample->heap);
    append_mib(state->text, sizeof state->text, "native ", sample->native);
    if (sample->function && sample->function < model->function_count) {
        size_t length = strlen(state->text);
        snprintf(state->text + length, sizeof state->text - length, " %s", memory_place(model, sample->function, 0, place));
    }
    return effect_copy(state->text);
}

static struct view_effect ram_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    struct ram_state *state = data;
    const struct model *model = context->model;
    int64_t window = state->graph.columns > LARGE_STEP ? state->graph.columns : LARGE_STEP;
    (void)page_rows;
    switch (request) {
    case REQUEST_MOVE_LEFT: return move_cursor(state, model, -1);
    case REQUEST_MOVE_RIGHT: return move_cursor(state, model, 1);
    case REQUEST_SCROLL_LEFT: return move_cursor(state, model, -LARGE_STEP);
    case REQUEST_SCROLL_RIGHT: return move_cursor(state, model, LARGE_STEP);
    case REQUEST_PAGE_UP: return move_cursor(state, model, -window);
    case REQUEST_PAGE_DOWN: return move_cursor(state, model, window);
    case REQUEST_MOVE_FIRST: return move_cursor(state, model, INT64_MIN / 2);
    case REQUEST_MOVE_LAST: return move_cursor(state, model, INT64_MAX / 2);
    case REQUEST_MOVE_UP: return move_selection(state, model, -1);
    case REQUEST_MOVE_DOWN: return move_selection(state, model, 1);
    case REQUEST_ZOOM_IN: return zoom(state, model, -1);
    case REQUEST_ZOOM_OUT: return zoom(state, model, 1);
    case REQUEST_SCROLL_HOME: state->zoom_ns = 0; return effect_of(VIEW_REDRAW);
    case REQUEST_PEAK: return go_to_peak(state, model);
    case REQUEST_NEXT_MARK: return go_to_mark(state, model, 1);
    case REQUEST_PREVIOUS_MARK: return go_to_mark(state, model, -1);
    case REQUEST_DRILL: return drill(state, model);
    case REQUEST_COPY: return copy_sample(state, model);
    case REQUEST_CANCEL: case REQUEST_FOLLOW: return release_cursor(state);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

static struct view_effect ram_click(void *data, const struct view_context *context, struct rectangle area, int row, int column) {
    struct ram_state *state = data;
    const struct model *model = context->model;
    struct frame frame = lay_out(area, model);
    int detail = area.row + row - frame.details.row;
    if (frame.details.rows > 1 && detail >= 0 && detail < frame.details.rows)
        return move_selection(state, model, detail - state->selected);
    column -= frame.graph.column - area.column;
    if (area.rows < 2 || column < 0 || column >= state->graph.columns || !state->step_ns || !model->sample_count)
        return effect_of(VIEW_HANDLED);
    uint64_t at = state->graph.from_ns + (uint64_t)column * state->step_ns;
    return at > ram_graph_end(model) ? effect_of(VIEW_HANDLED) : set_cursor(state, model, at);
}

const struct view ram_view = {
    .name = "ram", .create = ram_create, .destroy = ram_destroy, .draw = ram_draw, .title = ram_title,
    .request = ram_request, .click = ram_click,
};
