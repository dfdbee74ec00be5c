/* export_diff.c - a diff as JSON; README.md has the keys. What is not known is absent. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/compare/diff_text.h"
#include "core/report/json.h"
#include "core/report/report_text.h"

static void write_value(struct json *json, const char *key, const struct diff_value *value) {
    double relative = session_diff_relative(value);
    if (value->before == MODEL_UNKNOWN && value->after == MODEL_UNKNOWN)
        return;
    json_begin(json, key, '{');
    if (value->before != MODEL_UNKNOWN)
        json_number(json, "before", value->before);
    if (value->after != MODEL_UNKNOWN)
        json_number(json, "after", value->after);
    if (value->verdict != DIFF_NOT_KNOWN) {
        json_integer(json, "change", session_diff_change(value));
        if (isfinite(relative))
            json_real(json, "relative", relative);
        if (value->noise != MODEL_UNKNOWN)
            json_number(json, "noise", value->noise);
        json_text(json, "verdict", diff_verdict_name(value->verdict));
    }
    json_end(json, '}');
}

static void write_values(struct json *json, const struct diff_value values[DIFF_MEASURE_COUNT]) {
    for (enum diff_measure measure = 0; measure < DIFF_MEASURE_COUNT; measure++)
        write_value(json, session_diff_measure_name(measure), &values[measure]);
}

static void write_side(struct json *json, const char *key, const struct diff_side *side) {
    static const struct { uint32_t bit; const char *name; } collectors[] = {
#define X(bit, NAME, name, built) {COLLECTOR_##NAME, name},
        COLLECTOR_LIST(X)
#undef X
    };
    const struct model *first = side->runs[0];
    json_begin(json, key, '{');
    json_begin(json, "sessions", '[');
    for (size_t i = 0; i < side->count; i++)
        json_text(json, NULL, side->names[i]);
    json_end(json, ']');
    json_text(json, "command", model_command(first));
    json_text(json, "python", first->python_version);
    json_text(json, "clock", run_clock_name(first->clock));
    json_begin(json, "collectors", '[');
    for (size_t i = 0; i < sizeof collectors / sizeof *collectors; i++)
        if (first->collectors & collectors[i].bit)
            json_text(json, NULL, collectors[i].name);
    json_end(json, ']');
    json_end(json, '}');
}

static void write_place(struct json *json, const char *key, const struct model_function *function) {
    if (!function)
        return;
    json_begin(json, key, '{');
    json_text(json, "qualname", function->qualname);
    if (function->kind == MODEL_FUNCTION_PYTHON) {
        json_text(json, "file", function->file);
        json_number(json, "line", function->line);
    }
    json_end(json, '}');
}

/* A line's text may hold '\0': what is behind that is left out. */
static bool write_line(struct json *json, const struct diff_line *line) {
    char *text = strndup(line->text, line->length);
    if (!text)
        return false;
    json_break(json);
    json_begin(json, NULL, '{');
    json_text(json, "match", diff_match_name(line->match));
    if (line->before)
        json_number(json, "before_line", line->before);
    if (line->after)
        json_number(json, "after_line", line->after);
    json_text(json, "text", text);
    write_values(json, line->values);
    json_end(json, '}');
    free(text);
    return true;
}

/* Those that have numbers, and those that are gone or new. */
static bool write_lines(struct json *json, const struct session_diff *diff, const struct diff_function *function,
                        struct error *error) {
    size_t count;
    struct diff_line *lines = session_diff_lines(diff, function, &count, error);
    if (!lines)
        return false;
    bool done = true;
    json_begin(json, "lines", '[');
    for (size_t i = 0; done && i < count; i++)
        if (lines[i].counted || lines[i].match != DIFF_SAME)
            done = write_line(json, &lines[i]);
    json_end(json, ']');
    free(lines);
    return done || report_out_of_memory(error);
}

static bool has_changed(const struct diff_function *function) {
    for (enum diff_measure measure = 0; measure < DIFF_MEASURE_COUNT; measure++)
        if (function->values[measure].verdict == DIFF_CHANGED)
            return true;
    return function->match != DIFF_SAME;
}

static bool write_function(struct json *json, const struct session_diff *diff, const struct diff_function *function,
                           struct error *error) {
    const struct model_function *shown = session_diff_shown(function);
    bool done = true;
    json_break(json);
    json_begin(json, NULL, '{');
    json_text(json, "match", diff_match_name(function->match));
    json_text(json, "name", shown->name);
    json_text(json, "kind", shown->kind == MODEL_FUNCTION_C ? "c" : "python");
    write_place(json, "before", function->before);
    write_place(json, "after", function->after);
    write_values(json, function->values);
    if (shown->kind == MODEL_FUNCTION_PYTHON && has_changed(function))
        done = write_lines(json, diff, function, error);
    json_end(json, '}');
    return done;
}

static void write_head(struct json *json, const struct session_diff *diff) {
    json_number(json, "pyprof_diff", 1);
    write_side(json, "before", &diff->sides[0]);
    write_side(json, "after", &diff->sides[1]);
    json_begin(json, "warnings", '[');
    for (size_t i = 0; i < diff->warning_count; i++)
        json_text(json, NULL, diff->warnings[i]);
    json_end(json, ']');
    if (diff->drift.functions) {
        json_begin(json, "drift", '{');
        json_number(json, "functions", diff->drift.functions);
        json_real(json, "shift", diff->drift.shift);
        json_real(json, "scatter", diff->drift.scatter);
        json_end(json, '}');
    }
    json_break(json);
    json_begin(json, "totals", '{');
    for (enum diff_total total = 0; total < DIFF_TOTAL_COUNT; total++)
        write_value(json, session_diff_total_name(total), &diff->totals[total]);
    json_end(json, '}');
}

bool diff_export_json(const struct session_diff *diff, FILE *out, struct error *error) {
    struct json json = {.out = out};
    bool done = true;
    errno = 0;
    json_begin(&json, NULL, '{');
    write_head(&json, diff);
    json_break(&json);
    json_begin(&json, "functions", '[');
    for (size_t i = 0; done && i < diff->function_count; i++)
        done = write_function(&json, diff, &diff->functions[i], error);
    json_end(&json, ']');
    json_end(&json, '}');
    putc('\n', out);
    if (done && (fflush(out) != 0 || ferror(out)))
        return error_set(error, 1, "the export cannot be written: %s; make room or name another place",
                         errno ? strerror(errno) : "the output was closed");
    return done;
}
