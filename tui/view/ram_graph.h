/* ram_graph.h - the timeline of memory thinned to columns; pure arithmetic, no drawing. */
#ifndef PYPROF_TUI_VIEW_RAM_GRAPH_H
#define PYPROF_TUI_VIEW_RAM_GRAPH_H

#include "pyprof/model.h"

enum { RAM_MAX_COLUMNS = 1024, RAM_MAX_SLOTS = 2 * RAM_MAX_COLUMNS };

/* What is drawn over time. COUNTED: Python's heap and what native code allocated itself, together. */
enum ram_series { RAM_RSS, RAM_HEAP, RAM_COUNTED, RAM_SERIES_COUNT };

/* The least and the most of a slot's samples; a slot between two samples has the value of the earlier one. */
struct ram_range { uint64_t low, high; };

/* A part of the run in columns of step_ns, each drawn as one slot or two. Steps are round numbers and columns begin at
 * multiples of them, so that a run that goes on appends columns and the picture seldom changes as a whole. */
struct ram_graph {
    uint64_t from_ns, step_ns; /* from_ns: a multiple of step_ns */
    int columns;               /* of the window */
    int slots;                 /* a column */
    int first, count;          /* slots from `first` to before `count` have values */
    struct ram_range values[RAM_SERIES_COUNT][RAM_MAX_SLOTS];
    bool known[RAM_SERIES_COUNT];      /* some sample of the run has it */
    uint8_t collected[RAM_MAX_COLUMNS]; /* the oldest generation that was collected in a column, from 1; 0: none */
    bool collections;          /* some sample of the run has one */
    size_t peak;               /* index of the run's highest sample by RSS; SIZE_MAX: nothing was measured */
    uint64_t highest;          /* of all series in the whole run, so that the scale stays while one scrolls */
};

/* columns are cut to RAM_MAX_COLUMNS. */
void ram_graph_build(struct ram_graph *graph, const struct model *model, uint64_t from_ns, uint64_t step_ns, int columns,
                     int slots);

/* The length of a column with which the whole run fits; a run that goes on is not drawn finer than live ones are sampled. */
uint64_t ram_graph_fit(const struct model *model, int columns);
/* When the last sample was taken; 0: there is none. */
uint64_t ram_graph_end(const struct model *model);

/* The highest sample from from_ns on and before end_ns; else the last one before, else the first one behind; SIZE_MAX: there is
 * none. */
size_t ram_graph_sample(const struct model *model, uint64_t from_ns, uint64_t end_ns);

#endif
