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
    claim(layout.second_divider, rows, columns);
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

/* Every set of panes with every focus; what else there is to choose changes from one to the next. */
static void test_all_options(void **state) {
    (void)state;
    static const int sizes[][2] = {{12, 60}, {24, 80}, {30, 100}, {31, 179}, {44, 180}, {45, 100}, {50, 200}, {60, 250}};
    static const int extras[] = {-100000, -7, -1, 0, 1, 7, 100000};
    unsigned chosen = 1;
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (unsigned panes = 0; panes <= ALL_PANES; panes++)
            for (int focus = 0; focus < PANE_COUNT; focus++) {
                struct layout_options options = {.panes = panes, .focus = (enum pane)focus};
                chosen = chosen * 1664525u + 1013904223u; /* a linear congruential generator of Numerical Recipes */
                options.zoomed = (chosen >> 8) % 16 == 0;
                options.memory = chosen >> 12 & 1;
                options.threads = chosen >> 13 & 1;
                options.side = chosen >> 14 & 1;
                for (int pane = 0; pane < PANE_COUNT; pane++)
                    options.extra[pane] = extras[(chosen >> (pane + 15) & 0xff) % 7];
                check(sizes[size][0], sizes[size][1], &options);
            }
}

/* A pane that shares its place with none is seen where it is wanted. */
static void test_what_is_wanted_is_seen(void **state) {
    (void)state;
    static const enum pane always[] = {PANE_SOURCE, PANE_BYTECODE, PANE_RAM, PANE_OUTPUT};
    for (unsigned panes = 0; panes <= ALL_PANES; panes++)
        for (int focus = PANE_FUNCTIONS; focus < PANE_FLAME; focus++) {
            struct layout_options options = {.panes = panes, .focus = (enum pane)focus};
            struct layout small = layout_compute(30, 100, &options), large = layout_compute(50, 200, &options);
            for (size_t i = 0; i < sizeof always / sizeof *always; i++)
                if (panes >> always[i] & 1u) {
                    assert_true(small.panes[always[i]].shown);
                    assert_true(large.panes[always[i]].shown);
                }
            if (panes >> PANE_FLAME & 1u)
                assert_true(large.panes[PANE_FLAME].shown);
            if (panes >> PANE_TREE & 1u || panes >> PANE_THREADS & 1u)
                assert_true(large.panes[PANE_TREE].shown || large.panes[PANE_THREADS].shown);
            if (panes >> PANE_FUNCTIONS & 1u || panes >> PANE_MEMORY & 1u)
                assert_true(large.panes[PANE_FUNCTIONS].shown || large.panes[PANE_MEMORY].shown);
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

static void test_the_screen_of_200x50(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES & ~(1u << PANE_BYTECODE), .focus = PANE_FUNCTIONS};
    struct layout layout = layout_compute(50, 200, &options);
    assert_int_equal(layout.divider.column, 76);
    assert_int_equal(layout.panes[PANE_TREE].content.column, 77);
    assert_int_equal(layout.panes[PANE_TREE].content.columns, 56);
    assert_int_equal(layout.second_divider.column, 133);
    assert_int_equal(layout.panes[PANE_SOURCE].content.columns, 66);
    assert_int_equal(layout.panes[PANE_FLAME].border.row, 22);
    assert_int_equal(layout.panes[PANE_FLAME].content.rows, 9);
    assert_int_equal(layout.panes[PANE_FLAME].content.columns, 200);
    options.focus = PANE_THREADS;
    layout = layout_compute(50, 200, &options);
    assert_true(layout.panes[PANE_THREADS].shown && layout.panes[PANE_FUNCTIONS].shown && !layout.panes[PANE_TREE].shown);
    options.focus = PANE_INFORMATION;
    layout = layout_compute(50, 200, &options);
    assert_true(layout.panes[PANE_INFORMATION].shown && layout.panes[PANE_RAM].shown && !layout.panes[PANE_FUNCTIONS].shown);
    assert_int_equal(layout.panes[PANE_INFORMATION].content.rows, 29);
}

/* On 100x30 call tree and threads have the table's place, the flame graph that of table and code. */
static void test_panes_that_share_a_place(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES, .focus = PANE_TREE};
    struct layout layout = layout_compute(30, 100, &options);
    assert_true(layout.panes[PANE_TREE].shown && layout.panes[PANE_SOURCE].shown && !layout.panes[PANE_FUNCTIONS].shown);
    assert_int_equal(layout.panes[PANE_TREE].content.columns, 59);
    options = (struct layout_options){.panes = ALL_PANES, .focus = PANE_SOURCE, .side = true};
    assert_true(layout_compute(30, 100, &options).panes[PANE_TREE].shown);
    options.focus = PANE_MEMORY;
    assert_true(layout_compute(30, 100, &options).panes[PANE_MEMORY].shown);
    options.focus = PANE_FLAME;
    layout = layout_compute(30, 100, &options);
    assert_true(layout.panes[PANE_FLAME].shown && !layout.panes[PANE_SOURCE].shown && layout.panes[PANE_RAM].shown);
    assert_int_equal(layout.panes[PANE_FLAME].content.rows, 15);
}

static void test_growing(void **state) {
    (void)state;
    struct layout_options options = {.panes = ALL_PANES, .focus = PANE_RAM,
                                     .extra = {[PANE_RAM] = 2, [PANE_FUNCTIONS] = -4}};
    struct layout layout = layout_compute(30, 100, &options);
    assert_int_equal(layout.panes[PANE_RAM].content.rows, 6);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].content.rows, 13);
    assert_int_equal(layout.panes[PANE_FUNCTIONS].content.columns, 55);
}

/* Each pane that can be made larger is, by a row or four columns, and smaller again. */
static void test_growing_by_hand(void **state) {
    (void)state;
    struct layout_options start = {.panes = ALL_PANES, .focus = PANE_FUNCTIONS};
    struct layout before = layout_compute(50, 200, &start);
    for (enum pane pane = 0; pane < PANE_COUNT; pane++) {
        struct layout_options options = start;
        if (!before.panes[pane].shown || !layout_grow(&options, &before, pane, 1))
            continue;
        struct layout after = layout_compute(50, 200, &options);
        int rows = after.panes[pane].content.rows - before.panes[pane].content.rows;
        int columns = after.panes[pane].content.columns - before.panes[pane].content.columns;
        assert_true((rows == 1 && columns == 0) || (rows == 0 && columns == 4));
        assert_true(layout_grow(&options, &after, pane, -1));
        assert_memory_equal(&options, &start, sizeof start);
    }
    struct layout_options options = start;
    assert_false(layout_grow(&options, &before, PANE_INFORMATION, 1));
    struct layout tabs = layout_compute(24, 80, &start);
    assert_false(layout_grow(&options, &tabs, PANE_FUNCTIONS, 1));
}

/* A border goes to where it is moved. */
static void test_moving_borders(void **state) {
    (void)state;
    struct layout_options start = {.panes = ALL_PANES, .focus = PANE_FUNCTIONS};
    struct layout before = layout_compute(50, 200, &start);
    int found = 0;
    for (int row = 0; row < 50; row++)
        for (int column = 0; column < 200; column++) {
            struct layout_edge edge, moved;
            if (!layout_edge_at(&before, row, column, &edge))
                continue;
            struct layout_options options = start;
            layout_move_edge(&options, &edge, 2);
            struct layout after = layout_compute(50, 200, &options);
            assert_true(layout_edge_at(&after, row + (edge.is_column ? 0 : 2), column + (edge.is_column ? 2 : 0), &moved));
            assert_int_equal(moved.pane, edge.pane);
            found |= 1 << edge.pane;
        }
    assert_int_equal(found, 1 << PANE_FUNCTIONS | 1 << PANE_TREE | 1 << PANE_BYTECODE | 1 << PANE_FLAME | 1 << PANE_RAM |
                                1 << PANE_OUTPUT);
    struct layout_edge edge;
    struct layout tabs = layout_compute(24, 80, &start);
    assert_false(layout_edge_at(&tabs, 2, 10, &edge));
    assert_false(layout_edge_at(&before, 2, 10, &edge)); /* nothing is above the topmost panes */
}

/* Bytecode has its rows from the source, and all of them where there is none. */
static void test_bytecode_below_source(void **state) {
    (void)state;
    unsigned table_and_code = 1u << PANE_FUNCTIONS | 1u << PANE_BYTECODE;
    struct layout_options options = {.panes = table_and_code | 1u << PANE_SOURCE, .focus = PANE_FUNCTIONS,
                                     .extra = {[PANE_BYTECODE] = 3}};
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
    assert_int_equal(layout_pane_key(PANE_RAM), '4');
    assert_string_equal(layout_pane_name(PANE_OUTPUT), "output");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_sizes), cmocka_unit_test(test_all_options), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_the_screen_of_100x30), cmocka_unit_test(test_80x24), cmocka_unit_test(test_growing),
        cmocka_unit_test(test_what_is_wanted_is_seen), cmocka_unit_test(test_the_screen_of_200x50),
        cmocka_unit_test(test_panes_that_share_a_place), cmocka_unit_test(test_growing_by_hand),
        cmocka_unit_test(test_moving_borders),
        cmocka_unit_test(test_names), cmocka_unit_test(test_bytecode_below_source),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
