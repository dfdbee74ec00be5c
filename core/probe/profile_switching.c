#include "core/probe/profile_switching.h"

#include <time.h>

#include "core/probe/shadow_stack.h"
#include "core/probe/writer_state.h"
#include "pyprof/collectors.h"

static enum arena_clock_kind kind_of_run(void) {
    const struct arena_header *header = profile.arena.header;
    return header->run_clock == RUN_CLOCK_CPU ? ARENA_CLOCK_THREAD_CPU : (enum arena_clock_kind)header->clock.kind;
}

/* Any thread's processor time: the kernel has a clock for each thread's number (clock_getcpuclockid makes those of processes). */
static uint64_t processor_time(uint64_t system_id) {
    enum { OF_ONE_THREAD = 4, SCHEDULED = 2 };
    struct timespec now;
    clockid_t id = (clockid_t)(~(uint32_t)system_id << 3 | OF_ONE_THREAD | SCHEDULED);
    if (clock_gettime(id, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t ticks_of(const struct arena_thread *thread) {
    enum arena_clock_kind kind = kind_of_run();
    return kind == ARENA_CLOCK_THREAD_CPU ? processor_time(thread->system_id) : clock_ticks(kind);
}

/* A thread that waits for the interpreter lock, where the run's clock leaves that out, has waited since then. */
static uint64_t reading_of(const struct arena_thread *thread) {
    uint64_t ticks = ticks_of(thread);
    if (thread->waiting_since && thread->waiting_since < ticks)
        ticks = thread->waiting_since;
    uint64_t now = ticks - thread->own_ticks;
    return (int64_t)(now - thread->latest_ticks) > 0 ? now : thread->latest_ticks;
}

static struct arena_frame *root_of(const struct arena_thread *thread) {
    return (struct arena_frame *)(uintptr_t)thread->frames_address;
}

static bool is_untimed(const struct arena_frame *frame) {
    return !frame->start_ticks && (shadow_is_c(frame) || !frame->interpreter_frame);
}

/* Who the time since the last reading is given to. */
static struct arena_frame *owner_of(const struct arena_thread *thread) {
    struct arena_frame *frame = thread->top;
    while (frame > root_of(thread) && is_untimed(frame))
        frame--;
    return frame;
}

static void charge(struct arena_thread *thread, uint64_t now) {
    thread->nodes[owner_of(thread)->node].self_ticks += now - thread->last_ticks;
    thread->last_ticks = thread->latest_ticks = now;
}

static void stop_thread(struct arena_thread *thread) {
    charge(thread, reading_of(thread));
    __atomic_store_n(&thread->waiting_since, 0, __ATOMIC_RELEASE);
}

/* An activation that began while there was no clock has the time from now on. */
static void start_frames(struct arena_thread *thread) {
    for (struct arena_frame *frame = root_of(thread); frame <= thread->top; frame++)
        if (!frame->start_ticks && !shadow_is_c(frame))
            frame->start_ticks = thread->latest_ticks;
}

/* What was left out is no cost of the profiler. */
static void start_thread(struct arena_thread *thread, bool began_without) {
    if (!thread->latest_ticks)
        thread->latest_ticks = 1;
    uint64_t own = ticks_of(thread) - thread->latest_ticks;
    thread->waited_ticks += own - thread->own_ticks;
    thread->own_ticks = own;
    thread->last_ticks = thread->last_line_ticks = thread->latest_ticks;
    if (began_without)
        start_frames(thread);
}

static bool is_running(const struct thread_slot *slot) {
    return __atomic_load_n(&slot->segment->state, __ATOMIC_ACQUIRE) == ARENA_THREAD_RUNNING && slot->segment->top;
}

void profile_stop_clocks(void) {
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (is_running(&profile.slots[i]))
            stop_thread(profile.slots[i].segment);
    profile_clock_kind = ARENA_CLOCK_STILL;
    __atomic_store_n(&profile.arena.header->clock_still, 1, __ATOMIC_RELEASE);
}

void profile_start_clocks(void) {
    bool began_without = profile_clock_kind == ARENA_CLOCK_NONE;
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (is_running(&profile.slots[i]))
            start_thread(profile.slots[i].segment, began_without);
    profile_clock_kind = kind_of_run();
    __atomic_store_n(&profile.arena.header->clock_still, 0, __ATOMIC_RELEASE);
}

/* Activations to come find in their frames' memory what was there before, and write nothing of lines while those are off. */
static void forget_lines_above(struct arena_thread *thread) {
    for (struct arena_frame *frame = thread->top + 1; frame <= thread->limit && frame->code; frame++)
        frame->line_cell = frame->charged_cell = frame->stands_for = 0;
}

/* Where lines are, every activation is timed: see shadow_leaves.h. */
static void switch_lines(struct arena_thread *thread, bool on) {
    uint64_t now = on ? thread->last_ticks : reading_of(thread);
    if (!on)
        shadow_charge_line(thread, shadow_line_owner(thread->top), now);
    thread->last_line_ticks = now;
    for (struct arena_frame *frame = root_of(thread); frame <= thread->top; frame++) {
        if (shadow_is_c(frame))
            continue;
        frame->line_cell = frame->charged_cell = frame->stands_for = 0;
        if (on && !frame->start_ticks && !frame->interpreter_frame) {
            frame->start_ticks = now;
            frame->outermost_mask = thread->active[frame->code] == 1 ? UINT64_MAX : 0;
        }
    }
    forget_lines_above(thread);
}

uint32_t profile_switches_of_lines;

void profile_switch_lines(bool on) {
    profile_switches_of_lines++;
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (is_running(&profile.slots[i]))
            switch_lines(profile.slots[i].segment, on);
    __atomic_store_n(&profile.arena.header->lines_still, !on, __ATOMIC_RELEASE);
}
