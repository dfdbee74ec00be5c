/* Statistics of a comparison against values known from tables and from R. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/compare/statistics.h"

#define assert_near(value, expected, error) assert_true(fabs((value) - (expected)) <= (error))

static void test_summary(void **state) {
    (void)state;
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    struct statistics_summary summary = statistics_summarize(values, 8);
    assert_int_equal(summary.count, 8);
    assert_near(summary.mean, 5, 1e-15);
    assert_near(summary.deviation, 2.138089935299395, 1e-14);
    assert_near(summary.best, 2, 0);
    summary = statistics_summarize(values, 1);
    assert_near(summary.mean, 2, 0);
    assert_near(summary.deviation, 0, 0);
    assert_near(statistics_summarize(NULL, 0).mean, 0, 0);
}

/* Large and nearly equal: the sum of squares must not be a difference of large numbers. */
static void test_deviation_of_large_values(void **state) {
    (void)state;
    const double values[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    assert_near(statistics_summarize(values, 4).deviation, 5.477225575051661, 1e-12);
}

/* As in every table of Student's t (two sides of 0.95, 0.99). */
static void test_student(void **state) {
    (void)state;
    static const struct { double probability, degrees, t; } known[] = {
        {0.975, 1, 12.706204736432095}, {0.975, 2, 4.302652729911275},  {0.975, 4, 2.7764451051977987},
        {0.975, 9, 2.2621571627409915}, {0.975, 30, 2.0422724563012373}, {0.975, 1000, 1.9623390808264078},
        {0.995, 2, 9.92484320091807},   {0.995, 10, 3.169272667175838}, {0.9, 3, 1.6377443536962095},
        {0.5, 7, 0},                    {0.025, 2, -4.302652729911275}, {0.9999, 1, 3183.098757116829},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_near(statistics_student_quantile(known[i].probability, known[i].degrees), known[i].t,
                    1e-8 * fabs(known[i].t) + 1e-12);
}

/* Below five values: Student's interval, as R's t.test(c(1, 2, 3, 4)) gives it. */
static void test_centre_of_few(void **state) {
    (void)state;
    const double values[] = {3, 1, 4, 2};
    struct statistics_interval interval;
    assert_true(statistics_centre(values, 4, 0.95, &interval));
    assert_near(interval.estimate, 2.5, 1e-15);
    assert_near(interval.low, 0.4457397432391206, 1e-9);
    assert_near(interval.high, 4.554260256760879, 1e-9);
    assert_false(statistics_centre(values, 1, 0.95, &interval));
}

/* Worked by hand: of 1..10 and 1000 in place of 10, two at either end are left out; winsorised 3,3,3,4,5,6,7,8,8,8. */
static void test_centre_leaves_out_ends(void **state) {
    (void)state;
    double values[] = {7, 1, 9, 3, 5, 1000, 2, 4, 6, 8};
    struct statistics_interval interval, undisturbed;
    assert_true(statistics_centre(values, 10, 0.95, &interval));
    assert_near(interval.estimate, 5.5, 1e-15);
    /* squares: 3 * 6.25 + 2.25 + .25 + .25 + 2.25 + 3 * 6.25 = 42.5; error sqrt(42.5 / (6 * 5)); t(5) = 2.570581835636314 */
    assert_near(interval.high - interval.estimate, 2.570581835636314 * sqrt(42.5 / 30), 1e-9);
    values[5] = 10;
    assert_true(statistics_centre(values, 10, 0.95, &undisturbed));
    assert_near(undisturbed.high, interval.high, 1e-12);
}

static void test_ratio(void **state) {
    (void)state;
    const double a[] = {2, 4, 8}, b[] = {1, 1, 1};
    struct statistics_interval forth, back;
    assert_true(statistics_ratio(a, b, 3, 0.95, &forth));
    assert_true(statistics_ratio(b, a, 3, 0.95, &back));
    assert_near(forth.estimate, 4, 1e-12); /* the geometric mean */
    assert_near(log(forth.high / forth.estimate), 4.302652729911275 * log(2) / sqrt(3), 1e-9);
    assert_near(forth.low * back.high, 1, 1e-12);
    const double same[] = {5, 6, 7};
    assert_true(statistics_ratio(same, same, 3, 0.95, &forth));
    assert_near(forth.low, 1, 0);
    assert_near(forth.high, 1, 0);
}

/* A difference is shown by a 95 % interval where there is none in about one of twenty comparisons, whatever the noise is. */
static void test_coverage(void **state) {
    (void)state;
    uint64_t random = 88172645463325252u;
    int covered = 0, trials = 4000;
    for (int trial = 0; trial < trials; trial++) {
        double values[10];
        for (int i = 0; i < 10; i++) {
            double sum = -6;
            for (int k = 0; k < 12; k++) {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                sum += (double)(random >> 11) * 0x1p-53;
            }
            values[i] = random % 20 == 0 ? 10 * sum : sum; /* one of twenty is disturbed */
        }
        struct statistics_interval interval;
        assert_true(statistics_centre(values, 10, 0.95, &interval));
        covered += interval.low <= 0 && interval.high >= 0;
    }
    assert_in_range(covered, trials * 935 / 1000, trials * 985 / 1000);
}

static void test_together(void **state) {
    (void)state;
    assert_near(statistics_together(0.95, 1), 0.95, 0);
    assert_near(statistics_together(0.95, 5), 0.99, 1e-15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary),          cmocka_unit_test(test_deviation_of_large_values),
        cmocka_unit_test(test_student),          cmocka_unit_test(test_centre_of_few),
        cmocka_unit_test(test_centre_leaves_out_ends), cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_coverage),         cmocka_unit_test(test_together),
    };
    return cmocka_run_group_tests_name("compare_statistics", tests, NULL, NULL);
}
