/* Every key does what its help says: a row for each request, with what can be seen of it. A request without a row fails. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/memory_model_fixture.h"
#include "tests/unit/viewer_fixture.h"

#include <sys/socket.h>

#include "tui/app/key_map.h"

static struct application before; /* what there was when the key was pressed */
static char *screen_before;
static struct recorder_channel *recorder; /* the other side of the viewer's */

/* --- what can be seen ------------------------------------------------------------------------------- */

static bool selected(const char *name) {
    for (const char *line = screen; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (*line == '>' && memmem(line, strcspn(line, "\n"), name, strlen(name)))
            return true;
    }
    return false;
}

static bool selects_first(void) { return selected(" build") && application.place.function == 2; }
static bool selects_last(void) { return selected("getenv"); }
static bool selects_other(void) { return application.place.function != before.place.function; }
static bool changes_screen(void) { return strcmp(screen, screen_before) != 0; }
static bool moves_text_left(void) { return strstr(screen_before, "def build") && !strstr(screen, "def build"); }
static bool moves_text_back(void) { return !strstr(screen_before, "def build") && strstr(screen, "def build"); }
static bool focuses_other(void) { return application.place.focus != before.place.focus; }
static int width(const struct application *of) { return of->layout.panes[PANE_FUNCTIONS].content.columns; }
static bool grows(void) { return width(&application) > width(&before); }
static bool shrinks(void) { return width(&application) < width(&before); }
static bool hides(void) { return before.layout.panes[PANE_SOURCE].shown && !application.layout.panes[PANE_SOURCE].shown; }
static bool drills(void) { return application.place.focus == PANE_SOURCE && application.place.drilled; }
static bool goes_up(void) { return application.place.focus == PANE_FUNCTIONS && before.place.focus == PANE_SOURCE; }
static bool goes_into_build(void) { return before.place.function == 1 && application.place.function == 2; }
static bool leaves_the_terminal(void) { return fake_screen.left == 1 && fake_screen.returned == 1; }
static bool copies(void) { return strncmp(fake_screen.sent, "\033]52;c;", 7) == 0; }
static bool freezes(void) { return application.frozen; }
static bool searches(void) { return application.prompt == PROMPT_SEARCH; }
static bool filters(void) { return application.prompt == PROMPT_FILTER; }
static bool asks_to_run_again(void) { return application.prompt == PROMPT_RERUN; }
static bool asks_to_quit(void) { return application.prompt == PROMPT_QUIT; }
static bool asks_for_config(void) { return application.prompt == PROMPT_SAVE_CONFIG; }
static bool asks_what_to_compare_with(void) { return application.prompt == PROMPT_DIFF; }
static bool asks_for_session(void) { return application.prompt == PROMPT_SAVE_SESSION; }
static bool lists_columns(void) { return application.popup_kind == POPUP_SORT; }
static bool lists_choices_of_columns(void) { return application.popup_kind == POPUP_COLUMNS; }
static bool lists_groupings(void) { return application.popup_kind == POPUP_GROUP; }
static bool lists_actions(void) { return application.popup_kind == POPUP_PALETTE; }
static bool lists_keys(void) { return application.popup_kind == POPUP_HELP; }
static bool fits_the_screen(void) { return fake_screen.resized == 1; }
static bool takes_next_theme(void) { return fake_screen.theme == THEME_LIGHT && application.theme == THEME_LIGHT; }
static bool turns_mouse_on(void) { return fake_screen.mouse && application.mouse; }

/* --- the table -------------------------------------------------------------------------------------- */

/* The screen is 100x30, the functions have the focus. Where several things are given, all must come about. */
static const struct effect {
    const char *first;   /* keys that are pressed before */
    const char *shows;   /* stands on the screen then, and did not before */
    bool (*happens)(void);
    unsigned focuses;    /* this pane, and one more; 0: not looked at */
    enum recorder_message_type asks; /* the recorder is asked */
    const char *elsewhere;           /* the test that has it, where it cannot be done in this process */
} effects[REQUEST_COUNT] = {
#define FOCUS(NAME) .focuses = PANE_##NAME + 1
    [REQUEST_MOVE_DOWN] = {.happens = selects_other},
    [REQUEST_MOVE_UP] = {.first = "j", .happens = selects_first},
    [REQUEST_MOVE_LEFT] = {.first = "2l", .happens = moves_text_back},
    [REQUEST_MOVE_RIGHT] = {.first = "2", .happens = moves_text_left},
    [REQUEST_PAGE_DOWN] = {.happens = selects_last},
    [REQUEST_PAGE_UP] = {.first = "G", .happens = selects_first},
    [REQUEST_HALF_PAGE_DOWN] = {.happens = selects_last},
    [REQUEST_HALF_PAGE_UP] = {.first = "G", .happens = selects_first},
    [REQUEST_MOVE_FIRST] = {.first = "G", .happens = selects_first},
    [REQUEST_MOVE_LAST] = {.happens = selects_last},
    [REQUEST_SCROLL_LEFT] = {.first = "2L", .happens = moves_text_back},
    [REQUEST_SCROLL_RIGHT] = {.first = "2", .happens = moves_text_left},
    [REQUEST_SCROLL_HOME] = {.first = "2LL", .happens = moves_text_back},
    [REQUEST_PANE_1] = {.first = "2", FOCUS(FUNCTIONS)},
    [REQUEST_PANE_2] = {FOCUS(SOURCE)},
    [REQUEST_PANE_3] = {FOCUS(BYTECODE), .shows = "=[3]="},
    [REQUEST_PANE_4] = {FOCUS(RAM), .shows = "=[4]="},
    [REQUEST_PANE_5] = {FOCUS(OUTPUT), .shows = "=[5]="},
    [REQUEST_PANE_6] = {FOCUS(MEMORY), .shows = "=[6]="},
    [REQUEST_PANE_7] = {FOCUS(TREE), .shows = "=[7]="},
    [REQUEST_FLAME] = {FOCUS(FLAME), .shows = "=[8]="},
    [REQUEST_THREADS] = {FOCUS(THREADS), .shows = "=[9]="},
    [REQUEST_INFORMATION] = {FOCUS(INFORMATION), .shows = "=[a]="},
    [REQUEST_NEXT_PANE] = {.happens = focuses_other},
    [REQUEST_PREVIOUS_PANE] = {.happens = focuses_other},
    [REQUEST_PANE_GROW] = {.happens = grows},
    [REQUEST_PANE_SHRINK] = {.happens = shrinks},
    [REQUEST_PANE_HIDE] = {.first = "2", .happens = hides},
    [REQUEST_PANE_RESET] = {.first = "++", .happens = shrinks},
    [REQUEST_DRILL] = {.happens = drills, .shows = "All > build.py > build"},
    [REQUEST_HOTTEST] = {.first = "2G", .happens = changes_screen},
    [REQUEST_NEXT_HOT] = {.first = "2.", .happens = changes_screen},
    [REQUEST_CALLEE] = {.first = "/<module\r2/build(\r", .happens = goes_into_build},
    [REQUEST_CANCEL] = {.first = "\r", .happens = goes_up},
    [REQUEST_BACK] = {.first = "\r", .happens = goes_up},
    [REQUEST_FORWARD] = {.first = "\r[", .happens = drills},
    [REQUEST_CALLERS] = {.shows = "callers and callees"},
    [REQUEST_INVERT_CALLS] = {.first = "8", .shows = "inverted"},
    [REQUEST_UNFOLD_ALL] = {.first = "7gh", .shows = "list.append  "},
    [REQUEST_MARK_FUNCTION] = {.shows = "marked"},
    [REQUEST_COMPARE_FUNCTIONS] = {.shows = "mark"},
    [REQUEST_EDIT] = {.happens = leaves_the_terminal, .shows = "cannot open /p/build.py"},
    [REQUEST_COPY] = {.happens = copies, .shows = "copied"},
    [REQUEST_DIFF] = {.happens = asks_what_to_compare_with, .shows = "Compare with the session"},
    [REQUEST_SEARCH] = {.happens = searches},
    [REQUEST_SEARCH_NEXT] = {.first = "/e\r", .happens = selects_other},
    [REQUEST_SEARCH_PREVIOUS] = {.first = "/e\r", .happens = selects_other},
    [REQUEST_FILTER] = {.happens = filters},
    [REQUEST_FILTER_CLEAR] = {.first = "&keep\r", .shows = "Functions 5/5"},
    [REQUEST_HIDE_STANDARD_LIBRARY] = {.shows = "filter:-stdlib"},
    [REQUEST_SORT_MENU] = {.happens = lists_columns, .shows = "Sort by"},
    [REQUEST_SORT_PREVIOUS] = {.first = ">", .shows = "sort:Self%v"},
    [REQUEST_SORT_NEXT] = {.shows = "sort:Tot%v"},
    [REQUEST_SORT_INVERT] = {.shows = "sort:Self%^"},
    [REQUEST_HOLD] = {.shows = "sort:Self%v  held"},
    [REQUEST_COLUMNS] = {.happens = lists_choices_of_columns, .shows = "[x] self%"},
    [REQUEST_GROUP] = {.happens = lists_groupings, .shows = "by module"},
    [REQUEST_PERCENT] = {.shows = "sort:Self s"},
    [REQUEST_VARIANT] = {.first = "6", .shows = "[alive]"},
    [REQUEST_TREE] = {.first = "6", .shows = "  tree"},
    [REQUEST_MARK] = {.shows = "mark a: build; ' goes from mark to mark"},
    [REQUEST_NEXT_MARK] = {.first = "mjmGg", .shows = "mark b: "},
    [REQUEST_PREVIOUS_MARK] = {.first = "mjjm", .happens = selects_first},
    [REQUEST_MARKS] = {.first = "m", .shows = "a  build "},
    [REQUEST_PEAK] = {.first = "4g", .happens = changes_screen, FOCUS(RAM)},
    [REQUEST_ZOOM_IN] = {.first = "4", .happens = changes_screen},
    [REQUEST_ZOOM_OUT] = {.first = "4z", .happens = changes_screen},
    [REQUEST_CENSUS] = {.asks = RECORDER_REQUEST_CENSUS},
    [REQUEST_FREEZE] = {.happens = freezes, .shows = "[FROZEN]"},
    [REQUEST_FOLLOW] = {.first = "5", .happens = changes_screen},
    [REQUEST_REFRESH_FASTER] = {.shows = "[LIVE 4Hz]"},
    [REQUEST_REFRESH_SLOWER] = {.shows = "[LIVE 1Hz]"},
    [REQUEST_TYPE] = {.shows = "the target reads a file or a pipe"},
    [REQUEST_PROCESSES] = {.shows = "there is one process"},
    [REQUEST_RERUN] = {.happens = asks_to_run_again},
    [REQUEST_RERUN_ARGUMENTS] = {.shows = "Run again with the arguments:"},
    [REQUEST_COLLECTORS] = {.shows = "Collectors (Space: on or off, Enter: apply, r: run again)"},
    [REQUEST_STOP] = {.asks = RECORDER_REQUEST_STOP},
    [REQUEST_SAVE_CONFIG] = {.happens = asks_for_config},
    [REQUEST_SAVE_SESSION] = {.happens = asks_for_session},
    [REQUEST_PALETTE] = {.happens = lists_actions, .shows = "All actions"},
    [REQUEST_HELP] = {.happens = lists_keys, .shows = "Help"},
    [REQUEST_REDRAW] = {.happens = fits_the_screen},
    [REQUEST_SUSPEND] = {.elsewhere = "tests/tui/test_screen.py, TestSuspending"},
    [REQUEST_READ] = {.shows = "ui.screen_reader=true"}, /* and what it reads there: test_announce */
    [REQUEST_THEME] = {.happens = takes_next_theme, .shows = "theme: light"},
    [REQUEST_MOUSE] = {.happens = turns_mouse_on, .shows = "mouse on"},
    [REQUEST_QUIT] = {.happens = asks_to_quit},
};

/* --- the test --------------------------------------------------------------------------------------- */

static struct model *program(void) {
    struct model *shown = fixture_memory_program();
    fixture_edge(shown, 0, 1, 1, 100 * MILLISECOND, 900 * MILLISECOND);
    fixture_edge(shown, 1, 2, 1, 600 * MILLISECOND, 700 * MILLISECOND);
    fixture_edge(shown, 2, 3, 40000, 100 * MILLISECOND, 100 * MILLISECOND);
    for (uint64_t i = 1; i < 200; i++)
        fixture_sample(shown, 500 * MILLISECOND + i * 500 * MILLISECOND, (12 + i * 7 % 30) * MIB, 2);
    static const uint64_t marked[] = {20, 60};
    for (size_t i = 0; i < 2; i++) {
        shown->marks = fixture_grow(shown->marks, shown->mark_count, sizeof *shown->marks);
        shown->marks[shown->mark_count++] = (struct model_mark){marked[i] * SECOND, "built"};
    }
    shown->state = MODEL_RUNNING;
    return shown;
}

/* As of a run that goes on: a recorder listens. There is nothing to refresh from. */
static void open_run(void) {
    int sockets[2];
    assert_int_equal(open_viewer(program()), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets), 0);
    application.run.channel = recorder_channel_new(sockets[0]);
    recorder = recorder_channel_new(sockets[1]);
    assert_true(application.run.channel && recorder);
    application.run.state = RUN_RUNNING;
    memset(&fake_screen, 0, sizeof fake_screen);
}

static void close_run(void) {
    void *unused = NULL;
    teardown(&unused);
    recorder_channel_free(recorder);
    free(screen_before);
}

static bool was_asked(enum recorder_message_type type) {
    struct recorder_message message;
    while (recorder_channel_receive(recorder, &message) > 0)
        if (message.type == type)
            return true;
    return false;
}

static void press_as_first(enum request request) {
    const char *keys = request_row(request)->keys;
    int key = key_from_name(keys, strcspn(keys, " "));
    assert_int_equal(key_map_find(key), request);
    press(key);
}

static void check(enum request request) {
    static char never_read;
    const struct effect *effect = &effects[request];
    const char *name = request_row(request)->name;
    open_run();
    type(effect->first ? effect->first : "");
    draw(30, 100);
    screen_before = strdup(screen);
    before = application;
    application.run.reader = request == REQUEST_FREEZE ? (struct arena_reader *)&never_read : NULL;
    press_as_first(request);
    application.run.reader = NULL;
    draw(30, 100);
    if (effect->shows && (strstr(screen_before, effect->shows) || !strstr(screen, effect->shows)))
        fail_msg("%s does not show \"%s\", or it stood there before:\n%s", name, effect->shows, screen);
    if (effect->happens && !effect->happens())
        fail_msg("%s does not do what it is to do; before:\n%s\nand then:\n%s", name, screen_before, screen);
    if (effect->focuses && application.place.focus != effect->focuses - 1)
        fail_msg("%s does not bring its pane:\n%s", name, screen);
    if (effect->asks && !was_asked(effect->asks))
        fail_msg("%s does not ask the recorder for what it is to:\n%s", name, screen);
    close_run();
}

static void test_every_request_does_what_its_help_says(void **state) {
    (void)state;
    setenv("VISUAL", "true", 1);
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        const struct effect *effect = &effects[request];
        if (!effect->shows && !effect->happens && !effect->focuses && !effect->asks && !effect->elsewhere)
            fail_msg("%s has no row in tests/unit/test_requests.c: what is seen of it?", request_row(request)->name);
        if (!effect->elsewhere)
            check(request);
    }
}

/* No key belongs to two requests, and each can be found by its name. */
static void test_keys_and_names_are_unique(void **state) {
    (void)state;
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        const struct request_row *one = request_row(request);
        for (const char *keys = one->keys; *keys;) {
            size_t length = strcspn(keys, " ");
            assert_int_not_equal(key_from_name(keys, length), SPECIAL_NONE);
            assert_int_equal(key_map_find(key_from_name(keys, length)), request);
            keys += length + (keys[length] == ' ');
        }
        for (enum request other = request + 1; other < REQUEST_COUNT; other++)
            assert_string_not_equal(one->name, request_row(other)->name);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_request_does_what_its_help_says),
        cmocka_unit_test(test_keys_and_names_are_unique),
    };
    if (!freopen("/dev/null", "r", stdin)) /* as where the target reads a pipe */
        return 1;
    return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
