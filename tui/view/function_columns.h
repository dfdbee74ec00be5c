/* function_columns.h - the columns of the function table: which there is room for, what stands in them. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_COLUMNS_H
#define PYPROF_TUI_VIEW_FUNCTION_COLUMNS_H

#include "tui/view/function_rows.h"
#include "tui/view/function_values.h"

/* A number column of the table, whatever is shown in it. The last column is the function. */
enum function_column {
    COLUMN_FIRST, COLUMN_SECOND, COLUMN_THIRD, COLUMN_CALLS, COLUMN_PRIMITIVE_CALLS, COLUMN_TIME_PER_CALL, COLUMN_INSTRUCTIONS,
    COLUMN_MEMORY, COLUMN_SIXTH, COLUMN_TOTAL_MEMORY, COLUMN_TREND, COLUMN_FUNCTION, COLUMN_COUNT
};

/* What decides about the columns and what is in them. */
struct function_look {
    bool percent;                /* shares stand before times */
    bool shares;                 /* all numbers that are parts of `whole` are shown as shares of it */
    bool memory, instructions;   /* are counted */
    unsigned wanted;             /* set of values: FUNCTION_VALUES_USUAL, or as the user has it */
    enum function_sort sort;
    enum memory_measure measure; /* what of memory is shown */
    const struct model_function *whole; /* what shares are taken of: the sums over all functions */
    const struct activity *activity;    /* NULL: none is shown */
    int scrolled;                       /* so many columns on the left are left out; then the name's beginning is */
    const char *pattern;         /* what was searched for; "" nothing */
};

struct function_columns {
    struct table_column columns[COLUMN_COUNT];
    enum function_value values[COLUMN_COUNT];
    int at[COLUMN_COUNT];
    int name_at, name_width; /* of the function's name, behind the sign of its kind */
    int file_at, file_width; /* file_width 0: not shown */
    int name_skip;           /* columns of the name that are scrolled out on the left; what follows it is its file then */
    bool hides;              /* something that is wanted has no room on the right */
};

void function_columns_lay_out(struct function_columns *columns, const struct function_look *look, int width);
void function_columns_header(const struct function_columns *columns, const struct function_look *look, struct grid *grid,
                             struct rectangle area);
/* id 0: what is drawn is no function of the model, but a sum. false: not all of its name and file fits. */
bool function_columns_row(const struct function_columns *columns, const struct function_look *look, uint32_t id,
                          const struct model_function *function, struct grid *grid, struct rectangle area, int row);
/* What is sorted by when the header is clicked there; FUNCTION_SORT_COUNT: nothing stands there. */
enum function_sort function_columns_sort(const struct function_look *look, int width, int column);

#endif
