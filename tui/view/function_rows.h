/* function_rows.h - which functions a table shows, and in what order. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_ROWS_H
#define PYPROF_TUI_VIEW_FUNCTION_ROWS_H

#include "tui/view/activity.h"
#include "tui/view/filter.h"
#include "tui/view/function_order.h"
#include "tui/view/memory_measure.h"
#include "tui/view/table.h"

/* X(NAME, word in ui.sort, name in the sort menu, title when percent, title when absolute, largest first) */
#define FUNCTION_SORT_LIST(X)                                                                               \
    X(SELF, "self", "self", "Self%", "Self s ", true)                                                       \
    X(TOTAL, "total", "total", "Tot%", "Tot s ", true)                                                      \
    X(CALLS, "calls", "calls", "Calls", "Calls", true)                                                      \
    X(NAME, "name", "name", "Function", "Function", false)                                                  \
    X(FILE, "file", "file", "File", "File", false)                                                          \
    X(INSTRUCTIONS, "instr", "instructions", "Instr", "Instr", true)                                        \
    X(MEMORY, "mib", "memory", "MiB", "MiB", true)                                                          \
    X(TOTAL_MEMORY, "totmib", "memory with all it calls", "TotMiB", "TotMiB", true)                         \
    X(PRIMITIVE_CALLS, "primitive", "calls that were not recursive", "Prim", "Prim", true)                  \
    X(TIME_PER_CALL, "percall", "time per call", "/call", "/call", true)                                    \
    X(TREND, "trend", "recent activity", "Trend", "Trend", true)

enum function_sort {
#define X(NAME, word, name, percent, absolute, largest_first) FUNCTION_SORT_##NAME,
    FUNCTION_SORT_LIST(X)
#undef X
    FUNCTION_SORT_COUNT,
    FUNCTION_SORTS_ALWAYS = FUNCTION_SORT_INSTRUCTIONS, /* those of every run; others are where something was counted or is shown */
};

struct function_choice {
    const struct filter *filter;
    bool hide_standard_library; /* only project functions and the C functions that they call */
    enum function_sort sort;
    enum memory_measure measure; /* what of memory is sorted by */
    bool inverted;
    bool held; /* rows keep their places; new ones come last */
    const struct activity *activity; /* what the trend is sorted by; NULL: nothing is known */
};

/* Fills the table's rows with the ids of the functions that ran and are chosen; ties stand by name, then by id. The
 * selection is found again; order is brought up to the model. *ran: how many functions ran. false: out of memory, the
 * table is empty. */
bool function_rows_build(struct table *table, struct function_order *order, const struct model *model,
                         const struct function_choice *choice, uint64_t total_self_ns, size_t *ran);

#endif
