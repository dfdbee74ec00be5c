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

/* The functions of a table before they are its rows. */
struct sorted_functions {
    struct ordered_function *memory; /* owned; freed by function_rows_free */
    struct ordered_function *sorted; /* in it: `count` functions */
    size_t count, ran;               /* ran: how many there would be without a choice */
};

/* The functions that ran and are chosen, sorted; ties stand by name, then by id. order is brought up to the model. Nothing is held.
 * false: out of memory, there are none. */
bool function_rows_sort(struct sorted_functions *functions, struct function_order *order, const struct model *model,
                        const struct function_choice *choice, uint64_t total_self_ns);
void function_rows_free(struct sorted_functions *functions);

/* What rows are sorted by, ascending, as is: choice->inverted is not looked at. 0 where names or files are. What is not known
 * stands last. */
uint64_t function_rows_key(const struct model_function *function, uint32_t id, const struct function_choice *choice);

/* Fills the table's rows with the ids of the functions that ran and are chosen; ties stand by name, then by id. The
 * selection is found again; order is brought up to the model. *ran: how many functions ran. false: out of memory, the
 * table is empty. */
bool function_rows_build(struct table *table, struct function_order *order, const struct model *model,
                         const struct function_choice *choice, uint64_t total_self_ns, size_t *ran);

#endif
