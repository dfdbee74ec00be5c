/* Untimed time and its lines: every tick is given out, in proportion to what was estimated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/profile/line_shares.h"

static const struct arena_line table[] = {{1, 10}, {1, 11}, {1, 12}, {1, 0}};
static const uint32_t order[] = {0, 1, 2, 3};

static uint64_t sum_of_self(const struct arena_line_cell *cells) {
    return cells[0].self_ticks + cells[1].self_ticks + cells[2].self_ticks + cells[3].self_ticks;
}

static void shares_by_estimate(void **state) {
    (void)state;
    struct arena_line_cell cells[] = {
        {.hits = 1, .self_ticks = 5, .total_ticks = 7, .estimated_ticks = 100},
        {.hits = 9, .self_ticks = 50, .total_ticks = 50, .estimated_ticks = 300},
        {.hits = 9, .self_ticks = 1000, .total_ticks = 2000},
        {.self_ticks = 4000, .total_ticks = 400},
    };
    share_untimed_time(cells, table, order, 4);
    assert_int_equal(cells[0].self_ticks, 5 + 1000);
    assert_int_equal(cells[1].self_ticks, 50 + 3000);
    assert_int_equal(cells[2].self_ticks, 1000); /* always timed */
    assert_int_equal(cells[0].total_ticks, 7 + 100);
    assert_int_equal(cells[1].total_ticks, 50 + 300);
    assert_int_equal(cells[2].total_ticks, 2000);
    assert_int_equal(cells[3].self_ticks, 0);
}

static void loses_no_tick(void **state) {
    (void)state;
    struct arena_line_cell cells[] = {
        {.estimated_ticks = 1}, {.estimated_ticks = 1}, {.estimated_ticks = UINT64_MAX / 3}, {.self_ticks = 1000003}};
    share_untimed_time(cells, table, order, 4);
    assert_int_equal(sum_of_self(cells), 1000003);
    struct arena_line_cell thirds[] = {
        {.estimated_ticks = 7}, {.estimated_ticks = 7}, {.estimated_ticks = 7}, {.self_ticks = 100}};
    share_untimed_time(thirds, table, order, 4);
    assert_int_equal(sum_of_self(thirds), 100);
    assert_in_range(thirds[1].self_ticks, 33, 34);
}

static void shares_by_what_else_is_known(void **state) {
    (void)state;
    struct arena_line_cell timed[] = {{.self_ticks = 10}, {.self_ticks = 30}, {.hits = 1000}, {.self_ticks = 400}};
    share_untimed_time(timed, table, order, 4);
    assert_int_equal(timed[0].self_ticks, 10 + 100);
    assert_int_equal(timed[1].self_ticks, 30 + 300);
    struct arena_line_cell counted[] = {{.hits = 1}, {.hits = 3}, {.hits = 0}, {.self_ticks = 400}};
    share_untimed_time(counted, table, order, 4);
    assert_int_equal(counted[0].self_ticks, 100);
    assert_int_equal(counted[1].self_ticks, 300);
    struct arena_line_cell unknown[] = {{0}, {0}, {0}, {.self_ticks = 400}};
    share_untimed_time(unknown, table, order, 4);
    assert_int_equal(unknown[3].self_ticks, 400); /* of no line */
}

static void survives_damage(void **state) {
    (void)state;
    struct arena_line_cell cells[] = {{.estimated_ticks = UINT64_MAX}, {.estimated_ticks = UINT64_MAX},
                                      {.estimated_ticks = UINT64_MAX}, {.self_ticks = UINT64_MAX}};
    share_untimed_time(cells, table, order, 4);
    assert_true(cells[0].self_ticks > UINT64_MAX / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_by_estimate),
        cmocka_unit_test(loses_no_tick),
        cmocka_unit_test(shares_by_what_else_is_known),
        cmocka_unit_test(survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
