/* shadow_stack.h - the hot path: what a probe does to the counters of its thread.
 *
 * Each thread has a shadow stack of activations and gives the time since its last clock reading to whoever was on top then.
 * Everything here is inlined into the probes' slots and works on memory that has room already; whatever needs more is a
 * slow path in shadow_stack.c, called last, so that the fast one saves no registers. Nothing here fails.
 *
 * Reading the clock is the dearest part of a probe (11 to 15 ns where the rest takes 3), so it is not read where that
 * changes no result:
 *  - A function that calls itself directly goes on giving its time to the same function. Such an activation is untimed: its
 *    calls are counted on their own node; its time is that of the function's node it folds to. (With lines the clock is read
 *    for their sake, with the same result.)
 *  - Of a call site's calls of a C function that takes a short constant time (abs, list.append: see c_functions.c) only some
 *    are timed, each standing for those since the last. The time of the others is at first the caller's and is moved to the C
 *    function with the timed one, so that sums stay exact; only the split between the two is an estimate.
 *
 * Invariants: frame 0 of a stack is the thread's root and is never popped. `top` is stored last, so that a reader never sees
 * a frame whose fields are not there. A frame pushed for a C call lies directly above the Python frame that made the call.
 * An untimed frame has outermost_mask 0 and start_ticks 0. */
#ifndef PYPROF_PROBE_SHADOW_STACK_H
#define PYPROF_PROBE_SHADOW_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/probe/profile_writer.h"

#define SHADOW_INLINE static inline __attribute__((always_inline))
#define SHADOW_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* The clock that slots are compiled for; where it cannot be used they are the ones for ARENA_CLOCK_MONOTONIC. */
#if defined(__x86_64__)
#define SHADOW_FAST_CLOCK ARENA_CLOCK_TSC
#elif defined(__aarch64__)
#define SHADOW_FAST_CLOCK ARENA_CLOCK_CNTVCT
#else
#define SHADOW_FAST_CLOCK ARENA_CLOCK_MONOTONIC
#endif

/* What a probe remembers of the node it led to last time, so that the next time needs no search. */
struct shadow_cache {
    struct arena_thread *thread;
    uint32_t caller_position; /* holds while the thread's top has this position */
    uint32_t node;            /* whose calls are counted */
    uint32_t charged_node;    /* who gets the time */
    uint32_t position;        /* where callees hang */
    uint32_t direct_recursion; /* 1: the caller is the same function */
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
enum { SHADOW_WARM_UP = 32, SHADOW_MEAN_GAP = 8, SHADOW_MOST_TICKS = 4000 };

/* The identity of a frame is the address of the interpreter's frame (generators), 0, or for a C call the address of its
 * site's thinning record with the lowest bit set. */
#define SHADOW_C_BIT UINT64_C(1)
/* line_start_ticks of a C call's frame lies this far up, where no reader counts it; the rest is the calls it stands for. */
#define SHADOW_NO_LINE (UINT64_C(1) << 63)

/* Slow paths, in shadow_stack.c. */
struct arena_thread *shadow_find_node(struct shadow_cache *cache, uint32_t code);
void shadow_enter_slowly(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity, uint32_t line_cell,
                         bool lines);
void shadow_leave_slowly(uint32_t code, bool lines);
void shadow_line_slowly(uint32_t code, uint32_t line_cell, uint64_t hits);
void shadow_call_c_slowly(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code);
bool shadow_expose(struct arena_thread *thread, uint32_t code);
bool shadow_expose_frame(struct arena_thread *thread, uint64_t interpreter_frame);
void shadow_unwind_all(struct arena_thread *thread);

/* The profiler's own work in the middle of the program (rewriting code) is nobody's time: what has passed since `before`, a
 * reading of shadow_reading(), is taken out of everything that runs on this thread. */
uint64_t shadow_reading(void);
void shadow_discount(uint64_t before);

SHADOW_INLINE bool shadow_is_c(const struct arena_frame *frame) { return frame->interpreter_frame & SHADOW_C_BIT; }

/* Gives the time since the thread's last reading to its current node (and line), and makes now the last reading. */
SHADOW_INLINE void shadow_charge(struct arena_thread *thread, struct arena_frame *top, uint64_t now, bool lines) {
    thread->nodes[top->node].self_ticks += now - thread->last_ticks;
    thread->last_ticks = now;
    if (lines) {
        thread->lines[top->line_cell].self_ticks += now - thread->last_line_ticks;
        thread->last_line_ticks = now;
    }
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
    frame->line_start_ticks = now;
    frame->outermost_mask = outermost;
    frame->interpreter_frame = identity;
    frame->node = cache->charged_node;
    frame->position = cache->position;
    frame->code = code;
    frame->line_cell = 0;
    __atomic_store_n(&thread->top, frame, __ATOMIC_RELEASE);
    return frame;
}

/* Puts an untimed activation on the stack. */
SHADOW_INLINE void shadow_push_untimed(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code,
                                       uint64_t outermost, uint64_t identity) {
    struct arena_frame *frame = thread->top + 1;
    struct arena_node *node = &thread->nodes[cache->node];
    node->calls++;
    node->primitive_calls += outermost;
    frame->start_ticks = 0;
    frame->line_start_ticks = SHADOW_NO_LINE;
    frame->outermost_mask = 0;
    frame->interpreter_frame = identity;
    frame->node = cache->charged_node;
    frame->position = cache->position;
    frame->code = code;
    frame->line_cell = 0;
    __atomic_store_n(&thread->top, frame, __ATOMIC_RELEASE);
}

/* Takes the top activation off; its last stretch must have been charged. */
SHADOW_INLINE void shadow_pop(struct arena_thread *thread, struct arena_frame *top, uint64_t now, bool lines) {
    thread->nodes[top->node].total_ticks += (now - top->start_ticks) & top->outermost_mask;
    if (lines)
        thread->lines[top->line_cell].total_ticks += (now - top->line_start_ticks) & top->outermost_mask;
    thread->active[top->code]--;
    __atomic_store_n(&thread->top, top - 1, __ATOMIC_RELEASE);
}

/* A Python function begins (calls 1) or a generator goes on (calls 0). line_cell: where it goes on. */
SHADOW_INLINE void shadow_enter(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity,
                                uint32_t line_cell, enum arena_clock_kind clock, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    if (SHADOW_UNLIKELY(!shadow_is_cached(cache, thread) || thread->top >= thread->limit)) {
        shadow_enter_slowly(cache, code, calls, identity, line_cell, lines);
        return;
    }
    if (!lines && calls && cache->direct_recursion) {
        thread->active[code]++;
        shadow_push_untimed(thread, cache, code, 0, identity);
        return;
    }
    uint64_t now = clock_ticks(clock);
    shadow_charge(thread, thread->top, now, lines);
    struct arena_frame *frame = shadow_push(thread, cache, code, calls, identity, now);
    if (lines)
        frame->line_cell = line_cell;
}

/* A Python function returns or yields. */
SHADOW_INLINE void shadow_leave(uint32_t code, enum arena_clock_kind clock, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (SHADOW_UNLIKELY(top->code != code)) {
        shadow_leave_slowly(code, lines);
        return;
    }
    if (!lines && top->start_ticks == 0) {
        thread->active[code]--;
        __atomic_store_n(&thread->top, top - 1, __ATOMIC_RELEASE);
        return;
    }
    uint64_t now = clock_ticks(clock);
    shadow_charge(thread, top, now, lines);
    shadow_pop(thread, top, now, lines);
}

/* Control comes to another line of the function on top. hits: 1 where a statement starts. */
SHADOW_INLINE void shadow_line(uint32_t code, uint32_t line_cell, uint64_t hits, enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (SHADOW_UNLIKELY(top->code != code)) {
        shadow_line_slowly(code, line_cell, hits);
        return;
    }
    uint64_t now = clock_ticks(clock);
    struct arena_line_cell *left = &thread->lines[top->line_cell];
    left->self_ticks += now - thread->last_line_ticks;
    left->total_ticks += (now - top->line_start_ticks) & top->outermost_mask;
    thread->last_line_ticks = now;
    top->line_start_ticks = now;
    top->line_cell = line_cell;
    thread->lines[line_cell].hits += hits;
}

/* A C function is about to be called. Its frame carries the caller's line, for what Python code it may call back. */
SHADOW_INLINE void shadow_call_c(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code,
                                 enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *caller = thread->top;
    if (SHADOW_UNLIKELY(!shadow_is_cached(cache, thread) || caller >= thread->limit)) {
        shadow_call_c_slowly(cache, thinning, code);
        return;
    }
    uint64_t identity = (uint64_t)(uintptr_t)thinning | SHADOW_C_BIT;
    if (thinning->wait) {
        thinning->wait--;
        thinning->untimed++;
        shadow_push_untimed(thread, cache, code, thread->active[code]++ == 0, identity);
        caller[1].line_cell = caller->line_cell;
        return;
    }
    uint64_t now = clock_ticks(clock);
    shadow_charge(thread, caller, now, false);
    struct arena_frame *frame = shadow_push(thread, cache, code, 1, identity, now);
    frame->line_cell = caller->line_cell;
    frame->line_start_ticks = SHADOW_NO_LINE + thinning->untimed;
    thinning->untimed = 0;
}

/* The calls that a timed one stands for get their time, which the caller has been given so far; and the gap to the next timed
 * call is chosen. `ticks` is what the timed call took, `undisturbed` whether nothing was called from it. */
SHADOW_INLINE void shadow_settle_thinning(struct arena_thread *thread, struct arena_frame *frame,
                                          struct shadow_thinning *thinning, uint64_t ticks, bool undisturbed) {
    uint64_t stands_for = frame->line_start_ticks - SHADOW_NO_LINE;
    if (!undisturbed || ticks > SHADOW_MOST_TICKS) { /* not the short call it was taken for: time the next ones all */
        thinning->warm_up = SHADOW_WARM_UP;
        ticks = thinning->typical;
    } else {
        thinning->typical = thinning->typical ? (thinning->typical * 15 + ticks) / 16 : ticks;
    }
    struct arena_node *node = &thread->nodes[frame->node], *caller = &thread->nodes[frame[-1].node];
    uint64_t moved = stands_for * (ticks < 2 * thinning->typical ? ticks : 2 * thinning->typical);
    if (moved > caller->self_ticks)
        moved = caller->self_ticks;
    caller->self_ticks -= moved;
    node->self_ticks += moved;
    node->total_ticks += moved & frame->outermost_mask;
    if (thinning->warm_up) {
        thinning->warm_up--;
        return;
    }
    thinning->pattern = thinning->pattern * 1664525u + 1013904223u; /* Knuth, Lewis: a linear congruential generator */
    thinning->wait = SHADOW_MEAN_GAP - 4 + (thinning->pattern >> 29);
}

/* A call site has its result: if it was a C function's, that function's activation ends. */
SHADOW_INLINE void shadow_return_c(enum arena_clock_kind clock) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (!shadow_is_c(top))
        return;
    if (top->start_ticks == 0) {
        thread->active[top->code]--;
        __atomic_store_n(&thread->top, top - 1, __ATOMIC_RELEASE);
        return;
    }
    uint64_t now = clock_ticks(clock);
    bool undisturbed = thread->last_ticks == top->start_ticks;
    shadow_charge(thread, top, now, false);
    struct shadow_thinning *thinning = (struct shadow_thinning *)(uintptr_t)(top->interpreter_frame & ~SHADOW_C_BIT);
    if (thinning->allowed)
        shadow_settle_thinning(thread, top, thinning, now - top->start_ticks, undisturbed);
    shadow_pop(thread, top, now, false);
}

#endif
