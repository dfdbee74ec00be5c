/* The RAM timeline: reading /proc, the function on top of the stack, running out of room. */
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
    struct arena_sample sample = {.t_ns = t_ns, .rss = rss, .heap = UINT64_MAX};
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_proc_stat),
        cmocka_unit_test(sees_memory_that_was_touched),
        cmocka_unit_test(a_zombie_has_no_memory),
        cmocka_unit_test(reads_the_function_on_top),
        cmocka_unit_test_setup_teardown(thins_out_and_keeps_maxima, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_more_room_where_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thins_out_when_the_file_system_is_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(samples_a_process_until_it_ends, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
