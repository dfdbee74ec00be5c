/* diff_noise.h - whether two sides differ by more than runs of the same program do.
 *
 * With several runs on a side: Welch's interval of the difference of the means ("The generalization of Student's problem when
 * several different population variances are involved", Biometrika 34, 1947), 95 %. Where one side has a single run, it is taken
 * to spread as the other side does.
 *
 * With one run a side nothing tells how runs spread, so a floor stands for it. Counts have none: the same program with the same
 * input gives the same counts. Times have a relative part (caches, the processor's clock, where memory lies) and, for each call, an
 * absolute one: readings of the clock, what a probe costs here and not on average, short functions and lines that are timed now
 * and then (core/README.md). To the relative part of times is added by how much the functions differ that did not change
 * (diff_drift.h). README.md has what was measured. */
#ifndef PYPROF_COMPARE_DIFF_NOISE_H
#define PYPROF_COMPARE_DIFF_NOISE_H

#include "core/compare/diff_side.h"

/* A change by no more than relative * the larger side + absolute + per_call * calls is noise. */
struct noise_floor {
    double relative, absolute, per_call;
};

/* Of a total, and of a function or line. other_collectors: the runs had different ones. */
struct noise_floor noise_floor_of_total(enum diff_total total, const struct diff_drift *drift, bool other_collectors);
struct noise_floor noise_floor_of_row(enum diff_measure measure, const struct diff_drift *drift, bool other_collectors);

/* t of Student's distribution that 97.5 % are below, by degrees of freedom; filled by noise_open. */
enum { NOISE_MOST_DEGREES = 2 * DIFF_MOST_RUNS };
struct noise {
    double quantiles[NOISE_MOST_DEGREES + 1];
};
void noise_open(struct noise *noise);

/* The means, and what their difference is. calls: how often what was measured ran, of the side with more. */
struct diff_value noise_judge(const struct noise *noise, const struct samples *before, const struct samples *after,
                              struct noise_floor floor, double calls);

#endif
