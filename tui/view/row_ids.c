#include "tui/view/row_ids.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256 };

/* Keys are mixed well already: their low bits say where to begin to look. */
struct known_row {
    uint64_t key;
    uint32_t id; /* 0: the slot is free */
};

void row_ids_free(struct row_ids *ids) {
    free(ids->known);
    free(ids->opened);
    *ids = (struct row_ids){0};
}

/* The slot of a key, or the free one where it belongs; at most half of the slots are taken. */
static struct known_row *find_slot(struct known_row *known, uint32_t slots, uint64_t key) {
    uint32_t at = (uint32_t)key & (slots - 1);
    while (known[at].id && known[at].key != key)
        at = (at + 1) & (slots - 1);
    return &known[at];
}

static bool grow(struct row_ids *ids) {
    uint32_t slots = ids->slots ? ids->slots * 2 : FIRST_SLOTS;
    if (slots < ids->slots) /* 2^31 rows: more than there can be */
        return false;
    struct known_row *known = calloc(slots, sizeof *known);
    int8_t *opened = known ? realloc(ids->opened, slots / 2 + 1) : NULL;
    if (!opened) {
        free(known);
        return false;
    }
    memset(opened + ids->count + 1, 0, slots / 2 - ids->count);
    if (!ids->count)
        opened[0] = 0;
    for (uint32_t i = 0; i < ids->slots; i++)
        if (ids->known[i].id)
            *find_slot(known, slots, ids->known[i].key) = ids->known[i];
    free(ids->known);
    ids->known = known;
    ids->opened = opened;
    ids->slots = slots;
    return true;
}

uint32_t row_ids_of(struct row_ids *ids, uint64_t key) {
    struct known_row *slot = ids->slots ? find_slot(ids->known, ids->slots, key) : NULL;
    if (slot && slot->id)
        return slot->id;
    if (ids->count >= ids->slots / 2) {
        if (!grow(ids))
            return 0;
        slot = find_slot(ids->known, ids->slots, key);
    }
    *slot = (struct known_row){key, ++ids->count};
    return slot->id;
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
