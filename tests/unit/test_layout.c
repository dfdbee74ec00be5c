/* Every size, every set of panes: nothing overlaps, nothing sticks out, every cell is somebody's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/layout/layout.h"

enum { ALL_PANES = (1 << PANE_COUNT) - 1 };

static unsigned char screen[300 * 300];

static void claim(struct rectangle area, int rows, int columns) {
    if (area.rows == 0)
        return;
    assert_true(area.row >= 0 && area.column >= 0 && area.rows > 0 && area.columns > 0);
    assert_true(area.row + area.rows <= rows && area.column + area.columns <= columns);
    for (int row = area.row; row < area.row + area.rows; row++)
        for (int column = area.column; column < area.column + area.columns; column++)
            assert_int_equal(screen[row * columns + column]++, 0);
}

static void check(int rows, int columns, const struct layout_options *options) {
    struct layout layout = layout_compute(rows, columns, options);
    memset(screen, 0, (size_t)rows * (size_t)columns);
    claim(layout.status, rows, columns);
    claim(layout.breadcrumb, rows, columns);
    claim(layout.footer, rows, columns);
    claim(layout.sparkline, rows, columns);
    claim(layout.divider, rows, columns);
    for (int pane = 0; pane < PANE_COUNT; pane++) {
        struct pane_place place = layout.panes[pane];
        if (place.shown) {
            assert_int_equal(place.border.rows, 1);
            assert_true(place.content.rows >= 1);
            assert_true(place.content.columns >= 1);
        }
        claim(place.border, rows, columns);
        claim(place.content, rows, columns);
    }
    assert_null(memchr(screen, 0, (size_t)rows * (size_t)columns));
    if (layout.mode != LAYOUT_TOO_SMALL)
        assert_true(layout.panes[options->focus].shown);
}

static void test_all_sizes(void **state) {
    (void)state;
    for (int rows = 1; rows <= 120; rows++)
        for (int columns = 1; columns <= 300; columns++) {
            struct layout_options options = {.panes = ALL_PANES, .focus = (enum pane)(rows % PANE_COUNT)};
            check(rows, columns, &options);
        }
}

static void test_all_options(void **state) {
    (void)state;
    static const int sizes[][2] = {{12, 60}, {24, 80}, {29, 100}, {30, 99}, {30, 100}, {31, 101},
                                   {50, 200}, {120, 300}};
    static const int extras[] = {-100000, -7, -1, 0, 1, 7, 100000};
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (unsigned panes = 0; panes <= ALL_PANES; panes++)
            for (int focus = 0; focus < PANE_COUNT; focus++)
                for (int extra = 0; extra < 7 * 7; extra++) {
                    struct layout_options options = {.panes = panes, .focus = (enum pane)focus,
                        .zoomed = extra == 24, .functions_extra = extras[extra / 7], .ram_extra = extras[extra % 7],
                        .bytecode_extra = extras[(extra + 3) % 7],
                        .output_extra = extras[(extra + extra / 7) % 7]};
                    check(sizes[size][0], sizes[size][1], &options);
                }
}

static void test_modes(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES, .focus = PANE_FUNCTIONS};
    assert_int_equal(layout_compute(11, 200, &options).mode, LAYOUT_TOO_SMALL);
    assert_int_equal(layout_compute(100, 59, &options).mode, LAYOUT_TOO_SMALL);
    assert_int_equal(layout_compute(12, 60, &options).mode, LAYOUT_TABS);
    assert_int_equal(layout_compute(29, 100, &options).mode, LAYOUT_TABS);
    assert_int_equal(layout_compute(30, 99, &options).mode, LAYOUT_TABS);
    assert_int_equal(layout_compute(30, 100, &options).mode, LAYOUT_PANES);
    options.zoomed = true;
    assert_int_equal(layout_compute(30, 100, &options).mode, LAYOUT_TABS);
}

static void test_the_screen_of_100x30(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES, .focus = PANE_FUNCTIONS};
    struct layout layout = layout_compute(30, 100, &options);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].border.row, 2);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].content.rows, 15);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].content.columns, 59);
    assert_int_equal(layout.divider.column, 59);
    assert_int_equal(layout.panes[PANE_SOURCE].content.columns, 40);
    assert_int_equal(layout.panes[PANE_SOURCE].content.rows, 7);
    assert_int_equal(layout.panes[PANE_BYTECODE].border.row, 10);
    assert_int_equal(layout.panes[PANE_BYTECODE].border.column, 60);
    assert_int_equal(layout.panes[PANE_BYTECODE].content.rows, 7);
    assert_int_equal(layout.panes[PANE_BYTECODE].content.columns, 40);
    assert_int_equal(layout.panes[PANE_RAM].content.rows, 4);
    assert_int_equal(layout.panes[PANE_OUTPUT].content.rows, 5);
    assert_int_equal(layout.footer.row, 29);
    assert_int_equal(layout.sparkline.rows, 0);
}

static void test_80x24(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES, .focus = PANE_SOURCE};
    struct layout layout = layout_compute(24, 80, &options);
    assert_false(layout.panes[PANE_FUNCTIONS].shown);
    assert_int_equal(layout.panes[PANE_SOURCE].content.rows, 19);
    assert_int_equal(layout.sparkline.row, 22);
    options.focus = PANE_RAM; /* the graph itself: no row below */
    layout = layout_compute(24, 80, &options);
    assert_int_equal(layout.sparkline.rows, 0);
    assert_int_equal(layout.panes[PANE_RAM].content.rows, 20);
}

static void test_growing(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES, .focus = PANE_RAM, .ram_extra = 2, .functions_extra = -4};
    struct layout layout = layout_compute(30, 100, &options);
    assert_int_equal(layout.panes[PANE_RAM].content.rows, 6);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].content.rows, 13);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].content.columns, 55);
}

/* Bytecode has its rows from the source, and all of them where there is none. */
static void test_bytecode_below_source(void **state) {
    (void)state;
    unsigned table_and_code = 1u << PANE_FUNCTIONS | 1u << PANE_BYTECODE;
    struct layout_options options = {.panes = table_and_code | 1u << PANE_SOURCE, .focus = PANE_FUNCTIONS, .bytecode_extra = 3};
    struct layout layout = layout_compute(30, 100, &options);
    assert_int_equal(layout.panes[PANE_SOURCE].content.rows, 10);
    assert_int_equal(layout.panes[PANE_BYTECODE].content.rows, 15);
    options.panes = table_and_code;
    layout = layout_compute(30, 100, &options);
    assert_false(layout.panes[PANE_SOURCE].shown);
    assert_int_equal(layout.panes[PANE_BYTECODE].content.rows, 26);
    options.panes = 1u << PANE_BYTECODE;
    options.focus = PANE_BYTECODE;
    layout = layout_compute(30, 100, &options);
    assert_int_equal(layout.panes[PANE_BYTECODE].content.columns, 100);
}

static void test_names(void **state) {
    (void)state;
    assert_int_equal(layout_pane_number(PANE_RAM), 4);
    assert_string_equal(layout_pane_name(PANE_OUTPUT), "output");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_sizes), cmocka_unit_test(test_all_options), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_the_screen_of_100x30), cmocka_unit_test(test_80x24), cmocka_unit_test(test_growing),
        cmocka_unit_test(test_names), cmocka_unit_test(test_bytecode_below_source),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
