/* The fast paths are those of events under the interpreter lock whose place is known: obj and mem domain nearly
 * always. All others take the collector's lock (slow_*), or tell of what they have done (foreign_*). */
#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/memory_hooks.h"

#include "core/host/memory_cost.h"
#include "core/host/memory_origin.h" /* Python.h comes before the headers of libc */

#include <errno.h>
#include <string.h>

#include "core/host/census.h"
#include "core/host/requests.h"
#include "core/probe/memory.h"
#include "core/probe/memory_events.h"
#include "core/probe/shadow_stack.h"

/* One domain's allocators as they were. */
struct hook {
    PyMemAllocatorEx original;
    uint64_t quiet_size; /* freeing a block of at most so many bytes leads to no other hook */
};

static struct hook raw_hook, mem_hook, obj_hook;
static PyObjectArenaAllocator arenas;

enum { PYMALLOC_MOST = 512 /* larger blocks are the raw domain's */ };

/* --- slow paths under the interpreter lock -------------------------------------------------------------------- */

static bool counts_allocations(void) { return !(memory.attention & (MEMORY_NOT_COUNTING | MEMORY_PAUSED)); }
static bool counts_frees(void) { return !(memory.attention & MEMORY_NOT_COUNTING); }

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
static uint32_t find_site(const PyThreadState *running) {
    return is_own_work() ? 0 : memory_site_of(memory_find_place(running).tag);
}

static SLOW_PATH void slow_allocated(const PyThreadState *running, const void *block, uint64_t size, uint64_t flags) {
    if (UNLIKELY(memory_is_asked()))
        memory_tell_requests();
    if (!block || !counts_allocations())
        return;
    int saved_errno = errno;
    uint64_t before = lock_inside();
    memory_allocated(block, size, find_site(running), flags | (is_own_work() ? MEMORY_OWN : 0));
    memory_this_thread.last_block = block;
    unlock_inside(before);
    errno = saved_errno;
}

static SLOW_PATH uint64_t slow_leaves(const PyThreadState *running, const void *block) {
    if (!block || !counts_frees())
        return 0;
    int saved_errno = errno;
    uint64_t before = lock_inside();
    uint64_t entry = memory_take(block);
    if (!entry)
        memory_count_unknown_free();
    else
        memory_freed(entry, find_site(running), memory_is_temporary(block));
    unlock_inside(before);
    errno = saved_errno;
    return entry;
}

static SLOW_PATH void slow_kept(const PyThreadState *running, const void *block, uint64_t entry) {
    if (!entry || !counts_frees())
        return;
    uint64_t before = lock_inside();
    memory_kept(block, entry, find_site(running));
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

static SLOW_PATH void foreign_allocated(const void *block, uint64_t size, uint64_t flags) {
    if (!block || !counts_allocations())
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

static SLOW_PATH uint64_t foreign_leaves(const void *block) {
    if (!block || !counts_frees())
        return 0;
    uint64_t entry = take_foreign(block);
    if (entry)
        tell(MEMORY_FREED, block, entry, memory_is_temporary(block));
    return entry;
}

/* As foreign_leaves, but for what cannot fail: a block that has been there for a moment only need not be waited for. */
static void foreign_frees(const void *block) {
    if (!block || !counts_frees())
        return;
    uint64_t entry = memory_take(block);
    bool temporary = memory_is_temporary(block);
    if (!entry && tell_free_of_queued(block, temporary))
        return;
    entry = entry ? entry : take_foreign(block);
    if (entry)
        tell(MEMORY_FREED, block, entry, temporary);
}

static void foreign_kept(const void *block, uint64_t entry) {
    if (entry && counts_frees())
        tell(MEMORY_KEPT, block, entry, false);
}

/* --- the fast paths -------------------------------------------------------------------------------------------- */

/* Under the interpreter lock, outside of any call. false: the slow path has to see to it. */
HOT_INLINE bool count_allocation(const void *block, uint64_t size) {
    const PyThreadState *running = python_running_thread();
    if (UNLIKELY(!python_holds_main_lock(running) || !memory_begin_event()))
        return false;
    const struct memory_place *place = memory_known_place_of(running);
    uint64_t *entry;
    if (UNLIKELY(!place || !(entry = memory_entry(block)) || *entry || size > MEMORY_SIZE_MASK))
        return false;
    *entry = place->tag | size;
    memory_add(place->site, size);
    memory_this_thread.last_block = block;
    profile_current_thread->own_ticks += memory.event_cost;
    memory_end_event();
    return true;
}

/* The entry of the block, taken out; 0: the slow path has to see to it. */
HOT_INLINE uint64_t count_release(const void *block) {
    const PyThreadState *running = python_running_thread();
    if (UNLIKELY(!python_holds_main_lock(running) || !memory_begin_event()))
        return 0;
    const struct memory_place *place = memory_known_place_of(running);
    uint64_t *entry, left;
    if (UNLIKELY(!place || !(entry = memory_entry(block))))
        return 0;
    left = *entry;
    if (UNLIKELY(left >> MEMORY_FLAG_SHIFT != MEMORY_BLOCK >> MEMORY_FLAG_SHIFT))
        return 0;
    *entry = 0;
    struct arena_site *site = &memory.sites[memory_site_of(left)];
    memory_remove(site, place->site, memory_size_of(left));
    if (memory_is_temporary(block))
        site->temporary_count++;
    profile_current_thread->own_ticks += memory.event_cost;
    memory_end_event();
    return left;
}

/* What is left to do where those say so: nothing is in the middle of a fast path any more. */
static bool leave_fast_path(const PyThreadState *running) {
    if (!python_holds_main_lock(running))
        return false;
    memory_end_event();
    return true;
}

static SLOW_PATH void *otherwise_allocated(void *block, uint64_t size) {
    const PyThreadState *running = python_running_thread();
    if (memory_this_thread.state & MEMORY_INSIDE)
        return block;
    if (leave_fast_path(running))
        slow_allocated(running, block, size, 0);
    else
        foreign_allocated(block, size, 0);
    return block;
}

static SLOW_PATH uint64_t otherwise_released(const void *block) {
    const PyThreadState *running = python_running_thread();
    if (memory_this_thread.state & MEMORY_INSIDE)
        return 0;
    return leave_fast_path(running) ? slow_leaves(running, block) : foreign_leaves(block);
}

static void kept(const void *block, uint64_t left) {
    const PyThreadState *running = python_running_thread();
    if (python_holds_main_lock(running))
        slow_kept(running, block, left);
    else
        foreign_kept(block, left);
}

/* --- the obj and mem domains ------------------------------------------------------------------------------------
 *
 * What is not the usual case comes last in each of them, so that the usual one saves no registers for it. A state
 * that is not 0: the engine's own work, whose blocks are entered, too; or a call inside of another, which is not. */

static SLOW_PATH void *malloc_inside(const struct hook *hook, size_t size) {
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *block = hook->original.malloc(hook->original.ctx, size);
    memory_this_thread.state = state;
    return otherwise_allocated(block, size);
}

static void *count_malloc(void *context, size_t size) {
    const struct hook *hook = context;
    if (UNLIKELY(memory_this_thread.state))
        return malloc_inside(hook, size);
    memory_this_thread.state = MEMORY_INSIDE;
    void *block = hook->original.malloc(hook->original.ctx, size);
    memory_this_thread.state = 0;
    return LIKELY(count_allocation(block, size)) ? block : otherwise_allocated(block, size);
}

static void *count_calloc(void *context, size_t count, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *block = hook->original.calloc(hook->original.ctx, count, size);
    memory_this_thread.state = state;
    return LIKELY(!state && count_allocation(block, count * size)) ? block : otherwise_allocated(block, count * size);
}

static void *count_realloc(void *context, void *block, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    uint64_t left = 0;
    if (block && (state || !(left = count_release(block))))
        left = otherwise_released(block);
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *moved = hook->original.realloc(hook->original.ctx, block, size);
    memory_this_thread.state = state;
    if (UNLIKELY(!moved)) {
        if (left)
            kept(block, left);
        return NULL;
    }
    return LIKELY(!state && count_allocation(moved, size)) ? moved : otherwise_allocated(moved, size);
}

static SLOW_PATH void free_calling(const struct hook *hook, void *block) {
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    hook->original.free(hook->original.ctx, block);
    memory_this_thread.state = state;
}

static SLOW_PATH void free_otherwise(const struct hook *hook, void *block) {
    otherwise_released(block);
    free_calling(hook, block);
}

static void count_free(void *context, void *block) {
    const struct hook *hook = context;
    uint64_t left;
    if (UNLIKELY(memory_this_thread.state || !(left = count_release(block))))
        free_otherwise(hook, block);
    else if (LIKELY(memory_size_of(left) <= hook->quiet_size))
        hook->original.free(hook->original.ctx, block);
    else
        free_calling(hook, block);
}

/* --- the raw domain and native code ------------------------------------------------------------------------------ */

static bool is_inside(void) { return memory_this_thread.state & MEMORY_INSIDE; }

static void any_allocated(const void *block, uint64_t size, uint64_t flags) {
    if (is_inside() || !counts_allocations())
        return;
    if (!python_has_main_lock())
        foreign_allocated(block, size, flags);
    else if (memory.busy) /* a signal handler, in the middle of a fast path */
        memory_count_uncounted();
    else
        slow_allocated(python_running_thread(), block, size, flags);
}

static uint64_t any_leaves(const void *block) {
    if (is_inside() || !counts_frees())
        return 0;
    if (!python_has_main_lock())
        return foreign_leaves(block);
    return memory.busy ? 0 : slow_leaves(python_running_thread(), block);
}

static void any_frees(const void *block) {
    if (is_inside() || !counts_frees())
        return;
    if (!python_has_main_lock())
        foreign_frees(block);
    else if (!memory.busy)
        slow_leaves(python_running_thread(), block);
}

static void any_kept(const void *block, uint64_t left) {
    if (!left || is_inside() || !counts_frees())
        return;
    if (!python_has_main_lock())
        foreign_kept(block, left);
    else
        slow_kept(python_running_thread(), block, left);
}

static void *count_raw_malloc(void *context, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *block = hook->original.malloc(hook->original.ctx, size);
    memory_this_thread.state = state;
    any_allocated(block, size, 0);
    return block;
}

static void *count_raw_calloc(void *context, size_t count, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *block = hook->original.calloc(hook->original.ctx, count, size);
    memory_this_thread.state = state;
    any_allocated(block, count * size, 0);
    return block;
}

static void *count_raw_realloc(void *context, void *block, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    uint64_t left = block ? any_leaves(block) : 0;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *moved = hook->original.realloc(hook->original.ctx, block, size);
    memory_this_thread.state = state;
    if (moved)
        any_allocated(moved, size, 0);
    else
        any_kept(block, left);
    return moved;
}

static void count_raw_free(void *context, void *block) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    any_frees(block);
    memory_this_thread.state = state | MEMORY_INSIDE;
    hook->original.free(hook->original.ctx, block);
    memory_this_thread.state = state;
}

/* The engine's own native memory is no part of the profile. */
void memory_native_allocated(void *block, size_t size) {
    if (!memory_this_thread.state)
        any_allocated(block, size, MEMORY_NATIVE);
}

void memory_native_frees(void *block) { any_frees(block); }

uint64_t memory_native_leaves(void *block) { return any_leaves(block); }

void memory_native_kept(void *block, uint64_t left) { any_kept(block, left); }

/* --- mappings ----------------------------------------------------------------------------------------------------- */

/* They are few, and their site is wanted at once: the lock is taken whoever it is. */
static bool lock_for_mapping(void) {
    if (is_inside() || (python_has_main_lock() && memory.busy))
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
        return find_site(python_running_thread());
    return memory_find_site(memory_foreign_origin());
}

uint32_t memory_native_mapped(size_t size) {
    if (memory_this_thread.state || !counts_allocations())
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
    if (!counts_frees())
        return;
    int saved_errno = errno;
    if (lock_for_mapping()) {
        memory_unmapped(site, find_site_of_any(), size, whole);
        unlock_for_mapping();
    }
    errno = saved_errno;
}

/* --- installing
 * ---------------------------------------------------------------------------------------------------- */

/* What Python itself maps, for its blocks and its frames, is not native code's. */
static void *map_arena(void *context, size_t size) {
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *arena = arenas.alloc(arenas.ctx, size);
    memory_this_thread.state = state;
    (void)context;
    return arena;
}

static void unmap_arena(void *context, void *arena, size_t size) {
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    arenas.free(arenas.ctx, arena, size);
    memory_this_thread.state = state;
    (void)context;
}

static void hook_domain(PyMemAllocatorDomain domain, struct hook *hook, PyMemAllocatorEx counting) {
    PyMem_GetAllocator(domain, &hook->original);
    counting.ctx = hook;
    PyMem_SetAllocator(domain, &counting);
}

static void hook_arenas(void) {
    PyObject_GetArenaAllocator(&arenas);
    PyObjectArenaAllocator counting = {.alloc = map_arena, .free = unmap_arena};
    PyObject_SetArenaAllocator(&counting);
}

static PyObject *end(PyObject *module, PyObject *arguments) {
    (void)module;
    (void)arguments;
    memory_end();
    if (profile_header() && profile_header()->census)
        census_take();
    Py_RETURN_NONE;
}

/* The first function that is to run at exit is the last one that does, when all threads of the program have ended
 * and before the interpreter clears up. The module is not left where the program could see that it was imported. */
static bool await_end(void) {
    static PyMethodDef definition = {"end", end, METH_NOARGS, NULL};
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */
    bool there = PyDict_GetItemString(modules, "atexit") != NULL;
    PyObject *module = PyImport_ImportModule("atexit"), *function = PyCFunction_New(&definition, NULL);
    PyObject *done = module && function ? PyObject_CallMethod(module, "register", "O", function) : NULL;
    if (done && !there && PyDict_DelItemString(modules, "atexit") < 0)
        Py_CLEAR(done);
    Py_XDECREF(function);
    Py_XDECREF(module);
    Py_XDECREF(done);
    return done != NULL;
}

/* Without a clock in the run there is no time to keep the cost out of. */
static uint64_t cost_now(void) { return profile_clock_kind == ARENA_CLOCK_NONE ? 0 : memory_measure_pair(); }

bool memory_hooks_install(void) {
    uint64_t plain = cost_now();
    const char *reason, *name = python_allocator_name();
    if (!memory_prepare(&reason)) {
        PyErr_SetString(PyExc_MemoryError, reason);
        return false;
    }
    if (!await_end())
        return false;
    python_find_main_interpreter();
    bool pymalloc = name && strcmp(name, "pymalloc") == 0;
    profile_header()->memory.allocator_replaced = !pymalloc;
    mem_hook.quiet_size = obj_hook.quiet_size = pymalloc ? PYMALLOC_MOST : 0;
    PyMemAllocatorEx counting = {NULL, count_malloc, count_calloc, count_realloc, count_free};
    hook_domain(PYMEM_DOMAIN_RAW, &raw_hook,
                (PyMemAllocatorEx){NULL, count_raw_malloc, count_raw_calloc, count_raw_realloc, count_raw_free});
    hook_domain(PYMEM_DOMAIN_MEM, &mem_hook, counting);
    hook_domain(PYMEM_DOMAIN_OBJ, &obj_hook, counting);
    hook_arenas();
    memory_begin_trial();
    uint64_t counted = cost_now();
    memory_end_trial();
    memory.event_cost = profile_header()->probe_cost.memory = plain && counted > plain ? (counted - plain) / 2 : 0;
    requests_watch();
    return true;
}
