/* packed_sites.h - the allocation sites of a run that goes on, in the arena's order: as many as call nodes, so as small as can be.
 *
 * Kept is what is shown while a program runs. What was freed at a site, how long blocks lived and what was the most that the
 * process had, reports say of a finished run; a model with packed sites has 0 there. */
#ifndef PYPROF_PROFILE_PACKED_SITES_H
#define PYPROF_PROFILE_PACKED_SITES_H

#include "pyprof/model.h"

enum { SITE_NUMBERS = 7 };
struct site_numbers {
    uint64_t allocated_bytes, allocated_count, live_bytes, live_count, peak_bytes, peak_count, temporary_count;
};

/* numbers are those of struct site_numbers; where one has no room the first is PACKED_WIDE, and the next two are its row in `wide`.
 * Most paths run a few times: their sites are narrow. */
#define PACKED_WIDE UINT16_MAX
struct packed_site {
    uint32_t node, function, line; /* as in struct model_site */
    uint16_t numbers[SITE_NUMBERS];
};

struct packed_sites {
    struct packed_site *rows;  /* owned, as all below */
    struct site_numbers *wide;
    size_t count, capacity, wide_count, wide_capacity;
    uint32_t *met;             /* by function: the last change that met it */
    size_t met_count;
    uint32_t last_change;
};

/* What a site has become, or a new one. */
struct site_change {
    uint32_t site;
    uint32_t node, function, line;
    struct site_numbers numbers;
};

void packed_sites_free(struct packed_sites *sites); /* NULL is allowed */

struct site_numbers packed_sites_numbers(const struct packed_sites *sites, size_t site);

/* Makes room for changes of a model of so many functions, so that setting them cannot fail. false: out of memory. */
bool packed_sites_reserve(struct packed_sites *sites, const struct site_change *changes, size_t count, size_t function_count);
/* New sites come in their order. */
void packed_sites_set(struct packed_sites *sites, const struct site_change *change);

#endif
