#include "tui/view/function_rows.h"

#include <stdlib.h>
#include <string.h>

#include "tui/view/function_values.h"

/* Ascending; all times, counts and sizes stand with the largest first, what is not known last. */
static uint64_t largest_first(uint64_t value) { return value == MODEL_UNKNOWN ? UINT64_MAX : UINT64_MAX - value; }

uint64_t function_rows_key(const struct model_function *function, uint32_t id, const struct function_choice *choice) {
    switch (choice->sort) {
    case FUNCTION_SORT_SELF: return largest_first(function->self_ns);
    case FUNCTION_SORT_TOTAL: return largest_first(function->total_ns);
    case FUNCTION_SORT_CALLS: return largest_first(function->calls);
    case FUNCTION_SORT_PRIMITIVE_CALLS: return largest_first(function->primitive_calls);
    case FUNCTION_SORT_TIME_PER_CALL: return largest_first(function_time_per_call(function));
    case FUNCTION_SORT_INSTRUCTIONS: return largest_first(function->instructions);
    case FUNCTION_SORT_MEMORY: return largest_first(memory_measured(&function->memory, choice->measure));
    case FUNCTION_SORT_TOTAL_MEMORY: return largest_first(memory_measured(&function->total_memory, choice->measure));
    case FUNCTION_SORT_TREND: return UINT64_MAX - activity_recent(choice->activity, id);
    case FUNCTION_SORT_NAME: case FUNCTION_SORT_FILE: case FUNCTION_SORT_COUNT: break;
    }
    return 0;
}

/* A function that was called, or on whose lines memory was allocated. */
static bool did_run(const struct model_function *function) {
    return function->calls > 0 || function->memory.allocated_count > 0 || function->memory.freed_count > 0 ||
           (function->instructions > 0 && function->instructions != MODEL_UNKNOWN);
}

/* Marks project functions and the C functions that they call, a byte a function; NULL: out of memory. What edges ask of
 * functions is in these bytes: a million looks at the functions themselves would be as many misses of the cache. */
static uint8_t *mark_project(const struct model *model) {
    enum { SHOWN = 1, PROJECT = 2, WRITTEN_IN_C = 4 };
    uint8_t *marks = calloc(model->function_count, 1);
    if (!marks)
        return NULL;
    for (size_t i = 1; i < model->function_count; i++)
        marks[i] = model->functions[i].flags & MODEL_FUNCTION_PROJECT   ? SHOWN | PROJECT
                   : model->functions[i].kind == MODEL_FUNCTION_C ? WRITTEN_IN_C
                                                                        : 0;
    for (size_t i = 0; i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->caller < model->function_count && edge->callee < model->function_count &&
            marks[edge->caller] & PROJECT && marks[edge->callee] & WRITTEN_IN_C)
            marks[edge->callee] |= SHOWN;
    }
    for (size_t i = 0; i < model->function_count; i++)
        marks[i] &= SHOWN;
    return marks;
}

static uint8_t *mark_all(const struct model *model) {
    uint8_t *marks = malloc(model->function_count);
    return marks ? memset(marks, 1, model->function_count) : NULL;
}

/* Takes the marks off the functions that did not run or that the filter does not accept. By id, and not by name: a function lies
 * beside those of its file. Returns how many ran. */
static size_t mark_accepted(const struct model *model, const struct function_choice *choice, uint64_t total_self_ns,
                            uint8_t *marks) {
    struct filter_pass pass = {.filter = choice->filter, .total_self_ns = total_self_ns, .measure = choice->measure};
    size_t ran = 0;
    for (size_t id = 1; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        bool runs = did_run(function);
        ran += runs;
        marks[id] = runs && marks[id] && filter_pass_accepts(&pass, function);
    }
    return ran;
}

/* Fills entries with the marked functions, by name; returns how many. */
static size_t choose(const struct function_order *order, const struct model *model, const struct function_choice *choice,
                     const uint8_t *marks, struct ordered_function *entries) {
    size_t count = 0;
    for (size_t i = 0; i < order->count; i++) {
        uint32_t id = order->by_name[i];
        if (marks[id])
            entries[count++] = (struct ordered_function){function_rows_key(&model->functions[id], id, choice), id};
    }
    return count;
}

/* Names get keys only to be inverted: equal names have the same one. */
static void name_keys(const struct model *model, struct ordered_function *entries, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const char *before = model->functions[entries[i - 1].id].qualname;
        entries[i].key = entries[i - 1].key + (strcmp(before, model->functions[entries[i].id].qualname) != 0);
    }
}

/* Returns the one of entries and spare that has the sorted rows; NULL: out of memory. */
static struct ordered_function *sort_entries(const struct model *model, const struct function_choice *choice,
                                             struct ordered_function *entries, struct ordered_function *spare,
                                             size_t count) {
    if (choice->sort == FUNCTION_SORT_NAME && !choice->inverted)
        return entries;
    if (choice->sort == FUNCTION_SORT_NAME)
        name_keys(model, entries, count);
    if (choice->sort == FUNCTION_SORT_FILE && !function_order_file_keys(model, entries, count))
        return NULL;
    for (size_t i = 0; choice->inverted && i < count; i++)
        entries[i].key = ~entries[i].key;
    return function_order_by_key(entries, spare, count);
}

/* Reorders sorted rows: those that are in the table first, as they stand there. false: out of memory. */
static bool hold(const struct table *table, const struct model *model, struct ordered_function *sorted, size_t count) {
    uint8_t *marks = calloc(model->function_count, 1);
    uint32_t *order = malloc((count + 1) * sizeof *order);
    bool done = marks && order;
    enum { CHOSEN = 1, PLACED = 2 };
    size_t placed = 0;
    for (size_t i = 0; done && i < count; i++)
        marks[sorted[i].id] = CHOSEN;
    for (size_t i = 0; done && i < table->count; i++) {
        uint32_t id = table->rows[i];
        if (id < model->function_count && marks[id] == CHOSEN) {
            marks[id] = PLACED;
            order[placed++] = id;
        }
    }
    for (size_t i = 0; done && i < count; i++)
        if (marks[sorted[i].id] == CHOSEN)
            order[placed++] = sorted[i].id;
    for (size_t i = 0; done && i < count; i++)
        sorted[i].id = order[i];
    free(marks);
    free(order);
    return done;
}

static bool fill(struct table *table, const struct model *model, const struct function_choice *choice,
                 struct sorted_functions *functions) {
    if ((choice->held && !hold(table, model, functions->sorted, functions->count)) || !table_reserve(table, functions->count))
        return false;
    table->count = functions->count;
    for (size_t i = 0; i < functions->count; i++)
        table->rows[i] = functions->sorted[i].id;
    return true;
}

void function_rows_free(struct sorted_functions *functions) {
    free(functions->memory);
    *functions = (struct sorted_functions){0};
}

bool function_rows_sort(struct sorted_functions *functions, struct function_order *order, const struct model *model,
                        const struct function_choice *choice, uint64_t total_self_ns) {
    uint8_t *marks = choice->hide_standard_library ? mark_project(model) : mark_all(model);
    *functions = (struct sorted_functions){.memory = calloc(2 * model->function_count, sizeof *functions->memory)};
    if (functions->memory && marks && function_order_update(order, model)) {
        functions->ran = mark_accepted(model, choice, total_self_ns, marks);
        functions->count = choose(order, model, choice, marks, functions->memory);
        functions->sorted = sort_entries(model, choice, functions->memory, functions->memory + model->function_count,
                                         functions->count);
    }
    free(marks);
    if (functions->sorted)
        return true;
    function_rows_free(functions);
    return false;
}

bool function_rows_build(struct table *table, struct function_order *order, const struct model *model,
                         const struct function_choice *choice, uint64_t total_self_ns, size_t *ran) {
    struct sorted_functions functions;
    bool done = function_rows_sort(&functions, order, model, choice, total_self_ns) && fill(table, model, choice, &functions);
    *ran = functions.ran;
    if (!done)
        table->count = 0;
    table_rows_changed(table);
    function_rows_free(&functions);
    return done;
}
