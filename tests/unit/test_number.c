/* Counts, times, sizes and shares in few columns. */
#include "tests/unit/model_fixture.h"

#include "tui/view/number.h"

static char text[NUMBER_SIZE];

static void counts(void **state) {
    (void)state;
    assert_string_equal(number_count(text, 0, 1), "0");
    assert_string_equal(number_count(text, 34219980, 8), "34219980");
    assert_string_equal(number_count(text, 34219980, 7), "34.22M");
    assert_string_equal(number_count(text, 34219980, 6), "34.22M");
    assert_string_equal(number_count(text, 34219980, 5), "34.2M");
    assert_string_equal(number_count(text, 34219980, 3), "34M");
    assert_string_equal(number_count(text, 34219980, 2), "##");
    assert_string_equal(number_count(text, 999999, 5), "1.00M");
    assert_string_equal(number_count(text, 999499, 4), "999k");
    assert_string_equal(number_count(text, 999499, 3), "1M");
    assert_string_equal(number_count(text, 1500, 2), "2k");
    assert_string_equal(number_count(text, 10, 1), "#");
    assert_string_equal(number_count(text, 5, 0), "");
    assert_string_equal(number_count(text, 5, -3), "");
    assert_string_equal(number_count(text, UINT64_MAX - 1, 20), "18446744073709551614");
    assert_string_equal(number_count(text, UINT64_MAX - 1, 6), "18.45E");
    assert_string_equal(number_count(text, MODEL_UNKNOWN, 4), "-");
}

static void times(void **state) {
    (void)state;
    assert_string_equal(number_time(text, 0, 5), "0");
    assert_string_equal(number_time(text, 1, 5), "1ns");
    assert_string_equal(number_time(text, 999, 5), "999ns");
    assert_string_equal(number_time(text, 1500, 6), "1.50us");
    assert_string_equal(number_time(text, 1500, 5), "1.5us");
    assert_string_equal(number_time(text, 1500, 3), "2us");
    assert_string_equal(number_time(text, 350 * MILLISECOND, 5), "350ms");
    assert_string_equal(number_time(text, 350 * MILLISECOND, 4), "0.3s");
    assert_string_equal(number_time(text, 6340 * MILLISECOND, 5), "6.34s");
    assert_string_equal(number_time(text, 6340 * MILLISECOND, 4), "6.3s");
    assert_string_equal(number_time(text, 12400 * MILLISECOND, 5), "12.4s");
    assert_string_equal(number_time(text, 9999 * SECOND, 5), "9999s");
    assert_string_equal(number_time(text, 36000 * SECOND, 5), "600m");
    assert_string_equal(number_time(text, 9999 * SECOND, 4), "167m");
    assert_string_equal(number_time(text, 400000 * SECOND, 5), "111h");
    assert_string_equal(number_time(text, 6340 * MILLISECOND, 1), "#");
    assert_string_equal(number_time(text, MODEL_UNKNOWN, 5), "-");
}

static void seconds(void **state) {
    (void)state;
    assert_string_equal(number_seconds(text, 11460 * MILLISECOND, 6), "11.46");
    assert_string_equal(number_seconds(text, 630 * MILLISECOND, 6), "0.63");
    assert_string_equal(number_seconds(text, 95 * MILLISECOND, 6), "0.10");
    assert_string_equal(number_seconds(text, 94 * MILLISECOND, 6), "94.0ms");
    assert_string_equal(number_seconds(text, 1500, 6), "1.50us");
    assert_string_equal(number_seconds(text, 12345670 * MILLISECOND, 6), "12346");
    assert_string_equal(number_seconds(text, 12345670 * MILLISECOND, 4), "206m");
    assert_string_equal(number_seconds(text, 0, 6), "0");
    assert_string_equal(number_seconds(text, MODEL_UNKNOWN, 6), "-");
}

static void bytes(void **state) {
    (void)state;
    assert_string_equal(number_bytes(text, 0, 5), "0B");
    assert_string_equal(number_bytes(text, 999, 5), "999B");
    assert_string_equal(number_bytes(text, 1024, 5), "1.0K");
    assert_string_equal(number_bytes(text, 8 * 1048576 + 100000, 5), "8.1M");
    assert_string_equal(number_bytes(text, 182 * 1048576, 5), "182M");
    assert_string_equal(number_bytes(text, 1000 * 1048576, 5), "1.0G");
    assert_string_equal(number_bytes(text, 182 * 1048576, 3), "###");
    assert_string_equal(number_bytes(text, MODEL_UNKNOWN, 5), "-");
}

static void mebibytes(void **state) {
    (void)state;
    assert_string_equal(number_mebibytes(text, 0, 6), "0");
    assert_string_equal(number_mebibytes(text, 80000000, 6), "76.3");
    assert_string_equal(number_mebibytes(text, 100000, 6), "0.1");
    assert_string_equal(number_mebibytes(text, 99000, 6), "97K"); /* one decimal would say nothing */
    assert_string_equal(number_mebibytes(text, 32, 6), "32B");
    assert_string_equal(number_mebibytes(text, UINT64_C(182) << 20, 3), "182");
    assert_string_equal(number_mebibytes(text, UINT64_C(2000) << 30, 6), "2.0T");
    assert_string_equal(number_mebibytes(text, UINT64_C(18200) << 20, 4), "18G");
    assert_string_equal(number_mebibytes(text, MODEL_UNKNOWN, 6), "-");
}

static void percents(void **state) {
    (void)state;
    assert_string_equal(number_percent(text, 924, 1000, 5), "92.4");
    assert_string_equal(number_percent(text, 1, 100000, 5), "0.0");
    assert_string_equal(number_percent(text, 9996, 10000, 5), "100");
    assert_string_equal(number_percent(text, 1000, 1000, 4), "100");
    assert_string_equal(number_percent(text, 3000, 1000, 5), "300"); /* several threads */
    assert_string_equal(number_percent(text, 924, 1000, 3), "92");
    assert_string_equal(number_percent(text, 5, 0, 5), "0.0");
    assert_string_equal(number_percent(text, MODEL_UNKNOWN, 10, 5), "-");
}

/* Whatever the value and the width: never wider than asked. */
static void never_too_wide(void **state) {
    (void)state;
    for (uint64_t value = 1, step = 0; step < 64; step++, value = value * 3 + 7) {
        for (int columns = 0; columns < 12; columns++) {
            assert_true((int)strlen(number_count(text, value, columns)) <= columns);
            assert_true((int)strlen(number_time(text, value, columns)) <= columns);
            assert_true((int)strlen(number_seconds(text, value, columns)) <= columns);
            assert_true((int)strlen(number_bytes(text, value, columns)) <= columns);
            assert_true((int)strlen(number_percent(text, value, 1000, columns)) <= columns);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts), cmocka_unit_test(times),    cmocka_unit_test(seconds),
        cmocka_unit_test(bytes), cmocka_unit_test(mebibytes),  cmocka_unit_test(percents), cmocka_unit_test(never_too_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
