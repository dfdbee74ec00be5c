#include "core/profile/opcode_tally.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct opcode_names {
    const char *text;
    uint32_t number;
    UT_hash_handle hh;
};

/* Room for one more; capacities double. */
static bool make_room(void **rows, size_t size, size_t count, size_t *capacity) {
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown = reallocarray(*rows, wanted, size);
    if (!grown)
        return false;
    *rows = grown;
    *capacity = wanted;
    return true;
}

uint32_t opcode_tally_name(struct opcode_tally *tally, const char *opname) {
    struct opcode_names *name;
    HASH_FIND_STR(tally->names, opname, name);
    if (name)
        return name->number;
    if (!make_room((void **)&tally->texts, sizeof *tally->texts, tally->text_count, &tally->text_capacity) ||
        !(name = calloc(1, sizeof *name)))
        return 0;
    name->text = opname;
    name->number = (uint32_t)tally->text_count + 1;
    HASH_ADD_KEYPTR(hh, tally->names, name->text, strlen(name->text), name);
    if (!name->hh.tbl) { /* out of memory, as uthash tells it */
        free(name);
        return 0;
    }
    tally->texts[tally->text_count++] = opname;
    return name->number;
}

bool opcode_tally_add(struct opcode_tally *tally, uint32_t opcode, uint32_t next, uint64_t count) {
    if (!count)
        return true;
    if (!make_room((void **)&tally->parts, sizeof *tally->parts, tally->part_count, &tally->part_capacity))
        return false;
    tally->parts[tally->part_count++] = (struct opcode_part){(uint64_t)opcode << 32 | next, count};
    return true;
}

static int compare_parts(const void *left, const void *right) {
    const struct opcode_part *a = left, *b = right;
    return a->key < b->key ? -1 : a->key > b->key;
}

static int compare_rows(const void *left, const void *right) {
    const struct model_opcode *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    int order = strcmp(a->opname, b->opname);
    return order ? order : strcmp(a->next, b->next);
}

static const char *text_of(const struct opcode_tally *tally, uint32_t number) { return number ? tally->texts[number - 1] : ""; }

struct model_opcode *opcode_tally_rows(struct opcode_tally *tally, size_t *count) {
    struct model_opcode *rows = calloc(tally->part_count ? tally->part_count : 1, sizeof *rows);
    *count = 0;
    if (!rows)
        return NULL;
    if (tally->part_count)
        qsort(tally->parts, tally->part_count, sizeof *tally->parts, compare_parts);
    for (size_t i = 0; i < tally->part_count; i++) {
        const struct opcode_part *part = &tally->parts[i];
        if (!i || part[-1].key != part->key)
            rows[(*count)++] = (struct model_opcode){text_of(tally, (uint32_t)(part->key >> 32)),
                                                     text_of(tally, (uint32_t)part->key), 0};
        rows[*count - 1].count += part->count;
    }
    qsort(rows, *count, sizeof *rows, compare_rows);
    return rows;
}

void opcode_tally_free(struct opcode_tally *tally) {
    struct opcode_names *name, *next;
    HASH_ITER(hh, tally->names, name, next) {
        HASH_DEL(tally->names, name);
        free(name);
    }
    free(tally->texts);
    free(tally->parts);
}

/* In a sum over processes a function may have a total without counts of its rows. */
static bool has_counts(const struct model *model, const struct model_function *function) {
    if (function->instructions == MODEL_UNKNOWN)
        return false;
    for (uint32_t i = 0; i < function->instruction_row_count; i++)
        if (model->instruction_rows[function->first_instruction_row + i].count == MODEL_UNKNOWN)
            return false;
    return true;
}

bool opcode_tally_functions(const struct model *model, uint32_t function, struct opcode_tally *tally,
                            bool (*what)(const struct model *model, uint32_t function, struct opcode_tally *tally, void *context),
                            void *context) {
    uint32_t first = function ? function : 1;
    size_t end = function ? (size_t)function + 1 : model->function_count;
    for (uint32_t id = first; id < end && id < model->function_count; id++)
        if (has_counts(model, &model->functions[id]) && !what(model, id, tally, context))
            return false;
    return true;
}
