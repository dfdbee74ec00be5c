#include "core/probe/memory_blocks.h"

#include <sys/mman.h>

#include "core/probe/memory.h"

enum { CHUNK_SIZE = MEMORY_CHUNK_ENTRIES * sizeof(uint64_t), POOL_SIZE = 64 << 20, MOST_POOLS = 1 << 16 };
enum { DIRECTORY_PAGE = 4096, MOST_DIRECTORY_PAGES = 64 };
static const size_t directory_size = sizeof(uint64_t *) << (MEMORY_ADDRESS_BITS - MEMORY_CHUNK_SHIFT);

static struct {
    char **all; /* on a mapping of their own */
    uint32_t count;
    size_t used; /* of the last one, in bytes */
    struct arena_own_range *range; /* that names the used part of the last one; NULL: none does */
} pools;

/* The parts of the directory that are in use: whoever looks for what of it is there has little to look at. */
static struct {
    const char *all[MOST_DIRECTORY_PAGES];
    uint32_t count;
} directory_pages;

static void *map_unreserved(size_t size) {
    void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapping == MAP_FAILED ? NULL : mapping;
}

bool memory_blocks_prepare(void) {
    pools.all = map_unreserved(MOST_POOLS * sizeof *pools.all);
    memory.directory = pools.all ? map_unreserved(directory_size) : NULL;
    return memory.directory != NULL;
}

static bool add_pool(void) {
    char *pool = pools.count < MOST_POOLS ? map_unreserved(POOL_SIZE) : NULL;
    if (!pool)
        return false;
    pools.all[pools.count++] = pool;
    pools.used = 0;
    pools.range = memory_publish_own_range(pool, 0);
    return true;
}

static uint64_t *make_chunk(void) {
    if ((pools.count == 0 || pools.used + CHUNK_SIZE > POOL_SIZE) && !add_pool())
        return NULL;
    uint64_t *chunk = (uint64_t *)(pools.all[pools.count - 1] + pools.used);
    pools.used += CHUNK_SIZE;
    if (pools.range)
        __atomic_store_n(&pools.range->size, pools.used, __ATOMIC_RELEASE);
    return chunk;
}

static void name_directory_page(const uint64_t *const *place) {
    const char *page = (const char *)((uintptr_t)place & ~(uintptr_t)(DIRECTORY_PAGE - 1));
    for (uint32_t i = 0; i < directory_pages.count; i++)
        if (directory_pages.all[i] == page)
            return;
    if (directory_pages.count == MOST_DIRECTORY_PAGES)
        return;
    directory_pages.all[directory_pages.count++] = page;
    memory_publish_own_range(page, DIRECTORY_PAGE);
}

uint64_t *memory_make_entry(const void *block) {
    uintptr_t address = (uintptr_t)block;
    if (address >> MEMORY_ADDRESS_BITS)
        return NULL;
    uint64_t **place = &memory.directory[address >> MEMORY_CHUNK_SHIFT];
    if (!*place) {
        __atomic_store_n(place, make_chunk(), __ATOMIC_RELEASE);
        name_directory_page((const uint64_t *const *)place);
    }
    return memory_entry(block);
}

/* Chunks stay where they are: pages that are given back are read as 0 again. */
void memory_blocks_clear(void) {
    for (uint32_t i = 0; i < pools.count; i++)
        madvise(pools.all[i], POOL_SIZE, MADV_DONTNEED);
}

void memory_blocks_publish(void) {
    for (uint32_t i = 0; i < directory_pages.count; i++)
        memory_publish_own_range(directory_pages.all[i], DIRECTORY_PAGE);
    for (uint32_t i = 0; i < pools.count; i++)
        pools.range = memory_publish_own_range(pools.all[i], i + 1 < pools.count ? POOL_SIZE : pools.used);
}
