/* diff_draw.h - a diff in rows of a grid: what changed as a whole, function by function, line by line, and what is to be known of
 * it. */
#ifndef PYPROF_TUI_VIEW_DIFF_DRAW_H
#define PYPROF_TUI_VIEW_DIFF_DRAW_H

#include "pyprof/session_diff.h"
#include "tui/view/diff_rows.h"

struct diff_look {
    const struct session_diff *diff;
    enum diff_sort sort;
    bool percent;        /* changes in per cent, else as they are */
    const char *pattern; /* what was searched for; "" nothing */
    int scroll;          /* columns of source text that are left out */
};

/* The rows above the table: totals, and a note where there are any; none where there is no room for them. */
int diff_head_rows(struct rectangle area);
void diff_draw_head(const struct diff_look *look, struct grid *grid, struct rectangle area);

void diff_draw_functions_header(const struct diff_look *look, struct grid *grid, struct rectangle area);
void diff_draw_function(const struct diff_look *look, const struct diff_function *function, struct grid *grid,
                        struct rectangle area, int row);

/* The measure that lines are shown by: that of the sort where lines have it, else what they have. */
enum diff_measure diff_line_measure(const struct diff_look *look);
void diff_draw_lines_header(const struct diff_look *look, struct grid *grid, struct rectangle area);
void diff_draw_line(const struct diff_look *look, const struct diff_line *line, struct grid *grid, struct rectangle area, int row);

/* Totals, noise and warnings as a page, from row `top` of it on. Returns how many rows it has. grid NULL: it is only measured. */
int diff_draw_notes(const struct diff_look *look, struct grid *grid, struct rectangle area, int top);

/* "work  program.py:6", and what it was called before. */
void diff_function_text(const struct diff_function *function, char *text, size_t size);

#endif
