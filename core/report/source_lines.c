#include "core/report/source_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/report_text.h"

enum { GAP_LIMIT = 12 }; /* longer stretches without numbers are cut to "..." */

bool line_text_open(struct line_text *text, const struct model *model, const char *file) {
    const struct model_source *source = model_source(model, file);
    if (source == text->source)
        return true;
    line_text_close(text);
    if (!source)
        return true;
    text->starts = model_source_lines(source, &text->count);
    text->source = text->starts ? source : NULL;
    return text->starts != NULL;
}

void line_text_close(struct line_text *text) {
    free(text->starts);
    *text = (struct line_text){0};
}

/* Where a line's text is, without what is blank at its end. */
static const char *find_line(const struct line_text *text, uint32_t line, size_t *length) {
    *length = 0;
    if (!text->source || line == 0 || line > text->count)
        return "";
    size_t start = text->starts[line - 1];
    size_t end = line < text->count ? text->starts[line] : text->source->length;
    while (end > start && strchr("\r\n\t ", text->source->text[end - 1]))
        end--;
    *length = end - start;
    return text->source->text + start;
}

void line_text_write(const struct line_text *text, uint32_t line, int blank_columns, FILE *out) {
    size_t length;
    const char *at = find_line(text, line, &length);
    if (!length)
        return;
    fprintf(out, "%*s", blank_columns + 2, "");
    report_text(out, at, length);
}

void line_text_write_bare(const struct line_text *text, uint32_t line, FILE *out) {
    size_t length;
    const char *at = find_line(text, line, &length);
    while (length && (*at == ' ' || *at == '\t')) {
        at++;
        length--;
    }
    if (!length)
        return;
    fputs("  ", out);
    report_text(out, at, length);
}

static int compare_counted(const void *left, const void *right) {
    const struct counted_line *a = left, *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

bool counted_lines_find(const struct model *model, struct counted_lines *counted) {
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

void source_gap_write(const struct line_text *text, uint32_t first, uint32_t last, const struct counted_lines *counted,
                      int blank_columns, FILE *out) {
    if (!text->source || first > last)
        return;
    if (last - first >= GAP_LIMIT || (counted && has_counted(counted, text->source, first, last))) {
        fputs("   ...\n", out);
        return;
    }
    for (uint32_t line = first; line <= last; line++) {
        fprintf(out, "%6" PRIu32, line);
        line_text_write(text, line, blank_columns, out);
        putc('\n', out);
    }
}
