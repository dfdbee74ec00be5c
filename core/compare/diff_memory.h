/* diff_memory.h - what a diff keeps to itself: the sides, for looking at the lines of a function later. */
#ifndef PYPROF_COMPARE_DIFF_MEMORY_H
#define PYPROF_COMPARE_DIFF_MEMORY_H

#include "core/compare/diff_noise.h"
#include "core/compare/diff_warnings.h"

struct diff_memory {
    struct side sides[2];
    struct sentences warnings;
    struct comparability comparability;
    struct noise noise;
    struct diff_drift drift;
};

enum { DIFF_NO_ROW = UINT32_MAX }; /* in diff_function.rows: that side does not have it */

/* Judges a measure of a function or line; calls: how often it ran. */
struct diff_value diff_judge(const struct diff_memory *memory, enum diff_measure measure, const struct samples samples[2],
                             double calls);

/* The mean of the calls (or hits) of the side with more. */
double diff_most_calls(const struct samples samples[2]);

bool diff_out_of_memory(struct error *error);

#endif
