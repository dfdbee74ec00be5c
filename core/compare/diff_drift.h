/* diff_drift.h - how two single runs differ where nothing changed: what a busy machine does to both is seen there.
 *
 * Of the functions with the same body and the same number of calls on both sides, each with one per cent of the time or more, the
 * median of the ratios of their self times, weighted by time, says how much faster or slower the machine was (shift); the median
 * distance from it, how evenly (scatter). What changed moves neither, as long as it is less than half. README.md has what this
 * was worth when runs of the same program were compared. Several runs a side know better: then it is not used. */
#ifndef PYPROF_COMPARE_DIFF_DRIFT_H
#define PYPROF_COMPARE_DIFF_DRIFT_H

#include "core/compare/diff_side.h"

/* Takes the functions that are the same, after_of[i] being which one after function i before is, and fills in *drift; functions 0
 * where too few are the same. false: out of memory. */
bool diff_drift(const struct side *before, const struct side *after, const uint32_t *after_of, struct diff_drift *drift);

#endif
