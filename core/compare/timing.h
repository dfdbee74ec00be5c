/* timing.h - how long a call of each candidate takes, measured in turn.
 *
 * A run is so many calls in timeit's own loop (with the garbage collector off), as many as timeit's autorange would make: the
 * first of 1, 2, 5, 10, 20, ... that take 0.2 s (less where there is little time for all). A block is one run of each candidate
 * in their order and one of each in the opposite order, so that what gets steadily slower or faster hits all of them alike. Each
 * candidate has a process of its own, and each block new ones: where their memory lies differs from process to process, and so
 * does speed. Where a run takes long, a block is one run of each, and every second block begins with the last one. */
#ifndef PYPROF_COMPARE_TIMING_H
#define PYPROF_COMPARE_TIMING_H

#include "core/compare/comparison.h"
#include "core/compare/worker.h"

/* Measures until the intervals are narrow, or the time is over; three blocks at least. Fills loops and runs of the candidates. */
bool timing_measure(struct comparison *comparison, struct worker_context *context, double time_s,
                    const struct comparison_listener *listener, struct error *error);

#endif
