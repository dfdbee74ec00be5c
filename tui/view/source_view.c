/* source_view.c - the file of the selected function, each line with its heat, time and hits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/function_name.h"
#include "tui/view/number.h"
#include "tui/view/source_age.h"
#include "tui/view/source_callee.h"
#include "tui/view/source_callers.h"
#include "tui/view/source_draw.h"
#include "tui/view/source_gutter.h"
#include "tui/view/source_numbers.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"

enum { SIDEWAYS_STEP = 8 };

struct source_state {
    struct model_stamp stamp;
    struct source_text text;
    struct source_age age;
    struct source_numbers numbers;
    uint32_t function;     /* shown; 0: none */
    uint32_t line;         /* selected (from 1); 0: none chosen yet */
    uint32_t context_line; /* as last seen */
    size_t top;            /* lines above the first one shown */
    int sideways, code_columns; /* the latter as drawn last */
    bool memory;           /* was asked to come before times */
    enum memory_measure measure; /* as the shares were computed */
    bool reveal;           /* the next drawing scrolls to the function, and to the line */
    struct source_callers callers; /* of a C function */
    const char *sentence;  /* shown instead of source; NULL: source is shown */
    char pattern[128];
    char message[1024];
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

static bool counts_lines(const struct model *model) { return !model->collectors || model->collectors & COLLECTOR_LINE; }

/* Memory comes first beside the memory pane, where there are no times, and where it was asked for. */
static bool memory_comes_first(const struct source_state *state, const struct view_context *context) {
    return memory_is_collected(context->model) && (context->memory || state->memory || !counts_lines(context->model));
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
        state->line = source_numbers_hottest(&state->numbers, state->function, memory_comes_first(state, context));
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
    changed |= state->measure != context->measure;
    state->measure = context->measure;
    if (has_source && (changed || function_changed)) {
        if (source_text_load(&state->text, model, shown->file))
            state->sideways = 0;
        source_numbers_build(&state->numbers, model, shown->file, function, state->text.line_count, context->measure);
    }
    if (function && !has_source && (changed || function_changed))
        source_callers_find(&state->callers, model, function);
    state->sentence = sentence_for(state, model);
    select_from_context(state, context, function_changed);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static struct gutter lay_out(const struct source_state *state, const struct view_context *context, int width) {
    struct gutter gutter;
    struct gutter_wish wish = {
        .numbers = &state->numbers, .line_count = state->text.line_count, .times = counts_lines(context->model),
        .instructions = context->model->instructions != MODEL_UNKNOWN,
        .memory = memory_is_collected(context->model), .memory_first = memory_comes_first(state, context),
        .measure = context->measure};
    source_gutter_lay_out(&gutter, &wish, width);
    return gutter;
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

/* The letter of a mark on that line of the file that is shown; 0: there is none. */
static char mark_at(const struct source_state *state, const struct view_context *context, uint32_t line) {
    const struct model *model = context->model;
    for (size_t i = 0; i < context->place_count; i++) {
        const struct view_mark *place = &context->places[i];
        if (!place->function || place->function >= model->function_count)
            continue;
        const struct model_function *function = &model->functions[place->function];
        if ((place->line ? place->line : function->line) == line &&
            strcmp(function->file, model->functions[state->function].file) == 0)
            return place->letter;
    }
    return 0;
}

static void draw_sentence(const struct source_state *state, const struct model *model, struct grid *grid, struct rectangle area) {
    int rows = table_paragraph(grid, area, STYLE_DIM, state->sentence) + 1;
    struct rectangle below = {area.row + rows, area.column, area.rows - rows, area.columns};
    if (state->function && model->functions[state->function].kind == MODEL_FUNCTION_C)
        source_callers_draw(&state->callers, model, grid, below);
}

static void source_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct source_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (state->sentence) {
        draw_sentence(state, context->model, grid, area);
        return;
    }
    struct gutter gutter = lay_out(state, context, area.columns);
    int header = area.rows >= 3;
    state->code_columns = area.columns - gutter.source;
    source_age_look(&state->age, &state->text, context->model);
    if (header) {
        source_gutter_header(&gutter, grid, area);
        grid_text(grid, area, 0, gutter.source + 1, STYLE_ERROR, source_age_sentence(&state->age, state->code_columns - 1));
    }
    scroll_to(state, context->model, area.rows - header);
    for (int row = header; row < area.rows; row++) {
        size_t line = state->top + (size_t)(row - header) + 1;
        if (line > state->text.line_count)
            break;
        const struct source_number *number = state->numbers.any ? &state->numbers.lines[line - 1] : NULL;
        if (number && number->owner)
            source_gutter_numbers(&gutter, number, number->owner == state->function, grid, area, row);
        if (gutter.line >= 0) {
            char text[NUMBER_SIZE];
            table_cell(grid, area, row, gutter.line, gutter.line_width, STYLE_NORMAL, false,
                       number_count(text, line, gutter.line_width));
        }
        source_draw_line(&state->text, line, grid, area, row, gutter.source, area.columns - gutter.source,
                         state->sideways, state->pattern);
        char letter = mark_at(state, context, (uint32_t)line);
        if (letter && gutter.source > 0)
            grid_glyph(grid, area, row, gutter.source - 1, STYLE_KEY, (uint32_t)letter);
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
    snprintf(text, size, "%s:%u %s%s%s", function_file_name(function), state->line ? state->line : function->line,
             function->qualname, state->numbers.any ? "" : "  no lines", source_age_word(&state->age));
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

/* The hottest line of the function, or the one behind the present one in that order; behind the last the hottest again. */
static struct view_effect go_to_hot(struct source_state *state, const struct view_context *context, bool next) {
    bool memory = memory_comes_first(state, context);
    uint32_t line = next ? source_numbers_next_hot(&state->numbers, state->function, state->line, memory) : 0;
    if (!line)
        line = source_numbers_hottest(&state->numbers, state->function, memory);
    return line ? go_to_line(state, line) : effect_message("No line of this function was counted.");
}

/* Into what the line calls. */
static struct view_effect go_to_callee(struct source_state *state, const struct model *model) {
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

/* function > line > bytecode: that of the function that the line was counted for. */
static struct view_effect drill(const struct source_state *state) {
    uint32_t owner = state->numbers.any ? state->numbers.lines[state->line - 1].owner : 0;
    return (struct view_effect){.action = VIEW_BYTECODE, .function = owner ? owner : state->function, .line = state->line};
}

static struct view_effect copy_line(struct source_state *state) {
    size_t length;
    const char *line = source_text_line(&state->text, state->line, &length);
    snprintf(state->message, sizeof state->message, "%.*s", length < 1000 ? (int)length : 1000, line);
    return effect_copy(state->message);
}

/* First memory comes before times, then the loop goes on to what else of it can be shown, at last back to times. */
static struct view_effect vary(struct source_state *state, const struct view_context *context) {
    bool first = memory_comes_first(state, context);
    if (memory_is_collected(context->model) && !first) {
        state->memory = true;
        return effect_of(VIEW_REDRAW);
    }
    if (context->measure == MEMORY_MEASURE_COUNT - 1)
        state->memory = false;
    return effect_of(VIEW_NOT_HANDLED);
}

static struct view_effect source_request(void *data, const struct view_context *context, enum request request,
                                         int page_rows) {
    struct source_state *state = data;
    refresh(state, context);
    if (request == REQUEST_CANCEL)
        return effect_end_search(state->pattern);
    if (request == REQUEST_VARIANT)
        return vary(state, context);
    if (state->sentence)
        return effect_of(VIEW_NOT_HANDLED);
    if (request == REQUEST_NONE) /* the line that was chosen here is selected everywhere */
        return state->line && state->line != context->line ? go_to_line(state, state->line) : effect_of(VIEW_HANDLED);
    size_t index = state->line ? state->line - 1 : state->top;
    if (table_step(request, page_rows, state->text.line_count, &index))
        return go_to_line(state, (uint32_t)index + 1);
    switch (request) {
    case REQUEST_MOVE_LEFT: case REQUEST_SCROLL_LEFT: return scroll_sideways(state, -SIDEWAYS_STEP);
    case REQUEST_MOVE_RIGHT: case REQUEST_SCROLL_RIGHT: return scroll_sideways(state, SIDEWAYS_STEP);
    case REQUEST_SCROLL_HOME: return scroll_sideways(state, -SOURCE_MAX_COLUMNS);
    case REQUEST_DRILL: return state->line ? drill(state) : effect_of(VIEW_HANDLED);
    case REQUEST_CALLEE: return state->line ? go_to_callee(state, context->model) : effect_of(VIEW_HANDLED);
    case REQUEST_HOTTEST: return go_to_hot(state, context, false);
    case REQUEST_NEXT_HOT: return go_to_hot(state, context, true);
    case REQUEST_COPY: return state->line ? copy_line(state) : effect_copy("");
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

/* As much of a line as is shown. */
static void copy_text(const struct source_state *state, size_t line, char copy[SOURCE_MAX_COLUMNS + 1]) {
    size_t length;
    const char *text = source_text_line(&state->text, line, &length);
    if (length > SOURCE_MAX_COLUMNS)
        length = SOURCE_MAX_COLUMNS;
    memcpy(copy, text, length);
    copy[length] = '\0';
}

static bool line_matches(const void *data, size_t index) {
    const struct source_state *state = data;
    char copy[SOURCE_MAX_COLUMNS + 1];
    copy_text(state, index + 1, copy);
    return filter_contains(copy, state->pattern);
}

/* Scrolls sideways where the first match of a line is out of sight, or back where it would be without. */
static void reveal_match(struct source_state *state, size_t line) {
    char copy[SOURCE_MAX_COLUMNS + 1];
    copy_text(state, line, copy);
    char *found = strcasestr(copy, state->pattern);
    if (!found || state->code_columns <= 0)
        return;
    int end = grid_text_width(copy) - grid_text_width(found) + grid_text_width(state->pattern);
    if (end < state->code_columns)
        state->sideways = 0;
    else if (end > state->sideways + state->code_columns || end - grid_text_width(state->pattern) < state->sideways)
        state->sideways = end - state->code_columns / 2;
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
    if (table_search(state->text.line_count, &index, direction, line_matches, state)) {
        reveal_match(state, index + 1);
        return go_to_line(state, (uint32_t)index + 1);
    }
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
        return drill(state);
    return go_to_line(state, (uint32_t)line);
}

const struct view source_view = {
    .name = "source", .create = source_create, .destroy = source_destroy, .draw = source_draw, .title = source_title,
    .request = source_request, .search = source_search, .click = source_click,
};
