/* functions_state.h - what the table of functions remembers. */
#ifndef PYPROF_TUI_VIEW_FUNCTIONS_STATE_H
#define PYPROF_TUI_VIEW_FUNCTIONS_STATE_H

#include "tui/view/filter.h"
#include "tui/view/function_rows.h"
#include "tui/view/group_build.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"

enum { FUNCTIONS_PATTERN_SIZE = 128 };

struct functions_state {
    struct table table;          /* of ids of functions; and of groups, where there are any */
    struct function_groups groups;
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
    char pattern[FUNCTIONS_PATTERN_SIZE];
    char text[1024]; /* what an effect or a problem points to */
};

#endif
