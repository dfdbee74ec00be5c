/* memory_draw.h - rows of the memory pane in columns that adapt to its width. */
#ifndef PYPROF_TUI_VIEW_MEMORY_DRAW_H
#define PYPROF_TUI_VIEW_MEMORY_DRAW_H

#include "tui/term/grid.h"
#include "tui/view/memory_rows.h"

struct memory_drawing {
    const struct model *model;
    const struct memory_choice *choice;
    uint64_t total;      /* what shares are taken of */
    const char *pattern; /* what was searched for; "" nothing */
};

void memory_draw_header(const struct memory_drawing *drawing, struct grid *grid, struct rectangle area);
void memory_draw_row(const struct memory_drawing *drawing, const struct memory_row *row, struct grid *grid, struct rectangle area,
                     int at);
/* What a row is about: "calc_pure_python:32", "dict". */
void memory_row_name(const struct model *model, const struct memory_row *row, char *text, size_t size);
/* The column that the sign stands in that opens and closes a call. */
int memory_sign_column(const struct memory_row *row, struct rectangle area);

#endif
