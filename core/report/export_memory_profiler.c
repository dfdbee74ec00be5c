#include <inttypes.h>
#include <string.h>

#include "core/profile/model_memory.h"
#include "core/report/exports.h"
#include "core/report/report_text.h"
#include "core/report/source_lines.h"

/* The table's columns. */
#define HEADER "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
#define RULE "=============================================================\n"

/* What rounds to nothing has no sign. */
static double mebibytes(int64_t bytes) {
    double value = (double)bytes / (1 << 20);
    return value > -0.05 && value < 0 ? 0 : value;
}

static int64_t increment_of(const struct model_line *line) {
    return (int64_t)(line->memory.allocated_bytes - line->memory.freed_bytes);
}

/* Occurrences; 0: the line did not run, as far as is known. */
static uint64_t occurrences(const struct model_line *line) {
    if (line->hits != MODEL_UNKNOWN && line->hits)
        return line->hits;
    return line->memory.allocated_count ? line->memory.allocated_count : line->memory.freed_count;
}

/* The first line that allocated says what lived when the function began, more or less. */
static int64_t first_usage(const struct model_line *rows, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].memory.allocated_count)
            return (int64_t)rows[i].memory.highest_bytes;
    return 0;
}

static int64_t usage_after(const struct model_line *line, int64_t before) {
    if (line->memory.allocated_count)
        return (int64_t)line->memory.highest_bytes;
    int64_t after = before + increment_of(line);
    return after > 0 ? after : 0;
}

/* Lines without numbers have their text only. */
static void write_plain(uint32_t first, uint32_t last, const struct line_text *text, FILE *out) {
    for (uint32_t line = first; line <= last; line++) {
        fprintf(out, "%6" PRIu32 " %12s %12s  %10s ", line, "", "", "");
        line_text_write(text, line, 0, out);
        putc('\n', out);
    }
}

static void write_table(const struct model *model, const struct model_function *function, const struct line_text *text, FILE *out) {
    const struct model_line *rows = &model->lines[function->first_line_row];
    int64_t usage = first_usage(rows, function->line_row_count);
    uint32_t next = function->line;
    fputs("Filename: ", out);
    report_text(out, function->file, strlen(function->file));
    fputs("\n\n" HEADER RULE, out);
    for (uint32_t i = 0; i < function->line_row_count; i++) {
        const struct model_line *line = &rows[i];
        if (!occurrences(line))
            continue;
        write_plain(next, line->line - 1, text, out);
        usage = usage_after(line, usage);
        fprintf(out, "%6" PRIu32 " %8.1f MiB %8.1f MiB  %10" PRIu64 " ", line->line, mebibytes(usage),
                mebibytes(increment_of(line)), occurrences(line));
        line_text_write(text, line->line, 0, out);
        putc('\n', out);
        next = line->line + 1;
    }
    fputs("\n\n", out);
}

static bool has_memory(const struct model *model, const struct model_function *function) {
    for (uint32_t i = 0; i < function->line_row_count; i++)
        if (model_has_allocations(&model->lines[function->first_line_row + i].memory))
            return true;
    return false;
}

static bool any_is_marked(const struct model *model) {
    for (size_t id = 1; id < model->function_count; id++)
        if (model->functions[id].flags & MODEL_FUNCTION_MARKED)
            return true;
    return false;
}

bool export_memory_profiler(const struct model *model, FILE *out, struct error *error) {
    if (!(model->collectors & COLLECTOR_MEMORY))
        return error_set(error, EXIT_STATUS_USAGE, "memory was not counted in this run; run it with memory in -k");
    uint16_t wanted = any_is_marked(model) ? MODEL_FUNCTION_MARKED : MODEL_FUNCTION_PROJECT;
    struct line_text text = {0};
    bool done = true;
    for (size_t id = 1; done && id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (!(function->flags & wanted) || !has_memory(model, function))
            continue;
        done = line_text_open(&text, model, function->file);
        if (done)
            write_table(model, function, &text, out);
    }
    line_text_close(&text);
    return done || report_out_of_memory(error);
}
