/* verdict.c - from runs to what can be said of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/compare/comparison.h"

static const double CONFIDENCE = 0.95;

/* Mean of each block's runs. */
static void block_means(const struct comparison *comparison, const struct comparison_candidate *candidate, double *means) {
    for (size_t block = 0; block < comparison->blocks; block++)
        means[block] = statistics_summarize(candidate->runs + block * comparison->runs_per_block, comparison->runs_per_block).mean;
}

/* The fastest by the centre of the logarithms of its blocks' times: what ratios are made of, too. */
static size_t find_fastest(const struct comparison *comparison, double *means, double *ones) {
    size_t fastest = 0;
    double least = HUGE_VAL;
    for (size_t i = 0; i < comparison->count; i++) {
        struct statistics_interval time;
        block_means(comparison, &comparison->candidates[i], means);
        if (statistics_ratio(means, ones, comparison->blocks, CONFIDENCE, &time) && time.estimate < least) {
            least = time.estimate;
            fastest = i;
        }
    }
    return fastest;
}

/* Which one is the fastest is not known beforehand, so that each pair counts as one that is compared. */
bool comparison_judge(struct comparison *comparison) {
    double *means = calloc(3 * comparison->blocks + 1, sizeof *means);
    if (!means)
        return false;
    double *ones = means + comparison->blocks, *others = ones + comparison->blocks;
    for (size_t block = 0; block < comparison->blocks; block++)
        ones[block] = 1;
    for (size_t i = 0; i < comparison->count; i++)
        comparison->candidates[i].time = statistics_summarize(comparison->candidates[i].runs, comparison->candidates[i].run_count);
    comparison->fastest = find_fastest(comparison, means, ones);
    comparison->confidence = statistics_together(CONFIDENCE, comparison->count * (comparison->count - 1) / 2);
    block_means(comparison, &comparison->candidates[comparison->fastest], others);
    bool done = true;
    for (size_t i = 0; i < comparison->count; i++) {
        struct comparison_candidate *candidate = &comparison->candidates[i];
        candidate->relative = (struct statistics_interval){1, 1, 1};
        block_means(comparison, candidate, means);
        if (i != comparison->fastest)
            done = done && statistics_ratio(means, others, comparison->blocks, comparison->confidence, &candidate->relative);
        candidate->differs = candidate->relative.low > 1;
    }
    free(means);
    return done;
}

/* As many digits as it takes to tell the ends of the interval apart, and none that noise makes. */
static int digits_of(const struct statistics_interval *interval) {
    double width = interval->high - interval->low;
    int digits = width > 0 ? (int)ceil(-log10(width)) + 1 : 2;
    return interval->estimate >= 100 ? 0 : digits < 1 ? 1 : digits > 4 ? 4 : digits;
}

void comparison_verdict(const struct comparison *comparison, size_t index, char *text, size_t size) {
    const struct comparison_candidate *candidate = &comparison->candidates[index];
    const struct comparison_candidate *fastest = &comparison->candidates[comparison->fastest];
    const struct statistics_interval *relative = &candidate->relative;
    int digits = digits_of(relative);
    if (candidate->differs)
        snprintf(text, size, "%.200s is %.*f times faster than %.200s (95 %% interval %.*f to %.*f)", fastest->name, digits,
                 relative->estimate, candidate->name, digits, relative->low, digits, relative->high);
    else
        snprintf(text, size, "no difference can be shown between %.200s and %.200s (ratio %.*f, 95 %% interval %.*f to %.*f)",
                 fastest->name, candidate->name, digits, relative->estimate, digits, relative->low, digits, relative->high);
}
