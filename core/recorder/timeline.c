#include "core/recorder/timeline.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/process_status.h"

enum { SAMPLES_PER_STEP = 65536 / sizeof(struct arena_sample) };
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

/* Keeps the larger of every two neighbours, so that no peak is lost. A reader that looks meanwhile sees rows that are
 * whole, some of them twice. */
static void thin_out(struct timeline *timeline) {
    struct arena_sample *samples = timeline->arena->samples;
    uint32_t count = timeline->arena->header->sample_count, kept = 0;
    for (uint32_t i = 0; i < count; i += 2) {
        const struct arena_sample *larger = &samples[i];
        if (i + 1 < count && samples[i + 1].rss > larger->rss)
            larger = &samples[i + 1];
        samples[kept++] = *larger;
    }
    __atomic_store_n(&timeline->arena->header->sample_count, kept, __ATOMIC_RELEASE);
    timeline->interval_ns *= 2;
    timeline->step_ns = timeline->interval_ns;
}

static void make_room(struct timeline *timeline) {
    uint32_t wanted = timeline->capacity + SAMPLES_PER_STEP;
    if (wanted > timeline->limit)
        wanted = timeline->limit;
    uint64_t from = ARENA_SAMPLES_AT + (uint64_t)timeline->capacity * sizeof(struct arena_sample);
    uint64_t size = (uint64_t)(wanted - timeline->capacity) * sizeof(struct arena_sample);
    if (size && arena_reserve(timeline->arena, from, size))
        timeline->capacity = wanted;
    else
        thin_out(timeline);
}

void timeline_add(struct timeline *timeline, const struct arena_sample *sample) {
    struct arena_header *header = timeline->arena->header;
    if (header->sample_count >= timeline->capacity)
        make_room(timeline);
    timeline->arena->samples[header->sample_count] = *sample;
    __atomic_store_n(&header->sample_count, header->sample_count + 1, __ATOMIC_RELEASE);
}

/* false: the target is gone. */
static bool take_sample(struct timeline *timeline, uint64_t now_ns) {
    struct process_status status;
    const struct arena_header *header = timeline->arena->header;
    if (!process_status_read(timeline->process, &status))
        return false;
    uint32_t code_count = __atomic_load_n(&header->code_count, __ATOMIC_ACQUIRE);
    struct arena_sample sample = {
        .t_ns = now_ns > header->clock.start_ns ? now_ns - header->clock.start_ns : 0,
        .rss = status.rss,
        .heap = UINT64_MAX,
        .native = UINT64_MAX,
        .own = UINT64_MAX,
        .code = timeline_top_code(timeline->arena_file, code_count),
        .threads = status.threads,
    };
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
        .interval_ns = interval_ns,
        .step_ns = interval_ns < FIRST_STEP_NS ? interval_ns : FIRST_STEP_NS,
        .next_ns = clock_monotonic_ns(),
        .capacity = SAMPLES_PER_STEP, /* arena_create took that room */
        .limit = ARENA_MAX_SAMPLES,
    };
    timeline_tick(timeline, timeline->next_ns);
}

void timeline_stop(struct timeline *timeline) {
    if (timeline->arena_file >= 0)
        close(timeline->arena_file);
    if (timeline->process >= 0)
        close(timeline->process);
    timeline->arena_file = timeline->process = -1;
    timeline->next_ns = UINT64_MAX;
}
