/* Collectors switched while a program runs, and running it again with others or with other arguments. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/golden.h"
#include "tests/unit/viewer_fixture.h"

#include <sys/socket.h>

#include "tui/app/collector_choice.h"
#include "tui/app/shell_words.h"

static struct recorder_channel *recorder; /* the other side of the viewer's */

static int setup(void **state) {
    (void)state;
    int sockets[2];
    memset(&fake_screen, 0, sizeof fake_screen);
    struct model *julia = fixture_julia();
    julia->builtins = true;
    if (open_viewer(julia) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets))
        return -1;
    application.run.channel = recorder_channel_new(sockets[0]);
    recorder = recorder_channel_new(sockets[1]);
    application.run.state = RUN_RUNNING;
    struct error error;
    return !recorder || !config_set(application.run.config, "target.script=julia.py", &error) ||
           !config_set(application.run.config, "target.args=[\"300\", \"two words\"]", &error);
}

static int close_run(void **state) {
    recorder_channel_free(recorder);
    return teardown(state);
}

static void expect_message(const char *part) {
    if (!strstr(application.message, part))
        fail_msg("\"%s\" does not say \"%s\"", application.message, part);
}

/* What was asked of the recorder; NULL: nothing of that kind. */
static const char *asked(enum recorder_message_type type) {
    struct recorder_message message;
    while (recorder_channel_receive(recorder, &message) > 0)
        if (message.type == type)
            return (const char *)message.payload;
    return NULL;
}

static void expect_rerun(const char *part) {
    const char *yaml = asked(RECORDER_REQUEST_RERUN);
    if (!yaml || !strstr(yaml, part))
        fail_msg("\"%s\" is not in the config of the next run:\n%s", part, yaml ? yaml : "(nothing was asked)");
}

static void expect_shown(const char *text) {
    draw(30, 100);
    if (!strstr(screen, text))
        fail_msg("\"%s\" is not shown:\n%s", text, screen);
}

/* As after an answer of the program. */
static void switch_off(uint32_t bits, uint64_t ns) {
    model->collectors_on &= ~bits;
    model->collectors_asked = model->collectors_on;
    for (int i = 0; i < COLLECTOR_BITS; i++)
        if (bits >> i & 1u)
            model->switched[i] = (struct model_switched){1, ns};
}

static void switching_while_it_runs(void **state) {
    (void)state;
    type("K");
    expect_shown("[x] line       hits and times of lines       1.5 times  on");
    expect_shown("[ ] memory ");
    expect_shown("Together about 1.6 times");
    type("jj ");
    expect_shown("[ ] line ");
    assert_non_null(strstr(screen, "Times are those of plain python3, multiplied"));
    type("j ");
    expect_shown("[x] memory ");
    type("\r");
    assert_int_equal(application.popup_kind, POPUP_NONE);
    assert_string_equal(asked(RECORDER_REQUEST_COLLECTORS), "function,memory");
}

static void nothing_is_asked_where_nothing_changed(void **state) {
    (void)state;
    type("K\r");
    expect_message("nothing was changed");
    type("K  \r");
    expect_message("nothing was changed");
    type("K \033");
    type("KK");
    assert_int_equal(application.popup_kind, POPUP_NONE);
    assert_null(asked(RECORDER_REQUEST_COLLECTORS));
}

static void none_is_a_choice(void **state) {
    (void)state;
    type("K jj ");
    expect_shown("Nothing is counted: 1.0 times");
    type("\r");
    assert_string_equal(asked(RECORDER_REQUEST_COLLECTORS), "");
}

/* What the program has not seen yet is what the next choice begins with. */
static void what_was_asked_stays_chosen(void **state) {
    (void)state;
    model->collectors_asked = COLLECTOR_FUNCTION;
    type("K");
    expect_shown("[ ] line ");
}

static void settings_need_a_new_run(void **state) {
    (void)state;
    type("Kj ");
    expect_shown("[ ]   builtins ");
    type("\r");
    expect_message("settled when a program starts");
    assert_int_equal(application.popup_kind, POPUP_COLLECTORS);
    type("r");
    assert_int_equal(application.prompt, PROMPT_RERUN);
    expect_shown("The target still runs. End it and run again with function,line?");
    type("y");
    expect_rerun("builtins: false");
}

static void running_again_with_a_choice(void **state) {
    (void)state;
    application.run.state = RUN_ENDED;
    application.run.saved = true;
    type("K");
    expect_shown("[Collectors (Space: on or off, r: run again with these)]");
    type("jjj \r"); /* nothing runs that it could be applied to */
    assert_int_equal(application.popup_kind, POPUP_NONE);
    const char *yaml = asked(RECORDER_REQUEST_RERUN);
    struct config *next = config_new();
    struct error error;
    assert_non_null(yaml);
    assert_true(config_load_text(next, "next", yaml, strlen(yaml), &error));
    assert_int_equal(config_collectors(next), COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY);
    assert_string_equal(next->target.script, "julia.py");
    assert_int_equal(next->target.args.count, 2);
    assert_string_equal(next->target.args.items[1], "two words");
    config_free(next);
}

/* Counts that would be lost are asked about; what is saved first is run again then. */
static void unsaved_counts_are_asked_about(void **state) {
    (void)state;
    application.run.state = RUN_ENDED;
    type("Kr");
    expect_shown("This run is not saved. Run again with function,line without it?");
    type("n");
    assert_null(asked(RECORDER_REQUEST_RERUN));
    assert_null(application.run.next_config);
    type(":run-again line\r");
    expect_shown("Run again with line without it?");
    type("s");
    assert_int_equal(application.prompt, PROMPT_SAVE_SESSION);
    type("new.pyprof\r");
    assert_non_null(strstr(asked(RECORDER_REQUEST_SAVE), "/new.pyprof"));
    assert_true(recorder_channel_send(recorder, RECORDER_EVENT_SAVED, "/tmp/new.pyprof", 15));
    live_run_receive(&application);
    expect_rerun("line:\n    enabled: true");
    type("A\025s\r");
    assert_int_equal(application.prompt, PROMPT_NONE); /* it is saved: nothing to ask */
    expect_rerun("args: [s]");
}

static void saving_may_be_given_up(void **state) {
    (void)state;
    application.run.state = RUN_ENDED;
    type(":run-again line\rs\033");
    assert_false(application.run.rerun_when_saved);
    assert_null(application.run.next_config);
    type("rs");
    assert_true(application.run.rerun_when_saved);
    type("\033sx.pyprof\r");
    assert_true(recorder_channel_send(recorder, RECORDER_EVENT_SAVED, "/tmp/x.pyprof", 13));
    live_run_receive(&application);
    assert_null(asked(RECORDER_REQUEST_RERUN));
}

static void tell(uint32_t event, const char *text) {
    assert_true(recorder_channel_send(recorder, event, text, (uint32_t)strlen(text)));
    live_run_receive(&application);
}

/* How far it is stands in the status row and, until a key is pressed, in the last one. */
static void saving_shows_how_far_it_is_and_is_cancelled(void **state) {
    (void)state;
    application.run.state = RUN_ENDED;
    live_run_save(&application, "/tmp/x.pyprof");
    assert_string_equal(asked(RECORDER_REQUEST_SAVE), "/tmp/x.pyprof");
    application.run.quit_when_saved = true;
    draw(30, 100);
    assert_non_null(strstr(row(0), "[SAVING 0%]"));
    expect_shown("saving the session ...; Esc cancels");
    tell(RECORDER_EVENT_SAVING, "43");
    draw(30, 100);
    assert_non_null(strstr(row(0), "[SAVING 43%]"));
    expect_shown("saving the session: 43 %; Esc cancels");
    type("j"); /* all else goes on meanwhile */
    assert_null(asked(RECORDER_REQUEST_CANCEL_SAVE));
    tell(RECORDER_EVENT_SAVING, "777");
    draw(30, 100);
    assert_non_null(strstr(row(0), "[SAVING 100%]"));
    type("\033");
    assert_string_equal(asked(RECORDER_REQUEST_CANCEL_SAVE), "");
    tell(RECORDER_EVENT_SAVING, "50");
    expect_message("cancelling ...");
    tell(RECORDER_EVENT_FAILED, "/tmp/x.pyprof: saving was cancelled; nothing was written");
    draw(30, 100);
    assert_non_null(strstr(row(0), "[NOT SAVED]"));
    expect_shown("/tmp/x.pyprof: saving was cancelled; nothing was written");
    assert_false(application.run.quit_when_saved);
    assert_false(application.quit);
    type("\033"); /* is what it was before */
    assert_null(asked(RECORDER_REQUEST_CANCEL_SAVE));
    live_run_save(&application, "/tmp/x.pyprof");
    type("\003");
    assert_string_equal(asked(RECORDER_REQUEST_CANCEL_SAVE), "");
    tell(RECORDER_EVENT_SAVED, "/tmp/x.pyprof"); /* it was done before */
    draw(30, 100);
    assert_non_null(strstr(row(0), "[SAVED]"));
}

static void the_list_of_actions(void **state) {
    (void)state;
    type(":collectors function,line,m\r"); /* the first that begins so */
    assert_string_equal(asked(RECORDER_REQUEST_COLLECTORS), "function,line,memory");
    type(":collectors line,memory\r"); /* which no row of the list is */
    assert_string_equal(asked(RECORDER_REQUEST_COLLECTORS), "line,memory");
    type(":collectors none\r");
    assert_string_equal(asked(RECORDER_REQUEST_COLLECTORS), "");
    type(":collectors lien\r");
    expect_message("there is no collector \"lien\"; did you mean line?");
    type(":run-again memroy\r");
    expect_message("there is no collector \"memroy\"; did you mean memory?");
    type(":run-again\r"); /* as r */
    expect_shown("End it and run again?");
    type("y");
    assert_string_equal(asked(RECORDER_REQUEST_RERUN), "");
    application.run.state = RUN_ENDED;
    type(":collectors line\r");
    expect_message("does not run any more");
}

static void other_arguments(void **state) {
    (void)state;
    application.run.state = RUN_ENDED;
    application.run.saved = true;
    type("A");
    expect_shown("Run again with the arguments: 300 'two words'");
    type("\025'a b' \"c\\\"d\" e\\ f ''\r");
    expect_rerun("args: [\"a b\", \"c\\\"d\", \"e f\", \"\"]");
    type("A\025\r");
    expect_rerun("args: []");
    type(":run-with 1 2\r");
    expect_rerun("args: [\"1\", \"2\"]");
    type("A 'open\r");
    expect_message("a quote does not end");
    assert_null(asked(RECORDER_REQUEST_RERUN));
    application.run.state = RUN_RUNNING;
    type(":run-with 7\r");
    expect_shown("End it and run again with arguments 7?");
}

static void without_a_recorder(void **state) {
    (void)state;
    recorder_channel_free(application.run.channel);
    application.run.channel = NULL;
    application.run.state = RUN_SESSION;
    static const char *const keys[] = {"K", "A", ":collectors line\r"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        type(keys[i]);
        expect_message("this is a saved session: nothing runs here");
        assert_int_equal(application.popup_kind, POPUP_NONE);
        assert_int_equal(application.prompt, PROMPT_NONE);
    }
}

static void what_was_off_is_said(void **state) {
    (void)state;
    expect_shown("RUN 0:12.4  function+line  ");
    switch_off(COLLECTOR_LINE, 3200 * MILLISECOND);
    expect_shown("RUN 0:12.4  function OFF:line  ");
    assert_non_null(strstr(screen, "[2]-OFF 3.20s  Source  calcu")); /* in front, where it would be cut off behind */
    type("K");
    expect_shown("[ ] line       hits and times of lines       1.5 times  off for 3.20s");
    type("\033a");
    expect_shown(" collectors   function; functions written in C too");
    expect_shown(" line         is off for 3.20s: its numbers are of the rest");
    model->collectors_on |= COLLECTOR_LINE;
    model->switched[0] = (struct model_switched){2, 500 * MILLISECOND};
    expect_shown("RUN 0:12.4  function+line in parts");
    expect_shown(" line         was off for 3.20s: its numbers are of the rest");
    expect_shown(" function     was off, 2 times, for 500ms in all: its numbers are of the rest");
    type("1");
    expect_shown("sort:Self%v  off:500ms=");
    type("K");
    expect_shown("on, was off 500ms");
}

static void what_came_of_it_is_said(void **state) {
    (void)state;
    struct model *next = fixture_julia();
    next->collectors_on = COLLECTOR_FUNCTION;
    next->switched[1] = (struct model_switched){1, 1};
    collector_choice_tell(&application, model, next);
    expect_message("collectors that are on now: function");
    application.message[0] = '\0';
    collector_choice_tell(&application, next, next);
    assert_string_equal(application.message, "");
    struct model *failed = fixture_julia();
    failed->switch_failed = "there is no room for memory";
    collector_choice_tell(&application, model, failed);
    assert_string_equal(application.message, "there is no room for memory");
    failed->start_unix_ns = 1; /* another run: it is as it began */
    application.message[0] = '\0';
    collector_choice_tell(&application, next, failed);
    assert_string_equal(application.message, "");
    failed->switch_failed = NULL;
    model_free(next);
    model_free(failed);
}

static void the_list_on_screens(void **state) {
    (void)state;
    static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};
    switch_off(COLLECTOR_LINE, 3200 * MILLISECOND);
    type("K");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char file[64];
        snprintf(file, sizeof file, "screen-collectors-%dx%d", sizes[i][1], sizes[i][0]);
        draw(sizes[i][0], sizes[i][1]);
        expect_golden(file, screen);
    }
}

static void words_of_a_shell(void **state) {
    (void)state;
    static const char *const words[][2] = {
        {"", "[]"}, {"  ", "[]"}, {"a", "[\"a\"]"}, {" a  b ", "[\"a\", \"b\"]"}, {"'a b'c", "[\"a bc\"]"},
        {"\"a'b\"", "[\"a'b\"]"}, {"'a\\b'", "[\"a\\\\b\"]"}, {"\"a\\b\\\\\"", "[\"a\\\\b\\\\\"]"}, {"a\\'b", "[\"a'b\"]"},
        {"\\", "[\"\\\\\"]"}, {"''", "[\"\"]"}, {"\x01", "[\"\\x01\"]"}, {"é", "[\"é\"]"}};
    const char *problem;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *yaml = shell_words_to_yaml(words[i][0], &problem);
        assert_non_null(yaml);
        assert_string_equal(yaml, words[i][1]);
        free(yaml);
    }
    assert_null(shell_words_to_yaml("a 'b", &problem));
    char *items[] = {(char[]){"plain"}, (char[]){"two words"}, (char[]){"it's"}, (char[]){""}}, text[64], cut[12];
    struct text_list list = {items, 4};
    shell_words_from_list(&list, text, sizeof text);
    assert_string_equal(text, "plain 'two words' 'it'\\''s' ''");
    shell_words_from_list(&list, cut, sizeof cut);
    assert_string_equal(cut, "plain 'two ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, close_run)

int main(void) {
    static const struct CMUnitTest tests[] = {
        TEST(switching_while_it_runs), TEST(nothing_is_asked_where_nothing_changed), TEST(none_is_a_choice),
        TEST(what_was_asked_stays_chosen), TEST(settings_need_a_new_run), TEST(running_again_with_a_choice),
        TEST(unsaved_counts_are_asked_about), TEST(saving_may_be_given_up),
        TEST(saving_shows_how_far_it_is_and_is_cancelled), TEST(the_list_of_actions), TEST(other_arguments),
        TEST(without_a_recorder), TEST(what_was_off_is_said), TEST(what_came_of_it_is_said), TEST(the_list_on_screens),
        cmocka_unit_test(words_of_a_shell),
    };
    return cmocka_run_group_tests_name("collectors", tests, NULL, NULL);
}
