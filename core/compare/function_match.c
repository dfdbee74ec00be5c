#include "core/compare/function_match.h"

#include <stdlib.h>
#include <string.h>

/* How much of the file must be the same. */
enum level { LEVEL_PATH, LEVEL_BASE_NAME, LEVEL_NAME, LEVEL_COUNT };

/* A function that is not matched yet, in the order of its key at the present level. */
struct entry {
    uint64_t hash;
    const struct function_key *key;
    const char *file; /* what counts of the path at this level */
    uint32_t index;
};

struct entries {
    struct entry *rows;
    size_t count;
};

const char *function_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static uint64_t hash_text(uint64_t hash, const char *text) { /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (hash ^ 0xff) * UINT64_C(1099511628211);
}

static const char *file_at(enum level level, const struct function_key *key) {
    return level == LEVEL_PATH ? key->path : level == LEVEL_BASE_NAME ? function_base_name(key->path) : "";
}

static int compare_keys(const struct entry *a, const struct entry *b) {
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->key->kind != b->key->kind)
        return a->key->kind < b->key->kind ? -1 : 1;
    int order = strcmp(a->key->qualname, b->key->qualname);
    return order ? order : strcmp(a->file, b->file);
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    int order = compare_keys(a, b);
    if (!order && a->key->line != b->key->line)
        return a->key->line < b->key->line ? -1 : 1;
    return order ? order : a->index < b->index ? -1 : a->index > b->index;
}

static void fill(struct entries *entries, const struct function_key *keys, size_t count, enum level level,
                 const bool *taken) {
    entries->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (taken[i] || (level == LEVEL_NAME && !keys[i].project))
            continue;
        struct entry *entry = &entries->rows[entries->count++];
        *entry = (struct entry){.key = &keys[i], .file = file_at(level, &keys[i]), .index = (uint32_t)i};
        entry->hash = hash_text(hash_text(UINT64_C(14695981039346656037) ^ keys[i].kind, keys[i].qualname), entry->file);
    }
    qsort(entries->rows, entries->count, sizeof *entries->rows, compare_entries);
}

static size_t group_size(const struct entries *entries, size_t first) {
    size_t end = first + 1;
    while (end < entries->count && compare_keys(&entries->rows[first], &entries->rows[end]) == 0)
        end++;
    return end - first;
}

struct pairing {
    uint32_t *after_of;
    bool *taken[2];
};

static void pair(struct pairing *pairing, const struct entry *before, const struct entry *after) {
    pairing->after_of[before->index] = after->index;
    pairing->taken[0][before->index] = pairing->taken[1][after->index] = true;
}

/* Two groups of one key: by the same first line, the others in order. Both are sorted by it. */
static void pair_groups(struct pairing *pairing, const struct entry *before, size_t before_count, const struct entry *after,
                        size_t after_count) {
    for (size_t i = 0, k = 0; before_count != after_count && i < before_count && k < after_count;) {
        uint32_t left = before[i].key->line, right = after[k].key->line;
        if (left == right)
            pair(pairing, &before[i], &after[k]);
        i += left <= right;
        k += right <= left;
    }
    for (size_t i = 0, k = 0; i < before_count && k < after_count;) {
        bool left = pairing->taken[0][before[i].index], right = pairing->taken[1][after[k].index];
        if (!left && !right)
            pair(pairing, &before[i], &after[k]);
        i += left || !right;
        k += right || !left;
    }
}

static void pair_level(struct pairing *pairing, const struct entries *before, const struct entries *after, enum level level) {
    for (size_t i = 0, k = 0; i < before->count && k < after->count;) {
        int order = compare_keys(&before->rows[i], &after->rows[k]);
        size_t left = order <= 0 ? group_size(before, i) : 0, right = order >= 0 ? group_size(after, k) : 0;
        if (order == 0 && (level != LEVEL_NAME || left == right))
            pair_groups(pairing, &before->rows[i], left, &after->rows[k], right);
        i += left;
        k += right;
    }
}

bool function_match(const struct function_key *before, size_t before_count, const struct function_key *after,
                    size_t after_count, uint32_t *after_of) {
    struct entries entries[2] = {{calloc(before_count + 1, sizeof(struct entry)), 0},
                                 {calloc(after_count + 1, sizeof(struct entry)), 0}};
    struct pairing pairing = {after_of, {calloc(before_count + 1, 1), calloc(after_count + 1, 1)}};
    bool done = entries[0].rows && entries[1].rows && pairing.taken[0] && pairing.taken[1];
    for (size_t i = 0; i < before_count; i++)
        after_of[i] = FUNCTION_NO_MATCH;
    for (enum level level = 0; done && level < LEVEL_COUNT; level++) {
        fill(&entries[0], before, before_count, level, pairing.taken[0]);
        fill(&entries[1], after, after_count, level, pairing.taken[1]);
        pair_level(&pairing, &entries[0], &entries[1], level);
    }
    free(entries[0].rows);
    free(entries[1].rows);
    free(pairing.taken[0]);
    free(pairing.taken[1]);
    return done;
}
