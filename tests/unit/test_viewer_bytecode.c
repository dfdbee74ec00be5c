/* The viewer over a run whose bytecode was counted: whole screens, going down to instructions and up again. */
#include "tests/unit/bytecode_model_fixture.h"
#include "tests/unit/viewer_fixture.h"

#include "tests/unit/golden.h"

static int set_up(void **state) {
    (void)state;
    struct model *shown = fixture_bytecode_program();
    shown->pid = 4121;
    return open_viewer(shown);
}

static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};

static void expect_screens(const char *name) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char file[64];
        snprintf(file, sizeof file, "screen-bytecode-%s-%dx%d", name, sizes[i][1], sizes[i][0]);
        draw(sizes[i][0], sizes[i][1]);
        expect_golden(file, screen);
    }
}

static void whole_screens(void **state) {
    (void)state;
    expect_screens("functions");
    press(KEYS_ENTER);
    expect_screens("source");
    press(KEYS_ENTER);
    expect_screens("drilled");
    type("3");
    expect_screens("zoomed");
}

/* function > line > bytecode, and up again. */
static void drilling(void **state) {
    (void)state;
    press(KEYS_ENTER);
    press(KEYS_ENTER);
    draw(30, 100);
    assert_memory_equal(row(1), " All > counted.py > count > line 3 > bytecode ", 46);
    assert_int_equal(application.place.focus, PANE_BYTECODE);
    assert_non_null(strstr(screen, "=[3]=Bytecode line:3  38692 executed"));
    press(KEYS_ESCAPE);
    assert_int_equal(application.place.focus, PANE_SOURCE);
    assert_int_equal(application.place.line, 3);
    press(KEYS_ESCAPE);
    assert_int_equal(application.place.focus, PANE_FUNCTIONS);
    press('[');
    press('[');
    assert_int_equal(application.place.focus, PANE_BYTECODE);
}

/* Into the lambda by the instruction that loads it, and into what a line calls. */
static void nested_code(void **state) {
    (void)state;
    press('3');
    type("/code object\r");
    press(KEYS_ENTER);
    assert_int_equal(application.place.function, 3);
    assert_int_equal(application.place.focus, PANE_BYTECODE);
    draw(30, 100);
    assert_non_null(strstr(row(1), "count.<locals>.<lambda>"));
    press('[');
    assert_int_equal(application.place.function, 2);
}

static bool is_shown(enum pane pane) {
    draw(30, 100);
    return application.layout.panes[pane].shown;
}

/* Where bytecode is not counted its pane comes when it is gone to, and goes when a table is. */
static void takes_no_room_unasked(void **state) {
    (void)state;
    assert_true(is_shown(PANE_BYTECODE));
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    assert_false(is_shown(PANE_BYTECODE));
    press('2');
    assert_false(is_shown(PANE_BYTECODE));
    press('3');
    assert_true(is_shown(PANE_BYTECODE));
    press('2');
    assert_true(is_shown(PANE_BYTECODE));
    assert_true(is_shown(PANE_SOURCE));
    press('1');
    assert_false(is_shown(PANE_BYTECODE));
}

/* The line in the source and the instruction below are in step, whichever is moved. */
static void in_step_with_the_source(void **state) {
    (void)state;
    press(KEYS_ENTER);
    assert_int_equal(application.place.line, 3); /* the one with most time, which the source chose itself */
    type("jj");
    draw(30, 100);
    assert_non_null(strstr(screen, " 44 *LOAD_FAST__LOAD~"));
    press('3');
    type("jjjj");
    assert_int_equal(application.place.line, 6);
    draw(30, 100);
    assert_non_null(strstr(screen, ">13.9+ 200us     2000   6"));
    press('2');
    press('g');
    draw(30, 100);
    assert_non_null(strstr(screen, "MAKE_CELL"));
}

/* The table can be sorted by what functions executed; the source has it beside its lines. */
static void instructions_of_functions_and_lines(void **state) {
    (void)state;
    draw(30, 100);
    assert_non_null(strstr(row(3), "   Calls    Instr   Function"));
    assert_non_null(strstr(row(4), "       1    38692   count "));
    assert_non_null(strstr(row(6), "       1        -   <module>"));
    press('o');
    assert_int_equal(application.popup.count, 7);
    type("G\r");
    draw(30, 100);
    assert_non_null(strstr(row(2), "sort:Instrv"));
    assert_non_null(strstr(row(5), "   14000   count.<loc~<lambda>"));
    type("<");
    draw(30, 100);
    assert_non_null(strstr(row(2), "sort:File"));
    type(">2");
    draw(24, 80);
    assert_non_null(strstr(row(3), "    hits    instr  ln"));
    assert_non_null(strstr(screen, "    3001     6006   3     for n in range(limit):"));
    assert_non_null(strstr(screen, "       1    12010   9     order")); /* with the lambda */
    model->instructions = MODEL_UNKNOWN;
    model->wall_ns++;
    draw(24, 80);
    assert_null(strstr(row(3), "instr"));
    press('1');
    press('o');
    assert_int_equal(application.popup.count, 6);
}

static void growing(void **state) {
    (void)state;
    press('3');
    draw(30, 100);
    int rows = application.layout.panes[PANE_BYTECODE].content.rows;
    type("++");
    draw(30, 100);
    assert_int_equal(application.layout.panes[PANE_BYTECODE].content.rows, rows + 2);
    type("=");
    draw(30, 100);
    assert_int_equal(application.layout.panes[PANE_BYTECODE].content.rows, rows);
}

static void every_size_and_key(void **state) {
    (void)state;
    static const char keys[] = "3jkhlHL0\r\r\r[]gG/load\rnN\033%yvV3d\033\033\r\r\rd2\r%x/zzz\r33+-=tfi\t";
    static const int all_sizes[][2] = {{1, 2}, {12, 60}, {13, 61}, {24, 80}, {30, 100}, {31, 130}, {70, 300}};
    for (size_t size = 0; size < sizeof all_sizes / sizeof *all_sizes; size++)
        for (const char *key = keys; *key; key++) {
            if (*key != 'y') /* it needs a terminal */
                press(*key);
            draw(all_sizes[size][0], all_sizes[size][1]);
        }
}

static void resize_sweep(void **state) {
    (void)state;
    for (int zoomed = 0; zoomed < 2; zoomed++) {
        press('3');
        for (int rows = 1; rows <= 60; rows += 3)
            for (int columns = 1; columns <= 220; columns += 7)
                draw(rows, columns);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, teardown)
    const struct CMUnitTest tests[] = {
        TEST(whole_screens), TEST(drilling), TEST(nested_code), TEST(takes_no_room_unasked), TEST(in_step_with_the_source),
        TEST(instructions_of_functions_and_lines),
        TEST(growing), TEST(every_size_and_key), TEST(resize_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
