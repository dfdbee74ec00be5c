/* report_diff.c - what changed between two sides of a diff, as text. */
#include <stdlib.h>
#include <string.h>

#include "core/compare/diff_text.h"
#include "core/compare/function_match.h"
#include "core/profile/utf8.h"
#include "core/report/report_text.h"

enum {
    MOST_ROWS = 50, MOST_FUNCTIONS = 10, MOST_LINES = 60, /* of functions, of functions with their lines, of lines of each */
    GROUP_WIDTH = 2 * (DIFF_NUMBER_WIDTH + 1) + DIFF_CHANGE_WIDTH + 2, /* before, after, change of one measure */
    LEAST_NAME = 24,
    HITS_WIDTH = 2 * (DIFF_NUMBER_WIDTH + 1), LEAST_WIDTH_OF_HITS = 110, /* below, the source needs the room */
    TOTAL_LABEL_WIDTH = 13,
};
static const double shown_share = 0.01; /* unchanged functions are shown from this part of the whole on */

struct diff_report {
    const struct session_diff *diff;
    int width; /* 0: any */
    FILE *out;
};

/* The measures that a table is about; as many as there is room for are groups of columns. The first one orders it. */
struct columns {
    enum diff_measure measures[4];
    size_t count, shown;
};

static const char *measure_title(enum diff_measure measure) {
    static const char *const titles[] = {"self time", "total time", "calls", "instructions", "allocated", "allocations", "at peak",
                                         "left over"};
    return titles[measure];
}

/* The same in a sentence: "the largest change of ... first". */
static const char *measure_words(enum diff_measure measure) {
    return measure == DIFF_PEAK        ? "memory at the peak"
           : measure == DIFF_LIVE      ? "what is left over"
           : measure == DIFF_ALLOCATED ? "allocated memory"
                                       : measure_title(measure);
}

/* --- text of a limited width ------------------------------------------------------------------------------ */

/* Writes a name, cut to so many columns (0: any) with a '~' at its end. Returns the columns taken. */
static int write_cut(FILE *out, const char *text, size_t length, int columns) {
    size_t at = 0;
    int taken = 0;
    while (at < length && (!columns || taken < columns - 1)) {
        size_t size = utf8_character(text + at, length - at);
        at += size ? size : 1;
        taken++;
    }
    size_t rest = length - at;
    bool last = rest && utf8_character(text + at, rest) == rest; /* one more character fits as well as its sign */
    if (!rest || last) {
        report_text(out, text, length);
        return taken + last;
    }
    report_text(out, text, at);
    putc('~', out);
    return taken + 1;
}

/* A sentence in lines of at most the width, broken at blanks. */
static void write_sentence(const struct diff_report *report, const char *text) {
    int column = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        int columns = (int)word;
        if (column && report->width && column + 1 + columns > report->width) {
            fputs("\n  ", report->out);
            column = 2;
        } else if (column) {
            putc(' ', report->out);
            column++;
        }
        report_text(report->out, text, word);
        column += columns;
        text += word + strspn(text + word, " ");
    }
    putc('\n', report->out);
}

/* --- what is compared --------------------------------------------------------------------------------------- */

static void write_side(const struct diff_report *report, int side, const char *label) {
    const struct diff_side *runs = &report->diff->sides[side];
    const struct model *first = runs->runs[0];
    char text[512];
    size_t length = (size_t)snprintf(text, sizeof text, "%s %s", label, runs->names[0]);
    if (runs->count > 1 && length < sizeof text)
        length += (size_t)snprintf(text + length, sizeof text - length, " and %zu more runs", runs->count - 1);
    if (length < sizeof text)
        snprintf(text + length, sizeof text - length, ": %.200s%s%.20s", model_command(first),
                 *first->python_version ? ", Python " : "", first->python_version);
    write_sentence(report, text);
}

static void write_totals(const struct diff_report *report) {
    fprintf(report->out, "\n%-*s %*s %*s %*s\n", TOTAL_LABEL_WIDTH, "", DIFF_NUMBER_WIDTH, "before", DIFF_NUMBER_WIDTH, "after",
            DIFF_CHANGE_WIDTH, "change");
    static const char *const titles[DIFF_TOTAL_COUNT] = {"wall time", "time", "calls", "instructions", "allocated", "allocations",
                                                         "heap at peak", "left over", "RSS at peak"};
    for (enum diff_total total = 0; total < DIFF_TOTAL_COUNT; total++) {
        const struct diff_value *value = &report->diff->totals[total];
        char before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE], change[DIFF_TEXT_SIZE];
        if (value->before == MODEL_UNKNOWN && value->after == MODEL_UNKNOWN)
            continue;
        enum diff_unit unit = session_diff_total_unit(total);
        fprintf(report->out, "%-*s %*s %*s %*s\n", TOTAL_LABEL_WIDTH, titles[total], DIFF_NUMBER_WIDTH,
                diff_text_number(unit, value->before, before), DIFF_NUMBER_WIDTH, diff_text_number(unit, value->after, after),
                DIFF_CHANGE_WIDTH, diff_text_change(value, change));
    }
}

static void write_head(const struct diff_report *report) {
    char text[512];
    fputs("What changed\n", report->out);
    write_side(report, 0, "before:");
    write_side(report, 1, "after: ");
    write_totals(report);
    putc('\n', report->out);
    diff_text_noise(report->diff, text, sizeof text);
    write_sentence(report, text);
    for (size_t i = 0; i < report->diff->warning_count; i++) {
        char *warning = NULL;
        if (asprintf(&warning, "Note: %s", report->diff->warnings[i]) < 0)
            continue;
        write_sentence(report, warning);
        free(warning);
    }
}

/* --- functions ---------------------------------------------------------------------------------------------- */

/* Those that both sides have numbers of. */
static struct columns choose_columns(const struct diff_report *report, const enum diff_measure wanted[4]) {
    struct columns columns = {.count = 0};
    for (size_t i = 0; i < 4; i++)
        if (session_diff_has(report->diff, wanted[i]))
            columns.measures[columns.count++] = wanted[i];
    columns.shown = columns.count;
    while (report->width && columns.shown > 1 && (int)columns.shown * GROUP_WIDTH + LEAST_NAME > report->width)
        columns.shown--;
    return columns;
}

static void write_groups_header(const struct diff_report *report, const struct columns *columns) {
    for (size_t i = 0; i < columns->shown; i++) {
        const char *title = measure_title(columns->measures[i]);
        int dashes = GROUP_WIDTH - 4 - (int)strlen(title), left = dashes / 2;
        fprintf(report->out, "%.*s %s %.*s  ", left, "---------------", title, dashes - left, "---------------");
    }
    putc('\n', report->out);
    for (size_t i = 0; i < columns->shown; i++)
        fprintf(report->out, "%*s %*s %*s  ", DIFF_NUMBER_WIDTH, "before", DIFF_NUMBER_WIDTH, "after", DIFF_CHANGE_WIDTH, "change");
}

static void write_group(const struct diff_report *report, enum diff_measure measure, const struct diff_value *value,
                        enum diff_match match) {
    char before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE], change[DIFF_TEXT_SIZE];
    enum diff_unit unit = session_diff_unit(measure);
    diff_text_change(value, change);
    if (match == DIFF_NEW || match == DIFF_GONE)
        snprintf(change, sizeof change, "%s", diff_match_name(match));
    fprintf(report->out, "%*s %*s %*s  ", DIFF_NUMBER_WIDTH,
            match == DIFF_NEW ? "" : diff_text_number(unit, value->before, before), DIFF_NUMBER_WIDTH,
            match == DIFF_GONE ? "" : diff_text_number(unit, value->after, after), DIFF_CHANGE_WIDTH, change);
}

/* "name  file:line", and for what was moved or renamed what it was before; cut to the columns. */
static void write_function(const struct diff_report *report, const struct diff_function *function, int columns) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    const struct model_function *shown = session_diff_shown(function);
    fprintf(out, "%s  ", shown->qualname);
    if (shown->kind == MODEL_FUNCTION_PYTHON && report->width)
        fprintf(out, "%s:%u", function_base_name(shown->file), shown->line);
    else
        report_place(out, shown);
    if (function->match == DIFF_RENAMED)
        fprintf(out, "  (was %s)", function->before->qualname);
    else if (function->match == DIFF_MOVED)
        fprintf(out, "  (was in %s)", function->before->file);
    if (fclose(out) == 0)
        write_cut(report->out, text, size, columns);
    free(text);
}

/* Whether the table has to show it: it changed in what the table is about, or is another than before and has numbers of that. */
static bool changed(const struct diff_function *function, const struct columns *columns) {
    for (size_t i = 0; i < columns->count; i++) {
        const struct diff_value *value = &function->values[columns->measures[i]];
        bool has_numbers = (value->before && value->before != MODEL_UNKNOWN) || (value->after && value->after != MODEL_UNKNOWN);
        bool another = function->match >= DIFF_RENAMED; /* a file of another name alone is no change */
        if (value->verdict == DIFF_CHANGED || (has_numbers && another))
            return true;
    }
    return false;
}

static double share(const struct diff_function *function, enum diff_measure measure, const double wholes[2]) {
    const struct diff_value *value = &function->values[measure];
    double before = value->before == MODEL_UNKNOWN || wholes[0] <= 0 ? 0 : (double)value->before / wholes[0];
    double after = value->after == MODEL_UNKNOWN || wholes[1] <= 0 ? 0 : (double)value->after / wholes[1];
    return before > after ? before : after;
}

/* What all functions together have of a measure, on either side. */
static void sum_up(const struct session_diff *diff, enum diff_measure measure, double wholes[2]) {
    wholes[0] = wholes[1] = 0;
    for (size_t i = 0; i < diff->function_count; i++) {
        const struct diff_value *value = &diff->functions[i].values[measure];
        wholes[0] += value->before == MODEL_UNKNOWN ? 0 : (double)value->before;
        wholes[1] += value->after == MODEL_UNKNOWN ? 0 : (double)value->after;
    }
}

struct counts { size_t gone, new, changed, shown, left_out; };

static void write_summary(const struct diff_report *report, const struct counts *counts) {
    char text[256];
    size_t all = report->diff->function_count, other = counts->changed + counts->new + counts->gone;
    snprintf(text, sizeof text, "%zu functions: %zu changed, %zu new, %zu gone, %zu the same or within noise.", all,
             counts->changed, counts->new, counts->gone, all - other);
    write_sentence(report, text);
    if (counts->left_out)
        fprintf(report->out, "%zu more that changed less are not shown; --export json has all.\n", counts->left_out);
}

static void count(const struct session_diff *diff, const struct columns *columns, struct counts *counts) {
    *counts = (struct counts){0};
    for (size_t i = 0; i < diff->function_count; i++) {
        const struct diff_function *function = &diff->functions[i];
        if (changed(function, columns))
            ++*(function->match == DIFF_NEW ? &counts->new : function->match == DIFF_GONE ? &counts->gone : &counts->changed);
    }
}

/* The functions that changed in the first measure, those that changed otherwise, and what makes up most of the whole. */
static bool write_functions(const struct diff_report *report, const struct columns *columns, const char *title,
                            struct error *error) {
    const struct session_diff *diff = report->diff;
    uint32_t *order = session_diff_by_change(diff, columns->measures[0]);
    struct counts counts;
    double wholes[2];
    if (!order)
        return report_out_of_memory(error);
    count(diff, columns, &counts);
    sum_up(diff, columns->measures[0], wholes);
    fprintf(report->out, "\n%s, the largest change of %s first\n", title,
            measure_words(columns->measures[0]));
    write_groups_header(report, columns);
    fputs("  function  file:line\n", report->out);
    int taken = (int)columns->shown * GROUP_WIDTH + 2;
    for (size_t i = 0; i < diff->function_count; i++) {
        const struct diff_function *function = &diff->functions[order[i]];
        bool is_changed = changed(function, columns);
        if (!is_changed && share(function, columns->measures[0], wholes) < shown_share)
            continue;
        if (counts.shown == MOST_ROWS) {
            counts.left_out += is_changed;
            continue;
        }
        counts.shown++;
        for (size_t k = 0; k < columns->shown; k++)
            write_group(report, columns->measures[k], &function->values[columns->measures[k]], function->match);
        fprintf(report->out, "%c ", diff_text_sign(function->match));
        write_function(report, function, report->width ? report->width - taken > 0 ? report->width - taken : 1 : 0);
        putc('\n', report->out);
    }
    free(order);
    write_summary(report, &counts);
    return true;
}

static bool report_functions_diff(const struct diff_report *report, struct error *error) {
    static const enum diff_measure wanted[4] = {DIFF_SELF, DIFF_TOTAL, DIFF_CALLS, DIFF_INSTRUCTIONS};
    struct columns columns = choose_columns(report, wanted);
    if (columns.count)
        return write_functions(report, &columns, "Functions", error);
    fputs("\nNeither functions nor lines were counted on both sides.\n", report->out);
    return true;
}

static bool report_memory_diff(const struct diff_report *report, struct error *error) {
    static const enum diff_measure wanted[4] = {DIFF_PEAK, DIFF_ALLOCATED, DIFF_ALLOCATIONS, DIFF_LIVE};
    struct columns columns = choose_columns(report, wanted);
    if (columns.count)
        return write_functions(report, &columns, "Memory of functions, without what they called", error);
    return error_set(error, EXIT_STATUS_USAGE, "memory was not counted on both sides; run them with memory in -k");
}

/* --- lines -------------------------------------------------------------------------------------------------- */

/* What a line's numbers are shown of: time, or what there is. */
static enum diff_measure line_measure(const struct session_diff *diff) {
    static const enum diff_measure wanted[] = {DIFF_SELF, DIFF_INSTRUCTIONS, DIFF_ALLOCATED};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (session_diff_has(diff, wanted[i]))
            return wanted[i];
    return DIFF_SELF;
}

static bool line_matters(const struct diff_line *line, enum diff_measure measure) {
    if (line->match == DIFF_GONE || line->match == DIFF_NEW)
        return line->counted || strspn(line->text, " \t") < line->length;
    return line->counted && (line->values[measure].verdict == DIFF_CHANGED || line->values[DIFF_CALLS].verdict == DIFF_CHANGED);
}

static void write_line_number(const struct diff_report *report, uint32_t line) {
    if (line)
        fprintf(report->out, "%5u ", line);
    else
        fputs("      ", report->out);
}

static bool shows_hits(const struct diff_report *report) { return !report->width || report->width >= LEAST_WIDTH_OF_HITS; }

static void write_lines_header(const struct diff_report *report, enum diff_measure measure) {
    fprintf(report->out, "%5s %5s ", "line", "line");
    if (shows_hits(report))
        fprintf(report->out, "%*s %*s ", DIFF_NUMBER_WIDTH, "hits", DIFF_NUMBER_WIDTH, "hits");
    fprintf(report->out, "%*s %*s %*s\n", DIFF_NUMBER_WIDTH, "before", DIFF_NUMBER_WIDTH, "after", DIFF_CHANGE_WIDTH,
            measure_title(measure));
}

static void write_line(const struct diff_report *report, const struct diff_line *line, enum diff_measure measure) {
    char before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE];
    const struct diff_value *hits = &line->values[DIFF_CALLS];
    int taken = 2 * 6 + GROUP_WIDTH + 2;
    write_line_number(report, line->before);
    write_line_number(report, line->after);
    if (shows_hits(report)) {
        fprintf(report->out, "%*s ", DIFF_NUMBER_WIDTH,
                line->before && line->counted ? diff_text_number(DIFF_COUNT, hits->before, before) : "");
        fprintf(report->out, "%*s ", DIFF_NUMBER_WIDTH,
                line->after && line->counted ? diff_text_number(DIFF_COUNT, hits->after, after) : "");
        taken += HITS_WIDTH;
    }
    if (line->counted)
        write_group(report, measure, &line->values[measure], line->match);
    else
        fprintf(report->out, "%*s", GROUP_WIDTH, "");
    fprintf(report->out, "%c ", diff_text_sign(line->match));
    write_cut(report->out, line->text, line->length, !report->width ? 0 : report->width > taken ? report->width - taken : 1);
    putc('\n', report->out);
}

static bool write_lines_of(const struct diff_report *report, const struct diff_function *function, enum diff_measure measure,
                           struct error *error) {
    size_t line_count, shown = 0, left_out = 0;
    struct diff_line *lines = session_diff_lines(report->diff, function, &line_count, error);
    if (!lines)
        return false;
    for (size_t i = 0; i < line_count; i++) {
        if (!line_matters(&lines[i], measure))
            continue;
        if (shown == 0) {
            fprintf(report->out, "\n%c ", diff_text_sign(function->match));
            write_function(report, function, report->width ? report->width - 2 : 0);
            putc('\n', report->out);
            write_lines_header(report, measure);
        }
        if (shown++ < MOST_LINES)
            write_line(report, &lines[i], measure);
        else
            left_out++;
    }
    if (left_out)
        fprintf(report->out, "%zu more lines of this function are not shown; --export json has all.\n", left_out);
    free(lines);
    return true;
}

/* Lines of the functions that changed most. */
static bool report_lines_diff(const struct diff_report *report, struct error *error) {
    const struct session_diff *diff = report->diff;
    enum diff_measure measure = line_measure(diff);
    uint32_t *order = session_diff_by_change(diff, measure);
    bool done = order != NULL;
    size_t functions = 0;
    fprintf(report->out, "\nLines of functions that changed, the largest change of %s first\n", measure_words(measure));
    for (size_t i = 0; done && i < diff->function_count && functions < MOST_FUNCTIONS; i++) {
        const struct diff_function *function = &diff->functions[order[i]];
        if (function->values[measure].verdict != DIFF_CHANGED && function->values[DIFF_CALLS].verdict != DIFF_CHANGED &&
            function->match != DIFF_RENAMED)
            continue;
        functions++;
        if (!(done = write_lines_of(report, function, measure, error))) {
            free(order);
            return false;
        }
    }
    if (!functions)
        fputs("none\n", report->out);
    free(order);
    return done || report_out_of_memory(error);
}

/* --- the list ----------------------------------------------------------------------------------------------- */

static const struct { const char *name; bool (*write)(const struct diff_report *report, struct error *error); } reports[] = {
    {"functions", report_functions_diff}, {"lines", report_lines_diff}, {"memory", report_memory_diff}};
enum { REPORT_COUNT = sizeof reports / sizeof *reports };

static int find_report(const char *name, size_t length) {
    for (int i = 0; i < REPORT_COUNT; i++)
        if (strlen(reports[i].name) == length && strncmp(reports[i].name, name, length) == 0)
            return i;
    return -1;
}

bool diff_report_check_list(const char *list, struct error *error) {
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        if (find_report(at, length) < 0)
            return error_set(error, EXIT_STATUS_USAGE, "--report: there is no report \"%.*s\" of what changed; known are "
                             "functions, lines, memory", length < 80 ? (int)length : 80, at);
        at += length;
        if (!*at)
            return true;
    }
}

bool diff_report_write(const struct session_diff *diff, const char *list, int width, FILE *out, struct error *error) {
    struct diff_report report = {diff, width > 0 ? width : 0, out};
    if (!diff_report_check_list(list, error))
        return false;
    write_head(&report);
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        if (!reports[find_report(at, length)].write(&report, error))
            return false;
        at += length;
        if (!*at)
            break;
    }
    return (fflush(out) == 0 && !ferror(out)) ||
           error_set(error, 1, "the report cannot be written; free some room or write it elsewhere");
}
