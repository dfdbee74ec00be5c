#include "core/probe/profile_bytecode.h"

#include <string.h>

#include "core/probe/block_counters.h"
#include "core/probe/writer_state.h"

/* Rows that were never written are holes in the file, and read as 0. */
struct arena_bytecode *profile_bytecode(uint32_t code) {
    if (!profile.attached || !code || code >= profile.arena.header->code_count ||
        !profile_reserve_rows(ARENA_BYTECODE_AT, sizeof(struct arena_bytecode), &profile.bytecode_reserved, (uint64_t)code + 1,
                              ARENA_MAX_CODES))
        return NULL;
    return &profile.arena.bytecode[code];
}

struct arena_unit *profile_register_units(uint32_t code, uint32_t count) {
    struct arena_bytecode *row = profile_bytecode(code);
    if (!row || !count)
        return NULL;
    if (row->unit_count)
        return row->unit_count == count ? &profile.arena.units[row->first_unit] : NULL;
    struct arena_header *header = profile.arena.header;
    uint32_t first = header->unit_count;
    if (!profile_reserve_rows(ARENA_UNITS_AT, sizeof(struct arena_unit), &profile.units_reserved, (uint64_t)first + count,
                              ARENA_MAX_UNITS))
        return NULL;
    __atomic_store_n(&header->unit_count, first + count, __ATOMIC_RELEASE);
    row->first_unit = first;
    __atomic_store_n(&row->unit_count, count, __ATOMIC_RELEASE);
    return &profile.arena.units[first];
}

struct arena_unit *profile_units(uint32_t code, uint32_t *count) {
    if (!profile.attached || code >= profile.bytecode_reserved)
        return NULL;
    const struct arena_bytecode *row = &profile.arena.bytecode[code];
    *count = row->unit_count;
    return row->unit_count ? &profile.arena.units[row->first_unit] : NULL;
}

bool profile_publish_object(uint32_t code, const void *bytes, uint32_t size) {
    struct arena_bytecode *row = profile_bytecode(code);
    if (!row || row->object_size)
        return row != NULL;
    struct arena_header *header = profile.arena.header;
    uint64_t used = header->objects_used;
    if (!profile_reserve_rows(ARENA_OBJECTS_AT, 1, &profile.objects_reserved, used + size, ARENA_OBJECTS_SIZE))
        return false;
    memcpy(profile.arena.objects + used, bytes, size);
    row->object = used;
    __atomic_store_n(&header->objects_used, used + size, __ATOMIC_RELEASE);
    __atomic_store_n(&row->object_size, size, __ATOMIC_RELEASE);
    return true;
}

/* --- counters ---------------------------------------------------------------------------------------------- */

static bool reserve_in_all_threads(uint32_t blocks, uint32_t units) {
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (!profile_reserve_counters(&profile.slots[i], blocks, units))
            return false;
    return true;
}

const struct arena_bytecode *profile_register_blocks(uint32_t code, const struct arena_block *blocks, uint32_t count,
                                                     uint32_t units) {
    struct arena_bytecode *row = profile_bytecode(code);
    if (!row || !count || !profile_register_units(code, units))
        return NULL;
    if (row->block_count)
        return row->block_count == count ? row : NULL;
    struct arena_header *header = profile.arena.header;
    uint32_t first = header->block_count;
    if (!profile_reserve_rows(ARENA_BLOCKS_AT, sizeof(struct arena_block), &profile.blocks_reserved, (uint64_t)first + count,
                              ARENA_MAX_BLOCKS) ||
        !reserve_in_all_threads(first + count, header->unit_count))
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        profile.arena.blocks[first + i] = blocks[i];
        profile.arena.blocks[first + i].code = code;
    }
    __atomic_store_n(&header->block_count, first + count, __ATOMIC_RELEASE);
    row->first_block = first;
    __atomic_store_n(&row->block_count, count, __ATOMIC_RELEASE);
    profile.arena.codes[code].flags |= ARENA_CODE_BYTECODE;
    return row;
}

/* The block that a unit lies in; 0: none. */
static uint32_t find_block(const struct arena_bytecode *row, uint32_t unit) {
    uint32_t low = row->first_block, high = low + row->block_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (profile.arena.blocks[middle].first_unit <= unit)
            low = middle;
        else
            high = middle;
    }
    return row->block_count ? low : 0;
}

void profile_count_exit(uint32_t code, uint32_t unit, bool begins) {
    struct arena_thread *thread = block_thread();
    if (!thread || !profile.attached)
        return;
    const struct arena_bytecode *row = &profile.arena.bytecode[code];
    if (unit >= row->unit_count)
        return;
    uint64_t *entered = block_counter(thread, block_counter_offset(find_block(row, unit)));
    if (begins)
        ++*entered;
    else if (!*entered) /* by the process that this one was forked from */
        return;
    uint64_t *exits = (uint64_t *)((char *)thread + ARENA_THREAD_EXITS_AT);
    exits[row->first_unit + unit]++;
    thread->exits++;
}

void block_enter_first(uint64_t offset) {
    struct arena_thread *thread = profile_register_thread();
    if (thread)
        ++*block_counter(thread, offset);
}
