/* mapped_ranges.h - which addresses are mapped, and the allocation site of each: unmapping takes any part of any of them.
 *
 * A treap ordered by address (Seidel and Aragon, "Randomized Search Trees", Algorithmica 16, 1996) in one table of rows, so that
 * nothing is allocated. Whoever uses it sees to it that one thread does at a time. */
#ifndef PYPROF_PROBE_MAPPED_RANGES_H
#define PYPROF_PROBE_MAPPED_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than the kernel gives mappings to a process (vm.max_map_count is 65530 unless it was raised). */
enum { MAPPED_RANGES_MOST = 1 << 18 };

struct mapped_range {
    uintptr_t start, end;
    uint32_t site;
    uint32_t left, right, priority;      /* of the tree; rows[0] is none */
    uint32_t previous_piece, next_piece; /* a ring of what is left of one mapping */
};

struct mapped_ranges {
    struct mapped_range *rows; /* NULL: not prepared */
    uint32_t root;
    uint32_t used;       /* rows that ever were; rows[0] is none */
    uint32_t first_free; /* of those that are not any more, joined by `left` */
    uint32_t random;
};

/* `size` bytes of what was added with `site` are gone; whole: and nothing is left of it. */
typedef void (*mapped_range_gone)(uint32_t site, size_t size, bool whole);

/* Takes the table's room, which is only used as far as there are ranges. false: there is none. */
bool mapped_ranges_prepare(struct mapped_ranges *ranges);

/* Forgets all ranges. */
void mapped_ranges_clear(struct mapped_ranges *ranges);

/* Is there room for one more? */
bool mapped_ranges_have_room(const struct mapped_ranges *ranges);

/* Adds a range, for which there is room, and none of which is there already. */
void mapped_ranges_add(struct mapped_ranges *ranges, uintptr_t start, size_t size, uint32_t site);

/* Takes [start, start + size) out of all ranges. Returns how many bytes of them that was. (Without room for the second piece of a
 * range that is cut in two, that piece is gone, too.) */
size_t mapped_ranges_remove(struct mapped_ranges *ranges, uintptr_t start, size_t size, mapped_range_gone gone);

#endif
