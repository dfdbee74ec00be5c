/* flame_layout.h - where the frames of a flame graph stand: a row for each call depth, a width for each share. What is narrower
 * than a column is not made, so laying out costs what is seen, not what there is. */
#ifndef PYPROF_TUI_VIEW_FLAME_LAYOUT_H
#define PYPROF_TUI_VIEW_FLAME_LAYOUT_H

#include "tui/view/path_tree.h"

enum { FLAME_LEVELS = PATH_DEPTH + 1 };

/* A path with a width of its own; or several side by side that are narrower than a column. */
struct flame_frame {
    uint32_t path;         /* of several the first, that is the largest */
    uint32_t narrower;     /* how many they are; 0: it is one path */
    int level;
    int column, columns;   /* columns >= 1 */
    int eighths;           /* of its last column, 1 to 8 */
    int below_end;         /* the column behind those below it; what is left to its own end is its self share */
    uint64_t offset;       /* what is measured to the left of it */
};

/* Level by level, each from left to right. */
struct flame_layout {
    struct flame_frame *frames; /* owned */
    size_t count, capacity;
    size_t first[FLAME_LEVELS + 1]; /* of each level; first[levels] is count */
    int levels;
};

void flame_layout_free(struct flame_layout *layout);
/* Lays out what hangs below `root`, which takes all columns, opening what it comes to. false: out of memory; it is empty. */
bool flame_lay_out(struct flame_layout *layout, struct path_tree *tree, uint32_t root, int columns);
/* The frame of a path, or of the nearest one above that has one; NULL: there is none. */
const struct flame_frame *flame_frame_of(const struct flame_layout *layout, const struct path_tree *tree, uint32_t path);
/* The frame that stands at a level and column; NULL: nothing does. */
const struct flame_frame *flame_frame_at(const struct flame_layout *layout, int level, int column);

#endif
