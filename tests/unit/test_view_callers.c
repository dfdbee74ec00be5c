/* Callers and callees. */
#include "tests/unit/model_fixture.h"

struct test {
    struct model *model;
    void *view;
    struct view_context context;
};

static int set_up(void **state) {
    struct test *test = calloc(1, sizeof *test);
    assert_non_null(test);
    test->model = fixture_julia();
    test->view = callers_view.create();
    assert_non_null(test->view);
    test->context = (struct view_context){.model = test->model, .focused = true, .function = 2};
    *state = test;
    return 0;
}

static int tear_down(void **state) {
    struct test *test = *state;
    callers_view.destroy(test->view);
    model_free(test->model);
    free(test);
    return 0;
}

static void expect(struct test *test, int rows, int columns, const char *expected) {
    fixture_expect(&callers_view, test->view, &test->context, rows, columns, true, expected);
}

static struct view_effect request(struct test *test, enum request request) {
    return callers_view.request(test->view, &test->context, request, 10);
}

static void expect_effect(struct view_effect effect, enum view_action action, uint32_t function) {
    assert_int_equal(effect.action, action);
    assert_int_equal(effect.function, function);
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
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 1  callees 2  sort:Tot s v");
}

static void small_sizes(void **state) {
    struct test *test = *state;
    fixture_small_sizes(&callers_view, test->view, &test->context);
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
    struct view_effect effect = request(test, REQUEST_DRILL);
    assert_int_equal(effect.action, VIEW_MESSAGE); /* "(the program)" */
    assert_string_equal(effect.text, "The program itself has no source to go into.");
    effect = request(test, REQUEST_COPY);
    assert_int_equal(effect.action, VIEW_COPY);
    assert_string_equal(effect.text, "by (the program) calls 1 self 1.000000 s total 4.000000 s");
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
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 1  callees 2  sort:Calls v");
    expect(test, 6, 58,
           " Share  Tot s Self s    Calls Function\n"
           "   100   9.94   0.51        1 by <module> julia.py\n"
           ">  100   9.94   0.51        1 = calc_pure_python\n"
           "   0.0 1.50us 1.50us        2 to time.time\n"
           "  94.9   9.43   9.24        1 to calculate_z_serial_purep~\n"
           "\n");
    request(test, REQUEST_SORT_PREVIOUS);
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 1  callees 2  sort:Self s v");
    callers_view.sort(test->view, 3);
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 1  callees 2  sort:Function ^");
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
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 1  callees 2  sort:Function v");
    const char *const *names = callers_view.sort_names(test->view);
    assert_string_equal(names[0], "total");
    assert_null(names[4]);
}

static void searching(void **state) {
    struct test *test = *state;
    expect_effect(callers_view.search(test->view, &test->context, "TIME", 0), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 5);
    expect_effect(callers_view.search(test->view, &test->context, "calc", 1), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 2);
    char *text = fixture_draw(&callers_view, test->view, &test->context, 5, 58, true, true);
    assert_non_null(strstr(text, "mmmm"));
    free(text);
    struct view_effect effect = callers_view.search(test->view, &test->context, "zzz", 0);
    assert_int_equal(effect.action, VIEW_MESSAGE);
    assert_string_equal(effect.text, "No function here has \"zzz\" in its name.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 6, 58};
    expect_effect(callers_view.click(test->view, &test->context, area, 0, 5), VIEW_HANDLED, 0);
    expect_effect(callers_view.click(test->view, &test->context, area, 3, 5), VIEW_REDRAW, 0);
    expect_effect(callers_view.click(test->view, &test->context, area, 3, 5), VIEW_DRILL, 1);
    expect_effect(callers_view.click(test->view, &test->context, area, 5, 5), VIEW_HANDLED, 0);
}

static void nothing_selected(void **state) {
    struct test *test = *state;
    test->context.function = 0;
    expect(test, 1, 40, "No function is selected.\n");
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 0  callees 0  sort:Tot s v");
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_COPY), VIEW_HANDLED, 0);
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_MESSAGE);
    test->context.function = 4000000; /* not in this model */
    expect(test, 1, 40, "No function is selected.\n");
    test->context.function = 1;
    fixture_edge(test->model, 1, 4000000, 1, 1, 1); /* edges that lead nowhere are left out */
    fixture_edge(test->model, 4000000, 1, 1, 1, 1);
    fixture_expect_title(&callers_view, test->view, &test->context, "Callers 1  callees 1  sort:Tot s v");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(widths), TEST(small_sizes), TEST(recursion), TEST(moving_and_drilling), TEST(sorting), TEST(searching),
        TEST(clicking), TEST(nothing_selected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
