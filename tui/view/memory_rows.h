/* memory_rows.h - what the memory pane shows: what made the peak, what is alive, what was left over; by line or by call path; and
 * live objects by type. */
#ifndef PYPROF_TUI_VIEW_MEMORY_ROWS_H
#define PYPROF_TUI_VIEW_MEMORY_ROWS_H

#include "pyprof/model.h"
#include "tui/view/row_ids.h"

/* X(NAME, as the title has it) */
#define MEMORY_MODE_LIST(X) \
    X(PEAK, "peak")         \
    X(ALIVE, "alive")       \
    X(LEFT, "left")         \
    X(TYPES, "types")

enum memory_mode {
#define X(NAME, name) MEMORY_MODE_##NAME,
    MEMORY_MODE_LIST(X)
#undef X
    MEMORY_MODE_COUNT
};

/* X(NAME, in the sort menu, in the title, largest first) */
#define MEMORY_SORT_LIST(X)                           \
    X(BYTES, "bytes", "bytes", true)                  \
    X(BLOCKS, "blocks", "blocks", true)               \
    X(PER_CALL, "left by each call", "per call", true) \
    X(PLACE, "place", "place", false)

enum memory_sort {
#define X(NAME, menu, title, largest_first) MEMORY_SORT_##NAME,
    MEMORY_SORT_LIST(X)
#undef X
    MEMORY_SORT_COUNT
};

enum memory_row_kind { MEMORY_ROW_LINE, MEMORY_ROW_CALL, MEMORY_ROW_TYPE };

struct memory_row {
    uint32_t id;             /* the same for the same line, path or type in every model of a run; never 0 */
    enum memory_row_kind kind;
    uint32_t function, line; /* line 0: of a call, or not known */
    uint32_t type;           /* index into model.types */
    int depth;               /* in the tree */
    bool parent, expanded;   /* rows hang below it; and are shown */
    uint64_t bytes, count;   /* of a call: with all that it called */
    uint64_t self_bytes;     /* of a call: of its own lines */
    /* Of what is alive: the part of sites where each call leaves something (their calls, and bytes). What a path that ran once left
     * over belongs to the start-up of a program, or to what it works on. */
    uint64_t growing_bytes, growing_calls;
    uint64_t imported_bytes; /* the part below an import: modules, their functions and classes */
    bool repeated;           /* some of it was left by a path that ran more than once */
};

/* Where most of what was left comes from, what is worth looking at first. */
enum memory_origin { MEMORY_LEFT_BY_EACH_CALL, MEMORY_LEFT_BY_SOME, MEMORY_LEFT_ONCE, MEMORY_LEFT_BY_IMPORT };

static inline enum memory_origin memory_row_origin(const struct memory_row *row) {
    if (row->growing_bytes > 0 && row->growing_bytes >= row->bytes / 2)
        return MEMORY_LEFT_BY_EACH_CALL;
    if (row->imported_bytes > 0 && row->imported_bytes >= row->bytes / 2)
        return MEMORY_LEFT_BY_IMPORT;
    return row->repeated ? MEMORY_LEFT_BY_SOME : MEMORY_LEFT_ONCE;
}

struct memory_rows {
    struct memory_row *rows; /* owned */
    size_t count, capacity;
    uint64_t total;          /* bytes of all rows together (of a tree: of its roots) */
    struct row_ids ids;      /* of lines, paths and types */
};

struct memory_choice {
    enum memory_mode mode;
    bool tree;                  /* not of types */
    bool hide_standard_library; /* lines of project functions only */
    enum memory_sort sort;      /* not of a tree: there the largest stands first */
    bool inverted;
};

void memory_rows_free(struct memory_rows *rows);
/* Makes the rows anew. false: out of memory; there are none. */
bool memory_rows_build(struct memory_rows *rows, const struct model *model, const struct memory_choice *choice);

/* --- for the file that builds the tree -------------------------------------------------------------- */

/* The next free row, zeroed; NULL: out of memory. */
struct memory_row *memory_rows_add(struct memory_rows *rows);
/* What of a site a mode is about. */
uint64_t memory_rows_bytes(const struct model_site *site, enum memory_mode mode);
uint64_t memory_rows_count(const struct model_site *site, enum memory_mode mode);
/* The nearest Python function's node at or above a site's. */
uint32_t memory_rows_node(const struct model *model, const struct model_site *site);
bool memory_tree_build(struct memory_rows *rows, const struct model *model, enum memory_mode mode);

#endif
