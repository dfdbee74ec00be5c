#include "core/probe/profile_bytecode.h"

#include <string.h>

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
