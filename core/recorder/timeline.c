#include "core/recorder/timeline.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/process_status.h"

static const uint64_t FIRST_STEP_NS = 2000000;

/* The stack is read with pread: a hole reads as zeros, and nothing can fault. */
uint32_t timeline_top_code(int arena_file, uint32_t code_count) {
    struct arena_thread thread;
    if (pread(arena_file, &thread, sizeof thread, (off_t)ARENA_THREADS_AT) != (ssize_t)sizeof thread)
        return 0;
    uint64_t top = (uint64_t)(uintptr_t)thread.top;
    if (thread.state != ARENA_THREAD_RUNNING || top < thread.frames_address)
        return 0;
    uint64_t offset = top - thread.frames_address;
    if (offset % sizeof(struct arena_frame) || offset / sizeof(struct arena_frame) >= ARENA_MAX_FRAMES)
        return 0;
    struct arena_frame frame;
    off_t at = (off_t)(ARENA_THREADS_AT + ARENA_THREAD_FRAMES_AT + offset);
    if (pread(arena_file, &frame, sizeof frame, at) != (ssize_t)sizeof frame)
        return 0;
    return frame.code < code_count ? frame.code : 0;
}

/* Own memory is looked for while our engine is in the process: not before it is there, nor behind an exec. */
static uint64_t look_at_own(struct timeline *timeline) {
    const struct arena_header *header = timeline->arena->header;
    bool there = __atomic_load_n(&header->host_pid, __ATOMIC_RELAXED) && !__atomic_load_n(&header->clock.end_ns, __ATOMIC_RELAXED);
    return there ? own_memory_look(&timeline->own, header) : 0;
}

/* The two are read one after the other while the target goes on. */
static void read_heap(const struct arena_memory *memory, struct arena_sample *sample) {
    sample->heap = sample->native = UINT64_MAX;
    if (__atomic_load_n(&memory->state, __ATOMIC_ACQUIRE) == ARENA_MEMORY_OFF)
        return;
    uint64_t native = __atomic_load_n(&memory->native_bytes, __ATOMIC_RELAXED);
    uint64_t live = __atomic_load_n(&memory->live_bytes, __ATOMIC_RELAXED);
    sample->heap = live > native ? live - native : 0;
    if (memory->native)
        sample->native = native;
}

/* false: the target is gone. */
static bool take_sample(struct timeline *timeline, uint64_t now_ns) {
    struct process_status status;
    const struct arena_header *header = timeline->arena->header;
    if (!process_status_read(timeline->process, &status))
        return false;
    if (status.rss == 0)
        return true; /* it is ending: its memory is gone already */
    uint32_t code_count = __atomic_load_n(&header->code_count, __ATOMIC_ACQUIRE);
    uint64_t own = look_at_own(timeline);
    struct arena_sample sample = {
        .t_ns = now_ns > header->clock.start_ns ? now_ns - header->clock.start_ns : 0,
        .rss = status.rss > own ? status.rss - own : 0,
        .own = own,
        .code = timeline_top_code(timeline->arena_file, code_count),
        .threads = status.threads,
    };
    read_heap(&header->memory, &sample);
    collection_counts_read(&timeline->collections, timeline->pid, header, sample.collections);
    site_growth_look(&timeline->growth, timeline->arena_file, header);
    memcpy(sample.growth, timeline->growth.most, sizeof sample.growth);
    timeline_add(timeline, &sample);
    return true;
}

void timeline_tick(struct timeline *timeline, uint64_t now_ns) {
    if (now_ns < timeline->next_ns)
        return;
    if (!take_sample(timeline, now_ns)) {
        timeline->next_ns = UINT64_MAX;
        return;
    }
    timeline->next_ns += timeline->step_ns;
    if (timeline->next_ns <= now_ns) /* stopped for a while: samples that were missed are not made up for */
        timeline->next_ns = now_ns + timeline->step_ns;
    timeline->step_ns = timeline->step_ns * 2 < timeline->interval_ns ? timeline->step_ns * 2 : timeline->interval_ns;
}

void timeline_start(struct timeline *timeline, struct arena *arena, pid_t pid, uint64_t interval_ns) {
    *timeline = (struct timeline){
        .arena = arena,
        .arena_file = open(arena->path, O_RDONLY | O_CLOEXEC),
        .process = process_status_open(pid),
        .pid = pid,
        .interval_ns = interval_ns,
        .step_ns = interval_ns < FIRST_STEP_NS ? interval_ns : FIRST_STEP_NS,
        .next_ns = clock_monotonic_ns(),
        .capacity = ARENA_FIRST_ROOM / sizeof(struct arena_sample), /* arena_create took that room */
        .limit = ARENA_MAX_SAMPLES,
    };
    own_memory_open(&timeline->own, pid, timeline->arena_file);
    timeline_tick(timeline, timeline->next_ns);
}

void timeline_stop(struct timeline *timeline) {
    if (timeline->arena_file >= 0)
        close(timeline->arena_file);
    if (timeline->process >= 0)
        close(timeline->process);
    own_memory_close(&timeline->own);
    site_growth_free(&timeline->growth);
    timeline->arena_file = timeline->process = -1;
    timeline->next_ns = UINT64_MAX;
}
