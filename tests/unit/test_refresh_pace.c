/* Refreshes keep to what the user chose and to a share of a core. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/app/refresh_pace.h"

static int64_t pace(uint64_t cost_ns, int64_t chosen_ms) {
    return refresh_pace_ms(&(struct refresh_pace){cost_ns}, chosen_ms);
}

static void cheap_refreshes_come_as_chosen(void **state) {
    (void)state;
    assert_int_equal(pace(0, 500), 500);
    assert_int_equal(pace(12000000, 500), 500);
    assert_int_equal(pace(1000000, 2000), 2000);
    assert_int_equal(pace(12000000, 100), 100); /* five times as often: five times the share */
}

static void costly_refreshes_come_less_often(void **state) {
    (void)state;
    assert_int_equal(pace(13000000, 500), 1000);
    assert_int_equal(pace(60000000, 500), 2500);
    assert_int_equal(pace(13000000, 100), 200);
    for (uint64_t cost = 1000000; cost < 240000000; cost += 999983)
        assert_true((double)cost / 1e6 / (double)pace(cost, 500) <= 0.025);
}

static void but_not_for_ever(void **state) {
    (void)state;
    assert_int_equal(pace(UINT64_C(5000000000), 500), 10000);
    assert_int_equal(pace(UINT64_C(5000000000), 50), 10000);
    assert_int_equal(pace(UINT64_C(5000000000), 20000), 20000);
}

/* One refresh that takes long, among others that do not, is no reason. */
static void the_mean_counts(void **state) {
    (void)state;
    struct refresh_pace mean = {0};
    refresh_pace_note(&mean, 4000000);
    assert_int_equal(mean.cost_ns, 4000000);
    refresh_pace_note(&mean, 8000000);
    assert_int_equal(mean.cost_ns, 5000000);
    refresh_pace_note(&mean, 2000000); /* it is over */
    assert_int_equal(mean.cost_ns, 2000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cheap_refreshes_come_as_chosen),
        cmocka_unit_test(costly_refreshes_come_less_often),
        cmocka_unit_test(but_not_for_ever),
        cmocka_unit_test(the_mean_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
