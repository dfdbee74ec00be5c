#include "core/probe/memory_sites.h"

#include <string.h>

#include "core/probe/index_table.h"
#include "core/probe/memory_state.h"

struct memory_place memory_places[MEMORY_PLACES];

static struct index_table sites; /* (thread, node, line) -> number */
static bool any_place_known;

struct arena_site *memory_site(uint32_t site) { return &memory.sites[site]; }

bool memory_sites_begin(void) {
    index_table_free(&sites);
    memory_forget_places();
    if (!profile_reserve_sites(1))
        return false;
    memory.sites = profile_sites();
    memory.totals->site_count = 1;
    return true;
}

/* A node has one code, so that needs no room in the key. Not 0. */
static uint64_t key_of(struct memory_origin origin, uint32_t thread) {
    return (((uint64_t)thread << 20 | origin.node) << 33 | origin.line) + 1;
}
_Static_assert(ARENA_MAX_NODES <= 1 << 20 && ARENA_MAX_THREADS < 1 << 11, "a site's key has room for thread and node");

static uint32_t add_site(struct memory_origin origin, uint32_t thread, uint64_t key) {
    uint32_t site = memory.totals->site_count;
    if (!profile_reserve_sites(site + 1) || !index_table_add(&sites, key, site))
        return 0;
    memory.sites[site] =
        (struct arena_site){.thread = thread, .node = origin.node, .code = origin.code, .line = origin.line};
    __atomic_store_n(&memory.totals->site_count, site + 1, __ATOMIC_RELEASE);
    return site;
}

uint32_t memory_find_site(struct memory_origin origin) {
    uint32_t thread;
    if (!origin.thread || !profile_thread_index(origin.thread, &thread))
        return 0;
    uint64_t key = key_of(origin, thread);
    uint32_t site = index_table_find(&sites, key);
    return site ? site : add_site(origin, thread, key);
}

struct memory_place memory_place_of(uint32_t site) {
    return (struct memory_place){.site = memory_site(site), .tag = memory_tag(site)};
}

void memory_keep_place(uintptr_t instruction, uintptr_t node, struct memory_place place) {
    place.instruction = instruction;
    place.node = node;
    *memory_place_slot(instruction, node) = place;
    any_place_known = true;
}

void memory_forget_places(void) {
    if (any_place_known)
        memset(memory_places, 0, sizeof memory_places);
    any_place_known = false;
}
