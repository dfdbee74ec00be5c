/* arena_rows.c - functions and lines: what the counters stand for. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/arena_build.h"
#include "core/profile/counting_sort.h"
#include "core/profile/line_shares.h"
#include "core/profile/model_build.h"
#include "core/profile/utf8.h"

enum { TEXT_LIMIT = 16 * 1024 }; /* of one name; a longer one is taken for damage */

/* In place, so that offsets keep; the host writes valid text, so this is for damaged files. */
static void replace_invalid_bytes(char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t size = utf8_character(text + at, length - at);
        if (!size)
            text[at] = '?';
        at += size ? size : 1;
    }
}

bool arena_fill_texts(struct arena_build *build, uint64_t at, char *bytes, struct arena_texts *texts, struct error *error) {
    if (!arena_read(build->reader, at + texts->at, bytes, texts->size, error))
        return false;
    bytes[texts->size] = '\0';
    if (!texts->at)
        bytes[0] = '\0';
    if (!utf8_is_valid(bytes, texts->size))
        replace_invalid_bytes(bytes, texts->size);
    texts->bytes = bytes;
    return true;
}

/* A model that is compacted keeps copies of those that it uses. */
static char *room_for_texts(struct arena_build *build, uint64_t size) {
    return build->compact ? arena_scratch(&build->reader->texts, size + 1) : model_row_text_room(build->model, size);
}

/* The size is read anew, after the codes: texts are published before the codes that use them. */
static bool read_texts(struct arena_build *build, struct error *error) {
    struct arena_texts *texts = &build->texts;
    uint64_t size_at = offsetof(struct arena_header, strings_used), end;
    if (!arena_read(build->reader, size_at, &end, sizeof end, error))
        return false;
    if (end == 0 || end > ARENA_STRINGS_SIZE || end < texts->at)
        return arena_damaged(build->reader, "size of the texts out of bounds", error);
    texts->size = end - texts->at;
    char *bytes = room_for_texts(build, texts->size);
    if (!bytes)
        return arena_out_of_memory(build->reader, error);
    return arena_fill_texts(build, ARENA_STRINGS_AT, bytes, texts, error);
}

const char *arena_text(const struct arena_texts *texts, uint64_t offset) {
    while (offset < texts->at && texts->earlier)
        texts = texts->earlier;
    if (offset < texts->at || offset - texts->at >= texts->size)
        return "";
    const char *text = texts->bytes + (offset - texts->at);
    /* The copy ends with a '\0' of its own, behind its last byte. */
    size_t room = texts->size - (offset - texts->at) + 1;
    return memchr(text, '\0', room < TEXT_LIMIT ? room : TEXT_LIMIT) ? text : "";
}

uint16_t arena_function_flags(const struct arena_build *build, const struct arena_code *code) {
    uint16_t flags = 0;
    if (code->flags & ARENA_CODE_PROJECT)
        flags |= MODEL_FUNCTION_PROJECT;
    if (code->flags & ARENA_CODE_MARKED)
        flags |= MODEL_FUNCTION_MARKED;
    bool has_lines = code->flags & ARENA_CODE_LINES;
    if (has_lines && (!build->model->marked_only || (flags & MODEL_FUNCTION_MARKED)))
        flags |= MODEL_FUNCTION_LINES;
    return flags;
}

static void fill_function(const struct arena_build *build, const struct arena_code *code, struct model_function *function) {
    const struct arena_texts *texts = &build->texts;
    bool is_c = code->kind == ARENA_CODE_C;
    *function = (struct model_function){
        .file = is_c ? "" : arena_text(texts, code->file),
        .name = arena_text(texts, code->name),
        .qualname = arena_text(texts, code->qualname),
        .line = is_c ? 0 : code->first_line,
        .kind = is_c ? MODEL_FUNCTION_C : MODEL_FUNCTION_PYTHON,
        .flags = arena_function_flags(build, code),
        .instructions = MODEL_UNKNOWN,
    };
}

bool arena_read_functions(struct arena_build *build, struct error *error) {
    uint32_t count = build->header->code_count;
    const struct arena_code *codes = arena_read_scratch(build->reader, &build->reader->rows, ARENA_CODES_AT,
                                                        count * sizeof *codes, error);
    if (!codes || !read_texts(build, error))
        return false;
    struct model_function *functions = reallocarray(build->model->functions, count, sizeof *functions);
    if (!functions)
        return arena_out_of_memory(build->reader, error);
    build->model->functions = functions;
    build->model->function_count = count;
    for (uint32_t i = 1; i < count; i++)
        fill_function(build, &codes[i], &functions[i]);
    return true;
}

bool arena_read_new_functions(struct arena_build *build, uint32_t first, struct model_function *functions, struct error *error) {
    uint32_t count = build->header->code_count - first;
    const struct arena_code *codes = arena_read_scratch(build->reader, &build->reader->rows, ARENA_CODES_AT + first * sizeof *codes,
                                                        count * sizeof *codes, error);
    if (!codes || !read_texts(build, error))
        return false;
    for (uint32_t i = 0; i < count; i++)
        fill_function(build, &codes[i], &functions[i]);
    return true;
}

static int compare_lines(const void *left, const void *right) {
    const struct model_line *a = left, *b = right;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Sorts the lines of one function where they are not yet, and sums rows of the same line. Returns how many are left. */
static size_t tidy_lines(struct model_line *lines, size_t count) {
    bool ascending = true;
    for (size_t i = 1; i < count && ascending; i++)
        ascending = lines[i - 1].line < lines[i].line;
    if (ascending)
        return count;
    qsort(lines, count, sizeof *lines, compare_lines);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        if (lines[kept - 1].line != lines[i].line) {
            lines[kept++] = lines[i];
            continue;
        }
        lines[kept - 1].hits += lines[i].hits;
        lines[kept - 1].self_ns += lines[i].self_ns;
        lines[kept - 1].total_ns += lines[i].total_ns;
    }
    return kept;
}

size_t arena_line_rows(struct arena_line_cell *cells, const struct arena_line *table, const uint32_t *order, size_t count,
                       uint32_t id, struct model_line *rows) {
    size_t added = 0;
    share_untimed_time(cells, table, order, count);
    for (size_t i = 0; i < count; i++) {
        const struct arena_line_cell *sum = &cells[order[i]];
        uint32_t line = table[order[i]].line;
        if (line)
            rows[added++] = (struct model_line){id, line, sum->hits, sum->self_ticks, sum->total_ticks, {0}, MODEL_UNKNOWN};
    }
    return added ? tidy_lines(rows, added) : 0;
}

/* Appends the lines whose cells are order[0..count), all of one function. */
static void add_function_lines(struct arena_build *build, const struct arena_line *table, const uint32_t *order,
                               size_t count, uint32_t id) {
    struct model *model = build->model;
    struct model_function *function = &model->functions[id];
    size_t added = arena_line_rows(build->line_sums, table, order, count, id, &model->lines[model->line_count]);
    if (!added)
        return;
    function->first_line_row = (uint32_t)model->line_count;
    function->line_row_count = (uint32_t)added;
    model->line_count += added;
}

/* The function of each cell of the line table; 0 for cells that stand for nothing to be shown. */
static void find_line_functions(const struct arena_build *build, const struct arena_line *table, uint32_t *functions) {
    const struct model *model = build->model;
    functions[0] = 0;
    for (uint32_t i = 1; i < build->header->line_cell_count; i++) {
        uint32_t code = table[i].code;
        bool shown = code < model->function_count && (model->functions[code].flags & MODEL_FUNCTION_LINES);
        functions[i] = shown ? code : 0;
    }
}

static bool group_lines(struct arena_build *build, const struct arena_line *table, uint32_t *functions,
                        uint32_t *order) {
    size_t count = build->header->line_cell_count;
    find_line_functions(build, table, functions);
    if (!counting_sort(NULL, order, count, functions, build->model->function_count))
        return false;
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t id = functions[order[i]];
        for (end = i; end < count && functions[order[end]] == id;)
            end++;
        if (id)
            add_function_lines(build, table, order + i, end - i, id);
    }
    return true;
}

bool arena_read_lines(struct arena_build *build, struct error *error) {
    size_t count = build->header->line_cell_count;
    const struct arena_line *table =
        arena_read_scratch(build->reader, &build->reader->rows, ARENA_LINES_AT, count * sizeof *table, error);
    if (!table)
        return false;
    build->model->lines = malloc(count * sizeof *build->model->lines);
    uint32_t *columns = malloc(2 * count * sizeof *columns);
    bool done = build->model->lines && columns && group_lines(build, table, columns, columns + count);
    free(columns);
    return done || arena_out_of_memory(build->reader, error);
}
