/* ram_details.h - what is known of one moment of the timeline, in rows below the graph. */
#ifndef PYPROF_TUI_VIEW_RAM_DETAILS_H
#define PYPROF_TUI_VIEW_RAM_DETAILS_H

#include "pyprof/model.h"
#include "tui/term/grid.h"

enum { RAM_DETAIL_ROWS = 1 + MODEL_SAMPLE_GROWTH };

/* A line that grew; its sites are taken together. */
struct ram_growth {
    uint32_t function, line; /* function 0: not known */
    uint64_t bytes;
};

/* The lines that had grown most until a sample since the mark before, most first; returns how many. */
int ram_growth(const struct model *model, const struct model_sample *sample, struct ram_growth grown[MODEL_SAMPLE_GROWTH]);

/* The sample in one row, and in the further rows of the area what had grown most until it since the mark before. `selected` (0: the
 * first row) is marked where the pane is focused. `when`: "now", "end", "at". */
void ram_draw_details(const struct model *model, const struct model_sample *sample, const char *when, int selected, bool focused,
                      struct grid *grid, struct rectangle area);

#endif
