/* line_edit.h - one line of text being typed: UTF-8, a cursor, the keys that every shell has. */
#ifndef PYPROF_TUI_LINE_EDIT_H
#define PYPROF_TUI_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct line_edit {
    char text[4096]; /* '\0'-ended */
    size_t length, cursor; /* bytes; the cursor stands between characters */
};

/* Begins with a text (cut when too long), the cursor at its end. */
void line_edit_set(struct line_edit *edit, const char *text);
/* Left, Right, Home ^a, End ^e, Backspace, Delete, ^u (to the beginning), ^k (to the end), ^w (a word), and whatever
 * is printable. Returns whether the text or the cursor changed. */
bool line_edit_key(struct line_edit *edit, int key);

#endif
