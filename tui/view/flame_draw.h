/* flame_draw.h - the frames of a flame graph as cells. */
#ifndef PYPROF_TUI_VIEW_FLAME_DRAW_H
#define PYPROF_TUI_VIEW_FLAME_DRAW_H

#include "tui/term/grid.h"
#include "tui/view/flame_layout.h"

struct flame_drawing {
    const struct path_tree *tree;
    const struct flame_layout *layout;
    const struct flame_frame *selected; /* NULL: none */
    uint32_t function;                  /* chosen here or elsewhere: its other frames are marked */
    const uint8_t *matches;             /* by function: what was searched for; NULL: nothing was */
    int top;                            /* level that stands in the first row */
    bool focused;
};

void flame_draw_frames(const struct flame_drawing *drawing, struct grid *grid, struct rectangle area);
/* "parse", "<module> a.py", "all" of the root. */
const char *flame_name(const struct path_tree *tree, uint32_t path, char *buffer, size_t size);
/* What a path has, in words: "parse json.py:20  34.2 %  3.20s  self 1.1 %  104ms  calls 12". */
void flame_describe(struct path_tree *tree, uint32_t path, char *text, size_t size);
/* What is measured, as a number: "3.20s", "76.0M". */
char *flame_amount(const struct path_tree *tree, uint64_t amount, char text[32]);

#endif
