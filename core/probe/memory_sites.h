/* memory_sites.h - the allocation sites, and how an event finds its one.
 *
 * A site is a call node of a thread and a line. Asking for the line of an instruction takes long, so what was found
 * is kept in a table by the instruction and the node, of which each pair has one place. It is private to the
 * process, and holds as long as the instruction's code object lives: who sees one end clears the table
 * (memory_forget_places). */
#ifndef PYPROF_PROBE_MEMORY_SITES_H
#define PYPROF_PROBE_MEMORY_SITES_H

#include "core/probe/memory_blocks.h"
#include "core/probe/profile_writer.h"

/* What is known of events at one instruction, under one call node. */
struct memory_place {
    uintptr_t instruction; /* address; 0: nothing is known */
    uintptr_t node;        /* identity: see memory_node_identity */
    struct arena_site *site;
    uint64_t tag; /* an entry of a block from here, without its size */
};

enum { MEMORY_PLACES = 8192 };
extern HOT_DATA struct memory_place memory_places[MEMORY_PLACES];

/* One number for thread and node: a thread's segment is larger than there are nodes. */
HOT_INLINE uintptr_t memory_node_identity(const struct arena_thread *thread, uint32_t node) {
    return (uintptr_t)thread + node;
}
_Static_assert(ARENA_THREAD_SIZE > ARENA_MAX_NODES, "nodes of different threads have different identities");

/* Instructions lie two bytes apart. The number of a slot is left where it is an offset. */
HOT_INLINE struct memory_place *memory_place_slot(uintptr_t instruction, uintptr_t node) {
    uintptr_t offset = (instruction / 2 + node * 72) * sizeof(struct memory_place);
    return (struct memory_place *)((char *)memory_places + offset % sizeof memory_places);
}

/* The place if it is known, or NULL. */
HOT_INLINE const struct memory_place *memory_known_place(uintptr_t instruction, uintptr_t node) {
    const struct memory_place *place = memory_place_slot(instruction, node);
    return LIKELY(place->instruction == instruction && place->node == node) ? place : NULL;
}

/* Where an event belongs. */
struct memory_origin {
    const struct arena_thread *thread; /* NULL: none that has a profile */
    uint32_t node;
    uint32_t code, line;
};

/* The site's number, new or as it was; 0 where there is no room, and for no thread. With the collector's lock. */
uint32_t memory_find_site(struct memory_origin origin);
struct arena_site *memory_site(uint32_t site);

/* What an event at this site needs, not kept. */
struct memory_place memory_place_of(uint32_t site);
/* Keeps it for the instruction. */
void memory_keep_place(uintptr_t instruction, uintptr_t node, struct memory_place place);
/* Code has ended, and the addresses of its instructions, in so many bytes, may soon be another's. Under the
 * interpreter lock. */
void memory_forget_places(uintptr_t instructions, size_t size);
/* Grows whenever code has ended: what others keep by such addresses holds as long as this is the same. */
extern uint32_t memory_code_ends;

/* Takes room for the first rows; false: there is none. Forgets all sites. */
bool memory_sites_begin(void);

#endif
