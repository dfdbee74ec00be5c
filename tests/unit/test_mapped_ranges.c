/* Ranges of mapped memory: whatever is mapped and unmapped, each mapping has lost exactly the bytes that brute force says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "core/probe/mapped_ranges.h"

enum { BASE = 100000, ADDRESSES = 300, ROUNDS = 60, STEPS = 400 };

/* Of each mapping, by its site: what `gone` has told. */
static struct {
    size_t bytes;
    unsigned wholes;
} told[MAPPED_RANGES_MOST + 2];

static void gone(uint32_t site, size_t size, bool whole) {
    assert_true(size > 0);
    assert_int_equal(told[site].wholes, 0); /* nothing comes behind the last piece */
    told[site].bytes += size;
    told[site].wholes += whole;
}

static struct mapped_ranges prepared(void) {
    struct mapped_ranges ranges;
    assert_true(mapped_ranges_prepare(&ranges));
    memset(told, 0, sizeof told);
    return ranges;
}

static void finish(struct mapped_ranges *ranges) { munmap(ranges->rows, MAPPED_RANGES_MOST * sizeof *ranges->rows); }

/* --- brute force: the mapping of each address, 0: none ------------------------------------------------------ */

static uint32_t owners[ADDRESSES];
static size_t sizes[ROUNDS * STEPS + 1];

static size_t forget_owners(size_t start, size_t size) {
    size_t removed = 0;
    for (size_t at = start; at < start + size && at < ADDRESSES; at++) {
        removed += owners[at] != 0;
        owners[at] = 0;
    }
    return removed;
}

static void assert_as_brute_force(uint32_t last_site) {
    static size_t left[ROUNDS * STEPS + 1];
    memset(left, 0, sizeof left);
    for (size_t at = 0; at < ADDRESSES; at++)
        left[owners[at]]++;
    for (uint32_t site = 1; site <= last_site; site++) {
        assert_int_equal(told[site].bytes, sizes[site] - left[site]);
        assert_int_equal(told[site].wholes, left[site] == 0);
    }
}

static void any_part_of_any_range(void **state) {
    (void)state;
    struct mapped_ranges ranges = prepared();
    uint32_t site = 0;
    srandom(7);
    for (int round = 0; round < ROUNDS; round++) {
        size_t longest = 1 + (size_t)random() % (round % 2 ? 20 : 200);
        for (int step = 0; step < STEPS; step++) {
            size_t start = (size_t)random() % ADDRESSES, size = 1 + (size_t)random() % longest;
            size_t expected = forget_owners(start, size);
            assert_int_equal(mapped_ranges_remove(&ranges, BASE + start, size, gone), expected);
            if (random() % 2 && start + size <= ADDRESSES) {
                sizes[++site] = size;
                mapped_ranges_add(&ranges, BASE + start, size, site);
                for (size_t at = start; at < start + size; at++)
                    owners[at] = site;
            }
        }
        assert_as_brute_force(site);
    }
    forget_owners(0, ADDRESSES);
    mapped_ranges_remove(&ranges, 0, UINTPTR_MAX, gone);
    assert_as_brute_force(site);
    assert_int_equal(ranges.root, 0);
    assert_true(ranges.used <= ADDRESSES + 2); /* rows that were given back are used again */
    finish(&ranges);
}

/* --- edges ------------------------------------------------------------------------------------------------- */

static void of_nothing_nothing_is_removed(void **state) {
    (void)state;
    struct mapped_ranges ranges = prepared();
    assert_int_equal(mapped_ranges_remove(&ranges, BASE, 10, gone), 0);
    mapped_ranges_add(&ranges, BASE, 10, 1);
    assert_int_equal(mapped_ranges_remove(&ranges, BASE, 0, gone), 0);
    assert_int_equal(mapped_ranges_remove(&ranges, BASE + 10, 10, gone), 0);
    assert_int_equal(mapped_ranges_remove(&ranges, BASE - 10, 10, gone), 0);
    assert_int_equal(mapped_ranges_remove(&ranges, BASE, SIZE_MAX, gone), 0); /* goes round the end of all addresses */
    assert_int_equal(mapped_ranges_remove(&ranges, BASE, 10, gone), 10);
    assert_int_equal(told[1].wholes, 1);
    finish(&ranges);
}

static void what_is_cleared_is_gone_without_a_word(void **state) {
    (void)state;
    struct mapped_ranges ranges = prepared();
    mapped_ranges_add(&ranges, BASE, 10, 1);
    mapped_ranges_clear(&ranges);
    assert_int_equal(mapped_ranges_remove(&ranges, BASE, 10, gone), 0);
    mapped_ranges_add(&ranges, BASE, 10, 2);
    assert_int_equal(mapped_ranges_remove(&ranges, BASE, 10, gone), 10);
    assert_int_equal(told[1].bytes, 0);
    finish(&ranges);
}

static void a_full_table_keeps_its_sums(void **state) {
    (void)state;
    struct mapped_ranges ranges = prepared();
    uint32_t count = 0;
    while (mapped_ranges_have_room(&ranges)) {
        count++;
        mapped_ranges_add(&ranges, BASE + (uintptr_t)count * 8, 8, count);
    }
    assert_int_equal(count, MAPPED_RANGES_MOST - 1);
    /* Cut in two, a range has no room for its second piece: that is given up. */
    assert_int_equal(mapped_ranges_remove(&ranges, BASE + 8 + 2, 2, gone), 6);
    assert_int_equal(told[1].bytes, 6);
    assert_int_equal(mapped_ranges_remove(&ranges, 0, UINTPTR_MAX, gone), (size_t)count * 8 - 6);
    for (uint32_t site = 1; site <= count; site++) {
        assert_int_equal(told[site].bytes, 8);
        assert_int_equal(told[site].wholes, 1);
    }
    finish(&ranges);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_part_of_any_range),
        cmocka_unit_test(of_nothing_nothing_is_removed),
        cmocka_unit_test(what_is_cleared_is_gone_without_a_word),
        cmocka_unit_test(a_full_table_keeps_its_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
