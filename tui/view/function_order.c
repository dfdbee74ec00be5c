#include "tui/view/function_order.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* The first bytes of a name in comparing order: most comparisons end with them, without a look at the name. */
struct named {
    uint64_t first, second;
    uint32_t id;
};

static uint64_t next_bytes(const char **text) {
    uint64_t bytes = 0;
    for (int i = 0; i < 8; i++) {
        bytes = bytes << 8 | (unsigned char)**text;
        *text += **text != '\0';
    }
    return bytes;
}

static int compare_numbers(uint64_t left, uint64_t right) { return (left > right) - (left < right); }

static int compare_ids(const struct model *model, uint32_t left, uint32_t right) {
    int result = strcmp(model->functions[left].qualname, model->functions[right].qualname);
    return result ? result : compare_numbers(left, right);
}

static int compare_named(const void *left_entry, const void *right_entry, void *model) {
    const struct named *left = left_entry, *right = right_entry;
    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    if (left->second != right->second)
        return left->second < right->second ? -1 : 1;
    return compare_ids(model, left->id, right->id);
}

void function_order_free(struct function_order *order) {
    free(order->by_name);
    *order = (struct function_order){0};
}

/* The functions from id `first` on, by name; malloc'ed. */
static struct named *sort_new(const struct model *model, size_t first) {
    size_t count = model->function_count - first;
    struct named *named = malloc((count + 1) * sizeof *named);
    for (size_t i = 0; named && i < count; i++) {
        const char *text = model->functions[first + i].qualname;
        named[i].first = next_bytes(&text);
        named[i].second = next_bytes(&text);
        named[i].id = (uint32_t)(first + i);
    }
    if (named)
        qsort_r(named, count, sizeof *named, compare_named, (void *)model);
    return named;
}

/* Merges the sorted new ones in, from the end, where there is room. */
static void merge(struct function_order *order, const struct model *model, const struct named *named, size_t count) {
    size_t old = order->count, at = old + count;
    while (count > 0) {
        if (old > 0 && compare_ids(model, order->by_name[old - 1], named[count - 1].id) > 0)
            order->by_name[--at] = order->by_name[--old];
        else
            order->by_name[--at] = named[--count].id;
    }
}

bool function_order_update(struct function_order *order, const struct model *model) {
    bool same_run = model->start_unix_ns && order->start_unix_ns == model->start_unix_ns && order->pid == model->pid &&
                    order->count < model->function_count;
    if (!same_run)
        order->count = 0;
    order->start_unix_ns = model->start_unix_ns;
    order->pid = model->pid;
    size_t added = model->function_count - 1 - order->count;
    if (!added)
        return true;
    uint32_t *grown = reallocarray(order->by_name, model->function_count, sizeof *grown);
    struct named *named = grown ? sort_new(model, order->count + 1) : NULL;
    order->by_name = grown ? grown : order->by_name;
    if (!named) {
        order->count = 0;
        return false;
    }
    merge(order, model, named, added);
    order->count += added;
    free(named);
    return true;
}

struct ordered_function *function_order_by_key(struct ordered_function *entries, struct ordered_function *spare,
                                               size_t count) {
    for (int shift = 0; shift < 64; shift += 8) {
        size_t places[257] = {0};
        for (size_t i = 0; i < count; i++)
            places[(entries[i].key >> shift & 0xff) + 1]++;
        if (count == 0 || places[(entries[0].key >> shift & 0xff) + 1] == count)
            continue; /* the same byte in all: nothing to do */
        for (int byte = 0; byte < 256; byte++)
            places[byte + 1] += places[byte];
        for (size_t i = 0; i < count; i++)
            spare[places[entries[i].key >> shift & 0xff]++] = entries[i];
        struct ordered_function *sorted = spare;
        spare = entries;
        entries = sorted;
    }
    return entries;
}

/* --- files ------------------------------------------------------------------------------------------ */

struct file {
    const char *name;
    uint64_t rank;
    UT_hash_handle hh;
};

static int compare_files(const struct file *left, const struct file *right) { return strcmp(left->name, right->name); }

static struct file *find_or_add(struct file **files, const char *name) {
    struct file *file;
    HASH_FIND_STR(*files, name, file);
    if (file || !(file = calloc(1, sizeof *file)))
        return file;
    file->name = name;
    HASH_ADD_KEYPTR(hh, *files, file->name, strlen(file->name), file);
    if (file->hh.tbl)
        return file;
    free(file); /* out of memory, as uthash tells it */
    return NULL;
}

bool function_order_file_keys(const struct model *model, struct ordered_function *entries, size_t count) {
    struct file *files = NULL, *file, *next;
    const struct file **of = malloc((count + 1) * sizeof *of);
    bool done = of != NULL;
    for (size_t i = 0; done && i < count; i++) {
        of[i] = find_or_add(&files, model->functions[entries[i].id].file);
        done = of[i] != NULL;
    }
    HASH_SORT(files, compare_files);
    uint64_t rank = 0;
    for (file = files; file; file = file->hh.next)
        file->rank = rank++;
    for (size_t i = 0; done && i < count; i++)
        entries[i].key = of[i]->rank << 32 | model->functions[entries[i].id].line;
    HASH_ITER(hh, files, file, next) {
        HASH_DEL(files, file);
        free(file);
    }
    free(of);
    return done;
}
