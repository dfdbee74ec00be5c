/* layout.h - where everything stands on a screen of a given size. Pure geometry: no terminal, no state. */
#ifndef PYPROF_TUI_LAYOUT_H
#define PYPROF_TUI_LAYOUT_H

#include <stdbool.h>

#include "tui/term/grid.h"

/* X(NAME, key and sign on screen, name in the config) */
#define PANE_LIST(X)                 \
    X(FUNCTIONS, '1', "functions")   \
    X(SOURCE, '2', "source")         \
    X(BYTECODE, '3', "bytecode")     \
    X(RAM, '4', "ram")               \
    X(OUTPUT, '5', "output")         \
    X(MEMORY, '6', "memory")         \
    X(TREE, '7', "tree")             \
    X(FLAME, '8', "flame")           \
    X(THREADS, '9', "threads")       \
    X(INFORMATION, 'a', "info")

enum pane {
#define X(NAME, key, name) PANE_##NAME,
    PANE_LIST(X)
#undef X
    PANE_COUNT
};

enum {
    LAYOUT_MINIMUM_ROWS = 12, LAYOUT_MINIMUM_COLUMNS = 60, /* below: nothing but a line that says so */
    LAYOUT_PANES_ROWS = 30, LAYOUT_PANES_COLUMNS = 100,    /* below: one pane at a time, the others as tabs */
    LAYOUT_WIDE_COLUMNS = 180,                             /* from here on: call tree (or threads) beside functions and code */
    LAYOUT_HIGH_ROWS = 45,                                 /* from here on: the flame graph below them */
    LAYOUT_EXTRA = 200,                                    /* the most that a size is changed by */
};

enum layout_mode {
    LAYOUT_TOO_SMALL, /* draw layout_too_small's text in `status` */
    LAYOUT_TABS,      /* one pane, its border row holds tabs for the others; RAM is one row */
    LAYOUT_PANES,     /* all panes */
};

/* What the user changed. All zero but `panes`: as at the start. Out-of-range values are brought into range.
 *
 * Functions and memory share a place: the table that selects what the others show. Call tree and threads share one, too: beside the
 * table where there is room, else the table's. The session's information, and the flame graph where there is no room for it below,
 * take the place of tables and code while they have the keys. */
struct layout_options {
    bool zoomed;           /* the focused pane alone */
    enum pane focus;
    bool memory;           /* of functions and memory, memory is the one */
    bool threads;          /* of call tree and threads, threads are the one */
    bool side;             /* where both pairs have one place, the second has it */
    unsigned panes;        /* bits 1u << enum pane that are wanted; the focused one is shown in any case */
    int extra[PANE_COUNT]; /* more (or less): columns of FUNCTIONS for what stands left, and of TREE for what stands in the
                              middle; rows of BYTECODE, RAM, OUTPUT and FLAME; others 0 */
};

struct pane_place {
    bool shown;
    struct rectangle border;  /* one row: number and title */
    struct rectangle content; /* below it; at least one row */
};

/* Rectangles that are not there have zero rows. No two overlap; together they fill the screen. */
struct layout {
    enum layout_mode mode;
    struct rectangle status, breadcrumb, footer;
    struct rectangle sparkline; /* LAYOUT_TABS: RAM as one row */
    struct rectangle divider;   /* column between what stands left and what is beside it */
    struct rectangle second_divider; /* column between the middle and the code */
    struct pane_place panes[PANE_COUNT];
};

struct layout layout_compute(int rows, int columns, const struct layout_options *options);

/* The one of functions and memory that stands in their place, or would; of call tree and threads likewise. */
enum pane layout_table_pane(const struct layout_options *options);
enum pane layout_side_pane(const struct layout_options *options);

/* --- sizes -------------------------------------------------------------------------------------------- */

/* A border that can be moved: by how much extra[pane] grows when it goes a row down or a column to the right. */
struct layout_edge {
    enum pane pane;
    bool is_column; /* moved sideways */
    int sign;
};
/* The border that stands there; false: none that can be moved. */
bool layout_edge_at(const struct layout *layout, int row, int column, struct layout_edge *edge);
/* Moves a border by so many cells, downwards or to the right. */
void layout_move_edge(struct layout_options *options, const struct layout_edge *edge, int cells);
/* Makes a pane larger (step 1) or smaller (-1). false: its size follows from the others'. */
bool layout_grow(struct layout_options *options, const struct layout *layout, enum pane pane, int step);
/* Whether extra[pane] means anything: what is kept in the config. */
bool layout_has_size(enum pane pane);

/* Key and sign on screen of a pane, its name in the config. */
char layout_pane_key(enum pane pane);
const char *layout_pane_name(enum pane pane);

#endif
