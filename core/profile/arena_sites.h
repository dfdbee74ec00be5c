/* arena_sites.h - what is to be known of the process to read a site's numbers: by who reads all, and who those that changed. */
#ifndef PYPROF_PROFILE_ARENA_SITES_H
#define PYPROF_PROFILE_ARENA_SITES_H

#include "core/profile/arena_build.h"

/* What a site's numbers are to be seen with. */
struct site_moment {
    uint64_t mark_epoch;
    bool at_peak;
    uint64_t now, longest; /* ticks: the clock, and how long a block can have lived */
    double ns_per_tick;
};

/* Reads what the collector knows of the process now. */
bool arena_read_memory(struct arena_build *build, struct arena_memory *memory, struct error *error);
/* The clock must have an end. */
struct site_moment arena_site_moment(const struct arena_build *build, const struct arena_memory *memory);

/* Whether a site's part of the high-water mark is what was copied, else it is what lives now. */
bool arena_site_is_copied(const struct arena_site *site, const struct site_moment *moment);

/* A counter that something is about to be taken from may be seen below zero. */
uint64_t arena_not_negative(uint64_t value);

/* Fills model->heap; live and peak are the sums over all sites. */
void arena_fill_heap(struct arena_build *build, const struct arena_memory *memory, uint64_t live_bytes, uint64_t peak_bytes);

#endif
