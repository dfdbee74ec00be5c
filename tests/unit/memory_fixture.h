/* memory_fixture.h - the memory collector on a real arena, and events as the engine's hooks make them. */
#ifndef PYPROF_TESTS_MEMORY_FIXTURE_H
#define PYPROF_TESTS_MEMORY_FIXTURE_H

#include "probe_fixture.h"

#include "core/probe/memory.h"
#include "core/probe/memory_events.h"

__attribute__((unused)) static int memory_attach(void **state) {
    const char *reason;
    if (fixture_attach(state) != 0 || !memory_prepare(&reason) || !profile_register_thread())
        return -1;
    memory_begin();
    return 0;
}

/* Forgets all blocks, sites and sums. */
__attribute__((unused)) static void begin_anew(void) {
    memset(&profile_header()->memory, 0, sizeof profile_header()->memory);
    memory_after_fork_in_child(true);
}

/* An address that is never looked at. */
__attribute__((unused)) static const void *address(uint64_t number) {
    return (const void *)(uintptr_t)(UINT64_C(0x7e0000000000) + 16 * number);
}

__attribute__((unused)) static uint32_t site_at(uint32_t node, uint32_t line) {
    struct memory_origin origin = {.thread = profile_current_thread, .node = node, .code = 7, .line = line};
    return memory_find_site(origin);
}

__attribute__((unused)) static void allocate(const void *block, uint64_t size, uint32_t site) {
    memory_lock();
    memory_allocated(block, size, site, 0);
    memory_this_thread.last_block = block;
    memory_unlock();
}

/* false: it was not known. */
__attribute__((unused)) static bool release(const void *block, uint32_t place) {
    memory_lock();
    uint64_t entry = memory_take(block);
    if (entry)
        memory_freed(entry, place, memory_is_temporary(block));
    memory_unlock();
    return entry != 0;
}

/* A site's numbers at the high-water mark, as a reader gets them. */
__attribute__((unused)) static uint64_t bytes_at_peak(uint32_t site) {
    const struct arena_memory *totals = &profile_header()->memory;
    const struct arena_site *row = memory_site(site);
    return totals->at_peak || row->peak_epoch < totals->mark_epoch ? row->live_bytes : row->peak_bytes;
}
__attribute__((unused)) static uint64_t count_at_peak(uint32_t site) {
    const struct arena_memory *totals = &profile_header()->memory;
    const struct arena_site *row = memory_site(site);
    return totals->at_peak || row->peak_epoch < totals->mark_epoch ? row->live_count : row->peak_count;
}

#endif
