/* source_gutter.h - the columns of numbers to the left of source lines: what there is room for, and what comes first. */
#ifndef PYPROF_TUI_VIEW_SOURCE_GUTTER_H
#define PYPROF_TUI_VIEW_SOURCE_GUTTER_H

#include "tui/term/grid.h"
#include "tui/view/memory_measure.h"
#include "tui/view/source_numbers.h"

/* What decides about the columns. */
struct gutter_wish {
    const struct source_numbers *numbers;
    size_t line_count;
    bool times;                  /* there are hits and times */
    bool memory;                 /* memory is counted */
    bool instructions;           /* instructions are counted */
    bool memory_first;           /* shares are of memory, and it has room before times have */
    enum memory_measure measure; /* what of it is shown where there is room for one */
};

/* Where columns begin; -1: not shown. All are right-aligned but the marker in front of them. */
struct gutter {
    int share, self, total, hits, instructions, line, source;
    int memory[MEMORY_MEASURE_COUNT];
    int hits_width, line_width;
    bool memory_first;
};

void source_gutter_lay_out(struct gutter *gutter, const struct gutter_wish *wish, int width);
void source_gutter_header(const struct gutter *gutter, struct grid *grid, struct rectangle area);
/* own: the line is one of the selected function, which shares are taken of. */
void source_gutter_numbers(const struct gutter *gutter, const struct source_number *number, bool own, struct grid *grid,
                           struct rectangle area, int row);

#endif
