#include "core/probe/memory_sites.h"

#include "core/probe/index_table.h"
#include "core/probe/memory_state.h"

struct memory_place memory_places[MEMORY_PLACES];
uint32_t memory_code_ends;

static struct index_table sites; /* (thread, node, line) -> number */

/* A bit for each stretch of memory (of those with equal hashes) that a kept instruction is in: most code that ends
 * has none. */
enum { STRETCH_SHIFT = 6, STRETCHES = 1 << 15 };
static uint64_t kept_stretches[STRETCHES / 64];

struct arena_site *memory_site(uint32_t site) { return &memory.sites[site]; }

bool memory_sites_begin(void) {
    index_table_free(&sites);
    memory_forget_places(0, UINTPTR_MAX);
    if (!profile_reserve_sites(1))
        return false;
    memory.sites = profile_sites();
    memory.site_epochs = profile_site_epochs();
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

static uint64_t *stretch_word(uintptr_t instruction) {
    return &kept_stretches[(instruction >> STRETCH_SHIFT) % STRETCHES / 64];
}
static uint64_t stretch_bit(uintptr_t instruction) { return UINT64_C(1) << (instruction >> STRETCH_SHIFT) % 64; }

void memory_keep_place(uintptr_t instruction, uintptr_t node, struct memory_place place) {
    place.instruction = instruction;
    place.node = node;
    *memory_place_slot(instruction, node) = place;
    *stretch_word(instruction) |= stretch_bit(instruction);
}

static bool may_be_kept(uintptr_t begin, uintptr_t end) {
    if (end - begin >= (uintptr_t)STRETCHES << STRETCH_SHIFT)
        return true;
    for (uintptr_t at = begin >> STRETCH_SHIFT << STRETCH_SHIFT; at < end; at += 1 << STRETCH_SHIFT)
        if (*stretch_word(at) & stretch_bit(at))
            return true;
    return false;
}

/* Bits stay set: they only say that there may be something. */
void memory_forget_places(uintptr_t instructions, size_t size) {
    uintptr_t end = instructions + size;
    __atomic_store_n(&memory_code_ends, memory_code_ends + 1, __ATOMIC_RELEASE);
    if (!may_be_kept(instructions, end))
        return;
    for (int i = 0; i < MEMORY_PLACES; i++)
        if (memory_places[i].instruction - instructions < size)
            memory_places[i].instruction = 0;
}
