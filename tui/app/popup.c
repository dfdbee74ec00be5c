#include "tui/app/popup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FRAME_ROWS = 2, MARGIN = 2 };

void popup_free(struct popup *popup) {
    free(popup->rows);
    *popup = (struct popup){0};
}

bool popup_add(struct popup *popup, int value, const char *text) {
    if (popup->count == popup->capacity) {
        size_t capacity = popup->capacity ? popup->capacity * 2 : 64;
        struct popup_row *rows = realloc(popup->rows, capacity * sizeof *rows);
        if (!rows)
            return false;
        popup->rows = rows;
        popup->capacity = capacity;
    }
    struct popup_row *row = &popup->rows[popup->count++];
    *row = (struct popup_row){.value = value, .matches = true};
    size_t length = strnlen(text, sizeof row->text - 1);
    memcpy(row->text, text, length);
    return true;
}

static size_t matching_count(const struct popup *popup) {
    size_t count = 0;
    for (size_t i = 0; i < popup->count; i++)
        count += popup->rows[i].matches;
    return count;
}

/* Row number `index` of those that match, or NULL. */
static const struct popup_row *matching_row(const struct popup *popup, size_t index) {
    for (size_t i = 0; i < popup->count; i++)
        if (popup->rows[i].matches && index-- == 0)
            return &popup->rows[i];
    return NULL;
}

void popup_filter(struct popup *popup) {
    size_t matching = 0;
    bool found = false;
    popup->selected = popup->top = 0;
    for (size_t i = 0; i < popup->count; i++) {
        struct popup_row *row = &popup->rows[i];
        row->matches = strcasestr(row->text, popup->filter.text) != NULL;
        if (!found && strncasecmp(row->text, popup->filter.text, popup->filter.length) == 0) {
            popup->selected = matching;
            found = true;
        }
        matching += row->matches;
    }
}

const struct popup_row *popup_selected(const struct popup *popup) {
    return popup->choosable ? matching_row(popup, popup->selected) : NULL;
}

static int list_rows(const struct popup *popup, int screen_rows) {
    int rows = screen_rows - FRAME_ROWS - popup->filtered - 2 * MARGIN;
    if (rows > (int)popup->count)
        rows = (int)popup->count;
    return rows > 1 ? rows : 1;
}

/* How far a key moves, in rows; 0: it does not. Letters do so only where nothing is typed. */
static long step_of(const struct popup *popup, int key, long page) {
    const long all = (long)popup->count;
    switch (key) {
    case SPECIAL_UP: case 'p' & 0x1f: return -1;
    case SPECIAL_DOWN: case 'n' & 0x1f: return 1;
    case SPECIAL_PAGE_UP: return -page;
    case SPECIAL_PAGE_DOWN: return page;
    default: break;
    }
    if (popup->filtered)
        return 0;
    switch (key) {
    case 'k': return -1;
    case 'j': return 1;
    case 'g': case SPECIAL_HOME: return -all;
    case 'G': case SPECIAL_END: return all;
    case 'u' & 0x1f: return -page / 2;
    case 'd' & 0x1f: case ' ': return page / 2;
    default: return 0;
    }
}

static void move(struct popup *popup, long step, long page) {
    size_t *position = popup->choosable ? &popup->selected : &popup->top;
    long last = (long)matching_count(popup) - (popup->choosable ? 1 : page);
    long to = (long)*position + step;
    to = to > last ? last : to;
    *position = (size_t)(to > 0 ? to : 0);
}

static enum popup_answer choose(const struct popup *popup, int *value) {
    const struct popup_row *row = popup_selected(popup);
    if (!popup->choosable)
        return POPUP_CLOSED;
    if (!row || row->value < 0)
        return POPUP_STAYS;
    *value = row->value;
    return POPUP_CHOSEN;
}

enum popup_answer popup_key(struct popup *popup, int key, int screen_rows, int *value) {
    long page = list_rows(popup, screen_rows);
    long step = step_of(popup, key, page);
    if (key == KEYS_ESCAPE || key == key_control('c') || (!popup->filtered && (key == 'q' || key == '?')))
        return POPUP_CLOSED;
    if (key == KEYS_ENTER)
        return choose(popup, value);
    if (step)
        move(popup, step, page);
    else if (popup->filtered && line_edit_key(&popup->filter, key))
        popup_filter(popup);
    return POPUP_STAYS;
}

static int widest_row(const struct popup *popup) {
    int widest = grid_text_width(popup->title) + 6;
    for (size_t i = 0; i < popup->count; i++) {
        int width = grid_text_width(popup->rows[i].text);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void draw_frame(const struct popup *popup, struct grid *grid, struct rectangle box) {
    for (int row = 0; row < box.rows; row++)
        for (int column = 0; column < box.columns; column++) {
            bool edge_row = row == 0 || row == box.rows - 1, edge_column = column == 0 || column == box.columns - 1;
            uint32_t glyph = edge_row ? (edge_column ? '+' : '-') : edge_column ? '|' : ' ';
            grid_glyph(grid, box, row, column, edge_row || edge_column ? STYLE_BORDER : STYLE_NORMAL, glyph);
        }
    grid_format(grid, box, 0, 2, STYLE_TITLE_FOCUSED, "[%s]", popup->title);
}

static void draw_rows(struct popup *popup, struct grid *grid, struct rectangle list) {
    size_t visible = (size_t)list.rows;
    if (popup->choosable && popup->selected < popup->top)
        popup->top = popup->selected;
    if (popup->choosable && popup->selected >= popup->top + visible)
        popup->top = popup->selected - visible + 1;
    if (!matching_row(popup, 0))
        grid_text(grid, list, 0, 1, STYLE_DIM, "nothing matches");
    for (size_t i = 0; i < visible; i++) {
        const struct popup_row *row = matching_row(popup, popup->top + i);
        if (!row)
            break;
        bool selected = popup->choosable && popup->top + i == popup->selected;
        grid_text(grid, list, (int)i, 1, row->value < 0 ? STYLE_HEADER : STYLE_NORMAL, row->text);
        if (selected) {
            grid_glyph(grid, list, (int)i, 0, STYLE_NORMAL, '>');
            grid_restyle(grid, list, (int)i, 0, list.columns, STYLE_SELECTED);
        }
    }
}

void popup_draw(struct popup *popup, struct grid *grid, struct rectangle area, int *cursor_row, int *cursor_column) {
    int rows = list_rows(popup, area.rows) + FRAME_ROWS + popup->filtered;
    int columns = widest_row(popup) + 4;
    columns = columns > area.columns ? area.columns : columns;
    rows = rows > area.rows ? area.rows : rows;
    struct rectangle box = {area.row + (area.rows - rows) / 2, area.column + (area.columns - columns) / 2, rows,
                            columns};
    draw_frame(popup, grid, box);
    struct rectangle list = {box.row + 1 + popup->filtered, box.column + 1, rows - FRAME_ROWS - popup->filtered,
                             columns - 2};
    draw_rows(popup, grid, list);
    size_t below = popup->top + (size_t)(list.rows > 0 ? list.rows : 0);
    if (matching_count(popup) > below)
        grid_format(grid, box, rows - 1, 2, STYLE_BORDER, " %zu more ", matching_count(popup) - below);
    if (popup->filtered) {
        struct rectangle line = {box.row + 1, box.column + 1, 1, columns - 2};
        int column = grid_text(grid, line, 0, 0, STYLE_KEY, ":"), room = line.columns - column - 1;
        char ahead[sizeof popup->filter.text];
        memcpy(ahead, popup->filter.text, popup->filter.cursor);
        ahead[popup->filter.cursor] = '\0';
        int at = grid_text_width(ahead), skip = at > room ? at - room : 0;
        grid_text_part(grid, line, 0, column, STYLE_NORMAL, popup->filter.text, popup->filter.length, skip);
        column += at - skip;
        *cursor_row = line.row;
        *cursor_column = line.column + (column < line.columns ? column : line.columns - 1);
    }
}
