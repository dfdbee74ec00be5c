#include "tui/term/grid.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { REPLACEMENT = 0xfffd, CONTROL_PICTURES = 0x2400 /* U+241B stands for ESC */ };

/* One letter a style, for grid_to_text. */
static const char style_letters[STYLE_COUNT + 1] = ".dbtTrSshcmek01234gpyzwqonABCD";

bool grid_resize(struct grid *grid, int rows, int columns) {
    rows = rows > 0 ? rows : 0;
    columns = columns > 0 ? columns : 0;
    size_t count = (size_t)rows * (size_t)columns;
    struct cell *cells = realloc(grid->cells, (count ? count : 1) * sizeof *cells);
    if (!cells)
        return false;
    grid->cells = cells;
    grid->rows = rows;
    grid->columns = columns;
    grid_clear(grid);
    return true;
}

void grid_free(struct grid *grid) {
    free(grid->cells);
    grid->cells = NULL;
    grid->rows = grid->columns = 0;
}

void grid_clear(struct grid *grid) {
    size_t count = (size_t)grid->rows * (size_t)grid->columns;
    for (size_t i = 0; i < count; i++)
        grid->cells[i] = (struct cell){.glyph = ' ', .style = STYLE_NORMAL, .width = 1};
}

/* Decodes one code point from text (length > 0); returns the bytes it takes. What is malformed, overlong, a surrogate
 * or beyond Unicode takes one byte and is the replacement character. */
static size_t decode(const char *text, size_t length, uint32_t *glyph) {
    const unsigned char *byte = (const unsigned char *)text;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (byte[0] < 0x80) {
        *glyph = byte[0];
        return 1;
    }
    size_t size = byte[0] >= 0xf8 ? 0 : byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : byte[0] >= 0xc0 ? 2 : 0;
    *glyph = REPLACEMENT;
    if (size == 0 || size > length)
        return 1;
    uint32_t value = byte[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (byte[i] & 0x3f);
    }
    if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 1;
    *glyph = value;
    return size;
}

/* A locale that knows the widths of all characters, whatever the user's is: a grid has the same columns under
 * LC_ALL=C as elsewhere. */
static locale_t width_locale(void) {
    static locale_t locale;
    if (!locale)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (!locale)
        locale = duplocale(LC_GLOBAL_LOCALE);
    return locale;
}

/* Columns of a glyph: 0 (combining: not drawn), 1 or 2. Makes control characters visible. */
static int glyph_width(uint32_t *glyph) {
    if (*glyph == '\t')
        *glyph = ' ';
    if (*glyph >= ' ' && *glyph < 0x7f)
        return 1;
    if (*glyph < 0xa0) {
        *glyph = *glyph < ' ' ? CONTROL_PICTURES + *glyph : *glyph == 0x7f ? CONTROL_PICTURES + 0x21 : REPLACEMENT;
        return 1;
    }
    locale_t before = uselocale(width_locale());
    int width = wcwidth((wchar_t)*glyph);
    uselocale(before);
    if (width < 0) {
        *glyph = REPLACEMENT;
        return 1;
    }
    return width > 2 ? 2 : width;
}

/* The cell at a place of an area, or NULL where that is outside. */
static struct cell *cell_at(struct grid *grid, struct rectangle area, int row, int column) {
    if (row < 0 || row >= area.rows || column < 0 || column >= area.columns)
        return NULL;
    row += area.row;
    column += area.column;
    if (row < 0 || row >= grid->rows || column < 0 || column >= grid->columns)
        return NULL;
    return &grid->cells[(size_t)row * (size_t)grid->columns + (size_t)column];
}

/* Before a cell is overwritten: a wide glyph never keeps just one of its halves. */
static void split_wide(const struct grid *grid, struct cell *cell) {
    size_t column = (size_t)(cell - grid->cells) % (size_t)grid->columns;
    if (cell->width == 0 && column > 0)
        cell[-1].glyph = ' ', cell[-1].width = 1;
    if (cell->width == 2 && column + 1 < (size_t)grid->columns)
        cell[1].glyph = ' ', cell[1].width = 1;
}

static void put(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style, uint32_t glyph,
                int width) {
    struct cell *cell = cell_at(grid, area, row, column);
    struct cell *right = width == 2 ? cell_at(grid, area, row, column + 1) : NULL;
    bool ascii = grid->ascii && !grid->keeps_text;
    if (width == 2 && (!cell || !right || ascii)) {
        /* half of it is outside, or it has no ASCII form: as narrow ones */
        uint32_t narrow = ascii ? '?' : ' ';
        put(grid, area, row, column, style, narrow, 1);
        put(grid, area, row, column + 1, style, narrow, 1);
        return;
    }
    if (!cell)
        return;
    split_wide(grid, cell);
    if (right)
        split_wide(grid, right);
    *cell = (struct cell){.glyph = ascii && glyph > 0x7e ? '?' : glyph, .style = style, .width = (uint8_t)width};
    if (right)
        *right = (struct cell){.glyph = 0, .style = style, .width = 0};
}

int grid_text_part(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style,
                   const char *text, size_t length, int skip) {
    size_t at = 0;
    while (at < length && text[at] && column < area.columns) {
        uint32_t glyph;
        at += decode(text + at, length - at, &glyph);
        int width = glyph_width(&glyph);
        if (skip >= width) {
            skip -= width;
            continue;
        }
        if (skip > 0) { /* the left half of a wide glyph is scrolled out */
            skip = 0;
            glyph = ' ';
            width = 1;
        }
        if (width > 0)
            put(grid, area, row, column, style, glyph, width);
        column += width;
    }
    return column > area.columns ? area.columns : column;
}

int grid_text(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style, const char *text) {
    return grid_text_part(grid, area, row, column, style, text, SIZE_MAX, 0);
}

void grid_format(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style,
                 const char *format, ...) {
    char text[1024]; /* more than a row shows; a longer one is cut */
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= 0)
        grid_text(grid, area, row, column, style, text);
}

void grid_glyph(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style, uint32_t glyph) {
    int width = glyph_width(&glyph);
    if (width > 0)
        put(grid, area, row, column, style, glyph, width);
}

void grid_restyle(struct grid *grid, struct rectangle area, int row, int column, int columns, enum cell_style style) {
    for (int i = 0; i < columns; i++) {
        struct cell *cell = cell_at(grid, area, row, column + i);
        if (cell)
            cell->style = style;
    }
}

void grid_heading(struct grid *grid, struct rectangle area, int row, int column, int columns, bool left) {
    struct cell *cell = cell_at(grid, area, row, column);
    if (!cell || columns <= 0)
        return;
    cell->heading = (uint8_t)(columns < UINT8_MAX ? columns : UINT8_MAX);
    cell->heading_left = left;
}

int grid_text_width(const char *text) {
    int columns = 0;
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t glyph;
        at += decode(text + at, length - at, &glyph);
        columns += glyph_width(&glyph);
    }
    return columns;
}

static size_t encode(uint32_t glyph, char *out) {
    if (glyph < 0x80) {
        out[0] = (char)glyph;
        return 1;
    }
    size_t size = glyph < 0x800 ? 2 : glyph < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, glyph >>= 6)
        out[i] = (char)(0x80 | (glyph & 0x3f));
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[size] | glyph);
    return size;
}

static char *end_row(char *begin, char *end, char blank) {
    while (end > begin && end[-1] == blank)
        end--;
    *end++ = '\n';
    return end;
}

void grid_row_text(const struct grid *grid, struct rectangle area, int row, char *text, size_t size) {
    enum { LONGEST_CHARACTER = 4 };
    size_t length = 0, used = 0;
    row += area.row;
    for (int column = area.column; row >= 0 && row < grid->rows && column < area.column + area.columns; column++) {
        if (column < 0 || column >= grid->columns || length + LONGEST_CHARACTER >= size)
            continue;
        const struct cell *cell = &grid->cells[(size_t)row * (size_t)grid->columns + (size_t)column];
        length += cell->width > 0 ? encode(cell->glyph, text + length) : 0;
        used = cell->glyph != ' ' ? length : used;
    }
    text[used] = '\0';
}

char *grid_to_text(const struct grid *grid, bool with_styles) {
    size_t rows = (size_t)grid->rows, columns = (size_t)grid->columns;
    char *text = malloc(rows * (columns * 4 + 1 + (with_styles ? columns + 1 : 0)) + 1);
    if (!text)
        return NULL;
    char *end = text;
    for (size_t row = 0; row < rows; row++) {
        const struct cell *cells = grid->cells + row * columns;
        char *begin = end;
        for (size_t column = 0; column < columns; column++)
            if (cells[column].width > 0)
                end += encode(cells[column].glyph, end);
        end = end_row(begin, end, ' ');
        if (!with_styles)
            continue;
        begin = end;
        for (size_t column = 0; column < columns; column++)
            *end++ = style_letters[cells[column].style];
        end = end_row(begin, end, style_letters[STYLE_NORMAL]);
    }
    *end = '\0';
    return text;
}
