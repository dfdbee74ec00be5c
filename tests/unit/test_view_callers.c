/* Callers and callees. */
#include "tests/unit/view_fixture.h"

static int set_up(void **state) {
    struct test *test = view_test_new(&callers_view, (struct view_context){.focused = true, .function = 2});
    *state = test;
    return 0;
}

static void widths(void **state) {
    struct test *test = *state;
    expect(test, 6, 100,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 called by <module> julia.py\n"
           ">  100   9.94   0.51        1 = calc_pure_python\n"
           "  94.9   9.43   9.24        1     calls calculate_z_serial_purepython\n"
           "   0.0 1.50us 1.50us        2     calls time.time\n"
           "\n");
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 by <module> julia.py\n"
           ">  100   9.94   0.51        1 = calc_pure_python\n"
           "  94.9   9.43   9.24        1 to calculate_z_serial_purep~\n"
           "   0.0 1.50us 1.50us        2 to time.time\n"
           "\n");
    expect(test, 6, 40,
           " Share  Tot s    Calls Function\n"
           "   100   9.94        1 by <module> juli~\n"
           ">  100   9.94        1 = calc_pure_pyth~\n"
           "  94.9   9.43        1 to calculate_z_s~\n"
           "   0.0 1.50us        2 to time.time\n"
           "\n");
    expect(test, 6, 20,
           " Share Function\n"
           "   100 by <module> ~\n"
           ">  100 = calc_pure_~\n"
           "  94.9 to calculate~\n"
           "   0.0 to time.time\n"
           "\n");
    expect(test, 3, 5,
           " Sha~\n"
           "  100\n"
           "> 100\n");
    expect(test, 1, 40,
           ">  100   9.94        1 = calc_pure_pyth~\n");
    expect_title(test, "Callers 1  callees 2  sort:Tot s v");
}

/* What those in the rows did lately, whoever called them. */
static void trend(void **state) {
    struct test *test = *state;
    struct activity activity = {0};
    activity_follow(&activity, test->model);
    test->model->functions[1].self_ns += 3 * SECOND;
    test->model->functions[2].self_ns += SECOND;
    test->model->wall_ns += SECOND;
    activity_follow(&activity, test->model);
    test->context.activity = &activity;
    expect(test, 4, 78,
           " Share  Tot s Self s    Calls Trend    Function\n"
           "   100   9.94   0.51        1          called by <module> julia.py\n"
           ">  100   9.94   1.51        1        : = calc_pure_python\n"
           "  94.9   9.43   9.24        1        *     calls calculate_z_serial_purepython\n");
    expect(test, 3, 66,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 called by <module> julia.py\n"
           ">  100   9.94   1.51        1 = calc_pure_python\n");
    activity_free(&activity);
}

static void small_sizes(void **state) {
    struct test *test = *state;
    expect_small_sizes_kept(test);
}

/* A recursive function is its own caller and callee. */
static void recursion(void **state) {
    struct test *test = *state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t fib = fixture_function(model, MODEL_FUNCTION_PYTHON, "fib.py", 1, "fib", 0, 100, 3 * SECOND, 4 * SECOND);
    fixture_edge(model, 0, fib, 1, 1 * SECOND, 4 * SECOND);
    fixture_edge(model, fib, fib, 99, 2 * SECOND, 4 * SECOND);
    test->context.model = model;
    test->context.function = fib;
    expect(test, 5, 60,
           " Share  Tot s Self s    Calls Function\n"
           "  50.0   4.00   1.00        1 called by (the program)\n"
           "  50.0   4.00   2.00       99 called by fib\n"
           ">  100   4.00   3.00      100 = fib\n"
           "   100   4.00   2.00       99     calls fib\n");
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, fib);
    expect_effect(request(test, REQUEST_MOVE_FIRST), VIEW_REDRAW, 0);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE,
                "The program itself has no source to go into."); /* "(the program)" */
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "by (the program) calls 1 self 1.000000 s total 4.000000 s");
    model_free(model);
    test->context.model = test->model;
}

static void moving_and_drilling(void **state) {
    struct test *test = *state;
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 1);
    expect_effect(request(test, REQUEST_MOVE_LAST), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 5);
    test->model->edges[3].total_ns = 90 * SECOND; /* time.time moves up: it stays selected */
    test->model->wall_ns += SECOND;
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 by <module> julia.py\n"
           "   100   9.94   0.51        1 = calc_pure_python\n"
           ">  905  90.00 1.50us        2 to time.time\n"
           "  94.9   9.43   9.24        1 to calculate_z_serial_purep~\n"
           "\n");
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 5);
    test->context.function = 1; /* another function: it is selected itself */
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.43   9.24        1 by calc_pure_python\n"
           ">  100   9.43   9.24        1 = calculate_z_serial_purepy~\n"
           "   2.0   0.19   0.19 34219980 to builtins.abs\n"
           "\n"
           "\n");
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 1);
    expect_effect(request(test, REQUEST_EDIT), VIEW_NOT_HANDLED, 0);
}

static void sorting(void **state) {
    struct test *test = *state;
    request(test, REQUEST_SORT_INVERT);
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 by <module> julia.py\n"
           ">  100   9.94   0.51        1 = calc_pure_python\n"
           "   0.0 1.50us 1.50us        2 to time.time\n"
           "  94.9   9.43   9.24        1 to calculate_z_serial_purep~\n"
           "\n");
    request(test, REQUEST_SORT_NEXT);
    request(test, REQUEST_SORT_NEXT);
    expect_title(test, "Callers 1  callees 2  sort:Calls v");
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 by <module> julia.py\n"
           ">  100   9.94   0.51        1 = calc_pure_python\n"
           "   0.0 1.50us 1.50us        2 to time.time\n"
           "  94.9   9.43   9.24        1 to calculate_z_serial_purep~\n"
           "\n");
    request(test, REQUEST_SORT_PREVIOUS);
    expect_title(test, "Callers 1  callees 2  sort:Self s v");
    callers_view.sort(test->view, 3);
    expect_title(test, "Callers 1  callees 2  sort:Function ^");
    callers_view.sort(test->view, 3);
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 by <module> julia.py\n"
           ">  100   9.94   0.51        1 = calc_pure_python\n"
           "   0.0 1.50us 1.50us        2 to time.time\n"
           "  94.9   9.43   9.24        1 to calculate_z_serial_purep~\n"
           "\n");
    callers_view.sort(test->view, 4);
    callers_view.sort(test->view, -1);
    expect_title(test, "Callers 1  callees 2  sort:Function v");
    const char *const *names = callers_view.sort_names(test->view);
    assert_string_equal(names[0], "total");
    assert_null(names[4]);
}

static void searching(void **state) {
    struct test *test = *state;
    expect_effect(search(test, "TIME", 0), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 5);
    expect_effect(search(test, "calc", 1), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 2);
    char *text = draw(test, 5, 58, true, true);
    assert_non_null(strstr(text, "mmmm"));
    free(text);
    expect_text(search(test, "zzz", 0), VIEW_MESSAGE, "No function here has \"zzz\" in its name.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 6, 58};
    expect_effect(click(test, area, 0, 5), VIEW_HANDLED, 0);
    expect_effect(click(test, area, 3, 5), VIEW_REDRAW, 0);
    expect_effect(click(test, area, 3, 5), VIEW_DRILL, 1);
    expect_effect(click(test, area, 5, 5), VIEW_HANDLED, 0);
}

static void nothing_selected(void **state) {
    struct test *test = *state;
    test->context.function = 0;
    expect(test, 1, 40, "No function is selected.\n");
    expect_title(test, "Callers 0  callees 0  sort:Tot s v");
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "");
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_MESSAGE);
    test->context.function = 4000000; /* not in this model */
    expect(test, 1, 40, "No function is selected.\n");
    test->context.function = 1;
    fixture_edge(test->model, 1, 4000000, 1, 1, 1); /* edges that lead nowhere are left out */
    fixture_edge(test->model, 4000000, 1, 1, 1, 1);
    expect_title(test, "Callers 1  callees 1  sort:Tot s v");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(widths), TEST(trend), TEST(small_sizes), TEST(recursion), TEST(moving_and_drilling), TEST(sorting), TEST(searching),
        TEST(clicking), TEST(nothing_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
