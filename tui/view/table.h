/* table.h - what tables of rows share: selection by identity, scrolling, columns that adapt to the width. */
#ifndef PYPROF_TUI_VIEW_TABLE_H
#define PYPROF_TUI_VIEW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/app/request.h"
#include "tui/term/grid.h"
#include "tui/view/number.h"

enum { TABLE_NONE = 0 /* identity of no row */, TABLE_MAX_COLUMNS = 12 };

/* Rows are identities (function ids, lines, ...) in the order shown; never TABLE_NONE. All zero is an empty table. */
struct table {
    uint32_t *rows; /* owned */
    size_t count, capacity;
    uint32_t selected; /* TABLE_NONE only while there are no rows */
    size_t index;      /* of the selected row */
    size_t top;        /* first row shown */
    bool chosen;       /* the user chose the row; until then the first one is selected, whichever it is */
};

void table_free(struct table *table);
/* Room for that many rows, contents kept; false: out of memory, unchanged. */
bool table_reserve(struct table *table, size_t count);
/* After rows and count were filled anew: finds the selected row again. Where it is gone the row that stands in its
 * place is selected. */
void table_rows_changed(struct table *table);
/* Selects a row; false: it is not among the rows. */
bool table_select(struct table *table, uint32_t row);
void table_select_index(struct table *table, size_t index);
/* The same as the user's choice: that row stays selected from now on. */
void table_choose(struct table *table, size_t index);
/* Answers the requests that move the selection; false: it is none of those. */
bool table_move(struct table *table, enum request request, int page_rows);
/* Scrolls so that the selected row is among `visible` rows and no room is wasted at the end. */
void table_scroll(struct table *table, int visible);
/* Rows of the area that the header takes: where there is one row only, it is the selected one's. */
int table_header_rows(struct rectangle area);
/* Index of the row that stands in that row of the area; false: the header or nothing stands there. */
bool table_row_at(const struct table *table, struct rectangle area, int row, size_t *index);

/* Where `index` is after a moving request among `count` rows; false: the request moves nothing. */
bool table_step(enum request request, int page_rows, size_t count, size_t *index);

/* Looks for the next index that matches, from *index on and round the ends (direction 0: *index may match itself,
 * 1: onwards, -1: backwards). false: none does; *index is unchanged. */
bool table_search(size_t count, size_t *index, int direction, bool (*matches)(const void *data, size_t index),
                  const void *data);
/* The same from the selected row on; the row found is the user's choice. */
bool table_search_rows(struct table *table, int direction, bool (*matches)(const void *data, size_t index),
                       const void *data);

/* Which of `count` sorts one of the REQUEST_SORT_... asks for: the present one to be inverted, or the one beside it;
 * -1: there is none. */
int table_sort_asked(enum request request, int present, int count);

struct table_column {
    const char *title;
    int width;
    int room;  /* shown only while this much is left for the last column; 0: always shown */
    bool left; /* titles and texts to the left; numbers stand to the right */
};

/* Lays out columns from the left, a blank between them, the last one taking what is left. Columns that come first in
 * `order` (all but the last column, by index) are kept longest. at[i]: where column i begins, or -1: left out.
 * Returns the width of the last column (0 where nothing is left). */
int table_fit(const struct table_column *columns, int count, const int *order, int margin, int width, int *at);

/* Writes text into `width` columns, to the right unless `left`; a longer one is cut and ends in '~'. */
void table_cell(struct grid *grid, struct rectangle area, int row, int column, int width, enum cell_style style,
                bool left, const char *text);
/* Titles of the columns that have room; the last one is `last_width` wide. sorted: the column it is sorted by, -1: none. */
void table_header(struct grid *grid, struct rectangle area, const struct table_column *columns, int count, const int *at,
                  int last_width, int sorted);
/* A row's texts in all those columns but the last one. */
void table_cells(struct grid *grid, struct rectangle area, int row, const struct table_column *columns, int count, const int *at,
                 enum cell_style style, char texts[][NUMBER_SIZE]);
/* A text that is wider than `columns` loses its middle rather than its tail (a pointer into it, NULL: it has none),
 * where both the tail and some of the head fit; else it is returned as it is. Uses the buffer. */
const char *table_shorten(const char *text, const char *tail, int columns, char *buffer, size_t size);
/* A sentence over as many rows as it needs, broken at blanks: what stands in an empty view. */
void table_sentence(struct grid *grid, struct rectangle area, const char *text);
/* The same in any style; returns how many rows it needs. grid NULL: it is only measured. */
int table_paragraph(struct grid *grid, struct rectangle area, enum cell_style style, const char *text);
/* Styles the occurrences of pattern in a text that was drawn from that column on without its first `skip` columns,
 * `width` columns wide. "" has none. */
void table_highlight(struct grid *grid, struct rectangle area, int row, int column, int width, const char *text,
                     int skip, const char *pattern);
/* The look of the selected row: a sign in its first column, and a style over `columns` of them. */
void table_mark_selected(struct grid *grid, struct rectangle area, int row, int columns, bool focused);

#endif
