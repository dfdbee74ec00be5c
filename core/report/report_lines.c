/* report_lines.c - annotated source, function by function, those with the most time in their own lines first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/report_text.h"
#include "core/report/rows.h"

enum { HITS_COLUMNS = 1 + 12, TIME_COLUMNS = 1 + 12 + 1 + 12 + 1 + 7 }; /* widths of those columns */
enum { GAP_LIMIT = 12 }; /* longer stretches without counted lines are cut to "..." */

struct listed_function {
    uint32_t id;
    uint64_t self_ns, total_ns; /* of its lines */
};

/* A file's text with the places of its lines; empty where there is no source. */
struct line_text {
    const struct model_source *source;
    size_t *starts, count;
};

/* A line of a source that is counted for some function. */
struct counted_line {
    const struct model_source *source;
    uint32_t line;
};

/* All counted lines of all sources, ascending. */
struct counted_lines {
    struct counted_line *rows;
    size_t count;
};

static bool has_hits(const struct model *model, const struct model_function *function) {
    for (uint32_t i = 0; i < function->line_row_count; i++)
        if (model->lines[function->first_line_row + i].hits)
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
            listed->total_ns += model->lines[function->first_line_row + i].total_ns;
    }
    if (list)
        qsort(list, *count, sizeof *list, compare_listed);
    return list;
}

static int compare_counted(const void *left, const void *right) {
    const struct counted_line *a = left, *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* false: out of memory. */
static bool find_counted_lines(const struct model *model, struct counted_lines *counted) {
    counted->rows = malloc((model->line_count ? model->line_count : 1) * sizeof *counted->rows);
    if (!counted->rows)
        return false;
    uint32_t function = 0;
    const struct model_source *source = NULL;
    for (size_t i = 0; i < model->line_count; i++) {
        const struct model_line *line = &model->lines[i];
        if (line->function != function)
            source = model_source(model, model->functions[line->function].file);
        function = line->function;
        if (source)
            counted->rows[counted->count++] = (struct counted_line){source, line->line};
    }
    qsort(counted->rows, counted->count, sizeof *counted->rows, compare_counted);
    return true;
}

/* Whether any line of a source, first to last, is counted. */
static bool has_counted(const struct counted_lines *counted, const struct model_source *source, uint32_t first,
                        uint32_t last) {
    const struct counted_line key = {source, first};
    size_t low = 0, high = counted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_counted(&counted->rows[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < counted->count && counted->rows[low].source == source && counted->rows[low].line <= last;
}

/* Writes a line's text behind blank_columns empty columns; nothing at all where the line is blank. */
static void write_source(const struct line_text *text, uint32_t line, int blank_columns, FILE *out) {
    if (!text->source || line == 0 || line > text->count)
        return;
    size_t start = text->starts[line - 1];
    size_t end = line < text->count ? text->starts[line] : text->source->length;
    while (end > start && strchr("\r\n\t ", text->source->text[end - 1]))
        end--;
    if (end == start)
        return;
    fprintf(out, "%*s", blank_columns + 2, "");
    report_text(out, text->source->text + start, end - start);
}

static void write_counted(const struct model_line *line, uint64_t function_total, const struct line_text *text,
                          FILE *out) {
    fprintf(out, "%6" PRIu32 " %12" PRIu64, line->line, line->hits);
    if (line->hits)
        fprintf(out, " %12.6f %12.6f %7.1f", report_seconds(line->self_ns), report_seconds(line->total_ns),
                report_percent(line->total_ns, function_total));
    write_source(text, line->line, line->hits ? 0 : TIME_COLUMNS, out);
    putc('\n', out);
}

/* Lines first to last, which this function has no counts for: comments, blank lines, text in several lines. Where
 * they hold another function's lines, they are shown there (counted NULL: do not look). */
static void write_uncounted(uint32_t first, uint32_t last, const struct counted_lines *counted,
                            const struct line_text *text, FILE *out) {
    if (!text->source || first > last)
        return;
    if (last - first >= GAP_LIMIT || (counted && has_counted(counted, text->source, first, last))) {
        fputs("   ...\n", out);
        return;
    }
    for (uint32_t line = first; line <= last; line++) {
        fprintf(out, "%6" PRIu32, line);
        write_source(text, line, HITS_COLUMNS + TIME_COLUMNS, out);
        putc('\n', out);
    }
}

static void write_function(const struct model *model, const struct listed_function *listed,
                           const struct counted_lines *counted, const struct line_text *text, FILE *out) {
    const struct model_function *function = &model->functions[listed->id];
    putc('\n', out);
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    fprintf(out, "\nself %.6f s, total %.6f s in its lines", report_seconds(listed->self_ns),
            report_seconds(listed->total_ns));
    if (model->collectors & COLLECTOR_FUNCTION)
        fprintf(out, "; calls: %" PRIu64, function->calls);
    fprintf(out, "\n%6s %12s %12s %12s %7s  %s\n", "line", "hits", "self s", "total s", "total %", "source");
    uint32_t next = function->line;
    for (uint32_t i = 0; i < function->line_row_count; i++) {
        const struct model_line *line = &model->lines[function->first_line_row + i];
        /* The first lines, `def` and all, are shown, though `def` is a line of the function around it. */
        write_uncounted(next, line->line - 1, i ? counted : NULL, text, out);
        write_counted(line, listed->total_ns, text, out);
        next = line->line + 1;
    }
}

static bool list_with_source(const struct model *model, const struct listed_function *list, size_t count,
                             const struct counted_lines *counted, FILE *out) {
    struct line_text text = {0};
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        const struct model_source *source = model_source(model, model->functions[list[i].id].file);
        if (source != text.source) {
            free(text.starts);
            text = (struct line_text){.source = source};
            text.starts = source ? model_source_lines(source, &text.count) : NULL;
            done = !source || text.starts;
        }
        if (done)
            write_function(model, &list[i], counted, &text, out);
    }
    free(text.starts);
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
    bool done = list && find_counted_lines(model, &counted);
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
