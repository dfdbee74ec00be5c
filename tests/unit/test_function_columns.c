/* The function table's columns: the trend, scrolling sideways, shares, what the config sorts by. */
#include "tests/unit/path_view_fixture.h"

#include "core/config/options.h"
#include "tui/view/function_rows.h"
#include "tui/view/function_values.h"

static struct activity activity;

static int set_up(void **state) {
    *state = view_test_new(&functions_view, (struct view_context){.percent = true, .focused = true, .activity = &activity});
    return 0;
}

static int tear_all_down(void **state) {
    activity_free(&activity);
    return tear_down(state);
}

static void go_on(struct test *test, uint64_t first_ns, uint64_t second_ns) {
    test->model->functions[1].self_ns += first_ns;
    test->model->functions[2].self_ns += second_ns;
    test->model->wall_ns += SECOND;
    activity_follow(&activity, test->model);
}

/* Not in saved sessions; the first column that goes, and never in place of the file. */
static void trend(void **state) {
    struct test *test = *state;
    activity_follow(&activity, test->model);
    expect(test, 2, 90, " Self%  Tot% Self s    Calls  Tot s   Function\n"
                        "> 92.4  94.3   9.24        1   9.43   calculate_z_serial_purepython\n");
    go_on(test, SECOND, SECOND);
    go_on(test, SECOND, 0);
    expect(test, 2, 56,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 86.5  72.5  11.24        1   calculate_z_serial_purep~\n");
    expect(test, 4, 57, /* fewer intervals, where there is no room for all */
           " Self%  Tot% Self s    Calls Trend   Function\n"
           "> 86.5  72.5  11.24        1    =#   calculate_z_serial_~\n"
           "  11.6  76.5   1.51        1    =    calc_pure_python\n"
           "   1.5   1.5   0.19 34219980       c builtins.abs\n");
    expect(test, 2, 73,
           " Self%  Tot% Self s    Calls Trend   Function\n"
           "> 86.5  72.5  11.24        1    =#   calculate_z_serial_purepython\n");
    expect(test, 4, 90,
           " Self%  Tot% Self s    Calls  Tot s Trend      Function\n"
           "> 86.5  72.5  11.24        1   9.43       =#   calculate_z_serial_purepython\n"
           "  11.6  76.5   1.51        1   9.94       =    calc_pure_python\n"
           "   1.5   1.5   0.19 34219980   0.19          c builtins.abs\n");
    expect(test, 2, 97,
           " Self%  Tot% Self s    Calls  Tot s   Function                           File:line\n"
           "> 86.5  72.5  11.24        1   9.43   calculate_z_serial_purepython      julia.py:5\n");
    expect(test, 2, 98,
           " Self%  Tot% Self s    Calls  Tot s Trend   Function                        File:line\n"
           "> 86.5  72.5  11.24        1   9.43    =#   calculate_z_serial_purepython   julia.py:5\n");
    expect_unicode(test, 3, 120,
                   " Self%  Tot% Self s    Calls  Tot s Trend      Function                                   File:line\n"
                   "> 86.5  72.5  11.24        1   9.43       ▄█   calculate_z_serial_purepython              julia.py:5\n"
                   "  11.6  76.5   1.51        1   9.94       ▄    calc_pure_python                           julia.py:20\n");
    functions_view_set_columns(test->view, 1u << VALUE_TREND);
    expect(test, 2, 42, " Trend      Function\n>      =#   calculate_z_serial_purepython\n");
    expect(test, 2, 16, " Trend    Funct~\n>      =# calcu~\n");
    test->context.activity = NULL; /* as where the screen is read aloud */
    expect(test, 2, 40, "   Function\n>  calculate_z_serial_purepython\n");
}

static void goldens(void **state) {
    struct test *test = *state;
    activity_follow(&activity, test->model);
    for (uint64_t i = 0; i < 6; i++)
        go_on(test, SECOND, i * i * SECOND / 8);
    expect_goldens(test, "functions-trend", false);
    test->context.shares = true;
    expect_goldens(test, "functions-shares", true);
}

/* What is active now comes first, also where it has taken little until now. */
static void sorted_by_trend(void **state) {
    struct test *test = *state;
    assert_true(functions_view_sort_by(test->view, "trend", false));
    expect_title(test, "Functions 7/7  sort:Self%v"); /* nothing is known yet */
    activity_follow(&activity, test->model);
    go_on(test, 10, SECOND);
    expect_title(test, "Functions 7/7  sort:Trendv");
    expect(test, 4, 58,
           " Self%  Tot% Self s    Calls Trend      Function\n"
           "> 13.7  90.4   1.51        1        #   calc_pure_python\n"
           "  84.0  85.7   9.24        1        .   calculate_z_seria~\n"
           "   0.2  90.5 20.0ms        1            <module> julia.py\n");
    request(test, REQUEST_SORT_INVERT);
    expect_title(test, "Functions 7/7  sort:Trend^");
}

/* Columns go out to the left, those that had no room come; then the name does. */
static void scrolled_sideways(void **state) {
    struct test *test = *state;
    expect(test, 3, 50,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 92.4  94.3   9.24        1   calculate_z_serial~\n"
           "   5.1  99.4   0.51        1   calc_pure_python\n");
    expect_effect(request(test, REQUEST_SCROLL_LEFT), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_SCROLL_RIGHT), VIEW_REDRAW, 0);
    expect(test, 3, 50,
           "< Tot% Self s    Calls   Function\n"
           "> 94.3   9.24        1   calculate_z_serial_purep~\n"
           "  99.4   0.51        1   calc_pure_python\n");
    expect_effect(request(test, REQUEST_SCROLL_RIGHT), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_SCROLL_RIGHT), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_SCROLL_RIGHT), VIEW_REDRAW, 0);
    expect(test, 3, 50,
           "< Tot s   Function\n"
           ">  9.43   calculate_z_serial_purepython\n"
           "   9.94   calc_pure_python\n");
    expect_effect(request(test, REQUEST_SCROLL_LEFT), VIEW_REDRAW, 0);
    expect(test, 3, 50,
           "<   Calls   Function\n"
           ">       1   calculate_z_serial_purepython\n"
           "        1   calc_pure_python\n");
    expect_effect(request(test, REQUEST_SCROLL_HOME), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_SCROLL_HOME), VIEW_HANDLED, 0);
    expect(test, 2, 120,
           " Self%  Tot% Self s    Calls  Tot s   Function                                         File:line\n"
           "> 92.4  94.3   9.24        1   9.43   calculate_z_serial_purepython                    julia.py:5\n");
    expect_effect(request(test, REQUEST_SCROLL_RIGHT), VIEW_HANDLED, 0); /* all is there */
    click(test, (struct rectangle){0, 0, 5, 50}, 0, 3);
    expect_title(test, "Functions 7/7  sort:Self%^");
}

static void long_names_to_their_end(void **state) {
    struct test *test = *state;
    char name[4001];
    for (int i = 0; i < 1000; i++)
        snprintf(name + i * 4, 5, "%04d", i);
    fixture_function(test->model, MODEL_FUNCTION_PYTHON, "/srv/b.py", 7, name, 0, 1, 99 * SECOND, 99 * SECOND);
    test->context.function = 9;
    int steps = 0;
    char *text = draw(test, 2, 50, true, false);
    for (; request(test, REQUEST_SCROLL_RIGHT).action == VIEW_REDRAW && steps < 1000; steps++) {
        free(text);
        text = draw(test, 2, 50, true, false);
    }
    assert_non_null(strstr(text, "099709980999  b.py:7\n"));
    free(text);
    assert_in_range(steps, 100, 300);
    search(test, "09980999", 0);
    test->context.function = 1;
    text = draw(test, 3, 50, true, true);
    assert_non_null(strstr(text, "mmmmmmmm"));
    free(text);
    request(test, REQUEST_SCROLL_HOME);
    test->context.function = 9;
    expect(test, 2, 50,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 90.8  90.8  99.00        1   000000010002000300~\n");
}

/* % for every number that is a part of a whole. */
static void shares(void **state) {
    struct test *test = *state;
    struct model_function *functions = test->model->functions;
    test->context.shares = true;
    test->model->collectors |= COLLECTOR_MEMORY;
    functions[1].memory = (struct model_allocations){.allocated_count = 9, .peak_bytes = 10 << 20, .temporary_count = 7};
    functions[2].memory = (struct model_allocations){.allocated_count = 9, .peak_bytes = 30 << 20, .temporary_count = 1};
    functions[2].total_memory.peak_bytes = 40 << 20;
    test->model->instructions = 400;
    functions[1].instructions = 300;
    functions[2].instructions = 100;
    functions_view_set_columns(test->view, FUNCTION_VALUES_USUAL | 1u << VALUE_PRIMITIVE_CALLS);
    expect(test, 4, 120,
           " Self%  Tot% Self s   Calls%    Prim%   Instr%   MiB%  Tot s TotMi%   Function                      File:line\n"
           "> 92.4  94.3   9.24      0.0      0.0     75.0   25.0   9.43    0.0   calculate_z_serial_purepython julia.py:5\n"
           "   5.1  99.4   0.51      0.0      0.0     25.0   75.0   9.94    100   calc_pure_python              julia.py:20\n"
           "   1.9   1.9   0.19      100      100        -    0.0   0.19    0.0 c builtins.abs\n");
    test->context.measure = MEMORY_TEMPORARY;
    expect(test, 3, 120,
           " Self%  Tot% Self s   Calls%    Prim%   Instr%  Temp%  Tot s TotTm%   Function                      File:line\n"
           "> 92.4  94.3   9.24      0.0      0.0     75.0   87.5   9.43    0.0   calculate_z_serial_purepython julia.py:5\n"
           "   5.1  99.4   0.51      0.0      0.0     25.0   12.5   9.94    0.0   calc_pure_python              julia.py:20\n");
}

/* Each column of the config is one that the table sorts by, and what it sorts by is what is saved. */
static void words_of_the_config(void **state) {
    struct test *test = *state;
    const struct config_option *option = option_find("ui.sort");
    bool inverted;
    size_t count = 0;
    for (; option->words[count]; count++) {
        assert_true(functions_view_sort_by(test->view, option->words[count], count % 2));
        assert_string_equal(functions_view_sorted_by(test->view, &inverted), option->words[count]);
        assert_int_equal(inverted, count % 2);
    }
    assert_int_equal(count, FUNCTION_SORT_COUNT);
    assert_false(functions_view_sort_by(test->view, "calsl", false));
    assert_true(functions_view_sort_by(test->view, "percall", true));
    expect_title(test, "Functions 7/7  sort:/call^");
    assert_true(functions_view_sort_by(test->view, "totmib", true)); /* not counted: it is asked for all the same */
    expect_title(test, "Functions 7/7  sort:Self%v");
    assert_string_equal(functions_view_sorted_by(test->view, &inverted), "totmib");
    functions_view.sort(test->view, 2);
    request(test, REQUEST_SORT_INVERT);
    assert_string_equal(functions_view_sorted_by(test->view, &inverted), "calls");
    assert_true(inverted);
    const struct config_option *columns = option_find("ui.columns");
    for (int value = 0; value <= VALUE_COUNT; value++)
        assert_string_equal(columns->words[value], function_value_word((enum function_value)value));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_all_down)
    const struct CMUnitTest tests[] = {TEST(trend), TEST(goldens), TEST(sorted_by_trend), TEST(scrolled_sideways),
                                       TEST(long_names_to_their_end), TEST(shares), TEST(words_of_the_config)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
