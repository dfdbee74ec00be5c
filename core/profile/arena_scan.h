/* arena_scan.h - the nodes of a thread that may have changed since it was last read. */
#ifndef PYPROF_PROFILE_ARENA_SCAN_H
#define PYPROF_PROFILE_ARENA_SCAN_H

#include "core/profile/arena_follow.h"

struct scanned_node {
    uint32_t node, code;
    uint64_t calls, primitive_calls, self_ticks, total_ticks;
};

struct arena_scan {
    struct scanned_node *nodes; /* owned; ascending: those that changed, that were on the stack, and all new ones */
    size_t count, capacity;
};

void arena_scan_free(struct arena_scan *scan);

/* Goes through a thread's nodes as far as node_count; new ones are added to the followed thread, without rows. sweep: looks at all
 * of them. */
bool arena_scan_thread(struct arena_build *build, const struct model *before, struct followed_thread *thread, uint64_t segment,
                       uint32_t node_count, bool sweep, struct arena_scan *scan, struct error *error);

/* What was scanned of a node; NULL: it was not. */
struct scanned_node *arena_scan_find(const struct arena_scan *scan, uint32_t node);

#endif
