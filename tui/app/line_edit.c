#include "tui/app/line_edit.h"

#include <string.h>

#include "tui/term/key.h"

void line_edit_set(struct line_edit *edit, const char *text) {
    size_t length = strlen(text);
    if (length >= sizeof edit->text) {
        length = sizeof edit->text - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--; /* not within a character */
    }
    memcpy(edit->text, text, length);
    edit->text[length] = '\0';
    edit->length = edit->cursor = length;
}

static size_t before(const struct line_edit *edit, size_t at) {
    while (at > 0 && ((unsigned char)edit->text[--at] & 0xc0) == 0x80)
        ;
    return at;
}

static size_t behind(const struct line_edit *edit, size_t at) {
    if (at < edit->length)
        at++;
    while (at < edit->length && ((unsigned char)edit->text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static size_t word_before(const struct line_edit *edit) {
    size_t at = edit->cursor;
    while (at > 0 && edit->text[at - 1] == ' ')
        at--;
    while (at > 0 && edit->text[at - 1] != ' ')
        at--;
    return at;
}

static bool erase(struct line_edit *edit, size_t from, size_t to) {
    memmove(edit->text + from, edit->text + to, edit->length - to + 1);
    edit->length -= to - from;
    edit->cursor = from;
    return to > from;
}

static bool move(struct line_edit *edit, size_t to) {
    bool changed = edit->cursor != to;
    edit->cursor = to;
    return changed;
}

static size_t encode(int key, char bytes[4]) {
    if (key < 0x80) {
        bytes[0] = (char)key;
        return 1;
    }
    if (key < 0x800) {
        bytes[0] = (char)(0xc0 | key >> 6);
        bytes[1] = (char)(0x80 | (key & 0x3f));
        return 2;
    }
    if (key < 0x10000) {
        bytes[0] = (char)(0xe0 | key >> 12);
        bytes[1] = (char)(0x80 | (key >> 6 & 0x3f));
        bytes[2] = (char)(0x80 | (key & 0x3f));
        return 3;
    }
    bytes[0] = (char)(0xf0 | key >> 18);
    bytes[1] = (char)(0x80 | (key >> 12 & 0x3f));
    bytes[2] = (char)(0x80 | (key >> 6 & 0x3f));
    bytes[3] = (char)(0x80 | (key & 0x3f));
    return 4;
}

static bool insert(struct line_edit *edit, int key) {
    char bytes[4];
    if (key < ' ' || key == 0x7f || (key >= 0x80 && key < 0xa0) || key >= SPECIAL_NONE)
        return false;
    size_t count = encode(key, bytes);
    if (edit->length + count >= sizeof edit->text)
        return false;
    memmove(edit->text + edit->cursor + count, edit->text + edit->cursor, edit->length - edit->cursor + 1);
    memcpy(edit->text + edit->cursor, bytes, count);
    edit->length += count;
    edit->cursor += count;
    return true;
}

bool line_edit_key(struct line_edit *edit, int key) {
    size_t cursor = edit->cursor;
    switch (key) {
    case SPECIAL_LEFT: return move(edit, before(edit, cursor));
    case SPECIAL_RIGHT: return move(edit, behind(edit, cursor));
    case SPECIAL_HOME: case 'a' & 0x1f: return move(edit, 0);
    case SPECIAL_END: case 'e' & 0x1f: return move(edit, edit->length);
    case SPECIAL_BACKSPACE: case 'h' & 0x1f: return erase(edit, before(edit, cursor), cursor);
    case SPECIAL_DELETE: return erase(edit, cursor, behind(edit, cursor));
    case 'u' & 0x1f: return erase(edit, 0, cursor);
    case 'k' & 0x1f: return erase(edit, cursor, edit->length);
    case 'w' & 0x1f: return erase(edit, word_before(edit), cursor);
    default: return insert(edit, key);
    }
}
