/* Screen reader mode: what is written of what was selected, asked and said; nothing twice. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/viewer_fixture.h"

#include "tui/app/announce.h"

static int setup(void **state) {
    (void)state;
    struct model *julia = fixture_julia();
    assert_true(model_add_source(julia, "julia.py", "a\nb\nc\nd\ndef calculate():\n    pass\n", 31));
    julia->state = MODEL_ENDED;
    julia->exit_kind = MODEL_EXIT_STATUS;
    if (open_viewer(julia) || !announce_open(&application))
        return -1;
    memset(&fake_screen, 0, sizeof fake_screen);
    return grid_resize(&application.grid, ANNOUNCE_ROWS, ANNOUNCE_COLUMNS) ? 0 : -1;
}

static int leave(void **state) {
    announce_close(&application);
    return teardown(state);
}

/* What is written when that key is pressed; 0: none is. */
static const char *written(int key) {
    fake_screen.written[0] = '\0';
    if (key) {
        announce_key(&application, key == key_control('l'));
        press(key);
    }
    announce(&application);
    return fake_screen.written;
}

static void test_rows_as_they_are_selected(void **state) {
    (void)state;
    written(0);
    assert_non_null(strstr(fake_screen.written, "pyprof julia.py END exit 0"));
    assert_non_null(strstr(fake_screen.written, "[1] Functions 7/7  sort:Self%v\n"));
    assert_non_null(strstr(fake_screen.written, "Self%  Tot%"));
    assert_non_null(strstr(fake_screen.written, "calculate_z_serial_purepython"));
    assert_string_equal(written(0), ""); /* nothing has changed */
    written('j');
    assert_non_null(strstr(fake_screen.written, "calc_pure_python"));
    assert_null(strchr(fake_screen.written, '\n')[1] ? "more than a line" : NULL);
    written('G');
    assert_string_equal(written('j'), ""); /* there is no further row */
}

static void test_panes_say_what_they_are(void **state) {
    (void)state;
    written(0);
    written(KEYS_ENTER);
    assert_non_null(strstr(fake_screen.written, "[2] julia.py:5 calculate_z_serial_purepython"));
    assert_non_null(strstr(fake_screen.written, "5 def calculate():"));
    written('5');
    assert_non_null(strstr(fake_screen.written, "[5] Output"));
    assert_non_null(strstr(fake_screen.written, "A session keeps what was counted"));
}

static void test_questions_messages_and_lists(void **state) {
    (void)state;
    written(0);
    assert_string_equal(written('/'), "/\n");
    assert_non_null(strstr(written('a'), "/a\n"));
    written(KEYS_ESCAPE);
    assert_non_null(strstr(written('~'), "~ does nothing here; ? lists all keys\n"));
    assert_non_null(strstr(written('o'), "Sort by"));
    assert_string_equal(written('j'), "total\n");
    written(KEYS_ESCAPE);
    written('?');
    assert_non_null(strstr(fake_screen.written, "next row"));
    assert_non_null(strstr(fake_screen.written, "Moving"));
}

static void test_the_whole_pane_on_request(void **state) {
    (void)state;
    written(0);
    written(key_control('l'));
    assert_non_null(strstr(fake_screen.written, "calc_pure_python"));
    assert_non_null(strstr(fake_screen.written, "math.log"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_as_they_are_selected, setup, leave),
        cmocka_unit_test_setup_teardown(test_panes_say_what_they_are, setup, leave),
        cmocka_unit_test_setup_teardown(test_questions_messages_and_lists, setup, leave),
        cmocka_unit_test_setup_teardown(test_the_whole_pane_on_request, setup, leave),
    };
    return cmocka_run_group_tests_name("announce", tests, NULL, NULL);
}
