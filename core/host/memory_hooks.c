/* The fast paths are those of events under the interpreter lock whose place is known: obj and mem domain nearly
 * always. All others are in memory_slow.c. */
#include "core/host/memory_hooks.h"

#include "core/host/memory_cost.h"
#include "core/host/memory_slow.h" /* Python.h comes before the headers of libc */

#include <string.h>

#include "core/host/requests.h"
#include "core/probe/memory.h"

/* One domain's allocators as they were. */
struct hook {
    PyMemAllocatorEx original;
    uint64_t quiet_size; /* freeing a block of at most so many bytes leads to no other hook */
};

static struct hook raw_hook, mem_hook, obj_hook;
static PyObjectArenaAllocator arenas;

enum { PYMALLOC_MOST = 512 /* larger blocks are the raw domain's */ };

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
        memory_slow_allocated(running, block, size, 0);
    else
        memory_foreign_allocated(block, size, 0);
    return block;
}

static SLOW_PATH uint64_t otherwise_released(const void *block) {
    const PyThreadState *running = python_running_thread();
    if (memory_this_thread.state & MEMORY_INSIDE)
        return 0;
    return leave_fast_path(running) ? memory_slow_leaves(running, block) : memory_foreign_leaves(block);
}

static void kept(const void *block, uint64_t left) {
    const PyThreadState *running = python_running_thread();
    if (python_holds_main_lock(running))
        memory_slow_kept(running, block, left);
    else
        memory_foreign_kept(block, left);
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

/* --- what switches stacks ---------------------------------------------------------------------------------------- */

static struct {
    uintptr_t start;
    size_t size;
} switching_code; /* size 0: there is none */

/* As the engine's own work, what is freed in the middle of a switch has no place: nothing is looked up. */
static SLOW_PATH void free_in_switch(const struct hook *hook, void *block) {
    memory_own_work_begins();
    free_otherwise(hook, block);
    memory_own_work_ends();
}

/* PyMem_Free jumps here, so that its caller is who is returned to. */
static void count_free_beside_switches(void *context, void *block) {
    if (UNLIKELY((uintptr_t)__builtin_return_address(0) - switching_code.start < switching_code.size))
        free_in_switch(context, block);
    else
        count_free(context, block);
}

void memory_hooks_expect_switches(const void *code, size_t size) {
    switching_code.start = (uintptr_t)code;
    switching_code.size = size;
    PyMemAllocatorEx present;
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &present);
    if (present.ctx != &mem_hook) /* memory is not counted yet, or somebody stands in front of these hooks and keeps them */
        return;
    present.free = count_free_beside_switches;
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &present);
}

/* --- the raw domain ----------------------------------------------------------------------------------------------- */

static void *count_raw_malloc(void *context, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *block = hook->original.malloc(hook->original.ctx, size);
    memory_this_thread.state = state;
    memory_any_allocated(block, size, 0);
    return block;
}

static void *count_raw_calloc(void *context, size_t count, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *block = hook->original.calloc(hook->original.ctx, count, size);
    memory_this_thread.state = state;
    memory_any_allocated(block, count * size, 0);
    return block;
}

static void *count_raw_realloc(void *context, void *block, size_t size) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    uint64_t left = block ? memory_any_leaves(block) : 0;
    memory_this_thread.state = state | MEMORY_INSIDE;
    void *moved = hook->original.realloc(hook->original.ctx, block, size);
    memory_this_thread.state = state;
    if (moved)
        memory_any_allocated(moved, size, 0);
    else
        memory_any_kept(block, left);
    return moved;
}

static void count_raw_free(void *context, void *block) {
    const struct hook *hook = context;
    uint32_t state = memory_this_thread.state;
    memory_any_frees(block);
    memory_this_thread.state = state | MEMORY_INSIDE;
    hook->original.free(hook->original.ctx, block);
    memory_this_thread.state = state;
}

/* --- installing -------------------------------------------------------------------------------------------------- */

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

/* Without a clock in the run there is no time to keep the cost out of. */
static uint64_t cost_now(void) { return profile_clock_kind == ARENA_CLOCK_NONE ? 0 : memory_measure_pair(); }

bool memory_hooks_install(const char **no_room) {
    uint64_t plain = cost_now();
    const char *name = python_allocator_name();
    if (!memory_prepare(no_room))
        return false;
    *no_room = NULL;
    python_find_main_interpreter();
    bool pymalloc = name && strcmp(name, "pymalloc") == 0;
    profile_header()->memory.allocator_replaced = !pymalloc;
    mem_hook.quiet_size = obj_hook.quiet_size = pymalloc ? PYMALLOC_MOST : 0;
    PyMemAllocatorEx counting = {NULL, count_malloc, count_calloc, count_realloc, count_free};
    hook_domain(PYMEM_DOMAIN_RAW, &raw_hook,
                (PyMemAllocatorEx){NULL, count_raw_malloc, count_raw_calloc, count_raw_realloc, count_raw_free});
    hook_domain(PYMEM_DOMAIN_OBJ, &obj_hook, counting);
    if (switching_code.size)
        counting.free = count_free_beside_switches;
    hook_domain(PYMEM_DOMAIN_MEM, &mem_hook, counting);
    hook_arenas();
    memory_begin_trial();
    uint64_t counted = cost_now();
    memory_end_trial();
    memory.event_cost = profile_header()->probe_cost.memory = plain && counted > plain ? (counted - plain) / 2 : 0;
    requests_watch_memory();
    return true;
}
