/* memory_view.c - where memory was allocated: what made the peak, what is alive, what was left over, and objects by type. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/memory_draw.h"
#include "tui/view/memory_text.h"
#include "tui/view/number.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"
#include "tui/view/tree_rows.h"

struct memory_state {
    struct table table; /* rows are ids of `rows`, in the same order */
    struct memory_rows rows;
    struct memory_choice choice;
    struct model_stamp stamp;
    uint64_t census_t_ns;
    struct run_stamp run;
    bool outdated;      /* rows must be built anew whatever the stamp says */
    uint32_t context_function, context_line; /* as last seen */
    char pattern[128];
    char text[1024];
};

static const char *const mode_names[] = {
#define X(NAME, name) name,
    MEMORY_MODE_LIST(X)
#undef X
};

static void *memory_create(void) { return calloc(1, sizeof(struct memory_state)); }

static void memory_destroy(void *data) {
    struct memory_state *state = data;
    if (state) {
        table_free(&state->table);
        memory_rows_free(&state->rows);
    }
    free(state);
}

static bool is_tree(const struct memory_state *state) { return state->choice.tree && state->choice.mode != MEMORY_MODE_TYPES; }

static const struct memory_row *selected_row(const struct memory_state *state) {
    return state->table.count ? &state->rows.rows[state->table.index] : NULL;
}

static bool shows(const struct memory_row *row, uint32_t function, uint32_t line) {
    return row->kind != MEMORY_ROW_TYPE && row->function == function && row->line == line;
}

/* What was selected elsewhere is selected here, too, where it has a row. */
static void follow_context(struct memory_state *state, const struct view_context *context) {
    if (context->function == state->context_function && context->line == state->context_line)
        return;
    state->context_function = context->function;
    state->context_line = context->line;
    const struct memory_row *selected = selected_row(state);
    if (!context->function || (selected && shows(selected, context->function, context->line)))
        return;
    for (size_t i = 0; i < state->rows.count; i++) {
        if (shows(&state->rows.rows[i], context->function, context->line)) {
            table_choose(&state->table, i);
            return;
        }
    }
}

static void rebuild(struct memory_state *state, const struct model *model) {
    state->outdated = !memory_rows_build(&state->rows, model, &state->choice) || !table_reserve(&state->table, state->rows.count);
    state->table.count = state->outdated ? 0 : state->rows.count;
    for (size_t i = 0; i < state->table.count; i++)
        state->table.rows[i] = state->rows.rows[i].id;
    table_rows_changed(&state->table);
}

/* Forgets which rows there were when another run or process is shown. */
static void notice_other_run(struct memory_state *state, const struct model *model) {
    if (!run_stamp_update(&state->run, model))
        return;
    memory_rows_free(&state->rows);
    table_free(&state->table);
    state->context_function = state->context_line = 0;
    state->outdated = true;
}

/* Brings rows and selection up to the model and the context. */
static void refresh(struct memory_state *state, const struct view_context *context) {
    notice_other_run(state, context->model);
    bool changed = model_stamp_update(&state->stamp, context->model);
    changed |= state->outdated || state->choice.hide_standard_library != context->hide_standard_library ||
               state->census_t_ns != context->model->census_t_ns;
    state->choice.hide_standard_library = context->hide_standard_library;
    state->census_t_ns = context->model->census_t_ns;
    if (changed)
        rebuild(state, context->model);
    follow_context(state, context);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static const char *nothing(const struct memory_state *state, const struct view_context *context) {
    const struct model *model = context->model;
    if (state->outdated)
        return "There is not enough memory for this table; close other programs.";
    if (!memory_is_collected(model))
        return model->state == MODEL_STARTING ? "The program has not begun yet."
                                              : "This run does not count memory: its memory collector is off (-k memory).";
    if (state->choice.mode == MEMORY_MODE_TYPES)
        return model->state == MODEL_ENDED ? "Objects were not counted by type in this run."
                                           : "Objects have not been counted by type yet: C counts those that are alive.";
    if (state->choice.mode == MEMORY_MODE_LEFT && model->state == MODEL_ENDED)
        return "Nothing was left over.";
    if (context->hide_standard_library && model_site_total(model))
        return "Only the standard library has memory here; x shows it.";
    return state->choice.mode == MEMORY_MODE_PEAK ? "Nothing has been allocated yet." : "Nothing is alive.";
}

static void memory_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct memory_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (!state->table.count) {
        table_sentence(grid, area, nothing(state, context));
        return;
    }
    struct memory_drawing drawing = {context->model, &state->choice, state->rows.total, state->pattern};
    int header = table_header_rows(area);
    size_t index;
    if (header)
        memory_draw_header(&drawing, grid, area);
    table_scroll(&state->table, area.rows - header);
    for (int row = header; row < area.rows && table_row_at(&state->table, area, row, &index); row++) {
        memory_draw_row(&drawing, &state->rows.rows[index], grid, area, row);
        if (index == state->table.index)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

static void add_when(char *text, size_t size, const struct memory_state *state, const struct model *model) {
    char bytes[NUMBER_SIZE], time[NUMBER_SIZE];
    uint64_t at = state->choice.mode == MEMORY_MODE_TYPES ? model->census_t_ns : model->heap.peak_t_ns;
    size_t length = strlen(text);
    if (!state->table.count)
        return;
    snprintf(text + length, size - length, "  %s", number_bytes(bytes, state->rows.total, 6));
    length = strlen(text);
    if (state->choice.mode != MEMORY_MODE_PEAK && state->choice.mode != MEMORY_MODE_TYPES)
        return;
    if (at == MODEL_UNKNOWN) /* each process has its own */
        snprintf(text + length, size - length, " in %zu processes", model->process_count);
    else
        snprintf(text + length, size - length, " @%s", number_time(time, at, 8));
}

/* "Memory  [peak] alive left types  214M @8.10s  tree". */
static void memory_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct memory_state *state = data;
    refresh(state, context);
    snprintf(text, size, "Memory ");
    for (int mode = 0; mode < MEMORY_MODE_COUNT; mode++) {
        size_t length = strlen(text);
        bool present = mode == (int)state->choice.mode;
        snprintf(text + length, size - length, " %s%s%s", present ? "[" : "", mode_names[mode], present ? "]" : "");
    }
    add_when(text, size, state, context->model);
    size_t length = strlen(text);
    if (state->choice.mode != MEMORY_MODE_TYPES)
        snprintf(text + length, size - length, "  %s", state->choice.tree ? "tree" : "lines");
    length = strlen(text);
    if (state->choice.hide_standard_library && !is_tree(state) && state->choice.mode != MEMORY_MODE_TYPES)
        snprintf(text + length, size - length, "  -stdlib");
}

/* --- requests --------------------------------------------------------------------------------------- */

static struct view_effect selected_effect(struct memory_state *state) {
    const struct memory_row *row = selected_row(state);
    if (!row || row->kind == MEMORY_ROW_TYPE || !row->function)
        return effect_of(VIEW_REDRAW);
    state->context_function = row->function;
    state->context_line = row->line;
    return effect_select(row->function, row->line);
}

static struct view_effect drill(struct memory_state *state, const struct model *model) {
    const struct memory_row *row = selected_row(state);
    if (!row)
        return effect_of(VIEW_HANDLED);
    state->table.chosen = true;
    if (row->kind == MEMORY_ROW_TYPE) {
        char bytes[NUMBER_SIZE];
        const struct model_type *type = &model->types[row->type];
        snprintf(state->text, sizeof state->text, "%.200s: %" PRIu64 " objects, %s together.", type->name, type->count,
                 number_bytes(bytes, type->bytes, 8));
        return effect_message(state->text);
    }
    if (!row->function)
        return effect_message("No function is known to have allocated this: it has no source to go into.");
    return effect_drill(row->function, row->line);
}

static struct view_effect copy_row(struct memory_state *state, const struct model *model) {
    const struct memory_row *row = selected_row(state);
    if (!row)
        return effect_copy("");
    char name[512];
    memory_row_name(model, row, name, sizeof name);
    snprintf(state->text, sizeof state->text, "%s %s %" PRIu64 " bytes %" PRIu64 " %s", name, mode_names[state->choice.mode],
             row->bytes, row->count, row->kind == MEMORY_ROW_TYPE ? "objects" : "blocks");
    return effect_copy(state->text);
}

/* Shows something else, with what is selected selected there as well. */
static struct view_effect change_rows(struct memory_state *state) {
    state->outdated = true;
    state->context_function = state->context_line = 0;
    return effect_of(VIEW_REDRAW);
}

static struct view_effect choose_mode(struct memory_state *state, enum memory_mode mode) {
    state->choice.mode = mode;
    return change_rows(state);
}

enum memory_measure memory_view_measure(const void *data) {
    const struct memory_state *state = data;
    return state->choice.mode == MEMORY_MODE_PEAK ? MEMORY_PEAK : MEMORY_LIVE;
}

static struct view_effect toggle_tree(struct memory_state *state) {
    if (state->choice.mode == MEMORY_MODE_TYPES)
        return effect_message("Types have no calls: v goes to what does.");
    state->choice.tree = !state->choice.tree;
    return change_rows(state);
}

static struct view_effect expand(struct memory_state *state, const struct model *model, bool expanded) {
    row_ids_open(&state->rows.ids, selected_row(state)->id, expanded);
    state->table.chosen = true;
    rebuild(state, model);
    return effect_of(VIEW_REDRAW);
}

static struct tree_shape shape_of(const void *data, size_t index) {
    const struct memory_row *row = &((const struct memory_state *)data)->rows.rows[index];
    return (struct tree_shape){row->depth, row->parent, row->expanded};
}

static struct view_effect sideways(struct memory_state *state, const struct model *model, bool right) {
    size_t index = state->table.index;
    if (!is_tree(state) || !selected_row(state))
        return effect_of(VIEW_NOT_HANDLED);
    enum tree_answer answer = tree_sideways(right, state->rows.count, &index, shape_of, state);
    if (answer != TREE_SELECT)
        return expand(state, model, answer == TREE_OPEN);
    if (index != state->table.index)
        table_choose(&state->table, index);
    return selected_effect(state);
}

static int memory_sorted(void *data) { return (int)((const struct memory_state *)data)->choice.sort; }

static const char *const *memory_sort_names(void *data) {
    static const char *const names[] = {
#define X(NAME, menu, title, largest_first) menu,
        MEMORY_SORT_LIST(X)
#undef X
        NULL};
    static const char *const none[] = {NULL};
    return is_tree(data) ? none : names;
}

static void memory_sort(void *data, int index) {
    struct memory_state *state = data;
    if (index < 0 || index >= MEMORY_SORT_COUNT)
        return;
    state->choice.inverted = (int)state->choice.sort == index && !state->choice.inverted;
    state->choice.sort = (enum memory_sort)index;
    state->outdated = true;
}

/* The selection was made elsewhere, and what it is has no row here: the row that is marked is selected. */
static struct view_effect agree(struct memory_state *state, const struct view_context *context) {
    const struct memory_row *row = selected_row(state);
    if (!row || row->kind == MEMORY_ROW_TYPE || !row->function || shows(row, context->function, context->line))
        return effect_of(VIEW_HANDLED);
    return selected_effect(state);
}

static struct view_effect memory_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    struct memory_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows)) {
        const struct memory_row *row = selected_row(state);
        bool same = before == state->table.index && row && shows(row, context->function, context->line);
        return same ? effect_of(VIEW_HANDLED) : selected_effect(state);
    }
    switch (request) {
    case REQUEST_NONE: return agree(state, context);
    case REQUEST_DRILL: return drill(state, context->model);
    case REQUEST_COPY: return copy_row(state, context->model);
    case REQUEST_VARIANT: return choose_mode(state, (enum memory_mode)((state->choice.mode + 1) % MEMORY_MODE_COUNT));
    case REQUEST_CENSUS: choose_mode(state, MEMORY_MODE_TYPES); return effect_of(VIEW_NOT_HANDLED); /* the loop asks for it */
    case REQUEST_TREE: return toggle_tree(state);
    case REQUEST_MOVE_LEFT: case REQUEST_MOVE_RIGHT: return sideways(state, context->model, request == REQUEST_MOVE_RIGHT);
    case REQUEST_SORT_PREVIOUS: case REQUEST_SORT_NEXT: case REQUEST_SORT_INVERT:
        if (is_tree(state))
            return effect_message("A tree stands by bytes; V shows lines.");
        memory_sort(state, table_sort_asked(request, (int)state->choice.sort, MEMORY_SORT_COUNT));
        return effect_of(VIEW_REDRAW);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

struct search_data {
    const struct memory_state *state;
    const struct model *model;
};

static bool row_matches(const void *data, size_t index) {
    const struct search_data *search = data;
    char name[512];
    memory_row_name(search->model, &search->state->rows.rows[index], name, sizeof name);
    return filter_contains(name, search->state->pattern);
}

static struct view_effect memory_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct memory_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    struct search_data search = {state, context->model};
    if (!pattern[0])
        return effect_of(VIEW_REDRAW);
    if (!table_search_rows(&state->table, direction, row_matches, &search)) {
        snprintf(state->text, sizeof state->text, "No row here has \"%s\" in its name.", state->pattern);
        return effect_message(state->text);
    }
    return selected_effect(state);
}

static struct view_effect memory_click(void *data, const struct view_context *context, struct rectangle area, int row, int column) {
    struct memory_state *state = data;
    refresh(state, context);
    size_t index;
    if (!table_row_at(&state->table, area, row, &index))
        return effect_of(VIEW_HANDLED);
    bool again = index == state->table.index && state->table.chosen;
    table_choose(&state->table, index);
    const struct memory_row *clicked = selected_row(state);
    if (is_tree(state) && clicked->parent && column == memory_sign_column(clicked, area))
        return expand(state, context->model, !clicked->expanded);
    return again ? drill(state, context->model) : selected_effect(state);
}

const struct view memory_view = {
    .name = "memory", .create = memory_create, .destroy = memory_destroy, .draw = memory_draw, .title = memory_title,
    .request = memory_request, .search = memory_search, .sort_names = memory_sort_names, .sorted = memory_sorted,
    .sort = memory_sort, .click = memory_click,
};
