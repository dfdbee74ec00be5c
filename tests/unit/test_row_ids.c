/* Numbers of rows: the same for the same key, whatever comes between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tui/view/row_ids.h"

static void ids_stay(void **state) {
    (void)state;
    struct row_ids ids = {0};
    assert_int_equal(row_ids_opened(&ids, 1), 0);
    row_ids_open(&ids, 1, true); /* there is none */
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(row_ids_of(&ids, row_ids_mix(7, i)), i + 1);
    row_ids_open(&ids, 1, true);
    row_ids_open(&ids, 4999, false);
    for (uint32_t i = 5000; i < 20000; i++)
        assert_int_equal(row_ids_of(&ids, row_ids_mix(7, i)), i + 1);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t id = row_ids_of(&ids, row_ids_mix(7, i));
        assert_int_equal(id, i + 1);
        assert_int_equal(row_ids_opened(&ids, id), id == 1 ? 1 : id == 4999 ? -1 : 0);
    }
    assert_int_equal(ids.count, 20000);
    row_ids_free(&ids);
}

/* Keys that begin at the same slot, the last one of the table, too. */
static void keys_that_meet(void **state) {
    (void)state;
    struct row_ids ids = {0};
    for (uint64_t i = 1; i <= 100; i++)
        assert_int_equal(row_ids_of(&ids, i << 32 | 255), i);
    for (uint64_t i = 1; i <= 100; i++)
        assert_int_equal(row_ids_of(&ids, i << 32 | 255), i);
    assert_int_equal(row_ids_of(&ids, 0), 101); /* no key is special */
    assert_int_equal(row_ids_of(&ids, 0), 101);
    row_ids_free(&ids);
}

static void order_matters_to_keys(void **state) {
    (void)state;
    assert_int_not_equal(row_ids_mix(row_ids_mix(1, 2), 3), row_ids_mix(row_ids_mix(1, 3), 2));
    assert_int_not_equal(row_ids_mix(1, 0), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_stay), cmocka_unit_test(keys_that_meet), cmocka_unit_test(order_matters_to_keys),
    };
    return cmocka_run_group_tests_name("row ids", tests, NULL, NULL);
}
