/* The list of actions: completing, actions with an argument, search across functions and sources. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/viewer_fixture.h"

#include <sys/socket.h>

#include "tui/app/request.h"

static const char source[] = "import math\n\n\n\ndef calculate_z_serial_purepython():\n    needle = abs(1)\n    Needle = 2\n";

static int setup(void **state) {
    (void)state;
    struct model *julia = fixture_julia();
    julia->state = MODEL_ENDED;
    julia->exit_kind = MODEL_EXIT_STATUS;
    assert_true(model_add_source(julia, "julia.py", source, sizeof source - 1));
    memset(&fake_screen, 0, sizeof fake_screen);
    return open_viewer(julia);
}

static const char *typed(void) { return application.popup.filter.text; }

/* Rows that can be chosen. */
static size_t offers(void) {
    size_t count = 0;
    for (size_t i = 0; i < application.popup.count; i++)
        count += application.popup.rows[i].value >= 0 && application.popup.rows[i].matches;
    return count;
}

static void expect_message(const char *part, bool is_error) {
    if (!strstr(application.message, part) || application.message_is_error != is_error)
        fail_msg("\"%s\" does not say \"%s\"", application.message, part);
}

static void expect_closed(void) {
    assert_int_equal(application.popup_kind, POPUP_NONE);
    assert_int_equal(application.prompt, PROMPT_NONE);
}

static void names_are_completed(void **state) {
    (void)state;
    type(":perc\t");
    assert_string_equal(typed(), "percent");
    type("\r");
    assert_false(application.percent);
    expect_closed();
    type(":got\t");
    assert_string_equal(typed(), "goto ");
    press(KEYS_ESCAPE);
    expect_closed();
}

static void a_command_waits_for_its_argument(void **state) {
    (void)state;
    type(":got\r");
    assert_int_equal(application.popup_kind, POPUP_PALETTE);
    assert_string_equal(typed(), "goto ");
    for (int i = 0; i < 5; i++)
        press(SPECIAL_BACKSPACE);
    draw(30, 100);
    assert_non_null(strstr(screen, "move-down")); /* all actions again */
    type("line \r");
    assert_int_equal(application.popup_kind, POPUP_PALETTE);
}

static void what_is_unknown_is_explained(void **state) {
    (void)state;
    type(":grpe needle\r");
    expect_message("there is no action \"grpe\"; did you mean \"grep\"?", true);
    assert_int_equal(application.popup_kind, POPUP_PALETTE); /* to be corrected */
    press(KEYS_ESCAPE);
    type(":theme lihgt\r");
    expect_message("did you mean \"light\"?", true);
    type(":sort totl\r");
    expect_message("did you mean \"total", true);
    type("4:sort x\r");
    expect_message("in this pane", true);
}

static void themes_by_name(void **state) {
    (void)state;
    type(":theme ");
    assert_int_equal(offers(), THEME_COUNT);
    type("li\t");
    assert_string_equal(typed(), "theme light");
    type("\r");
    assert_int_equal(application.theme, THEME_LIGHT);
    assert_int_equal(fake_screen.theme, THEME_LIGHT);
    type(":theme colour\r"); /* the row that holds it */
    assert_int_equal(application.theme, THEME_COLOUR_BLIND_SAFE);
    expect_closed();
}

static void sorting_and_filtering(void **state) {
    (void)state;
    type(":sort total\r");
    draw(30, 100);
    assert_non_null(strstr(screen, "sort:Tot%v"));
    type(":sort total\r"); /* is not turned round */
    draw(30, 100);
    assert_non_null(strstr(screen, "sort:Tot%v"));
    type(":filter file:random\r");
    draw(30, 100);
    assert_non_null(strstr(screen, "Functions 1/"));
    type(":filter calls>>\r");
    assert_true(application.message_is_error);
    type("4:filter x\r");
    expect_message("nothing to filter in this pane", true);
}

static void going_to_a_function(void **state) {
    (void)state;
    type("j");
    uint32_t before = application.place.function;
    type(":goto random");
    assert_int_equal(offers(), 1);
    type("\r");
    assert_int_equal(application.place.function, 6);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    assert_true(application.place.drilled);
    press('[');
    assert_int_equal(application.place.function, before);
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    type(":goto calc\r"); /* of those that begin with it the first */
    assert_int_equal(application.place.function, 1);
    type(":goto nowhere\r");
    expect_message("no function has \"nowhere\"", true);
    assert_int_equal(application.place.function, 1);
}

static void going_to_a_line(void **state) {
    (void)state;
    type(":line 6\r");
    assert_int_equal(application.place.focus, PANE_SOURCE);
    assert_int_equal(application.place.line, 6);
    assert_int_equal(application.place.function, 1);
    type(":line 2\r");
    assert_int_equal(application.place.line, 2);
    assert_int_equal(application.place.function, 4); /* <module> */
    static const char *const wrong[][2] = {
        {":line 99\r", "has 7 lines"}, {":line 0\r", "is no line number"}, {":line 2x\r", "is no line number"},
        {":line -1\r", "is no line number"}, {":line 99999999999999999999\r", "has 7 lines"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        type(wrong[i][0]);
        expect_message(wrong[i][1], true);
        assert_int_equal(application.place.line, 2);
    }
}

static void a_text_is_found_in_names_and_sources(void **state) {
    (void)state;
    type(":grep needle");
    assert_int_equal(offers(), 2);
    draw(30, 100);
    assert_non_null(strstr(screen, "julia.py:6: needle = abs(1)"));
    press(SPECIAL_DOWN);
    type("\r");
    assert_int_equal(application.place.line, 7);
    assert_int_equal(application.place.function, 1);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    press('[');
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    type(":grep Needle"); /* a capital letter: as it is written */
    assert_int_equal(offers(), 1);
    press(KEYS_ESCAPE);
    type(":grep calc"); /* two names and a line */
    assert_int_equal(offers(), 3);
    type("ulate_\r");
    assert_int_equal(application.place.function, 1);
    type(":grep haystack\r");
    expect_message("in no source", true);
}

static void keys_of_the_config(void **state) {
    (void)state;
    type(":set ref\r");
    assert_string_equal(typed(), "set ui.refresh_ms=");
    type("250\r");
    assert_int_equal(application.refresh_ms, 250);
    expect_message("ui.refresh_ms=250", false);
    type(":set ui.theme=lig\r");
    assert_int_equal(application.theme, THEME_LIGHT);
    type(":set ui.sizes.functions=-7\r");
    assert_int_equal(application.options.extra[PANE_FUNCTIONS], -7);
    type(":set ui.panes=[functions]\r");
    assert_int_equal(application.options.panes, 1u << PANE_FUNCTIONS);
    type(":set ui.sort=calls\r");
    draw(30, 100);
    assert_non_null(strstr(screen, "sort:Calls"));
    type(":set ui.refresh_ms=5\r");
    expect_message("ui.refresh_ms", true);
    assert_null(strstr(application.message, "--set"));
    assert_int_equal(application.refresh_ms, 250);
    type(":set ui.refresh=5\r");
    expect_message("did you mean \"ui.refresh_ms\"", true);
    type(":set target.cwd=/\r");
    expect_message("keys that begin with ui.", true);
}

static void a_session_is_saved_there(void **state) {
    (void)state;
    int sockets[2];
    char path[] = "/tmp/pyprof-palette-XXXXXX", command[64];
    struct recorder_message message;
    assert_int_equal(close(mkstemp(path)), 0);
    type(":save x.pyprof\r");
    expect_message("saved session already", true);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets), 0);
    application.run.channel = recorder_channel_new(sockets[0]);
    struct recorder_channel *recorder = recorder_channel_new(sockets[1]);
    snprintf(command, sizeof command, ":save %s\r", path);
    type(command);
    assert_int_equal(application.prompt, PROMPT_OVERWRITE);
    type("n");
    assert_int_not_equal(recorder_channel_receive(recorder, &message), 1);
    type(command);
    type("y");
    assert_int_equal(recorder_channel_receive(recorder, &message), 1);
    assert_int_equal(message.type, RECORDER_REQUEST_SAVE);
    assert_memory_equal(message.payload, path, strlen(path));
    recorder_channel_free(recorder);
    unlink(path);
}

static char *text_of(const char *path) {
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void the_screen_is_exported(void **state) {
    (void)state;
    char folder[] = "/tmp/pyprof-export-XXXXXX", path[64], command[128], shown[1 << 16];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/screen.txt", folder);
    snprintf(command, sizeof command, ":export %s\r", path);
    press('j');
    draw(30, 100);
    snprintf(shown, sizeof shown, "%s", screen);
    type(command);
    expect_message("the screen is written to", false);
    assert_string_equal(text_of(path), shown);
    press('j');
    type(command);
    assert_int_equal(application.prompt, PROMPT_OVERWRITE);
    type("n");
    assert_string_equal(text_of(path), shown);
    type(command);
    type("y");
    assert_string_not_equal(text_of(path), shown);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left there */
    type(command);
    expect_message("cannot be written: No such file or directory", true);
    type(":export /\r");
    expect_message("is a folder", true);
}

static void all_rows_of_a_pane_are_exported(void **state) {
    (void)state;
    char path[] = "/tmp/pyprof-export-XXXXXX", command[64];
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "function_%d", i);
        fixture_function(model, MODEL_FUNCTION_PYTHON, "julia.py", 5, name, MODEL_FUNCTION_PROJECT, 1, 1, 1);
    }
    assert_int_equal(close(mkstemp(path)), 0);
    type("G"); /* the first rows are out of sight */
    draw(30, 100);
    uint32_t selected_before = application.place.function;
    snprintf(command, sizeof command, ":export-pane %s\ry", path);
    type(command);
    const char *text = text_of(path);
    assert_memory_equal(text, "Functions 307/307", 17);
    assert_non_null(strstr(text, "calculate_z_serial_"));
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "function_%d\n", i);
        assert_non_null(strstr(text, name));
    }
    assert_int_equal(strlen(text) > 2 && text[strlen(text) - 1] == '\n' && text[strlen(text) - 2] != '\n', 1);
    assert_int_equal(application.place.function, selected_before);
    type("2");
    type(command);
    assert_non_null(strstr(text_of(path), "Needle = 2"));
    type("4");
    type(command);
    assert_memory_equal(text_of(path), "RAM", 3);
    unlink(path);
}

static void what_is_typed_stays_in_sight(void **state) {
    (void)state;
    type(":filter ");
    for (int i = 0; i < 60; i++)
        type("long ");
    type("end");
    draw(24, 60);
    assert_non_null(strstr(screen, "long end"));
}

/* What somebody who knows vi types. */
static void names_of_vi(void **state) {
    (void)state;
    type(":w");
    assert_int_equal(popup_selected(&application.popup)->value, REQUEST_SAVE_SESSION);
    press(KEYS_ESCAPE);
    type(":h\r");
    assert_int_equal(application.popup_kind, POPUP_HELP);
    press(KEYS_ESCAPE);
    type(":6\r");
    expect_closed();
    assert_int_equal(application.place.line, 6);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    type(":400\r");
    expect_message("julia.py has 7 lines", true);
    for (const char *const *quits = (const char *const[]){"q", "wq", "x", "q!", "qa", NULL}; *quits; quits++) {
        type(":");
        type(*quits);
        assert_int_equal(popup_selected(&application.popup)->value, REQUEST_QUIT);
        press(KEYS_ESCAPE);
    }
}

static const char *last_row_offered(void) {
    return application.popup.rows[application.popup.count - 1].text;
}

/* What a list has no room for is counted. */
static void long_lists_say_what_they_leave_out(void **state) {
    static char text[CODE_SEARCH_MOST * 8 + 64] = "x\n\n\n\ndef many():\n";
    (void)state;
    for (uint32_t i = 0; i < CODE_SEARCH_MOST + 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "many_%u", i);
        fixture_function(model, MODEL_FUNCTION_PYTHON, "many.py", 5 + i, name, MODEL_FUNCTION_PROJECT, 1, 1, 1);
        strcat(text, "many\n");
    }
    assert_true(model_add_source(model, "many.py", text, strlen(text)));
    type(":goto many");
    assert_int_equal(offers(), CODE_SEARCH_MOST);
    assert_string_equal(last_row_offered(), "and 3 more functions: type more of it");
    press(KEYS_ESCAPE);
    type(":goto many_40");
    assert_int_equal(offers(), 4); /* 40, 400, 401, 402: nothing is left out */
    assert_non_null(strstr(last_row_offered(), "many.py"));
    press(KEYS_ESCAPE);
    type(":grep many");
    assert_int_equal(offers(), CODE_SEARCH_MOST);
    bool functions = false;
    for (size_t i = 0; i < application.popup.count; i++)
        functions |= strcmp(application.popup.rows[i].text, "and 203 more functions: type more of it") == 0;
    assert_true(functions);
    assert_string_equal(last_row_offered(), "and 204 more lines: type more of it"); /* and the def */
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_of_vi, setup, teardown),
        cmocka_unit_test_setup_teardown(long_lists_say_what_they_leave_out, setup, teardown),
        TEST(names_are_completed),
        TEST(a_command_waits_for_its_argument),
        TEST(what_is_unknown_is_explained),
        TEST(themes_by_name),
        TEST(sorting_and_filtering),
        TEST(going_to_a_function),
        TEST(going_to_a_line),
        TEST(a_text_is_found_in_names_and_sources),
        TEST(keys_of_the_config),
        TEST(a_session_is_saved_there),
        TEST(the_screen_is_exported),
        TEST(all_rows_of_a_pane_are_exported),
        TEST(what_is_typed_stays_in_sight),
    };
    return cmocka_run_group_tests_name("viewer palette", tests, NULL, NULL);
}
