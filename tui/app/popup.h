/* popup.h - a list in a box above the panes: help, palette, menus. It knows rows of text, not what they mean. */
#ifndef PYPROF_TUI_POPUP_H
#define PYPROF_TUI_POPUP_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/app/line_edit.h"
#include "tui/term/grid.h"
#include "tui/term/key.h"

struct popup_row {
    char text[400];
    int value;    /* what is returned when it is chosen; negative: a heading, which cannot be */
    bool matches; /* the filter */
};

struct popup {
    const char *title;
    bool filtered;  /* what is typed filters the rows, else letters move as in any view */
    bool choosable; /* there is a selected row; else the list is for reading */
    struct line_edit filter;
    struct popup_row *rows; /* owned */
    size_t count, capacity;
    size_t selected, top; /* among the matching rows */
};

enum popup_answer { POPUP_STAYS, POPUP_CHOSEN, POPUP_CLOSED };

void popup_free(struct popup *popup);
/* Adds a row (text is copied and cut); false: out of memory. */
bool popup_add(struct popup *popup, int value, const char *text);
/* Leaves the rows that hold what is typed; the first that begins with it is selected. */
void popup_filter(struct popup *popup);
/* The selected row, until rows are added; NULL: there is none. */
const struct popup_row *popup_selected(const struct popup *popup);
/* *value is filled when the answer is POPUP_CHOSEN. */
enum popup_answer popup_key(struct popup *popup, int key, int screen_rows, int *value);
/* Draws it into the middle of the area. Where the filter is typed, the cursor's place is filled. */
void popup_draw(struct popup *popup, struct grid *grid, struct rectangle area, int *cursor_row, int *cursor_column);

#endif
