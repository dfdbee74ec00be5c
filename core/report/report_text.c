#include "core/report/report_text.h"

#include <inttypes.h>
#include <string.h>

#include "core/profile/utf8.h"

bool report_out_of_memory(struct error *error) {
    return error_set(error, 1, "not enough memory for the report; close other programs");
}

static bool is_control(const char *text, size_t size) {
    unsigned char first = (unsigned char)text[0];
    if (size == 1)
        return (first < 0x20 && first != '\t') || first == 0x7F;
    return size == 2 && first == 0xC2 && (unsigned char)text[1] < 0xA0; /* C1 */
}

size_t report_text(FILE *out, const char *text, size_t length) {
    size_t written = 0;
    for (size_t at = 0; at < length; written++) {
        size_t size = utf8_character(text + at, length - at);
        if (size == 0 || is_control(text + at, size))
            fputs(UTF8_REPLACEMENT, out);
        else
            fwrite(text + at, 1, size, out);
        at += size ? size : 1;
    }
    return written;
}

size_t report_width(const char *text) {
    size_t length = strlen(text), width = 0;
    for (size_t at = 0; at < length; width++) {
        size_t size = utf8_character(text + at, length - at);
        at += size ? size : 1;
    }
    return width;
}

double report_percent(uint64_t part, uint64_t whole) { return whole ? 100.0 * (double)part / (double)whole : 0.0; }

double report_seconds(uint64_t ns) { return (double)ns / 1e9; }

int report_size(uint64_t bytes, char *text) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    if (bytes < 1000)
        return snprintf(text, REPORT_SIZE_SIZE, "%" PRIu64 " B", bytes);
    for (; value >= 999.95; unit++)
        value /= 1024;
    return snprintf(text, REPORT_SIZE_SIZE, "%.1f %s", value, units[unit]);
}

int report_size_change(int64_t bytes, char *text) {
    *text = '-';
    return bytes < 0 ? 1 + report_size(-(uint64_t)bytes, text + 1) : report_size((uint64_t)bytes, text);
}

int report_duration(uint64_t ns, char *text) {
    static const char *const units[] = {"us", "ms", "s"};
    double value = (double)ns / 1e3;
    size_t unit = 0;
    for (; value >= 999.95 && unit < 2; unit++)
        value /= 1e3;
    return snprintf(text, REPORT_SIZE_SIZE, "%.1f %s", value, units[unit]);
}

int report_calls(uint64_t calls, uint64_t primitive_calls, char *text) {
    if (calls == primitive_calls)
        return snprintf(text, REPORT_CALLS_SIZE, "%" PRIu64, calls);
    return snprintf(text, REPORT_CALLS_SIZE, "%" PRIu64 "/%" PRIu64, calls, primitive_calls);
}

void report_place(FILE *out, const struct model_function *function) {
    if (function->kind == MODEL_FUNCTION_C) {
        fputs("(C)", out);
        return;
    }
    report_text(out, function->file, strlen(function->file));
    fprintf(out, ":%" PRIu32, function->line);
}

/* What the rows are of: the program; of several processes their sum, or which one. */
static void write_subject(const struct model *model, FILE *out) {
    const char *command = model_command(model);
    size_t processes = model_program(model)->child_count + 1;
    if (!*command)
        command = "the program";
    if (processes > 1 && model->process_count == 1)
        fprintf(out, "process %" PRIu32 " (", model->pid);
    report_text(out, command, strlen(command));
    if (model->process_count > 1)
        fprintf(out, ", sum over %zu processes", model->process_count);
    else if (processes > 1)
        fprintf(out, "), one of %zu processes", processes);
}

/* The memory collector's own reports say when the program paused it. */
static void write_switched(const struct model *model, FILE *out) {
    static const char *const names[COLLECTOR_BITS] = {
#define X(bit, NAME, name, built) [bit] = name,
        COLLECTOR_LIST(X)
#undef X
    };
    for (int i = 0; i < COLLECTOR_BITS; i++) {
        const struct model_switched *off = &model->switched[i];
        if (off->off_count && !(1u << i == COLLECTOR_MEMORY && off->off_count == model->heap.paused_count))
            fprintf(out, "the %s collector was off for %.3f s%s: its numbers are of the rest\n", names[i],
                    report_seconds(off->off_ns), model->collectors_on >> i & 1 ? "" : ", and is off");
    }
}

void report_heading(const struct model *model, const char *title, FILE *out) {
    fprintf(out, "%s of ", title);
    write_subject(model, out);
    fputs("\n", out);
    const char *separator = "";
    if (*model->python_version) {
        fputs("Python ", out);
        report_text(out, model->python_version, strlen(model->python_version));
        separator = ", ";
    }
    if (model->wall_ns != MODEL_UNKNOWN) {
        fprintf(out, "%swall time %.3f s", separator, report_seconds(model->wall_ns));
        separator = ", ";
    }
    size_t peak = model_peak_sample(model);
    if (peak != SIZE_MAX) {
        fprintf(out, "%sRSS peak %.1f MiB", separator, (double)model->samples[peak].rss / (1 << 20));
        separator = ", ";
    }
    if (model->exit_kind != MODEL_EXIT_UNKNOWN) {
        fprintf(out, "%sended with %s %" PRIu32, separator, model->exit_kind == MODEL_EXIT_STATUS ? "status" : "signal",
                model->exit_value);
        separator = ", ";
    }
    fprintf(out, "%sclock: %s", separator, run_clock_name(model->clock));
    if (model->overhead_ns)
        fprintf(out, ", the probes' own cost, %.3f s, is taken out", report_seconds(model->overhead_ns));
    fputc('\n', out);
    write_switched(model, out);
}
