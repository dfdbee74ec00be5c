/* function_groups.h - the functions of a table put together by file, module, class or thread: a row a group, which is opened to
 * show its functions.
 *
 * A group keeps its number while a run goes on, so that the selection and what is open stay, whatever is counted meanwhile. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_GROUPS_H
#define PYPROF_TUI_VIEW_FUNCTION_GROUPS_H

#include "tui/view/function_rows.h"
#include "tui/view/group_keys.h"
#include "tui/view/row_ids.h"
#include "tui/view/tree_rows.h"

enum { MEMBER_WHOLE = UINT32_MAX, MEMBER_NONE = UINT32_MAX };

struct function_group {
    bool opened;           /* by the user */
    uint32_t place;        /* among those that were shown last, from 1; 0: it was not */
    uint64_t recent;       /* activity of its functions, where they are sorted by that */
    uint32_t first, count; /* its members; count 0: nothing of it is shown */
};

/* A function in a group. */
struct function_member {
    uint32_t id;       /* of its row in the table */
    uint32_t function;
    uint32_t row;      /* in model.thread_functions; MEMBER_WHOLE: the function as a whole */
    uint32_t group;
};

/* What stands in a row of the table. */
struct group_row {
    uint32_t group;
    uint32_t member; /* MEMBER_NONE: the group itself */
};

/* All zero: not grouped. */
struct function_groups {
    struct group_keys keys;
    struct function_group *groups;   /* owned, by number; and the sums of what is shown of each */
    struct model_function *sums;
    size_t count, capacity;          /* of both */
    struct function_member *members; /* owned: of one group after the other, in the order of `order` */
    size_t member_count;
    uint32_t *order;                 /* owned: the groups that are shown */
    size_t shown;
    struct group_row *rows;          /* owned: what the table's rows are */
    size_t row_capacity;
    uint32_t *places;                /* owned: by row id below place_count the place among the members, from 1; 0: none */
    size_t place_count;
    struct row_ids ids;              /* of functions in threads */
    uint32_t revealed;               /* number of a group, and one, that is shown open though nobody opened it; 0: none */
    struct shown_functions { /* what totals were found for: as long as it is the same they are not found again */
        struct model_stamp model;
        char filter[FILTER_MAX_LENGTH];
        bool hide_standard_library, known;
        enum memory_measure measure;
    } totals;
    struct group_totals_job *job;    /* owned: what finds them, of the model of `totals`; NULL: nothing does */
    size_t function_count;           /* functions that are shown, in groups that are open or not */
    uint32_t *functions;             /* owned: these, in their order */
};

void function_groups_free(struct function_groups *groups);
/* Forgets all groups; rows are to be built anew. */
void function_groups_set(struct function_groups *groups, enum function_grouping grouping);
static inline bool function_groups_are(const struct function_groups *groups) {
    return groups->keys.grouping != FUNCTION_GROUPING_NONE;
}

/* Where totals take long they are found in slices, a few milliseconds each. Does one of them; true: totals have come, rows are
 * to be built anew. */
bool function_groups_work(struct function_groups *groups, const struct model *model);

/* Fills the table from the functions of function_rows_sort: its rows are ids of functions (by threads: of a function in a thread)
 * and of groups. The selection is found again. false: out of memory, the table is empty. */
bool function_groups_build(struct function_groups *groups, struct table *table, const struct model *model,
                           const struct function_choice *choice, const struct sorted_functions *functions);

/* What a row is: that of a group has GROUP_ROW in its id. */
#define GROUP_ROW UINT32_C(0x80000000)
static inline bool function_groups_is_group(uint32_t id) { return (id & GROUP_ROW) != 0; }

/* --- rows of a table that has groups ------------------------------------------------------------------ */

/* The function in a row; in that of a group its first one. */
uint32_t function_groups_function(const struct function_groups *groups, size_t index);
/* The numbers of a row: a function's, its part in a thread (*own is filled and returned), or a group's sum. */
const struct model_function *function_groups_numbers(const struct function_groups *groups, const struct model *model, size_t index,
                                                     struct model_function *own);
const char *function_groups_name(const struct function_groups *groups, size_t index);
uint32_t function_groups_size(const struct function_groups *groups, size_t index);
/* How a row stands; data: struct function_groups. */
struct tree_shape function_groups_shape(const void *data, size_t index);
/* Whether a function is in the group of a row. */
bool function_groups_holds(const struct function_groups *groups, size_t index, uint32_t function);

/* Opens or closes the group of a row, which is selected. false: out of memory, the table is empty. */
bool function_groups_open(struct function_groups *groups, struct table *table, size_t index, bool opened);
/* Opens all groups; closes them where all are open. */
bool function_groups_open_all(struct function_groups *groups, struct table *table);
/* Selects the row of a function; where its group is closed the group's, or with `reveal` the function's own in the group, which is
 * shown open until another one is revealed. false: the function is not shown. */
bool function_groups_select(struct function_groups *groups, struct table *table, uint32_t function, bool reveal);

/* Looks for the next match from the selected row on, as table_search does, what is in closed groups included, and selects it.
 * matches is asked about a function, or where that is 0 about the name of a group. */
bool function_groups_search(struct function_groups *groups, struct table *table, int direction,
                            bool (*matches)(const void *data, uint32_t function, const char *group), const void *data);

#endif
