/* shadow_leaves.h - short functions that call nothing are timed now and then, where no lines are.
 *
 * A call node whose last SHADOW_WARM_UP activations were leaves, shorter than SHADOW_SHORT_TICKS and without a reading of the clock
 * inside, has only one in about SHADOW_MEAN_GAP timed. An untimed one pushes its frame and is counted; its time is at first its
 * caller's and is moved with the next timed one: as much as the running mean of timed ones says. So calls are exact, and so is the
 * sum of caller and function; the split between the two is an estimate, with the error of a mean.
 *  - Only functions whose code has no loop, no handler and, where calls of C functions are not seen, no call are leaves.
 *    Whatever else is called from one reads the clock, which times it from there on and begins the warm-up anew. What can still
 *    take long in one are operators and making objects: an untimed activation's excess over the mean stays with its caller.
 *  - Only activations that are outermost in their thread are left untimed, so totals are moved like self times.
 *
 * Invariant: above an untimed leaf stand at most untimed calls of C functions. */
#ifndef PYPROF_PROBE_SHADOW_LEAVES_H
#define PYPROF_PROBE_SHADOW_LEAVES_H

#include "core/probe/shadow_lines.h"

enum { SHADOW_LEAF_MEAN = 16 }; /* the mean of a leaf's ticks is kept as so much more, and renewed in so many activations */

SHADOW_INLINE bool shadow_is_untimed_leaf(const struct arena_frame *frame) {
    return !frame->start_ticks && !frame->interpreter_frame;
}

/* There may be an untimed leaf, on top or below untimed calls of C functions. */
SHADOW_INLINE bool shadow_may_hide_leaf(const struct arena_frame *top) {
    return !top->start_ticks && (!top->interpreter_frame || shadow_is_c(top));
}

/* What is called next will be timed: so is an untimed leaf on top, from now on. */
void shadow_time_leaf(struct arena_thread *thread);

/* A timed activation of a function that may be a leaf has ended. frame: what was its frame; quiet: no reading was in between. */
SHADOW_INLINE void shadow_settle_leaf(struct arena_thread *thread, const struct arena_frame *frame, uint64_t ticks, bool quiet) {
    struct arena_node *node = &thread->nodes[frame->node];
    if (!quiet || ticks > SHADOW_SHORT_TICKS)
        node->quiet = 0;
    else
        node->mean_ticks = node->mean_ticks ? node->mean_ticks - node->mean_ticks / SHADOW_LEAF_MEAN + (uint32_t)ticks
                                            : (uint32_t)ticks * SHADOW_LEAF_MEAN;
    if (node->untimed) {
        struct arena_node *caller = &thread->nodes[frame[-1].node];
        uint64_t moved = (uint64_t)node->untimed * node->mean_ticks / SHADOW_LEAF_MEAN;
        if (moved > caller->self_ticks)
            moved = caller->self_ticks;
        caller->self_ticks -= moved;
        node->self_ticks += moved;
        node->total_ticks += moved;
        node->untimed = 0;
    }
    if (!quiet || ticks > SHADOW_SHORT_TICKS)
        return;
    if (node->quiet < SHADOW_WARM_UP)
        node->quiet++;
    else
        node->wait = shadow_next_gap(&node->pattern);
}

#endif
