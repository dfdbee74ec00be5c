/* Screen reader mode: what is written of what was selected, asked and said; nothing twice. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/path_fixture.h"
#include "tests/unit/viewer_fixture.h"

#include <poll.h>

#include "tui/app/announce.h"

static int open_announced(struct model *shown) {
    if (open_viewer(shown) || !announce_open(&application))
        return -1;
    memset(&fake_screen, 0, sizeof fake_screen);
    return grid_resize(&application.grid, ANNOUNCE_ROWS, ANNOUNCE_COLUMNS) ? 0 : -1;
}

static int setup(void **state) {
    (void)state;
    struct model *julia = fixture_julia();
    assert_true(model_add_source(julia, "julia.py", "a\nb\nc\nd\ndef calculate():\n    pass\n", 31));
    julia->state = MODEL_ENDED;
    julia->exit_kind = MODEL_EXIT_STATUS;
    return open_announced(julia);
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
    assert_non_null(strstr(fake_screen.written, "calculate_z_serial_purepython, Self% 92."));
    assert_non_null(strstr(fake_screen.written, ", Calls 1, "));
    assert_string_equal(written(0), ""); /* nothing has changed */
    written('j');
    assert_non_null(strstr(fake_screen.written, "calc_pure_python"));
    assert_null(strchr(fake_screen.written, '\n')[1] ? "more than a line" : NULL);
    written('G');
    char last[sizeof fake_screen.written];
    snprintf(last, sizeof last, "%s", fake_screen.written);
    assert_string_equal(written('j'), last); /* there is no further row */
}

/* Moves the model on by a second: what was measured grows with it. */
static void run_on(void) {
    for (size_t i = 1; i < model->function_count; i++)
        model->functions[i].calls += 7, model->functions[i].self_ns += 100000000, model->functions[i].total_ns += 100000000;
    model->wall_ns += 1000000000;
}

static void test_numbers_that_change_by_themselves(void **state) {
    (void)state;
    application.run.state = RUN_RUNNING;
    config->ui.screen_reader_s = 3600;
    written(0);
    run_on();
    assert_string_equal(written(0), ""); /* not yet */
    written('R');
    assert_non_null(strstr(fake_screen.written, "pyprof julia.py"));
    assert_non_null(strstr(fake_screen.written, "calculate_z_serial_purepython, "));
    assert_non_null(strstr(fake_screen.written, ", Calls 8, "));
    config->ui.screen_reader_s = 1;
    run_on();
    for (int tries = 0; !*written(0) && tries < 5000; tries++)
        poll(NULL, 0, 1);
    assert_non_null(strstr(fake_screen.written, ", Calls 15, "));
    config->ui.screen_reader_s = 0;
    run_on();
    assert_string_equal(written(0), "");
    application.run.state = RUN_ENDED;
    assert_non_null(strstr(written(0), "pyprof julia.py")); /* the end is told at once */
}

static void test_pictures_are_told_by_their_last_row(void **state) {
    (void)state;
    written(0);
    written('8');
    assert_non_null(strstr(fake_screen.written, "No call path was counted."));
    leave(state);
    assert_int_equal(open_announced(fixture_paths()), 0);
    written('8');
    assert_non_null(strstr(fake_screen.written, "[8] Flame"));
    assert_null(strstr(fake_screen.written, "all 100%"));
    assert_non_null(strstr(fake_screen.written, "calls 1\n"));
    assert_null(strstr(written(key_control('l')), "all 100%"));
}

static void test_texts_as_they_are(void **state) {
    (void)state;
    model->functions[1].qualname = "f\xc3\xbcr_\xe6\xbc\xa2";
    application.grid.ascii = application.grid.keeps_text = true;
    written(0);
    assert_non_null(strstr(fake_screen.written, "f\xc3\xbcr_\xe6\xbc\xa2, Self% 92."));
    application.grid.keeps_text = false;
    assert_non_null(strstr(written('R'), "f?r_??, Self% 92."));
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
    assert_string_equal(written('/'), "search as you type\n/\n");
    assert_non_null(strstr(written('a'), "/a\n"));
    written(KEYS_ESCAPE);
    assert_non_null(strstr(written('~'), "~ does nothing here; ? lists all keys\n"));
    assert_string_equal(written('~'), "~ does nothing here; ? lists all keys\n"); /* as often as it is so */
    assert_string_equal(written(SPECIAL_F7), "F7 does nothing here; ? lists all keys\n");
    assert_non_null(strstr(written('o'), "Sort by"));
    assert_string_equal(written('j'), "total\n");
    written(KEYS_ESCAPE);
    assert_string_equal(written(':'), "All actions\nmove-down  j Down  next row\n");
    assert_string_equal(written('g'), "g\ngrow  +  make the pane larger\n");
    assert_string_equal(written('?'), "g?\nnothing has this in its name\n");
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
        cmocka_unit_test_setup_teardown(test_numbers_that_change_by_themselves, setup, leave),
        cmocka_unit_test_setup_teardown(test_pictures_are_told_by_their_last_row, setup, leave),
        cmocka_unit_test_setup_teardown(test_texts_as_they_are, setup, leave),
        cmocka_unit_test_setup_teardown(test_the_whole_pane_on_request, setup, leave),
    };
    return cmocka_run_group_tests_name("announce", tests, NULL, NULL);
}
