/* report_lines.c - annotated source, function by function, those with the most time in their own lines first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/report_text.h"
#include "core/report/rows.h"
#include "core/report/source_lines.h"

/* widths of those columns */
enum {
    HITS_COLUMNS = 1 + 12,
    TIME_COLUMNS = 1 + 12 + 1 + 12 + 1 + 7,
    INSTRUCTION_COLUMNS = 1 + 14,
    MEMORY_COLUMNS = 2 * (1 + REPORT_SIZE_WIDTH)
};

struct listed_function {
    uint32_t id;
    uint64_t self_ns, total_ns; /* of its lines */
};

static bool has_hits(const struct model *model, const struct model_function *function) {
    for (uint32_t i = 0; i < function->line_row_count; i++)
        if (report_known(model->lines[function->first_line_row + i].hits))
            return true;
    return false;
}

static int compare_listed(const void *left, const void *right) {
    const struct listed_function *a = left, *b = right;
    if (a->self_ns != b->self_ns)
        return a->self_ns > b->self_ns ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* The functions to list; the caller frees them. NULL: out of memory. */
static struct listed_function *list_functions(const struct model *model, size_t *count) {
    struct listed_function *list = malloc(model->function_count * sizeof *list);
    *count = 0;
    for (uint32_t id = 1; list && id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (!has_hits(model, function))
            continue;
        struct listed_function *listed = &list[(*count)++];
        *listed = (struct listed_function){.id = id, .self_ns = report_lines_self(model, function)};
        for (uint32_t i = 0; i < function->line_row_count; i++)
            listed->total_ns += report_known(model->lines[function->first_line_row + i].total_ns);
    }
    if (list)
        qsort(list, *count, sizeof *list, compare_listed);
    return list;
}

static bool has_memory(const struct model *model) { return model->collectors & COLLECTOR_MEMORY; }

/* Returns the columns that it left empty, for the source to stand behind. */
static int write_times(const struct model_line *line, uint64_t function_total, FILE *out) {
    if (!report_known(line->hits))
        return TIME_COLUMNS;
    fprintf(out, " %12.6f %12.6f %7.1f", report_seconds(line->self_ns), report_seconds(line->total_ns),
            report_percent(line->total_ns, function_total));
    return 0;
}

static bool has_instructions(const struct model *model) { return model->instructions != MODEL_UNKNOWN; }

static int write_instructions(const struct model_line *line, int empty, FILE *out) {
    if (!report_known(line->instructions))
        return empty + INSTRUCTION_COLUMNS;
    fprintf(out, "%*s %14" PRIu64, empty, "", line->instructions);
    return 0;
}

static int write_memory(const struct model_line *line, int empty, FILE *out) {
    char allocated[REPORT_SIZE_SIZE], peak[REPORT_SIZE_SIZE];
    if (!line->memory.allocated_count)
        return empty + MEMORY_COLUMNS;
    report_size(line->memory.allocated_bytes, allocated);
    report_size(line->memory.peak_bytes, peak);
    fprintf(out, "%*s %*s %*s", empty, "", REPORT_SIZE_WIDTH, allocated, REPORT_SIZE_WIDTH, peak);
    return 0;
}

static void write_counted(const struct model *model, const struct model_line *line, uint64_t function_total,
                          const struct line_text *text, FILE *out) {
    int empty = HITS_COLUMNS;
    fprintf(out, "%6" PRIu32, line->line);
    if (line->hits != MODEL_UNKNOWN) {
        fprintf(out, " %12" PRIu64, line->hits);
        empty = 0;
    }
    empty += write_times(line, function_total, out);
    if (has_instructions(model))
        empty = write_instructions(line, empty, out);
    if (has_memory(model))
        empty = write_memory(line, empty, out);
    line_text_write(text, line->line, empty, out);
    putc('\n', out);
}

static void write_columns(const struct model *model, FILE *out) {
    fprintf(out, "\n%6s %12s %12s %12s %7s", "line", "hits", "self s", "total s", "total %");
    if (has_instructions(model))
        fprintf(out, " %14s", "instructions");
    if (has_memory(model))
        fprintf(out, " %*s %*s", REPORT_SIZE_WIDTH, "allocated", REPORT_SIZE_WIDTH, "at peak");
    fputs("  source\n", out);
}

static void write_function(const struct model *model, const struct listed_function *listed,
                           const struct counted_lines *counted, const struct line_text *text, FILE *out) {
    const struct model_function *function = &model->functions[listed->id];
    int columns = HITS_COLUMNS + TIME_COLUMNS + (has_instructions(model) ? INSTRUCTION_COLUMNS : 0) +
                  (has_memory(model) ? MEMORY_COLUMNS : 0);
    putc('\n', out);
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    fprintf(out, "\nself %.6f s, total %.6f s in its lines", report_seconds(listed->self_ns),
            report_seconds(listed->total_ns));
    if (model->collectors & COLLECTOR_FUNCTION)
        fprintf(out, "; calls: %" PRIu64, function->calls);
    write_columns(model, out);
    uint32_t next = function->line;
    for (uint32_t i = 0; i < function->line_row_count; i++) {
        const struct model_line *line = &model->lines[function->first_line_row + i];
        /* The first lines, `def` and all, are shown, though `def` is a line of the function around it. */
        source_gap_write(text, next, line->line - 1, i ? counted : NULL, columns, out);
        write_counted(model, line, listed->total_ns, text, out);
        next = line->line + 1;
    }
}

static bool list_with_source(const struct model *model, const struct listed_function *list, size_t count,
                             const struct counted_lines *counted, FILE *out) {
    struct line_text text = {0};
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        done = line_text_open(&text, model, model->functions[list[i].id].file);
        if (done)
            write_function(model, &list[i], counted, &text, out);
    }
    line_text_close(&text);
    return done;
}

bool report_lines(const struct model *model, FILE *out, struct error *error) {
    report_heading(model, "Lines", out);
    if (!(model->collectors & COLLECTOR_LINE)) {
        fputs("Lines were not counted in this run; add line to -k.\n", out);
        return true;
    }
    size_t count;
    struct counted_lines counted = {0};
    struct listed_function *list = list_functions(model, &count);
    bool done = list && counted_lines_find(model, &counted);
    if (done) {
        fprintf(out, "functions with lines that ran: %zu%s\n", count,
                model->marked_only ? "; only those marked with @profile were counted" : "");
        done = list_with_source(model, list, count, &counted, out);
        if (!(model->collectors & COLLECTOR_FUNCTION)) /* whose report tells them */
            report_losses(model, out);
    }
    free(counted.rows);
    free(list);
    return done || report_out_of_memory(error);
}
