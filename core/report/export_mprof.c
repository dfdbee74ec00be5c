#include <stdlib.h>
#include <string.h>

#include "core/report/exports.h"
#include "core/report/report_text.h"

enum { STRETCHES_MAX = 24 };

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

/* Samples, one behind the other, that found the same function running. */
struct stretch {
    const struct model_sample *first, *last;
};

static uint64_t length_of(const struct stretch *stretch) { return stretch->last->t_ns - stretch->first->t_ns; }

static int compare_length(const void *left, const void *right) {
    const struct stretch *a = left, *b = right;
    if (length_of(a) != length_of(b))
        return length_of(a) > length_of(b) ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

static int compare_start(const void *left, const void *right) {
    const struct stretch *a = left, *b = right;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* Those of at least two samples: one alone has no length. Room for half as many as there are samples. */
static size_t find_stretches(const struct model *model, struct stretch *stretches) {
    struct stretch now = {0};
    size_t count = 0;
    for (size_t i = 0; i <= model->sample_count; i++) {
        const struct model_sample *sample = i < model->sample_count ? &model->samples[i] : NULL;
        if (sample && sample->rss == MODEL_UNKNOWN)
            continue;
        if (now.first && sample && sample->function == now.first->function) {
            now.last = sample;
            continue;
        }
        if (now.first && now.first->function && now.last != now.first)
            stretches[count++] = now;
        now = (struct stretch){sample, sample};
    }
    return count;
}

static void write_stretch(const struct model *model, const struct stretch *stretch, FILE *out) {
    fputs("FUNC ", out);
    write_field(model->functions[stretch->first->function].qualname, " \t\r\n", out);
    fprintf(out, " %.4f %.4f %.4f %.4f 0\n", mebibytes(stretch->first->rss), unix_seconds(model, stretch->first),
            mebibytes(stretch->last->rss), unix_seconds(model, stretch->last));
}

/* mprof draws and names each one, so only the longest are given. false: out of memory. */
static bool write_functions(const struct model *model, FILE *out) {
    struct stretch *stretches = malloc((model->sample_count / 2 + 1) * sizeof *stretches);
    if (!stretches)
        return false;
    size_t count = find_stretches(model, stretches);
    qsort(stretches, count, sizeof *stretches, compare_length);
    if (count > STRETCHES_MAX)
        count = STRETCHES_MAX;
    qsort(stretches, count, sizeof *stretches, compare_start);
    for (size_t i = 0; i < count; i++)
        write_stretch(model, &stretches[i], out);
    free(stretches);
    return true;
}

bool export_mprof(const struct model *model, FILE *out, struct error *error) {
    if (model_peak_sample(model) == SIZE_MAX)
        return error_set(error, EXIT_STATUS_USAGE, "RSS was never measured in this run, so there is nothing for mprof to plot; "
                         "run the program again");
    write_command(model, out);
    for (size_t i = 0; i < model->sample_count; i++)
        if (model->samples[i].rss != MODEL_UNKNOWN)
            fprintf(out, "MEM %.6f %.4f\n", mebibytes(model->samples[i].rss), unix_seconds(model, &model->samples[i]));
    return write_functions(model, out) || report_out_of_memory(error);
}
