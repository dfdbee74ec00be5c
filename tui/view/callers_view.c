/* callers_view.c - who calls the selected function, and whom it calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/function_name.h"
#include "tui/view/number.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"

/* From top to bottom. */
enum relation { RELATION_CALLER = 1, RELATION_SELF, RELATION_CALLEE };

enum callers_sort { SORT_TOTAL, SORT_SELF, SORT_CALLS, SORT_NAME, SORT_COUNT };
static const char *const sort_menu[] = {"total", "self", "calls", "name", NULL};
static const char *const sort_titles[] = {"Tot s", "Self s", "Calls", "Function"};

struct related {
    enum relation relation;
    uint32_t function;
    uint64_t calls, self_ns, total_ns;
    double share; /* of the total time: callers of what was spent for all callers, others of the function's */
    const char *name; /* the model's: only valid while rows are built */
};

struct callers_state {
    struct table table;      /* rows are identities of entries, in the same order */
    struct related *entries; /* owned */
    size_t entry_capacity;
    struct model_stamp stamp;
    uint32_t function;
    enum callers_sort sort;
    bool inverted, outdated;
    char pattern[128];
    char text[1024];
};

enum { COLUMN_SHARE, COLUMN_TOTAL, COLUMN_SELF, COLUMN_CALLS, COLUMN_TREND, COLUMN_NAME, COLUMN_COUNT, WORDS_FROM = 60 };

static void *callers_create(void) { return calloc(1, sizeof(struct callers_state)); }

static void callers_destroy(void *data) {
    struct callers_state *state = data;
    if (state) {
        table_free(&state->table);
        free(state->entries);
    }
    free(state);
}

/* A recursive function stands in all three groups. */
static uint32_t identity(const struct related *entry) { return (uint32_t)entry->relation << 30 | entry->function; }

static const char *name_of(const struct model *model, uint32_t function, char *buffer, size_t size) {
    if (function == 0 || function >= model->function_count)
        return "(the program)";
    return function_display_name(&model->functions[function], buffer, size);
}

/* --- rows ------------------------------------------------------------------------------------------- */

static int compare_numbers(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

static int compare_entries(const void *left_entry, const void *right_entry, void *data) {
    const struct related *left = left_entry, *right = right_entry;
    const struct callers_state *state = data;
    if (left->relation != right->relation)
        return left->relation < right->relation ? -1 : 1;
    int result = 0;
    switch (state->sort) {
    case SORT_TOTAL: result = compare_numbers(right->total_ns, left->total_ns); break;
    case SORT_SELF: result = compare_numbers(right->self_ns, left->self_ns); break;
    case SORT_CALLS: result = compare_numbers(right->calls, left->calls); break;
    case SORT_NAME: result = strcmp(left->name, right->name); break;
    case SORT_COUNT: break;
    }
    if (result)
        return state->inverted ? -result : result;
    result = strcmp(left->name, right->name);
    return result ? result : compare_numbers(left->function, right->function);
}

static bool reserve(struct callers_state *state, size_t count) {
    if (!table_reserve(&state->table, count))
        return false;
    if (count <= state->entry_capacity)
        return true;
    struct related *grown = reallocarray(state->entries, count * 2, sizeof *grown);
    if (!grown)
        return false;
    state->entries = grown;
    state->entry_capacity = count * 2;
    return true;
}

static bool add(struct callers_state *state, const struct model *model, enum relation relation, uint32_t function,
                const struct model_edge *edge) {
    if (!reserve(state, state->table.count + 1))
        return false;
    struct related *entry = &state->entries[state->table.count++];
    *entry = (struct related){.relation = relation, .function = function, .calls = edge->calls,
                              .self_ns = edge->self_ns, .total_ns = edge->total_ns,
                              .name = function ? model->functions[function].qualname : ""};
    return true;
}

static bool gather(struct callers_state *state, const struct model *model) {
    const struct model_function *function = &model->functions[state->function];
    struct model_edge itself = {0, 0, function->calls, function->self_ns, function->total_ns};
    bool done = add(state, model, RELATION_SELF, state->function, &itself);
    for (size_t i = 0; done && i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->callee == state->function && edge->caller < model->function_count)
            done = add(state, model, RELATION_CALLER, edge->caller, edge);
        if (done && edge->caller == state->function && edge->callee < model->function_count)
            done = add(state, model, RELATION_CALLEE, edge->callee, edge);
    }
    return done;
}

static void compute_shares(struct callers_state *state, const struct model *model) {
    double total = (double)model->functions[state->function].total_ns, callers = 0;
    for (size_t i = 0; i < state->table.count; i++)
        if (state->entries[i].relation == RELATION_CALLER)
            callers += (double)state->entries[i].total_ns;
    for (size_t i = 0; i < state->table.count; i++) {
        struct related *entry = &state->entries[i];
        double of = entry->relation == RELATION_CALLER ? callers : total;
        entry->share = of > 0 ? (double)entry->total_ns / of : 0;
    }
}

static void build(struct callers_state *state, const struct model *model) {
    state->table.count = 0;
    state->outdated = state->function != 0 && !gather(state, model);
    if (state->outdated)
        state->table.count = 0;
    compute_shares(state, model);
    if (state->table.count)
        qsort_r(state->entries, state->table.count, sizeof *state->entries, compare_entries, state);
    for (size_t i = 0; i < state->table.count; i++)
        state->table.rows[i] = identity(&state->entries[i]);
    table_rows_changed(&state->table);
}

static void refresh(struct callers_state *state, const struct view_context *context) {
    const struct model *model = context->model;
    uint32_t function = context->function < model->function_count ? context->function : 0;
    bool function_changed = function != state->function;
    state->function = function;
    if (!model_stamp_update(&state->stamp, model) && !function_changed && !state->outdated)
        return;
    build(state, model);
    if (function_changed)
        state->table.chosen = table_select(&state->table, (uint32_t)RELATION_SELF << 30 | function);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static int lay_out(const struct view_context *context, int width, struct table_column columns[COLUMN_COUNT], int at[COLUMN_COUNT]) {
    static const int order[] = {COLUMN_SHARE, COLUMN_TOTAL, COLUMN_CALLS, COLUMN_SELF, COLUMN_TREND};
    const struct table_column all[COLUMN_COUNT] = {
        {"Share", 5, 0, false}, {"Tot s", 6, 14, false}, {"Self s", 6, 24, false}, {"Calls", 8, 16, false},
        {"Trend", ACTIVITY_CELLS, activity_is_known(context->activity) ? 36 : width + 1, true}, {"Function", 0, 0, true}};
    memcpy(columns, all, sizeof all);
    return table_fit(columns, COLUMN_COUNT, order, 1, width, at);
}

static const char *prefix_of(enum relation relation, bool words) {
    switch (relation) {
    case RELATION_CALLER: return words ? "called by " : "by ";
    case RELATION_SELF: return "= ";
    case RELATION_CALLEE: return words ? "    calls " : "to ";
    }
    return "";
}

static void draw_entry(const struct callers_state *state, const struct view_context *context, const struct related *entry,
                       struct grid *grid, struct rectangle area, int row) {
    struct table_column columns[COLUMN_COUNT];
    char texts[COLUMN_COUNT][NUMBER_SIZE] = {{0}};
    int at[COLUMN_COUNT], left = lay_out(context, area.columns, columns, at);
    enum cell_style style = entry->relation == RELATION_SELF ? STYLE_BOLD : STYLE_NORMAL;
    number_percent(texts[COLUMN_SHARE], (uint64_t)(entry->share * 1e6 + 0.5), 1000000, columns[COLUMN_SHARE].width);
    number_seconds(texts[COLUMN_TOTAL], entry->total_ns, columns[COLUMN_TOTAL].width);
    number_seconds(texts[COLUMN_SELF], entry->self_ns, columns[COLUMN_SELF].width);
    number_count(texts[COLUMN_CALLS], entry->calls, columns[COLUMN_CALLS].width);
    table_cells(grid, area, row, columns, COLUMN_COUNT, at, style, texts);
    if (at[COLUMN_TREND] >= 0)
        activity_draw(context->activity, entry->function, grid, area, row, at[COLUMN_TREND], ACTIVITY_CELLS, style);
    if (left <= 0)
        return;
    char line[512], buffer[256], shortened[512];
    const char *name = name_of(context->model, entry->function, buffer, sizeof buffer);
    const char *prefix = prefix_of(entry->relation, area.columns >= WORDS_FROM);
    int behind = grid_text_width(prefix);
    name = table_shorten(name, function_name_tail(&context->model->functions[entry->function], name), left - behind, shortened,
                         sizeof shortened);
    snprintf(line, sizeof line, "%s%s", prefix, name);
    table_cell(grid, area, row, at[COLUMN_NAME], left, style, true, line);
    table_highlight(grid, area, row, at[COLUMN_NAME] + behind, left - behind, name, 0, state->pattern);
}

static void draw_header(const struct callers_state *state, const struct view_context *context, struct grid *grid,
                        struct rectangle area) {
    static const int sorted[] = {COLUMN_TOTAL, COLUMN_SELF, COLUMN_CALLS, COLUMN_NAME};
    struct table_column columns[COLUMN_COUNT];
    int at[COLUMN_COUNT], left = lay_out(context, area.columns, columns, at);
    table_header(grid, area, columns, COLUMN_COUNT, at, left, sorted[state->sort]);
}

static void callers_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct callers_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (!state->table.count) {
        table_sentence(grid, area, state->outdated ? "There is not enough memory for this table; close other programs."
                                                   : "No function is selected.");
        return;
    }
    int header = table_header_rows(area);
    size_t index;
    if (header)
        draw_header(state, context, grid, area);
    table_scroll(&state->table, area.rows - header);
    for (int row = header; row < area.rows && table_row_at(&state->table, area, row, &index); row++) {
        draw_entry(state, context, &state->entries[index], grid, area, row);
        if (index == state->table.index)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

static void callers_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct callers_state *state = data;
    refresh(state, context);
    size_t callers = 0;
    while (callers < state->table.count && state->entries[callers].relation == RELATION_CALLER)
        callers++;
    size_t callees = state->table.count ? state->table.count - callers - 1 : 0;
    char sign = (state->sort == SORT_NAME) == state->inverted ? 'v' : '^';
    snprintf(text, size, "Callers %zu  callees %zu  sort:%s %c", callers, callees, sort_titles[state->sort], sign);
}

/* --- requests --------------------------------------------------------------------------------------- */

static int callers_sorted(void *data) { return (int)((const struct callers_state *)data)->sort; }

static const char *const *callers_sort_names(void *data) {
    (void)data;
    return sort_menu;
}

static void callers_sort(void *data, int index) {
    struct callers_state *state = data;
    if (index < 0 || index >= SORT_COUNT)
        return;
    state->inverted = (int)state->sort == index && !state->inverted;
    state->sort = (enum callers_sort)index;
    state->outdated = true;
}

static struct view_effect drill(struct callers_state *state) {
    uint32_t function = state->table.count ? state->entries[state->table.index].function : 0;
    if (!function)
        return effect_message("The program itself has no source to go into.");
    return effect_drill(function, 0);
}

static struct view_effect copy_row(struct callers_state *state, const struct model *model) {
    if (!state->table.count)
        return effect_copy("");
    const struct related *entry = &state->entries[state->table.index];
    char buffer[256];
    snprintf(state->text, sizeof state->text, "%s%.500s calls %llu self %.6f s total %.6f s",
             entry->relation == RELATION_SELF ? "" : prefix_of(entry->relation, false),
             name_of(model, entry->function, buffer, sizeof buffer), (unsigned long long)entry->calls,
             (double)entry->self_ns / 1e9, (double)entry->total_ns / 1e9);
    return effect_copy(state->text);
}

static struct view_effect callers_request(void *data, const struct view_context *context, enum request request,
                                          int page_rows) {
    struct callers_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows))
        return effect_of(before == state->table.index ? VIEW_HANDLED : VIEW_REDRAW);
    switch (request) {
    case REQUEST_DRILL: return drill(state);
    case REQUEST_COPY: return copy_row(state, context->model);
    case REQUEST_SORT_PREVIOUS: case REQUEST_SORT_NEXT: case REQUEST_SORT_INVERT:
        callers_sort(state, table_sort_asked(request, (int)state->sort, SORT_COUNT));
        return effect_of(VIEW_REDRAW);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

struct search_data {
    const struct callers_state *state;
    const struct model *model;
};

static bool row_matches(const void *data, size_t index) {
    const struct search_data *search = data;
    char buffer[256];
    uint32_t function = search->state->entries[index].function;
    return filter_contains(name_of(search->model, function, buffer, sizeof buffer), search->state->pattern);
}

static struct view_effect callers_search(void *data, const struct view_context *context, const char *pattern,
                                         int direction) {
    struct callers_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    struct search_data search = {state, context->model};
    if (!pattern[0])
        return effect_of(VIEW_REDRAW);
    if (!table_search_rows(&state->table, direction, row_matches, &search)) {
        snprintf(state->text, sizeof state->text, "No function here has \"%s\" in its name.", state->pattern);
        return effect_message(state->text);
    }
    return effect_of(VIEW_REDRAW);
}

static struct view_effect callers_click(void *data, const struct view_context *context, struct rectangle area,
                                        int row, int column) {
    struct callers_state *state = data;
    (void)column;
    refresh(state, context);
    size_t index;
    if (!table_row_at(&state->table, area, row, &index))
        return effect_of(VIEW_HANDLED);
    if (index == state->table.index)
        return drill(state);
    table_choose(&state->table, index);
    return effect_of(VIEW_REDRAW);
}

const struct view callers_view = {
    .name = "callers", .create = callers_create, .destroy = callers_destroy, .draw = callers_draw,
    .title = callers_title, .request = callers_request, .search = callers_search,
    .sort_names = callers_sort_names, .sorted = callers_sorted, .sort = callers_sort, .click = callers_click,
};
