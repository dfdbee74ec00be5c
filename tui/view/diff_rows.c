#include "tui/view/diff_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    enum diff_measure measure;
    const char *menu, *title;
} sorts[] = {
#define X(NAME, measure, menu, title) {measure, menu, title},
    DIFF_SORT_LIST(X)
#undef X
};

enum diff_measure diff_sort_measure(enum diff_sort sort) { return sorts[sort].measure; }
const char *diff_sort_menu(enum diff_sort sort) { return sorts[sort].menu; }
const char *diff_sort_title(enum diff_sort sort) { return sorts[sort].title; }

struct ordering {
    const struct session_diff *diff;
    const struct diff_choice *choice;
};

static uint64_t known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

static int larger_first(uint64_t a, uint64_t b) { return a > b ? -1 : a < b; }

static int by_value(const struct diff_value *a, const struct diff_value *b, enum diff_sort sort) {
    if (sort == DIFF_SORT_BEFORE)
        return larger_first(known(a->before), known(b->before));
    if (sort == DIFF_SORT_AFTER)
        return larger_first(known(a->after), known(b->after));
    bool a_changed = a->verdict == DIFF_CHANGED, b_changed = b->verdict == DIFF_CHANGED;
    if (a_changed != b_changed)
        return a_changed ? -1 : 1;
    int64_t a_change = session_diff_change(a), b_change = session_diff_change(b);
    return larger_first((uint64_t)(a_change < 0 ? -a_change : a_change), (uint64_t)(b_change < 0 ? -b_change : b_change));
}

static int compare(const void *left, const void *right, void *context) {
    const struct ordering *ordering = context;
    uint32_t left_row = *(const uint32_t *)left, right_row = *(const uint32_t *)right;
    const struct diff_function *a = &ordering->diff->functions[left_row - 1], *b = &ordering->diff->functions[right_row - 1];
    enum diff_sort sort = ordering->choice->sort;
    enum diff_measure measure = diff_sort_measure(sort);
    int order = sort == DIFF_SORT_NAME ? strcasecmp(session_diff_shown(a)->qualname, session_diff_shown(b)->qualname)
                                       : by_value(&a->values[measure], &b->values[measure], sort);
    if (ordering->choice->inverted)
        order = -order;
    return order ? order : left_row < right_row ? -1 : left_row > right_row;
}

static uint64_t total_self(const struct session_diff *diff) {
    uint64_t total = 0;
    for (size_t i = 0; i < diff->function_count; i++)
        total += known(diff->functions[i].values[DIFF_SELF].after);
    return total;
}

bool diff_rows_build(struct table *table, const struct session_diff *diff, const struct diff_choice *choice) {
    struct ordering ordering = {diff, choice};
    uint64_t total = total_self(diff);
    if (!table_reserve(table, diff->function_count))
        return false;
    table->count = 0;
    for (uint32_t i = 0; i < diff->function_count; i++) {
        const struct model_function *function = session_diff_shown(&diff->functions[i]);
        bool library = function->kind == MODEL_FUNCTION_PYTHON && !(function->flags & MODEL_FUNCTION_PROJECT);
        if ((choice->hide_standard_library && library) || !filter_accepts(choice->filter, function, total, MEMORY_PEAK))
            continue;
        table->rows[table->count++] = i + 1;
    }
    if (table->count)
        qsort_r(table->rows, table->count, sizeof *table->rows, compare, &ordering);
    table_rows_changed(table);
    return true;
}
