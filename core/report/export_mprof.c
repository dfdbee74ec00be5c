#include <string.h>

#include "core/report/exports.h"
#include "core/report/report_text.h"

static double mebibytes(uint64_t bytes) { return (double)bytes / (1 << 20); }

static double unix_seconds(const struct model *model, const struct model_sample *sample) {
    return (double)(model->start_unix_ns + sample->t_ns) / 1e9;
}

/* Text as one field, or one line: what would end it becomes '_'. */
static void write_field(const char *text, const char *ends, FILE *out) {
    while (*text) {
        size_t length = strcspn(text, ends);
        report_text(out, text, length);
        text += length;
        if (*text) {
            putc('_', out);
            text++;
        }
    }
}

static void write_command(const struct model *model, FILE *out) {
    const struct model *program = model_program(model);
    fputs("CMDLINE python3", out);
    for (size_t i = 0; i < program->argument_count; i++) {
        putc(' ', out);
        write_field(program->arguments[i].text, "\r\n", out);
    }
    fputs("\n", out);
}

static void write_function(const struct model *model, const struct model_sample *first, const struct model_sample *last,
                           FILE *out) {
    fputs("FUNC ", out);
    write_field(model->functions[first->function].qualname, " \t\r\n", out);
    fprintf(out, " %.4f %.4f %.4f %.4f 0\n", mebibytes(first->rss), unix_seconds(model, first), mebibytes(last->rss),
            unix_seconds(model, last));
}

/* Stretches of at least two samples: one alone has no length. */
static void write_functions(const struct model *model, FILE *out) {
    const struct model_sample *first = NULL, *last = NULL;
    for (size_t i = 0; i <= model->sample_count; i++) {
        const struct model_sample *sample = i < model->sample_count ? &model->samples[i] : NULL;
        if (sample && sample->rss == MODEL_UNKNOWN)
            continue;
        if (first && sample && sample->function == first->function) {
            last = sample;
            continue;
        }
        if (first && first->function && last != first)
            write_function(model, first, last, out);
        first = last = sample;
    }
}

bool export_mprof(const struct model *model, FILE *out, struct error *error) {
    if (model_peak_sample(model) == SIZE_MAX)
        return error_set(error, EXIT_STATUS_USAGE, "RSS was never measured in this run, so there is nothing for mprof to plot; "
                         "run the program again");
    write_command(model, out);
    for (size_t i = 0; i < model->sample_count; i++)
        if (model->samples[i].rss != MODEL_UNKNOWN)
            fprintf(out, "MEM %.6f %.4f\n", mebibytes(model->samples[i].rss), unix_seconds(model, &model->samples[i]));
    write_functions(model, out);
    return true;
}
