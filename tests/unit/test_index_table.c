/* The probes' hash table: what was added is found, what was not is not, over many growths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/probe/index_table.h"

static void empty_finds_nothing(void **state) {
    (void)state;
    struct index_table table = {0};
    assert_int_equal(index_table_find(&table, 1), 0);
    index_table_free(&table);
    assert_int_equal(table.capacity, 0);
}

static void keeps_all_over_growth(void **state) {
    (void)state;
    struct index_table table = {0};
    enum { COUNT = 100000 };
    for (uint32_t i = 1; i <= COUNT; i++)
        assert_true(index_table_add(&table, (uint64_t)i << 32 | (i * 7), i));
    assert_int_equal(table.count, COUNT);
    assert_true(table.capacity * 3 >= table.count * 4);
    assert_int_equal(table.capacity & (table.capacity - 1), 0);
    for (uint32_t i = 1; i <= COUNT; i++) {
        assert_int_equal(index_table_find(&table, (uint64_t)i << 32 | (i * 7)), i);
        assert_int_equal(index_table_find(&table, (uint64_t)i << 32 | (i * 7 + 1)), 0);
    }
    index_table_free(&table);
    assert_int_equal(index_table_find(&table, (uint64_t)1 << 32 | 7), 0);
}

static void keys_of_one_place_are_told_apart(void **state) {
    (void)state;
    struct index_table table = {0};
    /* Neighbours, far ends and multiples of the capacity. */
    const uint64_t keys[] = {1, 2, 255, 256, 257, 512, 65536, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63};
    for (uint32_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_true(index_table_add(&table, keys[i], i + 1));
    for (uint32_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(index_table_find(&table, keys[i]), i + 1);
    assert_int_equal(index_table_find(&table, 3), 0);
    index_table_free(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_finds_nothing),
        cmocka_unit_test(keeps_all_over_growth),
        cmocka_unit_test(keys_of_one_place_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
