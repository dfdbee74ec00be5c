#include "core/profile/function_ids.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct known_function {
    UT_hash_handle hh;
    uint32_t id;
    char key[]; /* kind and line, then file and qualified name, each with its '\0' */
};

struct function_ids {
    struct known_function *known; /* by key */
    char *key;                    /* of the function that is looked for */
    size_t key_room;
};

struct function_ids *function_ids_new(void) { return calloc(1, sizeof(struct function_ids)); }

void function_ids_free(struct function_ids *ids) {
    struct known_function *function, *next;
    if (!ids)
        return;
    HASH_ITER(hh, ids->known, function, next) {
        HASH_DEL(ids->known, function);
        free(function);
    }
    free(ids->key);
    free(ids);
}

/* Fills ids->key; its size, or 0: out of memory. */
static size_t make_key(struct function_ids *ids, const struct model_function *function) {
    size_t file = strlen(function->file) + 1, qualname = strlen(function->qualname) + 1;
    size_t numbers = sizeof function->line + sizeof function->kind, size = numbers + file + qualname;
    if (size > ids->key_room) {
        char *larger = realloc(ids->key, 2 * size);
        if (!larger)
            return 0;
        ids->key = larger;
        ids->key_room = 2 * size;
    }
    memcpy(ids->key, &function->line, sizeof function->line);
    memcpy(ids->key + sizeof function->line, &function->kind, sizeof function->kind);
    memcpy(ids->key + numbers, function->file, file);
    memcpy(ids->key + numbers + file, function->qualname, qualname);
    return size;
}

static uint32_t add(struct function_ids *ids, size_t key_size) {
    struct known_function *function = malloc(sizeof *function + key_size);
    if (!function)
        return 0;
    memcpy(function->key, ids->key, key_size);
    function->id = (uint32_t)HASH_COUNT(ids->known) + 1;
    HASH_ADD_KEYPTR(hh, ids->known, function->key, key_size, function);
    if (!function->hh.tbl) { /* out of memory, as uthash tells it */
        free(function);
        return 0;
    }
    return function->id;
}

uint32_t function_ids_of(struct function_ids *ids, const struct model_function *function) {
    struct known_function *known;
    size_t size = make_key(ids, function);
    if (!size)
        return 0;
    HASH_FIND(hh, ids->known, ids->key, size, known);
    return known ? known->id : add(ids, size);
}

size_t function_ids_count(const struct function_ids *ids) { return HASH_COUNT(ids->known); }
