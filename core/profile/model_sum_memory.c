/* model_sum_memory.c - sites, heap and census of the sum over all processes. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/model_build.h"
#include "core/profile/model_memory.h"
#include "core/profile/model_sites.h"
#include "core/profile/model_summing.h"

TOTAL_OF(site_count)
TOTAL_OF(type_count)

static void add_site(const struct summing *summing, size_t process, const struct model_site *site) {
    struct model_site *row = &summing->sum->sites[summing->sum->site_count++];
    *row = *site;
    row->node = site->node ? summing->nodes[process][site->node] : 0;
    row->function = summing->functions[process][site->function];
}

/* Those of the program come first, so the rows that they become are summing->sites. */
static bool sum_sites(struct summing *summing) {
    struct model *sum = summing->sum;
    size_t count = total_site_count(summing->program);
    sum->sites = rows(count, sizeof *sum->sites);
    summing->sites = rows(count, sizeof *summing->sites);
    if (!sum->sites || !summing->sites)
        return false;
    for (size_t i = 0; i < process_count(summing->program); i++)
        for (size_t row = 0; row < process_at(summing->program, i)->site_count; row++)
            add_site(summing, i, &process_at(summing->program, i)->sites[row]);
    return model_merge_sites(sum, summing->sites) && model_spread_memory(sum);
}

static void sum_heap(struct summing *summing) {
    struct model_heap *sum = &summing->sum->heap;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model_heap *heap = &process_at(summing->program, i)->heap;
        add(&sum->live_bytes, heap->live_bytes);
        add(&sum->native_bytes, heap->native_bytes);
        add(&sum->peak_bytes, heap->peak_bytes);
        add(&sum->profiler_bytes, heap->profiler_bytes);
        add(&sum->unknown_frees, heap->unknown_frees);
        add(&sum->uncounted_allocations, heap->uncounted_allocations);
        add(&sum->paused_count, heap->paused_count);
        add(&sum->paused_ns, heap->paused_ns);
        sum->native |= heap->native;
        sum->allocator_replaced |= heap->allocator_replaced;
    }
    sum->peak_t_ns = MODEL_UNKNOWN;
}

static int compare_type_names(const void *left, const void *right) {
    return strcmp(((const struct model_type *)left)->name, ((const struct model_type *)right)->name);
}

/* When a process took its last census, since the program's start; 0: never. */
static uint64_t census_time(const struct model *program, const struct model *process) {
    uint64_t later = process->start_unix_ns > program->start_unix_ns ? process->start_unix_ns - program->start_unix_ns : 0;
    return process->census_t_ns ? process->census_t_ns + later : 0;
}

/* Each process's last census is in the sum, which is dated by the latest of them. */
static bool sum_types(struct summing *summing) {
    struct model *sum = summing->sum;
    struct model_type *types = sum->types = rows(total_type_count(summing->program), sizeof *types);
    size_t count = 0;
    if (!types)
        return false;
    for (size_t i = 0; i < process_count(summing->program); i++) {
        const struct model *process = process_at(summing->program, i);
        uint64_t census_t_ns = census_time(summing->program, process);
        if (census_t_ns > sum->census_t_ns)
            sum->census_t_ns = census_t_ns;
        for (size_t row = 0; row < process->type_count; row++)
            types[count++] = process->types[row];
    }
    qsort(types, count, sizeof *types, compare_type_names);
    for (size_t i = 0; i < count; i++) {
        struct model_type *type = sum->type_count ? &types[sum->type_count - 1] : NULL;
        if (!type || strcmp(type->name, types[i].name) != 0) {
            types[sum->type_count++] = types[i];
            continue;
        }
        add(&type->count, types[i].count);
        add(&type->bytes, types[i].bytes);
    }
    qsort(types, sum->type_count, sizeof *types, model_compare_types);
    return true;
}

bool model_sum_memory(struct summing *summing) {
    sum_heap(summing);
    return sum_sites(summing) && sum_types(summing);
}
