/* Functions marked in the viewer: which can be, what is said, what is asked before they are compared. */
#include "tests/unit/viewer_fixture.h"

#include "tui/app/compare_functions.h"

static int setup(void **state) {
    (void)state;
    return open_viewer(fixture_julia());
}

static int close_viewer(void **state) {
    compare_functions_free(&application);
    return teardown(state);
}

static void select_function(const char *name) {
    for (uint32_t id = 1; id < model->function_count; id++)
        if (strcmp(model->functions[id].name, name) == 0)
            application.place.function = id;
    draw(30, 100);
}

static void test_marks(void **state) {
    (void)state;
    press('W');
    assert_string_equal(application.message, "w marks functions to compare; none is marked");
    select_function("calculate_z_serial_purepython");
    press('w');
    assert_string_equal(application.message, "calculate_z_serial_purepython is marked; mark another one to compare them");
    press('W');
    assert_string_equal(application.message, "w marks functions to compare; one is marked, mark another");
    assert_int_equal(application.prompt, PROMPT_NONE);
    press('w');
    assert_string_equal(application.message, "calculate_z_serial_purepython is not marked any more");
    assert_int_equal(application.comparing.marked_count, 0);
    select_function("abs");
    press('w');
    assert_string_equal(application.message, "builtins.abs has no file of Python that it could be called from");
    assert_true(application.message_is_error);
}

/* The mark is on the row, wherever the selection is, and the arguments are asked for. */
static void test_two_marks(void **state) {
    (void)state;
    select_function("calculate_z_serial_purepython");
    press('w');
    select_function("calc_pure_python");
    press('w');
    assert_string_equal(application.message, "2 functions are marked; W compares them");
    draw(30, 100);
    assert_non_null(strstr(screen, "\n*"));
    press('W');
    assert_int_equal(application.prompt, PROMPT_ARGUMENTS);
    draw(30, 100);
    assert_non_null(strstr(row(-1), "Compare, with these arguments of each call (Enter: none):"));
    type("1000, key=3");
    draw(30, 100);
    assert_non_null(strstr(row(-1), "1000, key=3"));
    press(KEYS_ESCAPE);
    assert_int_equal(application.prompt, PROMPT_NONE);
    press('W');
    press(KEYS_ENTER); /* here is no program that could compare them */
    assert_non_null(strstr(application.message, "cannot start the comparison: "));
    assert_true(application.message_is_error);
    assert_int_equal(application.comparing.pid, 0);
    assert_int_equal(application.comparing.marked_count, 2);
}

/* In another model the same functions are marked, whatever their numbers are. */
static void test_marks_stay_with_their_functions(void **state) {
    (void)state;
    select_function("calc_pure_python");
    press('w');
    select_function("calculate_z_serial_purepython");
    draw(30, 100);
    uint32_t id = application.comparing.ids[0];
    assert_string_equal(model->functions[id].name, "calc_pure_python");
    struct model_function other = model->functions[id];
    uint32_t to = id == 1 ? 2 : 1;
    model->functions[id] = model->functions[to];
    model->functions[to] = other;
    draw(30, 100);
    assert_int_equal(application.comparing.ids[0], to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_marks, setup, close_viewer),
        cmocka_unit_test_setup_teardown(test_two_marks, setup, close_viewer),
        cmocka_unit_test_setup_teardown(test_marks_stay_with_their_functions, setup, close_viewer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
