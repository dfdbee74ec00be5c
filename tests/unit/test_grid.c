/* What views draw lands in the right cells, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/term/grid.h"

static struct grid grid;

static int setup(void **state) {
    (void)state;
    grid = (struct grid){0};
    return grid_resize(&grid, 3, 10) ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    grid_free(&grid);
    return 0;
}

static const struct rectangle all = {0, 0, 3, 10};

static void expect(const char *wanted) {
    char *text = grid_to_text(&grid, false);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_text(void **state) {
    (void)state;
    assert_int_equal(grid_text(&grid, all, 1, 2, STYLE_BOLD, "abc"), 5);
    expect("\n  abc\n\n");
    char *text = grid_to_text(&grid, true);
    assert_string_equal(text, "\n\n  abc\n..bbb\n\n\n");
    free(text);
}

static void test_clipping_to_the_area(void **state) {
    (void)state;
    struct rectangle area = {1, 3, 1, 4};
    assert_int_equal(grid_text(&grid, area, 0, 2, STYLE_NORMAL, "abcdef"), 4);
    grid_text(&grid, area, 1, 0, STYLE_NORMAL, "below");
    grid_text(&grid, area, -1, 0, STYLE_NORMAL, "above");
    grid_text(&grid, area, 0, -3, STYLE_NORMAL, "123x");
    expect("\n   x ab\n\n");
}

static void test_clipping_to_the_grid(void **state) {
    (void)state;
    struct rectangle outside = {-1, -2, 100, 100};
    grid_text(&grid, outside, 0, 0, STYLE_NORMAL, "not seen");
    grid_text(&grid, outside, 1, 0, STYLE_NORMAL, "01234567890123456789");
    grid_text(&grid, outside, 4, 0, STYLE_NORMAL, "not seen");
    expect("2345678901\n\n\n");
}

static void test_wide_glyphs(void **state) {
    (void)state;
    assert_int_equal(grid_text(&grid, all, 0, 0, STYLE_NORMAL, "a\u4e2db"), 4);
    assert_int_equal(grid.cells[1].width, 2);
    assert_int_equal(grid.cells[2].width, 0);
    assert_int_equal(grid.cells[2].glyph, 0);
    expect("a\u4e2db\n\n\n");
    grid_text(&grid, all, 0, 2, STYLE_NORMAL, "x"); /* over its right half: the left one goes too */
    expect("a xb\n\n\n");
    grid_text(&grid, all, 1, 0, STYLE_NORMAL, "\u4e2d\u4e2d");
    grid_text(&grid, all, 1, 0, STYLE_NORMAL, "y"); /* over its left half */
    expect("a xb\ny \u4e2d\n\n");
    grid_text(&grid, all, 2, 9, STYLE_NORMAL, "\u4e2d"); /* half of it would stand outside */
    assert_int_equal(grid.cells[29].glyph, ' ');
    assert_int_equal(grid.cells[29].width, 1);
}

static void test_combining_marks_take_no_cell(void **state) {
    (void)state;
    assert_int_equal(grid_text(&grid, all, 0, 0, STYLE_NORMAL, "e\u0301x"), 2);
    expect("ex\n\n\n");
    assert_int_equal(grid_text_width("e\u0301x\u4e2d"), 4);
}

static void test_skipping_columns(void **state) {
    (void)state;
    assert_int_equal(grid_text_part(&grid, all, 0, 0, STYLE_NORMAL, "abcdef", 5, 2), 3);
    expect("cde\n\n\n");
    grid_text_part(&grid, all, 1, 0, STYLE_NORMAL, "\u4e2dbc", 5, 1); /* half a wide glyph skipped: a blank */
    expect("cde\n bc\n\n");
    assert_int_equal(grid_text_part(&grid, all, 2, 0, STYLE_NORMAL, "abc", 3, 7), 0);
}

static void test_control_characters(void **state) {
    (void)state;
    grid_text(&grid, all, 0, 0, STYLE_NORMAL, "a\tb\033c\177\xc2\x85");
    expect("a b\u241bc\u2421\ufffd\n\n\n");
}

static void test_malformed_text(void **state) {
    (void)state;
    /* a lone continuation, an overlong '/', a surrogate, a cut sequence */
    grid_text(&grid, all, 0, 0, STYLE_NORMAL, "\x80\xc0\xaf|\xe2\x82");
    expect("\ufffd\ufffd\ufffd|\ufffd\ufffd\n\n\n");
    grid_clear(&grid);
    grid_text(&grid, all, 0, 0, STYLE_NORMAL, "\xed\xa0\x80\xf5\x80\x80\x80\xff");
    expect("\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\n\n\n");
    grid_text_part(&grid, all, 1, 0, STYLE_NORMAL, "\u20ac", 2, 0); /* cut by the length given */
    assert_int_equal(grid.cells[10].glyph, 0xfffd);
}

static void test_ascii_only(void **state) {
    (void)state;
    grid.ascii = true;
    assert_int_equal(grid_text(&grid, all, 0, 0, STYLE_NORMAL, "a\u00e9\u4e2d\xff!"), 6);
    expect("a?\?\?\?!\n\n\n");
    grid_glyph(&grid, all, 1, 0, STYLE_NORMAL, 0x2588);
    assert_int_equal(grid.cells[10].glyph, '?');
}

static void test_restyle(void **state) {
    (void)state;
    grid_text(&grid, all, 0, 0, STYLE_NORMAL, "abcdef");
    grid_restyle(&grid, all, 0, 2, 100, STYLE_SELECTED);
    grid_restyle(&grid, all, 0, -5, 6, STYLE_ERROR);
    char *text = grid_to_text(&grid, true);
    assert_string_equal(text, "abcdef\ne.SSSSSSSS\n\n\n\n\n");
    free(text);
}

static void test_format(void **state) {
    (void)state;
    grid_format(&grid, all, 2, 1, STYLE_NORMAL, "%d|%s", 42, "x");
    expect("\n\n 42|x\n");
}

static void test_resize_blanks(void **state) {
    (void)state;
    grid_text(&grid, all, 0, 0, STYLE_BOLD, "abc");
    assert_true(grid_resize(&grid, 2, 4));
    expect("\n\n");
    assert_true(grid_resize(&grid, 0, -3));
    expect("");
    assert_true(grid_resize(&grid, 1, 1));
    grid_text(&grid, (struct rectangle){0, 0, 1, 1}, 0, 0, STYLE_NORMAL, "\u4e2d");
    expect("\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clipping_to_the_area, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clipping_to_the_grid, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wide_glyphs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_combining_marks_take_no_cell, setup, teardown),
        cmocka_unit_test_setup_teardown(test_skipping_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_control_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_malformed_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ascii_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_restyle, setup, teardown),
        cmocka_unit_test_setup_teardown(test_format, setup, teardown),
        cmocka_unit_test_setup_teardown(test_resize_blanks, setup, teardown),
    };
    return cmocka_run_group_tests_name("grid", tests, NULL, NULL);
}
