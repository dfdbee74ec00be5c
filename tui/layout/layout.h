/* layout.h - where everything stands on a screen of a given size. Pure geometry: no terminal, no state. */
#ifndef PYPROF_TUI_LAYOUT_H
#define PYPROF_TUI_LAYOUT_H

#include <stdbool.h>

#include "tui/term/grid.h"

/* X(NAME, number on screen and key, name in the config) */
#define PANE_LIST(X)               \
    X(FUNCTIONS, 1, "functions")   \
    X(SOURCE, 2, "source")         \
    X(BYTECODE, 3, "bytecode")     \
    X(RAM, 4, "ram")               \
    X(OUTPUT, 5, "output")         \
    X(MEMORY, 6, "memory")

enum pane {
#define X(NAME, number, name) PANE_##NAME,
    PANE_LIST(X)
#undef X
    PANE_COUNT
};

enum {
    LAYOUT_MINIMUM_ROWS = 12, LAYOUT_MINIMUM_COLUMNS = 60, /* below: nothing but a line that says so */
    LAYOUT_PANES_ROWS = 30, LAYOUT_PANES_COLUMNS = 100,    /* below: one pane at a time, the others as tabs */
};

enum layout_mode {
    LAYOUT_TOO_SMALL, /* draw layout_too_small's text in `status` */
    LAYOUT_TABS,      /* one pane, its border row holds tabs for the others; RAM is one row */
    LAYOUT_PANES,     /* all panes */
};

/* What the user changed. All zero but `panes`: as at the start. Out-of-range values are brought into range. */
struct layout_options {
    bool zoomed;          /* the focused pane alone */
    enum pane focus;
    bool memory;          /* memory stands in the place of functions, which it shares */
    unsigned panes;       /* bits 1u << enum pane that are wanted; the focused one is shown in any case */
    int functions_extra;  /* columns more (or less) for functions or memory, taken from source */
    int bytecode_extra;   /* rows more (or less) for bytecode, taken from source */
    int ram_extra, output_extra; /* rows more (or less), taken from functions and source */
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
    struct rectangle divider;   /* column between functions and source (with bytecode below it) */
    struct pane_place panes[PANE_COUNT];
};

struct layout layout_compute(int rows, int columns, const struct layout_options *options);

/* The one of functions and memory that stands in their place, or would. */
enum pane layout_table_pane(const struct layout_options *options);

/* Number on screen of a pane, its name in the config. */
int layout_pane_number(enum pane pane);
const char *layout_pane_name(enum pane pane);

#endif
