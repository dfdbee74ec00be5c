/* What events do to the numbers of sites: against the whole log of random programs, summed up afterwards by brute
 * force. */
#include "memory_fixture.h"

enum { PROGRAMS = 500, EVENTS = 400, SITES = 6, BLOCKS = 40 };

enum what { ALLOCATED, RELEASED };
struct logged {
    enum what what;
    uint32_t site;  /* whose block it is */
    uint32_t place; /* RELEASED: where */
    uint64_t size;
    uint64_t ticks; /* the clock that the event has seen */
    bool temporary;
};

struct program {
    uint64_t seed;
    uint32_t sites[SITES];
    struct {
        bool alive;
        uint32_t site;
        uint64_t size;
    } blocks[BLOCKS];
    uint64_t last_block; /* number; BLOCKS: none */
    struct logged log[2 * EVENTS];
    uint32_t length;
};

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t random_below(struct program *program, uint64_t limit) {
    uint64_t z = program->seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % limit;
}

static void log_event(struct program *program, struct logged event) {
    event.ticks = profile_header()->memory.ticks;
    program->log[program->length++] = event;
}

static void do_allocate(struct program *program, uint64_t number, uint64_t size) {
    uint32_t site = program->sites[random_below(program, SITES)];
    log_event(program, (struct logged){ALLOCATED, site, 0, size, 0, false});
    allocate(address(number), size, site);
    program->blocks[number].alive = true;
    program->blocks[number].site = site;
    program->blocks[number].size = size;
    program->last_block = number;
}

static void do_release(struct program *program, uint64_t number) {
    uint32_t place = program->sites[random_below(program, SITES)];
    log_event(program, (struct logged){RELEASED, program->blocks[number].site, place, program->blocks[number].size, 0,
                                       program->last_block == number});
    assert_true(release(address(number), place));
    program->blocks[number].alive = false;
    if (program->last_block == number)
        program->last_block = BLOCKS;
}

/* Sizes of any kind, nothing among them; sometimes it goes up for long, sometimes to and fro around a mark. */
static uint64_t random_size(struct program *program) {
    uint64_t kind = random_below(program, 8);
    return kind == 0 ? 0 : kind < 6 ? 1 + random_below(program, 5) : random_below(program, UINT64_C(1) << 30);
}

static void step(struct program *program) {
    uint64_t number = random_below(program, BLOCKS);
    bool alive = program->blocks[number].alive;
    if (alive && random_below(program, 4) == 0) { /* realloc */
        do_release(program, number);
        do_allocate(program, number, random_size(program));
    } else if (alive) {
        do_release(program, number);
    } else {
        do_allocate(program, number, random_size(program));
    }
    if (random_below(program, 50) == 0)
        profile_header()->memory.ticks += random_below(program, 1000);
}

/* --- by brute force ------------------------------------------------------------------------------------------- */

struct sums {
    uint64_t live_bytes, live_count, allocated_bytes, allocated_count, freed_bytes, freed_count, temporary, life;
};

static struct sums sum_of(const struct program *program, uint32_t site, uint32_t length) {
    struct sums sums = {0};
    for (uint32_t i = 0; i < length; i++) {
        const struct logged *event = &program->log[i];
        uint64_t sign = event->what == ALLOCATED ? 1 : UINT64_MAX;
        if (event->site == site) {
            sums.live_bytes += sign * event->size;
            sums.live_count += sign;
            sums.life -= sign * event->ticks;
            sums.temporary += event->temporary;
        }
        if (event->what == ALLOCATED && event->site == site) {
            sums.allocated_bytes += event->size;
            sums.allocated_count++;
        }
        if (event->what == RELEASED && event->place == site) {
            sums.freed_bytes += event->size;
            sums.freed_count++;
        }
    }
    return sums;
}

/* How many events lie before the end of the high-water mark: when the most was alive for the first time, and all
 * that came before anything was freed again. */
static uint32_t end_of_peak(const struct program *program, uint64_t *peak) {
    uint64_t live = 0;
    uint32_t at = 0;
    *peak = 0;
    for (uint32_t i = 0; i < program->length; i++) {
        live += program->log[i].what == ALLOCATED ? program->log[i].size : -program->log[i].size;
        if (live > *peak) {
            *peak = live;
            at = i + 1;
        }
    }
    while (at > 0 && at < program->length && program->log[at].what == ALLOCATED)
        at++;
    return at;
}

static void check(const struct program *program) {
    const struct arena_memory *totals = &profile_header()->memory;
    uint64_t peak, live = 0, at_peak = 0;
    uint32_t peak_end = end_of_peak(program, &peak);
    for (int i = 0; i < SITES; i++) {
        uint32_t site = program->sites[i];
        const struct arena_site *row = memory_site(site);
        struct sums sums = sum_of(program, site, program->length), then = sum_of(program, site, peak_end);
        assert_int_equal(row->live_bytes, sums.live_bytes);
        assert_int_equal(row->live_count, sums.live_count);
        assert_int_equal(row->allocated_bytes, sums.allocated_bytes);
        assert_int_equal(row->allocated_count, sums.allocated_count);
        assert_int_equal(row->freed_bytes, sums.freed_bytes);
        assert_int_equal(row->freed_count, sums.freed_count);
        assert_int_equal(row->temporary_count, sums.temporary);
        assert_int_equal(row->life_ticks, sums.life);
        if (peak > 0) {
            assert_int_equal(bytes_at_peak(site), then.live_bytes);
            assert_int_equal(count_at_peak(site), then.live_count);
            at_peak += bytes_at_peak(site);
        }
        live += row->live_bytes;
    }
    assert_int_equal(totals->live_bytes, live);
    assert_int_equal(totals->peak_bytes, peak);
    assert_int_equal(at_peak, peak);
}

static void test_random_programs(void **state) {
    (void)state;
    static struct program program;
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        begin_anew();
        program = (struct program){.seed = seed, .last_block = BLOCKS};
        memory_this_thread.last_block = NULL;
        for (uint32_t i = 0; i < SITES; i++)
            program.sites[i] = site_at(i / 2, 1 + i % 2);
        for (int i = 0; i < EVENTS; i++) {
            step(&program);
            if (random_below(&program, EVENTS / 4) == 0)
                check(&program);
        }
        check(&program);
    }
}

/* --- single facts --------------------------------------------------------------------------------------------- */

static void test_sites_are_told_apart_by_node_line_and_thread(void **state) {
    (void)state;
    begin_anew();
    uint32_t first = site_at(1, 10);
    assert_int_not_equal(first, 0);
    assert_int_equal(site_at(1, 10), first);
    assert_int_not_equal(site_at(1, 11), first);
    assert_int_not_equal(site_at(2, 10), first);
    assert_int_equal(memory_site(first)->node, 1);
    assert_int_equal(memory_site(first)->line, 10);
    assert_int_equal(memory_site(first)->code, 7);
    assert_int_equal(profile_header()->memory.site_count, 4);
    assert_int_equal(memory_find_site((struct memory_origin){0}), 0);
}

static void test_reallocating_that_fails_leaves_no_trace(void **state) {
    (void)state;
    begin_anew();
    uint32_t site = site_at(1, 1), place = site_at(1, 2);
    allocate(address(1), 100, site);
    struct arena_site before = *memory_site(site), place_before = *memory_site(place);
    uint64_t entry = memory_take(address(1));
    memory_freed(entry, place, false);
    memory_kept(address(1), entry, place);
    assert_int_equal(bytes_at_peak(site), 100);
    struct arena_site after = *memory_site(site);
    after.peak_bytes = before.peak_bytes;
    after.peak_count = before.peak_count;
    after.peak_epoch = before.peak_epoch;
    assert_memory_equal(&before, &after, sizeof before);
    assert_memory_equal(&place_before, memory_site(place), sizeof place_before);
    assert_int_equal(profile_header()->memory.live_bytes, 100);
    assert_int_equal(profile_header()->memory.peak_bytes, 100);
    assert_true(release(address(1), place));
}

static void test_an_address_that_is_allocated_again_was_freed(void **state) {
    (void)state;
    begin_anew();
    uint32_t site = site_at(1, 1);
    allocate(address(1), 100, site);
    allocate(address(1), 30, site);
    assert_int_equal(memory_site(site)->live_bytes, 30);
    assert_int_equal(memory_site(site)->live_count, 1);
    assert_int_equal(memory_site(site)->allocated_bytes, 130);
    assert_int_equal(profile_header()->memory.live_bytes, 30);
}

static void test_what_has_no_room_is_counted_as_such(void **state) {
    (void)state;
    begin_anew();
    uint32_t site = site_at(1, 1);
    allocate((const void *)(UINTPTR_MAX - 15), 100, site);
    allocate(address(1), MEMORY_SIZE_MASK + 1, site);
    assert_int_equal(profile_header()->memory.uncounted_allocations, 2);
    assert_int_equal(memory_site(site)->allocated_count, 0);
    allocate(address(1), MEMORY_SIZE_MASK, site);
    assert_int_equal(memory_site(site)->live_bytes, MEMORY_SIZE_MASK);
}

static void test_the_profilers_own_is_in_no_site(void **state) {
    (void)state;
    begin_anew();
    memory_allocated(address(1), 100, 0, MEMORY_OWN);
    assert_int_equal(profile_header()->memory.profiler_bytes, 100);
    assert_int_equal(profile_header()->memory.live_bytes, 0);
    assert_true(release(address(1), site_at(1, 1)));
    assert_int_equal(profile_header()->memory.profiler_bytes, 0);
    assert_int_equal(memory_site(site_at(1, 1))->freed_count, 0);
}

static void test_native_bytes_are_a_part(void **state) {
    (void)state;
    begin_anew();
    uint32_t site = site_at(1, 1);
    memory_allocated(address(1), 100, site, MEMORY_NATIVE);
    memory_allocated(address(8), 10, site, 0);
    memory_mapped(site, 4096);
    assert_int_equal(profile_header()->memory.native_bytes, 4196);
    assert_int_equal(profile_header()->memory.live_bytes, 4206);
    memory_unmapped(site, site, 1024, false);
    assert_int_equal(memory_site(site)->live_count, 3);
    assert_int_equal(memory_site(site)->freed_count, 0);
    memory_unmapped(site, site, 3072, true);
    assert_int_equal(memory_site(site)->live_count, 2);
    assert_int_equal(memory_site(site)->freed_bytes, 4096);
    assert_int_equal(memory_site(site)->freed_count, 1);
    assert_true(release(address(1), site));
    assert_int_equal(profile_header()->memory.native_bytes, 0);
    assert_int_equal(profile_header()->memory.live_bytes, 10);
}

static void test_places_are_found_again_until_their_code_ends(void **state) {
    (void)state;
    begin_anew();
    uintptr_t code = 0x10000, far = code + 0x5000;
    memory_keep_place(code + 8, 5, memory_place_of(site_at(1, 1)));
    memory_keep_place(far, 5, memory_place_of(site_at(1, 2)));
    assert_ptr_equal(memory_known_place(code + 8, 5)->site, memory_site(site_at(1, 1)));
    assert_null(memory_known_place(code + 8, 6));
    assert_null(memory_known_place(code + 10, 5));
    memory_forget_places(code + 10, 100);
    assert_non_null(memory_known_place(code + 8, 5));
    memory_forget_places(code, 8);
    assert_non_null(memory_known_place(code + 8, 5));
    memory_forget_places(code, 10);
    assert_null(memory_known_place(code + 8, 5));
    assert_ptr_equal(memory_known_place(far, 5)->site, memory_site(site_at(1, 2)));
}

static void test_a_trial_leaves_no_trace(void **state) {
    (void)state;
    begin_anew();
    memory_begin_trial();
    allocate(address(1), 1000, site_at(1, 1));
    memory_end_trial();
    assert_false(memory_begin_event()); /* nothing is counted until the run begins */
    memory_end_event();
    assert_false(release(address(1), 0));
    assert_int_equal(profile_header()->memory.site_count, 1);
    allocate(address(2), 10, site_at(1, 1));
    assert_int_equal(profile_header()->memory.live_bytes, 10);
    assert_int_equal(profile_header()->memory.peak_bytes, 10);
    assert_int_equal(bytes_at_peak(site_at(1, 1)), 10);
    memory_set_attention(MEMORY_NOT_COUNTING, false);
}

static void test_the_end_is_final(void **state) {
    (void)state;
    begin_anew();
    memory_set_paused(true);
    assert_int_equal(profile_header()->memory.state, ARENA_MEMORY_PAUSED);
    memory_set_paused(true);
    memory_set_paused(false);
    assert_int_equal(profile_header()->memory.state, ARENA_MEMORY_ON);
    assert_int_equal(profile_header()->memory.paused_count, 1);
    memory_end();
    assert_int_equal(profile_header()->memory.state, ARENA_MEMORY_ENDED);
    memory_set_paused(true);
    memory_begin();
    assert_int_equal(profile_header()->memory.state, ARENA_MEMORY_ENDED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_programs),
        cmocka_unit_test(test_sites_are_told_apart_by_node_line_and_thread),
        cmocka_unit_test(test_reallocating_that_fails_leaves_no_trace),
        cmocka_unit_test(test_an_address_that_is_allocated_again_was_freed),
        cmocka_unit_test(test_what_has_no_room_is_counted_as_such),
        cmocka_unit_test(test_the_profilers_own_is_in_no_site),
        cmocka_unit_test(test_native_bytes_are_a_part),
        cmocka_unit_test(test_places_are_found_again_until_their_code_ends),
        cmocka_unit_test(test_a_trial_leaves_no_trace),
        cmocka_unit_test(test_the_end_is_final),
    };
    return cmocka_run_group_tests(tests, memory_attach, fixture_remove);
}
