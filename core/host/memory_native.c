/* memory_native.c - what native code allocates itself. */
#include "core/host/memory_hooks.h"
#include "core/host/memory_slow.h" /* Python.h comes before the headers of libc */

#include <errno.h>

/* The engine's own native memory is no part of the profile. */
void memory_native_allocated(void *block, size_t size) {
    if (!memory_this_thread.state)
        memory_any_allocated(block, size, MEMORY_NATIVE);
}

void memory_native_frees(void *block) { memory_any_frees(block); }

uint64_t memory_native_leaves(void *block) { return memory_any_leaves(block); }

void memory_native_kept(void *block, uint64_t left) { memory_any_kept(block, left); }

/* --- mappings ----------------------------------------------------------------------------------------------------- */

/* They are few, and their site is wanted at once: the lock is taken whoever it is. */
static bool lock_for_mapping(void) {
    if (memory_is_inside() || (python_has_main_lock() && memory.busy))
        return false;
    memory_this_thread.state |= MEMORY_INSIDE;
    if (python_has_main_lock())
        memory_lock();
    else
        memory_lock_foreign();
    return true;
}

static void unlock_for_mapping(void) {
    if (python_has_main_lock())
        memory_unlock();
    else
        memory_unlock_foreign();
    memory_this_thread.state &= ~(uint32_t)MEMORY_INSIDE;
}

static uint32_t find_site_of_any(void) {
    if (python_has_main_lock())
        return memory_find_site_here(python_running_thread());
    return memory_find_site(memory_foreign_origin());
}

uint32_t memory_native_mapped(size_t size) {
    if (memory_this_thread.state || !memory_counts_allocations())
        return MEMORY_NOT_COUNTED;
    int saved_errno = errno;
    uint32_t site = MEMORY_NOT_COUNTED;
    if (lock_for_mapping()) {
        site = find_site_of_any();
        memory_mapped(site, size);
        unlock_for_mapping();
    } else {
        memory_count_uncounted();
    }
    errno = saved_errno;
    return site;
}

void memory_native_unmapped(uint32_t site, size_t size, bool whole) {
    if (!memory_counts_frees())
        return;
    int saved_errno = errno;
    if (lock_for_mapping()) {
        memory_unmapped(site, find_site_of_any(), size, whole);
        unlock_for_mapping();
    }
    errno = saved_errno;
}
