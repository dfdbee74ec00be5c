#include "core/report/side_by_side.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "core/profile/utf8.h"

enum { TAB_COLUMNS = 8 };

/* The code point of valid UTF-8 of that size. */
static uint32_t decode(const char *text, size_t size) {
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point = (unsigned char)text[0] & first_bits[size];
    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)text[i] & 0x3F);
    return point;
}

/* Columns that the character takes; *shown is what is written for it, *size its bytes. */
static int measure(const char *text, size_t length, size_t *size, const char **shown, size_t *shown_size) {
    *size = utf8_character(text, length);
    *shown = text;
    *shown_size = *size;
    uint32_t point = *size ? decode(text, *size) : 0;
    if (!*size || point < 0x20 || (point >= 0x7F && point < 0xA0)) {
        *size = *size ? *size : 1;
        *shown = UTF8_REPLACEMENT;
        *shown_size = UTF8_REPLACEMENT_SIZE;
        return 1;
    }
    int width = wcwidth((wchar_t)point);
    return width < 0 ? 1 : width;
}

/* A line, cut to the columns. Returns the columns it took. */
static int write_line(const char *text, size_t length, int columns, FILE *out) {
    int column = 0;
    for (size_t at = 0; at < length;) {
        size_t size = 1, shown_size = 0;
        const char *shown = "";
        bool is_tab = text[at] == '\t';
        int width = is_tab ? TAB_COLUMNS - column % TAB_COLUMNS : measure(text + at, length - at, &size, &shown, &shown_size);
        if (column + width > columns - (at + size < length)) {
            fputc('~', out);
            return column + 1;
        }
        if (is_tab)
            fprintf(out, "%*s", width, "");
        else
            fwrite(shown, 1, shown_size, out);
        column += width;
        at += size;
    }
    return column;
}

static size_t line_length(const char *text) { return strcspn(text, "\n"); }
static const char *next_line(const char *text) {
    text += line_length(text);
    return *text ? text + 1 : text;
}

void side_by_side_write(const char *left, const char *right, int columns, FILE *out) {
    int half = (columns - 3) / 2;
    while (*left || *right) {
        int column = write_line(left, line_length(left), half, out);
        fprintf(out, "%*s", half - column, "");
        fputs(line_length(right) ? " | " : " |", out);
        write_line(right, line_length(right), columns - 3 - half, out);
        fputc('\n', out);
        left = next_line(left);
        right = next_line(right);
    }
}

void side_by_side_alone(const char *text, int columns, FILE *out) {
    for (; *text; text = next_line(text)) {
        write_line(text, line_length(text), columns, out);
        fputc('\n', out);
    }
}
