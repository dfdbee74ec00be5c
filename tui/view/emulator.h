/* emulator.h - a small terminal: takes the bytes a program writes, keeps a screen of cells and the lines that left it.
 *
 * Understood: UTF-8 with wide characters, CR LF BS HT VT FF, cursor moves, erasing, inserting, deleting, scroll
 * regions, bold and dim, the alternate screen (its pictures are shown, then cleared). Everything else, OSC strings
 * among them, is skipped without a trace. Any bytes are safe. */
#ifndef PYPROF_TUI_VIEW_EMULATOR_H
#define PYPROF_TUI_VIEW_EMULATOR_H

#include "tui/term/grid.h"

enum { EMULATOR_HISTORY = 10000 /* lines kept that left the screen */, EMULATOR_MAX_SIDE = 1000,
       EMULATOR_PARAMETERS = 16 };

enum emulator_parsing {
    PARSING_TEXT, PARSING_ESCAPE, PARSING_ESCAPE_SKIP_ONE, PARSING_CSI, PARSING_CSI_SKIP,
    PARSING_OSC, PARSING_STRING, PARSING_STRING_ESCAPE
};

struct emulator_line {
    struct cell *cells; /* owned; without the blanks at the end */
    int count;
};

struct emulator {
    int rows, columns;
    struct cell *screen; /* owned; rows x columns */
    int row, column;     /* of the cursor */
    bool wrap_pending;   /* the last column was written: the next character begins a new line */
    int saved_row, saved_column;
    int region_top, region_bottom; /* rows that scroll, both included */
    enum cell_style style;

    struct emulator_line *history; /* owned; a ring of EMULATOR_HISTORY */
    size_t history_first, history_count;
    uint64_t dropped; /* lines that fell out of the history, for good */

    enum emulator_parsing parsing;
    uint32_t parameters[EMULATOR_PARAMETERS];
    int parameter_count;
    char private_mark; /* '?', '>' ... behind CSI; 0: none */
    uint32_t code_point, smallest; /* of an unfinished UTF-8 character */
    int bytes_missing;
};

/* false: out of memory. All zero is a safe emulator that was not started. */
bool emulator_start(struct emulator *emulator, int rows, int columns);
void emulator_free(struct emulator *emulator);
void emulator_feed(struct emulator *emulator, const unsigned char *bytes, size_t count);
/* Out of memory: the size stays. */
void emulator_resize(struct emulator *emulator, int rows, int columns);
/* Forgets screen and history. */
void emulator_clear(struct emulator *emulator);

/* Lines there are: history, then the screen down to its last line that is not blank. */
size_t emulator_line_count(const struct emulator *emulator);
/* Cells of a line (from 0, the oldest), without the blanks at the end. */
const struct cell *emulator_line(const struct emulator *emulator, size_t index, int *count);

/* Writes a code point as UTF-8 (at most 4 bytes, no '\0'); returns how many. */
size_t emulator_encode(uint32_t glyph, char *out);

/* --- what the sequences do (emulator_screen.c); rows and columns from 0, counts from 1 --------------- */
void emulator_put(struct emulator *emulator, uint32_t glyph, int width);
void emulator_move(struct emulator *emulator, int row, int column);
void emulator_line_feed(struct emulator *emulator);
void emulator_reverse_line_feed(struct emulator *emulator);
/* The region from row `top` on; lines < 0: downwards. What is scrolled out is lost. */
void emulator_scroll(struct emulator *emulator, int top, int lines);
void emulator_erase(struct emulator *emulator, int row, int column, int count);
void emulator_erase_rows(struct emulator *emulator, int row, int count);
void emulator_shift(struct emulator *emulator, int count); /* cells at the cursor; < 0: deleted, > 0: inserted */
void emulator_forget_history(struct emulator *emulator);
void emulator_screen_to_history(struct emulator *emulator); /* and blanks it */

#endif
