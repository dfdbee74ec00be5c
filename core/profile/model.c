/* model.c - making and freeing a model, its texts and its sources.
 *
 * Ownership: row arrays (functions, edges, ...) are malloc'ed by whoever builds the model and freed by model_free.
 * Texts lie in blocks that model->memory owns; so do the sources, which are found by their file's name in a hash. */
#include "pyprof/model.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "core/profile/model_build.h"
#include "core/profile/model_update.h"
#include "core/profile/packed_sites.h"

enum { TEXT_BLOCK_SIZE = 64 * 1024 };

struct text_block {
    struct text_block *next;
    size_t used, size;
    char bytes[];
};

struct source_entry {
    const char *file;
    size_t index; /* in model.sources; the array moves as it grows */
    UT_hash_handle hh;
};

struct model_memory {
    struct text_block *blocks; /* the first is the one that is being filled */
    struct text_block *row_blocks; /* likewise, of texts that go with the rows */
    struct source_entry *source_by_file;
    size_t source_capacity;
};

static void set_empty_texts(struct model *model) {
    model->python_version = model->script = model->config_text = model->switch_failed = "";
    model->functions[0] = (struct model_function){.file = "", .name = "", .qualname = "", .instructions = MODEL_UNKNOWN};
    model->instructions = MODEL_UNKNOWN;
}

struct model *model_new(void) {
    struct model *model = calloc(1, sizeof *model);
    if (!model)
        return NULL;
    model->memory = calloc(1, sizeof *model->memory);
    model->functions = calloc(1, sizeof *model->functions);
    if (!model->memory || !model->functions) {
        model_free(model);
        return NULL;
    }
    model->function_count = model->process_count = 1;
    set_empty_texts(model);
    return model;
}

static void free_blocks(struct text_block *blocks) {
    for (struct text_block *next; blocks; blocks = next) {
        next = blocks->next;
        free(blocks);
    }
}

static void free_memory(struct model_memory *memory) {
    if (!memory)
        return;
    struct source_entry *entry, *next_entry;
    HASH_ITER(hh, memory->source_by_file, entry, next_entry) {
        HASH_DEL(memory->source_by_file, entry);
        free(entry);
    }
    free_blocks(memory->blocks);
    free_blocks(memory->row_blocks);
    free(memory);
}

void model_free(struct model *model) {
    if (!model)
        return;
    for (size_t i = 0; i < model->child_count; i++)
        model_free(model->children[i]);
    free(model->children);
    model_free(model->all);
    free_memory(model->memory);
    free(model->arguments);
    free(model->functions);
    free(model->edges);
    free(model->lines);
    free(model->instruction_rows);
    free(model->handlers);
    free(model->nodes);
    free(model->node_memory);
    free(model->sites);
    packed_sites_free(model->packed_sites);
    free(model->types);
    free(model->marks);
    free(model->samples);
    free(model->sources);
    free(model->threads);
    free(model->thread_functions);
    free(model->left_alone);
    free(model->unreadable);
    model_changes_free(model->changes);
    model_update_free(model->update);
    free(model);
}

const struct model *model_program(const struct model *model) { return model->program ? model->program : model; }

const struct model *model_whole(const struct model *model) {
    const struct model *program = model_program(model);
    return program->all ? program->all : program;
}

const struct model *model_process(const struct model *model, uint32_t pid) {
    const struct model *program = model_program(model);
    if (program->pid == pid)
        return program;
    for (size_t i = 0; i < program->child_count; i++)
        if (program->children[i]->pid == pid)
            return program->children[i];
    return NULL;
}

const char *model_command(const struct model *model) {
    return *model->script ? model->script : model_program(model)->script;
}

static struct text_block *add_block(struct text_block **blocks, size_t room) {
    size_t size = room > TEXT_BLOCK_SIZE ? room : TEXT_BLOCK_SIZE;
    if (size > SIZE_MAX - sizeof(struct text_block))
        return NULL;
    struct text_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->used = 0;
    block->size = size;
    /* A block made for one large text goes behind the one that still has room. */
    struct text_block **at = *blocks && room > TEXT_BLOCK_SIZE ? &(*blocks)->next : blocks;
    block->next = *at;
    *at = block;
    return block;
}

static char *text_room(struct text_block **blocks, size_t length) {
    if (length == SIZE_MAX)
        return NULL;
    struct text_block *block = *blocks;
    if (!block || block->size - block->used < length + 1)
        block = add_block(blocks, length + 1);
    if (!block)
        return NULL;
    char *text = block->bytes + block->used;
    block->used += length + 1;
    text[length] = '\0';
    return text;
}

char *model_text_room(struct model *model, size_t length) { return text_room(&model->memory->blocks, length); }

char *model_row_text_room(struct model *model, size_t length) { return text_room(&model->memory->row_blocks, length); }

void model_move_row_texts(struct model *model, struct model *from) {
    struct text_block **end = &model->memory->row_blocks;
    while (*end)
        end = &(*end)->next;
    *end = from->memory->row_blocks;
    from->memory->row_blocks = NULL;
}

const struct model_node_memory *model_node_memory(const struct model *model, const struct model_node *node) {
    static const struct model_node_memory none;
    return node->memory_row < model->node_memory_count ? &model->node_memory[node->memory_row] : &none;
}

const char *model_text(struct model *model, const char *text, size_t length) {
    char *copy = model_text_room(model, length);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

static bool make_room_for_source(struct model *model) {
    size_t capacity = model->memory->source_capacity;
    if (model->source_count < capacity)
        return true;
    capacity = capacity ? capacity * 2 : 16;
    struct model_source *grown = reallocarray(model->sources, capacity, sizeof *grown);
    if (!grown)
        return false;
    model->sources = grown;
    model->memory->source_capacity = capacity;
    return true;
}

bool model_add_source_owned(struct model *model, const char *file, const char *text, size_t length) {
    struct source_entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return false;
    entry->file = model_text(model, file, strlen(file));
    entry->index = model->source_count;
    if (!entry->file || !make_room_for_source(model)) {
        free(entry);
        return false;
    }
    HASH_ADD_KEYPTR(hh, model->memory->source_by_file, entry->file, strlen(entry->file), entry);
    if (!entry->hh.tbl) { /* out of memory, as uthash tells it */
        free(entry);
        return false;
    }
    model->sources[model->source_count++] = (struct model_source){entry->file, text, length};
    return true;
}

bool model_add_source(struct model *model, const char *file, const char *text, size_t length) {
    const char *copy = model_text(model, text, length);
    return copy && model_add_source_owned(model, file, copy, length);
}

const struct model_source *model_source(const struct model *model, const char *file) {
    struct source_entry *entry;
    HASH_FIND_STR(model->memory->source_by_file, file, entry);
    if (entry)
        return &model->sources[entry->index];
    return model->program ? model_source(model->program, file) : NULL;
}

/* Python ends a line at "\n", "\r\n" and "\r". Returns where the next line begins, or length where there is none. */
static size_t after_line(const char *text, size_t length, size_t at) {
    while (at < length && text[at] != '\n' && text[at] != '\r')
        at++;
    if (at < length && text[at] == '\r' && at + 1 < length && text[at + 1] == '\n')
        at++;
    return at < length ? at + 1 : length;
}

size_t *model_source_lines(const struct model_source *source, size_t *count) {
    size_t lines = 0;
    for (size_t at = 0; at < source->length; at = after_line(source->text, source->length, at))
        lines++;
    size_t *starts = malloc((lines ? lines : 1) * sizeof *starts);
    if (!starts)
        return NULL;
    *count = 0;
    for (size_t at = 0; at < source->length; at = after_line(source->text, source->length, at))
        starts[(*count)++] = at;
    return starts;
}

size_t model_peak_sample(const struct model *model) {
    size_t peak = SIZE_MAX;
    for (size_t i = 0; i < model->sample_count; i++) {
        uint64_t rss = model->samples[i].rss;
        if (rss != MODEL_UNKNOWN && (peak == SIZE_MAX || rss > model->samples[peak].rss))
            peak = i;
    }
    return peak;
}

uint64_t model_total_self(const struct model *model) {
    uint64_t total = 0;
    for (size_t i = 1; i < model->function_count; i++)
        if (model->functions[i].self_ns != MODEL_UNKNOWN)
            total += model->functions[i].self_ns;
    return total;
}

int model_compare_types(const void *left, const void *right) {
    const struct model_type *a = left, *b = right;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->name, b->name);
}
