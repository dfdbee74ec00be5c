/* group_draw.h - the rows of a function table that has groups. */
#ifndef PYPROF_TUI_VIEW_GROUP_DRAW_H
#define PYPROF_TUI_VIEW_GROUP_DRAW_H

#include "tui/view/function_columns.h"
#include "tui/view/function_groups.h"

/* Draws the row of that index: a group with its sign, its name and how many functions it has, or a function, indented.
 * false: not all of it fits. */
bool group_draw_row(const struct function_groups *groups, const struct function_columns *columns, const struct function_look *look,
                    const struct model *model, size_t index, struct grid *grid, struct rectangle area, int row);

#endif
