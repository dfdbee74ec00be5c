/* Sessions as nobody expects them: without a function, with one, with names of 4,000 characters and of control characters. Every
 * pane and list is opened over them, at sizes down to 2x1; what would move a terminal's cursor is in no cell. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/viewer_fixture.h"

enum { LONG_NAME = 4000 };

static const int sizes[][2] = {{1, 2}, {2, 1}, {12, 60}, {24, 80}, {50, 200}};
static const char keys[] = "jG\r\033d1c\0332j3jv4hpz5F6jlVv7j*i8ji\r9ja1bj%x/a\r&a\r\\o\033O\033:goto a\033?\0331mwP\033K"
                           "K\033R=H0L";

static struct model *of_one_function(void) {
    struct model *shown = model_new();
    assert_non_null(shown);
    uint32_t only = fixture_function(shown, MODEL_FUNCTION_PYTHON, "a.py", 1, "only", MODEL_FUNCTION_PROJECT, 1, SECOND, SECOND);
    fixture_node(shown, 0, 0, 0, 0, 0);
    fixture_node(shown, 0, only, 1, SECOND, SECOND);
    fixture_edge(shown, 0, only, 1, SECOND, SECOND);
    return shown;
}

/* Of each kind of character that a terminal obeys, and of those that are wide or none. */
static const char *hostile_name(char first) {
    static const char pieces[] = "\x1b[2J\x1b]0;owned\x07\r\n\t\b\x7f\xc2\x9b""31m\xe6\xbc\xa2\xcc\x81\xf0\x9f\x98\x80\xff";
    static char name[LONG_NAME + 1];
    name[0] = first;
    for (size_t i = 1; i < LONG_NAME; i++)
        name[i] = pieces[i % (sizeof pieces - 1)];
    name[LONG_NAME] = '\0';
    return name;
}

static struct model *of_hostile_names(void) {
    struct model *shown = model_new();
    assert_non_null(shown);
    const char *file = model_text(shown, hostile_name('/'), LONG_NAME);
    fixture_node(shown, 0, 0, 0, 0, 0);
    for (char first = 'a'; first < 'f'; first++) {
        uint32_t id = fixture_function(shown, first == 'e' ? MODEL_FUNCTION_C : MODEL_FUNCTION_PYTHON, first == 'e' ? "" : file,
                                       (uint32_t)(first - 'a') + 1, hostile_name(first), MODEL_FUNCTION_PROJECT, 3, SECOND,
                                       2 * SECOND);
        fixture_node(shown, id - 1, id, 3, SECOND, 2 * SECOND);
        fixture_edge(shown, id - 1, id, 3, SECOND, 2 * SECOND);
    }
    fixture_line(shown, 1, 1, 3, SECOND, SECOND);
    assert_true(model_add_source(shown, file, hostile_name('s'), LONG_NAME));
    shown->script = file;
    fixture_sample(shown, SECOND, 1 << 20, 1);
    shown->marks = fixture_grow(shown->marks, 0, sizeof *shown->marks);
    shown->marks[shown->mark_count++] = (struct model_mark){SECOND, file};
    struct model_thread thread = {.name = file, .self_ns = SECOND, .calls = 3};
    shown->threads = fixture_grow(shown->threads, 0, sizeof *shown->threads);
    shown->threads[shown->thread_count++] = thread;
    return shown;
}

static void expect_harmless(void) {
    const struct grid *grid = &application.grid;
    for (int i = 0; i < grid->rows * grid->columns; i++) {
        uint32_t glyph = grid->cells[i].glyph;
        if ((glyph && glyph < ' ') || (glyph >= 0x7f && glyph < 0xa0))
            fail_msg("U+%04X is in row %d, column %d", glyph, i / grid->columns, i % grid->columns);
    }
}

static void open_everything(struct model *(*make)(void)) {
    void *state = NULL;
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
        struct model *shown = make();
        shown->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY | COLLECTOR_BYTECODE;
        shown->state = MODEL_ENDED;
        shown->exit_kind = MODEL_EXIT_STATUS;
        shown->wall_ns = 5 * SECOND;
        assert_int_equal(open_viewer(shown), 0);
        for (const char *key = keys; *key; key++) {
            press(*key == '\r' ? KEYS_ENTER : (unsigned char)*key);
            draw(sizes[size][0], sizes[size][1]);
            expect_harmless();
        }
        assert_false(application.quit);
        teardown(&state);
    }
}

static void no_function(void **state) {
    (void)state;
    open_everything(model_new);
}

static void one_function(void **state) {
    (void)state;
    open_everything(of_one_function);
}

static void hostile_names(void **state) {
    (void)state;
    open_everything(of_hostile_names);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_function), cmocka_unit_test(one_function),
                                       cmocka_unit_test(hostile_names)};
    return cmocka_run_group_tests_name("odd sessions", tests, NULL, NULL);
}
