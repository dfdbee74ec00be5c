/* Filter expressions. */
#include "tests/unit/model_fixture.h"

#include "tui/view/filter.h"

/* Ten seconds in all. */
static const uint64_t total_self_ns = 10 * SECOND;

static const struct model_function calculate = {
    .file = "/home/someone/julia.py", .name = "calculate", .qualname = "Julia.calculate", .line = 5,
    .kind = MODEL_FUNCTION_PYTHON, .calls = 2500, .self_ns = 4 * SECOND, .total_ns = 9 * SECOND};
static const struct model_function built_in = {
    .file = "", .name = "abs", .qualname = "builtins.abs", .kind = MODEL_FUNCTION_C, .calls = 34219980,
    .self_ns = 10 * MILLISECOND, .total_ns = 10 * MILLISECOND};

static bool accepts(const char *expression, const struct model_function *function) {
    struct filter filter = {.count = 0};
    char problem[200] = "";
    if (!filter_parse(&filter, expression, problem, sizeof problem))
        fail_msg("%s: %s", expression, problem);
    assert_string_equal(filter.expression, expression);
    return filter_accepts(&filter, function, total_self_ns);
}

static void texts(void **state) {
    (void)state;
    assert_true(accepts("", &calculate));
    assert_true(accepts("   ", &calculate));
    assert_true(accepts("JULIA.CALC", &calculate));
    assert_true(accepts("someone", &calculate)); /* in the file */
    assert_false(accepts("someone", &built_in));
    assert_false(accepts("!julia", &calculate));
    assert_true(accepts("!julia", &built_in));
    assert_true(accepts("julia calc", &calculate));
    assert_false(accepts("julia abs", &calculate));
    assert_false(accepts("julia !calc", &calculate));
}

static void columns(void **state) {
    (void)state;
    assert_true(accepts("name:calc", &calculate));
    assert_false(accepts("name:someone", &calculate));
    assert_true(accepts("file:SOMEONE", &calculate));
    assert_false(accepts("file:calc", &calculate));
    assert_true(accepts("!file:calc", &calculate));
    assert_true(accepts("kind:c", &built_in));
    assert_false(accepts("kind:C", &calculate));
    assert_true(accepts("kind:python", &calculate));
    assert_true(accepts("!kind:c", &calculate));
}

static void numbers(void **state) {
    (void)state;
    assert_true(accepts("self%>39.9", &calculate));
    assert_false(accepts("self%>40", &calculate));
    assert_true(accepts("self%>=40", &calculate));
    assert_true(accepts("self%<40.1", &calculate));
    assert_true(accepts("total%>89", &calculate));
    assert_true(accepts("tot%<=90", &calculate));
    assert_true(accepts("self>3.9", &calculate));
    assert_false(accepts("self>4", &calculate));
    assert_true(accepts("self=4", &calculate));
    assert_true(accepts("total>=9000ms", &calculate));
    assert_true(accepts("self<11ms", &built_in));
    assert_true(accepts("self>9999us", &built_in));
    assert_true(accepts("self>9999999ns", &built_in));
    assert_true(accepts("calls=2500", &calculate));
    assert_true(accepts("calls>2k", &calculate));
    assert_false(accepts("calls>1M", &calculate));
    assert_true(accepts("calls>1M kind:c", &built_in));
    assert_true(accepts("!calls>1M", &calculate));
    assert_true(accepts("self>.5", &calculate));
}

/* A sign within a name is text: qualified names have "<" and ">" in them. */
static void names_with_signs(void **state) {
    (void)state;
    const struct model_function inner = {.file = "", .name = "<lambda>", .qualname = "f.<locals>.<lambda>"};
    assert_true(accepts("<lambda>", &inner));
    assert_true(accepts("f.<locals>", &inner));
    assert_false(accepts("<module>", &inner));
}

static void expect_problem(const char *expression, const char *expected) {
    struct filter filter = {.count = 0};
    char problem[200] = "";
    assert_true(filter_parse(&filter, "kept", problem, sizeof problem));
    assert_false(filter_parse(&filter, expression, problem, sizeof problem));
    assert_string_equal(problem, expected);
    assert_string_equal(filter.expression, "kept"); /* as it was */
    assert_int_equal(filter.count, 1);
    assert_string_equal(filter.terms[0].text, "kept");
}

static void problems(void **state) {
    (void)state;
    expect_problem("!", "Behind ! a text is missing; write for example !test.");
    expect_problem("nmae:x",
                   "There is no column \"nmae\"; use name, file, kind, self%, total%, self, total or calls.");
    expect_problem("calls:x", "calls is a number; write for example calls>10.");
    expect_problem("name>5", "name is a text; write for example name:c.");
    expect_problem("calls>", "Behind calls> something is missing.");
    expect_problem("self>=", "Behind self>= something is missing.");
    expect_problem("name:", "Behind name: something is missing.");
    expect_problem("calls>many", "\"many\" is no number; write for example calls>10.");
    expect_problem("self>-1", "\"-1\" is no number; write for example self>10.");
    expect_problem("calls>5ms", "\"ms\" is no unit of calls; use k, M, G or none.");
    expect_problem("self>5k", "\"k\" is no unit of self; use s, ms, us, ns or none.");
    expect_problem("self%>5s", "\"s\" is no unit of self%; use none.");
    expect_problem("kind:java", "\"java\" is no kind of function; use kind:c or kind:python.");
    expect_problem("a b c d e f g h i j k l m n o p q", "The filter has more than 16 terms; leave some out.");
    char endless[400];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    expect_problem(endless, "The filter is longer than 255 bytes; shorten it.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),            cmocka_unit_test(columns),  cmocka_unit_test(numbers),
        cmocka_unit_test(names_with_signs), cmocka_unit_test(problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
