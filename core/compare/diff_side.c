#include "core/compare/diff_side.h"

#include <stdlib.h>
#include <string.h>

/* --- where a run's files stand -------------------------------------------------------------------------- */

/* Bytes of the folder that the program stands in, with its last '/': that of the module which was run, else what all files of the
 * project have in common. */
static size_t program_folder(const struct model *run, const char **folder) {
    size_t length = 0, script = strlen(run->script);
    *folder = NULL;
    for (size_t id = 1; id < run->function_count; id++) {
        const struct model_function *function = &run->functions[id];
        if (!(function->flags & MODEL_FUNCTION_PROJECT) || !*function->file)
            continue;
        size_t own = (size_t)(function_base_name(function->file) - function->file), file = strlen(function->file);
        bool ran = script && file >= script && strcmp(function->file + file - script, run->script) == 0 &&
                   (file == script || function->file[file - script - 1] == '/');
        if (ran || !*folder) {
            *folder = function->file;
            length = own;
        }
        if (ran)
            return length;
        while (length && (length > own || memcmp(*folder, function->file, length) != 0))
            do
                length--;
            while (length && (*folder)[length - 1] != '/');
    }
    return length;
}

/* Behind "/site-packages/", or behind the standard library's folder "/python3.11/". */
static const char *library_path(const char *file) {
    static const char packages[] = "/site-packages/", dist[] = "/dist-packages/", library[] = "/python3.";
    const char *found = strstr(file, packages);
    if (found)
        return found + sizeof packages - 1;
    if ((found = strstr(file, dist)))
        return found + sizeof dist - 1;
    if (!(found = strstr(file, library)))
        return file;
    found += sizeof library - 1;
    size_t digits = strspn(found, "0123456789t");
    return found[digits] == '/' ? found + digits + 1 : file;
}

static struct function_key key_of(const struct model_function *function, const char *folder, size_t folder_length) {
    struct function_key key = {.path = function->file, .qualname = function->qualname, .line = function->line,
                               .kind = function->kind, .project = function->flags & MODEL_FUNCTION_PROJECT};
    if (!key.project)
        key.path = library_path(key.path);
    else if (folder_length && strncmp(key.path, folder, folder_length) == 0)
        key.path += folder_length;
    return key;
}

/* --- the functions of all runs -------------------------------------------------------------------------- */

static bool reserve(struct side *side, size_t count) {
    if (count <= side->capacity)
        return true;
    size_t capacity = count + side->capacity / 2;
    struct function_key *keys = reallocarray(side->keys, capacity, sizeof *keys);
    if (keys)
        side->keys = keys;
    uint32_t *ids = reallocarray(side->ids, capacity, side->given.count * sizeof *ids);
    if (ids)
        side->ids = ids;
    if (!keys || !ids)
        return false;
    side->capacity = capacity;
    return true;
}

static uint32_t *ids_of(const struct side *side, uint32_t function) { return &side->ids[function * side->given.count]; }

static void append(struct side *side, const struct function_key *key, size_t run, uint32_t id) {
    uint32_t function = (uint32_t)side->function_count++;
    side->keys[function] = *key;
    memset(ids_of(side, function), 0, side->given.count * sizeof(uint32_t));
    ids_of(side, function)[run] = id;
}

/* Finds the run's functions among those that earlier runs have, and adds the others. */
static bool join(struct side *side, const struct function_key *keys, size_t count, size_t run) {
    uint32_t *known = calloc(count + 1, sizeof *known);
    bool done = known && function_match(keys, count, side->keys, side->function_count, known);
    for (size_t i = 0; done && i < count; i++) {
        if (known[i] != FUNCTION_NO_MATCH)
            ids_of(side, known[i])[run] = (uint32_t)i + 1;
        else
            append(side, &keys[i], run, (uint32_t)i + 1);
    }
    free(known);
    return done;
}

static bool add_run(struct side *side, size_t run) {
    const struct model *model = side->given.runs[run];
    size_t count = model->function_count - 1;
    const char *folder;
    size_t folder_length = program_folder(model, &folder);
    struct function_key *keys = calloc(count + 1, sizeof *keys);
    if (!keys || !reserve(side, side->function_count + count)) {
        free(keys);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        keys[i] = key_of(&model->functions[i + 1], folder, folder_length);
    bool done = true;
    if (run)
        done = join(side, keys, count, run);
    else
        for (size_t i = 0; i < count; i++)
            append(side, &keys[i], run, (uint32_t)i + 1);
    free(keys);
    return done;
}

/* --- sources -------------------------------------------------------------------------------------------- */

static int by_file(const void *left, const void *right) {
    const struct source_lines *a = left, *b = right;
    return strcmp(a->source->file, b->source->file);
}

/* The program's sources are those of all its processes. */
static bool find_sources(struct run_sources *sources, const struct model *run) {
    const struct model *program = model_program(run);
    sources->files = calloc(program->source_count + 1, sizeof *sources->files);
    if (!sources->files)
        return false;
    for (size_t i = 0; i < program->source_count; i++) {
        struct source_lines *lines = &sources->files[sources->count];
        lines->source = &program->sources[i];
        lines->starts = model_source_lines(lines->source, &lines->count);
        if (!lines->starts)
            return false;
        sources->count++;
    }
    qsort(sources->files, sources->count, sizeof *sources->files, by_file);
    return true;
}

struct source_lines side_body(const struct side *side, uint32_t function, size_t run, struct line_range *range) {
    uint32_t id = ids_of(side, function)[run];
    const struct model_function *found = &side->given.runs[run]->functions[id];
    struct model_source wanted = {.file = found->file};
    struct source_lines key = {.source = &wanted}, none = {0};
    *range = (struct line_range){0};
    if (!id || !*found->file)
        return none;
    const struct run_sources *sources = &side->sources[run];
    const struct source_lines *lines = bsearch(&key, sources->files, sources->count, sizeof key, by_file);
    if (!lines)
        return none;
    *range = function_body(lines, found->name, found->line);
    return range->first ? *lines : none;
}

bool side_open(struct side *side, const struct diff_side *given) {
    *side = (struct side){.given = *given};
    side->sources = calloc(given->count, sizeof *side->sources);
    for (size_t run = 0; side->sources && run < given->count; run++)
        if (!add_run(side, run) || !find_sources(&side->sources[run], given->runs[run]))
            return false;
    return side->sources != NULL;
}

void side_free(struct side *side) {
    for (size_t run = 0; side->sources && run < side->given.count; run++) {
        for (size_t i = 0; i < side->sources[run].count; i++)
            free(side->sources[run].files[i].starts);
        free(side->sources[run].files);
    }
    free(side->sources);
    free(side->keys);
    free(side->ids);
    *side = (struct side){0};
}

/* --- numbers -------------------------------------------------------------------------------------------- */

uint32_t side_first_run(const struct side *side, uint32_t function, uint32_t *id) {
    uint32_t run = 0;
    while (!ids_of(side, function)[run])
        run++;
    *id = ids_of(side, function)[run];
    return run;
}

const struct model_function *side_function(const struct side *side, uint32_t function) {
    uint32_t id, run = side_first_run(side, function, &id);
    return &side->given.runs[run]->functions[id];
}

/* A run of the line collector alone has lines' self times and nothing else of functions. */
bool side_counts(const struct model *run, enum diff_measure measure) {
    switch (measure) {
    case DIFF_SELF: return run->collectors & (COLLECTOR_FUNCTION | COLLECTOR_LINE);
    case DIFF_TOTAL: case DIFF_CALLS: return run->collectors & COLLECTOR_FUNCTION;
    case DIFF_INSTRUCTIONS: return run->instructions != MODEL_UNKNOWN;
    case DIFF_ALLOCATED: case DIFF_ALLOCATIONS: case DIFF_PEAK: case DIFF_LIVE: return run->collectors & COLLECTOR_MEMORY;
    case DIFF_MEASURE_COUNT: break;
    }
    return false;
}

static uint64_t memory_value(const struct model_allocations *memory, enum diff_measure measure) {
    switch (measure) {
    case DIFF_ALLOCATED: return memory->allocated_bytes;
    case DIFF_ALLOCATIONS: return memory->allocated_count;
    case DIFF_PEAK: return memory->peak_bytes;
    case DIFF_LIVE: return memory->live_bytes;
    default: return MODEL_UNKNOWN;
    }
}

uint64_t side_line_value(const struct model_line *line, enum diff_measure measure) {
    switch (measure) {
    case DIFF_SELF: return line->self_ns;
    case DIFF_TOTAL: return line->total_ns;
    case DIFF_CALLS: return line->hits;
    case DIFF_INSTRUCTIONS: return line->instructions;
    default: return memory_value(&line->memory, measure);
    }
}

static uint64_t known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

static uint64_t self_of_lines(const struct model *run, const struct model_function *function) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < function->line_row_count; i++)
        sum += known(run->lines[function->first_line_row + i].self_ns);
    return sum;
}

static uint64_t function_value(const struct model *run, uint32_t id, enum diff_measure measure) {
    const struct model_function *function = &run->functions[id];
    switch (measure) {
    case DIFF_SELF: return run->collectors & COLLECTOR_FUNCTION ? function->self_ns : self_of_lines(run, function);
    case DIFF_TOTAL: return function->total_ns;
    case DIFF_CALLS: return function->calls;
    case DIFF_INSTRUCTIONS: return function->instructions;
    default: return memory_value(&function->memory, measure);
    }
}

static void add_sample(struct samples *samples, uint64_t value) {
    if (value != MODEL_UNKNOWN && samples->count < DIFF_MOST_RUNS)
        samples->values[samples->count++] = (double)value;
}

void side_samples(const struct side *side, uint32_t function, enum diff_measure measure, struct samples *samples) {
    samples->count = 0;
    for (size_t run = 0; run < side->given.count; run++) {
        const struct model *model = side->given.runs[run];
        uint32_t id = ids_of(side, function)[run];
        if (side_counts(model, measure))
            add_sample(samples, id ? function_value(model, id, measure) : 0);
    }
}

static uint64_t sum(const struct model *run, enum diff_measure measure) {
    uint64_t total = 0;
    for (size_t id = 1; id < run->function_count && side_counts(run, measure); id++)
        total += known(function_value(run, (uint32_t)id, measure));
    return side_counts(run, measure) ? total : MODEL_UNKNOWN;
}

/* Memory of the process as a whole: some sites belong to no function. */
static uint64_t sum_of_sites(const struct model *run, enum diff_measure measure) {
    uint64_t total = 0;
    for (size_t i = 0; i < run->site_count; i++)
        total += memory_value(&run->sites[i].memory, measure);
    return side_counts(run, measure) ? total : MODEL_UNKNOWN;
}

static uint64_t total_value(const struct model *run, enum diff_total total) {
    size_t peak;
    switch (total) {
    case DIFF_TOTAL_WALL: return run->wall_ns ? run->wall_ns : MODEL_UNKNOWN;
    case DIFF_TOTAL_TIME: return sum(run, DIFF_SELF);
    case DIFF_TOTAL_CALLS: return sum(run, DIFF_CALLS);
    case DIFF_TOTAL_INSTRUCTIONS: return run->instructions;
    case DIFF_TOTAL_ALLOCATED: return sum_of_sites(run, DIFF_ALLOCATED);
    case DIFF_TOTAL_ALLOCATIONS: return sum_of_sites(run, DIFF_ALLOCATIONS);
    case DIFF_TOTAL_PEAK: return sum_of_sites(run, DIFF_PEAK);
    case DIFF_TOTAL_LIVE: return sum_of_sites(run, DIFF_LIVE);
    case DIFF_TOTAL_RSS:
        peak = model_peak_sample(run);
        return peak == SIZE_MAX ? MODEL_UNKNOWN : run->samples[peak].rss;
    case DIFF_TOTAL_COUNT: break;
    }
    return MODEL_UNKNOWN;
}

void side_total_samples(const struct side *side, enum diff_total total, struct samples *samples) {
    samples->count = 0;
    for (size_t run = 0; run < side->given.count; run++)
        add_sample(samples, total_value(side->given.runs[run], total));
}

static bool row_ran(const struct model *run, uint32_t id) {
    const struct model_function *function = &run->functions[id];
    const struct model_allocations *memory = &function->memory;
    if (function->calls || function->self_ns || function->total_ns || known(function->instructions) ||
        memory->allocated_count || memory->peak_bytes || memory->live_bytes)
        return true;
    for (uint32_t i = 0; i < function->line_row_count; i++)
        if (known(run->lines[function->first_line_row + i].hits))
            return true;
    return false;
}

bool side_ran(const struct side *side, uint32_t function) {
    for (size_t run = 0; run < side->given.count; run++)
        if (ids_of(side, function)[run] && row_ran(side->given.runs[run], ids_of(side, function)[run]))
            return true;
    return false;
}
