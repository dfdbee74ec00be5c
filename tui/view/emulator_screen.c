/* emulator_screen.c - the emulator's screen and history. */
#include <stdlib.h>
#include <string.h>

#include "tui/view/emulator.h"

static const struct cell blank = {.glyph = ' ', .style = STYLE_NORMAL, .width = 1};

static struct cell *cell_at(const struct emulator *emulator, int row, int column) {
    return &emulator->screen[(size_t)row * (size_t)emulator->columns + (size_t)column];
}

static int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

static int count_without_blanks(const struct cell *cells, int count) {
    while (count > 0 && cells[count - 1].glyph == ' ' && cells[count - 1].width == 1)
        count--;
    return count;
}

/* --- history ---------------------------------------------------------------------------------------- */

static struct emulator_line *history_line(const struct emulator *emulator, size_t index) {
    return &emulator->history[(emulator->history_first + index) % EMULATOR_HISTORY];
}

static void to_history(struct emulator *emulator, int row) {
    const struct cell *cells = cell_at(emulator, row, 0);
    int count = count_without_blanks(cells, emulator->columns);
    if (emulator->history_count == EMULATOR_HISTORY) {
        free(history_line(emulator, 0)->cells);
        emulator->history_first = (emulator->history_first + 1) % EMULATOR_HISTORY;
        emulator->history_count--;
        emulator->dropped++;
    }
    struct emulator_line line = {NULL, 0};
    if (count > 0 && (line.cells = malloc((size_t)count * sizeof *line.cells))) {
        memcpy(line.cells, cells, (size_t)count * sizeof *line.cells);
        line.count = count;
    } /* out of memory: an empty line stands for it */
    *history_line(emulator, emulator->history_count++) = line;
}

void emulator_forget_history(struct emulator *emulator) {
    for (size_t i = 0; i < emulator->history_count; i++)
        free(history_line(emulator, i)->cells);
    emulator->dropped += emulator->history_count;
    emulator->history_first = emulator->history_count = 0;
}

/* Rows of the screen down to the last one that is not blank. */
static int used_rows(const struct emulator *emulator) {
    int rows = emulator->rows;
    while (rows > 0 && count_without_blanks(cell_at(emulator, rows - 1, 0), emulator->columns) == 0)
        rows--;
    return rows;
}

void emulator_screen_to_history(struct emulator *emulator) {
    int rows = used_rows(emulator);
    for (int row = 0; row < rows; row++)
        to_history(emulator, row);
    emulator_erase_rows(emulator, 0, emulator->rows);
}

/* --- the screen ------------------------------------------------------------------------------------- */

void emulator_erase(struct emulator *emulator, int row, int column, int count) {
    int end = clamp(column + count, 0, emulator->columns);
    if (column >= end)
        return;
    /* no half of a wide character stays */
    if (column > 0 && cell_at(emulator, row, column)->width == 0)
        *cell_at(emulator, row, column - 1) = blank;
    if (end < emulator->columns && cell_at(emulator, row, end)->width == 0)
        *cell_at(emulator, row, end) = blank;
    for (int at = column; at < end; at++)
        *cell_at(emulator, row, at) = blank;
}

void emulator_erase_rows(struct emulator *emulator, int row, int count) {
    for (int end = clamp(row + count, 0, emulator->rows); row < end; row++)
        emulator_erase(emulator, row, 0, emulator->columns);
}

void emulator_move(struct emulator *emulator, int row, int column) {
    emulator->row = clamp(row, 0, emulator->rows - 1);
    emulator->column = clamp(column, 0, emulator->columns - 1);
    emulator->wrap_pending = false;
}

void emulator_scroll(struct emulator *emulator, int top, int lines) {
    int height = emulator->region_bottom - top + 1;
    if (height <= 0)
        return;
    int count = clamp(lines < 0 ? -lines : lines, 0, height);
    size_t row_size = (size_t)emulator->columns * sizeof *emulator->screen;
    size_t moved = (size_t)(height - count) * row_size, skipped = (size_t)count * (size_t)emulator->columns;
    struct cell *first = cell_at(emulator, top, 0);
    if (lines > 0) {
        memmove(first, first + skipped, moved);
        emulator_erase_rows(emulator, emulator->region_bottom - count + 1, count);
    } else {
        memmove(first + skipped, first, moved);
        emulator_erase_rows(emulator, top, count);
    }
}

void emulator_line_feed(struct emulator *emulator) {
    emulator->wrap_pending = false;
    if (emulator->row == emulator->region_bottom) {
        if (emulator->region_top == 0)
            to_history(emulator, 0);
        emulator_scroll(emulator, emulator->region_top, 1);
    } else if (emulator->row < emulator->rows - 1) {
        emulator->row++;
    }
}

void emulator_reverse_line_feed(struct emulator *emulator) {
    emulator->wrap_pending = false;
    if (emulator->row == emulator->region_top)
        emulator_scroll(emulator, emulator->region_top, -1);
    else if (emulator->row > 0)
        emulator->row--;
}

void emulator_put(struct emulator *emulator, uint32_t glyph, int width) {
    if (width <= 0)
        return; /* combining marks are left out */
    if (width > emulator->columns) {
        glyph = '?';
        width = 1;
    }
    if (emulator->wrap_pending || emulator->column + width > emulator->columns) {
        emulator->column = 0;
        emulator_line_feed(emulator);
    }
    emulator_erase(emulator, emulator->row, emulator->column, width);
    *cell_at(emulator, emulator->row, emulator->column) =
        (struct cell){.glyph = glyph, .style = (uint8_t)emulator->style, .width = (uint8_t)width};
    if (width == 2)
        *cell_at(emulator, emulator->row, emulator->column + 1) =
            (struct cell){.glyph = 0, .style = (uint8_t)emulator->style, .width = 0};
    emulator->wrap_pending = emulator->column + width == emulator->columns;
    emulator->column += emulator->wrap_pending ? width - 1 : width;
}

void emulator_shift(struct emulator *emulator, int count) {
    int row = emulator->row, column = emulator->column;
    int room = emulator->columns - column;
    int distance = clamp(count < 0 ? -count : count, 0, room);
    size_t moved = (size_t)(room - distance) * sizeof *emulator->screen;
    struct cell *here = cell_at(emulator, row, column);
    /* the wide characters that the cut goes through are blanked first */
    emulator_erase(emulator, row, column, count < 0 ? distance : 0);
    if (here->width == 0)
        emulator_erase(emulator, row, column, 1);
    if (count > 0 && distance < room && here[room - distance].width == 0)
        emulator_erase(emulator, row, emulator->columns - distance, distance);
    if (count < 0)
        memmove(here, here + distance, moved);
    else
        memmove(here + distance, here, moved);
    for (int i = 0; i < distance; i++)
        here[count < 0 ? room - distance + i : i] = blank;
    emulator->wrap_pending = false;
}

/* --- life ------------------------------------------------------------------------------------------- */

static struct cell *new_screen(int rows, int columns) {
    size_t count = (size_t)rows * (size_t)columns;
    struct cell *screen = malloc(count * sizeof *screen);
    for (size_t i = 0; screen && i < count; i++)
        screen[i] = blank;
    return screen;
}

bool emulator_start(struct emulator *emulator, int rows, int columns) {
    rows = clamp(rows, 1, EMULATOR_MAX_SIDE);
    columns = clamp(columns, 1, EMULATOR_MAX_SIDE);
    *emulator = (struct emulator){.rows = rows, .columns = columns, .region_bottom = rows - 1, .style = STYLE_NORMAL};
    emulator->screen = new_screen(rows, columns);
    emulator->history = calloc(EMULATOR_HISTORY, sizeof *emulator->history);
    if (emulator->screen && emulator->history)
        return true;
    emulator_free(emulator);
    return false;
}

void emulator_free(struct emulator *emulator) {
    if (emulator->history)
        emulator_forget_history(emulator);
    free(emulator->history);
    free(emulator->screen);
    *emulator = (struct emulator){0};
}

void emulator_clear(struct emulator *emulator) {
    emulator_forget_history(emulator);
    emulator_erase_rows(emulator, 0, emulator->rows);
    emulator_move(emulator, 0, 0);
    emulator->region_top = 0;
    emulator->region_bottom = emulator->rows - 1;
    emulator->saved_row = emulator->saved_column = 0;
    emulator->style = STYLE_NORMAL;
    emulator->parsing = PARSING_TEXT;
    emulator->bytes_missing = 0;
}

void emulator_resize(struct emulator *emulator, int rows, int columns) {
    rows = clamp(rows, 1, EMULATOR_MAX_SIDE);
    columns = clamp(columns, 1, EMULATOR_MAX_SIDE);
    struct cell *screen = rows == emulator->rows && columns == emulator->columns ? NULL : new_screen(rows, columns);
    if (!screen)
        return;
    /* What stands above the cursor leaves at the top when it has no room any more. */
    int leaving = emulator->row >= rows ? emulator->row - rows + 1 : 0;
    for (int row = 0; row < leaving; row++)
        to_history(emulator, row);
    int kept = columns < emulator->columns ? columns : emulator->columns;
    for (int row = leaving; row < emulator->rows && row - leaving < rows; row++) {
        struct cell *to = &screen[(size_t)(row - leaving) * (size_t)columns];
        memcpy(to, cell_at(emulator, row, 0), (size_t)kept * sizeof *to);
        if (to[kept - 1].width == 2)
            to[kept - 1] = blank; /* its right half was cut off */
    }
    free(emulator->screen);
    emulator->screen = screen;
    emulator->rows = rows;
    emulator->columns = columns;
    emulator->region_top = 0;
    emulator->region_bottom = rows - 1;
    emulator_move(emulator, emulator->row - leaving, emulator->column);
}

size_t emulator_line_count(const struct emulator *emulator) {
    return emulator->history_count + (size_t)used_rows(emulator);
}

const struct cell *emulator_line(const struct emulator *emulator, size_t index, int *count) {
    if (index < emulator->history_count) {
        const struct emulator_line *line = history_line(emulator, index);
        *count = line->count;
        return line->cells;
    }
    size_t row = index - emulator->history_count;
    *count = 0;
    if (row >= (size_t)emulator->rows)
        return NULL;
    const struct cell *cells = cell_at(emulator, (int)row, 0);
    *count = count_without_blanks(cells, emulator->columns);
    return cells;
}
