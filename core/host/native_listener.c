#include "core/host/native_listener.h"

#include "core/host/python_version/frames.h" /* Python.h comes before the headers of libc */

#include <dlfcn.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "core/host/memory_hooks.h"
#include "core/probe/mapped_ranges.h"
#include "core/probe/memory.h"
#include "core/probe/memory_events.h"
#include "core/probe/profile_writer.h"
#include "pyprof/native.h"

/* --- mappings --------------------------------------------------------------------------------------------- */

static struct {
    struct mapped_ranges ranges;
    size_t page; /* bytes */
    bool locked;
} mappings;

static __thread bool has_lock; /* this thread */

/* false: Python itself maps, or it is a signal handler in the middle of counting, for which nobody can wait. */
static bool lock_mappings(void) {
    if (has_lock || memory_this_thread.state & MEMORY_INSIDE || (memory.busy && python_has_main_lock()))
        return false;
    has_lock = true;
    while (__atomic_exchange_n(&mappings.locked, true, __ATOMIC_ACQUIRE))
        sched_yield();
    return true;
}

static void unlock_mappings(void) {
    __atomic_store_n(&mappings.locked, false, __ATOMIC_RELEASE);
    has_lock = false;
}

/* The kernel takes whole pages. Returns the bytes that were counted. */
static size_t remove_pages(void *address, size_t size) {
    size_t whole = size + (mappings.page - size % mappings.page) % mappings.page;
    return whole < size ? 0 : mapped_ranges_remove(&mappings.ranges, (uintptr_t)address, whole, memory_native_unmapped);
}

/* What still stands there was unmapped by somebody who is not seen. */
static void add_mapping(void *address, size_t size) {
    remove_pages(address, size);
    if (!mapped_ranges_have_room(&mappings.ranges))
        return;
    uint32_t site = memory_native_mapped(size);
    if (site != MEMORY_NOT_COUNTED)
        mapped_ranges_add(&mappings.ranges, (uintptr_t)address, size, site);
}

static void mapped(void *address, size_t size) {
    if (lock_mappings()) {
        add_mapping(address, size);
        unlock_mappings();
    } else if (!(memory_this_thread.state & MEMORY_INSIDE) && !(memory.attention & MEMORY_NOT_COUNTING)) {
        memory_count_uncounted();
    }
}

static void unmapped(void *address, size_t size) {
    if (!lock_mappings())
        return;
    remove_pages(address, size);
    unlock_mappings();
}

/* As realloc: it is freed and allocated anew. A file's mapping, or what was not counted, stays so. */
static void remapped(void *from, size_t size, void *to, size_t new_size) {
    if (to && remove_pages(from, size))
        add_mapping(to, new_size);
    else if (to)
        remove_pages(to, new_size);
    unlock_mappings();
}

/* --- beginning -------------------------------------------------------------------------------------------- */

static const struct native_hooks hooks = {
    .allocated = memory_native_allocated,
    .frees = memory_native_frees,
    .leaves = memory_native_leaves,
    .kept = memory_native_kept,
    .mapped = mapped,
    .unmapped = unmapped,
    .remaps = lock_mappings,
    .remapped = remapped,
};

static __thread unsigned heard;
static void hear_block(void *block, size_t size) { heard += block && size; }
static void hear_free(void *block) { heard += block != NULL; }

/* Where the program has a malloc of its own, or another library is in front, nothing is heard, or half of it. */
static bool is_called(const struct native_hooks **listener) {
    static struct native_hooks hearing;
    void *(*program_malloc)(size_t) = (void *(*)(size_t))(uintptr_t)dlsym(RTLD_DEFAULT, "malloc");
    void (*program_free)(void *) = (void (*)(void *))(uintptr_t)dlsym(RTLD_DEFAULT, "free");
    hearing = hooks;
    hearing.allocated = hear_block;
    hearing.frees = hear_free;
    __atomic_store_n(listener, &hearing, __ATOMIC_RELEASE);
    void *block = program_malloc ? program_malloc(1) : NULL;
    if (block && program_free)
        program_free(block);
    __atomic_store_n(listener, NULL, __ATOMIC_RELEASE);
    return heard == 2;
}

void native_listener_begin(void) {
    const struct native_hooks **listener = dlsym(RTLD_DEFAULT, NATIVE_HOOKS);
    mappings.page = (size_t)sysconf(_SC_PAGESIZE);
    if (!listener || !mapped_ranges_prepare(&mappings.ranges) || !is_called(listener))
        return;
    memory_publish_own_range(mappings.ranges.rows, MAPPED_RANGES_MOST * sizeof *mappings.ranges.rows);
    profile_header()->memory.native = 1;
    __atomic_store_n(listener, &hooks, __ATOMIC_RELEASE);
}

void native_listener_after_fork_in_child(bool counting) {
    if (!mappings.ranges.rows)
        return;
    mapped_ranges_clear(&mappings.ranges);
    has_lock = false;
    __atomic_store_n(&mappings.locked, false, __ATOMIC_RELEASE);
    if (!counting)
        return;
    memory_publish_own_range(mappings.ranges.rows, MAPPED_RANGES_MOST * sizeof *mappings.ranges.rows);
    profile_header()->memory.native = 1;
}
