#include "core/probe/memory_blocks.h"

#include <sys/mman.h>

#include "core/probe/memory.h"

enum { CHUNK_SIZE = MEMORY_CHUNK_ENTRIES * sizeof(uint64_t), POOL_SIZE = 64 << 20, MOST_POOLS = 1 << 16 };
static const size_t directory_size = sizeof(uint64_t *) << (MEMORY_ADDRESS_BITS - MEMORY_CHUNK_SHIFT);

static struct {
    char **all; /* on a mapping of their own */
    uint32_t count;
    size_t used; /* of the last one, in bytes */
} pools;

static void *map_unreserved(size_t size) {
    void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mapping == MAP_FAILED ? NULL : mapping;
}

bool memory_blocks_prepare(void) {
    pools.all = map_unreserved(MOST_POOLS * sizeof *pools.all);
    memory.directory = pools.all ? map_unreserved(directory_size) : NULL;
    if (memory.directory)
        memory_publish_own_range(memory.directory, directory_size);
    return memory.directory != NULL;
}

static bool add_pool(void) {
    char *pool = pools.count < MOST_POOLS ? map_unreserved(POOL_SIZE) : NULL;
    if (!pool)
        return false;
    memory_publish_own_range(pool, POOL_SIZE);
    pools.all[pools.count++] = pool;
    pools.used = 0;
    return true;
}

static uint64_t *make_chunk(void) {
    if ((pools.count == 0 || pools.used + CHUNK_SIZE > POOL_SIZE) && !add_pool())
        return NULL;
    uint64_t *chunk = (uint64_t *)(pools.all[pools.count - 1] + pools.used);
    pools.used += CHUNK_SIZE;
    return chunk;
}

uint64_t *memory_make_entry(const void *block) {
    uintptr_t address = (uintptr_t)block;
    if (address >> MEMORY_ADDRESS_BITS)
        return NULL;
    uint64_t **place = &memory.directory[address >> MEMORY_CHUNK_SHIFT];
    if (!*place)
        __atomic_store_n(place, make_chunk(), __ATOMIC_RELEASE);
    return memory_entry(block);
}

/* Chunks stay where they are: pages that are given back are read as 0 again. */
void memory_blocks_clear(void) {
    memory_publish_own_range(memory.directory, directory_size);
    for (uint32_t i = 0; i < pools.count; i++) {
        madvise(pools.all[i], POOL_SIZE, MADV_DONTNEED);
        memory_publish_own_range(pools.all[i], POOL_SIZE);
    }
}
