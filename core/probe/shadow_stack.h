/* shadow_stack.h - the hot path: what a probe does to the counters of its thread.
 *
 * Each thread has a shadow stack of activations and gives the time since its last event to whoever was on top then.
 * Everything here is inlined into the probes' slots, works on memory that has room already, calls nothing but the slow
 * paths below, and never fails.
 *
 * Invariants: frame 0 of a stack is the thread's root and is never popped. `top` is stored last, so that a reader never sees
 * a frame whose fields are not there. A frame pushed for a C call lies directly above the Python frame that made the call. */
#ifndef PYPROF_PROBE_SHADOW_STACK_H
#define PYPROF_PROBE_SHADOW_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/probe/profile_writer.h"

#define SHADOW_INLINE static inline __attribute__((always_inline))
#define SHADOW_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* A call site's or function's memory of the node it led to last time. */
struct shadow_cache {
    struct arena_thread *thread;
    uint32_t position;
    uint32_t node;
};

/* Slow paths, in shadow_stack.c. */
struct arena_thread *shadow_find_node(struct shadow_cache *cache, uint32_t code);
struct arena_frame *shadow_make_room(struct arena_thread *thread);
bool shadow_expose(struct arena_thread *thread, uint32_t code);
bool shadow_expose_to_leave(struct arena_thread *thread, uint32_t code);
void shadow_leave_overflow(struct arena_thread *thread);
bool shadow_expose_frame(struct arena_thread *thread, uint64_t interpreter_frame);
void shadow_unwind_all(struct arena_thread *thread);

SHADOW_INLINE uint64_t shadow_now(void) { return clock_ticks(profile_clock_kind); }

/* Gives the time since the thread's last event to its current node (and line), and makes now that event. */
SHADOW_INLINE void shadow_charge(struct arena_thread *thread, struct arena_frame *top, uint64_t now, bool lines) {
    thread->nodes[top->node].self_ticks += now - thread->last_ticks;
    thread->last_ticks = now;
    if (lines) {
        thread->lines[top->line_cell].self_ticks += now - thread->last_line_ticks;
        thread->last_line_ticks = now;
    }
}

/* The thread, with *cache holding the node of `code` below its current position. */
SHADOW_INLINE struct arena_thread *shadow_locate(struct shadow_cache *cache, uint32_t code) {
    struct arena_thread *thread = profile_current_thread;
    if (SHADOW_UNLIKELY(cache->thread != thread || cache->position != thread->top->position))
        thread = shadow_find_node(cache, code);
    return thread;
}

/* Puts an activation of node cache->node on the stack. calls: 1 for a call, 0 for a resume. */
SHADOW_INLINE struct arena_frame *shadow_push(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code,
                                              uint64_t calls, uint64_t identity, uint64_t now) {
    struct arena_frame *caller = thread->top;
    struct arena_frame *frame = caller + 1;
    if (SHADOW_UNLIKELY(caller >= thread->limit)) {
        frame = shadow_make_room(thread);
        if (!frame)
            return NULL;
    }
    struct arena_node *node = &thread->nodes[cache->node];
    uint64_t outermost = thread->active[code]++ == 0 ? UINT64_MAX : 0;
    node->calls += calls;
    node->primitive_calls += calls & outermost;
    frame->start_ticks = now;
    frame->line_start_ticks = now;
    frame->outermost_mask = outermost;
    frame->interpreter_frame = identity;
    frame->node = cache->node;
    frame->position = node->folded_to ? node->folded_to : cache->node;
    frame->code = code;
    frame->line_cell = 0;
    __atomic_store_n(&thread->top, frame, __ATOMIC_RELEASE);
    return frame;
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
                                uint32_t line_cell, bool lines) {
    struct arena_thread *thread = shadow_locate(cache, code);
    if (SHADOW_UNLIKELY(!thread))
        return;
    uint64_t now = shadow_now();
    shadow_charge(thread, thread->top, now, lines);
    struct arena_frame *frame = shadow_push(thread, cache, code, calls, identity, now);
    if (lines && frame)
        frame->line_cell = line_cell;
}

/* A Python function returns or yields. */
SHADOW_INLINE void shadow_leave(uint32_t code, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    if (SHADOW_UNLIKELY(thread->top->code != code) && !shadow_expose_to_leave(thread, code))
        return;
    uint64_t now = shadow_now();
    struct arena_frame *top = thread->top;
    shadow_charge(thread, top, now, lines);
    shadow_pop(thread, top, now, lines);
}

/* Control comes to another line of the function on top. hits: 1 where a statement starts. */
SHADOW_INLINE void shadow_line(uint32_t code, uint32_t line_cell, uint64_t hits) {
    struct arena_thread *thread = profile_current_thread;
    if (SHADOW_UNLIKELY(thread->top->code != code) && !shadow_expose(thread, code))
        return;
    uint64_t now = shadow_now();
    struct arena_frame *top = thread->top;
    struct arena_line_cell *left = &thread->lines[top->line_cell];
    left->self_ticks += now - thread->last_line_ticks;
    left->total_ticks += (now - top->line_start_ticks) & top->outermost_mask;
    thread->last_line_ticks = now;
    top->line_start_ticks = now;
    top->line_cell = line_cell;
    thread->lines[line_cell].hits += hits;
}

/* A C function is about to be called. Its frame carries the caller's line (for what Python code it may call back), with a
 * line start that no reader counts. */
SHADOW_INLINE void shadow_call_c(struct arena_thread *thread, const struct shadow_cache *cache, uint32_t code) {
    uint64_t now = shadow_now();
    struct arena_frame *caller = thread->top;
    shadow_charge(thread, caller, now, false);
    struct arena_frame *frame = shadow_push(thread, cache, code, 1, PROFILE_C_FRAME, now);
    if (frame) {
        frame->line_cell = caller->line_cell;
        frame->line_start_ticks = UINT64_MAX;
    } else {
        shadow_leave_overflow(thread); /* its return is not an event that would take it back */
    }
}

/* A call site has its result: if it was a C function's, that function's activation ends. */
SHADOW_INLINE void shadow_return_c(void) {
    struct arena_thread *thread = profile_current_thread;
    struct arena_frame *top = thread->top;
    if (top->interpreter_frame != PROFILE_C_FRAME)
        return;
    uint64_t now = shadow_now();
    shadow_charge(thread, top, now, false);
    shadow_pop(thread, top, now, false);
}

#endif
