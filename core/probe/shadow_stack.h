/* shadow_stack.h - the hot path: what a probe does to the counters of its thread.
 *
 * Each thread has a shadow stack of activations and gives the time since its last clock reading to whoever was on top then.
 * Everything here is inlined into the probes' slots and works on memory that has room already; whatever needs more is a
 * slow path in shadow_stack.c, called last, so that the fast one saves no registers. Nothing here fails.
 *
 * Reading the clock is the dearest part of a probe (11 to 15 ns where the rest takes 3), so it is not read where that
 * changes no result:
 *  - A function that calls itself directly goes on giving its time to the same function. Its calls are counted on the node of
 *    that edge; otherwise it only repeats the activation on top. A generator that waits for one of its own function
 *    (`yield from self.left`) goes on likewise; each has a frame, as exceptions look for it there.
 *  - Of a call site's calls of a C function that takes a short constant time (abs, list.append: see c_functions.c) only some
 *    are timed, each standing for those since the last. The time of the others is at first the caller's and is moved to the C
 *    function with the timed one, so that sums stay exact; only the split between the two is an estimate.
 *  - Short lines are timed now and then: shadow_lines.h; short functions that call nothing, too: shadow_leaves.h.
 * The time that readings tell is that of the program without the probes: shadow_clock.h.
 *
 * Invariants: frame 0 of a stack is the thread's root and is never popped. `top` is stored last, so that a reader never sees
 * a frame whose fields are not there. A frame pushed for a C call lies directly above the Python frame that made the call, or
 * above another C call of that frame. An untimed frame has outermost_mask 0 and start_ticks 0; it is a C call's, a leaf's or
 * that of a generator directly above an activation of the same function whose time goes to the same node. */
#ifndef PYPROF_PROBE_SHADOW_STACK_H
#define PYPROF_PROBE_SHADOW_STACK_H

#include "core/probe/asked.h"
#include "core/probe/shadow_leaves.h"

/* Where a function's activation begins or goes on, for its lines; all 0: it has none. */
struct shadow_lines_place {
    uint32_t line_cell;    /* the line that control comes to with it; 0: a line probe follows */
    uint32_t untimed_cell;
    uint32_t hits;         /* 1: a statement of that line starts */
};

/* A node that a probe led to, coming from a position. */
struct shadow_known {
    uint32_t caller_position;
    uint32_t node; /* 0: nothing is known */
};
enum { SHADOW_OLDER = 3 };

/* What a probe remembers of the node it led to last time, so that the next time needs no search; and of the times before,
 * as a function is called from several places in turn. */
struct shadow_cache {
    struct arena_thread *thread; /* whose nodes all of these are; NULL: nothing is remembered */
    uint32_t caller_position; /* holds while the thread's top has this position */
    uint32_t node;            /* whose calls are counted */
    uint32_t charged_node;    /* who gets the time */
    uint32_t position;        /* where callees hang */
    uint32_t direct_recursion; /* 1: the caller is the same function */
    struct shadow_known older[SHADOW_OLDER]; /* latest first */
};

/* A call site's thinning of clock readings; see above. */
struct shadow_thinning {
    uint32_t allowed;  /* 1: the callee takes a short constant time */
    uint32_t wait;     /* untimed calls still to come before the next timed one */
    uint32_t untimed;  /* calls since the last timed one */
    uint32_t warm_up;  /* timed calls still to come before thinning begins */
    uint64_t typical;  /* ticks that a call takes, a running mean of timed ones */
    uint32_t pattern;  /* for uneven gaps, so that no rhythm of the program is met */
};
enum { SHADOW_MOST_CALL_TICKS = 4000 };

/* The identity of a frame is the address of the interpreter's frame (generators), 0, or for a C call the address of its
 * site's thinning record with ARENA_FRAME_C. */

/* Slow paths, in shadow_stack.c. */
struct arena_thread *shadow_find_node(struct shadow_cache *cache, uint32_t code);
void shadow_enter_slowly(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity,
                         struct shadow_lines_place place, bool lines);
void shadow_enter_above_leaf(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity, uint64_t cost);
void shadow_leave_slowly(uint32_t code, uint32_t untimed_cell, bool lines);
void shadow_line_slowly(uint32_t code, uint32_t line_cell, uint32_t untimed_cell, uint64_t hits);
void shadow_call_c_slowly(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code);
void shadow_call_c_above_leaf(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code);
bool shadow_expose(struct arena_thread *thread, uint32_t code);
bool shadow_expose_frame(struct arena_thread *thread, uint64_t interpreter_frame);
void shadow_unwind_all(struct arena_thread *thread);

/* A frame of the same activation whose time begins now: what it has run before, and the calls it stands for, are a parent's. */
struct arena_frame shadow_frame_from_now_on(struct arena_frame frame, uint64_t now);

/* The profiler's own work in the middle of the program (rewriting code) is nobody's time: what has passed since `before`, a
 * reading of shadow_reading(), is taken out of the thread's clock. */
uint64_t shadow_reading(void);
void shadow_discount(uint64_t before);

/* The thread begins to wait, and has waited, for what the run's clock leaves out. Does nothing for threads without a profile. */
void shadow_waits(void);
void shadow_waited(void);

/* Gives the time since the thread's last reading to its current node (and line), and makes now the last reading. */
SHADOW_INLINE struct shadow_stretch shadow_charge(struct arena_thread *thread, struct arena_frame *top, uint64_t now,
                                                  bool lines) {
    thread->nodes[top->node].self_ticks += now - thread->last_ticks;
    thread->last_ticks = now;
    return lines ? shadow_charge_line(thread, shadow_line_owner(top), now) : (struct shadow_stretch){0};
}

SHADOW_INLINE bool shadow_is_cached(const struct shadow_cache *cache, const struct arena_thread *thread) {
    return cache->thread == thread && cache->caller_position == thread->top->position;
}

/* Puts a timed activation on the stack. calls: 1 for a call, 0 for a resume. */
SHADOW_INLINE struct arena_frame *shadow_push(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code,
                                              uint64_t calls, uint64_t identity, uint64_t now) {
    struct arena_frame *frame = thread->top + 1;
    struct arena_node *node = &thread->nodes[cache->node];
    uint64_t outermost = thread->active[code]++ == 0 ? UINT64_MAX : 0;
    node->calls += calls;
    node->primitive_calls += calls & outermost;
    frame->start_ticks = now;
    frame->outermost_mask = outermost;
    frame->interpreter_frame = identity;
    frame->node = cache->charged_node;
    frame->position = cache->position;
    frame->code = code;
    frame->repeats = 0;
    return frame;
}

/* Makes a frame that is complete the thread's top. */
SHADOW_INLINE void shadow_publish(struct arena_thread *thread, struct arena_frame *frame) {
    __atomic_store_n(&thread->top, frame, __ATOMIC_RELEASE);
}

/* Takes the top activation off; its last stretch must have been charged. */
SHADOW_INLINE void shadow_pop(struct arena_thread *thread, struct arena_frame *top, uint64_t now, bool lines) {
    uint64_t ticks = now - top->start_ticks;
    thread->nodes[top->node].total_ticks += ticks & top->outermost_mask;
    if (lines) {
        const struct arena_frame *caller = shadow_line_owner(top - 1);
        thread->lines[caller->line_cell].total_ticks += ticks & caller->outermost_mask;
    }
    thread->active[top->code]--;
    shadow_publish(thread, top - 1);
}

/* A call of a function by itself is no more than a count while it makes no difference to lines: none is being timed, and the
 * caller's total is not wanted, as it is no outermost activation itself. */
SHADOW_INLINE bool shadow_repeats(const struct shadow_cache *cache, const struct arena_frame *caller, uint64_t calls,
                                  uint64_t identity, uint32_t untimed_cell, bool lines) {
    return cache->direct_recursion && calls && !identity &&
           (!lines || (caller->charged_cell == untimed_cell && !caller->outermost_mask));
}

/* A generator's time goes where its caller's does anyway. As above, lines must make no difference. */
SHADOW_INLINE bool shadow_goes_on(const struct shadow_cache *cache, const struct arena_frame *caller, uint32_t untimed_cell,
                                        bool lines) {
    return cache->direct_recursion && caller->node == cache->charged_node && !shadow_is_c(caller) &&
           (!lines || (caller->charged_cell == untimed_cell && !caller->outermost_mask));
}

SHADOW_INLINE void shadow_enter_untimed(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code,
                                        uint64_t calls, uint64_t identity, struct shadow_lines_place place, bool lines) {
    struct arena_frame *frame = shadow_push(thread, cache, code, calls, identity, 0);
    thread->own_ticks += profile_probe_cost.generator_untimed;
    if (lines) {
        frame->line_cell = 0;
        frame->charged_cell = place.untimed_cell;
        frame->stands_for = 0;
    }
    shadow_publish(thread, frame);
    if (lines && place.line_cell)
        shadow_come_to_line(thread, frame, place.line_cell, place.untimed_cell, place.hits);
}

SHADOW_INLINE void shadow_enter_leaf(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code) {
    struct arena_node *node = &thread->nodes[cache->node];
    node->wait--;
    node->untimed++;
    thread->own_ticks += profile_probe_cost.leaf_untimed;
    struct arena_frame *frame = shadow_push(thread, cache, code, 1, 0, 0);
    frame->outermost_mask = 0;
    shadow_publish(thread, frame);
}

/* By a reading of the clock. */
SHADOW_INLINE void shadow_enter_timed(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity,
                                      struct shadow_lines_place place, uint64_t cost, enum arena_clock_kind clock, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    uint64_t now = shadow_now(thread, clock, cost);
    struct shadow_stretch stretch = {0};
    if (clock != ARENA_CLOCK_NONE)
        stretch = shadow_charge(thread, thread->top, now, lines);
    struct arena_frame *frame = shadow_push(thread, cache, code, calls, identity, now);
    if (lines) {
        thread->lines[place.line_cell].hits += place.hits;
        frame->line_cell = 0;
        frame->charged_cell = place.untimed_cell;
        frame->stands_for = 0;
        if (place.line_cell)
            shadow_begin_stretch(thread, frame, place.line_cell, place.untimed_cell);
    }
    shadow_publish(thread, frame);
    shadow_end_stretch(thread, stretch);
}

/* A Python function begins (calls 1) or a generator goes on (calls 0). cost: the probe's, in ticks. */
SHADOW_INLINE void shadow_enter(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity,
                                struct shadow_lines_place place, uint64_t cost, enum arena_clock_kind clock, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *caller = thread->top;
    if (SHADOW_UNLIKELY(!shadow_is_cached(cache, thread) || caller >= thread->limit)) {
        shadow_enter_slowly(cache, code, calls, identity, place, lines);
        return;
    }
    const bool leaves = !lines && clock != ARENA_CLOCK_NONE && clock != ARENA_CLOCK_STILL;
    if (leaves && SHADOW_UNLIKELY(shadow_may_hide_leaf(caller))) {
        shadow_enter_above_leaf(cache, code, calls, identity, cost);
        return;
    }
    if (shadow_repeats(cache, caller, calls, identity, place.untimed_cell, lines)) {
        thread->nodes[cache->node].calls++;
        caller->repeats++;
        thread->own_ticks += profile_probe_cost.function_untimed;
        if (lines && place.line_cell)
            shadow_come_to_line(thread, caller, place.line_cell, place.untimed_cell, place.hits);
        return;
    }
    if (identity && shadow_goes_on(cache, caller, place.untimed_cell, lines)) {
        shadow_enter_untimed(thread, cache, code, calls, identity, place, lines);
        return;
    }
    if (leaves && calls && !identity && thread->nodes[cache->node].wait && !thread->active[code]) {
        shadow_enter_leaf(thread, cache, code);
        return;
    }
    shadow_enter_timed(cache, code, calls, identity, place, cost, clock, lines);
}

/* An activation ends whose time was its caller's: no more than the line that it was on does, where that was timed. */
SHADOW_INLINE void shadow_leave_line(struct arena_thread *thread, struct arena_frame *top, uint32_t untimed_cell,
                                     enum arena_clock_kind clock) {
    if (top->charged_cell == untimed_cell)
        return;
    struct shadow_stretch stretch = shadow_charge_line(thread, top, shadow_now(thread, clock, 0));
    top->charged_cell = untimed_cell;
    top->stands_for = 0;
    shadow_end_stretch(thread, stretch);
}

/* A Python function returns or yields. */
SHADOW_INLINE void shadow_leave(uint32_t code, uint32_t untimed_cell, uint64_t cost, enum arena_clock_kind clock, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (SHADOW_UNLIKELY(top->code != code)) {
        shadow_leave_slowly(code, untimed_cell, lines);
        return;
    }
    if (top->repeats) {
        top->repeats--;
        thread->own_ticks += profile_probe_cost.function_untimed;
        if (lines)
            shadow_leave_line(thread, top, untimed_cell, clock);
        return;
    }
    if (!top->start_ticks) {
        thread->own_ticks += top->interpreter_frame ? profile_probe_cost.generator_untimed : profile_probe_cost.leaf_untimed;
        if (lines)
            shadow_leave_line(thread, top, untimed_cell, clock);
        thread->active[code]--;
        shadow_publish(thread, top - 1);
        return;
    }
    uint64_t now = shadow_now(thread, clock, cost);
    struct shadow_stretch stretch = {0};
    if (clock != ARENA_CLOCK_NONE)
        stretch = shadow_charge(thread, top, now, lines);
    shadow_pop(thread, top, now, lines);
    shadow_end_stretch(thread, stretch);
}

/* A Python function returns that may be a leaf; without lines. */
SHADOW_INLINE void shadow_leave_leaf(uint32_t code, uint64_t cost, enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (top->code != code || top->repeats || !top->start_ticks) {
        shadow_leave(code, 0, cost, clock, false);
        return;
    }
    uint64_t now = shadow_now(thread, clock, cost);
    bool quiet = thread->last_ticks == top->start_ticks;
    shadow_charge(thread, top, now, false);
    shadow_pop(thread, top, now, false);
    shadow_settle_leaf(thread, top, now - top->start_ticks, quiet);
}

/* Control comes to another line of the function on top. hits: 1 where a statement starts. */
SHADOW_INLINE void shadow_line(uint32_t code, uint32_t line_cell, uint32_t untimed_cell, uint64_t hits) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (SHADOW_UNLIKELY(top->code != code))
        shadow_line_slowly(code, line_cell, untimed_cell, hits);
    else
        shadow_come_to_line(thread, top, line_cell, untimed_cell, hits);
}

/* Puts an untimed call of a C function on the stack. */
SHADOW_INLINE void shadow_push_untimed(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code,
                                       uint64_t identity) {
    struct arena_frame *frame = thread->top + 1;
    struct arena_node *node = &thread->nodes[cache->node];
    node->calls++;
    node->primitive_calls += thread->active[code]++ == 0;
    frame->start_ticks = 0;
    frame->outermost_mask = 0;
    frame->interpreter_frame = identity;
    frame->node = cache->charged_node;
    frame->position = cache->position;
    frame->code = code;
    shadow_publish(thread, frame);
}

SHADOW_INLINE void shadow_call_c_timed(const struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code,
                                       enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    asked_look(); /* where nothing else looks: without lines, when all paths have run */
    uint64_t now = shadow_now(thread, clock, profile_probe_cost.call);
    shadow_charge(thread, thread->top, now, false);
    struct arena_frame *frame = shadow_push(thread, cache, code, 1, (uint64_t)(uintptr_t)thinning | ARENA_FRAME_C, now);
    frame->stands_for = thinning->untimed;
    thinning->untimed = 0;
    shadow_publish(thread, frame);
}

/* A C function is about to be called. */
SHADOW_INLINE void shadow_call_c(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code,
                                 enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *caller = thread->top;
    if (SHADOW_UNLIKELY(!shadow_is_cached(cache, thread) || caller >= thread->limit)) {
        shadow_call_c_slowly(cache, thinning, code);
        return;
    }
    uint64_t identity = (uint64_t)(uintptr_t)thinning | ARENA_FRAME_C;
    if (thinning->wait) {
        thinning->wait--;
        thinning->untimed++;
        thread->own_ticks += profile_probe_cost.call_untimed;
        shadow_push_untimed(thread, cache, code, identity);
        return;
    }
    if (clock != ARENA_CLOCK_NONE && SHADOW_UNLIKELY(shadow_may_hide_leaf(caller))) {
        shadow_call_c_above_leaf(cache, thinning, code);
        return;
    }
    shadow_call_c_timed(cache, thinning, code, clock);
}

/* The calls that a timed one stands for get their time, which the caller has been given so far; and the gap to the next timed
 * call is chosen. `ticks` is what the timed call took, `undisturbed` whether nothing was called from it. */
SHADOW_INLINE void shadow_settle_thinning(struct arena_thread *thread, struct arena_frame *frame,
                                          struct shadow_thinning *thinning, uint64_t ticks, bool undisturbed) {
    if (!undisturbed || ticks > SHADOW_MOST_CALL_TICKS) { /* not the short call it was taken for: time the next ones all */
        thinning->warm_up = SHADOW_WARM_UP;
        ticks = thinning->typical;
    } else {
        thinning->typical = thinning->typical ? (thinning->typical * 15 + ticks) / 16 : ticks;
    }
    struct arena_node *node = &thread->nodes[frame->node], *caller = &thread->nodes[frame[-1].node];
    uint64_t moved = frame->stands_for * (ticks < 2 * thinning->typical ? ticks : 2 * thinning->typical);
    if (moved > caller->self_ticks)
        moved = caller->self_ticks;
    caller->self_ticks -= moved;
    node->self_ticks += moved;
    node->total_ticks += moved & frame->outermost_mask;
    if (thinning->warm_up) {
        thinning->warm_up--;
        return;
    }
    thinning->wait = shadow_next_gap(&thinning->pattern);
}

/* A call site has its result: if it was a C function's, that function's activation ends. */
SHADOW_INLINE void shadow_return_c(enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (!shadow_is_c(top)) {
        thread->own_ticks += profile_probe_cost.call_other;
        return;
    }
    if (top->start_ticks == 0) {
        thread->own_ticks += profile_probe_cost.call_untimed;
        thread->active[top->code]--;
        shadow_publish(thread, top - 1);
        return;
    }
    uint64_t now = shadow_now(thread, clock, profile_probe_cost.call);
    bool undisturbed = thread->last_ticks == top->start_ticks;
    shadow_charge(thread, top, now, false);
    struct shadow_thinning *thinning = (struct shadow_thinning *)(uintptr_t)(top->interpreter_frame & ~ARENA_FRAME_C);
    if (thinning->allowed)
        shadow_settle_thinning(thread, top, thinning, now - top->start_ticks, undisturbed);
    shadow_pop(thread, top, now, false);
}

#endif
