/* tree_rows.h - what trees that are shown as rows share: opening, closing and leaving branches with left and right, their signs. */
#ifndef PYPROF_TUI_VIEW_TREE_ROWS_H
#define PYPROF_TUI_VIEW_TREE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TREE_INDENT = 2 };

/* How a row stands in its tree: rows below one are deeper and come behind it. */
struct tree_shape {
    int depth;
    bool parent, expanded; /* there are rows below it; and they are shown */
};

enum tree_answer { TREE_SELECT /* *index */, TREE_OPEN, TREE_CLOSE };

/* To the right a row is opened, then gone into; to the left it is closed, then left for the row it hangs below. */
static inline enum tree_answer tree_sideways(bool right, size_t count, size_t *index,
                                             struct tree_shape (*shape)(const void *data, size_t index), const void *data) {
    struct tree_shape at = shape(data, *index);
    if (at.parent && at.expanded != right)
        return right ? TREE_OPEN : TREE_CLOSE;
    if (right) {
        if (at.parent && *index + 1 < count && shape(data, *index + 1).depth > at.depth)
            ++*index;
        return TREE_SELECT;
    }
    size_t above = *index;
    while (above > 0 && shape(data, above).depth >= at.depth)
        above--;
    if (shape(data, above).depth < at.depth)
        *index = above;
    return TREE_SELECT;
}

/* The sign in front of a row: a triangle, + or -, or a blank where nothing is below it. */
static inline uint32_t tree_sign(struct tree_shape shape, bool ascii) {
    if (!shape.parent)
        return ' ';
    if (ascii)
        return shape.expanded ? '-' : '+';
    return shape.expanded ? 0x25be : 0x25b8; /* triangles */
}

/* Columns in front of a row's sign: the deepest rows keep half of the room. */
static inline int tree_indent(int depth, int room) {
    int indent = depth * TREE_INDENT;
    return indent < room / 2 ? indent : room / 2;
}

#endif
