/* Events of several threads at once: nothing is lost, whatever way it took. */
#include "memory_fixture.h"

#include <pthread.h>

enum { THREADS = 3, ROUNDS = 20000, HANDED = 256 };

/* Blocks go from those who allocate to the main thread, which frees them. */
static struct {
    pthread_mutex_t mutex;
    const void *blocks[HANDED];
    int count;
    int running;
} hand = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static uint32_t first_site, foreign_line;

static struct memory_origin foreign_origin(void) {
    return (struct memory_origin){.thread = profile_current_thread, .node = 1, .code = 7, .line = foreign_line};
}

static void tell_allocation(const struct arena_thread *thread, const void *block, uint64_t size) {
    struct memory_event event = {MEMORY_ALLOCATED, block, size, false, foreign_origin()};
    event.origin.thread = thread;
    memory_tell(&event);
}

static bool give(const void *block) {
    pthread_mutex_lock(&hand.mutex);
    bool room = hand.count < HANDED;
    if (room)
        hand.blocks[hand.count++] = block;
    pthread_mutex_unlock(&hand.mutex);
    return room;
}

static const void *take_given(void) {
    pthread_mutex_lock(&hand.mutex);
    const void *block = hand.count ? hand.blocks[--hand.count] : NULL;
    pthread_mutex_unlock(&hand.mutex);
    return block;
}

/* Two blocks a round: one is given away where that is possible, the other freed here, before or after the main
 * thread has seen it. */
static void *run_foreign(void *argument) {
    const struct arena_thread *thread = argument;
    const struct memory_origin freeing = {.thread = thread, .node = 1, .code = 7, .line = 9};
    static int numbers;
    uint64_t number = (uint64_t)(__atomic_fetch_add(&numbers, 1, __ATOMIC_RELAXED) + 1) << 24;
    for (int i = 0; i < ROUNDS; i++, number += 2) {
        tell_allocation(thread, address(number), 3);
        tell_allocation(thread, address(number + 1), 5);
        const void *kept = give(address(number)) ? NULL : address(number);
        const void *mine[] = {address(number + 1), kept};
        for (int k = 0; k < 2 && mine[k]; k++) {
            uint64_t entry = memory_take(mine[k]);
            struct memory_event early = {MEMORY_FREED, mine[k], 0, false, freeing};
            if (!entry && i % 2 && memory_tell_free_of_queued(&early))
                continue;
            if (!entry) {
                memory_lock_foreign();
                entry = memory_take(mine[k]);
                memory_unlock_foreign();
            }
            assert_int_not_equal(entry, 0);
            struct memory_event event = {MEMORY_FREED, mine[k], entry, false, freeing};
            memory_tell(&event);
        }
    }
    __atomic_fetch_sub(&hand.running, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* An allocation as on the fast path. */
static void allocate_fast(const struct memory_place *place, const void *block, uint64_t size) {
    if (memory_begin_event()) {
        uint64_t *entry = memory_entry(block);
        if (entry && !*entry) {
            *entry = place->tag | size;
            memory_add(place->site, size);
            memory_end_event();
            return;
        }
    }
    memory_end_event();
    allocate(block, size, memory_site_of(place->tag));
}

static void release_fast(const struct memory_place *place, const void *block) {
    if (memory_begin_event()) {
        uint64_t *entry = memory_entry(block), left = entry ? *entry : 0;
        if (left) {
            *entry = 0;
            memory_remove(memory_site(memory_site_of(left)), place->site, memory_size_of(left));
            memory_end_event();
            return;
        }
    }
    memory_end_event();
    assert_true(release(block, memory_site_of(place->tag)));
}

static void test_nothing_is_lost(void **state) {
    (void)state;
    begin_anew();
    first_site = site_at(1, 1);
    foreign_line = 2;
    struct memory_place place = memory_place_of(first_site);
    pthread_t threads[THREADS];
    hand.running = THREADS;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_foreign, profile_current_thread), 0);
    uint64_t rounds = 0, freed_here = 0;
    const void *given;
    while (__atomic_load_n(&hand.running, __ATOMIC_ACQUIRE) || hand.count) {
        allocate_fast(&place, address(rounds % 1000), 7);
        while ((given = take_given())) {
            release_fast(&place, given);
            freed_here++;
        }
        release_fast(&place, address(rounds % 1000));
        rounds++;
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    memory_lock();
    memory_unlock();
    const struct arena_memory *totals = &profile_header()->memory;
    const struct arena_site *here = memory_site(first_site), *there = memory_site(site_at(1, 2));
    const struct arena_site *freeing = memory_site(site_at(1, 9));
    assert_int_equal(totals->live_bytes, 0);
    assert_int_equal(totals->unknown_frees, 0);
    assert_int_equal(here->allocated_count, rounds);
    assert_int_equal(here->live_count, 0);
    assert_int_equal(there->allocated_count, 2 * THREADS * ROUNDS);
    assert_int_equal(there->allocated_bytes, 8 * THREADS * ROUNDS);
    assert_int_equal(there->live_count, 0);
    assert_int_equal(here->freed_count, rounds + freed_here);
    assert_int_equal(freeing->freed_count, 2 * THREADS * ROUNDS - freed_here);
}

static void test_a_full_queue_is_gone_through(void **state) {
    (void)state;
    begin_anew();
    foreign_line = 3;
    enum { MANY = 10000 };
    for (uint64_t i = 0; i < MANY; i++)
        tell_allocation(profile_current_thread, address(i), 1);
    assert_in_range(profile_header()->memory.live_bytes, MANY / 2, MANY);
    memory_lock();
    memory_unlock();
    assert_int_equal(profile_header()->memory.live_bytes, MANY);
    assert_true(memory_begin_event());
    memory_end_event();
}

static void test_a_free_of_what_is_in_the_queue(void **state) {
    (void)state;
    begin_anew();
    foreign_line = 5;
    const struct arena_memory *totals = &profile_header()->memory;
    struct memory_event event = {MEMORY_FREED, address(1), 0, true, foreign_origin()};
    assert_false(memory_tell_free_of_queued(&event));
    tell_allocation(profile_current_thread, address(1), 64);
    assert_true(memory_tell_free_of_queued(&event));
    assert_false(memory_tell_free_of_queued(&event)); /* it is gone already */
    tell_allocation(profile_current_thread, address(1), 32);
    assert_true(memory_tell_free_of_queued(&event));
    memory_lock();
    memory_unlock();
    const struct arena_site *site = memory_site(site_at(1, 5));
    assert_int_equal(site->allocated_bytes, 96);
    assert_int_equal(site->freed_bytes, 96);
    assert_int_equal(site->temporary_count, 2);
    assert_int_equal(totals->live_bytes, 0);
    assert_int_equal(totals->peak_bytes, 64);
    assert_int_equal(totals->unknown_frees, 0);
}

static void test_what_was_told_comes_first(void **state) {
    (void)state;
    begin_anew();
    foreign_line = 4;
    tell_allocation(profile_current_thread, address(1), 64);
    assert_false(memory_begin_event());
    memory_end_event();
    assert_true(release(address(1), site_at(1, 1)));
    assert_int_equal(profile_header()->memory.live_bytes, 0);
    assert_int_equal(profile_header()->memory.peak_bytes, 64);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_a_full_queue_is_gone_through),
        cmocka_unit_test(test_a_free_of_what_is_in_the_queue),
        cmocka_unit_test(test_what_was_told_comes_first),
    };
    return cmocka_run_group_tests(tests, memory_attach, fixture_remove);
}
