/* grid.h - the grid of cells that views draw into; the terminal only copies it to the screen.
 *
 * No ncurses here: golden tests draw into a grid and compare its text. */
#ifndef PYPROF_TUI_GRID_H
#define PYPROF_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; the terminal gives each its colour and attributes (one table in tui/term). */
enum cell_style {
    STYLE_NORMAL, STYLE_DIM, STYLE_BOLD, STYLE_TITLE, STYLE_TITLE_FOCUSED, STYLE_BORDER, STYLE_SELECTED,
    STYLE_SELECTED_UNFOCUSED, STYLE_HEADER, STYLE_SORT_COLUMN, STYLE_MATCH, STYLE_ERROR, STYLE_KEY,
    STYLE_HEAT_0, STYLE_HEAT_1, STYLE_HEAT_2, STYLE_HEAT_3, STYLE_HEAT_4, /* none ... hottest */
    STYLE_GRAPH, STYLE_GRAPH_PEAK, STYLE_GRAPH_HEAP, STYLE_GRAPH_NATIVE, STYLE_KEYWORD, STYLE_STRING, STYLE_COMMENT,
    STYLE_NUMBER,
    STYLE_FRAME_1, STYLE_FRAME_2, STYLE_FRAME_3, STYLE_FRAME_4, /* the colours of heat as backgrounds */
    STYLE_COUNT
};

struct cell {
    uint32_t glyph; /* code point; 0: the right half of a wide one */
    uint8_t style;  /* enum cell_style */
    uint8_t width;  /* 1 or 2; 0 for the right half */
    uint8_t heading;   /* where the title of a column begins: how many cells the column has; else 0 */
    bool heading_left; /* that column is of texts, which stand to the left; else of numbers */
};

struct grid {
    int rows, columns;
    struct cell *cells; /* row by row; owned */
    bool ascii;         /* only ASCII glyphs may be drawn (LC_ALL=C, dumb terminals): views choose theirs by it */
    bool keeps_text;    /* what is not ASCII in texts is drawn all the same: it is read out, and pictures are not */
};

struct rectangle { int row, column, rows, columns; };

bool grid_resize(struct grid *grid, int rows, int columns); /* blanks it; false: out of memory, unchanged */
void grid_free(struct grid *grid);
void grid_clear(struct grid *grid);

/* All drawing is clipped to the rectangle (and the grid); row and column are relative to it. Control characters are
 * drawn as their pictures (U+2400 ...), tabs as a blank; text is UTF-8, a malformed byte is drawn as U+FFFD. When ascii, '?' stands
 * for all of these. */
/* Returns the column after the last cell drawn. */
int grid_text(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style, const char *text);
/* At most `length` bytes of text, skipping the first `skip` columns of it (sideways scrolling). */
int grid_text_part(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style,
                   const char *text, size_t length, int skip);
void grid_format(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));
void grid_glyph(struct grid *grid, struct rectangle area, int row, int column, enum cell_style style, uint32_t glyph);
/* Gives `columns` cells from there another style, keeping their glyphs. */
void grid_restyle(struct grid *grid, struct rectangle area, int row, int column, int columns, enum cell_style style);

/* Says that a column's title begins there: who reads rows out tells their values by it. */
void grid_heading(struct grid *grid, struct rectangle area, int row, int column, int columns, bool left);

/* Columns that a UTF-8 text takes. */
int grid_text_width(const char *text);

/* The text of a row of an area, without the blanks at its end, as far as it has room. */
void grid_row_text(const struct grid *grid, struct rectangle area, int row, char *text, size_t size);

/* The grid as text, a line a row, trailing blanks removed; with_styles adds below each row a row of style letters.
 * malloc'ed. What golden tests and --dump-screen print. */
char *grid_to_text(const struct grid *grid, bool with_styles);

#endif
