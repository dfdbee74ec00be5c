/* The call tree. */
#include "tests/unit/path_view_fixture.h"

static int set_up(void **state) { return path_view_set_up(state, &call_tree_view); }

static void goldens(void **state) {
    struct test *test = *state;
    expect_goldens(test, "call-tree", false);
    expect_goldens(test, "call-tree-ascii", true);
    request(test, REQUEST_INVERT_CALLS);
    expect_goldens(test, "call-tree-inverted", false);
    expect_title(test, "Call tree inverted  self time  sort:totalv");
}

static void small_sizes(void **state) { expect_small_sizes_kept(*state); }

/* What has a twentieth of all or more is open; to the right calls are opened, to the left closed and left. */
static void folding(void **state) {
    struct test *test = *state;
    expect(test, 8, 60,
           "  Tot%  Tot s    Calls Function\n"
           "   100  10.10        1 - <module> julia.py\n"
           "  98.5   9.94        1   - calc_pure_python\n"
           "> 93.4   9.43        1     - calculate_z_serial_purepython\n"
           "   1.9   0.19 34219980         builtins.abs\n"
           "   0.0 1.50us        2       time.time\n"
           "   1.3   0.14       12   + Random.random\n"
           "\n");
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_SELECT, 2);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_REDRAW, 0);
    expect(test, 4, 60,
           "  Tot%  Tot s    Calls Function\n"
           "   100  10.10        1 - <module> julia.py\n"
           "> 98.5   9.94        1   + calc_pure_python\n"
           "   1.3   0.14       12   + Random.random\n");
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 6);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, 7);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, 7); /* nothing is below it */
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 7);
    expect_effect(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 4);
    expect_effect(request(test, REQUEST_UNFOLD_ALL), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_MOVE_LAST), VIEW_SELECT, 20);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "Setup.step_11 calls 1 total 8000000 self 8000000 ns");
}

static void sorting(void **state) {
    struct test *test = *state;
    request(test, REQUEST_UNFOLD_ALL);
    test->kind->sort(test->view, 4);
    expect_title(test, "Call tree  self time  sort:name^");
    expect(test, 9, 60,
           "  Tot%  Tot s    Calls Function\n"
           "   100  10.10        1 - <module> julia.py\n"
           "   1.3   0.14       12   + Random.random\n"
           "  98.5   9.94        1   - calc_pure_python\n"
           "> 93.4   9.43        1     - calculate_z_serial_purepython\n"
           "   1.9   0.19 34219980         builtins.abs\n"
           "   0.0 1.50us        2       time.time\n"
           "\n"
           "\n");
    test->kind->sort(test->view, 2); /* calls */
    request(test, REQUEST_SORT_INVERT);
    expect_title(test, "Call tree  self time  sort:calls^");
    expect(test, 4, 60,
           "  Tot%  Tot s    Calls Function\n"
           "   100  10.10        1 - <module> julia.py\n"
           "  98.5   9.94        1   - calc_pure_python\n"
           "> 93.4   9.43        1     - calculate_z_serial_purepython\n");
    assert_string_equal(test->kind->sort_names(test->view)[3], "memory");
    test->kind->sort(test->view, 99);
    assert_int_equal(test->kind->sorted(test->view), 2);
}

/* What is selected elsewhere is unfolded for as long as it is. */
static void following(void **state) {
    struct test *test = *state;
    free(draw(test, 8, 60, true, false));
    test->context.function = 12;
    char *text = draw(test, 24, 60, true, false);
    assert_non_null(strstr(text, "\n>  0.1 8.00ms        1       Setup.step_3\n"));
    free(text);
    test->context.function = 1;
    text = draw(test, 24, 60, true, false);
    assert_non_null(strstr(text, "\n> 93.4   9.43        1     - calc"));
    free(text);
    test->context.function = 3; /* it has a row: nothing else is unfolded */
    text = draw(test, 24, 60, true, false);
    assert_non_null(strstr(text, "\n>  1.9   0.19 34219980         builtins.abs"));
    free(text);
    test->context.function = 8; /* it never ran: what is selected stays */
    text = draw(test, 24, 60, true, false);
    assert_non_null(strstr(text, "\n>  1.9   0.19 34219980         builtins.abs"));
    free(text);
}

static void searching(void **state) {
    struct test *test = *state;
    free(draw(test, 8, 60, true, false));
    expect_effect(search(test, "pure", 1), VIEW_SELECT, 2);
    test->context.function = 2;
    expect_effect(search(test, "STEP_7", 0), VIEW_SELECT, 16); /* it was folded */
    test->context.function = 16;
    char *text = draw(test, 24, 60, true, false);
    assert_non_null(strstr(text, "\n>  0.1 8.00ms        1       Setup.step_7\n"));
    free(text);
    expect_text(search(test, "nowhere", 0), VIEW_MESSAGE, "No function here has \"nowhere\" in its name.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
}

/* The next model of a run: what is selected, opened and closed stays. */
static void another_model(void **state) {
    struct test *test = *state;
    request(test, REQUEST_MOVE_LEFT); /* closes calculate_z... */
    test->model->nodes[7].self_ns = 60 * SECOND; /* Random.random goes to the top */
    test->model->wall_ns += SECOND;
    expect(test, 7, 60,
           "  Tot%  Tot s    Calls Function\n"
           "   0.0 8.00ms        1       Setup.step_8\n"
           "   0.0 8.00ms        1       Setup.step_9\n"
           "   0.0 8.00ms        1       Setup.step_10\n"
           "   0.0 8.00ms        1       Setup.step_11\n"
           "  14.2   9.94        1   - calc_pure_python\n"
           "> 13.5   9.43        1     + calculate_z_serial_purepython\n");
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 8, 60};
    free(draw(test, 8, 60, true, false));
    expect_effect(click(test, area, 2, 30), VIEW_SELECT, 2);
    test->context.function = 2;
    expect_effect(click(test, area, 2, 30), VIEW_DRILL, 2);
    expect_effect(click(test, area, 2, 25), VIEW_REDRAW, 0); /* its sign: closed */
    expect(test, 4, 60,
           "  Tot%  Tot s    Calls Function\n"
           "   100  10.10        1 - <module> julia.py\n"
           "> 98.5   9.94        1   + calc_pure_python\n"
           "   1.3   0.14       12   + Random.random\n");
    expect_effect(click(test, area, 7, 2), VIEW_HANDLED, 0);
}

/* Columns of memory beside times, or in their place. */
static void memory(void **state) {
    struct test *test = *state;
    test->model->collectors |= COLLECTOR_MEMORY;
    test->model->node_memory = calloc(3, sizeof *test->model->node_memory);
    test->model->node_memory_count = 3;
    test->model->nodes[1].memory_row = 1;
    test->model->nodes[2].memory_row = 2;
    test->model->node_memory[2].memory.peak_bytes = 7 << 20;
    test->model->node_memory[1].total_memory.peak_bytes = test->model->node_memory[2].total_memory.peak_bytes = 7 << 20;
    expect(test, 3, 80,
           "  Tot%  Tot s Self%    Calls   peak Function\n"
           "  98.5   9.94   5.1        1    7.0   - calc_pure_python\n"
           "> 93.4   9.43  91.5        1      0     - calculate_z_serial_purepython\n");
    expect_effect(request(test, REQUEST_VARIANT), VIEW_REDRAW, 0);
    expect_title(test, "Call tree  memory at the peak  sort:totalv");
    expect(test, 4, 80,
           "  Tot%    MiB Self%    Own    Calls Function\n"
           "   100    7.0   0.0      0        1 - <module> julia.py\n"
           ">  100    7.0   100    7.0        1     calc_pure_python\n"
           "\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goldens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sorting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(following, set_up, tear_down),
        cmocka_unit_test_setup_teardown(searching, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_model, set_up, tear_down),
        cmocka_unit_test_setup_teardown(clicking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("call tree view", tests, NULL, NULL);
}
