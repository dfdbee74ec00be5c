#include "core/profile/arena_site_changes.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/arena_sites.h"

enum { SITES_PER_READ = 1024 };
_Static_assert(SITES_PER_READ % ARENA_SITES_OF_EPOCH == 0, "whole stretches of one epoch are read");

bool arena_sites_can_follow(const struct arena_follow *follow, const struct arena_header *header) {
    const struct followed_sites *sites = &follow->sites;
    bool counted = arena_known_collectors(header->collectors) & COLLECTOR_MEMORY;
    return sites->counted == counted && header->memory.site_count >= sites->count && header->memory.peak_epoch >= sites->epoch;
}

/* --- where a site is -------------------------------------------------------------------------------------- */

static uint32_t node_row(const struct arena_follow *follow, const struct arena_site *site) {
    if (site->thread >= follow->thread_count || site->node >= follow->threads[site->thread].count)
        return 0;
    uint32_t row = follow->threads[site->thread].rows[site->node];
    return row == CALL_TREE_NONE ? 0 : row;
}

static const struct model_function *function_at(const struct site_reading *reading, uint32_t code) {
    if (code < reading->function_count)
        return &reading->functions[code];
    code -= (uint32_t)reading->function_count;
    return code < reading->new_function_count ? &reading->new_functions[code] : NULL;
}

/* Only Python functions have lines. */
static void find_place(const struct site_reading *reading, const struct arena_site *site, struct site_change *change) {
    const struct model_function *function = function_at(reading, site->code);
    bool known = site->code && function;
    change->node = node_row(reading->follow, site);
    change->function = known ? site->code : 0;
    change->line = known && function->kind == MODEL_FUNCTION_PYTHON ? site->line : 0;
}

/* --- what has changed ------------------------------------------------------------------------------------- */

/* What is under way. */
struct pass {
    struct site_reading *reading;
    struct followed_sites *followed;
    struct site_changes *changes;
    struct site_moment moment;
    bool another_mark; /* than when sites were last read, or one now */
};

static bool is_unsettled(const struct followed_sites *sites, uint32_t site) { return sites->unsettled[site / 64] >> site % 64 & 1; }

static void set_unsettled(struct followed_sites *sites, uint32_t site, bool unsettled) {
    uint64_t bit = UINT64_C(1) << site % 64;
    sites->unsettled[site / 64] = unsettled ? sites->unsettled[site / 64] | bit : sites->unsettled[site / 64] & ~bit;
}

static struct site_numbers numbers_before(const struct pass *pass, uint32_t site) {
    const struct packed_sites *before = pass->reading->before;
    return before && site < before->count ? packed_sites_numbers(before, site) : (struct site_numbers){0};
}

static bool add(struct pass *pass, const struct site_change *change, const struct site_numbers *before) {
    struct site_changes *changes = pass->changes;
    if (changes->count == changes->capacity) {
        size_t capacity = changes->capacity ? 2 * changes->capacity : 1024;
        struct site_change *rows = reallocarray(changes->rows, capacity, sizeof *rows);
        if (!rows)
            return false;
        changes->rows = rows;
        changes->capacity = capacity;
    }
    pass->followed->live_bytes += change->numbers.live_bytes - before->live_bytes;
    pass->followed->peak_bytes += change->numbers.peak_bytes - before->peak_bytes;
    set_unsettled(pass->followed, change->site, change->numbers.peak_bytes != change->numbers.live_bytes ||
                                                    change->numbers.peak_count != change->numbers.live_count);
    changes->rows[changes->count++] = *change;
    return true;
}

/* As it is now. */
static struct site_numbers numbers_of(const struct pass *pass, const struct arena_site *site) {
    bool copied = arena_site_is_copied(site, &pass->moment);
    return (struct site_numbers){
        .allocated_bytes = site->allocated_bytes,
        .allocated_count = site->allocated_count,
        .live_bytes = arena_not_negative(site->live_bytes),
        .live_count = arena_not_negative(site->live_count),
        .peak_bytes = arena_not_negative(copied ? site->peak_bytes : site->live_bytes),
        .peak_count = arena_not_negative(copied ? site->peak_count : site->live_count),
        .temporary_count = site->temporary_count,
    };
}

static bool look(struct pass *pass, uint32_t at, const struct arena_site *site) {
    struct site_change change = {.site = at, .numbers = numbers_of(pass, site)};
    struct site_numbers before = numbers_before(pass, at);
    bool is_new = at >= pass->followed->count, is_to_settle = !is_new && pass->another_mark && is_unsettled(pass->followed, at);
    if (!is_new && !is_to_settle && memcmp(&before, &change.numbers, sizeof before) == 0)
        return true; /* what would be settled is told all the same, so that it is not */
    find_place(pass->reading, site, &change);
    return add(pass, &change, &before);
}

/* Sites that changed, or all of them where they are new. */
static bool read_range(struct pass *pass, uint32_t first, uint32_t end, struct error *error) {
    struct arena_reader *reader = pass->reading->build->reader;
    for (uint32_t count; first < end; first += count) {
        count = end - first < SITES_PER_READ ? end - first : SITES_PER_READ;
        const struct arena_site *sites =
            arena_read_scratch(reader, &reader->nodes, ARENA_SITES_AT + first * sizeof *sites, count * sizeof *sites, error);
        if (!sites)
            return false;
        for (uint32_t i = 0; i < count; i++) {
            bool changed = first + i >= pass->followed->count || sites[i].peak_epoch >= pass->followed->epoch;
            if (changed && !look(pass, first + i, &sites[i]))
                return arena_out_of_memory(reader, error);
        }
    }
    return true;
}

/* Stretches beside each other are read at once. */
static bool read_changed(struct pass *pass, struct error *error) {
    struct arena_reader *reader = pass->reading->build->reader;
    uint32_t known = pass->followed->count, count = (known + ARENA_SITES_OF_EPOCH - 1) / ARENA_SITES_OF_EPOCH;
    const uint64_t *epochs = arena_read_scratch(reader, &reader->rows, ARENA_SITE_EPOCHS_AT, count * sizeof *epochs, error);
    if (!epochs)
        return false;
    for (uint32_t i = 0, next; i < count; i = next) {
        next = i + 1;
        if (epochs[i] < pass->followed->epoch)
            continue;
        while (next < count && epochs[next] >= pass->followed->epoch)
            next++;
        uint32_t end = next * ARENA_SITES_OF_EPOCH < known ? next * ARENA_SITES_OF_EPOCH : known;
        if (!read_range(pass, i * ARENA_SITES_OF_EPOCH, end, error))
            return false;
    }
    return true;
}

static int compare_sites(const void *left, const void *right) {
    const struct site_change *a = left, *b = right;
    return (a->site > b->site) - (a->site < b->site);
}

static bool is_changed(const struct site_changes *changes, size_t count, uint32_t site) {
    struct site_change key = {.site = site};
    return count && bsearch(&key, changes->rows, count, sizeof key, compare_sites);
}

/* There was another high-water mark, or is one now: of sites that have not changed it is made of what is alive. */
static bool settle(struct pass *pass, struct error *error) {
    struct followed_sites *followed = pass->followed;
    size_t changed = pass->changes->count;
    for (uint32_t at = 0; at < followed->count; at++) {
        if (at % 64 == 0 && !followed->unsettled[at / 64]) {
            at += 63;
            continue;
        }
        if (!is_unsettled(followed, at) || is_changed(pass->changes, changed, at))
            continue;
        struct site_change change = {.site = at};
        struct site_numbers before = change.numbers = numbers_before(pass, at);
        change.numbers.peak_bytes = before.live_bytes;
        change.numbers.peak_count = before.live_count;
        if (!add(pass, &change, &before))
            return arena_out_of_memory(pass->reading->build->reader, error);
    }
    return true;
}

static bool reserve(struct followed_sites *sites, uint32_t end) {
    size_t words = end / 64 + 1;
    if (words <= sites->word_count)
        return true;
    uint64_t *unsettled = reallocarray(sites->unsettled, words, sizeof *unsettled);
    if (!unsettled)
        return false;
    memset(unsettled + sites->word_count, 0, (words - sites->word_count) * sizeof *unsettled);
    sites->unsettled = unsettled;
    sites->word_count = words;
    return true;
}

/* What changes while this goes on is read again next time: its epoch is not below the one that there was in the beginning. */
bool arena_read_site_changes(struct site_reading *reading, uint32_t end, struct site_changes *changes, struct error *error) {
    struct arena_build *build = reading->build;
    struct followed_sites *followed = &reading->follow->sites;
    const struct arena_memory *began = &build->header->memory;
    struct arena_memory memory;
    if (!reserve(followed, end))
        return arena_out_of_memory(build->reader, error);
    if (!arena_read_memory(build, &memory, error))
        return false;
    struct pass pass = {reading, followed, changes, arena_site_moment(build, &memory),
                        memory.at_peak || memory.mark_epoch != followed->mark_epoch};
    if (!read_changed(&pass, error) || (pass.another_mark && !settle(&pass, error)) ||
        !read_range(&pass, followed->count, end, error))
        return false;
    followed->count = end;
    followed->epoch = began->peak_epoch;
    followed->mark_epoch = began->mark_epoch;
    return true;
}

bool arena_read_followed_heap(struct arena_build *build, const struct arena_follow *follow, struct error *error) {
    struct arena_memory memory;
    if (!arena_read_memory(build, &memory, error))
        return false;
    arena_fill_heap(build, &memory, follow->sites.live_bytes, follow->sites.peak_bytes);
    return true;
}
