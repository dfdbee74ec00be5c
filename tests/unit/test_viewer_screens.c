/* Whole screens of what has no golden of its own elsewhere: callers, output, call paths, lists and help. */
#include "tests/unit/fake_screen.h"
#include "tests/unit/golden.h"
#include "tests/unit/path_fixture.h"
#include "tests/unit/viewer_fixture.h"

static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};
enum { SIZE_COUNT = sizeof sizes / sizeof *sizes };

static const char source_text[] =
    "\"\"\"A Julia set.\"\"\"\nimport time\n\n\n"
    "def calculate_z_serial_purepython(maxiter, zs, cs):\n"
    "    output = [0] * len(zs)\n    for i in range(len(zs)):\n        n = 0\n        z = zs[i]\n        c = cs[i]\n"
    "        while abs(z) < 2 and n < maxiter:\n            z = z * z + c\n            n += 1\n        output[i] = n\n"
    "    return output  # caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80\n\n\n\n\n"
    "def calc_pure_python(width):\n\tstart = time.time()\n\treturn calculate_z_serial_purepython(width, [], [])\n";

/* A program that writes lines, colours and a name that would harm a terminal. */
static const char output_text[] =
    "points: 1000000\r\n\033[32mtook\033[0m 5.79 s\r\n\tindented \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80\r\n"
    "progress 10%\rprogress 100%\r\nchecksum: 33219980\r\n";

static const struct screen_keys {
    const char *name, *keys;
} screens[] = {
    {"path-functions", ""}, {"path-source", "2"}, {"callers", "c"}, {"output", "5"}, {"calls", "7"}, {"calls-inverted", "7i*"},
    {"flames", "8"}, {"flames-inverted", "8i"}, {"about", "a"}, {"threads", "9"}, {"list-sort", "o"}, {"list-columns", "O"},
    {"list-search", "/calc"}, {"list-filter", "&calc"}, {"list-goto", ":goto c"}, {"list-grep", ":grep time"}, {"list-help", "?"},
    {"list-actions", ":zoom"},
};
enum { SCREEN_COUNT = sizeof screens / sizeof *screens };

static int set_up(void **state) {
    struct model *shown = fixture_paths();
    (void)state;
    fixture_line(shown, 1, 7, 1000001, 200 * MILLISECOND, 200 * MILLISECOND);
    fixture_line(shown, 1, 11, 34219980, 6300 * MILLISECOND, 6490 * MILLISECOND);
    fixture_line(shown, 1, 12, 33219980, 2740 * MILLISECOND, 2740 * MILLISECOND);
    if (!model_add_source(shown, "julia.py", source_text, sizeof source_text - 1) || open_viewer(shown))
        return -1;
    output_view_clear(application.view_states[PANE_OUTPUT]); /* a session says that it has none */
    output_view_resize(application.view_states[PANE_OUTPUT], 6, 100);
    output_view_feed(application.view_states[PANE_OUTPUT], (const unsigned char *)output_text, sizeof output_text - 1);
    return 0;
}

/* Every screen from the start, drawn once before the keys, as a terminal does. */
static void show(const struct screen_keys *shown, const int size[2]) {
    void *state = NULL;
    teardown(&state);
    assert_int_equal(set_up(&state), 0);
    draw(size[0], size[1]);
    for (const char *key = shown->keys; *key; key++) {
        press((unsigned char)*key);
        draw(size[0], size[1]);
    }
}

static void whole_screens(void **state) {
    (void)state;
    for (int i = 0; i < SCREEN_COUNT; i++)
        for (int size = 0; size < SIZE_COUNT; size++) {
            char file[64];
            snprintf(file, sizeof file, "screen-%s-%dx%d", screens[i].name, sizes[size][1], sizes[size][0]);
            show(&screens[i], sizes[size]);
            expect_golden(file, screen);
        }
}

/* Without Unicode nothing but ASCII is drawn, in any of them. */
static void ascii_screens(void **state) {
    (void)state;
    for (int i = 0; i < SCREEN_COUNT; i++)
        for (int size = 0; size < SIZE_COUNT; size++) {
            show(&screens[i], sizes[size]);
            application.grid.ascii = true;
            draw(sizes[size][0], sizes[size][1]);
            for (const char *at = screen; *at; at++)
                assert_in_range((unsigned char)*at, '\n', '~');
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_screens, set_up, teardown),
        cmocka_unit_test_setup_teardown(ascii_screens, set_up, teardown),
    };
    return cmocka_run_group_tests_name("whole screens", tests, NULL, NULL);
}
