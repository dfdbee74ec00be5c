/* index_table.h - a growing hash table from 64-bit keys to 32-bit values, on memory of its own mappings.
 *
 * Probes find call nodes and functions through it. It never calls malloc (the target's allocator may be what is being
 * watched, or be in the middle of an operation). Growing maps a larger table; looking up touches one or two cache lines.
 * Open addressing with linear probing; at most three quarters full. Single-threaded by its owner. */
#ifndef PYPROF_PROBE_INDEX_TABLE_H
#define PYPROF_PROBE_INDEX_TABLE_H

#include <stdbool.h>
#include <stdint.h>

struct index_entry {
    uint64_t key; /* 0: free */
    uint64_t value;
};

struct index_table {
    struct index_entry *entries;
    uint64_t capacity; /* a power of two; 0: nothing mapped yet */
    uint64_t count;
};

/* The value of a key (not 0), or 0 where there is none (so values are never 0). */
uint32_t index_table_find(const struct index_table *table, uint64_t key);

/* Adds a key that is not there. false: no memory; the table is as it was. */
bool index_table_add(struct index_table *table, uint64_t key, uint32_t value);

void index_table_free(struct index_table *table);

#endif
