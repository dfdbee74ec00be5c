/* call_tree_view.c - what called what, as a tree that is opened where it is of interest; or inverted, from what ran up to its
 * callers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/call_tree_rows.h"
#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/function_name.h"
#include "tui/view/heat.h"
#include "tui/view/number.h"
#include "tui/view/path_choice.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"
#include "tui/view/tree_rows.h"

enum { COLUMN_SHARE, COLUMN_TOTAL, COLUMN_SELF_SHARE, COLUMN_SELF, COLUMN_CALLS, COLUMN_MEMORY, COLUMN_NAME, COLUMN_COUNT };
enum { OPEN_MOST = 10000 /* rows that are opened at once */, NAME_SIZE = 512 };

struct call_tree_state {
    struct path_tree tree;
    struct call_tree_rows rows;
    struct table table; /* rows are ids of `rows`, in the same order */
    struct model_stamp stamp;
    struct path_measure measure;
    struct run_stamp run;
    bool inverted, memory;
    bool outdated;          /* the tree must be made anew whatever the stamp says */
    uint32_t context_function; /* as last seen */
    char pattern[128];
    char text[1024];
};

static void *call_tree_create(void) { return calloc(1, sizeof(struct call_tree_state)); }

static void call_tree_destroy(void *data) {
    struct call_tree_state *state = data;
    if (state) {
        path_tree_free(&state->tree);
        call_tree_rows_free(&state->rows);
        table_free(&state->table);
    }
    free(state);
}

static const struct path *path_of_row(const struct call_tree_state *state, size_t index) {
    return &state->tree.paths[state->rows.rows[index].path];
}

static const struct path *selected_path(const struct call_tree_state *state) {
    return state->table.count ? path_of_row(state, state->table.index) : NULL;
}

/* --- rows --------------------------------------------------------------------------------------------- */

static void rebuild_rows(struct call_tree_state *state) {
    state->outdated = state->outdated || !call_tree_rows_build(&state->rows, &state->tree) ||
                      !table_reserve(&state->table, state->rows.count);
    state->table.count = state->outdated ? 0 : state->rows.count;
    for (size_t i = 0; i < state->table.count; i++)
        state->table.rows[i] = state->rows.rows[i].id;
    table_rows_changed(&state->table);
}

static void rebuild(struct call_tree_state *state, const struct model *model) {
    struct path_choice choice = path_choice_of(&state->measure, state->inverted);
    choice.beside = memory_is_collected(model);
    bool follows = !state->outdated && path_tree_update(&state->tree, model, &choice);
    state->outdated = !follows && !path_tree_build(&state->tree, model, &choice);
    rebuild_rows(state);
}

/* Forgets which rows there were when another run or process is shown. */
static void notice_other_run(struct call_tree_state *state, const struct model *model) {
    if (!run_stamp_update(&state->run, model))
        return;
    call_tree_rows_free(&state->rows);
    table_free(&state->table);
    state->context_function = 0;
    state->outdated = true;
}

/* The largest of the rows that show a function; SIZE_MAX: none does. */
static size_t row_of_function(const struct call_tree_state *state, uint32_t function) {
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < state->table.count; i++) {
        const struct path *path = path_of_row(state, i);
        if (path->function == function && (found == SIZE_MAX || path->total > path_of_row(state, found)->total))
            found = i;
    }
    return found;
}

/* Selects the largest path that ends in a function, opening what it hangs below for as long as it is selected. */
static bool reveal(struct call_tree_state *state, uint32_t function) {
    size_t row = row_of_function(state, function);
    if (row == SIZE_MAX) {
        state->rows.revealed_count = path_tree_largest(&state->tree, function, state->rows.revealed);
        if (!state->rows.revealed_count)
            return false;
        rebuild_rows(state);
        row = row_of_function(state, function);
    }
    if (row != SIZE_MAX)
        table_choose(&state->table, row);
    return row != SIZE_MAX;
}

static void follow_context(struct call_tree_state *state, const struct view_context *context) {
    if (context->function == state->context_function || state->outdated)
        return;
    state->context_function = context->function;
    const struct path *selected = selected_path(state);
    if (context->function && !(selected && selected->function == context->function))
        reveal(state, context->function);
}

static void refresh(struct call_tree_state *state, const struct view_context *context) {
    notice_other_run(state, context->model);
    state->memory = memory_is_collected(context->model);
    bool changed = model_stamp_update(&state->stamp, context->model);
    if (path_measure_update(&state->measure, context) || changed || state->outdated)
        rebuild(state, context->model);
    follow_context(state, context);
}

/* --- drawing ------------------------------------------------------------------------------------------ */

struct columns {
    struct table_column columns[COLUMN_COUNT];
    int at[COLUMN_COUNT], name_width;
};

static void lay_out(struct columns *columns, const struct call_tree_state *state, int width) {
    static const int order[] = {COLUMN_SHARE, COLUMN_TOTAL, COLUMN_CALLS, COLUMN_SELF_SHARE, COLUMN_MEMORY, COLUMN_SELF};
    bool memory = state->measure.memory, inverted = state->inverted;
    const char *amount = !memory ? "Tot s" : state->measure.measure == MEMORY_TEMPORARY ? "Blocks" : "MiB";
    *columns = (struct columns){.columns = {
        {inverted ? "Self%" : "Tot%", 5, 0, false}, {inverted && !memory ? "Self s" : amount, 6, 20, false},
        {"Self%", 5, 34, false}, {memory ? "Own" : "Self s", 6, 40, false}, {"Calls", 8, 26, false},
        {memory_measure_heading(state->measure.measure), 6, 36, false},
        {inverted ? "Function, called by" : "Function", 0, 0, true}}};
    if (inverted) /* what a path has is what its innermost function has itself */
        columns->columns[COLUMN_SELF_SHARE].room = columns->columns[COLUMN_SELF].room = width + 1;
    if (memory || !state->memory)
        columns->columns[COLUMN_MEMORY].room = width + 1;
    int kept[COLUMN_COUNT - 1], count = 0;
    for (int i = 0; i < COLUMN_COUNT - 1; i++) /* what is never shown stands behind what may be */
        if (columns->columns[order[i]].room <= width)
            kept[count++] = order[i];
    for (int i = 0; i < COLUMN_COUNT - 1; i++)
        if (columns->columns[order[i]].room > width)
            kept[count++] = order[i];
    columns->name_width = table_fit(columns->columns, COLUMN_COUNT, kept, 1, width, columns->at);
}

static int column_of_sort(enum call_tree_sort sort) {
    switch (sort) {
    case CALL_TREE_SORT_TOTAL: return COLUMN_SHARE;
    case CALL_TREE_SORT_SELF: return COLUMN_SELF_SHARE;
    case CALL_TREE_SORT_CALLS: return COLUMN_CALLS;
    case CALL_TREE_SORT_MEMORY: return COLUMN_MEMORY;
    case CALL_TREE_SORT_NAME: case CALL_TREE_SORT_COUNT: break;
    }
    return COLUMN_NAME;
}

static void draw_header(const struct call_tree_state *state, const struct columns *columns, struct grid *grid,
                        struct rectangle area) {
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns->at[i] >= 0)
            table_cell(grid, area, 0, columns->at[i], i == COLUMN_NAME ? columns->name_width : columns->columns[i].width,
                       column_of_sort(state->rows.sort) == i ? STYLE_SORT_COLUMN : STYLE_HEADER, columns->columns[i].left,
                       columns->columns[i].title);
}

static const char *amount_text(const struct path_choice *choice, char text[NUMBER_SIZE], uint64_t amount) {
    if (!choice->memory)
        return number_seconds(text, amount, 6);
    return choice->measure == MEMORY_TEMPORARY ? number_count(text, amount, 6) : number_mebibytes(text, amount, 6);
}

static const char *memory_text(const struct path_choice *choice, char text[NUMBER_SIZE], uint64_t memory) {
    return choice->measure == MEMORY_TEMPORARY ? number_count(text, memory, 6) : number_mebibytes(text, memory, 6);
}

static void draw_numbers(struct call_tree_state *state, const struct columns *columns, const struct path *path,
                         struct grid *grid, struct rectangle area, int row) {
    uint64_t whole = state->tree.paths[PATH_ROOT].total;
    char texts[COLUMN_COUNT][NUMBER_SIZE];
    number_percent(texts[COLUMN_SHARE], path->total, whole, 5);
    amount_text(&state->tree.choice, texts[COLUMN_TOTAL], path->total);
    number_percent(texts[COLUMN_SELF_SHARE], path->self, whole, 5);
    amount_text(&state->tree.choice, texts[COLUMN_SELF], path->self);
    number_count(texts[COLUMN_CALLS], path->calls, 8);
    memory_text(&state->tree.choice, texts[COLUMN_MEMORY], path->memory);
    uint64_t hot[COLUMN_COUNT] = {[COLUMN_SHARE] = state->inverted ? path->total : 0, [COLUMN_SELF_SHARE] = path->self};
    for (int i = 0; i < COLUMN_NAME; i++)
        if (columns->at[i] >= 0)
            table_cell(grid, area, row, columns->at[i], columns->columns[i].width,
                       heat_style(heat_level(whole ? (double)hot[i] / (double)whole : 0)), false, texts[i]);
}

static struct tree_shape shape_of(const void *data, size_t index) {
    const struct call_tree_state *state = data;
    const struct path *path = path_of_row(state, index);
    return (struct tree_shape){(int)path->depth - 1, !path->is_leaf, state->rows.rows[index].expanded && !path->is_leaf};
}

static int sign_column(const struct call_tree_state *state, size_t index, const struct columns *columns) {
    return columns->at[COLUMN_NAME] + tree_indent(shape_of(state, index).depth, columns->name_width);
}

static void draw_row(struct call_tree_state *state, const struct columns *columns, size_t index, struct grid *grid,
                     struct rectangle area, int row) {
    char buffer[NAME_SIZE], shortened[NAME_SIZE];
    const struct path *path = path_tree_count(&state->tree, state->rows.rows[index].path);
    draw_numbers(state, columns, path, grid, area, row);
    if (columns->name_width <= 0)
        return;
    const struct model_function *function = &state->tree.model->functions[path->function];
    int column = sign_column(state, index, columns), width = columns->at[COLUMN_NAME] + columns->name_width - column - 2;
    grid_glyph(grid, area, row, column, STYLE_KEY, tree_sign(shape_of(state, index), grid->ascii));
    const char *name = function_display_name(function, buffer, sizeof buffer);
    name = table_shorten(name, function_name_tail(function, name), width, shortened, sizeof shortened);
    table_cell(grid, area, row, column + 2, width, STYLE_NORMAL, true, name);
    if (width > 0)
        table_highlight(grid, area, row, column + 2, width, name, 0, state->pattern);
}

static void call_tree_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct call_tree_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (!state->table.count) {
        table_sentence(grid, area, state->outdated ? path_no_memory : path_nothing(&state->tree.choice, context->model));
        return;
    }
    struct columns columns;
    lay_out(&columns, state, area.columns);
    int header = table_header_rows(area);
    size_t index;
    if (header)
        draw_header(state, &columns, grid, area);
    table_scroll(&state->table, area.rows - header);
    for (int row = header; row < area.rows && table_row_at(&state->table, area, row, &index); row++) {
        draw_row(state, &columns, index, grid, area, row);
        if (index == state->table.index)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

/* "Call tree  self time 9.97s  sort:total v  inverted". */
static void call_tree_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct call_tree_state *state = data;
    refresh(state, context);
    bool largest_first = (state->rows.sort == CALL_TREE_SORT_NAME) == state->rows.inverted;
    static const char *const names[] = {
#define X(NAME, name) name,
        CALL_TREE_SORT_LIST(X)
#undef X
    };
    snprintf(text, size, "Call tree%s  %s  sort:%s%c", state->inverted ? " inverted" : "",
             path_measure_title(&state->tree.choice), names[state->rows.sort], largest_first ? 'v' : '^');
}

/* --- requests ----------------------------------------------------------------------------------------- */

static struct view_effect selected_effect(struct call_tree_state *state) {
    const struct path *path = selected_path(state);
    if (!path)
        return effect_of(VIEW_HANDLED);
    state->context_function = path->function;
    return effect_select(path->function, 0);
}

static struct view_effect expand(struct call_tree_state *state, bool expanded) {
    if (!expanded) /* by hand: it is not held open for what is selected elsewhere */
        state->rows.revealed_count = 0;
    row_ids_open(&state->rows.ids, state->table.selected, expanded);
    state->table.chosen = true;
    rebuild_rows(state);
    return effect_of(VIEW_REDRAW);
}

static struct view_effect sideways(struct call_tree_state *state, bool right) {
    if (!state->table.count)
        return effect_of(VIEW_NOT_HANDLED);
    size_t index = state->table.index;
    path_tree_count(&state->tree, state->rows.rows[index].path);
    enum tree_answer answer = tree_sideways(right, state->table.count, &index, shape_of, state);
    if (answer != TREE_SELECT)
        return expand(state, answer == TREE_OPEN);
    if (index != state->table.index)
        table_choose(&state->table, index);
    return selected_effect(state);
}

static struct view_effect open_all(struct call_tree_state *state) {
    if (!state->table.count)
        return effect_of(VIEW_HANDLED);
    bool all = call_tree_rows_open_all(&state->rows, &state->tree, state->rows.rows[state->table.index].path, OPEN_MOST);
    state->table.chosen = true;
    rebuild_rows(state);
    if (all)
        return effect_of(VIEW_REDRAW);
    snprintf(state->text, sizeof state->text, "%d calls were opened; there are more below", OPEN_MOST);
    return effect_message(state->text);
}

static struct view_effect invert(struct call_tree_state *state) {
    state->inverted = !state->inverted;
    state->rows.revealed_count = 0;
    state->table.chosen = false;
    state->outdated = state->outdated || !path_tree_invert(&state->tree);
    if (!state->outdated)
        rebuild_rows(state);
    state->context_function = 0; /* what is selected elsewhere is selected there as well */
    return effect_of(VIEW_REDRAW);
}

static struct view_effect measure_next(struct call_tree_state *state, const struct view_context *context) {
    if (!path_measure_next(&state->measure, context))
        return effect_of(VIEW_NOT_HANDLED);
    state->outdated = true;
    return effect_of(VIEW_REDRAW);
}

static int call_tree_sorted(void *data) { return (int)((const struct call_tree_state *)data)->rows.sort; }

static const char *const *call_tree_sort_names(void *data) {
    static const char *const names[] = {
#define X(NAME, name) name,
        CALL_TREE_SORT_LIST(X)
#undef X
        NULL};
    (void)data;
    return names;
}

static void call_tree_sort(void *data, int index) {
    struct call_tree_state *state = data;
    if (index < 0 || index >= CALL_TREE_SORT_COUNT)
        return;
    state->rows.inverted = (int)state->rows.sort == index && !state->rows.inverted;
    state->rows.sort = (enum call_tree_sort)index;
    if (!state->outdated && state->tree.count)
        rebuild_rows(state);
}

static struct view_effect copy_row(struct call_tree_state *state) {
    const struct path *path = selected_path(state);
    if (!path)
        return effect_copy("");
    char buffer[NAME_SIZE];
    path = path_tree_count(&state->tree, state->rows.rows[state->table.index].path);
    const struct model_function *function = &state->tree.model->functions[path->function];
    snprintf(state->text, sizeof state->text, "%.500s calls %" PRIu64 " total %" PRIu64 " self %" PRIu64 " %s",
             function_display_name(function, buffer, sizeof buffer), path->calls, path->total, path->self,
             !state->tree.choice.memory ? "ns" : state->tree.choice.measure == MEMORY_TEMPORARY ? "blocks" : "bytes");
    return effect_copy(state->text);
}

static struct view_effect call_tree_request(void *data, const struct view_context *context, enum request request,
                                            int page_rows) {
    struct call_tree_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows)) {
        const struct path *path = selected_path(state);
        bool same = before == state->table.index && path && path->function == context->function;
        return same ? effect_of(VIEW_HANDLED) : selected_effect(state);
    }
    switch (request) {
    case REQUEST_DRILL: return state->table.count ? effect_drill(selected_path(state)->function, 0) : effect_of(VIEW_HANDLED);
    case REQUEST_COPY: return copy_row(state);
    case REQUEST_MOVE_LEFT: case REQUEST_MOVE_RIGHT: return sideways(state, request == REQUEST_MOVE_RIGHT);
    case REQUEST_UNFOLD_ALL: return open_all(state);
    case REQUEST_INVERT_CALLS: return invert(state);
    case REQUEST_VARIANT: return measure_next(state, context);
    case REQUEST_SORT_PREVIOUS: case REQUEST_SORT_NEXT: case REQUEST_SORT_INVERT:
        call_tree_sort(state, table_sort_asked(request, (int)state->rows.sort, CALL_TREE_SORT_COUNT));
        return effect_of(VIEW_REDRAW);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

/* --- searching ---------------------------------------------------------------------------------------- */

static bool function_matches(const struct call_tree_state *state, uint32_t function) {
    char buffer[NAME_SIZE];
    return filter_contains(function_display_name(&state->tree.model->functions[function], buffer, sizeof buffer), state->pattern);
}

static bool row_matches(const void *data, size_t index) {
    return function_matches(data, path_of_row(data, index)->function);
}

/* None of the rows matches: the largest function that does is looked for in what is folded. */
static bool reveal_match(struct call_tree_state *state) {
    const struct model *model = state->tree.model;
    uint32_t found = 0;
    for (size_t i = 1; i < model->function_count; i++)
        if (model->functions[i].calls && function_matches(state, (uint32_t)i) &&
            (!found || model->functions[i].total_ns > model->functions[found].total_ns))
            found = (uint32_t)i;
    return found && reveal(state, found);
}

static struct view_effect call_tree_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct call_tree_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0] || state->outdated)
        return effect_of(VIEW_REDRAW);
    if (table_search_rows(&state->table, direction, row_matches, state) || reveal_match(state))
        return selected_effect(state);
    snprintf(state->text, sizeof state->text, "No function here has \"%s\" in its name.", state->pattern);
    return effect_message(state->text);
}

static struct view_effect call_tree_click(void *data, const struct view_context *context, struct rectangle area, int row,
                                          int column) {
    struct call_tree_state *state = data;
    size_t index;
    refresh(state, context);
    if (!table_row_at(&state->table, area, row, &index))
        return effect_of(VIEW_HANDLED);
    bool again = index == state->table.index && state->table.chosen;
    struct columns columns;
    lay_out(&columns, state, area.columns);
    table_choose(&state->table, index);
    struct tree_shape shape = shape_of(state, index);
    if (shape.parent && column == sign_column(state, index, &columns))
        return expand(state, !shape.expanded);
    return again ? effect_drill(selected_path(state)->function, 0) : selected_effect(state);
}

const struct view call_tree_view = {
    .name = "tree", .create = call_tree_create, .destroy = call_tree_destroy, .draw = call_tree_draw,
    .title = call_tree_title, .request = call_tree_request, .search = call_tree_search,
    .sort_names = call_tree_sort_names, .sorted = call_tree_sorted, .sort = call_tree_sort, .click = call_tree_click,
};
