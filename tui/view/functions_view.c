/* functions_view.c - the table of functions: where the time went. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/function_columns.h"
#include "tui/view/function_name.h"
#include "tui/view/functions_sort.h"
#include "tui/view/group_build.h"
#include "tui/view/group_draw.h"

static void *functions_create(void) {
    struct functions_state *state = calloc(1, sizeof *state);
    if (state)
        state->wanted = FUNCTION_VALUES_USUAL;
    return state;
}

unsigned functions_view_columns(const void *data) { return ((const struct functions_state *)data)->wanted; }
void functions_view_set_columns(void *data, unsigned wanted) { ((struct functions_state *)data)->wanted = wanted; }

static void functions_destroy(void *data) {
    struct functions_state *state = data;
    if (state) {
        table_free(&state->table);
        function_groups_free(&state->groups);
        function_order_free(&state->order);
        filter_free(&state->filter);
    }
    free(state);
}

/* A run of the memory or the bytecode collector alone has no times to sort by. */
static enum function_sort first_sort(const struct model *model) {
    if (!model->collectors || model->collectors & COLLECTOR_FUNCTION)
        return FUNCTION_SORT_SELF;
    if (memory_is_collected(model))
        return FUNCTION_SORT_MEMORY;
    return model->instructions != MODEL_UNKNOWN ? FUNCTION_SORT_INSTRUCTIONS : FUNCTION_SORT_SELF;
}

static void sum_all(struct functions_state *state, const struct model *model) {
    state->whole = (struct model_function){.instructions = MODEL_UNKNOWN};
    for (size_t id = 1; id < model->function_count; id++)
        group_sum_add(&state->whole, &model->functions[id]);
}

/* The functions that are shown, or would be if all groups were open. */
static const uint32_t *shown_functions(const struct functions_state *state, size_t *count) {
    bool grouped = function_groups_are(&state->groups);
    *count = grouped ? state->groups.function_count : state->table.count;
    return grouped ? state->groups.functions : state->table.rows;
}

/* Times and memory with callees overlap: they have no sum. */
static void sum_rows(struct functions_state *state, const struct model *model) {
    struct model_function *sum = &state->sum;
    *sum = (struct model_function){.file = "", .name = "", .qualname = "(sum of what is shown)", .total_ns = MODEL_UNKNOWN,
                                   .instructions = MODEL_UNKNOWN, .kind = MODEL_FUNCTION_PYTHON};
    sum->total_memory.peak_bytes = sum->total_memory.live_bytes = MODEL_UNKNOWN;
    sum->total_memory.allocated_bytes = sum->total_memory.temporary_count = MODEL_UNKNOWN;
    size_t count;
    const uint32_t *shown = shown_functions(state, &count);
    for (size_t i = 0; state->filter.count && i < count; i++)
        group_sum_add(sum, &model->functions[shown[i]]);
}

/* --- rows ------------------------------------------------------------------------------------------- */

static bool is_grouped(const struct functions_state *state) { return function_groups_are(&state->groups); }

static bool is_group_row(const struct functions_state *state, size_t index) {
    return is_grouped(state) && function_groups_shape(&state->groups, index).parent;
}

/* The function of a row; of a group the first one in it. */
static uint32_t function_at(const struct functions_state *state, size_t index) {
    return is_grouped(state) ? function_groups_function(&state->groups, index) : state->table.rows[index];
}

/* 0: there is none. */
static uint32_t selected_function(const struct functions_state *state) {
    return state->table.count ? function_at(state, state->table.index) : 0;
}

/* Whether the selected row is a function's, or that of a group with it. */
static bool stands_for(const struct functions_state *state, uint32_t function) {
    size_t index = state->table.index;
    if (!state->table.count)
        return false;
    return is_group_row(state, index) ? function_groups_holds(&state->groups, index, function)
                                      : function_at(state, index) == function;
}

static bool is_selected(const struct functions_state *state, uint32_t function) {
    return selected_function(state) == function && !is_group_row(state, state->table.index);
}

static bool build_rows(struct functions_state *state, const struct model *model, const struct activity *activity) {
    struct function_choice choice = {&state->filter, state->hide_standard_library, state->sort, state->measure,
                                     state->inverted, state->held, activity};
    if (!is_grouped(state))
        return function_rows_build(&state->table, &state->order, model, &choice, state->whole.self_ns, &state->ran);
    struct sorted_functions functions;
    bool done = function_rows_sort(&functions, &state->order, model, &choice, state->whole.self_ns) &&
                function_groups_build(&state->groups, &state->table, model, &choice, &functions);
    state->ran = functions.ran;
    if (!done)
        state->table.count = 0;
    function_rows_free(&functions);
    return done;
}

/* Where a filter hid the selected function, it is selected again as soon as it is back. What is selected elsewhere is shown, in a
 * group that is closed, too. */
static void follow_selection(struct functions_state *state, const struct view_context *context, bool changed) {
    bool moved = context->function != state->context_function;
    state->context_function = context->function;
    if (!context->function || !(changed || moved || !state->table.chosen))
        return;
    if (!is_grouped(state))
        state->table.chosen = table_select(&state->table, context->function) || state->table.chosen;
    else if (moved ? !is_selected(state, context->function) : !stands_for(state, context->function))
        function_groups_select(&state->groups, &state->table, context->function, moved);
}

/* Until the user chooses: what the config asks for, as soon as that is counted. */
static void sort_as_asked(struct functions_state *state, const struct model *model) {
    bool usual = state->asked == FUNCTION_SORT_SELF, asked = !usual && functions_sort_is_counted(state, state->asked);
    if (state->sorted)
        return;
    state->sort = asked ? state->asked : first_sort(model);
    state->inverted = state->asked_inverted && (asked || usual);
}

/* Brings rows and selection up to the model and the context. */
static void refresh(struct functions_state *state, const struct view_context *context) {
    bool changed = model_stamp_update(&state->stamp, context->model);
    changed |= state->outdated || state->hide_standard_library != context->hide_standard_library ||
               state->measure != context->measure;
    if (changed) {
        state->memory = memory_is_collected(context->model);
        state->instructions = context->model->instructions != MODEL_UNKNOWN;
        state->trend = activity_is_known(context->activity);
        sort_as_asked(state, context->model);
        state->measure = context->measure;
        sum_all(state, context->model);
        state->hide_standard_library = context->hide_standard_library;
        state->outdated = !build_rows(state, context->model, context->activity);
        sum_rows(state, context->model);
    }
    follow_selection(state, context, changed);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static struct function_look look_of(const struct functions_state *state, const struct view_context *context) {
    return (struct function_look){
        .percent = context->percent, .shares = context->shares, .memory = state->memory, .instructions = state->instructions,
        .wanted = state->wanted, .sort = state->sort, .measure = state->measure, .whole = &state->whole,
        .activity = context->activity, .scrolled = state->scrolled, .pattern = state->pattern};
}

static void draw_nothing(const struct functions_state *state, const struct view_context *context, struct grid *grid,
                         struct rectangle area) {
    const struct model *model = context->model;
    const char *text = "No function ran.";
    if (state->outdated)
        text = "There is not enough memory for this table; close other programs.";
    else if (state->ran && state->filter.count)
        text = "No function passes the filter; \\ clears it.";
    else if (state->ran)
        text = "Only the standard library ran so far; x shows it.";
    else if (!model->collectors && model->state != MODEL_STARTING)
        text = "This run counts nothing: no collector is on (-k function,line).";
    else if (model->collectors && !(model->collectors & (COLLECTOR_FUNCTION | COLLECTOR_MEMORY | COLLECTOR_BYTECODE)))
        text = "This run does not count functions: its function collector is off.";
    else if (model->state != MODEL_ENDED)
        text = "No function has run yet.";
    table_sentence(grid, area, text);
}

/* Where a filter hid the selected function, no other row claims to be it. */
static bool selection_is_shown(const struct functions_state *state, const struct view_context *context) {
    return !context->function || stands_for(state, context->function);
}

static bool is_marked(const struct view_context *context, uint32_t function) {
    for (size_t i = 0; i < context->marked_count; i++)
        if (context->marked[i] == function)
            return true;
    return false;
}

/* The letter of a place that is marked in it; 0: there is none. */
static char mark_in(const struct view_context *context, uint32_t function) {
    for (size_t i = 0; i < context->place_count; i++)
        if (context->places[i].function == function)
            return context->places[i].letter;
    return 0;
}

/* The sign of what is marked in a row; of groups nothing is. */
static char letter_of(const struct functions_state *state, const struct view_context *context, size_t index) {
    if (is_group_row(state, index))
        return 0;
    uint32_t function = function_at(state, index);
    return is_marked(context, function) ? '*' : mark_in(context, function);
}

/* false: not all of the row fits. */
static bool draw_row(const struct functions_state *state, const struct view_context *context,
                     const struct function_columns *columns, const struct function_look *look, size_t index, struct grid *grid,
                     struct rectangle area, int row) {
    uint32_t id = state->table.rows[index];
    if (is_grouped(state))
        return group_draw_row(&state->groups, columns, look, context->model, index, grid, area, row);
    return function_columns_row(columns, look, id, &context->model->functions[id], grid, area, row);
}

/* Where rows are filtered and there is room, the last row of the area is their sum's; this is what the others have. */
static struct rectangle rows_area(const struct functions_state *state, struct rectangle area) {
    enum { SUM_FROM = 5 };
    area.rows -= state->filter.count && area.rows >= SUM_FROM;
    return area;
}

static void functions_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct functions_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (!state->table.count) {
        draw_nothing(state, context, grid, area);
        return;
    }
    struct function_look look = look_of(state, context);
    struct function_columns columns;
    function_columns_lay_out(&columns, &look, area.columns);
    struct rectangle rows = rows_area(state, area);
    int header = table_header_rows(area);
    size_t index;
    if (header)
        function_columns_header(&columns, &look, grid, area);
    table_scroll(&state->table, rows.rows - header);
    state->hides = columns.hides;
    int row = header;
    for (; row < rows.rows && table_row_at(&state->table, rows, row, &index); row++) {
        if (!draw_row(state, context, &columns, &look, index, grid, area, row))
            state->hides = true;
        char letter = letter_of(state, context, index);
        if (letter)
            grid_glyph(grid, area, row, 0, STYLE_KEY, (uint32_t)letter);
        if (index == state->table.index && selection_is_shown(state, context))
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
    if (rows.rows < area.rows)
        function_columns_row(&columns, &look, 0, &state->sum, grid, area, row);
}

/* " in 3 files", or "" where there are no groups. */
static const char *groups_title(const struct functions_state *state, char text[64]) {
    static const char *const several[] = {
#define X(NAME, word, menu, several) several,
        FUNCTION_GROUPING_LIST(X)
#undef X
    };
    text[0] = '\0';
    if (is_grouped(state))
        snprintf(text, 64, " in %zu %s", state->groups.shown, several[state->groups.keys.grouping]);
    return text;
}

static void functions_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct functions_state *state = data;
    refresh(state, context);
    bool filtered = state->filter.expression[0] != '\0';
    bool chosen = state->memory && state->measure != MEMORY_PEAK; /* what is usual leaves its room to the panes' tabs */
    char grouped[64];
    size_t count;
    shown_functions(state, &count);
    snprintf(text, size, "Functions %zu/%zu%s  sort:%s%c%s%s%s%s%s%s", count, state->ran, groups_title(state, grouped),
             functions_sort_title(state->sort, context->percent), functions_sort_sign(state), state->held ? "  held" : "",
             filtered || state->hide_standard_library ? "  filter:" : "",
             state->hide_standard_library ? (filtered ? "-stdlib " : "-stdlib") : "", state->filter.expression,
             chosen ? "  MiB:" : "", chosen ? memory_measure_heading(state->measure) : "");
}

/* --- requests --------------------------------------------------------------------------------------- */

/* To the right as long as there is something; false: nothing changes. */
static bool scroll_sideways(struct functions_state *state, enum request request) {
    int before = state->scrolled;
    if (request == REQUEST_SCROLL_RIGHT)
        state->scrolled += state->hides;
    else
        state->scrolled = request == REQUEST_SCROLL_LEFT && before > 0 ? before - 1 : 0;
    return state->scrolled != before;
}

static struct view_effect selected_effect(struct functions_state *state) {
    if (!state->table.count)
        return effect_of(VIEW_HANDLED);
    if (is_grouped(state)) /* this is no selection of somebody else's, which would open a group */
        state->context_function = selected_function(state);
    return effect_select(selected_function(state), 0);
}

static struct view_effect copy_row(struct functions_state *state, const struct model *model) {
    size_t index = state->table.index;
    struct model_function own;
    const struct model_function *numbers = is_grouped(state) ? function_groups_numbers(&state->groups, model, index, &own)
                                                             : &model->functions[state->table.selected];
    char name[512], total[48] = "";
    if (is_group_row(state, index))
        snprintf(name, sizeof name, "%.450s functions %u", function_groups_name(&state->groups, index),
                 function_groups_size(&state->groups, index));
    else
        snprintf(name, sizeof name, "%.250s %.200s:%u", numbers->qualname, numbers->file, numbers->line);
    if (numbers->total_ns != MODEL_UNKNOWN)
        snprintf(total, sizeof total, " total %.6f s", (double)numbers->total_ns / 1e9);
    snprintf(state->text, sizeof state->text, "%s calls %llu self %.6f s%s", name, (unsigned long long)numbers->calls,
             (double)numbers->self_ns / 1e9, total);
    return effect_copy(state->text);
}

/* --- groups ----------------------------------------------------------------------------------------- */

static struct view_effect after_folding(struct functions_state *state, bool done) {
    state->outdated = state->outdated || !done;
    return effect_of(VIEW_REDRAW);
}

static struct view_effect fold(struct functions_state *state, size_t index) {
    bool opened = function_groups_shape(&state->groups, index).expanded;
    return after_folding(state, function_groups_open(&state->groups, &state->table, index, !opened));
}

/* Into the function, or a group is opened or closed. */
static struct view_effect drill(struct functions_state *state) {
    state->table.chosen = state->table.count > 0;
    if (!state->table.count)
        return effect_of(VIEW_HANDLED);
    if (is_group_row(state, state->table.index))
        return fold(state, state->table.index);
    return effect_drill(selected_function(state), 0);
}

static struct view_effect sideways(struct functions_state *state, bool right) {
    size_t index = state->table.index;
    if (!is_grouped(state) || !state->table.count)
        return effect_of(VIEW_NOT_HANDLED);
    if (tree_sideways(right, state->table.count, &index, function_groups_shape, &state->groups) != TREE_SELECT)
        return fold(state, index);
    if (index != state->table.index)
        table_choose(&state->table, index);
    return selected_effect(state);
}

static struct view_effect fold_all(struct functions_state *state) {
    if (!is_grouped(state))
        return effect_of(VIEW_NOT_HANDLED);
    return after_folding(state, function_groups_open_all(&state->groups, &state->table));
}

enum function_grouping functions_view_grouping(const void *data) {
    return ((const struct functions_state *)data)->groups.keys.grouping;
}

void functions_view_group(void *data, enum function_grouping grouping) {
    struct functions_state *state = data;
    if (state->groups.keys.grouping == grouping)
        return;
    function_groups_set(&state->groups, grouping);
    state->table.count = state->table.index = 0; /* ids of rows are others */
    state->table.selected = state->context_function;
    state->outdated = true;
}

/* --- requests to the view --------------------------------------------------------------------------- */

static struct view_effect functions_request(void *data, const struct view_context *context, enum request request,
                                            int page_rows) {
    struct functions_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows))
        return state->table.index == before && context->function == selected_function(state) ? effect_of(VIEW_HANDLED)
                                                                                              : selected_effect(state);
    switch (request) {
    case REQUEST_NONE:
        return state->table.count && !selection_is_shown(state, context) ? selected_effect(state)
                                                                         : effect_of(VIEW_HANDLED);
    case REQUEST_DRILL: return drill(state);
    case REQUEST_MOVE_LEFT: case REQUEST_MOVE_RIGHT: return sideways(state, request == REQUEST_MOVE_RIGHT);
    case REQUEST_UNFOLD_ALL: return fold_all(state);
    case REQUEST_COPY: return state->table.count ? copy_row(state, context->model) : effect_copy("");
    case REQUEST_SORT_PREVIOUS: case REQUEST_SORT_NEXT: case REQUEST_SORT_INVERT:
        functions_sort_asked(state, request);
        return effect_of(VIEW_REDRAW);
    case REQUEST_HOLD:
        functions_sort_hold(state);
        return effect_of(VIEW_REDRAW);
    case REQUEST_SCROLL_LEFT: case REQUEST_SCROLL_RIGHT: case REQUEST_SCROLL_HOME:
        return effect_of(scroll_sideways(state, request) ? VIEW_REDRAW : VIEW_HANDLED);
    case REQUEST_FILTER_CLEAR:
        if (!state->filter.count)
            return effect_message("No filter is set; & sets one, x hides the standard library.");
        filter_parse(&state->filter, "", state->text, (int)sizeof state->text);
        state->outdated = true;
        return effect_of(VIEW_REDRAW);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

bool functions_view_has_work(const void *data) { return ((const struct functions_state *)data)->groups.job; }

bool functions_view_work(void *data, const struct model *model) {
    struct functions_state *state = data;
    bool found = function_groups_work(&state->groups, model);
    state->outdated = state->outdated || found;
    return found;
}

struct search_data {
    const struct functions_state *state;
    const struct model *model;
};

static bool matches(const void *data, uint32_t function, const char *group) {
    const struct search_data *search = data;
    char buffer[512];
    if (!function)
        return filter_contains(group, search->state->pattern);
    return filter_contains(function_display_name(&search->model->functions[function], buffer, sizeof buffer),
                           search->state->pattern);
}

static bool row_matches(const void *data, size_t index) {
    return matches(data, ((const struct search_data *)data)->state->table.rows[index], NULL);
}

/* What is in groups that are closed is found, too. */
static bool find(struct functions_state *state, const struct model *model, int direction) {
    struct search_data search = {state, model};
    if (is_grouped(state))
        return function_groups_search(&state->groups, &state->table, direction, matches, &search);
    return table_search_rows(&state->table, direction, row_matches, &search);
}

static struct view_effect functions_search(void *data, const struct view_context *context, const char *pattern,
                                           int direction) {
    struct functions_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0])
        return effect_of(VIEW_REDRAW);
    if (!find(state, context->model, direction)) {
        snprintf(state->text, sizeof state->text, "No function here has \"%s\" in its name.", state->pattern);
        return effect_message(state->text);
    }
    return selected_effect(state);
}

static bool functions_filter(void *data, const struct view_context *context, const char *expression,
                             const char **problem) {
    struct functions_state *state = data;
    (void)context;
    if (!filter_parse(&state->filter, expression, state->text, (int)sizeof state->text)) {
        *problem = state->text;
        return false;
    }
    state->outdated = true;
    return true;
}

static struct view_effect functions_click(void *data, const struct view_context *context, struct rectangle area,
                                          int row, int column) {
    struct functions_state *state = data;
    refresh(state, context);
    if (row < table_header_rows(area)) {
        struct function_look look = look_of(state, context);
        enum function_sort sort = function_columns_sort(&look, area.columns, column);
        if (sort != FUNCTION_SORT_COUNT)
            functions_sort_by(state, sort);
        return effect_of(VIEW_REDRAW);
    }
    size_t index;
    struct rectangle rows = rows_area(state, area);
    if ((row >= rows.rows && row < area.rows) || !table_row_at(&state->table, rows, row, &index))
        return effect_of(VIEW_HANDLED);
    if (index == state->table.index && state->table.chosen)
        return drill(state);
    table_choose(&state->table, index);
    return selected_effect(state);
}

const struct view functions_view = {
    .name = "functions", .create = functions_create, .destroy = functions_destroy, .draw = functions_draw,
    .title = functions_title, .request = functions_request, .search = functions_search, .filter = functions_filter,
    .sort_names = functions_sort_names, .sorted = functions_sort_chosen, .sort = functions_sort_choose, .click = functions_click,
};
