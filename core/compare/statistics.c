#include "core/compare/statistics.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct statistics_summary statistics_summarize(const double *values, size_t count) {
    struct statistics_summary summary = {.count = count};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        if (i == 0 || values[i] < summary.best)
            summary.best = values[i];
    }
    summary.mean = count ? sum / (double)count : 0;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - summary.mean) * (values[i] - summary.mean);
    summary.deviation = count > 1 ? sqrt(squares / (double)(count - 1)) : 0;
    return summary;
}

/* --- Student's t --------------------------------------------------------------------------------------------- */

/* The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
static double beta_fraction(double a, double b, double x) {
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
    double value = d;
    for (int step = 1; step < 1000; step++) {
        double m = step, even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double terms[] = {even, odd}, change = 1;
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            c = 1 + terms[i] / c;
            d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
            c = fabs(c) < DBL_MIN ? DBL_MIN : c;
            change = c * d;
            value *= change;
        }
        if (fabs(change - 1) < 4 * DBL_EPSILON)
            break;
    }
    return value;
}

/* The regularised incomplete beta function. */
static double incomplete_beta(double a, double b, double x) {
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* How likely it is that t is above this value, which is not negative. */
static double student_above(double t, double degrees) {
    return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
}

double statistics_student_quantile(double probability, double degrees) {
    if (probability < 0.5)
        return -statistics_student_quantile(1 - probability, degrees);
    double low = 0, high = 1, above = 1 - probability;
    while (student_above(high, degrees) > above && high < 1e300)
        high *= 2;
    for (int step = 0; step < 200 && high - low > 1e-13 * high; step++) {
        double middle = low + (high - low) / 2;
        *(student_above(middle, degrees) > above ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

/* --- the centre ---------------------------------------------------------------------------------------------- */

static int compare_values(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

bool statistics_centre(const double *values, size_t count, double confidence, struct statistics_interval *interval) {
    double *sorted = count >= 2 ? malloc(count * sizeof *sorted) : NULL;
    if (!sorted)
        return false;
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_values);
    size_t cut = count / 5, kept = count - 2 * cut;
    double centre = statistics_summarize(sorted + cut, kept).mean;
    /* Winsorised: what is left out of the mean counts for the spread as the nearest that is not. */
    for (size_t i = 0; i < cut; i++) {
        sorted[i] = sorted[cut];
        sorted[count - 1 - i] = sorted[count - 1 - cut];
    }
    double deviation = statistics_summarize(sorted, count).deviation;
    double standard_error = deviation * sqrt((double)(count - 1) / ((double)kept * (double)(kept - 1)));
    double reach = standard_error * statistics_student_quantile(1 - (1 - confidence) / 2, (double)(kept - 1));
    *interval = (struct statistics_interval){centre, centre - reach, centre + reach};
    free(sorted);
    return true;
}

bool statistics_ratio(const double *a, const double *b, size_t count, double confidence, struct statistics_interval *interval) {
    double *logarithms = count >= 2 ? malloc(count * sizeof *logarithms) : NULL;
    if (!logarithms)
        return false;
    for (size_t i = 0; i < count; i++)
        logarithms[i] = log(a[i] / b[i]);
    bool done = statistics_centre(logarithms, count, confidence, interval);
    free(logarithms);
    if (done)
        *interval = (struct statistics_interval){exp(interval->estimate), exp(interval->low), exp(interval->high)};
    return done;
}

double statistics_together(double confidence, size_t intervals) {
    return intervals > 1 ? 1 - (1 - confidence) / (double)intervals : confidence;
}
