/* The request table: every key is known, none is bound twice, every row can be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/app/key_map.h"

static void test_names_of_keys(void **state) {
    (void)state;
    assert_int_equal(key_from_name("j", 1), 'j');
    assert_int_equal(key_from_name("^d", 2), 4);
    assert_int_equal(key_from_name("^c", 2), 3);
    assert_int_equal(key_from_name("Space", 5), ' ');
    assert_int_equal(key_from_name("Tab", 3), '\t');
    assert_int_equal(key_from_name("S-Tab", 5), SPECIAL_BACK_TAB);
    assert_int_equal(key_from_name("Enter", 5), KEYS_ENTER);
    assert_int_equal(key_from_name("PgDn", 4), SPECIAL_PAGE_DOWN);
    assert_int_equal(key_from_name("F1", 2), SPECIAL_F1);
    assert_int_equal(key_from_name("\\", 1), '\\');
    assert_int_equal(key_from_name("Nothing", 7), SPECIAL_NONE);
    assert_int_equal(key_from_name("Downward", 4), SPECIAL_DOWN);
}

static void test_requests_of_keys(void **state) {
    (void)state;
    assert_int_equal(key_map_find('j'), REQUEST_MOVE_DOWN);
    assert_int_equal(key_map_find(SPECIAL_DOWN), REQUEST_MOVE_DOWN);
    assert_int_equal(key_map_find('h'), REQUEST_MOVE_LEFT);
    assert_int_equal(key_map_find('H'), REQUEST_SCROLL_LEFT);
    assert_int_equal(key_map_find('?'), REQUEST_HELP);
    assert_int_equal(key_map_find(SPECIAL_F1), REQUEST_HELP);
    assert_int_equal(key_map_find(' '), REQUEST_FREEZE);
    assert_int_equal(key_map_find(KEYS_ESCAPE), REQUEST_CANCEL);
    assert_int_equal(key_map_find(key_control('z')), REQUEST_SUSPEND);
    assert_int_equal(key_map_find('Z'), REQUEST_ZOOM_OUT);
    assert_int_equal(key_map_find('Q'), REQUEST_NONE);
    assert_int_equal(key_map_find(SPECIAL_NONE), REQUEST_NONE);
    assert_int_equal(key_map_find(0x20ac), REQUEST_NONE);
}

/* Each key of each row leads to that row: so all names are known, and no key is bound twice. */
static void test_every_key_of_the_table(void **state) {
    (void)state;
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        const char *keys = request_row(request)->keys;
        assert_true(*keys);
        while (*keys) {
            size_t length = strcspn(keys, " ");
            int key = key_from_name(keys, length);
            assert_int_not_equal(key, SPECIAL_NONE);
            assert_int_equal(key_map_find(key), request);
            keys += length + (keys[length] == ' ');
        }
    }
}

static void test_every_row_can_be_shown(void **state) {
    (void)state;
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        const struct request_row *row = request_row(request);
        assert_true(*row->name && *row->help);
        assert_null(strchr(row->name, ' '));
        assert_true(*request_section_heading(row->section));
        for (enum request other = request + 1; other < REQUEST_COUNT; other++)
            assert_string_not_equal(row->name, request_row(other)->name);
    }
    assert_string_equal(request_row(REQUEST_NONE)->keys, "");
    assert_string_equal(request_row(REQUEST_COUNT)->keys, "");
    assert_string_equal(request_row(REQUEST_QUIT)->name, "quit");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_keys), cmocka_unit_test(test_requests_of_keys),
        cmocka_unit_test(test_every_key_of_the_table), cmocka_unit_test(test_every_row_can_be_shown),
    };
    return cmocka_run_group_tests_name("key_map", tests, NULL, NULL);
}
