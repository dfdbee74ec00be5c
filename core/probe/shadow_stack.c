#include "core/probe/shadow_stack.h"

#include "core/probe/asked.h"
#include "core/probe/profile_names.h"

/* An overflown stack is marked by a frame above the limit whose code no probe has; overflow_depth counts what is not there. */
static struct arena_frame *overflow_frame(struct arena_thread *thread) { return thread->limit + 1; }

static bool is_overflown(const struct arena_thread *thread) { return thread->overflow_depth > 0; }

static uint64_t now_of_any_clock(struct arena_thread *thread) { return shadow_now(thread, profile_clock_kind, 0); }

/* The node that a position led to before the last time, or 0. What was led to last becomes the latest of the older ones. */
static uint32_t recall(struct shadow_cache *cache, uint32_t position) {
    struct shadow_known moved = {cache->caller_position, cache->node};
    for (int i = 0; i < SHADOW_OLDER; i++) {
        struct shadow_known known = cache->older[i];
        cache->older[i] = moved;
        if (known.node && known.caller_position == position)
            return known.node;
        moved = known;
    }
    return 0;
}

struct arena_thread *shadow_find_node(struct shadow_cache *cache, uint32_t code) {
    struct arena_thread *thread = profile_current_thread;
    if (thread == &profile_no_thread) {
        thread = profile_register_thread();
        if (!thread)
            return NULL;
    }
    asked_look();
    uint32_t position = thread->top->position;
    if (cache->thread != thread)
        *cache = (struct shadow_cache){.thread = thread};
    uint32_t node = recall(cache, position);
    thread->own_ticks += profile_probe_cost.recall;
    if (!node)
        node = profile_find_node(thread, position, code);
    uint32_t folded_to = thread->nodes[node].folded_to;
    cache->caller_position = position;
    cache->node = node;
    cache->direct_recursion = folded_to && folded_to == position;
    cache->charged_node = cache->direct_recursion ? position : node;
    cache->position = folded_to ? folded_to : node;
    return thread;
}

/* --- a stack without room --------------------------------------------------------------------------------- */

static void overflow(struct arena_thread *thread) {
    if (!is_overflown(thread)) {
        struct arena_frame *mark = overflow_frame(thread);
        *mark = *thread->top;
        mark->code = PROFILE_NO_CODE;
        mark->outermost_mask = 0;
        mark->interpreter_frame = 0;
        mark->repeats = 0;
        mark->line_cell = 0;
        mark->charged_cell = 0;
        mark->stands_for = 0;
        __atomic_store_n(&thread->top, mark, __ATOMIC_RELEASE);
    }
    thread->overflow_depth++;
    if (profile_header())
        profile_header()->lost_frames++;
}

/* One activation of an overflown stack ends. */
static void leave_overflow(struct arena_thread *thread) {
    if (--thread->overflow_depth == 0)
        __atomic_store_n(&thread->top, thread->limit, __ATOMIC_RELEASE);
}

static bool has_room(struct arena_thread *thread) {
    return thread->top < thread->limit || (!is_overflown(thread) && profile_grow_stack(thread));
}

/* --- a thread whose name is looked for ---------------------------------------------------------------------- */

static struct thread_slot *look_for_name(struct arena_thread *thread, uint32_t code) {
    return thread->top < thread->limit || is_overflown(thread) ? NULL : profile_name_look(thread, code);
}

static void go_on_looking(struct thread_slot *slot) {
    if (slot)
        profile_name_go_on(slot);
}

/* Where only the stack has no room, or seems to have none, the node is known. */
static struct arena_thread *find_known_node(struct shadow_cache *cache, uint32_t code) {
    struct arena_thread *thread = profile_current_thread;
    return shadow_is_cached(cache, thread) ? thread : shadow_find_node(cache, code);
}

/* --- the slow halves of events ---------------------------------------------------------------------------- */

void shadow_enter_slowly(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity,
                         struct shadow_lines_place place, bool lines) {
    struct arena_thread *thread = find_known_node(cache, code);
    if (!thread)
        return;
    struct thread_slot *nameless = look_for_name(thread, code);
    if (!has_room(thread)) {
        overflow(thread);
        return;
    }
    shadow_enter(cache, code, calls, identity, place, profile_probe_cost.function, profile_clock_kind, lines);
    go_on_looking(nameless);
}

void shadow_leave_slowly(uint32_t code, uint32_t untimed_cell, bool lines) {
    struct arena_thread *thread = profile_current_thread;
    if (is_overflown(thread))
        leave_overflow(thread);
    else if (shadow_expose(thread, code))
        shadow_leave(code, untimed_cell, profile_probe_cost.function, profile_clock_kind, lines);
}

void shadow_line_slowly(uint32_t code, uint32_t line_cell, uint32_t untimed_cell, uint64_t hits) {
    if (shadow_expose(profile_current_thread, code))
        shadow_line(code, line_cell, untimed_cell, hits);
}

/* A call that finds no room is not counted as deeper: its return is no event that would take it back. */
void shadow_call_c_slowly(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code) {
    struct arena_thread *thread = find_known_node(cache, code);
    if (!thread)
        return;
    struct thread_slot *nameless = look_for_name(thread, code);
    if (has_room(thread))
        shadow_call_c(cache, thinning, code, profile_clock_kind);
    else if (profile_header())
        profile_header()->lost_frames++;
    go_on_looking(nameless);
}

/* --- leaves ------------------------------------------------------------------------------------------------- */

/* The untimed leaf on top, below untimed calls of C functions where there are any; NULL: none. */
static struct arena_frame *find_untimed_leaf(const struct arena_thread *thread) {
    struct arena_frame *frame = thread->top;
    while (shadow_is_c(frame) && !frame->start_ticks)
        frame--;
    return shadow_is_untimed_leaf(frame) ? frame : NULL;
}

void shadow_time_leaf(struct arena_thread *thread) {
    struct arena_frame *leaf = find_untimed_leaf(thread);
    if (!leaf)
        return;
    struct arena_node *node = &thread->nodes[leaf->node];
    uint64_t now = now_of_any_clock(thread);
    shadow_charge(thread, leaf - 1, now, false);
    leaf->start_ticks = now;
    leaf->outermost_mask = thread->active[leaf->code] == 1 ? UINT64_MAX : 0;
    node->quiet = node->wait = 0;
    node->untimed -= node->untimed > 0; /* a forked child's begin at 0 */
}

void shadow_enter_above_leaf(struct shadow_cache *cache, uint32_t code, uint64_t calls, uint64_t identity, uint64_t cost) {
    struct shadow_lines_place place = {0};
    shadow_time_leaf(profile_current_thread);
    if (shadow_may_hide_leaf(profile_current_thread->top)) /* an untimed call of a C function calls back */
        shadow_enter_timed(cache, code, calls, identity, place, cost, profile_clock_kind, false);
    else
        shadow_enter(cache, code, calls, identity, place, cost, profile_clock_kind, false);
}

/* A call whose turn it is to be timed waits until its caller is. */
void shadow_call_c_above_leaf(struct shadow_cache *cache, struct shadow_thinning *thinning, uint32_t code) {
    struct arena_thread *thread = profile_current_thread;
    if (thinning->allowed && !thinning->warm_up && find_untimed_leaf(thread)) {
        thinning->untimed++;
        thread->own_ticks += profile_probe_cost.call_untimed;
        shadow_push_untimed(thread, cache, code, (uint64_t)(uintptr_t)thinning | ARENA_FRAME_C);
        return;
    }
    shadow_time_leaf(thread);
    shadow_call_c_timed(cache, thinning, code, profile_clock_kind);
}

/* --- leaving by exceptions -------------------------------------------------------------------------------- */

static void pop_now(struct arena_thread *thread) {
    struct arena_frame *top = thread->top;
    bool is_c = shadow_is_c(top);
    if (!top->start_ticks && (is_c || !top->interpreter_frame)) { /* its time is its caller's */
        thread->active[top->code]--;
        shadow_publish(thread, top - 1);
        return;
    }
    uint64_t now = now_of_any_clock(thread);
    shadow_charge(thread, top, now, true);
    shadow_pop(thread, top, now, !is_c);
}

/* Brings the function `code` to the top: activations of C calls above it were left by an exception. false: the event is
 * not one of the frame on top, and is not counted. */
bool shadow_expose(struct arena_thread *thread, uint32_t code) {
    if (thread == &profile_no_thread || is_overflown(thread))
        return false;
    while (shadow_is_c(thread->top))
        pop_now(thread);
    return thread->top->code == code;
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
        leave_overflow(thread);
    }
    while (thread->top > root)
        pop_now(thread);
    shadow_charge(thread, thread->top, now_of_any_clock(thread), true);
}

/* --- lines --------------------------------------------------------------------------------------------- */

void shadow_time_line(struct arena_thread *thread, struct arena_frame *top, uint32_t line_cell, uint32_t untimed_cell) {
    clock_settle();
    asked_look();
    uint64_t now = shadow_now(thread, profile_clock_kind, profile_probe_cost.line);
    struct shadow_stretch stretch = shadow_charge_line(thread, top, now);
    shadow_begin_stretch(thread, top, line_cell, untimed_cell);
    shadow_end_stretch(thread, stretch);
}

static void give(struct arena_line_cell *cell, uint64_t ticks, uint64_t outermost_mask) {
    cell->self_ticks += ticks;
    cell->total_ticks += ticks & outermost_mask;
}

void shadow_long_stretch(struct arena_thread *thread, uint64_t ticks, uint64_t outermost_mask, uint32_t cell,
                         uint32_t stands_for) {
    uint32_t untimed_cell = cell ? profile_untimed_cell(cell) : 0;
    if (!untimed_cell)
        return;
    struct arena_line_cell *untimed = &thread->lines[untimed_cell], *charged = &thread->lines[cell];
    if (cell != untimed_cell) {
        charged->wait = charged->gap = charged->timed = 0;
        if (ticks > SHADOW_LONG_TICKS) {
            charged->estimated_ticks -= ticks * stands_for;
            untimed->suspect = cell;
        }
    } else if (ticks > SHADOW_LONG_TICKS && untimed->suspect) {
        give(&thread->lines[untimed->suspect], ticks, outermost_mask);
        give(untimed, -ticks, outermost_mask);
    }
}

/* --- the thread's clock ------------------------------------------------------------------------------------ */

uint64_t shadow_reading(void) { return clock_ticks(profile_clock_kind); }

void shadow_discount(uint64_t before) {
    struct arena_thread *thread = profile_current_thread;
    if (thread != &profile_no_thread)
        thread->own_ticks += clock_ticks(profile_clock_kind) - before;
}

/* --- fork ------------------------------------------------------------------------------------------------- */

struct arena_frame shadow_frame_from_now_on(struct arena_frame frame, uint64_t now) {
    if (frame.start_ticks)
        frame.start_ticks = now;
    frame.stands_for = 0;
    return frame;
}

void shadow_waits(void) {
    struct arena_thread *thread = profile_current_thread;
    if (thread != &profile_no_thread)
        __atomic_store_n(&thread->waiting_since, clock_ticks(profile_clock_kind), __ATOMIC_RELAXED);
}

void shadow_waited(void) {
    struct arena_thread *thread = profile_current_thread;
    if (thread == &profile_no_thread || !thread->waiting_since || profile_clock_kind == ARENA_CLOCK_STILL)
        return;
    uint64_t ticks = clock_ticks(profile_clock_kind) - thread->waiting_since;
    thread->own_ticks += ticks;
    thread->waited_ticks += ticks;
    __atomic_store_n(&thread->waiting_since, 0, __ATOMIC_RELEASE);
}
