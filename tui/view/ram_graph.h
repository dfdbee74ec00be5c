/* ram_graph.h - the RSS timeline thinned to columns; pure arithmetic, no drawing. */
#ifndef PYPROF_TUI_VIEW_RAM_GRAPH_H
#define PYPROF_TUI_VIEW_RAM_GRAPH_H

#include "pyprof/model.h"

enum { RAM_MAX_COLUMNS = 1024 };

/* The whole run in columns of step_ns each. Steps and scale are round numbers, so that a growing run appends columns
 * and the picture seldom changes as a whole. While the run goes on a column is at least 100 ms. */
struct ram_graph {
    uint64_t step_ns;
    uint64_t top;  /* bytes at the upper edge */
    int count;     /* columns that have a value */
    uint64_t low[RAM_MAX_COLUMNS], high[RAM_MAX_COLUMNS]; /* of the samples in a column; between samples the last one */
    size_t peak;   /* index of the highest sample; SIZE_MAX: there are no samples */
};

void ram_graph_build(struct ram_graph *graph, const struct model *model, int columns);

/* The smallest of 1, 2, 5 x 10^n nanoseconds (at least 10 ms) with which a run until end_ns needs at most that many
 * columns. */
uint64_t ram_graph_step(uint64_t end_ns, int columns);
/* The smallest round number of MiB, in bytes, that is not below peak. */
uint64_t ram_graph_top(uint64_t peak);
/* The highest sample from from_ns on and before end_ns; else the last one before; SIZE_MAX: neither exists. */
size_t ram_graph_sample(const struct model *model, uint64_t from_ns, uint64_t end_ns);

#endif
