/* memory_blocks.h - what is known of every live block, by its address.
 *
 * A directory with a pointer for each MiB of the address space leads to chunks with one 64-bit entry for each 16
 * bytes, so that a block is found by two loads. Chunks are carved out of pools. Directory and pools are mappings
 * without reserved memory: what was never touched costs nothing. Half a byte for each byte of a heap that is full of
 * blocks, at the most.
 *
 * An entry belongs to whoever the block belongs to: its owner alone writes it. Who makes chunks holds the
 * collector's lock (memory_lock.h). */
#ifndef PYPROF_PROBE_MEMORY_BLOCKS_H
#define PYPROF_PROBE_MEMORY_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/probe/memory_state.h"

/* An entry: size, site, flags. 0: no block that is known. */
enum { MEMORY_SIZE_BITS = 40, MEMORY_SITE_BITS = 20 };
#define MEMORY_SIZE_MASK ((UINT64_C(1) << MEMORY_SIZE_BITS) - 1)
#define MEMORY_BLOCK UINT64_C(0x1000000000000000)  /* in every entry */
#define MEMORY_NATIVE UINT64_C(0x2000000000000000) /* native code's own */
#define MEMORY_OWN UINT64_C(0x4000000000000000)    /* the profiler's; has no site */
#define MEMORY_FLAG_SHIFT 60

_Static_assert(ARENA_MAX_SITES == 1 << MEMORY_SITE_BITS, "a block has room for the number of any site");

static inline uint64_t memory_size_of(uint64_t entry) { return entry & MEMORY_SIZE_MASK; }
static inline uint32_t memory_site_of(uint64_t entry) {
    return (uint32_t)(entry >> MEMORY_SIZE_BITS) & ((1u << MEMORY_SITE_BITS) - 1);
}
/* An entry without its size. */
static inline uint64_t memory_tag(uint32_t site) { return MEMORY_BLOCK | (uint64_t)site << MEMORY_SIZE_BITS; }

#if defined(__x86_64__)
enum { MEMORY_ADDRESS_BITS = 47 };
#else
enum { MEMORY_ADDRESS_BITS = 48 };
#endif
enum { MEMORY_CHUNK_SHIFT = 20, MEMORY_GRANULE_SHIFT = 4 };
enum { MEMORY_CHUNK_ENTRIES = 1 << (MEMORY_CHUNK_SHIFT - MEMORY_GRANULE_SHIFT) };

/* The entry for a block; NULL: there is no chunk for its address, so it is no known block. */
HOT_INLINE uint64_t *memory_entry(const void *block) {
    uintptr_t address = (uintptr_t)block;
    if (UNLIKELY(address >> MEMORY_ADDRESS_BITS))
        return NULL;
    uint64_t *chunk = memory.directory[address >> MEMORY_CHUNK_SHIFT];
    return UNLIKELY(!chunk) ? NULL : &chunk[address >> MEMORY_GRANULE_SHIFT & (MEMORY_CHUNK_ENTRIES - 1)];
}

/* Maps the directory. false: no address space is left for it. */
bool memory_blocks_prepare(void);

/* The entry for a block, with a chunk made for it. NULL: no memory, or an address beyond the directory. */
uint64_t *memory_make_entry(const void *block);

/* No block is known any more. */
void memory_blocks_clear(void);
/* In a process that was forked, whose arena is new: names the tables' memory there, too. */
void memory_blocks_publish(void);

#endif
