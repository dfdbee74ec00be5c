#include "core/report/memory_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/profile/model_memory.h"
#include "core/report/report_text.h"

struct model_allocations memory_whole(const struct model *model) {
    struct model_allocations whole = {0};
    for (size_t i = 0; i < model->site_count; i++)
        model_add_allocations(&whole, &model->sites[i].memory);
    return whole;
}

static bool is_part(uint64_t part, uint64_t whole, unsigned per_mille) {
    return part && (double)part * 1000.0 >= (double)whole * per_mille;
}

bool memory_is_at_least(const struct model_allocations *memory, const struct model_allocations *whole, unsigned per_mille) {
    return is_part(memory->peak_bytes, whole->peak_bytes, per_mille) ||
           is_part(memory->allocated_bytes, whole->allocated_bytes, per_mille) ||
           is_part(memory->live_bytes, whole->live_bytes, per_mille);
}

static int compare_by_peak(const void *left, const void *right) {
    const struct memory_line *a = left, *b = right;
    if (a->memory.peak_bytes != b->memory.peak_bytes)
        return a->memory.peak_bytes > b->memory.peak_bytes ? -1 : 1;
    if (a->memory.allocated_bytes != b->memory.allocated_bytes)
        return a->memory.allocated_bytes > b->memory.allocated_bytes ? -1 : 1;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Sites of a line stand together. */
struct memory_line *memory_lines_by_peak(const struct model *model, size_t *count) {
    struct memory_line *lines = calloc(model->site_count + 1, sizeof *lines);
    *count = 0;
    for (size_t i = 0; lines && i < model->site_count; i++) {
        const struct model_site *site = &model->sites[i];
        struct memory_line *line = *count ? &lines[*count - 1] : NULL;
        if (!line || line->function != site->function || line->line != site->line) {
            line = &lines[(*count)++];
            line->function = site->function;
            line->line = site->line;
        }
        model_add_allocations(&line->memory, &site->memory);
    }
    if (lines)
        qsort(lines, *count, sizeof *lines, compare_by_peak);
    return lines;
}

const char *memory_live_word(const struct model *model) { return model->state == MODEL_ENDED ? "left over" : "live now"; }

/* --- the head ------------------------------------------------------------------------------------ */

static void write_amount(const char *what, uint64_t bytes, uint64_t count, FILE *out) {
    char size[REPORT_SIZE_SIZE];
    report_size(bytes, size);
    fprintf(out, "%-10s %*s in %" PRIu64 " block%s", what, REPORT_SIZE_WIDTH, size, count, count == 1 ? "" : "s");
}

static void write_known(const struct model *model, const struct model_allocations *whole, FILE *out) {
    char native[REPORT_SIZE_SIZE];
    write_amount("allocated", whole->allocated_bytes, whole->allocated_count, out);
    fprintf(out, "; temporary, freed before their thread's next allocation: %" PRIu64 "\n", whole->temporary_count);
    write_amount("at peak", whole->peak_bytes, whole->peak_count, out);
    if (model->process_count > 1)
        fputs("; the peaks of all processes, added up\n", out);
    else
        fprintf(out, ", %.3f s after the start\n", report_seconds(model->heap.peak_t_ns));
    write_amount(memory_live_word(model), whole->live_bytes, whole->live_count, out);
    if (model->heap.native) {
        report_size(model->heap.native_bytes, native);
        fprintf(out, "; allocated by native code itself: %s", native);
    }
    putc('\n', out);
}

static void write_count(uint64_t count, const char *one, const char *many, FILE *out) {
    if (count && count != MODEL_UNKNOWN)
        fprintf(out, "%" PRIu64 " %s\n", count, count == 1 ? one : many);
}

/* What is allocated on no known line: by the interpreter itself, or where there was no room for more sites. */
static uint64_t placeless_bytes(const struct model *model) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < model->site_count; i++)
        if (model->sites[i].line == 0 || model->sites[i].function == 0)
            bytes += model->sites[i].memory.allocated_bytes;
    return bytes;
}

static void write_unknown(const struct model *model, FILE *out) {
    const struct model_heap *heap = &model->heap;
    char size[REPORT_SIZE_SIZE];
    uint64_t placeless = placeless_bytes(model);
    if (!heap->native)
        fputs("what native code allocates itself was not counted\n", out);
    if (heap->allocator_replaced)
        fputs("Python's allocator was not its usual one (PYTHONMALLOC, or others' hooks); it was counted all the same\n", out);
    if (placeless) {
        report_size(placeless, size);
        fprintf(out, "%s of it on no known line\n", size);
    }
    if (heap->paused_count)
        fprintf(out, "the memory collector was off for %.3f s in between: all numbers are of the rest\n",
                report_seconds(heap->paused_ns));
    if (heap->paused)
        fputs("the memory collector is off at this moment\n", out);
    write_count(heap->unknown_frees, "block freed that was allocated while the collector was not on",
                "blocks freed that were allocated while the collector was not on", out);
    write_count(heap->uncounted_allocations, "allocation not counted: made within another one, or no room was left",
                "allocations not counted: made within another one, or no room was left", out);
    if (heap->profiler_bytes) {
        report_size(heap->profiler_bytes, size);
        fprintf(out, "the profiler's own %s in the interpreter's heap are in no number\n", size);
    }
}

bool memory_write_head(const struct model *model, const char *title, FILE *out) {
    report_heading(model, title, out);
    if (!(model->collectors & COLLECTOR_MEMORY)) {
        fputs("Memory was not counted in this run; add memory to -k.\n", out);
        return false;
    }
    const struct model_allocations whole = memory_whole(model);
    write_known(model, &whole, out);
    write_unknown(model, out);
    return true;
}

void memory_write_place(const struct model *model, uint32_t function, uint32_t line, FILE *out) {
    if (!function) {
        fputs("(no function)", out);
        return;
    }
    const struct model_function *owner = &model->functions[function];
    report_text(out, owner->qualname, strlen(owner->qualname));
    fputs("  ", out);
    if (owner->kind == MODEL_FUNCTION_C || !line) {
        report_place(out, owner);
        return;
    }
    report_text(out, owner->file, strlen(owner->file));
    fprintf(out, ":%" PRIu32, line);
}
