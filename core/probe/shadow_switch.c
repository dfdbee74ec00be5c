#include "core/probe/shadow_switch.h"

#include <stdlib.h>

#include "core/probe/profile_switching.h"
#include "core/probe/shadow_stack.h"

struct shadow_waiting {
    struct arena_thread *thread;
    size_t count;
    uint32_t switches_of_lines; /* as of then */
    struct arena_frame frames[]; /* the outermost first */
};

static struct arena_frame *root_of(struct arena_thread *thread) {
    return (struct arena_frame *)(uintptr_t)thread->frames_address;
}

struct shadow_waiting *shadow_wait(void) {
    struct arena_thread *thread = profile_current_thread;
    if (thread == &profile_no_thread || thread->overflow_depth || thread->top == root_of(thread))
        return NULL;
    size_t count = (size_t)(thread->top - root_of(thread));
    struct shadow_waiting *waiting = malloc(sizeof *waiting + count * sizeof *waiting->frames);
    if (!waiting)
        return NULL;
    waiting->thread = thread;
    waiting->count = count;
    waiting->switches_of_lines = profile_switches_of_lines;
    for (size_t i = 0; i < count; i++)
        waiting->frames[i] = root_of(thread)[1 + i];
    shadow_unwind_all(thread);
    return waiting;
}

/* Room for the frame above the top. */
static bool has_room(struct arena_thread *thread) {
    return !thread->overflow_depth && (thread->top < thread->limit || profile_grow_stack(thread));
}

/* An activation that waited is on top again, from now on. A C call that was not timed is not timed now. */
static void push_again(struct arena_thread *thread, const struct arena_frame *waited, uint64_t now, bool knows_lines) {
    struct arena_frame *frame = thread->top + 1;
    bool timed = waited->start_ticks != 0, outermost = thread->active[waited->code]++ == 0;
    *frame = *waited;
    frame->start_ticks = timed ? now : 0;
    frame->outermost_mask = timed && outermost ? UINT64_MAX : 0;
    if (!shadow_is_c(frame)) {
        frame->stands_for = 0;
        if (!knows_lines)
            frame->line_cell = frame->charged_cell = 0;
    }
    shadow_publish(thread, frame);
}

void shadow_go_on(struct shadow_waiting *waiting) {
    if (!waiting)
        return;
    struct arena_thread *thread = waiting->thread;
    if (thread == profile_current_thread) {
        uint64_t now = shadow_now(thread, profile_clock_kind, 0);
        shadow_charge(thread, thread->top, now, true);
        size_t back = 0;
        for (; back < waiting->count && has_room(thread); back++)
            push_again(thread, &waiting->frames[back], now, waiting->switches_of_lines == profile_switches_of_lines);
        if (profile_header())
            profile_header()->lost_frames += waiting->count - back;
    }
    free(waiting);
}
