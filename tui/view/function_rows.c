#include "tui/view/function_rows.h"

#include <stdlib.h>
#include <string.h>

/* What comparing needs stands together, so that sorting 100,000 functions seldom leaves the cache. */
struct entry {
    uint64_t key;         /* ascending */
    uint64_t name_prefix; /* first bytes of the name, in comparing order */
    uint32_t id;
};

struct order {
    const struct model *model;
    enum function_sort sort;
    bool inverted;
};

static uint64_t text_prefix(const char *text) {
    uint64_t prefix = 0;
    for (int i = 0; i < 8; i++) {
        prefix = prefix << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return prefix;
}

static int compare_numbers(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

/* The part of the order that can be inverted. */
static int compare_primary(const struct order *order, const struct entry *left, const struct entry *right) {
    int result = compare_numbers(left->key, right->key);
    if (result || (order->sort != FUNCTION_SORT_NAME && order->sort != FUNCTION_SORT_FILE))
        return result;
    const struct model_function *a = &order->model->functions[left->id], *b = &order->model->functions[right->id];
    if (order->sort == FUNCTION_SORT_NAME)
        return strcmp(a->qualname, b->qualname);
    result = strcmp(a->file, b->file);
    return result ? result : compare_numbers(a->line, b->line);
}

static int compare_entries(const void *left_entry, const void *right_entry, void *data) {
    const struct entry *left = left_entry, *right = right_entry;
    const struct order *order = data;
    int result = compare_primary(order, left, right);
    if (result)
        return order->inverted ? -result : result;
    result = compare_numbers(left->name_prefix, right->name_prefix);
    if (!result && left->name_prefix & 0xff)
        result = strcmp(order->model->functions[left->id].qualname, order->model->functions[right->id].qualname);
    return result ? result : compare_numbers(left->id, right->id);
}

static uint64_t sort_key(const struct model_function *function, enum function_sort sort) {
    switch (sort) {
    case FUNCTION_SORT_SELF: return UINT64_MAX - function->self_ns; /* the largest first */
    case FUNCTION_SORT_TOTAL: return UINT64_MAX - function->total_ns;
    case FUNCTION_SORT_CALLS: return UINT64_MAX - function->calls;
    case FUNCTION_SORT_NAME: return text_prefix(function->qualname);
    case FUNCTION_SORT_FILE: return text_prefix(function->file);
    case FUNCTION_SORT_COUNT: break;
    }
    return 0;
}

/* Marks project functions and the C functions that they call, a byte a function; NULL: out of memory. */
static uint8_t *mark_project(const struct model *model) {
    uint8_t *marks = calloc(model->function_count, 1);
    if (!marks)
        return NULL;
    for (size_t i = 1; i < model->function_count; i++)
        marks[i] = (model->functions[i].flags & MODEL_FUNCTION_PROJECT) != 0;
    for (size_t i = 0; i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->caller < model->function_count && edge->callee < model->function_count &&
            model->functions[edge->caller].flags & MODEL_FUNCTION_PROJECT &&
            model->functions[edge->callee].kind == MODEL_FUNCTION_C)
            marks[edge->callee] = 1;
    }
    return marks;
}

/* Fills entries with the chosen functions; returns how many. */
static size_t choose(const struct model *model, const struct function_choice *choice, uint64_t total_self_ns,
                     const uint8_t *project, struct entry *entries, size_t *ran) {
    size_t count = 0;
    *ran = 0;
    for (size_t i = 1; i < model->function_count; i++) {
        const struct model_function *function = &model->functions[i];
        if (function->calls == 0)
            continue;
        ++*ran;
        if ((project && !project[i]) || !filter_accepts(choice->filter, function, total_self_ns))
            continue;
        entries[count++] = (struct entry){sort_key(function, choice->sort), text_prefix(function->qualname),
                                          (uint32_t)i};
    }
    return count;
}

/* Reorders entries: those that are in the table first, as they stand there. false: out of memory. */
static bool hold(const struct table *table, const struct model *model, struct entry *entries, size_t count) {
    uint8_t *chosen = calloc(model->function_count, 1);
    uint32_t *order = malloc((count + 1) * sizeof *order);
    if (chosen && order) {
        enum { CHOSEN = 1, PLACED = 2 };
        size_t placed = 0;
        for (size_t i = 0; i < count; i++)
            chosen[entries[i].id] = CHOSEN;
        for (size_t i = 0; i < table->count; i++) {
            uint32_t id = table->rows[i];
            if (id < model->function_count && chosen[id] == CHOSEN) {
                chosen[id] = PLACED;
                order[placed++] = id;
            }
        }
        for (size_t i = 0; i < count; i++)
            if (chosen[entries[i].id] == CHOSEN)
                order[placed++] = entries[i].id;
        for (size_t i = 0; i < count; i++)
            entries[i].id = order[i];
    }
    bool done = chosen && order;
    free(chosen);
    free(order);
    return done;
}

bool function_rows_build(struct table *table, const struct model *model, const struct function_choice *choice,
                         uint64_t total_self_ns, size_t *ran) {
    struct entry *entries = calloc(model->function_count + 1, sizeof *entries);
    uint8_t *project = choice->hide_standard_library ? mark_project(model) : NULL;
    struct order order = {model, choice->sort, choice->inverted};
    size_t count = 0;
    bool done = entries && (project || !choice->hide_standard_library);
    if (done) {
        count = choose(model, choice, total_self_ns, project, entries, ran);
        qsort_r(entries, count, sizeof *entries, compare_entries, &order);
        done = (!choice->held || hold(table, model, entries, count)) && table_reserve(table, count);
    }
    table->count = done ? count : 0;
    for (size_t i = 0; i < table->count; i++)
        table->rows[i] = entries[i].id;
    table_rows_changed(table);
    free(entries);
    free(project);
    return done;
}
