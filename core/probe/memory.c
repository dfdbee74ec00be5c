#include "core/probe/memory.h"

#include "core/base/clock.h"
#include "core/probe/memory_events.h"

static uint64_t paused_since;
static bool prepared;

bool memory_prepare(const char **reason) {
    struct arena_header *header = profile_header();
    memory.totals = &header->memory;
    memory.clock_kind = (enum arena_clock_kind)header->clock.kind;
    memory_lock_prepare();
    *reason = "no room for the blocks of memory that are alive (is there a limit on address space, ulimit -v?)";
    if (!memory_blocks_prepare())
        return false;
    *reason = "no room for allocation sites in the profile";
    prepared = memory_sites_begin();
    memory_publish_own_range(memory_places, sizeof memory_places);
    return prepared;
}

static bool is_on(void) { return prepared && !(memory.attention & MEMORY_NOT_COUNTING); }

void memory_begin(void) {
    if (!prepared || memory.totals->state != ARENA_MEMORY_OFF)
        return;
    memory_renew_clock();
    __atomic_store_n(&memory.totals->state, ARENA_MEMORY_ON, __ATOMIC_RELEASE);
    memory_set_attention(MEMORY_NOT_COUNTING, false);
}

void memory_begin_trial(void) {
    if (prepared)
        memory_set_attention(MEMORY_NOT_COUNTING, false);
}

void memory_end_trial(void) {
    if (!prepared)
        return;
    memory_set_attention(MEMORY_NOT_COUNTING, true);
    struct arena_memory *totals = memory.totals;
    totals->live_bytes = totals->peak_bytes = totals->peak_epoch = totals->mark_epoch = totals->at_peak =
        totals->peak_ticks = 0;
    totals->watched_peak = 0;
    totals->unknown_frees = totals->uncounted_allocations = totals->profiler_bytes = totals->native_bytes = 0;
    memory.sites[0] = (struct arena_site){0};
    prepared = memory_sites_begin();
    memory_blocks_clear();
}

static void account_for_pause(void) {
    memory_renew_clock();
    memory.totals->paused_ticks += memory.totals->ticks - paused_since;
}

void memory_end(void) {
    if (!is_on())
        return;
    memory_this_thread.state |= MEMORY_INSIDE;
    memory_lock();
    memory_renew_clock();
    if (memory.attention & MEMORY_PAUSED)
        account_for_pause();
    memory_set_attention(MEMORY_NOT_COUNTING, true);
    __atomic_store_n(&memory.totals->state, ARENA_MEMORY_ENDED, __ATOMIC_RELEASE);
    memory_unlock();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
}

void memory_set_paused(bool paused) {
    if (!is_on() || paused == !!(memory.attention & MEMORY_PAUSED))
        return;
    memory_this_thread.state |= MEMORY_INSIDE;
    memory_lock();
    memory_set_attention(MEMORY_PAUSED, paused);
    if (paused) {
        memory_renew_clock();
        paused_since = memory.totals->ticks;
        memory.totals->paused_count++;
    } else {
        account_for_pause();
    }
    __atomic_store_n(&memory.totals->state, paused ? ARENA_MEMORY_PAUSED : ARENA_MEMORY_ON, __ATOMIC_RELEASE);
    memory_unlock();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
}

const struct arena_site *memory_view_sites(uint32_t *count) {
    *count = 0;
    if (!prepared)
        return NULL;
    memory_this_thread.state |= MEMORY_INSIDE;
    memory_lock(); /* which takes what is in the queue */
    memory_unlock();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
    *count = memory.totals->site_count;
    return memory.sites;
}

static bool (*tell_requests)(void);

void memory_watch_requests(bool (*tell)(void)) {
    tell_requests = tell;
    memory.mailbox = &profile_header()->mailbox;
}

void memory_tell_requests(void) {
    uint32_t pause = memory.mailbox->pause_memory, census = memory.mailbox->take_census;
    uint32_t bytecode = memory.mailbox->publish_bytecode;
    if (!tell_requests())
        return;
    memory.seen_pause = pause;
    memory.seen_census = census;
    memory.seen_bytecode = bytecode;
    memory_set_attention(MEMORY_ASKED, false);
}

uint64_t memory_watch_peak(void) {
    if (!prepared)
        return 0;
    memory_this_thread.state |= MEMORY_INSIDE;
    memory_lock();
    uint64_t most = memory.totals->watched_peak;
    memory.totals->watched_peak = memory.totals->live_bytes;
    memory_unlock();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
    return most;
}

void memory_own_work_begins(void) { memory_this_thread.state += MEMORY_OWN_WORK; }
void memory_own_work_ends(void) { memory_this_thread.state -= MEMORY_OWN_WORK; }

struct arena_own_range *memory_publish_own_range(const void *address, size_t size) {
    uint32_t index = memory.totals->own_range_count;
    if (index == ARENA_MAX_OWN_RANGES)
        return NULL;
    memory.totals->own_ranges[index] = (struct arena_own_range){(uintptr_t)address, size};
    __atomic_store_n(&memory.totals->own_range_count, index + 1, __ATOMIC_RELEASE);
    return &memory.totals->own_ranges[index];
}

/* The child's header is at the place of its parent's, and empty. */
void memory_after_fork_in_child(bool counting) {
    if (!prepared)
        return;
    memory_lock_reset();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
    memory_this_thread.last_block = NULL;
    memory_set_attention(MEMORY_PAUSED, false);
    memory_set_attention(MEMORY_ASKED, false);
    memory.seen_pause = memory.seen_census = memory.seen_bytecode = 0;
    prepared = counting && memory_sites_begin();
    if (!prepared) {
        memory_set_attention(MEMORY_NOT_COUNTING, true);
        return;
    }
    memory_blocks_clear();
    memory_blocks_publish();
    memory_publish_own_range(memory_places, sizeof memory_places);
    if (memory.attention & MEMORY_NOT_COUNTING)
        return;
    memory_renew_clock();
    memory.totals->state = ARENA_MEMORY_ON;
}
