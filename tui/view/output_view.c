/* output_view.c - what the target writes to its terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/emulator.h"
#include "tui/view/filter.h"
#include "tui/view/table.h"

enum { LINE_BYTES = EMULATOR_MAX_SIDE * 4 + 1, SIDEWAYS_STEP = 8 };

/* Lines are counted from the start of the run, so that a place stays a place while old lines are forgotten. */
struct output_state {
    struct emulator emulator;
    bool held;       /* scrolled up: does not follow the end */
    uint64_t top;    /* first line shown while held */
    bool has_match;
    uint64_t match;  /* line that the search is at */
    int rows;        /* as last drawn; 0: never */
    int sideways;
    char pattern[128];
    char *copied;    /* owned: what VIEW_COPY points to */
    char message[256];
};

static void *output_create(void) {
    struct output_state *state = calloc(1, sizeof *state);
    if (state && !emulator_start(&state->emulator, 24, 80)) {
        free(state);
        return NULL;
    }
    return state;
}

static void output_destroy(void *data) {
    struct output_state *state = data;
    if (state) {
        emulator_free(&state->emulator);
        free(state->copied);
    }
    free(state);
}

void output_view_feed(void *data, const unsigned char *bytes, size_t count) {
    struct output_state *state = data;
    emulator_feed(&state->emulator, bytes, count);
}

void output_view_resize(void *data, int rows, int columns) {
    struct output_state *state = data;
    emulator_resize(&state->emulator, rows, columns);
}

void output_view_clear(void *data) {
    struct output_state *state = data;
    emulator_clear(&state->emulator);
    state->held = state->has_match = false;
}

/* --- where it is scrolled to ------------------------------------------------------------------------ */

/* The last place that the first line shown can have. */
static size_t last_top(const struct output_state *state, int rows) {
    size_t count = emulator_line_count(&state->emulator);
    return count > (size_t)rows ? count - (size_t)rows : 0;
}

/* Index of the first line shown. */
static size_t top_index(const struct output_state *state, int rows) {
    size_t last = last_top(state, rows);
    if (!state->held)
        return last;
    uint64_t dropped = state->emulator.dropped;
    uint64_t top = state->top > dropped ? state->top - dropped : 0;
    return top < last ? (size_t)top : last;
}

static void hold_at(struct output_state *state, size_t index) {
    state->held = true;
    state->top = state->emulator.dropped + index;
}

/* --- drawing ---------------------------------------------------------------------------------------- */

/* A line as text; returns its length. */
static size_t line_text(const struct output_state *state, size_t index, char text[LINE_BYTES]) {
    int count;
    const struct cell *cells = emulator_line(&state->emulator, index, &count);
    size_t length = 0;
    for (int i = 0; i < count; i++)
        if (cells[i].width > 0)
            length += emulator_encode(cells[i].glyph, text + length);
    text[length] = '\0';
    return length;
}

static void draw_line(const struct output_state *state, size_t index, struct grid *grid, struct rectangle area,
                      int row) {
    int count;
    const struct cell *cells = emulator_line(&state->emulator, index, &count);
    for (int i = state->sideways; i < count && i - state->sideways < area.columns; i++)
        if (cells[i].width > 0)
            grid_glyph(grid, area, row, i - state->sideways, cells[i].style, cells[i].glyph);
    if (state->pattern[0]) {
        char text[LINE_BYTES];
        line_text(state, index, text);
        table_highlight(grid, area, row, 0, area.columns, text, state->sideways, state->pattern);
    }
}

static void output_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct output_state *state = data;
    if (area.rows <= 0 || area.columns <= 0)
        return;
    state->rows = area.rows;
    size_t count = emulator_line_count(&state->emulator), top = top_index(state, area.rows);
    if (count == 0)
        table_sentence(grid, area, context->model->state == MODEL_ENDED ? "Nothing was written to the terminal."
                                                                        : "Nothing has been written yet.");
    for (int row = 0; row < area.rows && top + (size_t)row < count; row++)
        draw_line(state, top + (size_t)row, grid, area, row);
}

static void output_title(void *data, const struct view_context *context, char *text, size_t size) {
    const struct output_state *state = data;
    (void)context;
    int rows = state->rows ? state->rows : 1;
    size_t below = state->held ? last_top(state, rows) - top_index(state, rows) : 0;
    if (below)
        snprintf(text, size, "Output +%zu below", below);
    else if (state->held)
        snprintf(text, size, "Output");
    else
        snprintf(text, size, "Output follow");
}

/* --- requests --------------------------------------------------------------------------------------- */

static struct view_effect scroll(struct output_state *state, enum request request, int page_rows) {
    int rows = state->rows ? state->rows : page_rows > 0 ? page_rows : 1;
    size_t last = last_top(state, rows), before = top_index(state, rows), top = before;
    bool was_held = state->held;
    table_step(request, page_rows, last + 1, &top);
    state->held = false;
    if (top < last)
        hold_at(state, top);
    return effect_of(top == before && was_held == state->held ? VIEW_HANDLED : VIEW_REDRAW);
}

static struct view_effect scroll_sideways(struct output_state *state, int columns) {
    int before = state->sideways;
    state->sideways += columns;
    int last = state->emulator.columns > SIDEWAYS_STEP ? state->emulator.columns - SIDEWAYS_STEP : 0;
    state->sideways = state->sideways < 0 ? 0 : state->sideways > last ? last : state->sideways;
    return effect_of(before == state->sideways ? VIEW_HANDLED : VIEW_REDRAW);
}

static struct view_effect copy_visible(struct output_state *state, int page_rows) {
    int rows = state->rows ? state->rows : page_rows > 0 ? page_rows : 1;
    size_t top = top_index(state, rows), count = emulator_line_count(&state->emulator), length = 0;
    free(state->copied);
    state->copied = malloc((size_t)rows * LINE_BYTES + 1);
    if (!state->copied)
        return effect_message("There is not enough memory to copy the output; close other programs.");
    state->copied[0] = '\0';
    for (size_t i = top; i < count && i < top + (size_t)rows; i++) {
        length += line_text(state, i, state->copied + length);
        state->copied[length++] = '\n';
        state->copied[length] = '\0';
    }
    return effect_copy(state->copied);
}

static struct view_effect output_request(void *data, const struct view_context *context, enum request request,
                                         int page_rows) {
    struct output_state *state = data;
    (void)context;
    size_t probe = 0;
    if (table_step(request, page_rows, 1, &probe))
        return scroll(state, request, page_rows);
    switch (request) {
    case REQUEST_MOVE_LEFT: case REQUEST_SCROLL_LEFT: return scroll_sideways(state, -SIDEWAYS_STEP);
    case REQUEST_MOVE_RIGHT: case REQUEST_SCROLL_RIGHT: return scroll_sideways(state, SIDEWAYS_STEP);
    case REQUEST_SCROLL_HOME: return scroll_sideways(state, -EMULATOR_MAX_SIDE);
    case REQUEST_COPY: return copy_visible(state, page_rows);
    case REQUEST_FOLLOW:
        if (state->held)
            state->held = false;
        else
            hold_at(state, top_index(state, state->rows ? state->rows : 1));
        return effect_of(VIEW_REDRAW);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

static bool line_matches(const void *data, size_t index) {
    const struct output_state *state = data;
    char text[LINE_BYTES];
    line_text(state, index, text);
    return filter_contains(text, state->pattern);
}

static struct view_effect output_search(void *data, const struct view_context *context, const char *pattern,
                                        int direction) {
    struct output_state *state = data;
    (void)context;
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0]) {
        state->has_match = false;
        return effect_of(VIEW_REDRAW);
    }
    int rows = state->rows ? state->rows : 1;
    uint64_t dropped = state->emulator.dropped;
    size_t count = emulator_line_count(&state->emulator), top = top_index(state, rows);
    size_t index = state->has_match && state->match >= dropped ? (size_t)(state->match - dropped) : top;
    if (index >= count)
        index = top;
    if (!table_search(count, &index, direction, line_matches, state)) {
        snprintf(state->message, sizeof state->message, "Nothing here has \"%s\".", state->pattern);
        return effect_message(state->message);
    }
    state->has_match = true;
    state->match = dropped + index;
    if (index < top || index >= top + (size_t)rows)
        top = index > (size_t)rows / 2 ? index - (size_t)rows / 2 : 0;
    hold_at(state, top);
    return effect_of(VIEW_REDRAW);
}

const struct view output_view = {
    .name = "output", .create = output_create, .destroy = output_destroy, .draw = output_draw, .title = output_title,
    .request = output_request, .search = output_search,
};
