/* flame_view.c - call paths as a flame graph that hangs from its root (icicle), or inverted from what ran to who called it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/flame_draw.h"
#include "tui/view/function_name.h"
#include "tui/view/number.h"
#include "tui/view/path_choice.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"

enum { PAGE_LEVELS = 10, DETAIL_FROM = 4 /* rows: one of them tells of the selected frame */ };

/* A path as it is found again in the next model. */
struct kept_path {
    uint32_t functions[PATH_DEPTH];
    size_t count;
};

struct flame_state {
    struct path_tree tree;
    struct flame_layout layout;
    struct model_stamp stamp;
    struct run_stamp run;
    struct path_measure measure;
    bool inverted;
    bool outdated;          /* the tree must be made anew whatever the stamp says */
    bool laid_out;          /* the layout is that of tree, zoom and columns */
    int columns, top;
    uint32_t selected, zoom; /* paths of the tree */
    struct kept_path kept_selected, kept_zoom;
    uint32_t context_function; /* as last seen */
    char pattern[128];
    uint8_t *matches;          /* owned; by function, while something is searched for */
    uint64_t matched;          /* what is measured of it; MODEL_UNKNOWN: not known */
    char text[4096];
};

static void *flame_create(void) { return calloc(1, sizeof(struct flame_state)); }

static void flame_destroy(void *data) {
    struct flame_state *state = data;
    if (state) {
        path_tree_free(&state->tree);
        flame_layout_free(&state->layout);
        free(state->matches);
    }
    free(state);
}

/* --- what is shown ------------------------------------------------------------------------------------ */

static bool function_matches(const struct model *model, uint32_t function, const char *pattern) {
    char buffer[512];
    return function && filter_contains(function_display_name(&model->functions[function], buffer, sizeof buffer), pattern);
}

static void find_matches(struct flame_state *state) {
    free(state->matches);
    state->matches = NULL;
    if (!state->pattern[0] || state->outdated)
        return;
    const struct model *model = state->tree.model;
    if (!(state->matches = calloc(model->function_count, 1)))
        return;
    for (size_t i = 1; i < model->function_count; i++)
        state->matches[i] = function_matches(model, (uint32_t)i, state->pattern);
    state->matched = path_tree_matched(&state->tree, state->matches);
}

static void keep(struct flame_state *state) {
    state->kept_selected.count = path_tree_functions(&state->tree, state->selected, state->kept_selected.functions);
    state->kept_zoom.count = path_tree_functions(&state->tree, state->zoom, state->kept_zoom.functions);
}

static void rebuild(struct flame_state *state, const struct view_context *context) {
    struct path_choice choice = path_choice_of(&state->measure, state->inverted);
    bool follows = !state->outdated && path_tree_update(&state->tree, context->model, &choice);
    state->outdated = !follows && !path_tree_build(&state->tree, context->model, &choice);
    state->selected = state->zoom = PATH_ROOT;
    if (!state->outdated) {
        state->selected = path_tree_find(&state->tree, state->kept_selected.functions, state->kept_selected.count);
        state->zoom = path_tree_find(&state->tree, state->kept_zoom.functions, state->kept_zoom.count);
    }
    find_matches(state);
    state->laid_out = false;
}

/* Goes to the widest frame of what was selected elsewhere (inverted: to its own time, if that is a frame); where none is wide
 * enough, what is selected stays. */
static void follow_context(struct flame_state *state, const struct view_context *context) {
    if (context->function == state->context_function || !state->layout.levels)
        return;
    state->context_function = context->function;
    if (state->tree.paths[state->selected].function == context->function)
        return;
    uint64_t widest = 0;
    for (size_t i = 0; i < state->layout.count; i++) {
        const struct flame_frame *frame = &state->layout.frames[i];
        const struct path *path = &state->tree.paths[frame->path];
        if (frame->narrower || path->function != context->function || path->total <= widest)
            continue;
        state->selected = frame->path;
        widest = state->inverted && path->depth == 1 ? UINT64_MAX : path->total;
    }
    keep(state);
}

/* What was selected and zoomed into has other ids in another run or process. */
static void notice_other_run(struct flame_state *state, const struct model *model) {
    if (!run_stamp_update(&state->run, model))
        return;
    state->kept_selected.count = state->kept_zoom.count = 0;
    state->context_function = 0;
    state->top = 0;
    state->outdated = true;
}

/* Brings tree, layout and selection up to the model, the context and the width; 0: that of before. */
static void refresh(struct flame_state *state, const struct view_context *context, int columns) {
    columns = columns > 0 ? columns : state->columns > 0 ? state->columns : 80;
    notice_other_run(state, context->model);
    bool changed = model_stamp_update(&state->stamp, context->model);
    if (path_measure_update(&state->measure, context) || changed || state->outdated)
        rebuild(state, context);
    if (!state->outdated && (!state->laid_out || columns != state->columns)) {
        state->outdated = !flame_lay_out(&state->layout, &state->tree, state->zoom, columns);
        state->laid_out = !state->outdated;
        state->columns = columns;
    }
    if (!state->outdated)
        follow_context(state, context);
}

static const struct flame_frame *selected_frame(const struct flame_state *state) {
    return state->outdated ? NULL : flame_frame_of(&state->layout, &state->tree, state->selected);
}

static bool is_empty(const struct flame_state *state) { return state->outdated || !state->layout.levels; }

/* --- drawing ------------------------------------------------------------------------------------------ */

static void scroll(struct flame_state *state, const struct flame_frame *selected, int rows) {
    int below = selected->level + 1 < state->layout.levels; /* the level below it is seen, too */
    if (selected->level < state->top)
        state->top = selected->level;
    if (selected->level + below >= state->top + rows)
        state->top = rows > below ? selected->level + below - rows + 1 : selected->level;
    if (state->top + rows > state->layout.levels)
        state->top = state->layout.levels > rows ? state->layout.levels - rows : 0;
}

static void flame_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct flame_state *state = data;
    if (area.rows <= 0 || area.columns <= 0)
        return;
    refresh(state, context, area.columns);
    const struct flame_frame *selected = selected_frame(state);
    if (is_empty(state) || !selected) {
        table_sentence(grid, area, state->outdated ? path_no_memory : path_nothing(&state->tree.choice, context->model));
        return;
    }
    int detail = area.rows >= DETAIL_FROM, rows = area.rows - detail;
    scroll(state, selected, rows);
    struct flame_drawing drawing = {.tree = &state->tree, .layout = &state->layout, .selected = selected,
                                    .function = context->function, .matches = state->matches, .top = state->top,
                                    .focused = context->focused};
    struct rectangle frames = {area.row, area.column, rows, area.columns};
    flame_draw_frames(&drawing, grid, frames);
    if (!detail)
        return;
    flame_describe(&state->tree, selected->path, state->text, sizeof state->text);
    table_cell(grid, area, area.rows - 1, 0, area.columns, STYLE_BOLD, true, state->text);
}

/* "Flame  inverted  self time 9.97s  matches 12.0 %  zoom:parse 34.2 %  3 rows above". */
static void flame_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct flame_state *state = data;
    char amount[NUMBER_SIZE], share[NUMBER_SIZE], name[512];
    refresh(state, context, 0);
    snprintf(text, size, "Flame%s", state->inverted ? "  inverted" : "");
    if (is_empty(state))
        return;
    size_t length = strlen(text);
    uint64_t whole = state->tree.paths[PATH_ROOT].total;
    snprintf(text + length, size - length, "  %s %s", path_measure_title(&state->tree.choice),
             flame_amount(&state->tree, whole, amount));
    length = strlen(text);
    if (state->matches && state->matched != MODEL_UNKNOWN)
        snprintf(text + length, size - length, "  matches %s %%", number_percent(share, state->matched, whole, 5));
    length = strlen(text);
    if (state->zoom != PATH_ROOT)
        snprintf(text + length, size - length, "  zoom:%.60s %s %%", flame_name(&state->tree, state->zoom, name, sizeof name),
                 number_percent(share, state->tree.paths[state->zoom].total, whole, 5));
    length = strlen(text);
    if (state->top)
        snprintf(text + length, size - length, "  %d row%s above", state->top, state->top == 1 ? "" : "s");
}

/* --- moving ------------------------------------------------------------------------------------------- */

static struct view_effect selected_effect(struct flame_state *state) {
    uint32_t function = state->tree.paths[state->selected].function;
    if (!function)
        return effect_of(VIEW_REDRAW);
    state->context_function = function;
    return effect_select(function, 0);
}

static struct view_effect select_path(struct flame_state *state, uint32_t path) {
    state->selected = path;
    keep(state);
    return selected_effect(state);
}

/* The nearest frame beside it that is a path of its own; the same where there is none. */
static const struct flame_frame *beside(const struct flame_layout *layout, const struct flame_frame *frame, int step) {
    const struct flame_frame *first = layout->frames + layout->first[frame->level];
    const struct flame_frame *end = layout->frames + layout->first[frame->level + 1];
    for (const struct flame_frame *at = frame + step; at >= first && at < end; at += step)
        if (!at->narrower)
            return at;
    return frame;
}

/* The largest below it. */
static const struct flame_frame *deeper(const struct flame_state *state, const struct flame_frame *frame) {
    const struct path *path = &state->tree.paths[frame->path];
    const struct flame_frame *below = path->opened && path->count
                                          ? flame_frame_of(&state->layout, &state->tree, path->first) : frame;
    return below->level == frame->level + 1 ? below : frame;
}

static const struct flame_frame *higher(const struct flame_state *state, const struct flame_frame *frame) {
    return frame->level ? flame_frame_of(&state->layout, &state->tree, state->tree.paths[frame->path].above) : frame;
}

static const struct flame_frame *move(const struct flame_state *state, const struct flame_frame *frame, enum request request) {
    int steps = request == REQUEST_MOVE_DOWN || request == REQUEST_MOVE_UP                      ? 1
                : request == REQUEST_HALF_PAGE_DOWN || request == REQUEST_HALF_PAGE_UP          ? PAGE_LEVELS / 2
                : request == REQUEST_PAGE_DOWN || request == REQUEST_PAGE_UP                    ? PAGE_LEVELS
                                                                                                : FLAME_LEVELS;
    switch (request) {
    case REQUEST_MOVE_LEFT: return beside(&state->layout, frame, -1);
    case REQUEST_MOVE_RIGHT: return beside(&state->layout, frame, 1);
    case REQUEST_MOVE_DOWN: case REQUEST_HALF_PAGE_DOWN: case REQUEST_PAGE_DOWN: case REQUEST_MOVE_LAST:
        for (; steps > 0; steps--)
            frame = deeper(state, frame);
        return frame;
    case REQUEST_MOVE_UP: case REQUEST_HALF_PAGE_UP: case REQUEST_PAGE_UP: case REQUEST_MOVE_FIRST:
        for (; steps > 0 && frame->level; steps--)
            frame = higher(state, frame);
        return frame;
    default: return NULL;
    }
}

/* --- requests ----------------------------------------------------------------------------------------- */

static struct view_effect zoom_to(struct flame_state *state, uint32_t path) {
    state->zoom = path;
    state->laid_out = false;
    state->top = 0;
    keep(state);
    return effect_of(VIEW_REDRAW);
}

/* Into the selected frame; when that fills the width already, into its function. */
static struct view_effect drill(struct flame_state *state, uint32_t path) {
    uint32_t function = state->tree.paths[path].function;
    if (path != state->zoom && state->tree.paths[path].depth > 0)
        return zoom_to(state, path);
    return function ? effect_drill(function, 0) : effect_of(VIEW_HANDLED);
}

static struct view_effect zoom_out(struct flame_state *state, bool all) {
    if (state->zoom == PATH_ROOT)
        return effect_of(VIEW_NOT_HANDLED);
    return zoom_to(state, all ? PATH_ROOT : state->tree.paths[state->zoom].above);
}

static struct view_effect cancel(struct flame_state *state) {
    struct view_effect ended = effect_end_search(state->pattern);
    find_matches(state);
    return ended.action == VIEW_NOT_HANDLED ? zoom_out(state, false) : ended;
}

/* Another tree: what is selected elsewhere is selected there as well. */
static struct view_effect change_tree(struct flame_state *state) {
    state->laid_out = false;
    state->selected = state->zoom = PATH_ROOT;
    state->kept_zoom.count = state->kept_selected.count = 0;
    state->context_function = 0;
    state->top = 0;
    return effect_of(VIEW_REDRAW);
}

static struct view_effect invert(struct flame_state *state) {
    state->inverted = !state->inverted;
    state->outdated = state->outdated || !path_tree_invert(&state->tree);
    return change_tree(state);
}

static struct view_effect measure_next(struct flame_state *state, const struct view_context *context) {
    if (!path_measure_next(&state->measure, context))
        return effect_of(VIEW_NOT_HANDLED);
    state->outdated = true;
    return change_tree(state);
}

/* "a;b;c 9240000000": as flame graph programs read it. */
static struct view_effect copy_path(struct flame_state *state, uint32_t path) {
    uint32_t functions[PATH_DEPTH];
    size_t count = path_tree_functions(&state->tree, path, functions), length = 0;
    for (size_t i = 0; i < count && length < sizeof state->text - 64; i++)
        length += (size_t)snprintf(state->text + length, sizeof state->text - 40 - length, "%s%s", i ? ";" : "",
                                   state->tree.model->functions[functions[i]].qualname);
    if (!count)
        return effect_copy("");
    length = strlen(state->text);
    snprintf(state->text + length, sizeof state->text - length, " %llu", (unsigned long long)state->tree.paths[path].total);
    return effect_copy(state->text);
}

static struct view_effect flame_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    struct flame_state *state = data;
    (void)page_rows;
    refresh(state, context, 0);
    switch (request) {
    case REQUEST_INVERT_CALLS: return invert(state);
    case REQUEST_VARIANT: return measure_next(state, context);
    default: break;
    }
    const struct flame_frame *selected = is_empty(state) ? NULL : selected_frame(state);
    if (!selected)
        return effect_of(VIEW_NOT_HANDLED);
    const struct flame_frame *moved = move(state, selected, request);
    if (moved)
        return moved->path == state->selected ? effect_of(VIEW_HANDLED) : select_path(state, moved->path);
    switch (request) {
    case REQUEST_DRILL: case REQUEST_ZOOM_IN: return drill(state, selected->path);
    case REQUEST_ZOOM_OUT: return zoom_out(state, true);
    case REQUEST_COPY: return copy_path(state, selected->path);
    case REQUEST_CANCEL: return cancel(state);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

struct search_data {
    const struct flame_state *state;
};

static bool frame_matches(const void *data, size_t index) {
    const struct flame_state *state = ((const struct search_data *)data)->state;
    const struct flame_frame *frame = &state->layout.frames[index];
    return !frame->narrower && state->matches[state->tree.paths[frame->path].function];
}

static struct view_effect flame_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct flame_state *state = data;
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    refresh(state, context, 0);
    find_matches(state);
    const struct flame_frame *selected = is_empty(state) ? NULL : selected_frame(state);
    if (!state->matches || !selected)
        return effect_of(VIEW_REDRAW);
    size_t index = (size_t)(selected - state->layout.frames);
    struct search_data search = {state};
    if (table_search(state->layout.count, &index, direction, frame_matches, &search))
        return select_path(state, state->layout.frames[index].path);
    if (state->matched && state->matched != MODEL_UNKNOWN)
        return effect_message("What matches is narrower than a column here.");
    snprintf(state->text, sizeof state->text, "No function here has \"%s\" in its name.", state->pattern);
    return effect_message(state->text);
}

static struct view_effect flame_click(void *data, const struct view_context *context, struct rectangle area, int row, int column) {
    struct flame_state *state = data;
    refresh(state, context, area.columns);
    if (is_empty(state))
        return effect_of(VIEW_HANDLED);
    const struct flame_frame *frame = flame_frame_at(&state->layout, state->top + row, column);
    if (!frame || frame->narrower || (area.rows >= DETAIL_FROM && row == area.rows - 1))
        return effect_of(VIEW_HANDLED);
    return frame->path == state->selected ? drill(state, frame->path) : select_path(state, frame->path);
}

const struct view flame_view = {
    .name = "flame", .create = flame_create, .destroy = flame_destroy, .draw = flame_draw, .title = flame_title,
    .request = flame_request, .search = flame_search, .click = flame_click,
};
