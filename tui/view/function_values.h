/* function_values.h - what of a function a table can show in a column, and which of it is wanted. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_VALUES_H
#define PYPROF_TUI_VIEW_FUNCTION_VALUES_H

#include <stdint.h>

#include "pyprof/model.h"

/* X(NAME, word in ui.columns, in a menu, shown unless the user wants otherwise). Words are those of the filter. */
#define FUNCTION_VALUE_LIST(X)                                                        \
    X(SELF_SHARE, "self%", "self time, percent", true)                                \
    X(TOTAL_SHARE, "total%", "time with all it calls, percent", true)                 \
    X(SELF, "self", "self time, seconds", true)                                       \
    X(TOTAL, "total", "time with all it calls, seconds", true)                        \
    X(CALLS, "calls", "calls", true)                                                  \
    X(PRIMITIVE_CALLS, "primitive", "calls that were not recursive", false)           \
    X(TIME_PER_CALL, "percall", "total time per call that was not recursive", false)  \
    X(INSTRUCTIONS, "instr", "bytecode instructions, where they are counted", true)   \
    X(MEMORY, "mib", "memory, where it is counted", true)                             \
    X(TOTAL_MEMORY, "totmib", "memory with all it calls", true)                       \
    X(TREND, "trend", "recent activity, while a run goes on", true)                   \
    X(FILE, "file", "file and line", true)

enum function_value {
#define X(NAME, word, menu, usual) VALUE_##NAME,
    FUNCTION_VALUE_LIST(X)
#undef X
    VALUE_NAME, /* of the function: stands there always */
    VALUE_COUNT = VALUE_NAME
};

/* Those shown unless the user wants otherwise; a set of values has the bit 1u << value of each. */
enum {
    FUNCTION_VALUES_USUAL = 0
#define X(NAME, word, menu, usual) | (usual ? 1 << VALUE_##NAME : 0)
    FUNCTION_VALUE_LIST(X)
#undef X
};

static inline const char *function_value_word(enum function_value value) {
    static const char *const words[] = {
#define X(NAME, word, menu, usual) word,
        FUNCTION_VALUE_LIST(X)
#undef X
        "function"
    };
    return words[value];
}

static inline const char *function_value_menu(enum function_value value) {
    static const char *const menu_texts[] = {
#define X(NAME, word, menu, usual) menu,
        FUNCTION_VALUE_LIST(X)
#undef X
        "function"
    };
    return menu_texts[value];
}

/* Nanoseconds a call took with all it called: the total time by the calls that were not recursive, as in pstats. What stands for
 * several functions has calls of several kinds, and so no such time. */
static inline uint64_t function_time_per_call(const struct model_function *function) {
    uint64_t calls = function->primitive_calls ? function->primitive_calls : function->calls;
    if (function->total_ns == MODEL_UNKNOWN || function->kind == MODEL_FUNCTION_PROGRAM)
        return MODEL_UNKNOWN;
    return calls ? function->total_ns / calls : 0;
}

#endif
