/* model_sum_instructions.c - instructions of the sum over all processes. */
#include <string.h>

#include "core/profile/model_instructions.h"
#include "core/profile/model_summing.h"

/* What of a function's instructions the sum can tell. */
struct merge {
    const struct model_function *pattern; /* of a process: its rows are the sum's; NULL: none has any */
    const struct model *pattern_process;
    bool lost;    /* a process ran it and does not know its instructions */
    bool differs; /* its bytecode is not the same in all: two lambdas on a line, or a file that changed meanwhile */
};

static const struct model_instruction *rows_of(const struct model *process, const struct model_function *function) {
    return process->instruction_rows + function->first_instruction_row;
}

static bool is_same_bytecode(const struct merge *merge, const struct model *process, const struct model_function *function) {
    if (function->instruction_row_count != merge->pattern->instruction_row_count)
        return false;
    const struct model_instruction *a = rows_of(merge->pattern_process, merge->pattern), *b = rows_of(process, function);
    for (uint32_t i = 0; i < function->instruction_row_count; i++)
        if (a[i].offset != b[i].offset || (a[i].opname != b[i].opname && strcmp(a[i].opname, b[i].opname) != 0))
            return false;
    return true;
}

/* Counted rows are a better pattern than others. */
static void note_function(struct merge *merge, struct model_function *sum, const struct model *process,
                          const struct model_function *function) {
    bool counted = function->instructions != MODEL_UNKNOWN;
    if (!counted && function->flags & MODEL_FUNCTION_BYTECODE)
        merge->lost = true;
    if (function->instruction_row_count && (!merge->pattern || (counted && merge->pattern->instructions == MODEL_UNKNOWN))) {
        merge->pattern = function;
        merge->pattern_process = process;
    }
    model_add_known(&sum->instructions, function->instructions);
}

static void note_differences(struct summing *summing, struct merge *merges) {
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t id = 1; id < process->function_count; id++) {
            const struct model_function *function = &process->functions[id];
            struct merge *merge = &merges[summing->functions[i][id]];
            if (function != merge->pattern && function->instructions != MODEL_UNKNOWN && !merge->differs)
                merge->differs = !is_same_bytecode(merge, process, function);
        }
    }
}

/* Places of each function's rows, which are the pattern's, without counts. */
static bool copy_patterns(struct model *sum, const struct merge *merges) {
    size_t instructions = 0, handlers = 0;
    for (size_t id = 1; id < sum->function_count; id++) {
        instructions += merges[id].pattern ? merges[id].pattern->instruction_row_count : 0;
        handlers += merges[id].pattern ? merges[id].pattern->handler_row_count : 0;
    }
    sum->instruction_rows = rows(instructions, sizeof *sum->instruction_rows);
    sum->handlers = rows(handlers, sizeof *sum->handlers);
    if (!sum->instruction_rows || !sum->handlers)
        return false;
    for (uint32_t id = 1; id < sum->function_count; id++) {
        const struct model_function *pattern = merges[id].pattern;
        struct model_function *function = &sum->functions[id];
        if (!pattern)
            continue;
        function->first_instruction_row = (uint32_t)sum->instruction_row_count;
        function->instruction_row_count = pattern->instruction_row_count;
        function->first_handler_row = pattern->handler_row_count ? (uint32_t)sum->handler_count : 0;
        function->handler_row_count = pattern->handler_row_count;
        for (uint32_t i = 0; i < pattern->instruction_row_count; i++) {
            struct model_instruction *row = &sum->instruction_rows[sum->instruction_row_count++];
            *row = rows_of(merges[id].pattern_process, pattern)[i];
            row->function = id;
            row->count = row->raised = MODEL_UNKNOWN;
        }
        for (uint32_t i = 0; i < pattern->handler_row_count; i++) {
            struct model_handler *row = &sum->handlers[sum->handler_count++];
            *row = merges[id].pattern_process->handlers[pattern->first_handler_row + i];
            row->function = id;
        }
    }
    return true;
}

static void add_counts(struct summing *summing, const struct merge *merges) {
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t id = 1; id < process->function_count; id++) {
            const struct model_function *function = &process->functions[id];
            uint32_t number = summing->functions[i][id];
            if (function->instructions == MODEL_UNKNOWN || merges[number].lost || merges[number].differs)
                continue;
            const struct model_instruction *from = rows_of(process, function);
            struct model_instruction *to = summing->sum->instruction_rows + summing->sum->functions[number].first_instruction_row;
            for (uint32_t row = 0; row < function->instruction_row_count; row++) {
                model_add_known(&to[row].count, from[row].count);
                model_add_known(&to[row].raised, from[row].raised);
                if (!*to[row].specialized)
                    to[row].specialized = from[row].specialized;
            }
        }
    }
}

/* A total that lacks a process is none. */
static void drop_lost(struct model *sum, const struct merge *merges) {
    for (size_t id = 0; id < sum->function_count; id++) {
        struct model_function *function = &sum->functions[id];
        if (merges[id].lost)
            function->instructions = MODEL_UNKNOWN;
        for (uint32_t i = 0; i < function->line_row_count; i++) {
            uint64_t *line = &sum->lines[function->first_line_row + i].instructions;
            if (merges[id].lost)
                *line = MODEL_UNKNOWN;
            else if (function->instructions != MODEL_UNKNOWN && *line == MODEL_UNKNOWN)
                *line = 0;
        }
        model_add_known(&sum->instructions, function->instructions);
    }
}

static bool has_instructions(const struct model *program) {
    for (size_t i = 0; i < process_count(program); i++)
        if (process_at(program, i)->instruction_row_count)
            return true;
    return false;
}

bool model_sum_instructions(struct summing *summing) {
    struct model *sum = summing->sum;
    if (!has_instructions(summing->program))
        return true;
    struct merge *merges = rows(sum->function_count, sizeof *merges);
    if (!merges)
        return false;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        for (size_t id = 1; id < process->function_count; id++) {
            uint32_t number = summing->functions[i][id];
            note_function(&merges[number], &sum->functions[number], process, &process->functions[id]);
        }
    }
    note_differences(summing, merges);
    bool done = copy_patterns(sum, merges);
    if (done) {
        add_counts(summing, merges);
        drop_lost(sum, merges);
    }
    free(merges);
    return done;
}
