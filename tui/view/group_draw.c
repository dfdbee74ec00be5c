#include "tui/view/group_draw.h"

#include <stdio.h>
#include <string.h>

enum { SIGN_WIDTH = 2, LEAST_NAME = 6 /* columns that a name has before the number of functions goes */ };

/* A function stands below its group. */
static bool draw_function(const struct function_columns *columns, const struct function_look *look, uint32_t id,
                          const struct model_function *numbers, struct grid *grid, struct rectangle area, int row) {
    struct function_columns moved = *columns;
    int indent = columns->name_width > TREE_INDENT * 3 ? TREE_INDENT : 0;
    moved.at[COLUMN_FUNCTION] += indent;
    moved.name_at += indent;
    moved.name_width -= indent;
    return function_columns_row(&moved, look, id, numbers, grid, area, row);
}

/* The end of a path says more than its beginning: "~json/decoder.py". */
static const char *shorten_path(const char *path, int columns, char *buffer, size_t size) {
    if (grid_text_width(path) <= columns)
        return path;
    while (*path && grid_text_width(path) > columns - 1)
        do
            path++;
        while (((unsigned char)*path & 0xc0) == 0x80);
    snprintf(buffer, size, "~%s", path);
    return buffer;
}

static const char *shorten_name(const struct function_groups *groups, const char *name, int columns, char *buffer, size_t size) {
    if (groups->keys.grouping == FUNCTION_GROUPING_FILE)
        return shorten_path(name, columns, buffer, size);
    const char *dot = groups->keys.grouping == FUNCTION_GROUPING_THREAD ? NULL : strrchr(name, '.');
    return table_shorten(name, dot ? dot + 1 : NULL, columns, buffer, size);
}

static void draw_name(const struct function_groups *groups, const struct function_columns *columns,
                      const struct function_look *look, size_t index, struct grid *grid, struct rectangle area, int row) {
    char count[32], shortened[512];
    int at = columns->at[COLUMN_FUNCTION] + SIGN_WIDTH, width = columns->name_at + columns->name_width - at;
    int count_width = snprintf(count, sizeof count, "(%u)", function_groups_size(groups, index));
    int name_width = width - count_width - 1;
    bool counted = name_width >= LEAST_NAME;
    if (width <= 0)
        return;
    name_width = counted ? name_width : width;
    const char *name = shorten_name(groups, function_groups_name(groups, index), name_width, shortened, sizeof shortened);
    int used = grid_text_width(name) < name_width ? grid_text_width(name) : name_width;
    table_cell(grid, area, row, at, name_width, STYLE_BOLD, true, name);
    table_highlight(grid, area, row, at, name_width, name, 0, look->pattern);
    if (counted)
        table_cell(grid, area, row, at + used + 1, count_width, STYLE_DIM, true, count);
}

/* Where a module or a class is. */
static void draw_file(const struct function_groups *groups, const struct function_columns *columns, const struct model *model,
                      size_t index, struct grid *grid, struct rectangle area, int row) {
    char shortened[512];
    enum function_grouping grouping = groups->keys.grouping;
    const char *file = model->functions[function_groups_function(groups, index)].file;
    if (!columns->file_width || (grouping != FUNCTION_GROUPING_MODULE && grouping != FUNCTION_GROUPING_CLASS))
        return;
    table_cell(grid, area, row, columns->file_at, columns->file_width, STYLE_DIM, true,
               shorten_path(file, columns->file_width, shortened, sizeof shortened));
}

/* What its functions did lately. */
static void draw_trend(const struct function_groups *groups, const struct function_columns *columns,
                       const struct function_look *look, size_t index, struct grid *grid, struct rectangle area, int row) {
    uint32_t shares[ACTIVITY_CELLS] = {0};
    if (columns->at[COLUMN_TREND] < 0 || groups->keys.grouping == FUNCTION_GROUPING_THREAD)
        return;
    const struct function_group *group = &groups->groups[groups->rows[index].group];
    for (uint32_t member = group->first; member < group->first + group->count; member++)
        activity_add(look->activity, groups->members[member].function, shares);
    activity_draw_shares(look->activity, shares, grid, area, row, columns->at[COLUMN_TREND],
                         columns->columns[COLUMN_TREND].width, STYLE_NORMAL);
}

bool group_draw_row(const struct function_groups *groups, const struct function_columns *columns, const struct function_look *look,
                    const struct model *model, size_t index, struct grid *grid, struct rectangle area, int row) {
    struct model_function own;
    const struct model_function *numbers = function_groups_numbers(groups, model, index, &own);
    struct tree_shape shape = function_groups_shape(groups, index);
    if (!shape.parent) /* of a part in a thread it is not known when it was active */
        return draw_function(columns, look, numbers == &own ? 0 : function_groups_function(groups, index), numbers, grid, area,
                             row);
    function_columns_row(columns, look, 0, numbers, grid, area, row);
    draw_trend(groups, columns, look, index, grid, area, row);
    if (columns->at[COLUMN_FUNCTION] < 0 || columns->name_width <= 0)
        return true;
    grid_glyph(grid, area, row, columns->at[COLUMN_FUNCTION], STYLE_KEY, tree_sign(shape, grid->ascii));
    draw_name(groups, columns, look, index, grid, area, row);
    draw_file(groups, columns, model, index, grid, area, row);
    return true;
}
