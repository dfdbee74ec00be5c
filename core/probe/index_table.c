#include "core/probe/index_table.h"

#include <stddef.h>
#include <sys/mman.h>

/* Finalizer of MurmurHash3 (Austin Appleby, public domain): spreads neighbouring keys over the table. */
static uint64_t spread(uint64_t key) {
    key ^= key >> 33;
    key *= UINT64_C(0xff51afd7ed558ccd);
    key ^= key >> 33;
    key *= UINT64_C(0xc4ceb9fe1a85ec53);
    return key ^ (key >> 33);
}

uint32_t index_table_find(const struct index_table *table, uint64_t key) {
    if (!table->capacity)
        return 0;
    uint64_t mask = table->capacity - 1;
    for (uint64_t at = spread(key) & mask; table->entries[at].key; at = (at + 1) & mask)
        if (table->entries[at].key == key)
            return (uint32_t)table->entries[at].value;
    return 0;
}

static void place(struct index_table *table, uint64_t key, uint64_t value) {
    uint64_t mask = table->capacity - 1;
    uint64_t at = spread(key) & mask;
    while (table->entries[at].key)
        at = (at + 1) & mask;
    table->entries[at] = (struct index_entry){key, value};
    table->count++;
}

static bool grow(struct index_table *table) {
    struct index_table larger = {.capacity = table->capacity ? table->capacity * 2 : 256};
    larger.entries = mmap(NULL, larger.capacity * sizeof *larger.entries, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (larger.entries == MAP_FAILED)
        return false;
    for (uint64_t i = 0; i < table->capacity; i++)
        if (table->entries[i].key)
            place(&larger, table->entries[i].key, table->entries[i].value);
    index_table_free(table);
    *table = larger;
    return true;
}

bool index_table_add(struct index_table *table, uint64_t key, uint32_t value) {
    if ((table->count + 1) * 4 > table->capacity * 3 && !grow(table))
        return false;
    place(table, key, value);
    return true;
}

void index_table_free(struct index_table *table) {
    if (table->capacity)
        munmap(table->entries, table->capacity * sizeof *table->entries);
    *table = (struct index_table){0};
}
