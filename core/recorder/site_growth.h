/* site_growth.h - which allocation sites have grown most since the last mark. */
#ifndef PYPROF_RECORDER_SITE_GROWTH_H
#define PYPROF_RECORDER_SITE_GROWTH_H

#include <stdint.h>

#include "pyprof/arena.h"

/* Looking at all sites takes longer the more there are: it is done so rarely that it takes no more than half a percent of the
 * time. In between the sites that were found are looked at alone. */
struct site_growth {
    uint64_t *before;   /* live bytes of sites as of the last mark; owned */
    uint32_t before_count, before_capacity;
    uint32_t mark_count; /* marks there were then */
    uint64_t next_ns;   /* CLOCK_MONOTONIC: not all sites before that */
    struct arena_growth most[ARENA_SAMPLE_GROWTH];
};

void site_growth_free(struct site_growth *growth);

/* Brings growth->most up to date, reading sites from the arena's file. Marks that have come since are noticed here: growth is
 * counted from then on. */
void site_growth_look(struct site_growth *growth, int arena_file, const struct arena_header *header);

#endif
