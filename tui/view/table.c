#include "tui/view/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void table_free(struct table *table) {
    free(table->rows);
    *table = (struct table){0};
}

bool table_reserve(struct table *table, size_t count) {
    if (count <= table->capacity)
        return true;
    size_t capacity = count + count / 4 + 16;
    uint32_t *grown = reallocarray(table->rows, capacity, sizeof *grown);
    if (!grown)
        return false;
    table->rows = grown;
    table->capacity = capacity;
    return true;
}

void table_select_index(struct table *table, size_t index) {
    if (table->count == 0) {
        table->selected = TABLE_NONE;
        table->index = 0;
        return;
    }
    table->index = index < table->count ? index : table->count - 1;
    table->selected = table->rows[table->index];
}

void table_choose(struct table *table, size_t index) {
    table->chosen = true;
    table_select_index(table, index);
}

bool table_select(struct table *table, uint32_t row) {
    if (row == TABLE_NONE)
        return false;
    if (table->index < table->count && table->rows[table->index] == row) {
        table->selected = row;
        return true;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i] == row) {
            table_select_index(table, i);
            return true;
        }
    }
    return false;
}

void table_rows_changed(struct table *table) {
    if (!table->chosen)
        table_select_index(table, 0);
    else if (!table_select(table, table->selected))
        table_select_index(table, table->index);
}

bool table_step(enum request request, int page_rows, size_t count, size_t *index) {
    size_t page = page_rows > 1 ? (size_t)page_rows - 1 : 1; /* a row of the old page stays in sight */
    size_t half = page_rows > 1 ? (size_t)page_rows / 2 : 1;
    size_t last = count ? count - 1 : 0;
    size_t down = 0, up = 0;
    switch (request) {
    case REQUEST_MOVE_DOWN: down = 1; break;
    case REQUEST_MOVE_UP: up = 1; break;
    case REQUEST_PAGE_DOWN: down = page; break;
    case REQUEST_PAGE_UP: up = page; break;
    case REQUEST_HALF_PAGE_DOWN: down = half; break;
    case REQUEST_HALF_PAGE_UP: up = half; break;
    case REQUEST_MOVE_FIRST: up = *index; break;
    case REQUEST_MOVE_LAST: down = last; break;
    default: return false;
    }
    if (*index > last)
        *index = last;
    *index -= up < *index ? up : *index;
    *index += down < last - *index ? down : last - *index;
    return true;
}

bool table_move(struct table *table, enum request request, int page_rows) {
    size_t index = table->index;
    if (!table_step(request, page_rows, table->count, &index))
        return false;
    table->chosen = table->count > 0;
    table_select_index(table, index);
    return true;
}

void table_scroll(struct table *table, int visible) {
    size_t rows = visible > 0 ? (size_t)visible : 1;
    if (table->index < table->top)
        table->top = table->index;
    if (table->index >= table->top + rows)
        table->top = table->index - rows + 1;
    if (table->top + rows > table->count)
        table->top = table->count > rows ? table->count - rows : 0;
}

int table_header_rows(struct rectangle area) { return area.rows >= 2; }

bool table_row_at(const struct table *table, struct rectangle area, int row, size_t *index) {
    int header = table_header_rows(area);
    if (row < header)
        return false;
    *index = table->top + (size_t)(row - header);
    return *index < table->count;
}

bool table_search(size_t count, size_t *index, int direction, bool (*matches)(const void *data, size_t index),
                  const void *data) {
    size_t steps = direction ? count : count ? count - 1 : 0;
    for (size_t i = direction ? 1 : 0; count > 0 && i <= steps; i++) {
        size_t at = (direction < 0 ? *index + count - i : *index + i) % count;
        if (matches(data, at)) {
            *index = at;
            return true;
        }
    }
    return false;
}

bool table_search_rows(struct table *table, int direction, bool (*matches)(const void *data, size_t index),
                       const void *data) {
    size_t index = table->index;
    if (!table_search(table->count, &index, direction, matches, data))
        return false;
    table_choose(table, index);
    return true;
}

int table_sort_asked(enum request request, int present, int count) {
    int asked = present + (request == REQUEST_SORT_NEXT) - (request == REQUEST_SORT_PREVIOUS);
    return asked >= 0 && asked < count ? asked : -1;
}

int table_fit(const struct table_column *columns, int count, const int *order, int margin, int width, int *at) {
    bool shown[TABLE_MAX_COLUMNS] = {false};
    int used = margin;
    for (int i = 0; i < count - 1; i++) {
        const struct table_column *column = &columns[order[i]];
        if (column->room && used + column->width + 1 + column->room > width)
            break; /* less important ones are not shown in its stead */
        shown[order[i]] = true;
        used += column->width + 1;
    }
    int next = margin;
    for (int i = 0; i < count - 1; i++) {
        at[i] = shown[i] ? next : -1;
        if (shown[i])
            next += columns[i].width + 1;
    }
    at[count - 1] = next < width ? next : -1;
    return next < width ? width - next : 0;
}

void table_cell(struct grid *grid, struct rectangle area, int row, int column, int width, enum cell_style style,
                bool left, const char *text) {
    if (width <= 0)
        return;
    if (column + width > area.columns)
        width = area.columns - column;
    struct rectangle cell = {area.row + row, area.column + column, row < area.rows ? 1 : 0, width};
    int columns = grid_text_width(text);
    grid_text(grid, cell, 0, left || columns > width ? 0 : width - columns, style, text);
    if (columns > width)
        grid_glyph(grid, cell, 0, width - 1, style, '~');
    if (style == STYLE_HEADER || style == STYLE_SORT_COLUMN)
        grid_heading(grid, cell, 0, 0, width, left);
}

void table_header(struct grid *grid, struct rectangle area, const struct table_column *columns, int count, const int *at,
                  int last_width, int sorted) {
    for (int i = 0; i < count; i++)
        if (at[i] >= 0)
            table_cell(grid, area, 0, at[i], i == count - 1 ? last_width : columns[i].width,
                       i == sorted ? STYLE_SORT_COLUMN : STYLE_HEADER, columns[i].left, columns[i].title);
}

void table_cells(struct grid *grid, struct rectangle area, int row, const struct table_column *columns, int count, const int *at,
                 enum cell_style style, char texts[][NUMBER_SIZE]) {
    for (int i = 0; i < count - 1; i++)
        if (at[i] >= 0)
            table_cell(grid, area, row, at[i], columns[i].width, style, columns[i].left, texts[i]);
}

/* Columns of the first `length` bytes of a text. */
static int part_width(const char *text, size_t length) {
    char part[256];
    int columns = 0;
    while (length > 0) {
        size_t size = length < sizeof part ? length : sizeof part - 1;
        while (size < length && size > 1 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size--; /* not within a character */
        memcpy(part, text, size);
        part[size] = '\0';
        columns += grid_text_width(part);
        text += size;
        length -= size;
    }
    return columns;
}

const char *table_shorten(const char *text, const char *tail, int columns, char *buffer, size_t size) {
    enum { LEAST_HEAD = 3 };
    if (!tail || grid_text_width(text) <= columns)
        return text;
    size_t head = (size_t)(tail - text);
    int room = columns - 1 - grid_text_width(tail);
    if (room < LEAST_HEAD)
        return text;
    while (head > 0 && (((unsigned char)text[head] & 0xc0) == 0x80 || part_width(text, head) > room))
        head--;
    snprintf(buffer, size, "%.*s~%s", (int)head, text, tail);
    return buffer;
}

/* A word that is wider than a row (a path) is broken. */
int table_paragraph(struct grid *grid, struct rectangle area, enum cell_style style, const char *text) {
    int row = 0, column = 0, columns = area.columns > 0 ? area.columns : 1;
    while (*text) {
        size_t blanks = strspn(text, " "), length = strcspn(text += blanks, " ");
        int width = part_width(text, length), start = column ? column + (int)blanks : 0;
        if (column > 0 && start + width > columns) {
            row++;
            start = 0;
        }
        for (int skip = 0; skip == 0 || skip < width; skip += columns) {
            row += skip > 0;
            column = start + width - skip;
            if (grid)
                grid_text_part(grid, area, row, start, style, text, length, skip);
        }
        text += length;
    }
    return row + 1;
}

void table_sentence(struct grid *grid, struct rectangle area, const char *text) {
    table_paragraph(grid, area, STYLE_DIM, text);
}

void table_highlight(struct grid *grid, struct rectangle area, int row, int column, int width, const char *text,
                     int skip, const char *pattern) {
    size_t length = strlen(pattern);
    int start = -skip, columns = grid_text_width(pattern);
    if (!length)
        return;
    for (const char *found, *from = text; (found = strcasestr(from, pattern)); from = found + length) {
        start += part_width(from, (size_t)(found - from));
        if (start >= width)
            return;
        int first = start > 0 ? start : 0;
        int end = start + columns < width ? start + columns : width;
        grid_restyle(grid, area, row, column + first, end - first, STYLE_MATCH);
        start += columns;
    }
}

void table_mark_selected(struct grid *grid, struct rectangle area, int row, int columns, bool focused) {
    enum cell_style style = focused ? STYLE_SELECTED : STYLE_SELECTED_UNFOCUSED;
    if (row >= area.rows)
        return;
    grid_glyph(grid, area, row, 0, style, '>');
    grid_restyle(grid, area, row, 0, columns < area.columns ? columns : area.columns, style);
}
