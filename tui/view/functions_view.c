/* functions_view.c - the table of functions: where the time went. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/function_columns.h"
#include "tui/view/function_name.h"
#include "tui/view/function_rows.h"
#include "tui/view/stamp.h"

enum { PATTERN_SIZE = 128 };

struct functions_state {
    struct table table;
    struct function_order order;
    struct model_stamp stamp;
    struct filter filter;
    enum function_sort sort;
    bool inverted, held;
    bool sorted;                /* the user chose what to sort by; until then it is as asked, or what is counted */
    enum function_sort asked;   /* in the config */
    bool asked_inverted;
    bool memory, instructions, trend; /* are counted */
    bool hide_standard_library; /* as the rows were built */
    unsigned wanted;            /* set of enum function_value: the columns */
    enum memory_measure measure;
    bool outdated;              /* rows must be built anew whatever the stamp says */
    uint32_t context_function;  /* as last seen */
    struct model_function whole; /* all functions together: what shares are taken of */
    struct model_function sum;   /* of the rows together, where they are filtered */
    int scrolled;                /* steps to the right */
    bool hides;                  /* something that is wanted is not drawn to the right */
    size_t ran;
    char pattern[PATTERN_SIZE];
    char text[1024]; /* what an effect or a problem points to */
};

/* The sort menu: the sorts of every run, holding the order, and the sorts by what else is counted. */
enum { MENU_HOLD = FUNCTION_SORTS_ALWAYS };

static bool is_counted(const struct functions_state *state, enum function_sort sort) {
    switch (sort) {
    case FUNCTION_SORT_INSTRUCTIONS: return state->instructions;
    case FUNCTION_SORT_MEMORY: case FUNCTION_SORT_TOTAL_MEMORY: return state->memory;
    case FUNCTION_SORT_TREND: return state->trend;
    default: return true;
    }
}

static bool is_available(const struct functions_state *state, enum function_sort sort) {
    if (sort == FUNCTION_SORT_PRIMITIVE_CALLS)
        return state->sort == sort || state->wanted >> VALUE_PRIMITIVE_CALLS & 1u;
    if (sort == FUNCTION_SORT_TIME_PER_CALL)
        return state->sort == sort || state->wanted >> VALUE_TIME_PER_CALL & 1u;
    return is_counted(state, sort);
}

/* Returns how many there are. */
static int available_sorts(const struct functions_state *state, enum function_sort sorts[FUNCTION_SORT_COUNT]) {
    int count = 0;
    for (int sort = 0; sort < FUNCTION_SORT_COUNT; sort++)
        if (is_available(state, (enum function_sort)sort))
            sorts[count++] = (enum function_sort)sort;
    return count;
}

/* Where the present one is among those available. */
static int present_sort(const struct functions_state *state) {
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int count = available_sorts(state, sorts), at = 0;
    while (at < count && sorts[at] != state->sort)
        at++;
    return at;
}

static const char *sort_name(enum function_sort sort) {
    static const char *const names[] = {
#define X(NAME, word, name, percent, absolute, largest_first) name,
        FUNCTION_SORT_LIST(X)
#undef X
    };
    return names[sort];
}

static const char *sort_word(enum function_sort sort) {
    static const char *const words[] = {
#define X(NAME, word, name, percent, absolute, largest_first) word,
        FUNCTION_SORT_LIST(X)
#undef X
    };
    return words[sort];
}

static const char *sort_title(enum function_sort sort, bool percent) {
    switch (sort) {
#define X(NAME, word, name, percent_title, absolute_title, largest_first) \
    case FUNCTION_SORT_##NAME: return percent ? percent_title : absolute_title;
        FUNCTION_SORT_LIST(X)
#undef X
    case FUNCTION_SORT_COUNT: break;
    }
    return "";
}

/* v: the largest (or last in the alphabet) stands on top. */
static char sort_sign(const struct functions_state *state) {
    static const bool largest_first[] = {
#define X(NAME, word, name, percent, absolute, largest) largest,
        FUNCTION_SORT_LIST(X)
#undef X
    };
    return largest_first[state->sort] != state->inverted ? 'v' : '^';
}

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

static void add_function(struct model_function *sum, const struct model_function *function) {
    sum->self_ns += function->self_ns == MODEL_UNKNOWN ? 0 : function->self_ns;
    sum->calls += function->calls;
    sum->primitive_calls += function->primitive_calls;
    if (function->instructions != MODEL_UNKNOWN)
        sum->instructions = (sum->instructions == MODEL_UNKNOWN ? 0 : sum->instructions) + function->instructions;
    sum->memory.peak_bytes += function->memory.peak_bytes;
    sum->memory.live_bytes += function->memory.live_bytes;
    sum->memory.allocated_bytes += function->memory.allocated_bytes;
    sum->memory.temporary_count += function->memory.temporary_count;
}

static void sum_all(struct functions_state *state, const struct model *model) {
    state->whole = (struct model_function){.instructions = MODEL_UNKNOWN};
    for (size_t id = 1; id < model->function_count; id++)
        add_function(&state->whole, &model->functions[id]);
}

/* Times and memory with callees overlap: they have no sum. */
static void sum_rows(struct functions_state *state, const struct model *model) {
    struct model_function *sum = &state->sum;
    *sum = (struct model_function){.file = "", .name = "", .qualname = "(sum of what is shown)", .total_ns = MODEL_UNKNOWN,
                                   .instructions = MODEL_UNKNOWN, .kind = MODEL_FUNCTION_PYTHON};
    sum->total_memory.peak_bytes = sum->total_memory.live_bytes = MODEL_UNKNOWN;
    sum->total_memory.allocated_bytes = sum->total_memory.temporary_count = MODEL_UNKNOWN;
    for (size_t i = 0; state->filter.count && i < state->table.count; i++)
        add_function(sum, &model->functions[state->table.rows[i]]);
}

/* Until the user chooses: what the config asks for, as soon as that is counted. */
static void sort_as_asked(struct functions_state *state, const struct model *model) {
    bool usual = state->asked == FUNCTION_SORT_SELF, asked = !usual && is_counted(state, state->asked);
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
        struct function_choice choice = {&state->filter, context->hide_standard_library, state->sort, state->measure,
                                         state->inverted, state->held, context->activity};
        state->outdated = !function_rows_build(&state->table, &state->order, context->model, &choice,
                                               state->whole.self_ns, &state->ran);
        sum_rows(state, context->model);
    }
    /* Where a filter hid the selected function, it is selected again as soon as it is back. */
    if (context->function && (changed || context->function != state->context_function || !state->table.chosen))
        state->table.chosen = table_select(&state->table, context->function) || state->table.chosen;
    state->context_function = context->function;
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
    return !context->function || state->table.selected == context->function;
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
        uint32_t id = state->table.rows[index];
        if (!function_columns_row(&columns, &look, id, &context->model->functions[id], grid, area, row))
            state->hides = true;
        char letter = is_marked(context, id) ? '*' : mark_in(context, id);
        if (letter)
            grid_glyph(grid, area, row, 0, STYLE_KEY, (uint32_t)letter);
        if (index == state->table.index && selection_is_shown(state, context))
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
    if (rows.rows < area.rows)
        function_columns_row(&columns, &look, 0, &state->sum, grid, area, row);
}

static void functions_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct functions_state *state = data;
    refresh(state, context);
    bool filtered = state->filter.expression[0] != '\0';
    bool chosen = state->memory && state->measure != MEMORY_PEAK; /* what is usual leaves its room to the panes' tabs */
    snprintf(text, size, "Functions %zu/%zu  sort:%s%c%s%s%s%s%s%s", state->table.count, state->ran,
             sort_title(state->sort, context->percent), sort_sign(state), state->held ? "  held" : "",
             filtered || state->hide_standard_library ? "  filter:" : "",
             state->hide_standard_library ? (filtered ? "-stdlib " : "-stdlib") : "", state->filter.expression,
             chosen ? "  MiB:" : "", chosen ? memory_measure_heading(state->measure) : "");
}

/* --- requests --------------------------------------------------------------------------------------- */

static void sort_by(struct functions_state *state, enum function_sort sort) {
    state->inverted = state->sort == sort && !state->inverted;
    state->sort = sort;
    state->held = false;
    state->outdated = state->sorted = true;
}

static void hold_order(struct functions_state *state) {
    state->held = !state->held;
    state->outdated = true;
}

static void functions_sort(void *data, int index) {
    struct functions_state *state = data;
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int count = available_sorts(state, sorts);
    if (index == MENU_HOLD)
        hold_order(state);
    else if (index >= 0 && index <= count)
        sort_by(state, sorts[index < MENU_HOLD ? index : index - 1]);
}

static int functions_sorted(void *data) {
    int present = present_sort(data);
    return present < MENU_HOLD ? present : present + 1;
}

static const char *const *functions_sort_names(void *data) {
    const struct functions_state *state = data;
    static const char *menu[FUNCTION_SORT_COUNT + 2];
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int count = available_sorts(state, sorts);
    for (int i = 0; i < count; i++)
        menu[i < MENU_HOLD ? i : i + 1] = sort_name(sorts[i]);
    menu[MENU_HOLD] = "hold the order";
    menu[count + 1] = NULL;
    return menu;
}

/* The sort beside the present one, or the present one inverted. */
static void sort_asked(struct functions_state *state, enum request request) {
    enum function_sort sorts[FUNCTION_SORT_COUNT];
    int asked = table_sort_asked(request, present_sort(state), available_sorts(state, sorts));
    if (asked >= 0)
        sort_by(state, sorts[asked]);
}

bool functions_view_sort_by(void *data, const char *word, bool inverted) {
    struct functions_state *state = data;
    for (int sort = 0; sort < FUNCTION_SORT_COUNT; sort++)
        if (strcmp(sort_word((enum function_sort)sort), word) == 0) {
            state->asked = (enum function_sort)sort;
            state->asked_inverted = inverted;
            state->sorted = state->held = false;
            state->outdated = true;
            return true;
        }
    return false;
}

const char *functions_view_sorted_by(const void *data, bool *inverted) {
    const struct functions_state *state = data;
    *inverted = state->sorted ? state->inverted : state->asked_inverted;
    return sort_word(state->sorted ? state->sort : state->asked);
}

/* To the right as long as there is something; false: nothing changes. */
static bool scroll_sideways(struct functions_state *state, enum request request) {
    int before = state->scrolled;
    if (request == REQUEST_SCROLL_RIGHT)
        state->scrolled += state->hides;
    else
        state->scrolled = request == REQUEST_SCROLL_LEFT && before > 0 ? before - 1 : 0;
    return state->scrolled != before;
}

static struct view_effect selected_effect(const struct functions_state *state) {
    return state->table.count ? effect_select(state->table.selected, 0) : effect_of(VIEW_HANDLED);
}

static struct view_effect copy_row(struct functions_state *state, const struct model *model) {
    const struct model_function *function = &model->functions[state->table.selected];
    snprintf(state->text, sizeof state->text, "%s %s:%u calls %llu self %.6f s total %.6f s", function->qualname,
             function->file, function->line, (unsigned long long)function->calls, (double)function->self_ns / 1e9,
             (double)function->total_ns / 1e9);
    return effect_copy(state->text);
}

static struct view_effect functions_request(void *data, const struct view_context *context, enum request request,
                                            int page_rows) {
    struct functions_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows))
        return state->table.index == before && context->function == state->table.selected ? effect_of(VIEW_HANDLED)
                                                                                          : selected_effect(state);
    switch (request) {
    case REQUEST_NONE:
        return state->table.count && !selection_is_shown(state, context) ? selected_effect(state)
                                                                         : effect_of(VIEW_HANDLED);
    case REQUEST_DRILL:
        state->table.chosen = state->table.count > 0;
        return state->table.count ? effect_drill(state->table.selected, 0) : effect_of(VIEW_HANDLED);
    case REQUEST_COPY: return state->table.count ? copy_row(state, context->model) : effect_copy("");
    case REQUEST_SORT_PREVIOUS: case REQUEST_SORT_NEXT: case REQUEST_SORT_INVERT:
        sort_asked(state, request);
        return effect_of(VIEW_REDRAW);
    case REQUEST_HOLD:
        hold_order(state);
        return effect_of(VIEW_REDRAW);
    case REQUEST_SCROLL_LEFT: case REQUEST_SCROLL_RIGHT: case REQUEST_SCROLL_HOME:
        return effect_of(scroll_sideways(state, request) ? VIEW_REDRAW : VIEW_HANDLED);
    case REQUEST_FILTER_CLEAR:
        filter_parse(&state->filter, "", state->text, (int)sizeof state->text);
        state->outdated = true;
        return effect_of(VIEW_REDRAW);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

struct search_data {
    const struct functions_state *state;
    const struct model *model;
};

static bool row_matches(const void *data, size_t index) {
    const struct search_data *search = data;
    char buffer[512];
    const struct model_function *function = &search->model->functions[search->state->table.rows[index]];
    return filter_contains(function_display_name(function, buffer, sizeof buffer), search->state->pattern);
}

static struct view_effect functions_search(void *data, const struct view_context *context, const char *pattern,
                                           int direction) {
    struct functions_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0])
        return effect_of(VIEW_REDRAW);
    struct search_data search = {state, context->model};
    if (!table_search_rows(&state->table, direction, row_matches, &search)) {
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
            sort_by(state, sort);
        return effect_of(VIEW_REDRAW);
    }
    size_t index;
    struct rectangle rows = rows_area(state, area);
    if ((row >= rows.rows && row < area.rows) || !table_row_at(&state->table, rows, row, &index))
        return effect_of(VIEW_HANDLED);
    if (index == state->table.index && state->table.chosen)
        return effect_drill(state->table.selected, 0);
    table_choose(&state->table, index);
    return selected_effect(state);
}

const struct view functions_view = {
    .name = "functions", .create = functions_create, .destroy = functions_destroy, .draw = functions_draw,
    .title = functions_title, .request = functions_request, .search = functions_search, .filter = functions_filter,
    .sort_names = functions_sort_names, .sorted = functions_sorted, .sort = functions_sort, .click = functions_click,
};
