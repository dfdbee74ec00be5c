/* Marks on places in the code: set, gone through, listed, and found again in the next model and the next run. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/golden.h"
#include "tests/unit/viewer_fixture.h"

#include <sys/socket.h>

static const char source[] = "import math\n\n\n\ndef calculate_z_serial_purepython():\n    needle = abs(1)\n    other = 2\n";

static struct model *julia(void) {
    struct model *shown = fixture_julia();
    assert_true(model_add_source(shown, "julia.py", source, sizeof source - 1));
    return shown;
}

static int setup(void **state) {
    (void)state;
    memset(&fake_screen, 0, sizeof fake_screen);
    return open_viewer(julia());
}

static void expect_place(enum pane pane, uint32_t function, uint32_t line) {
    if (application.place.focus != pane || application.place.function != function || application.place.line != line)
        fail_msg("at pane %d, function %u, line %u", (int)application.place.focus, application.place.function,
                 application.place.line);
}

static void expect_message(const char *part) {
    if (!strstr(application.message, part))
        fail_msg("\"%s\" does not say \"%s\"", application.message, part);
}

/* A function in the table, then a line in the source. */
static void mark_two(void) {
    type("jm");
    expect_message("mark a: calc_pure_python; ' goes");
    type(":line 7\r");
    expect_place(PANE_SOURCE, 1, 7);
    type("m");
    expect_message("mark b: calculate_z_serial_purepython line 7");
}

static void going_from_mark_to_mark(void **state) {
    (void)state;
    type("'");
    expect_message("nothing is marked yet; m marks");
    mark_two();
    type("1gGg'"); /* in the table nothing marked is selected: on from the one that was set last */
    expect_place(PANE_FUNCTIONS, 2, 0);
    expect_message("mark a: calc_pure_python");
    type("'");
    expect_place(PANE_SOURCE, 1, 7);
    type("\"");
    expect_place(PANE_FUNCTIONS, 2, 0);
    type("["); /* marks are places one comes back from */
    expect_place(PANE_SOURCE, 1, 7);
}

static void again_takes_it_away(void **state) {
    (void)state;
    mark_two();
    type("m");
    expect_message("no longer marked: calculate_z_serial_purepython line 7");
    type("1g'");
    expect_place(PANE_FUNCTIONS, 2, 0);
    type("'"); /* it is all there is */
    expect_place(PANE_FUNCTIONS, 2, 0);
    type("m'");
    expect_message("nothing is marked yet");
}

static void letters_stand_beside_what_is_marked(void **state) {
    (void)state;
    mark_two();
    type("1g");
    draw(30, 100);
    assert_non_null(strstr(screen, "\na  5.1"));
    type("j");
    draw(30, 100);
    assert_non_null(strstr(screen, "\nb 92.4")); /* the function that line is in */
    type("k\r:line 6\r");
    draw(30, 100);
    assert_non_null(strstr(screen, "7b  other = 2"));
    assert_non_null(strstr(screen, "6   needle = abs(1)"));
}

static void a_letter_goes_from_the_list(void **state) {
    (void)state;
    type("`");
    expect_message("nothing is marked yet");
    assert_int_equal(application.popup_kind, POPUP_NONE);
    mark_two();
    type("`");
    assert_int_equal(application.popup_kind, POPUP_MARKS);
    draw(30, 100);
    assert_non_null(strstr(screen, "a  calc_pure_python         julia.py:20"));
    assert_non_null(strstr(screen, "b  calculate_z_serial_purepython julia.py:7           other = 2"));
    type("a");
    assert_int_equal(application.popup_kind, POPUP_NONE);
    expect_place(PANE_FUNCTIONS, 2, 0);
    type("`j\r");
    expect_place(PANE_SOURCE, 1, 7);
    type("`z"); /* no mark of that letter */
    assert_int_equal(application.popup_kind, POPUP_MARKS);
    type("-");
    type("b");
    expect_place(PANE_SOURCE, 1, 7);
    type("`-");
    assert_int_equal(application.popup_kind, POPUP_NONE);
    type("`");
    expect_message("nothing is marked yet");
    type(":marks\r");
    expect_message("nothing is marked yet");
}

static void the_list_on_screens(void **state) {
    (void)state;
    static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};
    mark_two();
    type("`");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char file[64];
        snprintf(file, sizeof file, "screen-marks-%dx%d", sizes[i][1], sizes[i][0]);
        draw(sizes[i][0], sizes[i][1]);
        expect_golden(file, screen);
    }
}

static void only_so_many(void **state) {
    (void)state;
    for (uint32_t line = 1; line <= CODE_MARKS_MOST + 1; line++) {
        application.place = (struct place){.focus = PANE_SOURCE, .function = 1, .line = line, .drilled = true};
        code_marks_toggle(&application);
    }
    expect_message("22 places are marked, which is the most");
    assert_true(application.message_is_error);
}

/* --- other models ----------------------------------------------------------------------------------- */

/* As after a refresh, or the start of another run. */
static void show(struct model *other) {
    other->start_unix_ns = model->start_unix_ns + 1;
    other->wall_ns = model->wall_ns + 1;
    processes_show(&application, other);
    model_free(model);
    model = other;
    panes_follow_selection(&application);
    draw(30, 100);
}

static struct model *with_ids_from_two_on(uint32_t first_line) {
    struct model *other = model_new();
    assert_non_null(other);
    other->script = "julia.py";
    other->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    other->state = MODEL_RUNNING;
    fixture_function(other, MODEL_FUNCTION_PYTHON, "julia.py", 1, "<module>", MODEL_FUNCTION_PROJECT, 1, 20, 90);
    fixture_function(other, MODEL_FUNCTION_PYTHON, "else.py", 5, "calculate_z_serial_purepython", MODEL_FUNCTION_PROJECT, 1, 1, 9);
    fixture_function(other, MODEL_FUNCTION_PYTHON, "julia.py", first_line, "calculate_z_serial_purepython",
                     MODEL_FUNCTION_PROJECT, 1, 10, 10);
    assert_true(model_add_source(other, "julia.py", source, sizeof source - 1));
    return other;
}

static void marks_are_found_by_name_in_the_next_run(void **state) {
    (void)state;
    mark_two();
    show(with_ids_from_two_on(5));
    type("1g'");
    expect_place(PANE_SOURCE, 3, 7);
    type("'"); /* calc_pure_python has not run here: it is passed over */
    expect_place(PANE_SOURCE, 3, 7);
    type("`");
    draw(30, 100);
    assert_non_null(strstr(screen, "not run here"));
    type("a");
    expect_message("calc_pure_python has not run here");
    show(julia());
    type("1gG\"");
    expect_place(PANE_FUNCTIONS, 2, 0); /* it is back */
}

static void a_line_moves_with_its_function(void **state) {
    (void)state;
    mark_two();
    show(with_ids_from_two_on(4));
    type("1g'");
    expect_place(PANE_SOURCE, 3, 6);
}

/* The pane it was marked in leaves it out: its source is shown. */
static void what_is_filtered_is_found_in_the_source(void **state) {
    (void)state;
    type("jm&serial\r'");
    assert_int_equal(application.place.focus, PANE_SOURCE);
    assert_int_equal(application.place.function, 2);
}

static void panes_without_code_mark_the_moment(void **state) {
    (void)state;
    int sockets[2];
    struct recorder_message message;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets), 0);
    application.run.channel = recorder_channel_new(sockets[0]);
    application.run.state = RUN_RUNNING;
    struct recorder_channel *recorder = recorder_channel_new(sockets[1]);
    type("m"); /* of code */
    assert_int_equal(recorder_channel_receive(recorder, &message), 0);
    type("4m");
    assert_int_equal(recorder_channel_receive(recorder, &message), 1);
    assert_int_equal(message.type, RECORDER_REQUEST_MARK);
    assert_string_equal((const char *)message.payload, "mark 1");
    type("1:moment loaded\r");
    assert_int_equal(recorder_channel_receive(recorder, &message), 1);
    assert_int_equal(message.type, RECORDER_REQUEST_MARK);
    assert_string_equal((const char *)message.payload, "loaded");
    recorder_channel_free(recorder);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(going_from_mark_to_mark, setup, teardown),
        cmocka_unit_test_setup_teardown(again_takes_it_away, setup, teardown),
        cmocka_unit_test_setup_teardown(letters_stand_beside_what_is_marked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_letter_goes_from_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(the_list_on_screens, setup, teardown),
        cmocka_unit_test_setup_teardown(only_so_many, setup, teardown),
        cmocka_unit_test_setup_teardown(marks_are_found_by_name_in_the_next_run, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_moves_with_its_function, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_filtered_is_found_in_the_source, setup, teardown),
        cmocka_unit_test_setup_teardown(panes_without_code_mark_the_moment, setup, teardown),
    };
    return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
