/* group_build.h - for the files that make groups: what they tell each other. */
#ifndef PYPROF_TUI_VIEW_GROUP_BUILD_H
#define PYPROF_TUI_VIEW_GROUP_BUILD_H

#include "tui/view/function_groups.h"

/* A member's numbers: the function's, or *own with what it has in its thread. */
const struct model_function *group_member_numbers(const struct model *model, const struct function_member *member,
                                                  struct model_function *own);
/* Adds what can be summed: all but what overlaps, as total times do. */
void group_sum_add(struct model_function *sum, const struct model_function *function);
/* The table's rows from groups and members. false: out of memory, the table is empty. */
bool group_rows_fill(struct function_groups *groups, struct table *table);

#endif
