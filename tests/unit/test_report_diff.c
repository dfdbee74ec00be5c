/* What changed, as text, as JSON, and as --fail-if judges it. */
#include "tests/unit/diff_fixture.h"

#include "core/compare/diff_condition.h"
#include "core/compare/diff_text.h"
#include "tests/unit/golden.h"

static char *report(const struct session_diff *diff, const char *list, int width) {
    char *text = NULL;
    size_t size;
    struct error error = {0};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (!diff_report_write(diff, list, width, out, &error))
        fail_msg("%s", error.text);
    fclose(out);
    return text;
}

static void expect_report(const char *name, const struct session_diff *diff, const char *list, int width) {
    char *text = report(diff, list, width);
    expect_golden(name, text);
    for (char *line = text; width && *line;) {
        size_t length = strcspn(line, "\n");
        if (length > (size_t)width)
            fail_msg("%s: a line is %zu columns wide: %.*s", name, length, (int)length, line);
        line += length + (line[length] == '\n');
    }
    free(text);
}

static void test_text(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    after->python_version = "3.14.0";
    diff_fixture_open(&fixture, before, after);
    expect_report("diff-report", fixture.diff, "functions,lines", 0);
    expect_report("diff-report-100", fixture.diff, "functions,lines", 100);
    expect_report("diff-report-80", fixture.diff, "functions,lines", 80);
    diff_fixture_close(&fixture);
}

static void give_memory(struct model *run, uint32_t function, uint64_t count, uint64_t bytes) {
    run->functions[function].memory =
        (struct model_allocations){.allocated_count = count, .allocated_bytes = bytes, .peak_bytes = bytes / 2};
}

static void test_memory(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    struct error error = {0};
    diff_fixture_open(&fixture, before, after);
    assert_false(diff_report_write(fixture.diff, "memory", 0, stdout, &error));
    assert_string_equal(error.text, "memory was not counted on both sides; run them with memory in -k");
    session_diff_free(fixture.diff);
    before->collectors |= COLLECTOR_MEMORY;
    after->collectors |= COLLECTOR_MEMORY;
    give_memory(before, 2, 1000, 4 << 20);
    give_memory(after, 3, 2000, 8 << 20);
    give_memory(before, 3, 10, 2000);
    give_memory(after, 2, 10, 2000);
    diff_fixture_compare(&fixture);
    char *text = report(fixture.diff, "memory", 100);
    expect_golden("diff-report-memory", strstr(text, "\nMemory"));
    free(text);
    diff_fixture_close(&fixture);
}

static void test_report_names(void **state) {
    (void)state;
    struct error error = {0};
    assert_true(diff_report_check_list("lines,memory,functions", &error));
    assert_false(diff_report_check_list("functions,tree", &error));
    assert_string_equal(error.text, "--report: there is no report \"tree\" of what changed; known are functions, lines, memory");
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
}

/* Names and lines cannot drive the terminal. */
static void test_control_characters(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    after->functions[5].qualname = "fr\033[31mesh";
    after->functions[5].name = "fr\033[31mesh";
    diff_fixture_open(&fixture, before, after);
    char *text = report(fixture.diff, "functions,lines", 0);
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "fr\xEF\xBF\xBD[31mesh"));
    free(text);
    diff_fixture_close(&fixture);
}

static void test_json(void **state) {
    (void)state;
    struct diff_fixture fixture;
    char *text = NULL;
    size_t size;
    struct error error = {0};
    diff_fixture_open(&fixture, diff_before(), diff_after());
    FILE *out = open_memstream(&text, &size);
    assert_true(diff_export_json(fixture.diff, out, &error));
    fclose(out);
    expect_golden("diff-json", text);
    free(text);
    diff_fixture_close(&fixture);
}

static void assert_number(enum diff_unit unit, uint64_t number, const char *expected) {
    char text[DIFF_TEXT_SIZE];
    assert_string_equal(diff_text_number(unit, number, text), expected);
    assert_true(strlen(text) <= DIFF_NUMBER_WIDTH);
}

static void assert_change(uint64_t before, uint64_t after, enum diff_verdict verdict, const char *expected) {
    char text[DIFF_TEXT_SIZE];
    struct diff_value value = {before, after, 0, verdict};
    assert_string_equal(diff_text_change(&value, text), expected);
    assert_true(strlen(text) <= DIFF_CHANGE_WIDTH);
}

static void test_numbers(void **state) {
    (void)state;
    assert_number(DIFF_NANOSECONDS, 0, "0 ns");
    assert_number(DIFF_NANOSECONDS, 1234, "1.234 us");
    assert_number(DIFF_NANOSECONDS, 123456789, "123.5 ms");
    assert_number(DIFF_NANOSECONDS, 999960, "1.000 ms");
    assert_number(DIFF_NANOSECONDS, 86400 * SECOND, "86400.0 s");
    assert_number(DIFF_BYTES, 999, "999 B");
    assert_number(DIFF_BYTES, 1048576, "1.000 MiB");
    assert_number(DIFF_BYTES, UINT64_MAX - 1, "16.00 EiB");
    assert_number(DIFF_COUNT, 34219980, "34219980");
    assert_number(DIFF_COUNT, UINT64_C(12345678901234), "1.235e+13");
    assert_number(DIFF_COUNT, MODEL_UNKNOWN, "-");
    assert_change(100, 105, DIFF_CHANGED, "+5.0 %");
    assert_change(100, 99, DIFF_NOISE, "~-1.0 %");
    assert_change(100, 100, DIFF_EQUAL, "=");
    assert_change(100, 1250, DIFF_CHANGED, "x 12.5");
    assert_change(1, 99000, DIFF_NOISE, "~x 99000");
    assert_change(1, UINT64_MAX / 2, DIFF_NOISE, "~x 9e+18");
    assert_change(0, 5, DIFF_CHANGED, "new");
    assert_change(5, 0, DIFF_NOISE, "~gone");
    assert_change(0, 0, DIFF_EQUAL, "=");
    assert_change(5, 6, DIFF_NOT_COMPARABLE, "?");
    assert_change(5, MODEL_UNKNOWN, DIFF_NOT_KNOWN, "");
}

/* --- conditions ----------------------------------------------------------------------------------------- */

static void assert_wrong(const char *text, const char *expected) {
    struct diff_condition condition;
    struct error error = {0};
    if (diff_condition_parse(text, &condition, &error))
        fail_msg("%s is taken", text);
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    char *start = strstr(error.text, "': ");
    if (!start || strncmp(start + 3, expected, strlen(expected)) != 0)
        fail_msg("%s", error.text);
}

static void test_wrong_conditions(void **state) {
    (void)state;
    assert_wrong("", "there is no >, >=, < or <= with a change behind it");
    assert_wrong("total", "there is no >");
    assert_wrong("total>", "there is no >");
    assert_wrong("total>5%", "the change needs a sign, + or -");
    assert_wrong("total>+", "behind the sign a number is missing");
    assert_wrong("total>+x%", "behind the sign a number is missing");
    assert_wrong("total>+-5%", "behind the sign a number is missing");
    assert_wrong("total>+5", "a change of time is in %, ns, us, ms or s");
    assert_wrong("total>+5MiB", "a change of time is in %, ns, us, ms or s");
    assert_wrong("peak>+5ms", "a change of memory is in %, B, KiB, MiB or GiB");
    assert_wrong("calls>+5ms", "a change of a count is in % or a number");
    assert_wrong("total>+5%%", "a change of time");
    assert_wrong("total>+1e999%", "the number is too large");
    assert_wrong("speed>+5%", "there is no such measure");
    assert_wrong("self>+5%", "that is a measure of functions");
    assert_wrong("rss:work>+5%", "that is a measure of the whole program");
    assert_wrong("self:>+5%", "behind the colon a function is missing");
}

static void assert_parsed(const char *text, bool of_function, int what, const char *function, enum diff_operator operator,
                          bool relative, double change) {
    struct diff_condition condition;
    struct error error = {0};
    if (!diff_condition_parse(text, &condition, &error))
        fail_msg("%s", error.text);
    assert_int_equal(condition.of_function, of_function);
    assert_int_equal(of_function ? (int)condition.measure : (int)condition.total, what);
    assert_string_equal(condition.function, function);
    assert_int_equal(condition.operator, operator);
    assert_int_equal(condition.relative, relative);
    assert_true(condition.change > change - 1e-6 && condition.change < change + 1e-6);
}

static void test_conditions_are_parsed(void **state) {
    (void)state;
    assert_parsed("total>+5%", false, DIFF_TOTAL_TIME, "", DIFF_MORE, true, 5);
    assert_parsed("wall>=+1.5s", false, DIFF_TOTAL_WALL, "", DIFF_AT_LEAST, false, 1.5e9);
    assert_parsed("memory>+10%", false, DIFF_TOTAL_PEAK, "", DIFF_MORE, true, 10);
    assert_parsed("rss<-2MiB", false, DIFF_TOTAL_RSS, "", DIFF_LESS, false, -2097152);
    assert_parsed("allocations<=-1", false, DIFF_TOTAL_ALLOCATIONS, "", DIFF_AT_MOST, false, -1);
    assert_parsed("total>+0", false, DIFF_TOTAL_TIME, "", DIFF_MORE, false, 0);
    assert_parsed("self:work>+10ms", true, DIFF_SELF, "work", DIFF_MORE, false, 1e7);
    assert_parsed("time:Node.add>+5%", true, DIFF_TOTAL, "Node.add", DIFF_MORE, true, 5);
    assert_parsed("calls:<module>>+0", true, DIFF_CALLS, "<module>", DIFF_MORE, false, 0);
    assert_parsed("self:a.py:f.<locals>.<lambda>>=+5%", true, DIFF_SELF, "a.py:f.<locals>.<lambda>", DIFF_AT_LEAST, true, 5);
}

static void judge(const struct diff_fixture *fixture, const char *text, enum diff_answer expected, const char *says) {
    struct diff_condition condition;
    struct error error = {0};
    enum diff_answer answer = DIFF_HOLDS_NOT;
    char sentence[512];
    if (!diff_condition_parse(text, &condition, &error) ||
        !diff_condition_judge(&condition, fixture->diff, &answer, sentence, sizeof sentence, &error))
        fail_msg("%s", error.text);
    if (answer != expected)
        fail_msg("%s", sentence);
    if (says)
        assert_string_equal(sentence, says);
}

static void assert_no_answer(const struct diff_fixture *fixture, const char *text, const char *says) {
    struct diff_condition condition;
    struct error error = {0};
    enum diff_answer answer;
    char sentence[512];
    assert_true(diff_condition_parse(text, &condition, &error));
    assert_false(diff_condition_judge(&condition, fixture->diff, &answer, sentence, sizeof sentence, &error));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    if (!strstr(error.text, says))
        fail_msg("%s", error.text);
}

static void test_conditions_are_judged(void **state) {
    (void)state;
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, diff_before(), diff_after());
    judge(&fixture, "total>+5%", DIFF_HOLDS, "total>+5%: 801.0 ms before, 1.028 s after, +28.3 %");
    judge(&fixture, "total>+30%", DIFF_HOLDS_NOT, NULL);
    judge(&fixture, "total<-5%", DIFF_HOLDS_NOT, NULL);
    judge(&fixture, "self:work>+199ms", DIFF_HOLDS, NULL);
    judge(&fixture, "self:work>+200ms", DIFF_HOLDS_NOT, NULL);
    judge(&fixture, "self:work>=+200ms", DIFF_HOLDS, NULL);
    judge(&fixture, "self:program.py:work>+1%", DIFF_HOLDS, NULL);
    judge(&fixture, "self:Node.add>+4%", DIFF_IN_NOISE,
          "self:Node.add>+4%: 100.0 ms before, 105.0 ms after, +5.0 %: within noise, which reaches to 10.62 ms, so it does not "
          "count");
    judge(&fixture, "calls:old_name>+0", DIFF_HOLDS, NULL);
    judge(&fixture, "calls:new_name>+19%", DIFF_HOLDS, NULL);
    judge(&fixture, "calls:work>+0", DIFF_HOLDS_NOT, NULL);
    judge(&fixture, "self:fresh>+900%", DIFF_HOLDS, NULL); /* from nothing */
    judge(&fixture, "self:gone<=-100%", DIFF_HOLDS, NULL);
    assert_no_answer(&fixture, "self:nobody>+1%", "no function of that name ran, before or after");
    assert_no_answer(&fixture, "peak>+1%", "that was not counted on both sides");
    assert_no_answer(&fixture, "self:x.py:work>+1%", "no function of that name ran");
    diff_fixture_close(&fixture);
}

static void test_conditions_that_cannot_be_judged(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    fixture_function(after, MODEL_FUNCTION_PYTHON, "/home/two/other.py", 1, "work", MODEL_FUNCTION_PROJECT, 1, 5, 5);
    after->clock = RUN_CLOCK_CPU;
    diff_fixture_open(&fixture, before, after);
    assert_no_answer(&fixture, "self:work>+1%", "there are several functions of that name, in program.py and in other.py");
    assert_no_answer(&fixture, "self:Node.add>+1%", "that cannot be compared between these runs");
    judge(&fixture, "calls:program.py:work>+0", DIFF_HOLDS_NOT, NULL);
    judge(&fixture, "calls:other.py:work>+0", DIFF_HOLDS, NULL);
    diff_fixture_close(&fixture);
}

/* Without functions the total is wall time. */
static void test_the_total_without_functions(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_run("/p/x.py", NULL), *after = diff_run("/p/x.py", NULL);
    before->collectors = after->collectors = COLLECTOR_MEMORY;
    after->wall_ns = 2 * SECOND;
    diff_fixture_open(&fixture, before, after);
    judge(&fixture, "total>+50%", DIFF_HOLDS, "total>+50%: 1.000 s before, 2.000 s after, +100.0 %");
    diff_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_report_names),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_wrong_conditions),
        cmocka_unit_test(test_conditions_are_parsed),
        cmocka_unit_test(test_conditions_are_judged),
        cmocka_unit_test(test_conditions_that_cannot_be_judged),
        cmocka_unit_test(test_the_total_without_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
