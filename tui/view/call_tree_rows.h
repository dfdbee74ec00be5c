/* call_tree_rows.h - the paths of a call tree that are shown, a row each: those below the root, and below what is open. */
#ifndef PYPROF_TUI_VIEW_CALL_TREE_ROWS_H
#define PYPROF_TUI_VIEW_CALL_TREE_ROWS_H

#include "tui/view/path_tree.h"
#include "tui/view/row_ids.h"

/* X(NAME, in the sort menu) */
#define CALL_TREE_SORT_LIST(X) \
    X(TOTAL, "total")          \
    X(SELF, "self")            \
    X(CALLS, "calls")          \
    X(MEMORY, "memory")        \
    X(NAME, "name")

enum call_tree_sort {
#define X(NAME, name) CALL_TREE_SORT_##NAME,
    CALL_TREE_SORT_LIST(X)
#undef X
    CALL_TREE_SORT_COUNT
};

struct call_tree_row {
    uint32_t path, id;
    bool expanded;
};

struct call_tree_rows {
    struct call_tree_row *rows; /* owned */
    size_t count, capacity;
    struct row_ids ids;
    uint32_t revealed[PATH_DEPTH]; /* functions of a path that is shown, though nobody opened it: it was selected elsewhere */
    size_t revealed_count;
    enum call_tree_sort sort;
    bool inverted; /* the order */
};

void call_tree_rows_free(struct call_tree_rows *rows);
/* Makes the rows anew; what has much of all is open unless it was closed. false: out of memory; there are none. */
bool call_tree_rows_build(struct call_tree_rows *rows, struct path_tree *tree);
/* Opens a path and all below it, the paths nearest to it first, up to `most` of them. Returns whether that was all. */
bool call_tree_rows_open_all(struct call_tree_rows *rows, struct path_tree *tree, uint32_t path, size_t most);

#endif
