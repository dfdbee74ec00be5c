/* diff_rows.h - which functions of a diff the table shows, and in what order. */
#ifndef PYPROF_TUI_VIEW_DIFF_ROWS_H
#define PYPROF_TUI_VIEW_DIFF_ROWS_H

#include "pyprof/session_diff.h"
#include "tui/view/filter.h"
#include "tui/view/table.h"

/* X(NAME, measure that the table shows then, name in the menu, short title) */
#define DIFF_SORT_LIST(X)                                                              \
    X(SELF, DIFF_SELF, "change of self time", "self")                                  \
    X(TOTAL, DIFF_TOTAL, "change of total time", "total")                              \
    X(CALLS, DIFF_CALLS, "change of calls", "calls")                                   \
    X(INSTRUCTIONS, DIFF_INSTRUCTIONS, "change of instructions", "instr")              \
    X(PEAK, DIFF_PEAK, "change of memory at the peak", "peak")                         \
    X(ALLOCATED, DIFF_ALLOCATED, "change of memory allocated", "alloc")                \
    X(BEFORE, DIFF_SELF, "self time before", "before")                                 \
    X(AFTER, DIFF_SELF, "self time after", "after")                                    \
    X(NAME, DIFF_SELF, "name", "name")

enum diff_sort {
#define X(NAME, measure, menu, title) DIFF_SORT_##NAME,
    DIFF_SORT_LIST(X)
#undef X
    DIFF_SORT_COUNT
};

enum diff_measure diff_sort_measure(enum diff_sort sort);
const char *diff_sort_menu(enum diff_sort sort);
const char *diff_sort_title(enum diff_sort sort);

struct diff_choice {
    enum diff_sort sort;
    bool inverted, hide_standard_library;
    const struct filter *filter; /* judges the function as it is after, else before */
};

/* Fills the table with the numbers of functions, from 1; what did not change comes behind what did, where a change is sorted by.
 * false: out of memory. */
bool diff_rows_build(struct table *table, const struct session_diff *diff, const struct diff_choice *choice);

#endif
