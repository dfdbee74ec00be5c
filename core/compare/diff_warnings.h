/* diff_warnings.h - what of two sides does not compare, and the sentences that say so. */
#ifndef PYPROF_COMPARE_DIFF_WARNINGS_H
#define PYPROF_COMPARE_DIFF_WARNINGS_H

#include "core/compare/diff_side.h"

/* Sentences, malloc'ed. */
struct sentences {
    char **texts;
    size_t count, capacity;
    bool failed; /* out of memory */
};
void sentences_free(struct sentences *sentences);

struct comparability {
    bool measures[DIFF_MEASURE_COUNT], totals[DIFF_TOTAL_COUNT];
    bool other_collectors; /* times were measured beside other probes */
    bool same_python;      /* but for its patch level */
};

/* Looks at all runs of both sides, each against the first run before. */
void diff_compare_runs(const struct diff_side *before, const struct diff_side *after, struct comparability *comparability,
                       struct sentences *warnings);

/* Whether all runs of a side have sources. */
bool diff_has_sources(const struct diff_side *side);

#endif
