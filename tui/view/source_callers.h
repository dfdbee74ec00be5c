/* source_callers.h - what stands in the place of a C function's source: who calls it most. */
#ifndef PYPROF_TUI_VIEW_SOURCE_CALLERS_H
#define PYPROF_TUI_VIEW_SOURCE_CALLERS_H

#include "pyprof/model.h"
#include "tui/term/grid.h"

enum { SOURCE_CALLERS_MOST = 20 };

struct source_callers {
    /* Most time first; of the same, most calls. */
    struct { uint32_t function; uint64_t calls, total_ns; } rows[SOURCE_CALLERS_MOST];
    size_t count, all; /* rows; callers there are */
    uint64_t calls, total_ns; /* of all of them */
};

/* Finds them, in time proportional to the model's edges. */
void source_callers_find(struct source_callers *callers, const struct model *model, uint32_t function);
/* Draws a header and as many as there is room for; nothing where there are none. */
void source_callers_draw(const struct source_callers *callers, const struct model *model, struct grid *grid,
                         struct rectangle area);

#endif
