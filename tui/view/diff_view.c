/* diff_view.c - what changed between two sessions: a table of functions, the lines of one, and notes. */
#include "tui/view/diff_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compare/diff_text.h"
#include "tui/view/diff_draw.h"
#include "tui/view/effect.h"

enum { PATTERN_SIZE = 128, SCROLL_STEP = 8 };
enum level { LEVEL_FUNCTIONS, LEVEL_LINES, LEVEL_NOTES };

struct diff_state {
    const struct session_diff *diff; /* NULL: none */
    enum level level;
    struct table functions, lines; /* rows: numbers of functions or lines, from 1 */
    struct filter filter;
    enum diff_sort sort;
    bool inverted, hide_standard_library, outdated;
    const struct diff_function *function; /* whose lines are shown */
    struct diff_line *line_rows;          /* owned */
    size_t line_count;
    int scroll, notes_top;
    char pattern[PATTERN_SIZE];
    char text[1024]; /* what an effect or a problem points to */
};

static void *diff_create(void) { return calloc(1, sizeof(struct diff_state)); }

static void drop_lines(struct diff_state *state) {
    free(state->line_rows);
    table_free(&state->lines);
    state->line_rows = NULL;
    state->line_count = 0;
    state->function = NULL;
}

static void diff_destroy(void *data) {
    struct diff_state *state = data;
    if (state) {
        drop_lines(state);
        table_free(&state->functions);
        filter_free(&state->filter);
    }
    free(state);
}

/* The first sort that the runs have numbers for. */
static enum diff_sort first_sort(const struct session_diff *diff) {
    for (enum diff_sort sort = 0; sort < DIFF_SORT_BEFORE; sort++)
        if (session_diff_has(diff, diff_sort_measure(sort)))
            return sort;
    return DIFF_SORT_SELF;
}

void diff_view_show(void *data, const struct session_diff *diff) {
    struct diff_state *state = data;
    drop_lines(state);
    table_free(&state->functions);
    state->diff = diff;
    state->level = LEVEL_FUNCTIONS;
    state->sort = diff ? first_sort(diff) : DIFF_SORT_SELF;
    state->inverted = false;
    state->outdated = true;
    state->scroll = state->notes_top = 0;
    state->pattern[0] = '\0';
    filter_parse(&state->filter, "", state->text, (int)sizeof state->text);
}

static void refresh(struct diff_state *state, const struct view_context *context) {
    if (!state->diff || (!state->outdated && state->hide_standard_library == context->hide_standard_library))
        return;
    state->hide_standard_library = context->hide_standard_library;
    struct diff_choice choice = {state->sort, state->inverted, state->hide_standard_library, &state->filter};
    state->outdated = !diff_rows_build(&state->functions, state->diff, &choice);
}

static const struct diff_function *selected_function(const struct diff_state *state) {
    return state->functions.count ? &state->diff->functions[state->functions.selected - 1] : NULL;
}

static const struct diff_line *selected_line(const struct diff_state *state) {
    return state->lines.count ? &state->line_rows[state->lines.selected - 1] : NULL;
}

static struct diff_look look_of(const struct diff_state *state, const struct view_context *context) {
    return (struct diff_look){.diff = state->diff, .sort = state->sort, .percent = context->percent, .pattern = state->pattern,
                              .scroll = state->scroll};
}

/* The function's id in the model that is shown, which may be another one than what was compared; 0: it is not in it. */
static uint32_t shown_id(const struct model *model, const struct diff_function *function) {
    const struct model_function *wanted = function ? function->after : NULL;
    for (size_t step = 0; wanted && step < model->function_count; step++) {
        size_t id = (function->after_id + step) % model->function_count;
        const struct model_function *found = &model->functions[id];
        if (id && found->line == wanted->line && strcmp(found->qualname, wanted->qualname) == 0 &&
            strcmp(found->file, wanted->file) == 0)
            return (uint32_t)id;
    }
    return 0;
}

/* --- drawing ---------------------------------------------------------------------------------------------- */

static struct rectangle below(struct rectangle area, int rows) {
    return (struct rectangle){area.row + rows, area.column, area.rows - rows, area.columns};
}

static void draw_functions(struct diff_state *state, const struct view_context *context, struct grid *grid,
                           struct rectangle area) {
    struct diff_look look = look_of(state, context);
    struct rectangle table = below(area, diff_head_rows(area));
    diff_draw_head(&look, grid, area);
    int header = table_header_rows(table);
    size_t index;
    if (!state->functions.count) {
        table_sentence(grid, table, state->filter.count ? "No function passes the filter; \\ clears it."
                                                        : "No function ran on either side.");
        return;
    }
    if (header)
        diff_draw_functions_header(&look, grid, table);
    table_scroll(&state->functions, table.rows - header);
    for (int row = header; row < table.rows && table_row_at(&state->functions, table, row, &index); row++) {
        diff_draw_function(&look, &state->diff->functions[state->functions.rows[index] - 1], grid, table, row);
        if (index == state->functions.index)
            table_mark_selected(grid, table, row, table.columns, context->focused);
    }
}

static void draw_lines(struct diff_state *state, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct diff_look look = look_of(state, context);
    int header = table_header_rows(area);
    size_t index;
    if (header)
        diff_draw_lines_header(&look, grid, area);
    table_scroll(&state->lines, area.rows - header);
    for (int row = header; row < area.rows && table_row_at(&state->lines, area, row, &index); row++) {
        diff_draw_line(&look, &state->line_rows[state->lines.rows[index] - 1], grid, area, row);
        if (index == state->lines.index)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

static void draw_notes(struct diff_state *state, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct diff_look look = look_of(state, context);
    int last = diff_draw_notes(&look, NULL, area, 0) - area.rows;
    if (state->notes_top > last)
        state->notes_top = last;
    if (state->notes_top < 0)
        state->notes_top = 0;
    diff_draw_notes(&look, grid, area, state->notes_top);
}

static void diff_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct diff_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (!state->diff)
        table_sentence(grid, area, "Nothing is compared; D compares with another session.");
    else if (state->level == LEVEL_NOTES)
        draw_notes(state, context, grid, area);
    else if (state->level == LEVEL_LINES)
        draw_lines(state, context, grid, area);
    else
        draw_functions(state, context, grid, area);
}

static void diff_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct diff_state *state = data;
    char function[512];
    refresh(state, context);
    if (!state->diff) {
        snprintf(text, size, "Changes");
    } else if (state->level == LEVEL_NOTES) {
        snprintf(text, size, "Changes  totals and notes");
    } else if (state->level == LEVEL_LINES) {
        diff_function_text(state->function, function, sizeof function);
        snprintf(text, size, "Changes  %s", function);
    } else {
        bool filtered = state->filter.expression[0] != '\0';
        snprintf(text, size, "Changes %zu/%zu  sort:%s%c%s%s%s%s", state->functions.count, state->diff->function_count,
                 diff_sort_title(state->sort), (state->sort == DIFF_SORT_NAME) == state->inverted ? 'v' : '^',
                 filtered || state->hide_standard_library ? "  filter:" : "", state->hide_standard_library ? "-stdlib" : "",
                 filtered && state->hide_standard_library ? " " : "", state->filter.expression);
    }
}

/* --- levels ----------------------------------------------------------------------------------------------- */

static struct view_effect select_effect(const struct diff_state *state, const struct view_context *context) {
    bool lines = state->level == LEVEL_LINES;
    const struct diff_function *function = lines ? state->function : selected_function(state);
    uint32_t id = shown_id(context->model, function), line = lines && selected_line(state) ? selected_line(state)->after : 0;
    return id ? effect_select(id, line) : effect_of(VIEW_REDRAW);
}

static struct view_effect open_lines(struct diff_state *state, const struct view_context *context) {
    const struct diff_function *function = selected_function(state);
    struct error error;
    if (!function)
        return effect_of(VIEW_HANDLED);
    drop_lines(state);
    state->line_rows = session_diff_lines(state->diff, function, &state->line_count, &error);
    if (!state->line_rows) {
        snprintf(state->text, sizeof state->text, "%s", error.text);
        return effect_message(state->text);
    }
    if (!state->line_count || !table_reserve(&state->lines, state->line_count)) {
        drop_lines(state);
        snprintf(state->text, sizeof state->text, session_diff_shown(function)->kind == MODEL_FUNCTION_C
                                                      ? "%.200s is written in C: it has no lines."
                                                      : "Neither session has the source or the lines of %.200s.",
                 session_diff_shown(function)->qualname);
        return effect_message(state->text);
    }
    for (size_t i = 0; i < state->line_count; i++)
        state->lines.rows[i] = (uint32_t)i + 1;
    state->lines.count = state->line_count;
    state->function = function;
    state->level = LEVEL_LINES;
    state->scroll = 0;
    table_rows_changed(&state->lines);
    for (size_t i = 0; i < state->line_count; i++) /* where it is most interesting */
        if (state->line_rows[i].match == DIFF_NEW || state->line_rows[i].match == DIFF_GONE) {
            table_choose(&state->lines, i);
            break;
        }
    return select_effect(state, context);
}

static struct view_effect drill(struct diff_state *state, const struct view_context *context) {
    if (state->level == LEVEL_FUNCTIONS)
        return open_lines(state, context);
    const struct diff_line *line = selected_line(state);
    uint32_t id = shown_id(context->model, state->function);
    if (state->level == LEVEL_NOTES || !line)
        return effect_of(VIEW_HANDLED);
    if (id && line->after)
        return effect_drill(id, line->after);
    return effect_message("This is not in the run that is shown: it is gone.");
}

static struct view_effect leave(struct diff_state *state) {
    if (state->pattern[0])
        return effect_end_search(state->pattern);
    if (state->level == LEVEL_FUNCTIONS)
        return effect_of(VIEW_NOT_HANDLED);
    state->level = state->level == LEVEL_NOTES && state->function ? LEVEL_LINES : LEVEL_FUNCTIONS;
    if (state->level == LEVEL_FUNCTIONS)
        drop_lines(state);
    return effect_of(VIEW_REDRAW);
}

/* --- requests --------------------------------------------------------------------------------------------- */

static void diff_sort(void *data, int index) {
    struct diff_state *state = data;
    if (index < 0 || index >= DIFF_SORT_COUNT)
        return;
    state->inverted = (int)state->sort == index && !state->inverted;
    state->sort = (enum diff_sort)index;
    state->outdated = true;
}

static int diff_sorted(void *data) { return (int)((const struct diff_state *)data)->sort; }

static const char *const *diff_sort_names(void *data) {
    static const char *menu[DIFF_SORT_COUNT + 1];
    (void)data;
    for (enum diff_sort sort = 0; sort < DIFF_SORT_COUNT; sort++)
        menu[sort] = diff_sort_menu(sort);
    return menu;
}

static struct view_effect copy(struct diff_state *state) {
    const struct diff_function *function = state->level == LEVEL_LINES ? state->function : selected_function(state);
    const struct diff_line *line = state->level == LEVEL_LINES ? selected_line(state) : NULL;
    char name[512], before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE], change[DIFF_TEXT_SIZE];
    if (!function || state->level == LEVEL_NOTES)
        return effect_copy("");
    enum diff_measure measure = diff_sort_measure(state->sort);
    const struct diff_value *value = line ? &line->values[measure] : &function->values[measure];
    diff_function_text(function, name, sizeof name);
    int length = snprintf(state->text, sizeof state->text, "%s: %s %s before, %s after, %s", name,
                          session_diff_measure_name(measure), diff_text_number(session_diff_unit(measure), value->before, before),
                          diff_text_number(session_diff_unit(measure), value->after, after), diff_text_change(value, change));
    if (line && length > 0 && (size_t)length < sizeof state->text)
        snprintf(state->text + length, sizeof state->text - (size_t)length, ": %.*s", (int)line->length, line->text);
    return effect_copy(state->text);
}

static struct view_effect move_notes(struct diff_state *state, enum request request, int page_rows) {
    size_t top = (size_t)state->notes_top;
    if (!table_step(request, page_rows, 1000, &top))
        return effect_of(VIEW_NOT_HANDLED);
    state->notes_top = (int)top; /* drawing keeps it in bounds */
    return effect_of(VIEW_REDRAW);
}

static struct view_effect move(struct diff_state *state, const struct view_context *context, enum request request,
                               int page_rows) {
    struct table *table = state->level == LEVEL_LINES ? &state->lines : &state->functions;
    size_t before = table->index;
    if (state->level == LEVEL_NOTES)
        return move_notes(state, request, page_rows);
    if (!table_move(table, request, page_rows))
        return effect_of(VIEW_NOT_HANDLED);
    return table->index == before ? effect_of(VIEW_HANDLED) : select_effect(state, context);
}

static struct view_effect sort_asked(struct diff_state *state, enum request request) {
    int asked = table_sort_asked(request, (int)state->sort, DIFF_SORT_COUNT);
    if (asked >= 0)
        diff_sort(state, asked);
    return effect_of(VIEW_REDRAW);
}

static struct view_effect scroll_to(struct diff_state *state, int scroll) {
    state->scroll = scroll < 0 ? 0 : scroll;
    return effect_of(VIEW_REDRAW);
}

static struct view_effect diff_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    struct diff_state *state = data;
    refresh(state, context);
    if (!state->diff)
        return effect_of(VIEW_NOT_HANDLED);
    struct view_effect moved = move(state, context, request, page_rows);
    if (moved.action != VIEW_NOT_HANDLED)
        return moved;
    switch (request) {
    case REQUEST_DRILL: return drill(state, context);
    case REQUEST_CANCEL: return leave(state);
    case REQUEST_COPY: return copy(state);
    case REQUEST_VARIANT:
        if (state->level == LEVEL_NOTES)
            return leave(state);
        state->level = LEVEL_NOTES;
        return effect_of(VIEW_REDRAW);
    case REQUEST_SORT_PREVIOUS: case REQUEST_SORT_NEXT: case REQUEST_SORT_INVERT: return sort_asked(state, request);
    case REQUEST_FILTER_CLEAR:
        filter_parse(&state->filter, "", state->text, (int)sizeof state->text);
        state->outdated = true;
        return effect_of(VIEW_REDRAW);
    case REQUEST_SCROLL_LEFT: case REQUEST_MOVE_LEFT: return scroll_to(state, state->scroll - SCROLL_STEP);
    case REQUEST_SCROLL_RIGHT: case REQUEST_MOVE_RIGHT: return scroll_to(state, state->scroll + SCROLL_STEP);
    case REQUEST_SCROLL_HOME: return scroll_to(state, 0);
    case REQUEST_NONE: return effect_of(VIEW_HANDLED);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

/* --- searching and filtering ------------------------------------------------------------------------------- */

static bool function_matches(const void *data, size_t index) {
    const struct diff_state *state = data;
    char text[1024];
    diff_function_text(&state->diff->functions[state->functions.rows[index] - 1], text, sizeof text);
    return filter_contains(text, state->pattern);
}

static bool line_matches(const void *data, size_t index) {
    const struct diff_state *state = data;
    const struct diff_line *line = &state->line_rows[state->lines.rows[index] - 1];
    char text[1024];
    snprintf(text, sizeof text, "%.*s", (int)line->length, line->text);
    return filter_contains(text, state->pattern);
}

static struct view_effect diff_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct diff_state *state = data;
    bool lines = state->level == LEVEL_LINES;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0] || !state->diff)
        return effect_of(VIEW_REDRAW);
    if (table_search_rows(lines ? &state->lines : &state->functions, direction, lines ? line_matches : function_matches, state))
        return select_effect(state, context);
    snprintf(state->text, sizeof state->text, "No %s here has \"%s\" in it.", lines ? "line" : "function", state->pattern);
    return effect_message(state->text);
}

static bool diff_filter(void *data, const struct view_context *context, const char *expression, const char **problem) {
    struct diff_state *state = data;
    (void)context;
    if (!filter_parse(&state->filter, expression, state->text, (int)sizeof state->text)) {
        *problem = state->text;
        return false;
    }
    state->outdated = true;
    if (state->level != LEVEL_FUNCTIONS) {
        state->level = LEVEL_FUNCTIONS;
        drop_lines(state);
    }
    return true;
}

static struct view_effect diff_click(void *data, const struct view_context *context, struct rectangle area, int row, int column) {
    struct diff_state *state = data;
    size_t index;
    (void)column;
    refresh(state, context);
    if (!state->diff || state->level == LEVEL_NOTES)
        return effect_of(VIEW_HANDLED);
    bool lines = state->level == LEVEL_LINES;
    int head = lines ? 0 : diff_head_rows(area);
    struct table *table = lines ? &state->lines : &state->functions;
    if (row < head || !table_row_at(table, below(area, head), row - head, &index))
        return effect_of(VIEW_HANDLED);
    if (index == table->index && table->chosen)
        return drill(state, context);
    table_choose(table, index);
    return select_effect(state, context);
}

const struct view diff_view = {
    .name = "changes", .create = diff_create, .destroy = diff_destroy, .draw = diff_draw, .title = diff_title,
    .request = diff_request, .search = diff_search, .filter = diff_filter, .sort_names = diff_sort_names, .sorted = diff_sorted,
    .sort = diff_sort, .click = diff_click,
};
