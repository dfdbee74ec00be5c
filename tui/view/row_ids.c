#include "tui/view/row_ids.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct known_row {
    uint64_t key;
    uint32_t id;
    UT_hash_handle hh;
};

void row_ids_free(struct row_ids *ids) {
    struct known_row *known, *next;
    HASH_ITER(hh, ids->known, known, next) {
        HASH_DEL(ids->known, known);
        free(known);
    }
    free(ids->opened);
    *ids = (struct row_ids){0};
}

static bool reserve_id(struct row_ids *ids) {
    if (ids->count + 1 < ids->capacity)
        return true;
    uint32_t capacity = ids->capacity ? ids->capacity * 2 : 256;
    int8_t *grown = realloc(ids->opened, capacity);
    if (!grown)
        return false;
    memset(grown + ids->capacity, 0, capacity - ids->capacity);
    ids->opened = grown;
    ids->capacity = capacity;
    return true;
}

uint32_t row_ids_of(struct row_ids *ids, uint64_t key) {
    struct known_row *known;
    HASH_FIND(hh, ids->known, &key, sizeof key, known);
    if (known)
        return known->id;
    if (!reserve_id(ids) || !(known = calloc(1, sizeof *known)))
        return 0;
    known->key = key;
    HASH_ADD(hh, ids->known, key, sizeof key, known);
    if (!known->hh.tbl) { /* out of memory, as uthash tells it */
        free(known);
        return 0;
    }
    return known->id = ++ids->count;
}

int row_ids_opened(const struct row_ids *ids, uint32_t id) { return id && id <= ids->count ? ids->opened[id] : 0; }

void row_ids_open(struct row_ids *ids, uint32_t id, bool opened) {
    if (id && id <= ids->count)
        ids->opened[id] = opened ? 1 : -1;
}

uint64_t row_ids_mix(uint64_t key, uint64_t value) {
    key ^= value + UINT64_C(0x9e3779b97f4a7c15) + (key << 6) + (key >> 2);
    key = (key ^ (key >> 30)) * UINT64_C(0xbf58476d1ce4e5b9); /* the finalizer of Steele, Lea and Flood's SplitMix64 (2014) */
    key = (key ^ (key >> 27)) * UINT64_C(0x94d049bb133111eb);
    return key ^ (key >> 31);
}
