/* arena_timeline.c - what has a time or a moment: samples, marks, and the census of types. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/arena_build.h"
#include "core/profile/model_build.h"
#include "core/profile/utf8.h"

/* --- samples ---------------------------------------------------------------------------------------------- */

/* Sites that threads share are one of the model's. What has shrunk is no growth. */
static void add_growth(const struct arena_build *build, const struct arena_growth *growth, struct model_sample *row) {
    if (!growth->site || growth->site >= build->site_row_count || growth->bytes <= 0)
        return;
    uint32_t site = build->site_rows ? build->site_rows[growth->site] : growth->site; /* packed sites keep their numbers */
    int at = 0;
    while (at < MODEL_SAMPLE_GROWTH && row->growth[at].site != MODEL_NO_SITE && row->growth[at].site != site)
        at++;
    if (site == MODEL_NO_SITE || at == MODEL_SAMPLE_GROWTH)
        return;
    row->growth[at].site = site;
    if (__builtin_add_overflow(row->growth[at].bytes, growth->bytes, &row->growth[at].bytes))
        row->growth[at].bytes = INT64_MAX;
    for (; at && row->growth[at].bytes > row->growth[at - 1].bytes; at--) {
        typeof(row->growth[at]) more = row->growth[at];
        row->growth[at] = row->growth[at - 1];
        row->growth[at - 1] = more;
    }
}

static void add_sample(const struct arena_build *build, const struct arena_sample *sample) {
    struct model *model = build->model;
    struct model_sample *row = &model->samples[model->sample_count++];
    *row = (struct model_sample){
        .t_ns = sample->t_ns,
        .rss = sample->rss,
        .heap = sample->heap,
        .native = sample->native,
        .own = sample->own,
        .function = sample->code < model->function_count ? sample->code : 0,
        .threads = sample->threads,
    };
    for (int i = 0; i < MODEL_GENERATIONS; i++)
        row->collections[i] = sample->collections[i];
    for (int i = 0; i < MODEL_SAMPLE_GROWTH; i++)
        row->growth[i].site = MODEL_NO_SITE;
    for (int i = 0; i < ARENA_SAMPLE_GROWTH; i++)
        add_growth(build, &sample->growth[i], row);
}

bool arena_read_samples(struct arena_build *build, struct error *error) {
    struct model *model = build->model;
    uint32_t count = build->header->sample_count;
    const struct arena_sample *samples =
        arena_read_scratch(build->reader, &build->reader->rows, ARENA_SAMPLES_AT, count * sizeof *samples, error);
    if (!samples)
        return false;
    model->samples = malloc((count ? count : 1) * sizeof *model->samples);
    if (!model->samples)
        return arena_out_of_memory(build->reader, error);
    uint64_t previous = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (samples[i].t_ns < previous)
            continue; /* the timeline ascends; this one cannot be */
        previous = samples[i].t_ns;
        add_sample(build, &samples[i]);
    }
    return true;
}

/* --- marks ------------------------------------------------------------------------------------------------ */

static int compare_marks(const void *left, const void *right) {
    const struct model_mark *a = left, *b = right;
    if (a->t_ns != b->t_ns)
        return a->t_ns < b->t_ns ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* A name that may hold anything. NULL: out of memory. */
static const char *mark_name(struct model *model, const struct arena_mark *mark) {
    size_t length = strnlen(mark->name, sizeof mark->name);
    char name[sizeof mark->name * UTF8_REPLACEMENT_SIZE];
    return model_text(model, name, utf8_replace(mark->name, length, name));
}

/* Rows are taken by whoever has a mark to make, also when there is no room any more. */
bool arena_read_marks(struct arena_build *build, struct error *error) {
    struct model *model = build->model;
    uint32_t count = build->header->mark_count < ARENA_MAX_MARKS ? build->header->mark_count : ARENA_MAX_MARKS;
    const struct arena_mark *marks =
        arena_read_scratch(build->reader, &build->reader->rows, ARENA_MARKS_AT, count * sizeof *marks, error);
    if (!marks)
        return false;
    model->marks = malloc((count ? count : 1) * sizeof *model->marks);
    if (!model->marks)
        return arena_out_of_memory(build->reader, error);
    for (uint32_t i = 0; i < count; i++) {
        if (!marks[i].t_ns)
            continue;
        struct model_mark row = {.t_ns = marks[i].t_ns, .name = mark_name(model, &marks[i])};
        if (!row.name)
            return arena_out_of_memory(build->reader, error);
        model->marks[model->mark_count++] = row;
    }
    qsort(model->marks, model->mark_count, sizeof *model->marks, compare_marks);
    return true;
}

/* --- types ------------------------------------------------------------------------------------------------ */

/* Rows of no objects are nothing to show, nor is what has no name yet: the census is being taken anew. */
static bool add_type(struct arena_build *build, const struct arena_type *type) {
    const char *name = arena_text(&build->texts, type->name);
    if (!type->count || !*name)
        return true;
    struct model_type row = {.count = type->count, .bytes = type->bytes};
    row.name = model_text(build->model, name, strlen(name));
    build->model->types[build->model->type_count++] = row;
    return row.name;
}

bool arena_read_types(struct arena_build *build, struct error *error) {
    struct model *model = build->model;
    uint32_t count = build->header->type_count;
    model->census_t_ns = build->header->census_t_ns;
    const struct arena_type *types =
        arena_read_scratch(build->reader, &build->reader->rows, ARENA_TYPES_AT, count * sizeof *types, error);
    if (!types)
        return false;
    model->types = malloc((count ? count : 1) * sizeof *model->types);
    if (!model->types)
        return arena_out_of_memory(build->reader, error);
    for (uint32_t i = 0; i < count; i++)
        if (!add_type(build, &types[i]))
            return arena_out_of_memory(build->reader, error);
    qsort(model->types, model->type_count, sizeof *model->types, model_compare_types);
    return true;
}
