#include "tui/app/spoken_row.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MOST = 24, VALUE_SIZE = 1024 };

/* Cells of the area that a column has; a text's begin behind the column before, where a mark of it may stand. */
struct column { int begin, end; bool left; };

static const struct cell *heading_at(const struct grid *grid, struct rectangle area, int column) {
    return &grid->cells[(size_t)area.row * (size_t)grid->columns + (size_t)(area.column + column)];
}

static int find_columns(const struct grid *grid, struct rectangle area, struct column columns[COLUMNS_MOST]) {
    int count = 0, behind = 1; /* the sign of the selected row stands before */
    for (int at = 0; at < area.columns && count < COLUMNS_MOST; at++) {
        const struct cell *cell = heading_at(grid, area, at);
        if (!cell->heading)
            continue;
        columns[count] = (struct column){cell->heading_left ? behind : at, at + cell->heading, cell->heading_left};
        behind = columns[count++].end;
    }
    return count;
}

static void read_cells(const struct grid *grid, struct rectangle area, int row, int begin, int end, char value[VALUE_SIZE]) {
    struct rectangle part = {area.row, area.column + begin, area.rows, end - begin};
    grid_row_text(grid, part, row, value, VALUE_SIZE);
    memmove(value, value + strspn(value, " "), strlen(value + strspn(value, " ")) + 1);
}

/* "20 while abs(z) < 2": said before the text that it counts. */
static bool is_line_number(const struct grid *grid, struct rectangle area, const struct column *column) {
    char name[VALUE_SIZE];
    read_cells(grid, area, 0, column->begin, column->end, name);
    return strcmp(name, "ln") == 0 || strcmp(name, "line") == 0;
}

static void append(char *text, size_t size, const char *before, const char *added) {
    size_t length = strlen(text);
    if (*added)
        snprintf(text + length, size - length, "%s%s", length ? before : "", added);
}

void spoken_row(const struct grid *grid, struct rectangle area, int row, char *text, size_t size) {
    struct column columns[COLUMNS_MOST];
    char name[VALUE_SIZE], value[VALUE_SIZE];
    int count = row > 0 && area.columns > 0 ? find_columns(grid, area, columns) : 0, first = -1, numbered = -1;
    text[0] = '\0';
    if (count == 0) {
        read_cells(grid, area, row, 1, area.columns, value);
        append(text, size, "", value);
        return;
    }
    for (int i = count - 1; i >= 0; i--)
        first = columns[i].left ? i : first;
    if (first > 0 && is_line_number(grid, area, &columns[first - 1])) {
        numbered = first - 1;
        read_cells(grid, area, row, columns[numbered].begin, columns[numbered].end, value);
        append(text, size, "", value);
    }
    if (first >= 0) {
        read_cells(grid, area, row, columns[first].begin, columns[first].end, value);
        append(text, size, " ", value);
    }
    for (int i = 0; i < count; i++) {
        read_cells(grid, area, row, columns[i].begin, columns[i].end, value);
        if (i == first || i == numbered || !*value)
            continue;
        read_cells(grid, area, 0, columns[i].begin, columns[i].end, name);
        append(text, size, ", ", name);
        append(text, size, *name ? " " : ", ", value);
    }
}
