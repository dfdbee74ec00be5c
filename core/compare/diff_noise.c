#include "core/compare/diff_noise.h"

#include <math.h>

#include "core/compare/statistics.h"

/* README.md has the runs that these are from. */
static const double row_relative = 0.10, row_absolute = 100e3, row_per_call = 15;
static const double whole_relative = 0.05, time_absolute = 2e6, wall_absolute = 10e6;
static const double resident_relative = 0.10, resident_absolute = 2 << 20;
static const double other_collectors_relative = 0.05;
enum { ROW_SCATTERS = 3, WHOLE_SCATTERS = 1 }; /* single functions scatter, their sum does so less */

static double more_relative(const struct diff_drift *drift, int scatters, bool other_collectors) {
    return fabs(drift->shift) + scatters * drift->scatter + (other_collectors ? other_collectors_relative : 0);
}

struct noise_floor noise_floor_of_row(enum diff_measure measure, const struct diff_drift *drift, bool other_collectors) {
    if (session_diff_unit(measure) != DIFF_NANOSECONDS)
        return (struct noise_floor){0};
    return (struct noise_floor){row_relative + more_relative(drift, ROW_SCATTERS, other_collectors), row_absolute, row_per_call};
}

struct noise_floor noise_floor_of_total(enum diff_total total, const struct diff_drift *drift, bool other_collectors) {
    double relative = whole_relative + more_relative(drift, WHOLE_SCATTERS, other_collectors);
    switch (total) {
    case DIFF_TOTAL_WALL: return (struct noise_floor){relative, wall_absolute, 0};
    case DIFF_TOTAL_TIME: return (struct noise_floor){relative, time_absolute, 0};
    case DIFF_TOTAL_RSS: return (struct noise_floor){resident_relative, resident_absolute, 0};
    default: return (struct noise_floor){0};
    }
}

void noise_open(struct noise *noise) {
    for (int degrees = 1; degrees <= NOISE_MOST_DEGREES; degrees++)
        noise->quantiles[degrees] = statistics_student_quantile(0.975, degrees);
}

/* Half of the interval; degrees of freedom are rounded down, which makes it wider. */
static double welch_reach(const struct noise *noise, const struct statistics_summary *before,
                          const struct statistics_summary *after) {
    const struct statistics_summary *sides[2] = {before, after};
    double parts[2], sum = 0, squares = 0;
    for (int i = 0; i < 2; i++) {
        const struct statistics_summary *known = sides[i]->count > 1 ? sides[i] : sides[!i];
        parts[i] = known->deviation * known->deviation / (double)sides[i]->count;
        sum += parts[i];
        if (sides[i]->count > 1)
            squares += parts[i] * parts[i] / (double)(sides[i]->count - 1);
    }
    if (sum <= 0)
        return 0;
    const struct statistics_summary *single = before->count == 1 ? after : before;
    bool lone = before->count == 1 || after->count == 1;
    double degrees = floor(lone ? (double)(single->count - 1) : sum * sum / squares);
    if (!(degrees >= 1))
        degrees = 1;
    return sqrt(sum) * noise->quantiles[degrees > NOISE_MOST_DEGREES ? NOISE_MOST_DEGREES : (int)degrees];
}

static uint64_t rounded(double value) { return value <= 0 ? 0 : value >= 0x1p63 ? UINT64_MAX - 1 : (uint64_t)(value + 0.5); }

struct diff_value noise_judge(const struct noise *noise, const struct samples *before, const struct samples *after,
                              struct noise_floor floor, double calls) {
    struct statistics_summary left = statistics_summarize(before->values, before->count);
    struct statistics_summary right = statistics_summarize(after->values, after->count);
    struct diff_value value = {left.count ? rounded(left.mean) : MODEL_UNKNOWN, right.count ? rounded(right.mean) : MODEL_UNKNOWN,
                               MODEL_UNKNOWN, DIFF_NOT_KNOWN};
    if (!left.count || !right.count)
        return value;
    double larger = left.mean > right.mean ? left.mean : right.mean, difference = fabs(right.mean - left.mean);
    double reach = left.count > 1 || right.count > 1 ? welch_reach(noise, &left, &right)
                                                     : floor.relative * larger + floor.absolute + floor.per_call * calls;
    value.noise = rounded(reach);
    value.verdict = difference <= 0 ? DIFF_EQUAL : difference <= reach ? DIFF_NOISE : DIFF_CHANGED;
    return value;
}
