#include "core/compare/diff_drift.h"

#include <math.h>
#include <stdlib.h>

#include "core/compare/line_match.h"

enum { LEAST_FUNCTIONS = 3 };
static const double least_share = 0.01, least_share_together = 0.1;

struct ratio { double value, weight; };

struct ratios {
    struct ratio *rows;
    size_t count;
    double weight;
};

static bool same_body(const struct side *before, uint32_t left, const struct side *after, uint32_t right) {
    struct line_range ranges[2];
    struct source_lines a = side_body(before, left, 0, &ranges[0]), b = side_body(after, right, 0, &ranges[1]);
    if (before->keys[left].kind == MODEL_FUNCTION_C)
        return true;
    if (!a.source || !b.source || ranges[0].last - ranges[0].first != ranges[1].last - ranges[1].first)
        return false;
    for (uint32_t i = 0; i <= ranges[0].last - ranges[0].first; i++) {
        size_t lengths[2];
        const char *x = source_line(&a, ranges[0].first + i, &lengths[0]), *y = source_line(&b, ranges[1].first + i, &lengths[1]);
        if (line_text_of(x, lengths[0]).hash != line_text_of(y, lengths[1]).hash)
            return false;
    }
    return true;
}

static double only_sample(const struct side *side, uint32_t function, enum diff_measure measure) {
    struct samples samples;
    side_samples(side, function, measure, &samples);
    return samples.count ? samples.values[0] : 0;
}

static double total_time(const struct side *side) {
    struct samples samples;
    side_total_samples(side, DIFF_TOTAL_TIME, &samples);
    return samples.count ? samples.values[0] : 0;
}

static int by_value(const void *left, const void *right) {
    const struct ratio *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

/* The value that half of the weight is below. */
static double weighted_median(struct ratios *ratios) {
    double below = 0;
    size_t i = 0;
    qsort(ratios->rows, ratios->count, sizeof *ratios->rows, by_value);
    while (i + 1 < ratios->count && (below += ratios->rows[i].weight) < ratios->weight / 2)
        i++;
    return ratios->rows[i].value;
}

static void find_ratios(struct ratios *ratios, const struct side *before, const struct side *after, const uint32_t *after_of) {
    double totals[2] = {total_time(before), total_time(after)};
    for (uint32_t i = 0; i < before->function_count; i++) {
        if (after_of[i] == FUNCTION_NO_MATCH)
            continue;
        double left = only_sample(before, i, DIFF_SELF), right = only_sample(after, after_of[i], DIFF_SELF);
        double calls = only_sample(before, i, DIFF_CALLS);
        bool large = left > 0 && right > 0 && (left >= least_share * totals[0] || right >= least_share * totals[1]);
        if (!large || calls <= 0 || calls != only_sample(after, after_of[i], DIFF_CALLS) ||
            !same_body(before, i, after, after_of[i]))
            continue;
        ratios->rows[ratios->count++] = (struct ratio){right / left, left};
        ratios->weight += left;
    }
    if (ratios->count < LEAST_FUNCTIONS || ratios->weight < least_share_together * totals[0])
        ratios->count = 0;
}

bool diff_drift(const struct side *before, const struct side *after, const uint32_t *after_of, struct diff_drift *drift) {
    struct ratios ratios = {.rows = calloc(before->function_count + 1, sizeof *ratios.rows)};
    *drift = (struct diff_drift){0};
    if (!ratios.rows)
        return false;
    find_ratios(&ratios, before, after, after_of);
    if (ratios.count) {
        double median = weighted_median(&ratios);
        for (size_t i = 0; i < ratios.count; i++)
            ratios.rows[i] = (struct ratio){fabs(ratios.rows[i].value - median), 1};
        qsort(ratios.rows, ratios.count, sizeof *ratios.rows, by_value);
        *drift = (struct diff_drift){ratios.count, median - 1, ratios.rows[ratios.count / 2].value};
    }
    free(ratios.rows);
    return true;
}
