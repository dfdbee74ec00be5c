/* statistics.h - what measurements of two things say about their difference, and how sure that is.
 *
 * A comparison is made of blocks: in each, all that is compared was measured close together, so that what changes slowly (the
 * processor's clock, other programs) hits all of them alike. The logarithm of the ratio of two within a block is one value; blocks
 * are independent of each other (here: other processes, with other memory layouts: Kalibera and Jones, "Rigorous benchmarking in
 * reasonable time", ISMM 2013). Their centre is the mean without the fifth at either end, and its interval that of Tukey and
 * McLaughlin ("Less vulnerable confidence and significance procedures for location", Sankhya A 25, 1963, with Yuen's standard
 * error, Biometrika 61, 1974): a block that something disturbed moves it little. Below five blocks nothing is left out, and it is
 * Student's. Of ratios the logarithm is taken so that a over b and b over a say the same. */
#ifndef PYPROF_COMPARE_STATISTICS_H
#define PYPROF_COMPARE_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

struct statistics_summary {
    size_t count;
    double mean, deviation, best; /* deviation: of the sample (n - 1), 0 where there is one value; best: the least */
};

/* count 0: all are 0. */
struct statistics_summary statistics_summarize(const double *values, size_t count);

/* The t that Student's distribution with so many degrees of freedom (above 0) stays below with that probability, which is in
 * (0, 1). */
double statistics_student_quantile(double probability, double degrees);

struct statistics_interval {
    double estimate, low, high;
};

/* The centre of the values, and where it is with that confidence (0.95). From two values on; with fewer, or where memory is out,
 * false. */
bool statistics_centre(const double *values, size_t count, double confidence, struct statistics_interval *interval);

/* How many times b the a are: a[i] and b[i] are of one block, all above 0. */
bool statistics_ratio(const double *a, const double *b, size_t count, double confidence, struct statistics_interval *interval);

/* The confidence that each of so many intervals needs for all of them to hold together with `confidence` (Bonferroni). */
double statistics_together(double confidence, size_t intervals);

#endif
