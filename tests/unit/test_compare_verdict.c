/* From runs to a verdict: who is the fastest, and whether a difference can be shown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/compare/comparison.h"
#include "core/report/compare_report.h"
#include "core/report/side_by_side.h"

enum { BLOCKS = 6, RUNS = 2 };

/* Times of up to three candidates; *candidates holds them. */
static struct comparison compare(struct comparison_candidate *candidates, double (*runs)[BLOCKS * RUNS], size_t count) {
    static char *names[] = {"a", "b", "c"};
    for (size_t i = 0; i < count; i++)
        candidates[i] = (struct comparison_candidate){.name = names[i], .qualname = names[i], .arguments = "", .loops = 1,
                                                      .runs = runs[i], .run_count = BLOCKS * RUNS, .specification = names[i],
                                                      .executed = MODEL_UNKNOWN, .allocated_count = MODEL_UNKNOWN};
    struct comparison comparison = {.version = "3.11.2", .program = "python3", .setup = "", .candidates = candidates,
                                    .count = count, .blocks = BLOCKS, .runs_per_block = RUNS};
    assert_true(comparison_judge(&comparison));
    return comparison;
}

/* While the machine gets slower and slower, one of two is always three times the other: the drift is not in the interval. */
static void test_drift(void **state) {
    (void)state;
    struct comparison_candidate candidates[2];
    double runs[2][BLOCKS * RUNS];
    char verdict[512];
    for (int i = 0; i < BLOCKS * RUNS; i++) {
        runs[0][i] = 300 * pow(1.2, i);
        runs[1][i] = 100 * pow(1.2, i);
    }
    struct comparison comparison = compare(candidates, runs, 2);
    assert_int_equal(comparison.fastest, 1);
    assert_true(candidates[0].differs);
    assert_false(candidates[1].differs);
    assert_true(fabs(candidates[0].relative.estimate - 3) < 1e-9 && candidates[0].relative.low > 2.999999);
    assert_true(candidates[1].relative.low == 1 && candidates[1].relative.high == 1);
    comparison_verdict(&comparison, 0, verdict, sizeof verdict);
    assert_string_equal(verdict, "b is 3.00 times faster than a (95 % interval 3.00 to 3.00)");
    assert_true(comparison.confidence == 0.95);
}

static void test_no_difference(void **state) {
    (void)state;
    struct comparison_candidate candidates[2];
    double runs[2][BLOCKS * RUNS] = {{100, 102, 98, 101, 99, 100, 103, 97, 100, 101, 99, 100},
                                     {101, 100, 99, 100, 103, 97, 100, 102, 98, 101, 99, 101}};
    char verdict[512];
    struct comparison comparison = compare(candidates, runs, 2);
    assert_false(candidates[0].differs || candidates[1].differs);
    comparison_verdict(&comparison, comparison.fastest == 0, verdict, sizeof verdict);
    assert_non_null(strstr(verdict, "no difference can be shown between "));
    const struct statistics_interval *relative = &candidates[comparison.fastest == 0].relative;
    assert_true(relative->low < 1 && relative->high > 1 && relative->high < 1.05);
}

/* One block in which something else ran does not hide a difference of 2 %. */
static void test_disturbed_block(void **state) {
    (void)state;
    struct comparison_candidate candidates[2];
    double runs[2][BLOCKS * RUNS];
    for (int i = 0; i < BLOCKS * RUNS; i++) {
        runs[0][i] = 100 + 0.1 * (i % 3);
        runs[1][i] = 102 + 0.1 * (i % 3);
    }
    runs[0][4] = 500;
    struct comparison comparison = compare(candidates, runs, 2);
    assert_int_equal(comparison.fastest, 0);
    assert_true(candidates[1].differs);
    assert_true(candidates[1].relative.low > 1.01 && candidates[1].relative.high < 1.03);
}

/* With three there are three pairs: each interval is wider, so that all hold together. */
static void test_ranking(void **state) {
    (void)state;
    struct comparison_candidate candidates[3], pair[2];
    double runs[3][BLOCKS * RUNS];
    for (int i = 0; i < BLOCKS * RUNS; i++) {
        runs[0][i] = 200 + i % 4;
        runs[1][i] = 100 + i % 3;
        runs[2][i] = 400 + 5 * (i % 5);
    }
    struct comparison comparison = compare(candidates, runs, 3);
    assert_int_equal(comparison.fastest, 1);
    assert_true(candidates[0].differs && candidates[2].differs);
    assert_true(fabs(comparison.confidence - (1 - 0.05 / 3)) < 1e-12);
    compare(pair, runs, 2);
    assert_true(candidates[0].relative.high > pair[0].relative.high);
}

/* A few digits more than the interval's width: no more is known. */
static void test_digits(void **state) {
    (void)state;
    static const struct { struct statistics_interval relative; const char *verdict; } known[] = {
        {{2.9, 2.84, 2.97}, "a is 2.90 times faster than b (95 % interval 2.84 to 2.97)"},
        {{2.9, 2.4, 3.5}, "a is 2.9 times faster than b (95 % interval 2.4 to 3.5)"},
        {{39441.4, 30963.8, 50240.1}, "a is 39441 times faster than b (95 % interval 30964 to 50240)"},
        {{1.004, 1.003, 1.005}, "a is 1.0040 times faster than b (95 % interval 1.0030 to 1.0050)"},
    };
    struct comparison_candidate candidates[2] = {{.name = "a"}, {.name = "b", .differs = true}};
    struct comparison comparison = {.candidates = candidates, .count = 2};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char verdict[512];
        candidates[1].relative = known[i].relative;
        comparison_verdict(&comparison, 1, verdict, sizeof verdict);
        assert_string_equal(verdict, known[i].verdict);
    }
}

/* --- texts ---------------------------------------------------------------------------------------------------- */

static char *text_of(void (*write)(FILE *out)) {
    static char text[4096];
    memset(text, 0, sizeof text);
    FILE *out = fmemopen(text, sizeof text - 1, "w");
    assert_non_null(out);
    write(out);
    fclose(out);
    return text;
}

static void write_beside(FILE *out) {
    side_by_side_write("one\na longer line\n\ttab\n", "x\x1b[31m\nexactly8\n\xff\nfour\n", 19, out);
}

static void test_side_by_side(void **state) {
    (void)state;
    assert_string_equal(text_of(write_beside),
                        "one      | x\xEF\xBF\xBD[31m\n"
                        "a longe~ | exactly8\n"
                        "~        | \xEF\xBF\xBD\n"
                        "         | four\n");
}

/* A name of a function cannot drive the terminal. */
static void write_text(FILE *out) {
    struct comparison_candidate candidates[2];
    double runs[2][BLOCKS * RUNS];
    for (int i = 0; i < BLOCKS * RUNS; i++) {
        runs[0][i] = 2e6;
        runs[1][i] = 1.5e3;
    }
    struct comparison comparison = compare(candidates, runs, 2);
    candidates[0].name = "a\x1b[2J";
    struct error error;
    assert_true(compare_report_text(&comparison, 80, out, &error));
}

static void test_text(void **state) {
    (void)state;
    const char *text = text_of(write_text);
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strstr(text, "function      time per call      best  runs x loops  relative\n"
                                 "b         1.500 +- 0.000 us  1.500 us        12 x 1      1.00\n"
                                 "a\xEF\xBF\xBD[2J     2.000 +- 0.000 ms  2.000 ms        12 x 1      1333\n"));
    assert_non_null(strstr(text, "\nb is 1333 times faster than a\xEF\xBF\xBD[2J (95 % interval 1333 to 1333).\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift),   cmocka_unit_test(test_no_difference), cmocka_unit_test(test_disturbed_block),
        cmocka_unit_test(test_ranking), cmocka_unit_test(test_digits),        cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests_name("compare_verdict", tests, NULL, NULL);
}
