/* native.c - stands in front of libc's allocation functions, and those for mapping memory: passes every call on and tells the
 * engine of it (include/pyprof/native.h).
 *
 * The next definition of each function is looked up once, at the first call, which can come before libc is ready. Looking up may
 * itself allocate: that is served from a small buffer, whose blocks are never given back. Where an allocator calls the functions
 * here in its turn (one that is preloaded behind maps memory with mmap), that is not told: it is the same memory.
 *
 * What nobody can stand in front of is not seen: what libc maps for itself (large blocks of its malloc, which are told as blocks,
 * and the stacks of threads), sbrk, and the functions of their own that other allocators have. */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pyprof/native.h"

#define INTERPOSED __attribute__((visibility("default")))

INTERPOSED const struct native_hooks *pyprof_native_hooks;

/* Of C23; glibc has them from 2.43 on. */
void free_sized(void *block, size_t size);
void free_aligned_sized(void *block, size_t alignment, size_t size);

/* This thread is inside the next definition of one of the functions. */
static __thread bool passing_on;

/* Whom to tell of a call; NULL: nobody. */
static inline const struct native_hooks *listener(void) {
    const struct native_hooks *hooks = __atomic_load_n(&pyprof_native_hooks, __ATOMIC_ACQUIRE);
    return __builtin_expect(hooks != NULL, 0) && !passing_on ? hooks : NULL;
}

/* --- before the next definitions are known ---------------------------------------------------------------- */

enum { FIRST_ROOM = 16384, ALIGNMENT = 16 };

static struct {
    size_t used;
    _Alignas(4096) char room[FIRST_ROOM];
} first;

static bool is_first(const void *block) { return (uintptr_t)block - (uintptr_t)first.room < FIRST_ROOM; }

/* Zeroed, as it is never used again. alignment: a power of 2. */
static void *take_first(size_t size, size_t alignment) {
    size_t at = (first.used + alignment - 1) & ~(alignment - 1);
    if (at > FIRST_ROOM || size > FIRST_ROOM - at) {
        errno = ENOMEM;
        return NULL;
    }
    first.used = at + size;
    return first.room + at;
}

static void *first_malloc(size_t size);
static void *first_calloc(size_t count, size_t size);
static void *first_realloc(void *block, size_t size);
static void first_free(void *block);
static int first_posix_memalign(void **block, size_t alignment, size_t size);
static void *first_aligned_alloc(size_t alignment, size_t size);
static void *first_memalign(size_t alignment, size_t size);
static void *first_valloc(size_t size);
static void *first_pvalloc(size_t size);
static void *first_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset);
static void *first_mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset);
static int first_munmap(void *address, size_t size);
static void *first_mremap(void *address, size_t size, size_t new_size, int flags, void *new_address);

#define FUNCTIONS(X)                                                                                            \
    X(malloc) X(calloc) X(realloc) X(free) X(posix_memalign) X(aligned_alloc) X(memalign) X(valloc) X(pvalloc)   \
    X(mmap) X(mmap64) X(munmap) X(mremap)

/* The next definitions; until they are known, and where there is none, what stands in for them. */
static struct {
#define MEMBER(name) __typeof__(&first_##name) name;
    FUNCTIONS(MEMBER)
#undef MEMBER
} next = {
#define FIRST(name) first_##name,
    FUNCTIONS(FIRST)
#undef FIRST
};

/* false: they are being looked for at this moment. Threads cannot be there yet. */
static bool find_next(void) {
    static bool searching;
    if (searching)
        return false;
    searching = true;
    __typeof__(next) found = next;
    void *address;
#define FIND(name)                                  \
    if ((address = dlsym(RTLD_NEXT, #name)) != NULL) \
        *(void **)&found.name = address;
    FUNCTIONS(FIND)
#undef FIND
    next = found;
    searching = false;
    return true;
}

__attribute__((constructor)) static void begin(void) { find_next(); }

/* Is the next definition of `name` known, after looking for it? */
#define IS_KNOWN(name) (find_next() && next.name != first_##name)

static void *first_malloc(size_t size) { return IS_KNOWN(malloc) ? next.malloc(size) : take_first(size, ALIGNMENT); }

static void *first_calloc(size_t count, size_t size) {
    size_t bytes;
    if (IS_KNOWN(calloc))
        return next.calloc(count, size);
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : take_first(bytes, ALIGNMENT);
}

static void *first_realloc(void *block, size_t size) {
    return IS_KNOWN(realloc) ? next.realloc(block, size) : block ? NULL : take_first(size, ALIGNMENT);
}

static void first_free(void *block) {
    if (IS_KNOWN(free))
        next.free(block);
}

static int first_posix_memalign(void **block, size_t alignment, size_t size) {
    if (IS_KNOWN(posix_memalign))
        return next.posix_memalign(block, alignment, size);
    *block = take_first(size, alignment);
    return *block ? 0 : ENOMEM;
}

static void *first_aligned_alloc(size_t alignment, size_t size) {
    return IS_KNOWN(aligned_alloc) ? next.aligned_alloc(alignment, size) : take_first(size, alignment);
}

static void *first_memalign(size_t alignment, size_t size) {
    return IS_KNOWN(memalign) ? next.memalign(alignment, size) : take_first(size, alignment);
}

static void *first_valloc(size_t size) {
    return IS_KNOWN(valloc) ? next.valloc(size) : take_first(size, (size_t)getpagesize());
}

static void *first_pvalloc(size_t size) {
    return IS_KNOWN(pvalloc) ? next.pvalloc(size) : take_first(size, (size_t)getpagesize());
}

static void *no_mapping(void) {
    errno = ENOSYS;
    return MAP_FAILED;
}

static void *first_mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return IS_KNOWN(mmap) ? next.mmap(address, size, protection, flags, file, offset) : no_mapping();
}

static void *first_mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset) {
    return IS_KNOWN(mmap64) ? next.mmap64(address, size, protection, flags, file, offset) : no_mapping();
}

static int first_munmap(void *address, size_t size) {
    return IS_KNOWN(munmap) ? next.munmap(address, size) : no_mapping() == MAP_FAILED ? -1 : 0;
}

static void *first_mremap(void *address, size_t size, size_t new_size, int flags, void *new_address) {
    return IS_KNOWN(mremap) ? next.mremap(address, size, new_size, flags, new_address) : no_mapping();
}

/* --- allocating ------------------------------------------------------------------------------------------- */

/* Calls the next definition and tells of the block that it gives. */
#define ALLOCATE(size, call)                              \
    const struct native_hooks *hooks = listener();        \
    if (!hooks)                                           \
        return call;                                      \
    passing_on = true;                                    \
    void *block = call;                                   \
    passing_on = false;                                   \
    if (block)                                            \
        hooks->allocated(block, size);                    \
    return block

INTERPOSED void *malloc(size_t size) { ALLOCATE(size, next.malloc(size)); }

/* What overflows gives no block. */
INTERPOSED void *calloc(size_t count, size_t size) { ALLOCATE(count * size, next.calloc(count, size)); }

INTERPOSED void *aligned_alloc(size_t alignment, size_t size) { ALLOCATE(size, next.aligned_alloc(alignment, size)); }

INTERPOSED void *memalign(size_t alignment, size_t size) { ALLOCATE(size, next.memalign(alignment, size)); }

INTERPOSED void *valloc(size_t size) { ALLOCATE(size, next.valloc(size)); }

INTERPOSED void *pvalloc(size_t size) { ALLOCATE(size, next.pvalloc(size)); }

INTERPOSED int posix_memalign(void **block, size_t alignment, size_t size) {
    const struct native_hooks *hooks = listener();
    if (!hooks)
        return next.posix_memalign(block, alignment, size);
    passing_on = true;
    int failure = next.posix_memalign(block, alignment, size);
    passing_on = false;
    if (!failure && *block)
        hooks->allocated(*block, size);
    return failure;
}

/* --- freeing ---------------------------------------------------------------------------------------------- */

INTERPOSED void free(void *block) {
    if (is_first(block))
        return;
    const struct native_hooks *hooks = block ? listener() : NULL;
    if (!hooks) {
        next.free(block);
        return;
    }
    hooks->frees(block);
    passing_on = true;
    next.free(block);
    passing_on = false;
}

INTERPOSED void free_sized(void *block, size_t size) {
    (void)size;
    free(block);
}

INTERPOSED void free_aligned_sized(void *block, size_t alignment, size_t size) {
    (void)alignment;
    (void)size;
    free(block);
}

/* --- reallocating ----------------------------------------------------------------------------------------- */

static void *move_first(const void *block, size_t size) {
    size_t room = (size_t)(first.room + FIRST_ROOM - (const char *)block);
    void *moved = malloc(size);
    if (moved)
        memcpy(moved, block, size < room ? size : room);
    return moved;
}

INTERPOSED void *realloc(void *block, size_t size) {
    if (is_first(block))
        return move_first(block, size);
    const struct native_hooks *hooks = listener();
    if (!hooks)
        return next.realloc(block, size);
    uint64_t left = block ? hooks->leaves(block) : 0;
    passing_on = true;
    void *moved = next.realloc(block, size);
    passing_on = false;
    if (moved)
        hooks->allocated(moved, size);
    else if (block && size) /* of size 0 the block is gone */
        hooks->kept(block, left);
    return moved;
}

/* Not passed on: libc's calls realloc, which is the one here. */
INTERPOSED void *reallocarray(void *block, size_t count, size_t size) {
    size_t bytes;
    if (!__builtin_mul_overflow(count, size, &bytes))
        return realloc(block, bytes);
    errno = ENOMEM;
    return NULL;
}

/* --- mapping ---------------------------------------------------------------------------------------------- */

/* Memory that can be used, and is no file's. */
static bool is_memory(int protection, int flags) { return flags & MAP_ANONYMOUS && protection != PROT_NONE; }

static void tell_mapped(const struct native_hooks *hooks, void *address, size_t size, int protection, int flags) {
    if (address == MAP_FAILED)
        return;
    /* Only what was there already can have been taken from another mapping. */
    if (flags & MAP_FIXED)
        hooks->unmapped(address, size);
    if (is_memory(protection, flags))
        hooks->mapped(address, size);
}

INTERPOSED void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    const struct native_hooks *hooks = listener();
    void *mapped = next.mmap(address, size, protection, flags, file, offset);
    if (hooks)
        tell_mapped(hooks, mapped, size, protection, flags);
    return mapped;
}

INTERPOSED void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset) {
    const struct native_hooks *hooks = listener();
    void *mapped = next.mmap64(address, size, protection, flags, file, offset);
    if (hooks)
        tell_mapped(hooks, mapped, size, protection, flags);
    return mapped;
}

INTERPOSED int munmap(void *address, size_t size) {
    const struct native_hooks *hooks = listener();
    if (hooks && size && (uintptr_t)address % (uintptr_t)getpagesize() == 0) /* else nothing will be unmapped */
        hooks->unmapped(address, size);
    return next.munmap(address, size);
}

INTERPOSED void *mremap(void *address, size_t size, size_t new_size, int flags, ...) {
    void *new_address = NULL;
    if (flags & MREMAP_FIXED) {
        va_list list;
        va_start(list, flags);
        new_address = va_arg(list, void *);
        va_end(list);
    }
    const struct native_hooks *hooks = listener();
    bool wanted = hooks && hooks->remaps();
    void *moved = next.mremap(address, size, new_size, flags, new_address);
    if (wanted)
        hooks->remapped(address, size, moved == MAP_FAILED ? NULL : moved, new_size);
    return moved;
}
