#include "tui/view/source_draw.h"

#include <string.h>

#include "tui/view/python_highlight.h"
#include "tui/view/table.h"

enum { TAB_WIDTH = 8, MAX_BYTES = SOURCE_MAX_COLUMNS };

/* A line with its tabs expanded, and a style for each byte. */
struct expanded {
    char bytes[MAX_BYTES + TAB_WIDTH + 1];
    uint8_t styles[MAX_BYTES + TAB_WIDTH + 1];
    size_t length;
};

static void expand(struct expanded *expanded, const char *bytes, const uint8_t *styles, size_t length) {
    size_t segment = 0; /* behind the last tab */
    expanded->length = 0;
    for (size_t i = 0; i < length && expanded->length < MAX_BYTES; i++) {
        size_t blanks = 1;
        if (bytes[i] == '\t') {
            expanded->bytes[expanded->length] = '\0';
            blanks = TAB_WIDTH - (size_t)grid_text_width(expanded->bytes + segment) % TAB_WIDTH;
        }
        for (; blanks > 0; blanks--) {
            char byte = bytes[i] == '\t' || bytes[i] == '\f' || bytes[i] == '\0' ? ' ' : bytes[i];
            expanded->bytes[expanded->length] = byte;
            expanded->styles[expanded->length++] = styles[i];
        }
        if (bytes[i] == '\t')
            segment = expanded->length;
    }
    expanded->bytes[expanded->length] = '\0';
}

/* Deeply nested code would be out of sight in a narrow pane. */
static void halve_indentation(struct expanded *expanded) {
    size_t blanks = strspn(expanded->bytes, " "), gone = blanks - blanks / 2;
    if (blanks == expanded->length)
        return;
    memmove(expanded->bytes, expanded->bytes + gone, expanded->length - gone + 1);
    memmove(expanded->styles, expanded->styles + gone, expanded->length - gone);
    expanded->length -= gone;
}

/* Draws the bytes of one style that begin at column `at` of the line; returns the column behind them. */
static int draw_run(struct grid *grid, struct rectangle cells, struct expanded *expanded, size_t from, size_t end,
                    int at, int skip) {
    char behind = expanded->bytes[end];
    expanded->bytes[end] = '\0';
    int columns = grid_text_width(expanded->bytes + from);
    if (at + columns > skip)
        grid_text_part(grid, cells, 0, at > skip ? at - skip : 0, expanded->styles[from], expanded->bytes + from,
                       end - from, at > skip ? 0 : skip - at);
    expanded->bytes[end] = behind;
    return at + columns;
}

void source_draw_line(const struct source_text *text, size_t line, struct grid *grid, struct rectangle area, int row,
                      int column, int width, int skip, const char *pattern) {
    struct expanded expanded;
    uint8_t styles[MAX_BYTES];
    size_t length;
    const char *bytes = source_text_line(text, line, &length);
    if (length == 0 || width <= 0 || row >= area.rows)
        return;
    if (length > MAX_BYTES)
        length = MAX_BYTES;
    python_highlight_line(text->states[line - 1], bytes, length, styles);
    expand(&expanded, bytes, styles, length);
    if (width < SOURCE_NARROW)
        halve_indentation(&expanded);
    struct rectangle cells = {area.row + row, area.column + column, 1,
                              column + width <= area.columns ? width : area.columns - column};
    int at = 0;
    for (size_t from = 0, end; from < expanded.length && at <= skip + width; from = end) {
        for (end = from + 1; end < expanded.length && expanded.styles[end] == expanded.styles[from]; end++)
            ;
        at = draw_run(grid, cells, &expanded, from, end, at, skip);
    }
    if (at > skip + width)
        grid_glyph(grid, cells, 0, cells.columns - 1, STYLE_DIM, '~');
    table_highlight(grid, cells, 0, 0, cells.columns, expanded.bytes, skip, pattern);
}
