#include "tui/view/group_keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/group_totals.h"

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { KEY_SIZE = 4608 /* a file and a class; longer ones are cut */, FIRST_GROUPS = 64 };

struct group_key {
    char *text;  /* owned: what is looked up */
    char *name;  /* owned: what is shown; NULL: the text */
    uint32_t number;
    bool is_class; /* and not what a module has outside of classes */
    UT_hash_handle hh;
};

void group_keys_free(struct group_keys *keys) {
    struct group_key *key, *next;
    HASH_ITER(hh, keys->keys, key, next) {
        HASH_DEL(keys->keys, key);
        free(key->text);
        free(key->name);
        free(key);
    }
    module_names_free(&keys->modules);
    free(keys->groups);
    free(keys->of_function);
    free(keys->class_names);
    *keys = (struct group_keys){.grouping = keys->grouping};
}

const char *group_keys_name(const struct group_keys *keys, uint32_t group) {
    const struct group_key *key = keys->groups[group];
    return key->name ? key->name : key->text;
}

/* --- groups ----------------------------------------------------------------------------------------------- */

static bool reserve_group(struct group_keys *keys) {
    if (keys->count < keys->capacity)
        return true;
    size_t capacity = keys->capacity ? keys->capacity * 2 : FIRST_GROUPS;
    struct group_key **grown = reallocarray(keys->groups, capacity, sizeof *grown);
    if (!grown)
        return false;
    keys->groups = grown;
    keys->capacity = capacity;
    return true;
}

static struct group_key *find(const struct group_keys *keys, const char *text, size_t length) {
    struct group_key *key;
    HASH_FIND(hh, keys->keys, text, length, key);
    return key;
}

/* The group of a text, a new one where there is none; NULL: out of memory. */
static struct group_key *find_or_add(struct group_keys *keys, const char *text, size_t length) {
    struct group_key *key = find(keys, text, length);
    if (key || !reserve_group(keys) || !(key = calloc(1, sizeof *key)))
        return key;
    key->text = strndup(text, length);
    if (key->text)
        HASH_ADD_KEYPTR(hh, keys->keys, key->text, length, key);
    if (!key->text || !key->hh.tbl) { /* out of memory, as uthash tells it */
        free(key->text);
        free(key);
        return NULL;
    }
    key->number = (uint32_t)keys->count;
    keys->groups[keys->count++] = key;
    return key;
}

/* --- of functions ----------------------------------------------------------------------------------------- */

/* Most functions stand beside those of their file and class: what was found for the one before is not looked for again. */
struct naming {
    struct group_keys *keys;
    char text[KEY_SIZE];
    const char *file;     /* whose module `text` begins with; NULL: of none */
    size_t module_length;
    const struct model_function *before; /* in a class, of that file; NULL: there is none */
    size_t class_length;
    struct group_key *key;
};

static bool is_of_file(const struct naming *naming, const struct model_function *function) {
    return function->kind == MODEL_FUNCTION_PYTHON && naming->file &&
           (naming->file == function->file || strcmp(naming->file, function->file) == 0);
}

static void name_module(struct naming *naming, const struct model_function *function) {
    if (is_of_file(naming, function))
        return;
    function_module_name(&naming->keys->modules, function, naming->text, sizeof naming->text);
    naming->module_length = strlen(naming->text);
    naming->file = function->kind == MODEL_FUNCTION_PYTHON ? function->file : NULL;
    naming->before = NULL;
}

/* Behind the module's name; returns the length of both. */
static size_t append(struct naming *naming, const char *between, const char *name, size_t length) {
    size_t used = naming->module_length, room = sizeof naming->text - 1 - used, skip = strlen(between);
    skip = skip < room ? skip : room;
    length = length < room - skip ? length : room - skip;
    memcpy(naming->text + used, between, skip);
    memcpy(naming->text + used + skip, name, length);
    return used + skip + length;
}

enum { CLASS_NAME_BITS = 20 };

/* FNV-1a. */
static uint32_t hash_name(const char *name, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return (hash ^ hash >> CLASS_NAME_BITS) & ((1u << CLASS_NAME_BITS) - 1);
}

static bool note_class(struct group_keys *keys, const char *name, size_t length) {
    if (!keys->class_names)
        keys->class_names = calloc(1u << (CLASS_NAME_BITS - 6), sizeof *keys->class_names);
    uint32_t hash = hash_name(name, length);
    if (keys->class_names)
        keys->class_names[hash >> 6] |= UINT64_C(1) << (hash & 63);
    return keys->class_names;
}

/* "json.decoder.JSONDecoder", or "json.decoder, no class". A C function's owner says it all. */
static struct group_key *find_class(struct naming *naming, const struct model_function *function) {
    size_t length = function_class_length(function);
    if (function->kind == MODEL_FUNCTION_C && length) {
        struct group_key *key = find_or_add(naming->keys, function->qualname, length);
        if (key)
            key->is_class = true;
        return key;
    }
    name_module(naming, function);
    if (naming->before && length == naming->class_length && memcmp(naming->before->qualname, function->qualname, length) == 0)
        return naming->key;
    size_t used = length ? append(naming, naming->module_length ? "." : "", function->qualname, length)
                         : append(naming, ", no class", "", 0);
    struct group_key *key = find_or_add(naming->keys, naming->text, used);
    if (!key || (length && !note_class(naming->keys, function->qualname, length)))
        return NULL;
    key->is_class = length > 0;
    naming->before = naming->file ? function : NULL;
    naming->class_length = length;
    return naming->key = key;
}

static struct group_key *find_module(struct group_keys *keys, const struct model_function *function) {
    char text[KEY_SIZE];
    function_module_name(&keys->modules, function, text, sizeof text);
    return find_or_add(keys, text, strlen(text));
}

static struct group_key *find_group(struct naming *naming, const struct model_function *function) {
    if (naming->keys->grouping == FUNCTION_GROUPING_CLASS)
        return find_class(naming, function);
    if (naming->keys->grouping == FUNCTION_GROUPING_MODULE)
        return find_module(naming->keys, function);
    const char *text = *function->file ? function->file : "functions written in C";
    return find_or_add(naming->keys, text, strlen(text));
}

/* A class's body is code as well, of the class's own name: it is in its class, once that has methods. */
static void find_bodies(struct naming *naming, const struct model *model) {
    struct group_keys *keys = naming->keys;
    for (size_t id = 1; keys->class_names && id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (function->kind != MODEL_FUNCTION_PYTHON || function->qualname[0] == '<')
            continue;
        size_t length = strlen(function->qualname);
        uint32_t hash = hash_name(function->qualname, length);
        if (!(keys->class_names[hash >> 6] >> (hash & 63) & 1))
            continue;
        name_module(naming, function);
        const struct group_key *key = find(keys, naming->text, append(naming, ".", function->qualname, length));
        if (key && key->is_class)
            keys->of_function[id] = key->number;
    }
}

/* Most functions stand beside those of their file: what files and modules are grouped by need not be looked up again. */
static bool find_groups(struct group_keys *keys, const struct model *model) {
    bool by_file = keys->grouping != FUNCTION_GROUPING_CLASS;
    const char *file = "";
    uint32_t group = GROUP_NONE;
    size_t before = keys->count;
    struct naming naming = {.keys = keys};
    for (size_t id = keys->known; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        bool same = by_file && *file && (file == function->file || strcmp(file, function->file) == 0);
        const struct group_key *key = same ? NULL : find_group(&naming, function);
        if (!same && !key)
            return false;
        group = same ? group : key->number;
        file = function->file;
        keys->of_function[id] = group;
    }
    keys->known = model->function_count;
    if (!by_file && keys->count > before)
        find_bodies(&naming, model);
    return true;
}

bool group_keys_update(struct group_keys *keys, const struct model *model, bool *other) {
    *other = run_stamp_update(&keys->run, model) || keys->known > model->function_count;
    if (*other) {
        struct run_stamp run = keys->run;
        group_keys_free(keys);
        keys->run = run;
    }
    if (keys->grouping == FUNCTION_GROUPING_THREAD || keys->known == model->function_count)
        return true;
    if (!module_names_update(&keys->modules, model))
        return false;
    uint32_t *grown = reallocarray(keys->of_function, model->function_count, sizeof *grown);
    if (!grown)
        return false;
    keys->of_function = grown;
    keys->of_function[0] = GROUP_NONE;
    keys->known = keys->known ? keys->known : 1;
    return find_groups(keys, model);
}

/* --- threads ---------------------------------------------------------------------------------------------- */

/* A place of threads: a thread that ends leaves it to the next one. */
static void describe_thread(const struct model *model, const struct model_thread *thread, char *text, size_t size) {
    char id[64] = "main thread";
    if (thread->system_id != model->pid)
        snprintf(id, sizeof id, "thread %" PRIu64, thread->system_id);
    const char *name = *thread->name ? thread->name : id;
    if (thread->starts > 1)
        snprintf(text, size, "%.200s, and %" PRIu64 " before it", name, thread->starts - 1);
    else
        snprintf(text, size, "%.200s", name);
}

/* Of several processes together threads have no places that stay, but numbers that the system gave. */
static void name_thread(const struct model *model, uint32_t thread, char *key, size_t key_size, char *name, size_t name_size) {
    bool known = thread < model->thread_count;
    if (!known)
        snprintf(name, name_size, "%s", model->thread_count > 1 ? "all threads, not told apart" : "the only thread");
    else
        describe_thread(model, &model->threads[thread], name, name_size);
    if (known && model->process_count > 1)
        snprintf(key, key_size, "system %" PRIu64 " %" PRIu64, model->threads[thread].system_id, model->threads[thread].starts);
    else
        snprintf(key, key_size, "place %" PRIu32, known ? thread : THREAD_UNKNOWN);
}

uint32_t group_keys_thread(struct group_keys *keys, const struct model *model, uint32_t thread) {
    char text[64], name[320];
    name_thread(model, thread, text, sizeof text, name, sizeof name);
    struct group_key *key = find_or_add(keys, text, strlen(text));
    char *copy = key ? strdup(name) : NULL; /* a thread may get another name */
    if (!copy)
        return GROUP_NONE;
    free(key->name);
    key->name = copy;
    return key->number;
}
