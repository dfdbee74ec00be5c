/* compare_text.c - a comparison of functions for people: who is faster, what each executes, and where the difference is. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/compare_report.h"
#include "core/report/report_text.h"
#include "core/report/side_by_side.h"

enum { CELL_SIZE = 48, TIME_COLUMNS = 5, COLUMN_COUNT = 9, NAME_MOST = 40, SENTENCE_SIZE = 1600 };

/* --- numbers ------------------------------------------------------------------------------------------------- */

static const struct unit { double ns; const char *name; } units[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};

/* The largest unit that the time has one of. */
static const struct unit *unit_of(double ns) {
    size_t unit = 0;
    while (unit < 3 && ns >= units[unit + 1].ns)
        unit++;
    return &units[unit];
}

static int digits_of(double value) { return value < 10 ? 3 : value < 100 ? 2 : 1; }

static void time_text(double ns, char text[CELL_SIZE]) {
    const struct unit *unit = unit_of(ns);
    snprintf(text, CELL_SIZE, "%.*f %s", digits_of(ns / unit->ns), ns / unit->ns, unit->name);
}

/* "52.38 +- 0.21 ms" */
static void mean_text(const struct statistics_summary *time, char text[CELL_SIZE]) {
    const struct unit *unit = unit_of(time->mean);
    int digits = digits_of(time->mean / unit->ns);
    snprintf(text, CELL_SIZE, "%.*f +- %.*f %s", digits, time->mean / unit->ns, digits, time->deviation / unit->ns, unit->name);
}

static void count_text(uint64_t count, char text[CELL_SIZE]) {
    if (count == MODEL_UNKNOWN)
        strcpy(text, "?");
    else
        snprintf(text, CELL_SIZE, "%" PRIu64, count);
}

static void size_text(uint64_t bytes, char text[CELL_SIZE]) {
    if (bytes == MODEL_UNKNOWN)
        strcpy(text, "?");
    else
        report_size(bytes, text);
}

/* --- the table ----------------------------------------------------------------------------------------------- */

typedef char row[COLUMN_COUNT][CELL_SIZE];

static const char *const headings[COLUMN_COUNT] = {"function", "time per call", "best", "runs x loops", "relative",
                                                   "instructions", "allocations", "allocated", "peak"};

static void fill_row(const struct comparison_candidate *candidate, row cells) {
    snprintf(cells[0], CELL_SIZE, "%.*s", NAME_MOST, candidate->name);
    mean_text(&candidate->time, cells[1]);
    time_text(candidate->time.best, cells[2]);
    snprintf(cells[3], CELL_SIZE, "%zu x %" PRIu64, candidate->run_count, candidate->loops);
    snprintf(cells[4], CELL_SIZE, "%.*f", candidate->relative.estimate < 100 ? 2 : 0, candidate->relative.estimate);
    count_text(candidate->executed, cells[5]);
    count_text(candidate->allocated_count, cells[6]);
    size_text(candidate->allocated_bytes, cells[7]);
    size_text(candidate->peak_bytes, cells[8]);
}

/* Names to the left, numbers to the right. */
static void write_cell(const char *text, int column, size_t width, FILE *out) {
    size_t padding = width - report_width(text);
    if (column)
        fprintf(out, "  %*s", (int)padding, "");
    report_text(out, text, strlen(text));
    if (!column)
        fprintf(out, "%*s", (int)padding, "");
}

static int compare_times(const void *left, const void *right) {
    const struct comparison_candidate *a = *(const struct comparison_candidate *const *)left;
    const struct comparison_candidate *b = *(const struct comparison_candidate *const *)right;
    return (a->relative.estimate > b->relative.estimate) - (a->relative.estimate < b->relative.estimate);
}

/* The fastest first. */
static void rank(const struct comparison *comparison, const struct comparison_candidate *ranked[COMPARISON_MOST_CANDIDATES]) {
    for (size_t i = 0; i < comparison->count; i++)
        ranked[i] = &comparison->candidates[i];
    qsort(ranked, comparison->count, sizeof *ranked, compare_times);
}

static bool is_counted(const struct comparison *comparison) {
    for (size_t i = 0; i < comparison->count; i++)
        if (comparison->candidates[i].executed != MODEL_UNKNOWN || comparison->candidates[i].allocated_count != MODEL_UNKNOWN)
            return true;
    return false;
}

/* The names, and the columns from `first` to before `end`. */
static void write_columns(row *rows, size_t count, const size_t *widths, int first, int end, FILE *out) {
    for (size_t i = 0; i < count; i++) {
        write_cell(rows[i][0], 0, widths[0], out);
        for (int column = first; column < end; column++)
            write_cell(rows[i][column], column, widths[column], out);
        fputc('\n', out);
    }
}

/* Where it is too wide, what was counted stands below the times. */
static void write_table(const struct comparison *comparison, size_t columns, FILE *out) {
    const struct comparison_candidate *ranked[COMPARISON_MOST_CANDIDATES];
    row rows[COMPARISON_MOST_CANDIDATES + 1];
    size_t widths[COLUMN_COUNT] = {0}, count = comparison->count + 1, width = 0;
    rank(comparison, ranked);
    for (int column = 0; column < COLUMN_COUNT; column++)
        strcpy(rows[0][column], headings[column]);
    for (size_t i = 0; i < comparison->count; i++)
        fill_row(ranked[i], rows[i + 1]);
    for (int column = 0; column < COLUMN_COUNT; column++) {
        for (size_t i = 0; i < count; i++)
            if (report_width(rows[i][column]) > widths[column])
                widths[column] = report_width(rows[i][column]);
        width += widths[column] + 2;
    }
    bool counted = is_counted(comparison), beside = counted && width - 2 <= columns;
    write_columns(rows, count, widths, 1, beside ? COLUMN_COUNT : TIME_COLUMNS, out);
    if (!counted || beside)
        return;
    fputc('\n', out);
    write_columns(rows, count, widths, TIME_COLUMNS, COLUMN_COUNT, out);
}

/* --- sentences ----------------------------------------------------------------------------------------------- */

/* Breaks lines between words. */
static void __attribute__((format(printf, 3, 4))) write_sentence(size_t columns, FILE *out, const char *format, ...) {
    char text[SENTENCE_SIZE], *rest = NULL;
    size_t column = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        size_t width = report_width(word);
        if (column)
            fputs(column + 1 + width > columns ? "\n  " : " ", out);
        column = column + 1 + width > columns ? 2 + width : column + (column > 0) + width;
        report_text(out, word, strlen(word));
    }
    fputc('\n', out);
}

static void write_heading(const struct comparison *comparison, FILE *out) {
    fputs("Comparison of ", out);
    for (size_t i = 0; i < comparison->count; i++) {
        const struct comparison_candidate *candidate = &comparison->candidates[i];
        fputs(i == 0 ? "" : i + 1 == comparison->count ? " and " : ", ", out);
        report_text(out, candidate->name, strlen(candidate->name));
        fprintf(out, "(");
        report_text(out, candidate->arguments, strlen(candidate->arguments));
        fprintf(out, ")");
    }
    fputs("\nPython ", out);
    report_text(out, comparison->version, strlen(comparison->version));
    fputs(" (", out);
    report_text(out, comparison->program, strlen(comparison->program));
    fprintf(out, "), %zu runs of each in turn, %s; %.1f s\n\n", comparison->candidates[0].run_count,
            comparison->one_process ? "one process each" : "new processes for every block", (double)comparison->spent_ns / 1e9);
}

static void write_verdicts(const struct comparison *comparison, size_t columns, FILE *out) {
    const struct comparison_candidate *ranked[COMPARISON_MOST_CANDIDATES];
    char sentence[768];
    rank(comparison, ranked);
    fputc('\n', out);
    for (size_t i = 0; i < comparison->count; i++) {
        size_t index = (size_t)(ranked[i] - comparison->candidates);
        if (index == comparison->fastest)
            continue;
        comparison_verdict(comparison, index, sentence, sizeof sentence);
        write_sentence(columns, out, "%s.", sentence);
    }
    if (comparison->count > 2)
        write_sentence(columns, out, "All intervals together hold with 95 %%: each has %.2f %% (Bonferroni).",
                       comparison->confidence * 100);
    if (comparison->one_process)
        write_sentence(columns, out, "Starting takes long, so each ran in one process: how memory lies in it is not in the "
                       "intervals.");
    for (size_t i = 0; i < comparison->warnings.count; i++)
        write_sentence(columns, out, "Note: %s.", comparison->warnings.items[i]);
    if (comparison->not_counted)
        write_sentence(columns, out, "Not all could be counted: %s.", comparison->not_counted);
    if (is_counted(comparison))
        write_sentence(columns, out, "Counts are of one call, with all that it calls; the garbage collector is off, as in timeit.");
}

/* --- sources and bytecode ------------------------------------------------------------------------------------ */

static void write_source(const struct comparison_candidate *candidate, FILE *out) {
    uint32_t line = candidate->first_line;
    fprintf(out, "%s", candidate->name);
    if (!candidate->file) {
        fputs("\n      (not a Python function)\n", out);
        return;
    }
    fprintf(out, "  %s:%" PRIu32 "\n", candidate->file, candidate->first_line);
    if (!candidate->source || !*candidate->source)
        fputs("      (its source is not there)\n", out);
    for (const char *text = candidate->source; text && *text; line++) {
        size_t length = strcspn(text, "\n");
        fprintf(out, "%5" PRIu32 " %.*s\n", line, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void write_instruction(const struct comparison_instruction *instruction, bool new_line, bool counted, FILE *out) {
    if (counted && instruction->count != MODEL_UNKNOWN)
        fprintf(out, "%10" PRIu64 " ", instruction->count);
    else if (counted)
        fprintf(out, "%10s ", "");
    if (new_line && instruction->line)
        fprintf(out, "%5" PRIu32, instruction->line);
    else
        fprintf(out, "%5s", "");
    fprintf(out, " %c%4" PRIu32 " %s", instruction->is_jump_target ? '>' : ' ', instruction->offset, instruction->opname);
    if (*instruction->argrepr)
        fprintf(out, " %s", instruction->argrepr);
    fputc('\n', out);
}

static bool has_counts(const struct comparison_candidate *candidate) {
    for (size_t i = 0; i < candidate->instruction_count; i++)
        if (candidate->instructions[i].count != MODEL_UNKNOWN)
            return true;
    return false;
}

static void write_bytecode(const struct comparison_candidate *candidate, FILE *out) {
    bool counted = has_counts(candidate);
    for (size_t i = 0; i < candidate->code_count; i++) {
        const struct comparison_code *code = &candidate->codes[i];
        uint32_t line = 0;
        fprintf(out, "%s, %zu instructions\n", i ? code->qualname : candidate->name, code->instruction_count);
        for (size_t k = 0; k < code->instruction_count; k++) {
            const struct comparison_instruction *instruction = &candidate->instructions[code->first_instruction + k];
            write_instruction(instruction, instruction->line != line, counted, out);
            line = instruction->line;
        }
    }
    if (candidate->executed_itself != MODEL_UNKNOWN && candidate->code_count)
        fprintf(out, "executed %" PRIu64 " itself, %" PRIu64 " with what it calls\n", candidate->executed_itself,
                candidate->executed);
}

/* What `write` writes, as a text; NULL: out of memory. */
static char *text_of(const struct comparison_candidate *candidate,
                     void (*write)(const struct comparison_candidate *candidate, FILE *out)) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    write(candidate, out);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

static bool write_beside(const struct comparison *comparison, const char *title, int columns,
                         void (*write)(const struct comparison_candidate *candidate, FILE *out), FILE *out) {
    fprintf(out, "\n%s\n", title);
    if (comparison->count == 2) {
        char *left = text_of(&comparison->candidates[0], write), *right = text_of(&comparison->candidates[1], write);
        if (left && right)
            side_by_side_write(left, right, columns, out);
        bool done = left && right;
        free(left);
        free(right);
        return done;
    }
    for (size_t i = 0; i < comparison->count; i++) {
        char *text = text_of(&comparison->candidates[i], write);
        if (!text)
            return false;
        side_by_side_alone(text, columns, out);
        free(text);
    }
    return true;
}

bool compare_report_text(const struct comparison *comparison, int columns, FILE *out, struct error *error) {
    columns = columns < COMPARE_REPORT_LEAST_COLUMNS ? COMPARE_REPORT_LEAST_COLUMNS : columns;
    write_heading(comparison, out);
    write_table(comparison, (size_t)columns, out);
    write_verdicts(comparison, (size_t)columns, out);
    return (write_beside(comparison, "Source", columns, write_source, out) &&
            write_beside(comparison, "Bytecode", columns, write_bytecode, out)) ||
           report_out_of_memory(error);
}
