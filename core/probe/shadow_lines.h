/* shadow_lines.h - the hot path of the line collector: who gets the time since the last reading, and when to read.
 *
 * A stretch is the time on a line from where control comes to it until control leaves it. Hits are counted always. Timing a
 * stretch needs a reading at its begin and at its end, which take longer than most lines do; so a line whose stretches are short
 * is timed now and then only:
 *  - The first SHADOW_WARM_UP stretches of a line are timed, and as many after every one longer than SHADOW_SHORT_TICKS.
 *  - Of the others one in SHADOW_MEAN_GAP on average is timed (fewer where many were, none of them long): after an uneven
 *    number of untimed ones, so that no rhythm of the program is met, chosen before the stretch begins, so that it is a fair
 *    sample. It stands for those before it: estimated_ticks grows by its ticks times their number.
 *  - Readings for lines wait until the processor has done what stands before: a stretch is so short that a division that is
 *    still under way would be in the next one's time. Readings for functions do not, as they come too often.
 *  - Untimed time goes to a cell of the function's own ("untimed cell"). Readings at function calls and returns are made
 *    whatever the line, so what is in a function's cells is exact in sum. A reader shares the untimed time out to the lines in
 *    proportion to estimated_ticks: a ratio estimator (Cochran, Sampling Techniques, 1977, chapter 6), whose error is that of the
 *    estimated proportions, not of the sum: with n timed stretches of a line about 1/sqrt(n) of their standard deviation.
 *  - Untimed time in which something took very long (SHADOW_LONG_TICKS: a collection, a growing list, a lost processor) would
 *    be shared out wrongly; it is given to the line of this function that was last seen to take so long, where there is one.
 *    Such a stretch of a timed line is its own time and stands for no others.
 *
 * A line's total is its self time and the totals of the Python functions that it calls, in outermost activations. */
#ifndef PYPROF_PROBE_SHADOW_LINES_H
#define PYPROF_PROBE_SHADOW_LINES_H

#include "core/probe/shadow_clock.h"

enum {
    SHADOW_WARM_UP = 32,
    SHADOW_MEAN_GAP = 8,
    SHADOW_WELL_KNOWN = 512, /* timed stretches, none of them long, after which gaps are */
    SHADOW_RARER = 2,        /* this power of two as wide */
    SHADOW_SHORT_TICKS = 2000,
    SHADOW_LONG_TICKS = 40000,
};

/* What has just been given to a cell. */
struct shadow_stretch {
    uint64_t ticks, outermost_mask;
    uint32_t cell, stands_for;
};

/* A stretch or an untimed run took longer than SHADOW_SHORT_TICKS. */
void shadow_long_stretch(struct arena_thread *thread, uint64_t ticks, uint64_t outermost_mask, uint32_t cell,
                         uint32_t stands_for);

/* To be called last, so that nothing is saved for it. */
SHADOW_INLINE void shadow_end_stretch(struct arena_thread *thread, struct shadow_stretch stretch) {
    if (SHADOW_UNLIKELY(stretch.ticks > SHADOW_SHORT_TICKS))
        shadow_long_stretch(thread, stretch.ticks, stretch.outermost_mask, stretch.cell, stretch.stands_for);
}

SHADOW_INLINE bool shadow_is_c(const struct arena_frame *frame) { return frame->interpreter_frame & ARENA_FRAME_C; }

/* The Python activation that a frame's lines are those of: its own, or for C calls the one that made them. */
SHADOW_INLINE struct arena_frame *shadow_line_owner(struct arena_frame *frame) {
    while (shadow_is_c(frame))
        frame--;
    return frame;
}

/* A gap until the next that is to be timed: SHADOW_MEAN_GAP - 4 to SHADOW_MEAN_GAP + 3. */
SHADOW_INLINE uint32_t shadow_next_gap(uint32_t *pattern) {
    *pattern = *pattern * 1664525u + 1013904223u; /* a linear congruential generator: Numerical Recipes, 7.1 */
    return SHADOW_MEAN_GAP - 4 + (*pattern >> 29);
}

/* Gives the time since the last reading for lines to the line that owner is on. */
SHADOW_INLINE struct shadow_stretch shadow_charge_line(struct arena_thread *thread, const struct arena_frame *owner,
                                                       uint64_t now) {
    struct arena_line_cell *cell = &thread->lines[owner->charged_cell];
    struct shadow_stretch stretch = {now - thread->last_line_ticks, owner->outermost_mask, owner->charged_cell,
                                     owner->stands_for};
    thread->last_line_ticks = now;
    cell->self_ticks += stretch.ticks;
    cell->total_ticks += stretch.ticks & stretch.outermost_mask;
    cell->estimated_ticks += stretch.ticks * stretch.stands_for;
    return stretch;
}

/* Control comes to a line and the clock has just been read: the stretch is timed or not. */
SHADOW_INLINE void shadow_begin_stretch(struct arena_thread *thread, struct arena_frame *frame, uint32_t line_cell,
                                        uint32_t untimed_cell) {
    struct arena_line_cell *cell = &thread->lines[line_cell];
    frame->line_cell = line_cell;
    if (cell->wait) {
        cell->wait--;
        frame->charged_cell = untimed_cell;
        frame->stands_for = 0;
        return;
    }
    frame->charged_cell = line_cell;
    frame->stands_for = cell->gap;
    uint32_t timed = cell->timed++;
    if (timed >= SHADOW_WARM_UP)
        cell->gap = cell->wait = shadow_next_gap(&cell->pattern) << (timed < SHADOW_WELL_KNOWN ? 0 : SHADOW_RARER);
}

/* Charges what was until now and begins a stretch, by a reading of the clock. */
void shadow_time_line(struct arena_thread *thread, struct arena_frame *top, uint32_t line_cell, uint32_t untimed_cell);

/* Control comes to another line of the activation `top`. hits: 1 where a statement starts. */
SHADOW_INLINE void shadow_come_to_line(struct arena_thread *thread, struct arena_frame *top, uint32_t line_cell,
                                       uint32_t untimed_cell, uint64_t hits) {
    struct arena_line_cell *cell = &thread->lines[line_cell];
    cell->hits += hits;
    if (SHADOW_UNLIKELY(!cell->wait || top->charged_cell != untimed_cell)) {
        shadow_time_line(thread, top, line_cell, untimed_cell);
        return;
    }
    cell->wait--;
    top->line_cell = line_cell;
    thread->own_ticks += profile_probe_cost.line_untimed;
}

#endif
