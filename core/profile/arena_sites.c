/* arena_sites.c - allocation sites and the heap.
 *
 * Sites are read first and what stands above them afterwards, while the program goes on: numbers are those of a moment each, a few
 * milliseconds apart. So that a total is never another than the sum of its parts, the heap's totals are those sums; once the
 * program has ended both are the same. */
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/profile/arena_sites.h"
#include "core/profile/model_sites.h"

/* The tree's row of a thread's node; the root where there is no such node. */
static uint32_t site_node(const struct arena_build *build, const struct arena_site *site) {
    if (site->thread >= build->header->thread_count || site->node >= build->node_rows[site->thread].count)
        return 0;
    uint32_t row = build->node_rows[site->thread].rows[site->node];
    return row == CALL_TREE_NONE ? 0 : row;
}

/* Only Python functions have lines. */
static struct model_site site_place(const struct arena_build *build, const struct arena_site *site) {
    const struct model *model = build->model;
    bool known = site->code && site->code < model->function_count;
    return (struct model_site){
        .node = site_node(build, site),
        .function = known ? site->code : 0,
        .line = known && model->functions[site->code].kind == MODEL_FUNCTION_PYTHON ? site->line : 0,
    };
}

/* --- one site's numbers ----------------------------------------------------------------------------------- */

uint64_t arena_not_negative(uint64_t value) { return value > INT64_MAX ? 0 : value; }

/* A block may be seen to have come or gone before life_ticks says so: then the sum is off by the clock, and out of all bounds. */
static uint64_t lifetime_ticks(const struct arena_site *site, const struct site_moment *moment) {
    uint64_t blocks = site->allocated_count > site->live_count ? site->allocated_count : site->live_count, most;
    uint64_t ticks = site->life_ticks + site->live_count * moment->now;
    if (__builtin_mul_overflow(blocks, moment->longest, &most))
        most = INT64_MAX;
    const uint64_t seen[] = {ticks, ticks + moment->now, ticks - moment->now};
    for (int i = 0; i < 3; i++)
        if (seen[i] <= most)
            return seen[i];
    return 0;
}

bool arena_site_is_copied(const struct arena_site *site, const struct site_moment *moment) {
    return !moment->at_peak && site->peak_epoch >= moment->mark_epoch;
}

/* As arena.h says for struct arena_site. */
static void read_peak(const struct arena_site *site, const struct site_moment *moment, struct model_allocations *memory) {
    bool copied = arena_site_is_copied(site, moment);
    memory->peak_bytes = arena_not_negative(copied ? site->peak_bytes : site->live_bytes);
    memory->peak_count = arena_not_negative(copied ? site->peak_count : site->live_count);
}

static struct model_allocations site_memory(const struct arena_site *site, const struct site_moment *moment) {
    struct model_allocations memory = {
        .allocated_count = site->allocated_count,
        .allocated_bytes = site->allocated_bytes,
        .freed_count = site->freed_count,
        .freed_bytes = site->freed_bytes,
        .live_count = arena_not_negative(site->live_count),
        .live_bytes = arena_not_negative(site->live_bytes),
        .temporary_count = site->temporary_count,
        .lifetime_ns = arena_to_ns(lifetime_ticks(site, moment), moment->ns_per_tick),
        .highest_bytes = arena_not_negative(site->highest_bytes),
    };
    read_peak(site, moment, &memory);
    return memory;
}

/* --- all of them ------------------------------------------------------------------------------------------ */

/* Sites of several threads that are the same become one row. */
static bool add_sites(struct arena_build *build, const struct arena_site *sites, const struct site_moment *moment) {
    struct model *model = build->model;
    size_t count = build->site_row_count;
    model->sites = malloc((count ? count : 1) * sizeof *model->sites);
    build->site_rows = malloc((count ? count : 1) * sizeof *build->site_rows);
    if (!model->sites || !build->site_rows)
        return false;
    for (size_t i = 0; i < count; i++) {
        model->sites[i] = site_place(build, &sites[i]);
        model->sites[i].memory = site_memory(&sites[i], moment);
    }
    model->site_count = count;
    return model_merge_sites(model, build->site_rows);
}

bool arena_read_memory(struct arena_build *build, struct arena_memory *memory, struct error *error) {
    return arena_read(build->reader, offsetof(struct arena_header, memory), memory, sizeof *memory, error);
}

static double wall_ns_per_tick(const struct arena_clock *clock) {
    return clock->end_ns > clock->start_ns ? clock_ns_per_tick(clock) : 1.0;
}

struct site_moment arena_site_moment(const struct arena_build *build, const struct arena_memory *memory) {
    const struct arena_clock *clock = &build->clock;
    uint64_t now = memory->ticks > clock->end_ticks && !build->ended ? memory->ticks : clock->end_ticks;
    /* A child's blocks may be older than itself. */
    uint64_t born = build->reader->is_child || clock->start_ticks > now ? 0 : clock->start_ticks;
    return (struct site_moment){
        .mark_epoch = memory->mark_epoch,
        .at_peak = memory->at_peak != 0,
        .now = now,
        .longest = now - born,
        .ns_per_tick = wall_ns_per_tick(clock),
    };
}

enum { MEMORY_BIT = 2 }; /* of COLLECTOR_MEMORY */
_Static_assert(COLLECTOR_MEMORY == 1 << MEMORY_BIT, "the memory collector has its row at its bit");

void arena_fill_heap(struct arena_build *build, const struct arena_memory *memory, uint64_t live_bytes, uint64_t peak_bytes) {
    struct model_heap *heap = &build->model->heap;
    uint64_t start = build->clock.start_ticks;
    double ns_per_tick = wall_ns_per_tick(&build->clock);
    *heap = (struct model_heap){
        .live_bytes = live_bytes,
        .peak_bytes = peak_bytes,
        .peak_t_ns = memory->peak_ticks > start ? arena_to_ns(memory->peak_ticks - start, ns_per_tick) : 0,
        .profiler_bytes = arena_not_negative(memory->profiler_bytes),
        .unknown_frees = memory->unknown_frees,
        .uncounted_allocations = memory->uncounted_allocations,
        .paused_count = memory->paused_count,
        .paused_ns = arena_to_ns(arena_not_negative(memory->paused_ticks), ns_per_tick),
        .paused = memory->state == ARENA_MEMORY_PAUSED,
        .native = memory->native != 0,
        .allocator_replaced = memory->allocator_replaced != 0,
        .failed_checks = memory->failed_checks,
    };
    build->model->switched[MEMORY_BIT].off_count += heap->paused_count;
    build->model->switched[MEMORY_BIT].off_ns += heap->paused_ns;
    uint64_t native_bytes = heap->native ? arena_not_negative(memory->native_bytes) : 0;
    heap->native_bytes = native_bytes < heap->live_bytes ? native_bytes : heap->live_bytes;
}

bool arena_read_sites(struct arena_build *build, struct error *error) {
    struct arena_reader *reader = build->reader;
    struct arena_memory memory;
    if (!(build->model->collectors & COLLECTOR_MEMORY))
        return true;
    build->site_row_count = build->header->memory.site_count;
    const struct arena_site *sites = arena_read_scratch(reader, &reader->rows, ARENA_SITES_AT,
                                                        build->site_row_count * sizeof *sites, error);
    if (!sites || !arena_read_memory(build, &memory, error))
        return false;
    struct site_moment moment = arena_site_moment(build, &memory);
    if (!add_sites(build, sites, &moment))
        return arena_out_of_memory(reader, error);
    uint64_t live_bytes = 0, peak_bytes = 0;
    for (size_t i = 0; i < build->model->site_count; i++) {
        live_bytes += build->model->sites[i].memory.live_bytes;
        peak_bytes += build->model->sites[i].memory.peak_bytes;
    }
    arena_fill_heap(build, &memory, live_bytes, peak_bytes);
    return true;
}
