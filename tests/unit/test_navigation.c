/* Back and forward behave as in a web browser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/app/navigation.h"

static struct place at(uint32_t function) { return (struct place){.focus = PANE_SOURCE, .function = function}; }

static void test_empty(void **state) {
    (void)state;
    struct navigation navigation = {0};
    struct place place = at(7);
    assert_false(navigation_can_go_back(&navigation));
    assert_false(navigation_can_go_forward(&navigation));
    assert_false(navigation_back(&navigation, &place));
    assert_false(navigation_forward(&navigation, &place));
    assert_int_equal(place.function, 7);
}

static void test_back_and_forward(void **state) {
    (void)state;
    struct navigation navigation = {0};
    navigation_leave(&navigation, at(1));
    navigation_leave(&navigation, at(2));
    struct place place = at(3);
    assert_true(navigation_back(&navigation, &place));
    assert_int_equal(place.function, 2);
    assert_true(navigation_back(&navigation, &place));
    assert_int_equal(place.function, 1);
    assert_false(navigation_back(&navigation, &place));
    assert_true(navigation_forward(&navigation, &place));
    assert_int_equal(place.function, 2);
    assert_true(navigation_forward(&navigation, &place));
    assert_int_equal(place.function, 3);
    assert_false(navigation_can_go_forward(&navigation));
}

static void test_the_present_is_kept_as_it_was_left(void **state) {
    (void)state;
    struct navigation navigation = {0};
    navigation_leave(&navigation, at(1));
    struct place place = {.focus = PANE_RAM, .function = 3, .line = 12, .drilled = true, .callers = true};
    assert_true(navigation_back(&navigation, &place));
    assert_int_equal(place.focus, PANE_SOURCE);
    place.function = 4; /* the selection moved meanwhile */
    assert_true(navigation_forward(&navigation, &place));
    assert_int_equal(place.focus, PANE_RAM);
    assert_int_equal(place.line, 12);
    assert_true(place.drilled && place.callers);
    assert_true(navigation_back(&navigation, &place));
    assert_int_equal(place.function, 4);
}

static void test_leaving_forgets_what_was_ahead(void **state) {
    (void)state;
    struct navigation navigation = {0};
    navigation_leave(&navigation, at(1));
    struct place place = at(2);
    navigation_back(&navigation, &place);
    navigation_leave(&navigation, place);
    assert_false(navigation_can_go_forward(&navigation));
    place = at(9);
    assert_true(navigation_back(&navigation, &place));
    assert_int_equal(place.function, 1);
    assert_false(navigation_can_go_back(&navigation));
}

static void test_the_oldest_is_forgotten(void **state) {
    (void)state;
    struct navigation navigation = {0};
    for (uint32_t function = 1; function <= 200; function++)
        navigation_leave(&navigation, at(function));
    struct place place = at(201);
    uint32_t steps = 0;
    while (navigation_back(&navigation, &place))
        assert_int_equal(place.function, 200 - steps++);
    assert_int_equal(steps, NAVIGATION_DEPTH - 1);
    while (navigation_forward(&navigation, &place))
        steps--;
    assert_int_equal(steps, 0);
    assert_int_equal(place.function, 201);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty), cmocka_unit_test(test_back_and_forward),
        cmocka_unit_test(test_the_present_is_kept_as_it_was_left),
        cmocka_unit_test(test_leaving_forgets_what_was_ahead), cmocka_unit_test(test_the_oldest_is_forgotten),
    };
    return cmocka_run_group_tests_name("navigation", tests, NULL, NULL);
}
