/* report_opcodes.c - instructions by opcode, by pairs of opcodes, and by function. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/instruction_rows.h"
#include "core/report/report_text.h"

enum { ROW_LIMIT = 40 };

static void write_rest(size_t count, const char *what, uint64_t rest, uint64_t whole, FILE *out) {
    if (count > ROW_LIMIT)
        fprintf(out, "%14" PRIu64 " %6.1f  of %zu more %s\n", rest, report_percent(rest, whole), count - ROW_LIMIT, what);
}

static void write_opcode(const struct model_opcode *row, uint64_t whole, FILE *out) {
    fprintf(out, "%14" PRIu64 " %6.1f  ", row->count, report_percent(row->count, whole));
    report_text(out, row->opname, strlen(row->opname));
    if (*row->next) {
        fputs(" > ", out);
        report_text(out, row->next, strlen(row->next));
    }
    putc('\n', out);
}

static void write_table(const struct model_opcode *rows, size_t count, const char *what, uint64_t whole, FILE *out) {
    uint64_t rest = 0;
    for (size_t i = 0; i < count; i++)
        if (i < ROW_LIMIT)
            write_opcode(&rows[i], whole, out);
        else
            rest += rows[i].count;
    write_rest(count, what, rest, whole, out);
}

static bool write_opcodes(const struct model *model, FILE *out) {
    size_t count;
    struct model_opcode *rows = model_opcodes(model, 0, &count);
    if (!rows)
        return false;
    fprintf(out, "\n%14s %6s  %s\n", "count", "%", "opcode");
    write_table(rows, count, "opcodes", model->instructions, out);
    free(rows);
    return true;
}

static bool write_pairs(const struct model *model, FILE *out) {
    size_t count;
    uint64_t unknown = 0;
    struct model_opcode *rows = model_opcode_pairs(model, 0, &count, &unknown);
    if (!rows)
        return false;
    uint64_t steps = unknown;
    for (size_t i = 0; i < count; i++)
        steps += rows[i].count;
    fprintf(out, "\n%14s %6s  %s\n", "count", "%", "opcode > the one right behind it");
    write_table(rows, count, "pairs", steps, out);
    if (unknown)
        fprintf(out, "%14" PRIu64 " %6.1f  of pairs that counts do not tell: ways that part and meet again\n", unknown,
                report_percent(unknown, steps));
    free(rows);
    return true;
}

static void write_function(const struct model *model, const struct model_function *function, FILE *out) {
    char ratio[INSTRUCTION_RATIO_SIZE];
    instruction_ratio(model, function, ratio);
    fprintf(out, "%14" PRIu64 " %6.1f %14s  ", function->instructions, report_percent(function->instructions, model->instructions),
            ratio);
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    putc('\n', out);
}

static bool write_functions(const struct model *model, FILE *out) {
    size_t count;
    uint64_t rest = 0;
    uint32_t *ids = instruction_functions(model, &count);
    if (!ids)
        return false;
    fprintf(out, "\n%14s %6s %14s  %s\n", "count", "%", "a call", "function");
    for (size_t i = 0; i < count; i++)
        if (i < ROW_LIMIT)
            write_function(model, &model->functions[ids[i]], out);
        else
            rest += model->functions[ids[i]].instructions;
    write_rest(count, "functions", rest, model->instructions, out);
    free(ids);
    return true;
}

bool report_opcodes(const struct model *model, FILE *out, struct error *error) {
    if (!instruction_write_head(model, "Opcodes", out))
        return true;
    return (write_opcodes(model, out) && write_pairs(model, out) && write_functions(model, out)) || report_out_of_memory(error);
}
