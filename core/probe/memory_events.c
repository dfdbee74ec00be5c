#include "core/probe/memory_events.h"

__thread struct memory_thread memory_this_thread;

/* Readers that see the new epoch see all that was noted in those before it. */
void memory_begin_epoch(void) {
    memory.epoch_since = memory.totals->ticks;
    __atomic_store_n(&memory.totals->peak_epoch, memory.totals->peak_epoch + 1, __ATOMIC_RELEASE);
}

void memory_renew_slow_clock(void) {
    uint64_t epoch_ticks = memory.clock_kind == ARENA_CLOCK_CNTVCT ? MEMORY_EPOCH_TICKS >> 6 : MEMORY_EPOCH_TICKS;
    memory.totals->ticks = clock_ticks(memory.clock_kind);
    if (memory.totals->ticks - memory.epoch_since > epoch_ticks)
        memory_begin_epoch();
}

void memory_count_unknown_free(void) { memory.totals->unknown_frees++; }
void memory_count_uncounted(void) { __atomic_fetch_add(&memory.totals->uncounted_allocations, 1, __ATOMIC_RELAXED); }

static void forget_stale(uint64_t *entry) {
    uint64_t stale = *entry;
    *entry = 0;
    memory_freed(stale, 0, false);
}

void memory_allocated(const void *block, uint64_t size, uint32_t site, uint64_t flags) {
    uint64_t *entry = size <= MEMORY_SIZE_MASK ? memory_make_entry(block) : NULL;
    if (!entry) {
        memory_count_uncounted();
        return;
    }
    if (*entry) /* freed behind our back */
        forget_stale(entry);
    *entry = memory_tag(site) | flags | size;
    if (flags & MEMORY_OWN) {
        memory.totals->profiler_bytes += size;
        return;
    }
    if (flags & MEMORY_NATIVE)
        memory.totals->native_bytes += size;
    memory_add(memory_site(site), size);
}

uint64_t memory_take(const void *block) {
    uint64_t *place = memory_entry(block);
    return place ? __atomic_exchange_n(place, 0, __ATOMIC_ACQ_REL) : 0;
}

void memory_freed(uint64_t entry, uint32_t place, bool temporary) {
    uint64_t size = memory_size_of(entry);
    if (entry & MEMORY_OWN) {
        memory.totals->profiler_bytes -= size;
        return;
    }
    if (entry & MEMORY_NATIVE)
        memory.totals->native_bytes -= size;
    struct arena_site *site = memory_site(memory_site_of(entry));
    memory_remove(site, memory_site(place), size);
    site->temporary_count += temporary;
}

void memory_kept(const void *block, uint64_t entry, uint32_t place) {
    uint64_t size = memory_size_of(entry), *there = memory_make_entry(block);
    if (there)
        *there = entry;
    if (entry & MEMORY_OWN) {
        memory.totals->profiler_bytes += size;
        return;
    }
    if (entry & MEMORY_NATIVE)
        memory.totals->native_bytes += size;
    struct arena_site *site = memory_site(memory_site_of(entry)), *freeing = memory_site(place);
    memory_before_change(site);
    site->live_bytes += size;
    site->live_count++;
    site->life_ticks -= memory.totals->ticks;
    memory.totals->live_bytes += size;
    freeing->freed_bytes -= size;
    freeing->freed_count--;
}

void memory_mapped(uint32_t site, uint64_t size) {
    memory.totals->native_bytes += size;
    memory_add(memory_site(site), size);
}

void memory_unmapped(uint32_t site, uint32_t place, uint64_t size, bool whole) {
    struct arena_site *mapping = memory_site(site), *freeing = memory_site(place);
    memory.totals->native_bytes -= size;
    memory_remove(mapping, freeing, size);
    if (whole)
        return;
    mapping->live_count++;
    mapping->life_ticks -= memory.totals->ticks;
    freeing->freed_count--;
}

static void apply_free(const struct memory_event *event, uint32_t site) {
    uint64_t entry = event->entry ? event->entry : memory_take(event->block);
    if (entry)
        memory_freed(entry, site, event->temporary);
    else
        memory_count_unknown_free();
}

void memory_apply(const struct memory_event *event) {
    uint32_t site = memory_find_site(event->origin);
    switch (event->kind) {
    case MEMORY_ALLOCATED:
        memory_allocated(event->block, memory_size_of(event->entry), site, event->entry & (MEMORY_NATIVE | MEMORY_OWN));
        break;
    case MEMORY_FREED:
        apply_free(event, site);
        break;
    case MEMORY_KEPT:
        memory_kept(event->block, event->entry, site);
        break;
    }
}
