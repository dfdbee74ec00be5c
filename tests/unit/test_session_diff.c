/* What changed from one session to another: matching, numbers, noise, warnings. */
#include "tests/unit/diff_fixture.h"

#include <math.h>
#include <time.h>

#include "core/compare/diff_text.h"

static void assert_value(const struct diff_value *value, uint64_t before, uint64_t after, enum diff_verdict verdict) {
    assert_int_equal(value->before, before);
    assert_int_equal(value->after, after);
    if (value->verdict != verdict)
        fail_msg("the verdict is \"%s\", not \"%s\"", diff_verdict_name(value->verdict), diff_verdict_name(verdict));
}

static bool warns(const struct session_diff *diff, const char *part) {
    for (size_t i = 0; i < diff->warning_count; i++)
        if (strstr(diff->warnings[i], part))
            return true;
    return false;
}

static void assert_match(const struct diff_fixture *fixture, const char *qualname, enum diff_match match) {
    const struct diff_function *function = diff_fixture_find(fixture, qualname);
    assert_non_null(function);
    if (function->match != match)
        fail_msg("%s is %s, not %s", qualname, diff_match_name(function->match), diff_match_name(match));
}

/* --- functions ------------------------------------------------------------------------------------------ */

static void test_functions_are_matched_across_edits(void **state) {
    (void)state;
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, diff_before(), diff_after());
    assert_int_equal(fixture.diff->function_count, 8);
    assert_int_equal(fixture.diff->warning_count, 0);
    assert_match(&fixture, "<module>", DIFF_SAME); /* the program's folder was moved */
    assert_match(&fixture, "work", DIFF_SAME);
    assert_match(&fixture, "Node.add", DIFF_SAME);
    assert_match(&fixture, "builtins.len", DIFF_SAME);
    assert_match(&fixture, "getenv", DIFF_SAME); /* and so was the library */
    assert_match(&fixture, "gone", DIFF_GONE);
    assert_match(&fixture, "fresh", DIFF_NEW);
    assert_match(&fixture, "new_name", DIFF_RENAMED);
    assert_ptr_equal(diff_fixture_find(&fixture, "old_name"), diff_fixture_find(&fixture, "new_name"));
    const struct diff_function *work = diff_fixture_find(&fixture, "work");
    assert_int_equal(work->before_id, 2);
    assert_int_equal(work->after_id, 3);
    assert_value(&work->values[DIFF_SELF], 400 * MILLISECOND, 600 * MILLISECOND, DIFF_CHANGED);
    assert_value(&work->values[DIFF_CALLS], 10, 10, DIFF_EQUAL);
    assert_value(&work->values[DIFF_PEAK], MODEL_UNKNOWN, MODEL_UNKNOWN, DIFF_NOT_KNOWN);
    assert_value(&diff_fixture_find(&fixture, "new_name")->values[DIFF_CALLS], 5, 6, DIFF_CHANGED);
    assert_value(&diff_fixture_find(&fixture, "gone")->values[DIFF_SELF], 50 * MILLISECOND, 0, DIFF_CHANGED);
    assert_value(&diff_fixture_find(&fixture, "fresh")->values[DIFF_CALLS], 0, 1, DIFF_CHANGED);
    assert_value(&fixture.diff->totals[DIFF_TOTAL_TIME], 801 * MILLISECOND, 1028 * MILLISECOND, DIFF_CHANGED);
    assert_value(&fixture.diff->totals[DIFF_TOTAL_WALL], SECOND, SECOND, DIFF_EQUAL);
    assert_value(&fixture.diff->totals[DIFF_TOTAL_RSS], MODEL_UNKNOWN, MODEL_UNKNOWN, DIFF_NOT_KNOWN);
    diff_fixture_close(&fixture);
}

static void add(struct model *run, const char *file, uint32_t line, const char *name, uint16_t flags, uint64_t calls) {
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, line, name, flags, calls, calls * MILLISECOND, calls * MILLISECOND);
}

/* The calls say which function is meant. */
static void assert_calls(const struct diff_fixture *fixture, size_t index, uint64_t before, uint64_t after) {
    const struct diff_value *calls = &fixture->diff->functions[index].values[DIFF_CALLS];
    if (calls->before != before || calls->after != after)
        fail_msg("row %zu: %llu to %llu calls", index, (unsigned long long)calls->before, (unsigned long long)calls->after);
}

static void test_functions_of_one_name(void **state) {
    (void)state;
    struct model *before = diff_run("/p/program.py", "x\n"), *after = diff_run("/p/program.py", "x\n");
    uint16_t project = MODEL_FUNCTION_PROJECT;
    add(before, "/p/program.py", 10, "f.<locals>.<lambda>", project, 1);
    add(before, "/p/program.py", 20, "f.<locals>.<lambda>", project, 2);
    add(before, "/p/one/x.py", 1, "run", project, 3);
    add(before, "/p/two/x.py", 1, "run", project, 4);
    add(before, "/lib/python3.11/site-packages/a/x.py", 1, "run", 0, 5);
    add(before, "/p/moved.py", 1, "unique", project, 6);
    add(before, "/p/moved.py", 9, "twice", project, 7);
    add(before, "/q/moved.py", 9, "twice", project, 8);
    add(after, "/usr/lib/python3.12/site-packages/a/x.py", 1, "run", 0, 50);
    add(after, "/p/two/x.py", 1, "run", project, 40);
    add(after, "/p/one/x.py", 1, "run", project, 30);
    add(after, "/p/program.py", 25, "f.<locals>.<lambda>", project, 20);
    add(after, "/p/program.py", 15, "f.<locals>.<lambda>", project, 10);
    add(after, "/p/elsewhere.py", 7, "unique", project, 60);
    add(after, "/p/elsewhere.py", 8, "twice", project, 70);
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, before, after);
    assert_calls(&fixture, 0, 5, 50);
    assert_calls(&fixture, 1, 4, 40);
    assert_calls(&fixture, 2, 3, 30);
    assert_calls(&fixture, 3, 2, 20); /* by the order of their lines */
    assert_calls(&fixture, 4, 1, 10);
    assert_calls(&fixture, 5, 6, 60);
    assert_int_equal(fixture.diff->functions[5].match, DIFF_MOVED);
    assert_calls(&fixture, 6, 0, 70); /* which of the two it was nobody knows */
    assert_calls(&fixture, 7, 7, 0);
    assert_calls(&fixture, 8, 8, 0);
    diff_fixture_close(&fixture);
}

/* One more of a name, in between: those that stand on the same line are the same. */
static void test_one_more_of_a_name(void **state) {
    (void)state;
    struct model *before = diff_run("/p/program.py", "x\n"), *after = diff_run("/p/program.py", "x\n");
    for (uint32_t i = 0; i < 3; i++)
        add(before, "/p/program.py", 10 * i + 10, "<lambda>", MODEL_FUNCTION_PROJECT, i + 1);
    for (uint32_t i = 0; i < 4; i++)
        add(after, "/p/program.py", 10 * i, "<lambda>", MODEL_FUNCTION_PROJECT, 10 * i + 10);
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, before, after);
    assert_calls(&fixture, 0, 0, 10);
    assert_calls(&fixture, 1, 1, 20);
    assert_calls(&fixture, 2, 2, 30);
    assert_calls(&fixture, 3, 3, 40);
    diff_fixture_close(&fixture);
}

/* A renamed function that calls itself, one whose body changed a little, and one that is another. */
static void test_renamed_functions(void **state) {
    (void)state;
    static const char old[] = "def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + fibonacci(n - 2)\n"
                              "def scale(values, by):\n    # first\n    a = by\n    b = a * 2\n    c = a + b\n"
                              "    return [c * v for v in values]\n"
                              "def other(x):\n    print(x)\n    return x\n";
    static const char new[] = "def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n"
                              "def stretch(values, by):\n    # second\n    a = by\n    b = a * 3\n    c = a + b\n"
                              "    return [c * v for v in values]\n"
                              "def another(y):\n    log(y)\n    return 2 * y\n";
    struct model *before = diff_run("/p/program.py", old), *after = diff_run("/p/program.py", new);
    add(before, "/p/program.py", 1, "fibonacci", MODEL_FUNCTION_PROJECT, 1);
    add(before, "/p/program.py", 5, "scale", MODEL_FUNCTION_PROJECT, 2);
    add(before, "/p/program.py", 11, "other", MODEL_FUNCTION_PROJECT, 3);
    add(after, "/p/program.py", 11, "another", MODEL_FUNCTION_PROJECT, 30);
    add(after, "/p/program.py", 5, "stretch", MODEL_FUNCTION_PROJECT, 20);
    add(after, "/p/program.py", 1, "fib", MODEL_FUNCTION_PROJECT, 10);
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, before, after);
    assert_int_equal(fixture.diff->function_count, 4);
    assert_calls(&fixture, 0, 0, 30);
    assert_calls(&fixture, 1, 2, 20);
    assert_calls(&fixture, 2, 1, 10);
    assert_calls(&fixture, 3, 3, 0);
    assert_int_equal(fixture.diff->functions[1].match, DIFF_RENAMED);
    assert_int_equal(fixture.diff->functions[0].match, DIFF_NEW);
    diff_fixture_close(&fixture);
}

/* --- lines ---------------------------------------------------------------------------------------------- */

static struct diff_line *lines_of(const struct diff_fixture *fixture, const char *qualname, size_t *count) {
    struct error error = {0};
    struct diff_line *lines = session_diff_lines(fixture->diff, diff_fixture_find(fixture, qualname), count, &error);
    if (!lines)
        fail_msg("%s", error.text);
    return lines;
}

static void assert_line(const struct diff_line *line, uint32_t before, uint32_t after, enum diff_match match, const char *text) {
    assert_int_equal(line->before, before);
    assert_int_equal(line->after, after);
    assert_int_equal(line->match, match);
    assert_int_equal(line->length, strlen(text));
    assert_memory_equal(line->text, text, line->length);
}

static void test_lines_of_an_edited_function(void **state) {
    (void)state;
    struct diff_fixture fixture;
    size_t count;
    diff_fixture_open(&fixture, diff_before(), diff_after());
    struct diff_line *lines = lines_of(&fixture, "work", &count);
    assert_int_equal(count, 6);
    assert_line(&lines[0], 5, 6, DIFF_SAME, "def work(count):");
    assert_line(&lines[3], 8, 9, DIFF_SAME, "        total += number");
    assert_line(&lines[4], 0, 10, DIFF_NEW, "        total ^= 1");
    assert_line(&lines[5], 9, 11, DIFF_SAME, "    return total");
    assert_value(&lines[3].values[DIFF_SELF], 199 * MILLISECOND, 200 * MILLISECOND, DIFF_NOISE);
    assert_value(&lines[3].values[DIFF_CALLS], 10000, 10000, DIFF_EQUAL);
    assert_value(&lines[4].values[DIFF_SELF], 0, 198 * MILLISECOND, DIFF_CHANGED);
    free(lines);
    lines = lines_of(&fixture, "gone", &count);
    assert_int_equal(count, 2);
    assert_line(&lines[1], 17, 0, DIFF_GONE, "    return [1]");
    assert_value(&lines[1].values[DIFF_SELF], 50 * MILLISECOND, 0, DIFF_CHANGED);
    assert_false(lines[0].counted);
    free(lines);
    lines = lines_of(&fixture, "new_name", &count); /* its lines were not counted */
    assert_int_equal(count, 5);
    assert_line(&lines[0], 11, 0, DIFF_GONE, "def old_name(values, result):");
    assert_line(&lines[1], 0, 13, DIFF_NEW, "def new_name(values, result):");
    free(lines);
    free(lines_of(&fixture, "builtins.len", &count));
    assert_int_equal(count, 0);
    diff_fixture_close(&fixture);
}

static void test_lines_without_sources(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    size_t count;
    before->source_count = 0; /* saved with keep_source: no */
    diff_fixture_open(&fixture, before, after);
    assert_true(warns(fixture.diff, "a.pyprof has no sources (output.keep_source): lines are matched by their number"));
    assert_match(&fixture, "new_name", DIFF_NEW); /* nobody can tell */
    struct diff_line *lines = lines_of(&fixture, "work", &count);
    assert_int_equal(count, 6);
    assert_line(&lines[3], 8, 9, DIFF_SAME, "        total += number");
    assert_line(&lines[4], 9, 10, DIFF_SAME, "        total ^= 1"); /* by its number */
    assert_line(&lines[5], 0, 11, DIFF_NEW, "    return total");
    free(lines);
    before->source_count = 1;
    diff_fixture_close(&fixture);
}

/* The file was edited between the run and the saving: a line that ran is not in the source. */
static void test_a_source_that_is_too_short(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    size_t count;
    fixture_function(after, MODEL_FUNCTION_PYTHON, "/home/two/program.py", 20, "late", MODEL_FUNCTION_PROJECT, 1, 5, 5);
    fixture_line(after, 8, 400, 1, 5, 5);
    diff_fixture_open(&fixture, before, after);
    struct diff_line *lines = lines_of(&fixture, "late", &count);
    assert_int_equal(count, 381);
    assert_int_equal(lines[380].after, 400);
    assert_true(lines[380].counted && lines[380].length == 0);
    free(lines);
    diff_fixture_close(&fixture);
}

/* --- noise ---------------------------------------------------------------------------------------------- */

/* A program of four functions, their times as given. */
static struct model *timed(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    static const char source[] = "def a(): pass\ndef b(): pass\ndef c(): pass\ndef d(): pass\n";
    uint64_t times[] = {a, b, c, d};
    struct model *run = diff_run("/p/program.py", source);
    for (uint32_t i = 0; i < 4; i++)
        fixture_function(run, MODEL_FUNCTION_PYTHON, "/p/program.py", i + 1, (const char *[]){"a", "b", "c", "d"}[i],
                         MODEL_FUNCTION_PROJECT, 10, times[i] * MILLISECOND, times[i] * MILLISECOND);
    run->wall_ns = (a + b + c + d) * MILLISECOND;
    return run;
}

static void test_a_single_run_has_a_floor(void **state) {
    (void)state;
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, timed(100, 100, 100, 700), timed(100, 100, 100, 720));
    assert_int_equal(fixture.diff->drift.functions, 4);
    assert_true(fixture.diff->drift.shift < 1e-9 + 0.03);
    assert_int_equal(diff_fixture_find(&fixture, "d")->values[DIFF_SELF].verdict, DIFF_NOISE);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_TIME].verdict, DIFF_NOISE);
    diff_fixture_close(&fixture);
    diff_fixture_open(&fixture, timed(300, 300, 300, 100), timed(300, 300, 300, 200));
    assert_int_equal(diff_fixture_find(&fixture, "a")->values[DIFF_SELF].verdict, DIFF_EQUAL);
    assert_int_equal(diff_fixture_find(&fixture, "d")->values[DIFF_SELF].verdict, DIFF_CHANGED);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_TIME].verdict, DIFF_CHANGED);
    diff_fixture_close(&fixture);
}

/* Everything took 40 % longer: the machine was busy. What took three times as long changed all the same. */
static void test_a_busy_machine_is_seen_in_what_did_not_change(void **state) {
    (void)state;
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, timed(300, 300, 300, 100), timed(420, 426, 414, 300));
    assert_true(fabs(fixture.diff->drift.shift - 0.4) < 0.021);
    assert_int_equal(diff_fixture_find(&fixture, "a")->values[DIFF_SELF].verdict, DIFF_NOISE);
    assert_int_equal(diff_fixture_find(&fixture, "d")->values[DIFF_SELF].verdict, DIFF_CHANGED);
    diff_fixture_close(&fixture);
    diff_fixture_open(&fixture, timed(300, 300, 300, 100), timed(420, 426, 414, 140));
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_TIME].verdict, DIFF_NOISE);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_WALL].verdict, DIFF_NOISE);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_CALLS].verdict, DIFF_EQUAL);
    diff_fixture_close(&fixture);
}

/* Welch's example from known numbers: means 10.5 and 12.5 of two runs each, 0.5 around: t(0.975, 2) = 4.3027, reach 4.3027 *
 * sqrt(0.5 / 2 + 0.5 / 2) = 3.042: noise. With three runs each, 4 degrees, 2.7764 * sqrt(0.25 / 3 * 2) = 1.1335: changed. */
static void test_several_runs_say_what_their_noise_is(void **state) {
    (void)state;
    struct diff_fixture fixture = {0};
    for (uint64_t i = 0; i < 2; i++) {
        diff_fixture_add(&fixture, 0, timed(100 + 10 * i, 100, 100, 100), "a");
        diff_fixture_add(&fixture, 1, timed(120 + 10 * i, 100, 100, 100), "b");
    }
    diff_fixture_compare(&fixture);
    const struct diff_value *value = &diff_fixture_find(&fixture, "a")->values[DIFF_SELF];
    assert_value(value, 105 * MILLISECOND, 125 * MILLISECOND, DIFF_NOISE);
    assert_in_range(value->noise, 30424000, 30426000);
    assert_int_equal(fixture.diff->drift.functions, 0);
    assert_value(&diff_fixture_find(&fixture, "b")->values[DIFF_SELF], 100 * MILLISECOND, 100 * MILLISECOND, DIFF_EQUAL);
    diff_fixture_close(&fixture);
    fixture = (struct diff_fixture){0};
    for (uint64_t i = 0; i < 3; i++) {
        diff_fixture_add(&fixture, 0, timed(100 + 5 * i, 100, 100, 100), "a");
        diff_fixture_add(&fixture, 1, timed(120 + 5 * i, 100, 100, 100), "b");
    }
    diff_fixture_compare(&fixture);
    value = &diff_fixture_find(&fixture, "a")->values[DIFF_SELF];
    assert_value(value, 105 * MILLISECOND, 125 * MILLISECOND, DIFF_CHANGED);
    assert_in_range(value->noise, 11334000, 11336000);
    diff_fixture_close(&fixture);
}

/* One run on one side spreads as the others do: 3 runs, deviation 5 ms, 2 degrees: 4.3027 * 5 * sqrt(1 + 1 / 3) = 24.84 ms. */
static void test_one_run_against_several(void **state) {
    (void)state;
    struct diff_fixture fixture = {0};
    for (uint64_t i = 0; i < 3; i++)
        diff_fixture_add(&fixture, 0, timed(100 + 5 * i, 100, 100, 100), "a");
    diff_fixture_add(&fixture, 1, timed(129, 100, 100, 100), "b");
    diff_fixture_compare(&fixture);
    const struct diff_value *value = &diff_fixture_find(&fixture, "a")->values[DIFF_SELF];
    assert_value(value, 105 * MILLISECOND, 129 * MILLISECOND, DIFF_NOISE);
    assert_in_range(value->noise, 24841000, 24843000);
    diff_fixture_close(&fixture);
}

/* Functions that not all runs of a side have are one row all the same, and are nothing in the runs without them. */
static void test_runs_of_a_side_are_joined(void **state) {
    (void)state;
    struct diff_fixture fixture = {0};
    struct model *odd = timed(100, 100, 100, 100);
    add(odd, "/p/program.py", 9, "sometimes", MODEL_FUNCTION_PROJECT, 4);
    diff_fixture_add(&fixture, 0, timed(100, 100, 100, 100), "a1");
    diff_fixture_add(&fixture, 0, odd, "a2");
    diff_fixture_add(&fixture, 1, timed(100, 100, 100, 100), "b");
    diff_fixture_compare(&fixture);
    assert_int_equal(fixture.diff->function_count, 5);
    const struct diff_function *sometimes = diff_fixture_find(&fixture, "sometimes");
    assert_int_equal(sometimes->match, DIFF_GONE);
    assert_int_equal(sometimes->before_run, 1);
    assert_value(&sometimes->values[DIFF_CALLS], 2, 0, DIFF_NOISE);
    diff_fixture_close(&fixture);
}

/* --- what does not compare ------------------------------------------------------------------------------ */

static void test_pythons_and_instructions(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    before->instructions = before->functions[2].instructions = 1000;
    after->instructions = after->functions[3].instructions = 1100;
    diff_fixture_open(&fixture, before, after);
    assert_value(&diff_fixture_find(&fixture, "work")->values[DIFF_INSTRUCTIONS], 1000, 1100, DIFF_CHANGED);
    session_diff_free(fixture.diff);
    after->python_version = "3.14.0";
    diff_fixture_compare(&fixture);
    assert_true(warns(fixture.diff, "a.pyprof ran on Python 3.11.2, b.pyprof on 3.14.0: times are those of two interpreters, and "
                                    "their instructions do not mean the same and are not compared."));
    assert_value(&diff_fixture_find(&fixture, "work")->values[DIFF_INSTRUCTIONS], 1000, 1100, DIFF_NOT_COMPARABLE);
    assert_value(&fixture.diff->totals[DIFF_TOTAL_INSTRUCTIONS], 1000, 1100, DIFF_NOT_COMPARABLE);
    assert_int_equal(diff_fixture_find(&fixture, "work")->values[DIFF_SELF].verdict, DIFF_CHANGED);
    diff_fixture_close(&fixture);
}

static void test_collectors_and_clocks(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    before->collectors = COLLECTOR_FUNCTION;
    diff_fixture_open(&fixture, before, after);
    assert_true(warns(fixture.diff, "a.pyprof was counted with function, b.pyprof with function+line: wall time has the cost of "
                                    "counting in it and is not compared; in other times more is taken for noise."));
    assert_true(warns(fixture.diff, "lines were counted in b.pyprof, not in a.pyprof"));
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_WALL].verdict, DIFF_NOT_COMPARABLE);
    assert_int_equal(diff_fixture_find(&fixture, "work")->values[DIFF_SELF].verdict, DIFF_CHANGED);
    session_diff_free(fixture.diff);
    before->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    before->clock = RUN_CLOCK_CPU;
    diff_fixture_compare(&fixture);
    assert_true(warns(fixture.diff, "a.pyprof measured cpu time, b.pyprof wall time: times are not compared."));
    assert_int_equal(diff_fixture_find(&fixture, "work")->values[DIFF_SELF].verdict, DIFF_NOT_COMPARABLE);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_TIME].verdict, DIFF_NOT_COMPARABLE);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_CALLS].verdict, DIFF_CHANGED);
    session_diff_free(fixture.diff);
    before->clock = RUN_CLOCK_WALL;
    before->collectors = COLLECTOR_LINE;
    diff_fixture_compare(&fixture);
    assert_true(warns(fixture.diff, "nor are self times, which one has of lines only"));
    const struct diff_function *work = diff_fixture_find(&fixture, "work");
    assert_value(&work->values[DIFF_SELF], 400 * MILLISECOND, 600 * MILLISECOND, DIFF_NOT_COMPARABLE);
    assert_value(&work->values[DIFF_CALLS], MODEL_UNKNOWN, 10, DIFF_NOT_KNOWN);
    diff_fixture_close(&fixture);
}

static void test_other_differences_are_said(void **state) {
    (void)state;
    struct diff_fixture fixture;
    struct model *before = diff_before(), *after = diff_after();
    before->builtins = false;
    after->exit_kind = MODEL_EXIT_SIGNAL;
    after->exit_value = 9;
    after->lost_codes = 3;
    before->arguments = calloc(2, sizeof *before->arguments);
    after->arguments = calloc(2, sizeof *after->arguments);
    before->argument_count = after->argument_count = 2;
    before->arguments[0].text = after->arguments[0].text = "program.py";
    before->arguments[1].text = "10";
    after->arguments[1].text = "20";
    diff_fixture_open(&fixture, before, after);
    assert_true(warns(fixture.diff, "C functions were timed in b.pyprof, not in a.pyprof"));
    assert_true(warns(fixture.diff, "a.pyprof ended with status 0, b.pyprof was ended by signal 9."));
    assert_true(warns(fixture.diff, "b.pyprof does not have all"));
    assert_true(warns(fixture.diff, "a.pyprof was given 10, b.pyprof 20: what changed may be what the program had to do."));
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_CALLS].verdict, DIFF_NOT_COMPARABLE);
    diff_fixture_close(&fixture);
}

static void test_no_functions_at_all(void **state) {
    (void)state;
    struct diff_fixture fixture;
    diff_fixture_open(&fixture, model_new(), model_new());
    assert_int_equal(fixture.diff->function_count, 0);
    assert_int_equal(fixture.diff->totals[DIFF_TOTAL_TIME].verdict, DIFF_NOT_KNOWN);
    diff_fixture_close(&fixture);
}

static void test_cancelling(void **state) {
    (void)state;
    struct model *before = diff_before(), *after = diff_after();
    const struct model *runs[2] = {before, after};
    static const char *const names[] = {"a", "b"};
    struct diff_side sides[2] = {{&runs[0], &names[0], 1}, {&runs[1], &names[1], 1}};
    atomic_bool cancelled = true;
    struct error error = {0};
    assert_null(session_diff_new(&sides[0], &sides[1], &cancelled, &error));
    assert_string_equal(error.text, "comparing was cancelled");
    model_free(before);
    model_free(after);
}

/* --- size ----------------------------------------------------------------------------------------------- */

enum { MANY = 100000 };

/* A program of many functions in many files; every tenth is called otherwise in the other version. */
static struct model *large(const char *prefix) {
    struct model *run = model_new();
    run->collectors = COLLECTOR_FUNCTION;
    run->state = MODEL_ENDED;
    for (uint32_t i = 0; i < MANY; i++) {
        char file[64], name[64];
        snprintf(file, sizeof file, "/p/module%u.py", i / 100);
        snprintf(name, sizeof name, "Class%u.%smethod%u", i / 10, i % 10 ? "" : prefix, i);
        add(run, file, i % 100 * 3 + 1, name, MODEL_FUNCTION_PROJECT, i + 1);
    }
    for (uint32_t file = 0; file < MANY / 100; file++) {
        static char text[100 * 128];
        char name[64];
        size_t length = 0;
        for (uint32_t i = 0; i < 100; i++)
            length += (size_t)snprintf(text + length, sizeof text - length,
                                       "    def %smethod%u(self):\n        x = %u\n        return %u\n", i % 10 ? "" : prefix,
                                       file * 100 + i, file * 100 + i, file * 100 + i);
        snprintf(name, sizeof name, "/p/module%u.py", file);
        assert_true(model_add_source(run, name, text, length));
    }
    return run;
}

static void test_many_functions(void **state) {
    (void)state;
    struct timespec begin, end;
    struct diff_fixture fixture = {0};
    diff_fixture_add(&fixture, 0, large("a_"), "a");
    diff_fixture_add(&fixture, 1, large("b_"), "b");
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    diff_fixture_compare(&fixture);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    size_t renamed = 0;
    assert_int_equal(fixture.diff->function_count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        const struct diff_function *function = &fixture.diff->functions[i];
        renamed += function->match == DIFF_RENAMED;
        assert_true(function->before && function->after && function->before_id == function->after_id);
    }
    assert_int_equal(renamed, MANY / 10);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    print_message("%d functions a side: %.2f s of processor time\n", MANY, seconds);
    assert_true(seconds < 5); /* a third of a second; sanitizers take their part */
    diff_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_are_matched_across_edits),
        cmocka_unit_test(test_functions_of_one_name),
        cmocka_unit_test(test_one_more_of_a_name),
        cmocka_unit_test(test_renamed_functions),
        cmocka_unit_test(test_lines_of_an_edited_function),
        cmocka_unit_test(test_lines_without_sources),
        cmocka_unit_test(test_a_source_that_is_too_short),
        cmocka_unit_test(test_a_single_run_has_a_floor),
        cmocka_unit_test(test_a_busy_machine_is_seen_in_what_did_not_change),
        cmocka_unit_test(test_several_runs_say_what_their_noise_is),
        cmocka_unit_test(test_one_run_against_several),
        cmocka_unit_test(test_runs_of_a_side_are_joined),
        cmocka_unit_test(test_pythons_and_instructions),
        cmocka_unit_test(test_collectors_and_clocks),
        cmocka_unit_test(test_other_differences_are_said),
        cmocka_unit_test(test_no_functions_at_all),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_many_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
