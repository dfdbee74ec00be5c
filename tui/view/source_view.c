/* source_view.c - the file of the selected function, each line with its heat, time and hits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/function_name.h"
#include "tui/view/heat.h"
#include "tui/view/number.h"
#include "tui/view/source_callee.h"
#include "tui/view/source_draw.h"
#include "tui/view/source_numbers.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"

enum { SIDEWAYS_STEP = 8 };

struct source_state {
    struct model_stamp stamp;
    struct source_text text;
    struct source_numbers numbers;
    uint32_t function;     /* shown; 0: none */
    uint32_t line;         /* selected (from 1); 0: none chosen yet */
    uint32_t context_line; /* as last seen */
    size_t top;            /* lines above the first one shown */
    int sideways;
    bool reveal;           /* the next drawing scrolls to the function, and to the line */
    const char *sentence;  /* shown instead of source; NULL: source is shown */
    char pattern[128];
    char message[1024];
};

/* Where the columns of the gutter begin; -1: not shown. All are right-aligned but the marker. */
struct gutter {
    int share, self, total, hits, line, source;
    int hits_width, line_width;
};

static void *source_create(void) { return calloc(1, sizeof(struct source_state)); }

static void source_destroy(void *data) {
    struct source_state *state = data;
    if (state) {
        source_text_free(&state->text);
        source_numbers_free(&state->numbers);
    }
    free(state);
}

/* Where nothing is selected yet, the function with the most time of its own that has source is worth looking at. */
static uint32_t function_shown(const struct view_context *context) {
    const struct model *model = context->model;
    if (context->function && context->function < model->function_count)
        return context->function;
    uint32_t best = 0;
    for (uint32_t i = 1; i < model->function_count; i++) {
        const struct model_function *function = &model->functions[i];
        if (function->calls && function->kind == MODEL_FUNCTION_PYTHON && function->flags & MODEL_FUNCTION_PROJECT &&
            (!best || function->self_ns > model->functions[best].self_ns))
            best = i;
    }
    return best;
}

static const char *sentence_for(struct source_state *state, const struct model *model) {
    const struct model_function *function = &model->functions[state->function];
    if (!state->function)
        return "No function is selected.";
    if (function->kind == MODEL_FUNCTION_C) {
        snprintf(state->message, sizeof state->message,
                 "%.200s is a C function: it has no Python source. c shows who calls it.", function->qualname);
        return state->message;
    }
    if (state->text.problem[0])
        return state->text.problem;
    return state->text.line_count ? NULL : "This file is empty.";
}

static void select_from_context(struct source_state *state, const struct view_context *context, bool function_changed) {
    if (function_changed) {
        state->line = context->line;
        state->reveal = true;
    } else if (context->line && context->line != state->context_line && context->line != state->line) {
        state->line = context->line;
    }
    state->context_line = context->line;
    if (!state->line && context->focused && !state->sentence) {
        state->line = source_numbers_hottest(&state->numbers, state->function);
        if (!state->line)
            state->line = context->model->functions[state->function].line;
        state->reveal = true;
    }
    if (state->line > state->text.line_count)
        state->line = (uint32_t)state->text.line_count;
}

/* Brings text, numbers and selection up to the model and the context. */
static void refresh(struct source_state *state, const struct view_context *context) {
    const struct model *model = context->model;
    bool changed = model_stamp_update(&state->stamp, model);
    uint32_t function = function_shown(context);
    bool function_changed = function != state->function;
    state->function = function;
    const struct model_function *shown = &model->functions[function];
    bool has_source = function && shown->kind == MODEL_FUNCTION_PYTHON;
    if (has_source && (changed || function_changed)) {
        if (source_text_load(&state->text, model, shown->file))
            state->sideways = 0;
        source_numbers_build(&state->numbers, model, shown->file, function, state->text.line_count);
    }
    state->sentence = sentence_for(state, model);
    select_from_context(state, context, function_changed);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static int digits(uint64_t value) {
    int count = 1;
    while (value >= 10) {
        value /= 10;
        count++;
    }
    return count;
}

/* Takes `width` columns and a blank in front when that leaves `room` for the source. */
static bool gutter_takes(int *used, int width, int room, int total) {
    if (*used + 1 + width + room > total)
        return false;
    *used += 1 + width;
    return true;
}

static void lay_out(struct gutter *gutter, const struct source_state *state, int width) {
    int used = 2; /* marker and the blank before the source */
    gutter->line_width = digits(state->text.line_count) > 3 ? digits(state->text.line_count) : 3;
    gutter->hits_width = state->numbers.most_hits > 99999999 && width >= 60 ? 11 : 8;
    bool numbers = state->numbers.any;
    bool line = gutter_takes(&used, gutter->line_width - 1, 6, width);
    bool share = numbers && gutter_takes(&used, 5, 8, width);
    bool hits = share && gutter_takes(&used, gutter->hits_width, 10, width);
    if (share && !hits) {
        gutter->hits_width = 4;
        hits = gutter_takes(&used, gutter->hits_width, 10, width);
    }
    bool self = hits && gutter_takes(&used, 5, 11, width);
    bool total = self && gutter_takes(&used, 5, 60, width);
    int at = 1;
    gutter->share = share ? at : -1;
    at += share ? 6 : 0;
    gutter->self = self ? at : -1;
    at += self ? 6 : 0;
    gutter->total = total ? at : -1;
    at += total ? 6 : 0;
    gutter->hits = hits ? at : -1;
    at += hits ? gutter->hits_width + 1 : 0;
    gutter->line = line ? at : -1;
    at += line ? gutter->line_width : 0;
    gutter->source = at + (at > 1 ? 1 : 0);
}

static void draw_header(const struct gutter *gutter, struct grid *grid, struct rectangle area) {
    if (gutter->share >= 0)
        table_cell(grid, area, 0, gutter->share, 4, STYLE_HEADER, false, "%Fn");
    if (gutter->self >= 0)
        table_cell(grid, area, 0, gutter->self, 5, STYLE_HEADER, false, "self");
    if (gutter->total >= 0)
        table_cell(grid, area, 0, gutter->total, 5, STYLE_HEADER, false, "total");
    if (gutter->hits >= 0)
        table_cell(grid, area, 0, gutter->hits, gutter->hits_width, STYLE_HEADER, false, "hits");
    if (gutter->line >= 0)
        table_cell(grid, area, 0, gutter->line, gutter->line_width, STYLE_HEADER, false,
                   gutter->line_width >= 4 ? "line" : "ln");
}

/* Shares are of the selected function's time: lines of others, such as a `def` that its module runs, have none, and
 * stand back. */
static void draw_numbers(const struct gutter *gutter, const struct source_number *number, bool own, struct grid *grid,
                         struct rectangle area, int row) {
    char text[NUMBER_SIZE];
    enum cell_style style = own ? STYLE_NORMAL : STYLE_DIM;
    int level = heat_level(number->share);
    if (gutter->share >= 0 && own) {
        number_percent(text, (uint64_t)(number->share * 1e6 + 0.5), 1000000, 4);
        table_cell(grid, area, row, gutter->share, 4, heat_style(level), false, text);
        grid_glyph(grid, area, row, gutter->share + 4, heat_style(level), (uint32_t)heat_glyph(level));
    }
    if (gutter->self >= 0)
        table_cell(grid, area, row, gutter->self, 5, style, false, number_time(text, number->self_ns, 5));
    if (gutter->total >= 0)
        table_cell(grid, area, row, gutter->total, 5, style, false, number_time(text, number->total_ns, 5));
    if (gutter->hits >= 0)
        table_cell(grid, area, row, gutter->hits, gutter->hits_width, style, false,
                   number_count(text, number->hits, gutter->hits_width));
}

static void scroll_to(struct source_state *state, const struct model *model, int visible) {
    size_t rows = visible > 0 ? (size_t)visible : 1, count = state->text.line_count;
    if (state->reveal) {
        uint32_t first = model->functions[state->function].line;
        state->top = first ? first - 1 : 0;
        if (state->line && (state->line <= state->top || state->line > state->top + rows))
            state->top = state->line > rows / 2 ? state->line - 1 - rows / 2 : 0;
        state->reveal = false;
    } else if (state->line && state->line <= state->top) {
        state->top = state->line - 1;
    } else if (state->line && state->line > state->top + rows) {
        state->top = state->line - rows;
    }
    if (state->top + rows > count)
        state->top = count > rows ? count - rows : 0;
}

static void source_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct source_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (state->sentence) {
        table_sentence(grid, area, state->sentence);
        return;
    }
    struct gutter gutter;
    lay_out(&gutter, state, area.columns);
    int header = area.rows >= 3;
    if (header)
        draw_header(&gutter, grid, area);
    scroll_to(state, context->model, area.rows - header);
    for (int row = header; row < area.rows; row++) {
        size_t line = state->top + (size_t)(row - header) + 1;
        if (line > state->text.line_count)
            break;
        const struct source_number *number = state->numbers.any ? &state->numbers.lines[line - 1] : NULL;
        if (number && number->owner)
            draw_numbers(&gutter, number, number->owner == state->function, grid, area, row);
        if (gutter.line >= 0) {
            char text[NUMBER_SIZE];
            table_cell(grid, area, row, gutter.line, gutter.line_width, STYLE_NORMAL, false,
                       number_count(text, line, gutter.line_width));
        }
        source_draw_line(&state->text, line, grid, area, row, gutter.source, area.columns - gutter.source,
                         state->sideways, state->pattern);
        if (line == state->line)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

static void source_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct source_state *state = data;
    refresh(state, context);
    const struct model_function *function = &context->model->functions[state->function];
    if (state->sentence) {
        char name[256];
        const char *shown = state->function ? function_display_name(function, name, sizeof name) : "";
        snprintf(text, size, "Source%s%s", *shown ? "  " : "", shown);
        return;
    }
    snprintf(text, size, "%s:%u %s%s", function_file_name(function), state->line ? state->line : function->line,
             function->qualname, state->numbers.any ? "" : "  no lines");
}

/* --- requests --------------------------------------------------------------------------------------- */

static struct view_effect go_to_line(struct source_state *state, uint32_t line) {
    state->line = line;
    return effect_select(state->function, line);
}

static struct view_effect scroll_sideways(struct source_state *state, int columns) {
    int before = state->sideways;
    state->sideways += columns;
    if (state->sideways < 0)
        state->sideways = 0;
    if (state->sideways > SOURCE_MAX_COLUMNS - SIDEWAYS_STEP)
        state->sideways = SOURCE_MAX_COLUMNS - SIDEWAYS_STEP;
    return effect_of(before == state->sideways ? VIEW_HANDLED : VIEW_REDRAW);
}

static struct view_effect drill(struct source_state *state, const struct model *model) {
    size_t length;
    const char *line = source_text_line(&state->text, state->line, &length);
    uint32_t owner = state->numbers.any ? state->numbers.lines[state->line - 1].owner : 0;
    uint32_t callee = source_callee(model, owner ? owner : state->function, line, length);
    if (!callee)
        return effect_message("No call on this line leads to a function that was counted.");
    const struct model_function *function = &model->functions[callee];
    if (callee == state->function) {
        snprintf(state->message, sizeof state->message, "%.200s calls itself here.", function->qualname);
        return effect_message(state->message);
    }
    if (function->kind != MODEL_FUNCTION_C)
        return effect_drill(callee, 0);
    char time[NUMBER_SIZE];
    snprintf(state->message, sizeof state->message, "%.200s is a C function without source: %llu calls, %s.",
             function->qualname, (unsigned long long)function->calls, number_time(time, function->total_ns, 8));
    return effect_message(state->message);
}

static struct view_effect copy_line(struct source_state *state) {
    size_t length;
    const char *line = source_text_line(&state->text, state->line, &length);
    snprintf(state->message, sizeof state->message, "%.*s", length < 1000 ? (int)length : 1000, line);
    return effect_copy(state->message);
}

static struct view_effect source_request(void *data, const struct view_context *context, enum request request,
                                         int page_rows) {
    struct source_state *state = data;
    refresh(state, context);
    if (request == REQUEST_CANCEL)
        return effect_end_search(state->pattern);
    if (state->sentence)
        return effect_of(VIEW_NOT_HANDLED);
    size_t index = state->line ? state->line - 1 : state->top;
    if (table_step(request, page_rows, state->text.line_count, &index))
        return go_to_line(state, (uint32_t)index + 1);
    switch (request) {
    case REQUEST_MOVE_LEFT: case REQUEST_SCROLL_LEFT: return scroll_sideways(state, -SIDEWAYS_STEP);
    case REQUEST_MOVE_RIGHT: case REQUEST_SCROLL_RIGHT: return scroll_sideways(state, SIDEWAYS_STEP);
    case REQUEST_SCROLL_HOME: return scroll_sideways(state, -SOURCE_MAX_COLUMNS);
    case REQUEST_DRILL: return state->line ? drill(state, context->model) : effect_of(VIEW_HANDLED);
    case REQUEST_COPY: return state->line ? copy_line(state) : effect_copy("");
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

static bool line_matches(const void *data, size_t index) {
    const struct source_state *state = data;
    char copy[SOURCE_MAX_COLUMNS + 1];
    size_t length;
    const char *line = source_text_line(&state->text, index + 1, &length);
    if (length > SOURCE_MAX_COLUMNS)
        length = SOURCE_MAX_COLUMNS;
    memcpy(copy, line, length);
    copy[length] = '\0';
    return filter_contains(copy, state->pattern);
}

static struct view_effect source_search(void *data, const struct view_context *context, const char *pattern,
                                        int direction) {
    struct source_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0])
        return effect_of(VIEW_REDRAW);
    if (state->sentence)
        return effect_message("There is no source here to search.");
    size_t index = state->line ? state->line - 1 : state->top;
    if (table_search(state->text.line_count, &index, direction, line_matches, state))
        return go_to_line(state, (uint32_t)index + 1);
    snprintf(state->message, sizeof state->message, "No line here has \"%s\".", state->pattern);
    return effect_message(state->message);
}

static struct view_effect source_click(void *data, const struct view_context *context, struct rectangle area, int row,
                                       int column) {
    struct source_state *state = data;
    (void)column;
    refresh(state, context);
    int header = area.rows >= 3;
    if (state->sentence || row < header)
        return effect_of(VIEW_HANDLED);
    size_t line = state->top + (size_t)(row - header) + 1;
    if (line > state->text.line_count)
        return effect_of(VIEW_HANDLED);
    if (line == state->line)
        return drill(state, context->model);
    return go_to_line(state, (uint32_t)line);
}

const struct view source_view = {
    .name = "source", .create = source_create, .destroy = source_destroy, .draw = source_draw, .title = source_title,
    .request = source_request, .search = source_search, .click = source_click,
};
