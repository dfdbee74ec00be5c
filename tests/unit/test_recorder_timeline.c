/* The RAM timeline: reading /proc, the function on top of the stack, running out of room, what the memory collector says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/profile/arena_marks.h"
#include "core/recorder/process_status.h"
#include "core/recorder/timeline.h"

enum { FIRST_ROOM = 65536 / sizeof(struct arena_sample) };

static void parses_proc_stat(void **state) {
    (void)state;
    struct process_status status;
    const char *text = "4121 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 7 18 19 20 321 22 23\n";
    assert_true(process_status_parse(text, 4096, &status));
    assert_int_equal(status.state, 'S');
    assert_int_equal(status.threads, 7);
    assert_int_equal(status.rss, 321 * 4096);
    assert_true(process_status_parse("1 (x) R 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 -1 18 19 20 -5", 4096, &status));
    assert_int_equal(status.threads, 0);
    assert_int_equal(status.rss, 0);
    static const char *const wrong[] = {
        "", "1 (x", "1 (x)", "1 (x) ", "1 (x) S", "1 (x) S 1 2 3", "1 (x) SS 1 2",
        "1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 7 18 19 20", /* no rss */
        "1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 z 18 19 20 321",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(process_status_parse(wrong[i], 4096, &status));
}

static void sees_memory_that_was_touched(void **state) {
    (void)state;
    struct process_status before, after;
    const size_t size = 64 << 20;
    int process = process_status_open(getpid());
    assert_true(process >= 0);
    assert_true(process_status_read(process, &before));
    assert_true(before.threads >= 1);
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_true(process_status_read(process, &after));
    munmap(memory, size);
    close(process);
    assert_true(after.rss >= before.rss + size - (4 << 20));
    assert_true(after.rss <= before.rss + size + (16 << 20));
}

static void a_zombie_has_no_memory(void **state) {
    (void)state;
    struct process_status status;
    siginfo_t info;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    int process = process_status_open(pid);
    assert_true(process >= 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_false(process_status_read(process, &status));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_false(process_status_read(process, &status));
    close(process);
    assert_int_equal(process_status_open(pid), -1);
}

/* --- the shadow stack ------------------------------------------------------------------------------------- */

static const uint64_t FRAMES = UINT64_C(0x7f0000000000);

static int new_arena_file(const struct arena_thread *thread) {
    int file = memfd_create("arena", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, thread, sizeof *thread, (off_t)ARENA_THREADS_AT), sizeof *thread);
    return file;
}

static uint32_t top_code(uint64_t top, uint64_t frames_address, uint32_t state, uint32_t code_count) {
    struct arena_thread thread = {.top = (struct arena_frame *)(uintptr_t)top, .frames_address = frames_address,
                                  .state = state};
    struct arena_frame frame = {.code = 7};
    int file = new_arena_file(&thread);
    off_t third = (off_t)(ARENA_THREADS_AT + ARENA_THREAD_FRAMES_AT + 2 * sizeof frame);
    assert_int_equal(pwrite(file, &frame, sizeof frame, third), sizeof frame);
    uint32_t code = timeline_top_code(file, code_count);
    close(file);
    return code;
}

static void reads_the_function_on_top(void **state) {
    (void)state;
    const uint64_t third = FRAMES + 2 * sizeof(struct arena_frame);
    assert_int_equal(top_code(third, FRAMES, ARENA_THREAD_RUNNING, 8), 7);
    assert_int_equal(top_code(third, FRAMES, ARENA_THREAD_RUNNING, 7), 0); /* no such code */
    assert_int_equal(top_code(third, FRAMES, ARENA_THREAD_ENDED, 8), 0);
    assert_int_equal(top_code(third, FRAMES, ARENA_THREAD_FREE, 8), 0);
    assert_int_equal(top_code(third + 8, FRAMES, ARENA_THREAD_RUNNING, 8), 0);
    assert_int_equal(top_code(FRAMES - 48, FRAMES, ARENA_THREAD_RUNNING, 8), 0);
    assert_int_equal(top_code(0, FRAMES, ARENA_THREAD_RUNNING, 8), 0);
    assert_int_equal(top_code(UINT64_MAX, FRAMES, ARENA_THREAD_RUNNING, 8), 0);
    assert_int_equal(top_code(FRAMES + (uint64_t)ARENA_MAX_FRAMES * sizeof(struct arena_frame), FRAMES,
                              ARENA_THREAD_RUNNING, 8), 0);
    assert_int_equal(timeline_top_code(-1, 8), 0);
}

/* --- samples ---------------------------------------------------------------------------------------------- */

static int set_up(void **state) {
    struct timeline *timeline = calloc(1, sizeof *timeline);
    struct arena *arena = calloc(1, sizeof *arena);
    struct error error;
    char path[64];
    assert_non_null(timeline);
    assert_non_null(arena);
    snprintf(path, sizeof path, "/tmp/pyprof-test-timeline-%d", (int)getpid());
    unlink(path);
    assert_true(arena_create(arena, path, &error));
    *timeline = (struct timeline){.arena = arena, .arena_file = -1, .process = -1, .interval_ns = 100, .step_ns = 100,
                                  .capacity = FIRST_ROOM, .limit = FIRST_ROOM};
    *state = timeline;
    return 0;
}

static int tear_down(void **state) {
    struct timeline *timeline = *state;
    timeline_stop(timeline);
    unlink(timeline->arena->path);
    arena_detach(timeline->arena);
    free(timeline->arena);
    free(timeline);
    return 0;
}

static void add(struct timeline *timeline, uint64_t t_ns, uint64_t rss) {
    struct arena_sample sample = {.t_ns = t_ns, .rss = rss, .heap = UINT64_MAX, .native = UINT64_MAX};
    timeline_add(timeline, &sample);
}

static void thins_out_and_keeps_maxima(void **state) {
    struct timeline *timeline = *state;
    const struct arena_header *header = timeline->arena->header;
    const struct arena_sample *samples = timeline->arena->samples;
    for (uint32_t i = 0; i < FIRST_ROOM; i++)
        add(timeline, i * 100, i == 301 ? 9999 : i % 2 ? 10 : 20);
    assert_int_equal(header->sample_count, FIRST_ROOM);
    assert_int_equal(timeline->interval_ns, 100);
    add(timeline, FIRST_ROOM * 100, 30);
    assert_int_equal(header->sample_count, FIRST_ROOM / 2 + 1);
    assert_int_equal(timeline->interval_ns, 200);
    assert_int_equal(timeline->step_ns, 200);
    assert_int_equal(samples[0].t_ns, 0);
    assert_int_equal(samples[0].rss, 20);
    assert_int_equal(samples[150].t_ns, 30100); /* the peak, with the time it was at */
    assert_int_equal(samples[150].rss, 9999);
    assert_int_equal(samples[151].t_ns, 30200);
    assert_int_equal(samples[FIRST_ROOM / 2 - 1].t_ns, (FIRST_ROOM - 2) * 100);
    assert_int_equal(samples[FIRST_ROOM / 2].rss, 30);
}

static void takes_more_room_where_there_is(void **state) {
    struct timeline *timeline = *state;
    timeline->limit = FIRST_ROOM + 10;
    for (uint32_t i = 0; i < FIRST_ROOM + 10; i++)
        add(timeline, i, i);
    assert_int_equal(timeline->arena->header->sample_count, FIRST_ROOM + 10);
    assert_int_equal(timeline->capacity, FIRST_ROOM + 10);
    assert_int_equal(timeline->interval_ns, 100);
    add(timeline, FIRST_ROOM + 10, 1);
    assert_int_equal(timeline->arena->header->sample_count, FIRST_ROOM / 2 + 5 + 1);
}

static void thins_out_when_the_file_system_is_full(void **state) {
    struct timeline *timeline = *state;
    timeline->limit = ARENA_MAX_SAMPLES;
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    strcpy(timeline->arena->path + strlen(timeline->arena->path), ".gone"); /* no room can be taken by its name, */
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);                       /* nor by mapping it once more */
    for (uint32_t i = 0; i <= FIRST_ROOM; i++)
        add(timeline, i, i);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    timeline->arena->path[strlen(timeline->arena->path) - strlen(".gone")] = '\0';
    assert_int_equal(timeline->arena->header->sample_count, FIRST_ROOM / 2 + 1);
    assert_int_equal(timeline->capacity, FIRST_ROOM);
}

/* Numbers that differ on every machine the same way. */
static uint32_t random_number(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* A timeline of one of several shapes, so that maxima of the three curves fall together, apart, or are not known. */
static struct arena_sample random_sample(uint32_t shape, uint64_t t_ns, uint32_t *random) {
    struct arena_sample sample = {.t_ns = t_ns, .threads = 1, .rss = random_number(random) % 1000,
                                  .heap = random_number(random) % 1000, .native = random_number(random) % (shape % 2 ? 3 : 1000)};
    if (shape % 3 == 1)
        sample.heap = sample.rss / 2;
    if (shape % 5 == 2)
        sample.native = UINT64_MAX;
    if (shape % 7 == 3)
        sample.rss = sample.heap = t_ns; /* every sample is a new maximum */
    for (int i = 0; i < ARENA_GENERATIONS; i++)
        sample.collections[i] = random_number(random) % 4;
    sample.growth[0] = (struct arena_growth){.site = (uint32_t)t_ns + 1, .bytes = (int64_t)t_ns};
    return sample;
}

static uint64_t value_of(const struct arena_sample *sample, int curve) {
    return curve == 0 ? sample->rss : curve == 1 ? sample->heap : sample->native;
}

/* What was added is still there, as it was: rows are of one instant each. */
static void assert_is_one_of(const struct arena_sample *kept, const struct arena_sample *all) {
    const struct arena_sample *original = &all[kept->t_ns];
    for (int curve = 0; curve < 3; curve++)
        assert_int_equal(value_of(kept, curve), value_of(original, curve));
    assert_int_equal(kept->growth[0].site, original->growth[0].site);
}

/* Of every sample that was taken, one at least as high is there, no further away than some intervals of the present. */
static void assert_no_peak_is_lost(const struct timeline *timeline, const struct arena_sample *all, uint32_t count) {
    const struct arena_sample *kept = timeline->arena->samples;
    uint32_t kept_count = timeline->arena->header->sample_count;
    uint64_t near = 4 * timeline->interval_ns / 100;
    for (int curve = 0; curve < 3; curve++) {
        for (uint32_t i = 0, first = 0; i < count; i++) {
            bool found = !all[i].threads || value_of(&all[i], curve) == UINT64_MAX;
            while (first < kept_count && kept[first].t_ns + near < i)
                first++;
            for (uint32_t k = first; k < kept_count && kept[k].t_ns <= i + near && !found; k++)
                found = value_of(&kept[k], curve) != UINT64_MAX && value_of(&kept[k], curve) >= value_of(&all[i], curve);
            assert_true(found);
        }
    }
}

static void assert_collections_are_all_there(const struct timeline *timeline, const struct arena_sample *all, uint32_t count) {
    uint64_t sum[ARENA_GENERATIONS] = {0}, kept_sum[ARENA_GENERATIONS] = {0};
    const struct arena_header *header = timeline->arena->header;
    for (int generation = 0; generation < ARENA_GENERATIONS; generation++) {
        for (uint32_t i = 0; i < count; i++)
            sum[generation] += all[i].collections[generation];
        for (uint32_t i = 0; i < header->sample_count; i++)
            kept_sum[generation] += timeline->arena->samples[i].collections[generation];
        assert_int_equal(kept_sum[generation], sum[generation]);
    }
}

static void loses_no_peak_however_often_it_thins_out(void **state) {
    struct timeline *timeline = *state;
    enum { MOST = 20000 };
    struct arena_sample *all = calloc(MOST, sizeof *all);
    uint32_t random = 4711;
    assert_non_null(all);
    for (uint32_t shape = 0; shape < 60; shape++) {
        uint32_t count = 1 + random_number(&random) % (shape % 10 ? 3000 : MOST);
        timeline->arena->header->sample_count = 0;
        timeline->capacity = timeline->limit = 6 + random_number(&random) % (FIRST_ROOM - 6);
        timeline->interval_ns = timeline->step_ns = 100;
        memset(all, 0, MOST * sizeof *all); /* those in between two samples stay so */
        for (uint64_t i = 0; i < count; i += timeline->interval_ns / 100) {
            all[i] = random_sample(shape, i, &random);
            timeline_add(timeline, &all[i]);
            assert_true(timeline->arena->header->sample_count <= timeline->limit);
        }
        for (uint32_t i = 0; i < timeline->arena->header->sample_count; i++) {
            assert_true(i == 0 || timeline->arena->samples[i].t_ns > timeline->arena->samples[i - 1].t_ns);
            assert_is_one_of(&timeline->arena->samples[i], all);
        }
        assert_no_peak_is_lost(timeline, all, count);
        assert_collections_are_all_there(timeline, all, count);
    }
    free(all);
}

/* Nothing at all is known: what stays is spread over the run. */
static void keeps_samples_that_know_nothing(void **state) {
    struct timeline *timeline = *state;
    for (uint32_t i = 0; i <= FIRST_ROOM; i++)
        add(timeline, i, UINT64_MAX);
    assert_int_equal(timeline->arena->header->sample_count, FIRST_ROOM / 2 + 1);
}

static void samples_a_process_until_it_ends(void **state) {
    struct timeline *timeline = *state;
    struct arena *arena = timeline->arena;
    siginfo_t info;
    int hold[2], ready[2];
    assert_int_equal(pipe(hold), 0);
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        /* Newer kernels count the pages of a process roughly: a few of them may be shown as none. */
        enum { SIZE = 8 << 20 };
        char byte = 0, *memory = malloc(SIZE);
        close(hold[1]);
        if (!memory)
            _exit(2);
        memset(memory, 1, SIZE);
        byte = memory[SIZE / 2];
        _exit(write(ready[1], &byte, 1) != 1 || read(hold[0], &byte, 1) != 0);
    }
    char word;
    assert_int_equal(read(ready[0], &word, 1), 1);
    close(ready[0]);
    close(ready[1]);
    timeline_start(timeline, arena, pid, UINT64_C(100000000));
    assert_int_equal(arena->header->sample_count, 1);
    assert_true(arena->samples[0].rss > 0);
    assert_int_equal(arena->samples[0].threads, 1);
    assert_int_equal(arena->samples[0].code, 0);
    assert_true(arena->samples[0].heap == UINT64_MAX);
    /* short steps first, so that a short run has a curve, too */
    uint64_t first = timeline->next_ns;
    timeline_tick(timeline, first - 1);
    assert_int_equal(arena->header->sample_count, 1);
    timeline_tick(timeline, first);
    assert_int_equal(arena->header->sample_count, 2);
    uint64_t gap = timeline->next_ns - first;
    assert_true(gap > 0 && gap < UINT64_C(100000000));
    for (int i = 0; i < 10; i++)
        timeline_tick(timeline, timeline->next_ns);
    assert_int_equal(arena->header->sample_count, 12);
    assert_int_equal(timeline->step_ns, 100000000);
    /* a long pause is not made up for */
    uint64_t late = timeline->next_ns + UINT64_C(3600000000000);
    timeline_tick(timeline, late);
    assert_int_equal(arena->header->sample_count, 13);
    assert_int_equal(timeline->next_ns, late + 100000000);
    close(hold[0]);
    close(hold[1]);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    timeline_tick(timeline, timeline->next_ns);
    assert_int_equal(arena->header->sample_count, 13);
    assert_true(timeline->next_ns == UINT64_MAX);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* --- the memory collector ---------------------------------------------------------------------------------- */

static const struct arena_sample *sample_now(struct timeline *timeline) {
    timeline_tick(timeline, timeline->next_ns);
    return &timeline->arena->samples[timeline->arena->header->sample_count - 1];
}

/* A sample for which own memory is looked at. */
static const struct arena_sample *sample_with_a_look(struct timeline *timeline) {
    timeline->own.next_ns = 0;
    return sample_now(timeline);
}

static void says_what_the_memory_collector_knows(void **state) {
    struct timeline *timeline = *state;
    struct arena_memory *memory = &timeline->arena->header->memory;
    timeline_start(timeline, timeline->arena, getpid(), UINT64_C(100000000));
    const struct arena_sample *sample = sample_now(timeline);
    assert_true(sample->heap == UINT64_MAX && sample->native == UINT64_MAX);
    *memory = (struct arena_memory){.state = ARENA_MEMORY_ON, .live_bytes = 1000, .native_bytes = 300, .native = 1};
    sample = sample_now(timeline);
    assert_int_equal(sample->heap, 700);
    assert_int_equal(sample->native, 300);
    memory->native_bytes = 1001; /* read between two changes */
    assert_int_equal(sample_now(timeline)->heap, 0);
    memory->native = 0;
    memory->native_bytes = 0;
    memory->state = ARENA_MEMORY_ENDED;
    sample = sample_now(timeline);
    assert_int_equal(sample->heap, 1000);
    assert_true(sample->native == UINT64_MAX);
}

static void takes_the_profilers_own_memory_out(void **state) {
    struct timeline *timeline = *state;
    struct arena_header *header = timeline->arena->header;
    const size_t size = 64 << 20, touched = 24 << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(memory != MAP_FAILED);
    memset(memory + (8 << 20), 1, touched);
    timeline_start(timeline, timeline->arena, getpid(), UINT64_C(100000000));
    uint64_t with = sample_with_a_look(timeline)->rss;
    assert_int_equal(sample_with_a_look(timeline)->own, 0); /* nobody of ours is in it yet */
    header->host_pid = (uint32_t)getpid();
    uint64_t arena = sample_with_a_look(timeline)->own;
    assert_true(arena > 0 && arena < (1 << 20)); /* a few pages of it are mapped here */
    header->memory.own_ranges[0] = (struct arena_own_range){(uint64_t)(uintptr_t)memory, size};
    header->memory.own_range_count = 1;
    header->memory.profiler_bytes = 5000;
    const struct arena_sample *sample = sample_with_a_look(timeline);
    assert_in_range(sample->own, arena + touched + 5000, arena + touched + 5000 + 65536);
    assert_in_range(sample->rss + touched, with - (4 << 20), with + (4 << 20));
    /* what is not true is taken for as much as can be */
    header->memory.own_ranges[1] = (struct arena_own_range){UINT64_MAX - 100, 4096};
    header->memory.own_ranges[2] = (struct arena_own_range){UINT64_C(1) << 62, UINT64_C(1) << 61};
    header->memory.own_range_count = UINT32_MAX;
    header->memory.profiler_bytes = UINT64_C(1) << 60;
    for (int i = 0; i < 3; i++)
        sample = sample_with_a_look(timeline);
    assert_int_equal(sample->rss, 0);
    /* Between two looks what was named more counts as it is. */
    header->memory.profiler_bytes = 0;
    header->memory.own_range_count = 1;
    uint64_t looked_at = sample_with_a_look(timeline)->own;
    header->memory.own_ranges[0].size = size + 1000000;
    timeline->own.next_ns = UINT64_MAX;
    assert_in_range(sample_now(timeline)->own, looked_at + 1000000, looked_at + 1000000 + 65536);
    header->memory.own_ranges[0].size = size - 1000000;
    assert_in_range(sample_now(timeline)->own, looked_at, looked_at + 65536);
    header->memory.own_ranges[0].size = 2000000;
    assert_in_range(sample_now(timeline)->own, looked_at - touched + 2000000, looked_at - touched + 2000000 + 65536);
    header->clock.end_ns = 1; /* another program has taken the process over */
    assert_int_equal(sample_with_a_look(timeline)->own, 0);
    munmap(memory, size);
}

/* More than one look takes in: the ranges are looked at in turn. */
static void looks_at_large_ranges_in_turn(void **state) {
    struct timeline *timeline = *state;
    struct arena_header *header = timeline->arena->header;
    const size_t size = UINT64_C(512) << 20, touched = 1 << 20;
    char *memory = mmap(NULL, 3 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(memory != MAP_FAILED);
    header->host_pid = (uint32_t)getpid();
    for (size_t i = 0; i < 3; i++) {
        header->memory.own_ranges[i] = (struct arena_own_range){(uint64_t)(uintptr_t)memory + i * size, size};
        memset(memory + (i + 1) * size - touched, 1, touched);
    }
    header->memory.own_range_count = 3;
    timeline_start(timeline, timeline->arena, getpid(), UINT64_C(100000000));
    uint64_t before = sample_with_a_look(timeline)->own, after = before;
    for (int i = 0; i < 20; i++)
        after = sample_with_a_look(timeline)->own;
    assert_in_range(after, 3 * touched, 3 * touched + (2 << 20));
    munmap(memory, 3 * size);
    for (int i = 0; i < 20; i++)
        after = sample_with_a_look(timeline)->own;
    assert_true(after < 1 << 20);
}

static void set_live(struct timeline *timeline, uint32_t site, uint64_t bytes) {
    struct arena_site row = {.live_bytes = bytes};
    int file = open(timeline->arena->path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(file, &row, sizeof row, (off_t)(ARENA_SITES_AT + site * sizeof row)), sizeof row);
    close(file);
    if (site >= timeline->arena->header->memory.site_count)
        timeline->arena->header->memory.site_count = site + 1;
}

/* The growth of a sample for which all sites are looked at. */
static const struct arena_growth *growth_now(struct timeline *timeline) {
    timeline->growth.next_ns = 0;
    return sample_now(timeline)->growth;
}

static void names_the_sites_that_grew_most(void **state) {
    struct timeline *timeline = *state;
    timeline_start(timeline, timeline->arena, getpid(), UINT64_C(100000000));
    assert_int_equal(growth_now(timeline)[0].site, 0);
    set_live(timeline, 0, 1000000); /* what could be given to none has no line to show */
    for (uint32_t site = 1; site <= 600; site++)
        set_live(timeline, site, site == 300 ? 5000 : site == 599 ? 4000 : site % 100);
    const struct arena_growth *growth = growth_now(timeline);
    assert_int_equal(growth[0].site, 300);
    assert_int_equal(growth[0].bytes, 5000);
    assert_int_equal(growth[1].site, 599);
    assert_int_equal(growth[2].bytes, 99);
    assert_int_equal(growth[3].bytes, 99);
    assert_true(growth[2].site != growth[3].site);
    /* between two looks at all sites those that are known are looked at */
    set_live(timeline, 599, 6000);
    set_live(timeline, 7, 9000);
    timeline->growth.next_ns = UINT64_MAX;
    growth = sample_now(timeline)->growth;
    assert_int_equal(growth[0].site, 599);
    assert_int_equal(growth[0].bytes, 6000);
    assert_int_equal(growth[1].site, 300);
    assert_int_equal(growth_now(timeline)[0].site, 7);
    /* from a mark on it is growth since then, and sites that came later count whole */
    assert_true(arena_add_mark(timeline->arena, "loaded"));
    assert_int_equal(growth_now(timeline)[0].site, 0);
    set_live(timeline, 7, 8000);
    set_live(timeline, 300, 5001);
    set_live(timeline, 601, 70);
    growth = growth_now(timeline);
    assert_int_equal(growth[0].site, 601);
    assert_int_equal(growth[0].bytes, 70);
    assert_int_equal(growth[1].site, 300);
    assert_int_equal(growth[1].bytes, 1);
    assert_int_equal(growth[2].site, 0);
    timeline->arena->header->memory.site_count = UINT32_MAX; /* rows that are not there are zeros */
    assert_int_equal(growth_now(timeline)[0].site, 601);
}

static void reads_collections_in_the_target(void **state) {
    struct timeline *timeline = *state;
    struct arena_memory *memory = &timeline->arena->header->memory;
    static uint64_t counts[ARENA_GENERATIONS] = {10, 5, 1}, ring[4][2] = {{7}, {8}, {5}, {6}};
    timeline_start(timeline, timeline->arena, getpid(), UINT64_C(100000000));
    assert_int_equal(sample_now(timeline)->collections[0], 0);
    for (int i = 0; i < ARENA_GENERATIONS; i++)
        memory->collections_address[i] = (uint64_t)(uintptr_t)&counts[i];
    assert_int_equal(sample_now(timeline)->collections[0], 0); /* the first look: there is none before it */
    counts[0] = 13;
    counts[2] = 2;
    const struct arena_sample *sample = sample_now(timeline);
    assert_int_equal(sample->collections[0], 3);
    assert_int_equal(sample->collections[1], 0);
    assert_int_equal(sample->collections[2], 1);
    assert_int_equal(sample_now(timeline)->collections[0], 0);
    memory->collections_address[0] = (uint64_t)(uintptr_t)ring;
    memory->collections_places[0] = 4;
    memory->collections_stride = sizeof *ring;
    assert_int_equal(sample_now(timeline)->collections[0], 0); /* 8 behind 13: never negative */
    ring[2][0] = 9;
    ring[3][0] = 10;
    assert_int_equal(sample_now(timeline)->collections[0], 2);
    ring[0][0] = 12;
    assert_int_equal(sample_now(timeline)->collections[0], 2);
    memory->collections_places[0] = UINT32_MAX;
    ring[1][0] = 20;
    assert_int_equal(sample_now(timeline)->collections[0], 0);
    memory->collections_places[0] = 4;
    memory->collections_address[1] = 8; /* nothing is there */
    assert_int_equal(sample_now(timeline)->collections[0], 0);
}

static void names_moments(void **state) {
    struct timeline *timeline = *state;
    struct arena_header *header = timeline->arena->header;
    const struct arena_mark *marks = (const struct arena_mark *)((const char *)header + ARENA_MARKS_AT);
    assert_true(arena_add_mark(timeline->arena, "loaded"));
    assert_true(arena_add_mark(timeline->arena, ""));
    assert_true(arena_add_mark(timeline->arena, "012345678901234567890123456789012345678901234567890123456789"));
    assert_true(arena_add_mark(timeline->arena, "01234567890123456789012345678901234567890123456789012\xe2\x82\xac"));
    assert_int_equal(header->mark_count, 4);
    assert_string_equal(marks[0].name, "loaded");
    assert_true(marks[0].t_ns > 0 && marks[1].t_ns >= marks[0].t_ns);
    assert_true(marks[0].t_ns <= clock_monotonic_ns() - header->clock.start_ns);
    assert_string_equal(marks[1].name, "");
    assert_int_equal(strlen(marks[2].name), sizeof marks->name - 1);
    assert_string_equal(marks[3].name, "01234567890123456789012345678901234567890123456789012"); /* no part of a character */
    for (uint32_t i = 4; i < ARENA_MAX_MARKS; i++)
        assert_true(arena_add_mark(timeline->arena, "more"));
    assert_false(arena_add_mark(timeline->arena, "too many"));
    assert_int_equal(header->mark_count, ARENA_MAX_MARKS);
    assert_string_equal(marks[ARENA_MAX_MARKS - 1].name, "more");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_proc_stat),
        cmocka_unit_test(sees_memory_that_was_touched),
        cmocka_unit_test(a_zombie_has_no_memory),
        cmocka_unit_test(reads_the_function_on_top),
        cmocka_unit_test_setup_teardown(thins_out_and_keeps_maxima, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_more_room_where_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thins_out_when_the_file_system_is_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(loses_no_peak_however_often_it_thins_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_samples_that_know_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_a_process_until_it_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_what_the_memory_collector_knows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_the_profilers_own_memory_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(looks_at_large_ranges_in_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_the_sites_that_grew_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_collections_in_the_target, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_moments, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
