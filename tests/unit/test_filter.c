/* Filter expressions. */
#include "tests/unit/model_fixture.h"

#include "tui/view/filter.h"

#include <locale.h>

/* Ten seconds in all. */
static const uint64_t total_self_ns = 10 * SECOND;

static const struct model_function calculate = {
    .file = "/home/someone/julia.py", .name = "calculate", .qualname = "Julia.calculate", .line = 5,
    .kind = MODEL_FUNCTION_PYTHON, .calls = 2500, .primitive_calls = 900, .self_ns = 4 * SECOND, .total_ns = 9 * SECOND,
    .instructions = 2000000, .memory = {.peak_bytes = 3 << 20, .live_bytes = 1 << 10, .temporary_count = 7},
    .total_memory = {.peak_bytes = 12 << 20}};
static const struct model_function built_in = {
    .file = "", .name = "abs", .qualname = "builtins.abs", .kind = MODEL_FUNCTION_C, .calls = 34219980,
    .instructions = MODEL_UNKNOWN,
    .self_ns = 10 * MILLISECOND, .total_ns = 10 * MILLISECOND};

static enum memory_measure measure = MEMORY_PEAK;

static bool accepts(const char *expression, const struct model_function *function) {
    struct filter filter = {.count = 0};
    char problem[200] = "";
    if (!filter_parse(&filter, expression, problem, sizeof problem))
        fail_msg("%s: %s", expression, problem);
    assert_string_equal(filter.expression, expression);
    bool accepted = filter_accepts(&filter, function, total_self_ns, measure);
    filter_free(&filter);
    return accepted;
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

static void units(void **state) {
    (void)state;
    assert_true(accepts("self>39.9%", &calculate));
    assert_false(accepts("self>40%", &calculate));
    assert_true(accepts("total<=90%", &calculate));
    assert_false(accepts("total<90%", &calculate));
    assert_true(accepts("primitive=900", &calculate));
    assert_true(accepts("percall=10ms", &calculate)); /* 9 seconds by the 900 calls that were not recursive */
    assert_false(accepts("percall>10ms", &calculate));
    assert_true(accepts("instr>1.9M instr<=2M", &calculate));
    assert_false(accepts("instr>=0", &built_in)); /* not known */
    assert_false(accepts("instr<1G", &built_in));
    assert_true(accepts("line=5", &calculate));
    assert_true(accepts("mib>2.9 mib<=3 mib=3M mib=3072K mib=3145728B mib<1G", &calculate));
    assert_false(accepts("mib>3", &calculate));
    assert_true(accepts("totmib=12", &calculate));
    assert_true(accepts("temp=7", &calculate));
    measure = MEMORY_LIVE;
    assert_true(accepts("mib=1K", &calculate));
    measure = MEMORY_TEMPORARY; /* blocks are no MiB */
    assert_true(accepts("mib=3", &calculate));
    measure = MEMORY_PEAK;
}

static void regular_expressions(void **state) {
    (void)state;
    assert_true(accepts("~^Julia\\.c.*e$", &calculate));
    assert_true(accepts("~^julia", &calculate)); /* either case, as texts */
    assert_false(accepts("~^calculate", &calculate));
    assert_true(accepts("~julia\\.py$", &calculate)); /* the file */
    assert_false(accepts("name:~py$", &calculate));
    assert_true(accepts("file:~^/(home|srv)/", &calculate));
    assert_false(accepts("file:~^/(opt|srv)/", &calculate));
    assert_false(accepts("!~^julia", &calculate));
    assert_true(accepts("!name:~^julia", &built_in));
    assert_true(accepts("~^julia calls>1k !~abs", &calculate));
    assert_false(accepts("~^julia calls>3k", &calculate));
    assert_true(accepts("~a{1,3}", &calculate));
    assert_true(accepts("~a{2}|b{3}|\\{|JULIA", &calculate));
    const struct model_function inner = {.file = "", .name = "<lambda>", .qualname = "f.<locals>.<lambda>"};
    assert_true(accepts("~<locals>\\.<lambda>$", &inner));
}

/* Whatever makes matching fast: what an expression matches stays what regexec says of it in the locale of the user. */
static void regular_expressions_are_the_librarys(void **state) {
    (void)state;
    static const char *const texts[] = {
        "", "a", "ab", "get_value", "Klass.get_9", "x.<locals>.<lambda>", "caf\xc3\xa9", "\xc3\xa9", "\xc3\x89t\xc3\xa9.get_7",
        "aaa", "b_1_2", "f\xe2\x82\xac", "K[0]", "abc\xff"};
    static const char *const expressions[] = {
        "a", "^a", "a$", "^a$", "a*", "a+$", "^caf.$", "^.{4}$", "^.{5}$", "^[^a]$", "[a-z]+_[0-9]+$", "_[0-9]$|^a", "^a|\xc3\xa9",
        "\xc3\x89", "(get|set)_.*9", "^(a|ab)(c|b)?$", "b|^get.*e$", "\\[0\\]$", "[]0[]+", "a{3}", "^$", "()|x", "\\w+\\.",
        "\xc3\xa9+", "[\xc3\xa9\xe2\x82\xac]$", "k", "x*^a", "a**", ".*<.*>$", "(^a)b+"};
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    for (size_t e = 0; e < sizeof expressions / sizeof *expressions; e++) {
        regex_t regex;
        assert_int_equal(regcomp(&regex, expressions[e], REG_EXTENDED | REG_ICASE | REG_NOSUB), 0);
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            const struct model_function function = {.file = "", .name = texts[t], .qualname = texts[t]};
            char expression[80];
            snprintf(expression, sizeof expression, "name:~%s", expressions[e]);
            if (accepts(expression, &function) != (regexec(&regex, texts[t], 0, NULL, 0) == 0))
                fail_msg("%s on \"%s\"", expression, texts[t]);
        }
        regfree(&regex);
    }
    assert_non_null(setlocale(LC_ALL, "C"));
}

/* A filter that is replaced, fails or is cleared gives back what its expressions took: a sanitizer says where not. */
static void expressions_are_freed(void **state) {
    (void)state;
    struct filter filter = {.count = 0};
    char problem[200];
    assert_true(filter_parse(&filter, "~a name:~b", problem, sizeof problem));
    assert_true(filter_parse(&filter, "~c", problem, sizeof problem));
    assert_false(filter_parse(&filter, "~d ~(", problem, sizeof problem));
    assert_string_equal(filter.expression, "~c");
    assert_true(filter_parse(&filter, "", problem, sizeof problem));
    assert_true(filter_accepts(&filter, &calculate, total_self_ns, measure));
    assert_true(filter_parse(&filter, "~c", problem, sizeof problem));
    filter_free(&filter);
    assert_int_equal(filter.count, 0);
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
    filter_free(&filter);
}

static void problems(void **state) {
    (void)state;
    expect_problem("!", "Behind ! a text is missing; write for example !test.");
    expect_problem("nmae:x",
                   "There is no column \"nmae\"; use name, file, kind, self, total (with % for shares), percall, calls, "
                   "primitive, instr, line, mib, totmib or temp.");
    expect_problem("calls:x", "calls is a number; write for example calls>10.");
    expect_problem("name>5", "name is a text; write for example name:c.");
    expect_problem("calls>", "Behind calls> something is missing.");
    expect_problem("self>=", "Behind self>= something is missing.");
    expect_problem("name:", "Behind name: something is missing.");
    expect_problem("calls>many", "\"many\" is no number; write for example calls>10.");
    expect_problem("self>-1", "\"-1\" is no number; write for example self>10.");
    expect_problem("calls>5ms", "\"ms\" is no unit of calls; use k, M, G or none.");
    expect_problem("self>5k", "\"k\" is no unit of self; use s, ms, us, ns, % or none.");
    expect_problem("self%>5s", "\"s\" is no unit of self%; use % or none.");
    expect_problem("mib>5k", "\"k\" is no unit of mib; use B, K, M, G or none.");
    expect_problem("percall>5%", "\"%\" is no unit of percall; use s, ms, us, ns or none.");
    expect_problem("~", "Behind ~ a regular expression is missing; write for example ~^get_.");
    expect_problem("!name:~", "Behind name:~ something is missing.");
    expect_problem("a ~(b", "The regular expression \"(b\" is wrong: Unmatched ( or \\(.");
    expect_problem("kind:~c", "\"~c\" is no kind of function; use kind:c or kind:python.");
    expect_problem("~(a)\\1", "The regular expression \"(a)\\1\" cannot be used: it refers back (\\1); write out what is meant.");
    expect_problem("~((a{50}){1,50}){9}",
                   "The regular expression \"((a{50}){1,50}){9}\" cannot be used: it repeats "
                   "too often; use smaller numbers in {}.");
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
        cmocka_unit_test(names_with_signs), cmocka_unit_test(problems), cmocka_unit_test(units),
        cmocka_unit_test(regular_expressions), cmocka_unit_test(regular_expressions_are_the_librarys),
        cmocka_unit_test(expressions_are_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
