/* A list in a box: moving, choosing, filtering, drawing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/app/popup.h"

enum { SCREEN_ROWS = 12 };

static struct popup popup;

static int setup(void **state) {
    (void)state;
    popup = (struct popup){.title = "Fruit", .choosable = true};
    static const char *const names[] = {"apple", "pear", "pineapple", "plum"};
    for (int i = 0; i < 4; i++)
        if (!popup_add(&popup, 10 + i, names[i]))
            return -1;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    popup_free(&popup);
    return 0;
}

static int chosen(void) {
    int value = -1;
    return popup_key(&popup, KEYS_ENTER, SCREEN_ROWS, &value) == POPUP_CHOSEN ? value : -1;
}

static void press(int key) {
    int value;
    assert_int_equal(popup_key(&popup, key, SCREEN_ROWS, &value), POPUP_STAYS);
}

static void test_moving_and_choosing(void **state) {
    (void)state;
    assert_int_equal(chosen(), 10);
    press('j');
    press(SPECIAL_DOWN);
    assert_int_equal(chosen(), 12);
    press('G');
    press('j');
    assert_int_equal(chosen(), 13);
    press('k');
    assert_int_equal(chosen(), 12);
    press('g');
    press(SPECIAL_UP);
    assert_int_equal(chosen(), 10);
}

static void test_closing(void **state) {
    (void)state;
    int value;
    assert_int_equal(popup_key(&popup, KEYS_ESCAPE, SCREEN_ROWS, &value), POPUP_CLOSED);
    assert_int_equal(popup_key(&popup, 'q', SCREEN_ROWS, &value), POPUP_CLOSED);
    popup.choosable = false;
    assert_int_equal(popup_key(&popup, KEYS_ENTER, SCREEN_ROWS, &value), POPUP_CLOSED);
}

static void test_filter(void **state) {
    (void)state;
    popup.filtered = true;
    press('A');
    press('p');
    press('p');
    assert_int_equal(chosen(), 10);
    press(SPECIAL_DOWN);
    assert_int_equal(chosen(), 12);
    press('q'); /* is typed here */
    assert_int_equal(chosen(), -1);
    press(SPECIAL_BACKSPACE);
    assert_int_equal(chosen(), 10);
}

static void test_names_that_begin_with_it_come_first(void **state) {
    (void)state;
    popup.filtered = true;
    press('P');
    assert_int_equal(chosen(), 11); /* pear, not apple */
    press('i');
    assert_int_equal(chosen(), 12);
}

static void test_headings_cannot_be_chosen(void **state) {
    (void)state;
    popup_free(&popup);
    popup.choosable = true;
    assert_true(popup_add(&popup, -1, "heading"));
    assert_int_equal(chosen(), -1);
}

static void test_drawing(void **state) {
    (void)state;
    struct grid grid = {0};
    int row = -1, column = -1;
    assert_true(grid_resize(&grid, 7, 24));
    popup.filtered = true;
    press('p');
    press('l');
    press(SPECIAL_UP); /* "plum" begins so; stay at the top for the drawing */
    press(SPECIAL_UP);
    popup_draw(&popup, &grid, (struct rectangle){0, 0, 7, 24}, &row, &column);
    char *text = grid_to_text(&grid, false);
    assert_string_equal(text, "\n"
                              "    +-[Fruit]-----+\n"
                              "    |:pl          |\n"
                              "    |>apple       |\n"
                              "    +- 2 more ----+\n\n\n");
    assert_int_equal(row, 2);
    assert_int_equal(column, 8);
    free(text);
    grid_free(&grid);
}

static void test_long_text_is_cut(void **state) {
    (void)state;
    char text[500];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_true(popup_add(&popup, 1, text));
    assert_int_equal(strlen(popup.rows[4].text), sizeof popup.rows[4].text - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_moving_and_choosing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_closing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names_that_begin_with_it_come_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_headings_cannot_be_chosen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drawing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_text_is_cut, setup, teardown),
    };
    return cmocka_run_group_tests_name("popup", tests, NULL, NULL);
}
