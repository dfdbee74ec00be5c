#include "core/profile/model_instructions.h"

#include <stdlib.h>

/* What a function's instructions come to on one line. */
struct line_total {
    uint32_t line;
    uint64_t count;
};

/* The new lines in the making. */
struct spread {
    struct model *model;
    struct model_line *lines;
    size_t line_count;
    struct line_total *totals; /* of one function, room for as many as it has instructions */
};

static bool is_counted(const struct model_instruction *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (rows[i].count == MODEL_UNKNOWN && !(rows[i].flags & MODEL_INSTRUCTION_PREFIX))
            return false;
    return count > 0;
}

static int compare_totals(const void *left, const void *right) {
    const struct line_total *a = left, *b = right;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Neighbours on one line are one total from the start, so that there are not many more than lines. Ascending by line. */
static size_t total_lines(struct spread *spread, const struct model_function *function) {
    const struct model_instruction *row = spread->model->instruction_rows + function->first_instruction_row;
    const struct model_instruction *end = row + function->instruction_row_count;
    struct line_total *totals = spread->totals;
    uint32_t line = function->line ? function->line : 1;
    size_t count = 0, kept = 1;
    for (; row < end; row++) {
        if (row->flags & MODEL_INSTRUCTION_PREFIX)
            continue;
        line = row->line ? row->line : line;
        if (!count || totals[count - 1].line != line)
            totals[count++] = (struct line_total){line, 0};
        totals[count - 1].count += row->count;
    }
    qsort(totals, count, sizeof *totals, compare_totals);
    for (size_t i = 1; i < count; i++) {
        if (totals[kept - 1].line == totals[i].line)
            totals[kept - 1].count += totals[i].count;
        else
            totals[kept++] = totals[i];
    }
    return count ? kept : 0;
}

static void add_line(struct spread *spread, uint32_t function, uint32_t line, uint64_t instructions) {
    spread->lines[spread->line_count++] = (struct model_line){.function = function, .line = line, .hits = MODEL_UNKNOWN,
                                                              .self_ns = MODEL_UNKNOWN, .total_ns = MODEL_UNKNOWN,
                                                              .instructions = instructions};
}

/* The function's own rows and those of its totals, ascending. Rows without instructions have none: all of them are known. */
static void merge_lines(struct spread *spread, uint32_t id, const struct line_total *total, size_t count) {
    const struct model_function *function = &spread->model->functions[id];
    const struct model_line *old = spread->model->lines + function->first_line_row, *end = old + function->line_row_count;
    for (const struct line_total *last = total + count; total < last; total++) {
        for (; old < end && old->line < total->line; old++) {
            spread->lines[spread->line_count] = *old;
            spread->lines[spread->line_count++].instructions = 0;
        }
        add_line(spread, id, total->line, total->count);
        if (old < end && old->line == total->line) {
            spread->lines[spread->line_count - 1] = *old++;
            spread->lines[spread->line_count - 1].instructions = total->count;
        }
        spread->model->functions[id].instructions += total->count;
    }
    for (; old < end; old++) {
        spread->lines[spread->line_count] = *old;
        spread->lines[spread->line_count++].instructions = 0;
    }
}

static void keep_lines(struct spread *spread, const struct model_function *function) {
    for (uint32_t i = 0; i < function->line_row_count; i++)
        spread->lines[spread->line_count++] = spread->model->lines[function->first_line_row + i];
}

static void spread_function(struct spread *spread, uint32_t id) {
    struct model *model = spread->model;
    struct model_function *function = &model->functions[id];
    size_t first = spread->line_count;
    if (is_counted(model->instruction_rows + function->first_instruction_row, function->instruction_row_count)) {
        function->instructions = 0;
        merge_lines(spread, id, spread->totals, total_lines(spread, function));
        model_add_known(&model->instructions, function->instructions);
    } else {
        keep_lines(spread, function);
    }
    function->line_row_count = (uint32_t)(spread->line_count - first);
    function->first_line_row = function->line_row_count ? (uint32_t)first : 0;
}

bool model_spread_instructions(struct model *model) {
    if (!model->instruction_row_count)
        return true;
    struct spread spread = {.model = model,
                            .lines = malloc((model->line_count + model->instruction_row_count) * sizeof *spread.lines),
                            .totals = malloc(model->instruction_row_count * sizeof *spread.totals)};
    bool done = spread.lines && spread.totals;
    for (uint32_t id = 0; done && id < model->function_count; id++)
        spread_function(&spread, id);
    free(spread.totals);
    if (!done) {
        free(spread.lines);
        return false;
    }
    free(model->lines);
    model->lines = spread.lines;
    model->line_count = spread.line_count;
    return true;
}
