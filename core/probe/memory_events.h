/* memory_events.h - what an allocation or a free does to the numbers.
 *
 * The high-water mark is that of all sites at the same instant, without copying them all: the first event after it
 * that makes the sum smaller begins a new epoch, and each site's numbers are copied before they first change in an
 * epoch. While the sum rises to one record after the other, nothing is copied. Epochs also begin as time goes by: the
 * first change of a site in any of them is noted, so that readers find what has changed, and what changes often costs
 * nothing more for it. See struct arena_site for how both are read. */
#ifndef PYPROF_PROBE_MEMORY_EVENTS_H
#define PYPROF_PROBE_MEMORY_EVENTS_H

#include "core/base/clock.h"
#include "core/probe/memory_lock.h"

void memory_renew_slow_clock(void);
void memory_begin_epoch(void);

/* Whether the recorder asks for something that nobody was told of yet. */
HOT_INLINE bool memory_is_asked(void) {
    const struct arena_mailbox *mailbox = memory.mailbox;
    return mailbox && (mailbox->pause_memory != memory.seen_pause || mailbox->take_census != memory.seen_census ||
                       mailbox->publish_bytecode != memory.seen_bytecode);
}

/* The clock of lifetimes is read at each site's every so-many-th allocation, and on slow paths. A power of two. What
 * is asked for is looked at as often: the next event takes its slow path then. */
enum { MEMORY_CLOCK_EVENTS = 64, MEMORY_EPOCH_TICKS = 1 << 28 /* of a processor's clock: about a tenth of a second */ };
HOT_INLINE void memory_renew_clock(void) {
    if (UNLIKELY(memory_is_asked()))
        __atomic_fetch_or(&memory.attention, MEMORY_ASKED, __ATOMIC_RELAXED);
#if defined(__x86_64__)
    if (LIKELY(memory.clock_kind == ARENA_CLOCK_TSC)) {
        uint64_t now = memory.totals->ticks = clock_ticks(ARENA_CLOCK_TSC);
        if (UNLIKELY(now - memory.epoch_since > MEMORY_EPOCH_TICKS))
            memory_begin_epoch();
        return;
    }
#endif
    memory_renew_slow_clock();
}

/* The site's live numbers are about to change. */
HOT_INLINE void memory_before_change(struct arena_site *site) {
    uint64_t epoch = memory.totals->peak_epoch;
    if (UNLIKELY(site->peak_epoch != epoch)) {
        if (site->peak_epoch < memory.totals->mark_epoch) {
            site->peak_bytes = site->live_bytes;
            site->peak_count = site->live_count;
        }
        site->peak_epoch = epoch;
        memory.site_epochs[(size_t)(site - memory.sites) / ARENA_SITES_OF_EPOCH] = epoch;
    }
}

/* A block of so many bytes is there. */
HOT_INLINE void memory_add(struct arena_site *site, uint64_t size) {
    struct arena_memory *totals = memory.totals;
    uint64_t live = totals->live_bytes + size;
    memory_before_change(site);
    site->live_bytes += size;
    site->live_count++;
    site->allocated_bytes += size;
    uint64_t count = ++site->allocated_count;
    site->life_ticks -= totals->ticks;
    totals->live_bytes = live;
    if (live > site->highest_bytes)
        site->highest_bytes = live;
    if (UNLIKELY(live > totals->watched_peak)) {
        totals->watched_peak = live;
        if (live > totals->peak_bytes) {
            totals->peak_bytes = live;
            totals->peak_ticks = totals->ticks;
            totals->at_peak = 1;
        }
    }
    if (UNLIKELY(count % MEMORY_CLOCK_EVENTS == 0))
        memory_renew_clock();
}

/* A block that came from `site` is gone, at `place`. */
HOT_INLINE void memory_remove(struct arena_site *site, struct arena_site *place, uint64_t size) {
    struct arena_memory *totals = memory.totals;
    if (UNLIKELY(totals->at_peak)) {
        totals->at_peak = 0;
        totals->mark_epoch = ++totals->peak_epoch;
    }
    memory_before_change(site);
    site->live_bytes -= size;
    site->live_count--;
    site->life_ticks += totals->ticks;
    totals->live_bytes -= size;
    place->freed_bytes += size;
    place->freed_count++;
}

/* --- with the lock, and with whatever can happen ------------------------------------------------------------ */

/* A block is there: at a site; flags: MEMORY_NATIVE, MEMORY_OWN (which has no site). */
void memory_allocated(const void *block, uint64_t size, uint32_t site, uint64_t flags);

/* The block's entry, taken out; 0: it is not known. */
uint64_t memory_take(const void *block);
/* And with it its numbers: it was freed at `place`. */
void memory_freed(uint64_t entry, uint32_t place, bool temporary);
/* Reallocating failed: all is as it was before memory_freed(entry, place, false). */
void memory_kept(const void *block, uint64_t entry, uint32_t place);

/* A mapping of native code, which is no block of the table, and a part of one; whole: what is left of it. */
void memory_mapped(uint32_t site, uint64_t size);
void memory_unmapped(uint32_t site, uint32_t place, uint64_t size, bool whole);

void memory_apply(const struct memory_event *event);

/* Whether a block that is freed now is the one that its thread allocated last. */
HOT_INLINE bool memory_is_temporary(const void *block) {
    if (LIKELY(memory_this_thread.last_block != block))
        return false;
    memory_this_thread.last_block = NULL;
    return true;
}

/* What happens in the middle of something else, or has no room. */
void memory_count_unknown_free(void);
void memory_count_uncounted(void);

#endif
