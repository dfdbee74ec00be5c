#include "core/host/memory_slow.h" /* Python.h comes before the headers of libc */

#include <errno.h>

#include "core/probe/memory.h"
#include "core/probe/shadow_stack.h"

/* --- slow paths under the interpreter lock -------------------------------------------------------------------- */

static bool is_own_work(void) { return memory_this_thread.state >= MEMORY_OWN_WORK; }

/* What comes in between, from a signal handler, finds this thread inside. A reading of the run's clock, for
 * unlock_inside. */
static uint64_t lock_inside(void) {
    memory_this_thread.state |= MEMORY_INSIDE;
    uint64_t before = shadow_reading();
    memory_lock();
    return before;
}
/* What it took is no time of the program's; that of the engine's own work is taken out as a whole. */
static void unlock_inside(uint64_t before) {
    memory_unlock();
    if (!is_own_work())
        shadow_discount(before);
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
}

/* In the engine's own work nothing is looked up: its tables may be in the middle of a change. */
uint32_t memory_find_site_here(const PyThreadState *running) {
    return is_own_work() ? 0 : memory_site_of(memory_find_place(running).tag);
}

void memory_slow_allocated(const PyThreadState *running, const void *block, uint64_t size, uint64_t flags) {
    if (UNLIKELY(memory_is_asked()))
        memory_tell_requests();
    if (!block || !memory_counts_allocations())
        return;
    int saved_errno = errno;
    uint64_t before = lock_inside();
    memory_allocated(block, size, memory_find_site_here(running), flags | (is_own_work() ? MEMORY_OWN : 0));
    memory_this_thread.last_block = block;
    unlock_inside(before);
    errno = saved_errno;
}

uint64_t memory_slow_leaves(const PyThreadState *running, const void *block) {
    if (!block || !memory_counts_frees())
        return 0;
    int saved_errno = errno;
    uint64_t before = lock_inside();
    uint64_t entry = memory_take(block);
    if (!entry)
        memory_count_unknown_free();
    else
        memory_freed(entry, memory_find_site_here(running), memory_is_temporary(block));
    unlock_inside(before);
    errno = saved_errno;
    return entry;
}

void memory_slow_kept(const PyThreadState *running, const void *block, uint64_t entry) {
    if (!entry || !memory_counts_frees())
        return;
    uint64_t before = lock_inside();
    memory_kept(block, entry, memory_find_site_here(running));
    unlock_inside(before);
}

/* --- without it ----------------------------------------------------------------------------------------------- */

static void tell(enum memory_event_kind kind, const void *block, uint64_t entry, bool temporary) {
    int saved_errno = errno;
    memory_this_thread.state |= MEMORY_INSIDE;
    struct memory_event event = {kind, block, entry, temporary, memory_foreign_origin()};
    memory_tell(&event);
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
    errno = saved_errno;
}

static bool tell_free_of_queued(const void *block, bool temporary) {
    int saved_errno = errno;
    memory_this_thread.state |= MEMORY_INSIDE;
    struct memory_event event = {MEMORY_FREED, block, 0, temporary, memory_foreign_origin()};
    bool told = memory_tell_free_of_queued(&event);
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
    errno = saved_errno;
    return told;
}

void memory_foreign_allocated(const void *block, uint64_t size, uint64_t flags) {
    if (!block || !memory_counts_allocations())
        return;
    if (size > MEMORY_SIZE_MASK) {
        memory_count_uncounted();
        return;
    }
    tell(MEMORY_ALLOCATED, block, size | flags, false);
    memory_this_thread.last_block = block;
}

/* A block that the table does not have may still be in the queue. */
static uint64_t take_foreign(const void *block) {
    uint64_t entry = memory_take(block);
    if (entry)
        return entry;
    memory_this_thread.state |= MEMORY_INSIDE;
    memory_lock_foreign();
    entry = memory_take(block);
    if (!entry)
        memory_count_unknown_free();
    memory_unlock_foreign();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
    return entry;
}

uint64_t memory_foreign_leaves(const void *block) {
    if (!block || !memory_counts_frees())
        return 0;
    uint64_t entry = take_foreign(block);
    if (entry)
        tell(MEMORY_FREED, block, entry, memory_is_temporary(block));
    return entry;
}

/* As memory_foreign_leaves, but for what cannot fail: a block that has been there for a moment only need not be
 * waited for. */
static void foreign_frees(const void *block) {
    if (!block || !memory_counts_frees())
        return;
    uint64_t entry = memory_take(block);
    bool temporary = memory_is_temporary(block);
    if (!entry && tell_free_of_queued(block, temporary))
        return;
    entry = entry ? entry : take_foreign(block);
    if (entry)
        tell(MEMORY_FREED, block, entry, temporary);
}

void memory_foreign_kept(const void *block, uint64_t entry) {
    if (entry && memory_counts_frees())
        tell(MEMORY_KEPT, block, entry, false);
}

/* --- on any thread ---------------------------------------------------------------------------------------------- */

void memory_any_allocated(const void *block, uint64_t size, uint64_t flags) {
    if (memory_is_inside() || !memory_counts_allocations())
        return;
    if (!python_has_main_lock())
        memory_foreign_allocated(block, size, flags);
    else if (memory.busy) /* a signal handler, in the middle of a fast path */
        memory_count_uncounted();
    else
        memory_slow_allocated(python_running_thread(), block, size, flags);
}

uint64_t memory_any_leaves(const void *block) {
    if (memory_is_inside() || !memory_counts_frees())
        return 0;
    if (!python_has_main_lock())
        return memory_foreign_leaves(block);
    return memory.busy ? 0 : memory_slow_leaves(python_running_thread(), block);
}

void memory_any_frees(const void *block) {
    if (memory_is_inside() || !memory_counts_frees())
        return;
    if (!python_has_main_lock())
        foreign_frees(block);
    else if (!memory.busy)
        memory_slow_leaves(python_running_thread(), block);
}

void memory_any_kept(const void *block, uint64_t left) {
    if (!left || memory_is_inside() || !memory_counts_frees())
        return;
    if (!python_has_main_lock())
        memory_foreign_kept(block, left);
    else
        memory_slow_kept(python_running_thread(), block, left);
}
