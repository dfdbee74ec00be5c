/* bytecode_draw.h - the disassembly in the grid: columns that adapt to the width, arrows, and the selected instruction in words. */
#ifndef PYPROF_TUI_VIEW_BYTECODE_DRAW_H
#define PYPROF_TUI_VIEW_BYTECODE_DRAW_H

#include "tui/view/bytecode_arrows.h"
#include "tui/view/bytecode_rows.h"
#include "tui/view/source_text.h"

/* What is drawn. */
struct bytecode_drawing {
    const struct model *model;
    uint32_t function;
    const struct bytecode_rows *rows;
    const struct bytecode_arrows *arrows;
    const struct source_text *text; /* of the function's file; its lines may be unknown */
    size_t selected;                /* row */
    size_t top;                     /* the first row shown */
    int sideways;                   /* columns that the instructions are scrolled to the left */
    bool percent;                   /* shares stand beside counts where there is room for both of them hardly */
    bool focused;
    const char *pattern;            /* searched for; "" nothing */
};

/* Rows of the area that are not the disassembly's: above it its header, below it the selected instruction in words. */
int bytecode_header_rows(struct rectangle area);
int bytecode_detail_rows(struct rectangle area);
void bytecode_draw_rows(const struct bytecode_drawing *drawing, struct grid *grid, struct rectangle area);

#endif
