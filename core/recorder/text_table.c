#include "core/recorder/text_table.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024, RESERVE_STEP = 65536, MOST_LENGTH = 65535 };

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash_text(const char *text, size_t length) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The row that a text has or would have. All offsets in the table are below `used`, and there is a '\0' behind each text. */
static uint32_t *find_row(const struct text_table *table, const char *text, size_t length) {
    size_t at = (size_t)hash_text(text, length) & (table->capacity - 1);
    for (; table->offsets[at]; at = (at + 1) & (table->capacity - 1)) {
        const char *known = table->arena->texts + table->offsets[at];
        if (table->used - table->offsets[at] > length && memcmp(known, text, length) == 0 && !known[length])
            break;
    }
    return &table->offsets[at];
}

static bool grow(struct text_table *table) {
    struct text_table larger = *table;
    larger.capacity = table->capacity ? 2 * table->capacity : FIRST_CAPACITY;
    larger.offsets = calloc(larger.capacity, sizeof *larger.offsets);
    if (!larger.offsets)
        return false;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->offsets[i]) {
            const char *text = table->arena->texts + table->offsets[i];
            *find_row(&larger, text, strnlen(text, table->used - table->offsets[i] - 1)) = table->offsets[i];
        }
    free(table->offsets);
    *table = larger;
    return true;
}

static bool enter(struct text_table *table, const char *text, size_t length, uint32_t offset) {
    if (table->count + 1 > table->capacity / 4 * 3 && !grow(table))
        return false;
    uint32_t *row = find_row(table, text, length);
    table->count += !*row;
    *row = offset;
    return true;
}

bool text_table_open(struct text_table *table, struct arena *arena) {
    uint64_t used = arena->header->texts_used;
    *table = (struct text_table){.arena = arena, .used = used >= 1 && used <= ARENA_TEXTS_SIZE ? used : 1};
    bool done = grow(table);
    for (uint64_t at = 1; done && at < table->used;) {
        size_t length = strnlen(arena->texts + at, table->used - at - 1);
        done = enter(table, arena->texts + at, length, (uint32_t)at);
        at += length + 1;
    }
    if (!done)
        text_table_close(table);
    return done;
}

void text_table_close(struct text_table *table) {
    free(table->offsets);
    *table = (struct text_table){0};
}

static bool reserve(struct text_table *table, uint64_t wanted) {
    if (wanted <= table->reserved)
        return true;
    uint64_t end = (wanted + RESERVE_STEP - 1) / RESERVE_STEP * RESERVE_STEP;
    if (end > ARENA_TEXTS_SIZE || !arena_reserve(table->arena, ARENA_TEXTS_AT, end))
        return false;
    table->reserved = end;
    return true;
}

bool text_table_add(struct text_table *table, const char *text, size_t length, uint64_t *offset) {
    *offset = 0;
    if (length == 0)
        return true;
    if (length > MOST_LENGTH || memchr(text, '\0', length))
        return false;
    uint32_t known = *find_row(table, text, length);
    *offset = known ? known : table->used;
    if (known)
        return true;
    if (!reserve(table, table->used + length + 1))
        return false;
    char *at = table->arena->texts + table->used;
    memcpy(at, text, length);
    at[length] = '\0';
    table->used += length + 1;
    __atomic_store_n(&table->arena->header->texts_used, table->used, __ATOMIC_RELEASE);
    return enter(table, at, length, (uint32_t)*offset);
}
