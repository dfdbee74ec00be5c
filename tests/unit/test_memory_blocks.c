/* The table of live blocks. */
#include "memory_fixture.h"

static void test_unknown_addresses_have_no_entry(void **state) {
    (void)state;
    assert_null(memory_entry(NULL));
    assert_null(memory_entry(address(1)));
    assert_int_equal(memory_take(address(1)), 0);
}

static void test_an_entry_keeps_size_site_and_flags(void **state) {
    (void)state;
    uint64_t *entry = memory_make_entry(address(2));
    assert_non_null(entry);
    assert_ptr_equal(entry, memory_entry(address(2)));
    assert_int_equal(*entry, 0);
    uint32_t last_site = ARENA_MAX_SITES - 1;
    *entry = memory_tag(last_site) | MEMORY_NATIVE | MEMORY_OWN | MEMORY_SIZE_MASK;
    assert_int_equal(memory_size_of(*entry), MEMORY_SIZE_MASK);
    assert_int_equal(memory_site_of(*entry), last_site);
    assert_true(*entry & MEMORY_NATIVE && *entry & MEMORY_OWN);
    assert_int_equal(memory_take(address(2)), memory_tag(last_site) | MEMORY_NATIVE | MEMORY_OWN | MEMORY_SIZE_MASK);
    assert_int_equal(*entry, 0);
}

static void test_neighbours_have_different_entries(void **state) {
    (void)state;
    enum { CHUNKS = 300, EDGE = MEMORY_CHUNK_ENTRIES }; /* more than one pool */
    for (uint64_t chunk = 0; chunk < CHUNKS; chunk++) {
        *memory_make_entry(address(chunk * EDGE)) = 2 * chunk + 1;
        *memory_make_entry(address(chunk * EDGE + EDGE - 1)) = 2 * chunk + 2;
    }
    for (uint64_t chunk = 0; chunk < CHUNKS; chunk++) {
        assert_int_equal(memory_take(address(chunk * EDGE)), 2 * chunk + 1);
        assert_int_equal(memory_take(address(chunk * EDGE + EDGE - 1)), 2 * chunk + 2);
    }
}

static void test_the_highest_addresses(void **state) {
    (void)state;
    const void *last = (const void *)((UINTPTR_MAX >> (64 - MEMORY_ADDRESS_BITS)) - 15);
    assert_non_null(memory_make_entry(last));
    assert_null(memory_make_entry((const void *)((uintptr_t)last + 16)));
    assert_null(memory_entry((const void *)((uintptr_t)last + 16)));
    assert_null(memory_make_entry((const void *)UINTPTR_MAX));
}

static void test_its_memory_is_named_as_the_profilers(void **state) {
    (void)state;
    const struct arena_memory *totals = &profile_header()->memory;
    uintptr_t place = (uintptr_t)memory_make_entry(address(3));
    bool found = false;
    for (uint32_t i = 0; i < totals->own_range_count; i++)
        found |= place - totals->own_ranges[i].address < totals->own_ranges[i].size;
    assert_true(found);
}

static uint64_t named_bytes(void) {
    const struct arena_memory *totals = &profile_header()->memory;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < totals->own_range_count; i++)
        bytes += totals->own_ranges[i].size;
    return bytes;
}

/* Whoever looks which pages are there looks through all that is named, at every sample. */
static void test_no_more_is_named_than_is_in_use(void **state) {
    (void)state;
    uint64_t before = named_bytes();
    enum { NEW = 40, EDGE = MEMORY_CHUNK_ENTRIES, CHUNK = EDGE * 8 };
    for (uint64_t i = 0; i < NEW; i++)
        assert_non_null(memory_make_entry(address((1000 + i) * EDGE)));
    assert_in_range(named_bytes() - before, NEW * CHUNK, NEW * CHUNK + 2 * 4096);
}

static void test_a_forked_process_has_no_blocks(void **state) {
    (void)state;
    *memory_make_entry(address(4)) = 1;
    begin_anew();
    assert_int_equal(memory_take(address(4)), 0);
    test_its_memory_is_named_as_the_profilers(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_addresses_have_no_entry),
        cmocka_unit_test(test_an_entry_keeps_size_site_and_flags),
        cmocka_unit_test(test_neighbours_have_different_entries),
        cmocka_unit_test(test_the_highest_addresses),
        cmocka_unit_test(test_its_memory_is_named_as_the_profilers),
        cmocka_unit_test(test_no_more_is_named_than_is_in_use),
        cmocka_unit_test(test_a_forked_process_has_no_blocks),
    };
    return cmocka_run_group_tests(tests, memory_attach, fixture_remove);
}
