#include "core/profile/line_rows.h"

#include <stdlib.h>

static int compare_keys(const void *left, const void *right) {
    const struct line_key *a = left, *b = right;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

struct model_line *line_rows_find(const struct model *model, uint32_t function, uint32_t line) {
    const struct model_function *of = &model->functions[function];
    size_t from = of->first_line_row, end = from + of->line_row_count, to = end;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (model->lines[middle].line < line)
            from = middle + 1;
        else
            to = middle;
    }
    return from < end && model->lines[from].line == line ? &model->lines[from] : NULL;
}

bool line_rows_want(struct line_rows *rows, const struct model *model, uint32_t function, uint32_t line) {
    struct line_key key = {function, line};
    if (function < model->function_count && line_rows_find(model, function, line))
        return true;
    if (rows->count && compare_keys(&rows->keys[rows->count - 1], &key) == 0)
        return true;
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? 2 * rows->capacity : 64;
        struct line_key *keys = reallocarray(rows->keys, capacity, sizeof *keys);
        if (!keys)
            return false;
        rows->keys = keys;
        rows->capacity = capacity;
    }
    rows->keys[rows->count++] = key;
    return true;
}

bool line_rows_reserve(struct line_rows *rows, struct model *model) {
    size_t kept = 0;
    if (!rows->count)
        return true;
    qsort(rows->keys, rows->count, sizeof *rows->keys, compare_keys);
    for (size_t i = 0; i < rows->count; i++)
        if (!kept || compare_keys(&rows->keys[kept - 1], &rows->keys[i]) != 0)
            rows->keys[kept++] = rows->keys[i];
    rows->count = kept;
    struct model_line *lines = reallocarray(model->lines, model->line_count + rows->count, sizeof *lines);
    if (!lines)
        return false;
    model->lines = lines;
    return true;
}

static struct model_line empty_line(const struct line_key *key) {
    return (struct model_line){.function = key->function, .line = key->line, .hits = MODEL_UNKNOWN, .self_ns = MODEL_UNKNOWN,
                               .total_ns = MODEL_UNKNOWN, .instructions = MODEL_UNKNOWN};
}

/* What is still to be moved, from the end, so that nothing is moved twice: `old` rows, and the first `more` of those to come. */
struct move { struct model_line *lines; const struct line_key *keys; size_t old, more; };

static void move_function(struct move *move, struct model_function *function, uint32_t id) {
    size_t begin = move->old - function->line_row_count;
    for (;;) {
        const struct line_key *key = move->more && move->keys[move->more - 1].function == id ? &move->keys[move->more - 1] : NULL;
        bool has_old = move->old > begin;
        if (key && (!has_old || move->lines[move->old - 1].line < key->line)) {
            move->more--;
            move->lines[move->old + move->more] = empty_line(key);
            function->line_row_count++;
        } else if (has_old) {
            move->old--;
            move->lines[move->old + move->more] = move->lines[move->old];
        } else {
            break;
        }
    }
    function->first_line_row = function->line_row_count ? (uint32_t)(move->old + move->more) : 0;
}

void line_rows_add(struct line_rows *rows, struct model *model) {
    struct move move = {model->lines, rows->keys, model->line_count, rows->count};
    model->line_count += rows->count;
    for (size_t id = model->function_count; id-- > 0 && move.more;)
        move_function(&move, &model->functions[id], (uint32_t)id);
    rows->count = 0;
}

void line_rows_free(struct line_rows *rows) {
    free(rows->keys);
    *rows = (struct line_rows){0};
}
