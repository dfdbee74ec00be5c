/* arena_site_changes.h - the allocation sites that have changed since they were last read, found by the epochs that the program
 * notes (struct arena_site). What a site had at the high-water mark also changes where nothing happens at it: the mark after is
 * made of what is alive, so sites whose part of the mark is another number than that are remembered. */
#ifndef PYPROF_PROFILE_ARENA_SITE_CHANGES_H
#define PYPROF_PROFILE_ARENA_SITE_CHANGES_H

#include "core/profile/arena_follow.h"
#include "core/profile/packed_sites.h"

struct site_changes {
    struct site_change *rows; /* owned; each site once, new ones last and in their order */
    size_t count, capacity;
};

/* What sites are read with: of the model before, where there is one. */
struct site_reading {
    struct arena_build *build;
    struct arena_follow *follow;
    const struct packed_sites *before;
    const struct model_function *functions, *new_functions; /* those from function_count on are the new ones */
    size_t function_count, new_function_count;
};

/* Whether sites can be gone on from. */
bool arena_sites_can_follow(const struct arena_follow *follow, const struct arena_header *header);

/* What has changed of known sites, and all new ones below `end`; renews follow->sites. The clock must have an end. */
bool arena_read_site_changes(struct site_reading *reading, uint32_t end, struct site_changes *changes, struct error *error);
/* Fills model->heap from what has been read so far. */
bool arena_read_followed_heap(struct arena_build *build, const struct arena_follow *follow, struct error *error);

#endif
