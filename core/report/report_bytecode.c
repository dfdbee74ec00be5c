/* report_bytecode.c - the disassembly of the functions that executed most instructions, with counts, below its source lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/instruction_rows.h"
#include "core/report/report_text.h"
#include "core/report/source_lines.h"

/* A function is listed that has at least one percent of all instructions; texts are cut to their limit. */
enum { FUNCTION_LIMIT = 20, LEAST_PERCENT = 1, TEXT_LIMIT = 60, OPNAME_WIDTH = 24, ARGUMENT_WIDTH = 28 };

/* What of the report needs words at its end. */
struct notes {
    bool specialized, gave_up, general, prefix;
};

/* At most TEXT_LIMIT bytes of it, whole characters; padded to width. */
static void write_cut(const char *text, int width, FILE *out) {
    size_t length = strlen(text), cut = length > TEXT_LIMIT ? TEXT_LIMIT - 3 : length;
    while (cut < length && cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    int written = (int)report_text(out, text, cut);
    if (cut < length)
        written += fprintf(out, "...");
    fprintf(out, "%*s", written < width ? width - written : 0, "");
}

/* A function's line rows that were headings already: the total is told once. */
struct headings {
    const struct model *model;
    const struct model_function *function;
    bool *told;
};

static const struct model_line *find_line(const struct headings *headings, uint32_t line) {
    const struct model_line *rows = headings->model->lines + headings->function->first_line_row;
    size_t low = 0, high = headings->function->line_row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rows[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < headings->function->line_row_count && rows[low].line == line ? &rows[low] : NULL;
}

static void write_line_heading(struct headings *headings, uint32_t line, const struct line_text *text, FILE *out) {
    const struct model_line *row = find_line(headings, line);
    fprintf(out, "line %" PRIu32, line);
    if (row && row->instructions != MODEL_UNKNOWN) {
        bool *told = &headings->told[row - headings->model->lines - headings->function->first_line_row];
        if (!*told)
            fprintf(out, ": %" PRIu64 " (%.1f %%)", row->instructions,
                    report_percent(row->instructions, headings->function->instructions));
        *told = true;
    }
    line_text_write_bare(text, line, out);
    putc('\n', out);
}

enum adaptation { ADAPTS_NOT, SPECIALIZED, GAVE_UP, GENERAL };

static enum adaptation adaptation(const struct model_instruction *row) {
    if (*row->specialized)
        return SPECIALIZED;
    if (row->flags & MODEL_INSTRUCTION_GAVE_UP)
        return GAVE_UP;
    return row->flags & MODEL_INSTRUCTION_ADAPTIVE && row->count ? GENERAL : ADAPTS_NOT;
}

static void write_adaptation(const struct model_instruction *row, struct notes *notes, FILE *out) {
    switch (adaptation(row)) {
    case SPECIALIZED:
        fputs("  as ", out);
        report_text(out, row->specialized, strlen(row->specialized));
        notes->specialized = true;
        break;
    case GAVE_UP:
        fputs("  gave up", out);
        notes->gave_up = true;
        break;
    case GENERAL:
        fputs("  general", out);
        notes->general = true;
        break;
    case ADAPTS_NOT: break;
    }
}

static void write_instruction(const struct model_function *function, const struct model_instruction *row, struct notes *notes,
                              FILE *out) {
    bool prefix = row->flags & MODEL_INSTRUCTION_PREFIX;
    if (prefix)
        fprintf(out, "%14s %6s", "", "");
    else
        fprintf(out, "%14" PRIu64 " %6.1f", row->count, report_percent(row->count, function->instructions));
    fprintf(out, "  %2s %6" PRIu32 "  ", row->flags & MODEL_INSTRUCTION_JUMP_TARGET ? ">>" : "", row->offset);
    bool more = !prefix && (adaptation(row) || row->raised);
    write_cut(row->opname, *row->argrepr || more ? OPNAME_WIDTH : 0, out);
    if (*row->argrepr || more)
        putc(' ', out);
    write_cut(row->argrepr, more ? ARGUMENT_WIDTH : 0, out);
    if (more)
        write_adaptation(row, notes, out);
    if (more && row->raised)
        fprintf(out, "  raised %" PRIu64, row->raised);
    notes->prefix |= prefix;
    putc('\n', out);
}

static void write_handlers(const struct model *model, const struct model_function *function, FILE *out) {
    if (!function->handler_row_count)
        return;
    fputs("exception table: from, up to, continues at, values left on the stack\n", out);
    for (uint32_t i = 0; i < function->handler_row_count; i++) {
        const struct model_handler *row = &model->handlers[function->first_handler_row + i];
        fprintf(out, "%8" PRIu32 " %6" PRIu32 " %6" PRIu32 " %4" PRIu32 "%s\n", row->start, row->end, row->target, row->depth,
                row->keeps_offset ? " and the offset" : "");
    }
}

static bool has_counts(const struct model *model, const struct model_function *function) {
    for (uint32_t i = 0; i < function->instruction_row_count; i++)
        if (model->instruction_rows[function->first_instruction_row + i].count == MODEL_UNKNOWN)
            return false;
    return true;
}

static void write_function_head(const struct model *model, const struct model_function *function, FILE *out) {
    char ratio[INSTRUCTION_RATIO_SIZE];
    instruction_ratio(model, function, ratio);
    putc('\n', out);
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    fprintf(out, "\ninstructions: %" PRIu64 " (%.1f %%)", function->instructions,
            report_percent(function->instructions, model->instructions));
    if (*ratio)
        fprintf(out, "; calls: %" PRIu64 ", instructions a call: %s", function->calls, ratio);
    putc('\n', out);
}

static bool write_function(const struct model *model, const struct model_function *function, const struct line_text *text,
                           struct notes *notes, FILE *out) {
    struct headings headings = {model, function, calloc(function->line_row_count + 1, sizeof *headings.told)};
    if (!headings.told)
        return false;
    write_function_head(model, function, out);
    fprintf(out, "%14s %6s  %9s  %-*s %s\n", "count", "%", "offset", OPNAME_WIDTH, "instruction", "argument");
    uint32_t line = 0;
    for (uint32_t i = 0; i < function->instruction_row_count; i++) {
        const struct model_instruction *row = &model->instruction_rows[function->first_instruction_row + i];
        if (row->line && row->line != line)
            write_line_heading(&headings, row->line, text, out);
        line = row->line ? row->line : line;
        write_instruction(function, row, notes, out);
    }
    write_handlers(model, function, out);
    free(headings.told);
    return true;
}

static void write_notes(const struct notes *notes, FILE *out) {
    if (notes->specialized || notes->gave_up || notes->general)
        putc('\n', out);
    if (notes->specialized)
        fputs("as X: the interpreter has put a faster form in its place, made for the types that it saw there.\n", out);
    if (notes->gave_up)
        fputs("gave up: the interpreter tried to find a faster form, in vain, and waits long before it tries again; what comes "
              "there changes its\ntype, or is of a kind that there is no form for. It runs in its general, slower form.\n", out);
    if (notes->general)
        fputs("general: there are faster forms, but none was in place when it was looked at last: it ran too rarely, or what comes "
              "there has just\nchanged.\n", out);
    if (notes->prefix)
        fputs("EXTENDED_ARG is part of the instruction behind it, and no step of its own.\n", out);
}

static bool write_functions(const struct model *model, const uint32_t *ids, size_t count, FILE *out) {
    struct line_text text = {0};
    struct notes notes = {0};
    size_t listed = 0;
    bool done = true;
    for (; done && listed < count && listed < FUNCTION_LIMIT; listed++) {
        const struct model_function *function = &model->functions[ids[listed]];
        if (listed && report_percent(function->instructions, model->instructions) < LEAST_PERCENT)
            break;
        if (has_counts(model, function)) {
            done = line_text_open(&text, model, function->file);
            done = done && write_function(model, function, &text, &notes, out);
        } else {
            write_function_head(model, function, out);
            fputs("its bytecode is not the same in all processes: choose one to see it (--process)\n", out);
        }
    }
    line_text_close(&text);
    write_notes(&notes, out);
    if (listed < count)
        fprintf(out, "\n%zu function%s with fewer instructions not shown; --report opcodes lists them\n", count - listed,
                count - listed == 1 ? "" : "s");
    return done;
}

bool report_bytecode(const struct model *model, FILE *out, struct error *error) {
    if (!instruction_write_head(model, "Bytecode", out))
        return true;
    size_t count;
    uint32_t *ids = instruction_functions(model, &count);
    bool done = ids && write_functions(model, ids, count, out);
    free(ids);
    return done || report_out_of_memory(error);
}
