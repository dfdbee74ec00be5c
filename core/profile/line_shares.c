#include "core/profile/line_shares.h"

/* What a share of the untimed time is in proportion to. */
enum measure { BY_ESTIMATE, BY_TIME, BY_HITS };

static uint64_t weight(const struct arena_line_cell *cell, enum measure measure) {
    return measure == BY_ESTIMATE ? cell->estimated_ticks : measure == BY_TIME ? cell->self_ticks : cell->hits;
}

static unsigned __int128 sum_of_weights(const struct arena_line_cell *cells, const struct arena_line *table,
                                        const uint32_t *order, size_t count, enum measure measure) {
    unsigned __int128 sum = 0;
    for (size_t i = 0; i < count; i++)
        if (table[order[i]].line)
            sum += weight(&cells[order[i]], measure);
    return sum;
}

/* Takes the untimed time out of its cells. */
static struct arena_line_cell take_untimed(struct arena_line_cell *cells, const struct arena_line *table,
                                           const uint32_t *order, size_t count) {
    struct arena_line_cell taken = {0};
    for (size_t i = 0; i < count; i++) {
        struct arena_line_cell *cell = &cells[order[i]];
        if (table[order[i]].line)
            continue;
        taken.self_ticks += cell->self_ticks;
        taken.total_ticks += cell->total_ticks;
        cell->self_ticks = cell->total_ticks = 0;
    }
    return taken;
}

/* part / whole of a number, in floating point where the product is beyond 128 bits (only in a damaged profile). */
static uint64_t portion(uint64_t number, unsigned __int128 part, unsigned __int128 whole) {
    if (part >> 64)
        return (uint64_t)((long double)number * ((long double)part / (long double)whole));
    return (uint64_t)((unsigned __int128)number * part / whole);
}

void share_untimed_time(struct arena_line_cell *cells, const struct arena_line *table, const uint32_t *order, size_t count) {
    enum measure measure = BY_ESTIMATE;
    unsigned __int128 whole = 0, before = 0;
    while (!(whole = sum_of_weights(cells, table, order, count, measure)) && measure < BY_HITS)
        measure++;
    if (!whole)
        return;
    struct arena_line_cell untimed = take_untimed(cells, table, order, count), given = {0};
    for (size_t i = 0; i < count; i++) {
        struct arena_line_cell *cell = &cells[order[i]];
        if (!table[order[i]].line)
            continue;
        /* The difference of running sums: what is rounded off comes with a later line. */
        before += weight(cell, measure);
        uint64_t self = portion(untimed.self_ticks, before, whole), total = portion(untimed.total_ticks, before, whole);
        cell->self_ticks += self - given.self_ticks;
        cell->total_ticks += total - given.total_ticks;
        given.self_ticks = self;
        given.total_ticks = total;
    }
}
