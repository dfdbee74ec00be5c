#include "core/probe/shadow_stack.h"

/* An overflown stack is marked by a frame above the limit whose code no probe has; overflow_depth counts what is not there. */
static struct arena_frame *overflow_frame(struct arena_thread *thread) { return thread->limit + 1; }

static bool is_overflown(const struct arena_thread *thread) { return thread->overflow_depth > 0; }

struct arena_thread *shadow_find_node(struct shadow_cache *cache, uint32_t code) {
    struct arena_thread *thread = profile_current_thread;
    if (thread == &profile_no_thread) {
        thread = profile_register_thread();
        if (!thread)
            return NULL;
    }
    uint32_t position = thread->top->position;
    *cache = (struct shadow_cache){.thread = thread, .position = position};
    cache->node = profile_find_node(thread, position, code);
    return thread;
}

struct arena_frame *shadow_make_room(struct arena_thread *thread) {
    if (!is_overflown(thread) && profile_grow_stack(thread))
        return thread->top + 1;
    if (!is_overflown(thread)) {
        struct arena_frame *mark = overflow_frame(thread);
        *mark = *thread->top;
        mark->code = PROFILE_NO_CODE;
        mark->outermost_mask = 0;
        mark->interpreter_frame = 0;
        mark->line_cell = 0;
        __atomic_store_n(&thread->top, mark, __ATOMIC_RELEASE);
    }
    thread->overflow_depth++;
    if (profile_header())
        profile_header()->lost_frames++;
    return NULL;
}

/* One activation of an overflown stack ends. */
void shadow_leave_overflow(struct arena_thread *thread) {
    if (--thread->overflow_depth == 0)
        __atomic_store_n(&thread->top, thread->limit, __ATOMIC_RELEASE);
}

static void pop_now(struct arena_thread *thread) {
    uint64_t now = shadow_now();
    struct arena_frame *top = thread->top;
    bool is_c = top->interpreter_frame == PROFILE_C_FRAME;
    shadow_charge(thread, top, now, true);
    shadow_pop(thread, top, now, !is_c);
}

/* Brings the function `code` to the top: activations of C calls above it were left by an exception. false: the event is
 * not one of the frame on top, and is not counted. */
bool shadow_expose(struct arena_thread *thread, uint32_t code) {
    if (thread == &profile_no_thread)
        return false;
    if (is_overflown(thread))
        return false;
    while (thread->top->interpreter_frame == PROFILE_C_FRAME)
        pop_now(thread);
    return thread->top->code == code;
}

/* The same for an activation that ends: an overflown stack gets less deep by it. */
bool shadow_expose_to_leave(struct arena_thread *thread, uint32_t code) {
    if (is_overflown(thread)) {
        shadow_leave_overflow(thread);
        return false;
    }
    return shadow_expose(thread, code);
}

/* The same by the identity of the interpreter's frame, however deep it lies; false, and nothing popped, where it is not on
 * the stack (a generator that was resumed by throwing into it). */
bool shadow_expose_frame(struct arena_thread *thread, uint64_t interpreter_frame) {
    if (thread == &profile_no_thread || is_overflown(thread))
        return false;
    const struct arena_frame *root = (const struct arena_frame *)(uintptr_t)thread->frames_address;
    const struct arena_frame *found = thread->top;
    while (found > root && found->interpreter_frame != interpreter_frame)
        found--;
    if (found <= root)
        return false;
    while (thread->top > found)
        pop_now(thread);
    return true;
}

void shadow_unwind_all(struct arena_thread *thread) {
    const struct arena_frame *root = (const struct arena_frame *)(uintptr_t)thread->frames_address;
    if (is_overflown(thread)) {
        thread->overflow_depth = 1;
        shadow_leave_overflow(thread);
    }
    while (thread->top > root)
        pop_now(thread);
    shadow_charge(thread, thread->top, shadow_now(), true);
}
