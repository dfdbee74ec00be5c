/* probe_fixture.h - a real arena in a temporary folder that this process counts into, and events as probes make them. */
#ifndef PYPROF_TESTS_PROBE_FIXTURE_H
#define PYPROF_TESTS_PROBE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/probe/profile_writer.h"
#include "core/probe/shadow_stack.h"

static char fixture_folder[64], fixture_path[96];

__attribute__((unused)) static int fixture_attach(void **state) {
    (void)state;
    struct error error;
    struct arena arena;
    snprintf(fixture_folder, sizeof fixture_folder, "/tmp/pyprof-probe-XXXXXX");
    if (!mkdtemp(fixture_folder))
        return -1;
    snprintf(fixture_path, sizeof fixture_path, "%s/arena", fixture_folder);
    if (!arena_create(&arena, fixture_path, &error))
        return -1;
    arena_detach(&arena);
    if (!profile_attach(fixture_path, &error))
        return -1;
    profile_begin();
    return 0;
}

__attribute__((unused)) static int fixture_remove(void **state) {
    (void)state;
    unlink(fixture_path);
    rmdir(fixture_folder);
    return 0;
}

/* A new function's row. */
__attribute__((unused)) static uint32_t new_code(const char *name) {
    static uint64_t fingerprint;
    uint32_t code = profile_register_function(&(struct profile_function){.file = "f.py",
                                                                         .name = name,
                                                                         .qualname = name,
                                                                         .first_line = 1,
                                                                         .kind = ARENA_CODE_PYTHON,
                                                                         .fingerprint = ++fingerprint});
    assert_int_not_equal(code, 0);
    return code;
}

/* A probe's site: where a function is entered. */
struct site {
    struct shadow_cache cache;
    struct shadow_thinning thinning;
    uint32_t code;
};

__attribute__((unused)) static void enter(struct site *site, bool lines) {
    shadow_enter(&site->cache, site->code, 1, 0, (struct shadow_lines_place){0}, profile_probe_cost.function,
                 profile_clock_kind, lines);
}
__attribute__((unused)) static void resume(struct site *site, uint64_t frame, uint32_t cell, bool first) {
    shadow_enter(&site->cache, site->code, first, frame, (struct shadow_lines_place){.line_cell = cell}, 0,
                 profile_clock_kind, true);
}
__attribute__((unused)) static void leave(const struct site *site, bool lines) {
    shadow_leave(site->code, 0, profile_probe_cost.function, profile_clock_kind, lines);
}
__attribute__((unused)) static void call_c(struct site *site) {
    shadow_call_c(&site->cache, &site->thinning, site->code, profile_clock_kind);
}
__attribute__((unused)) static void return_c(void) { shadow_return_c(profile_clock_kind); }

struct counts {
    uint64_t calls, primitive_calls, self_ticks, total_ticks;
    uint32_t nodes;
};

/* The sums of all nodes of a function in this thread. */
__attribute__((unused)) static struct counts counts_of(uint32_t code) {
    struct counts counts = {0};
    const struct arena_thread *thread = profile_current_thread;
    for (uint32_t i = 1; i < thread->node_count; i++) {
        if (thread->nodes[i].code != code)
            continue;
        counts.calls += thread->nodes[i].calls;
        counts.primitive_calls += thread->nodes[i].primitive_calls;
        counts.self_ticks += thread->nodes[i].self_ticks;
        counts.total_ticks += thread->nodes[i].total_ticks;
        counts.nodes++;
    }
    return counts;
}

__attribute__((unused)) static uint64_t all_self_ticks(void) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < profile_current_thread->node_count; i++)
        sum += profile_current_thread->nodes[i].self_ticks;
    return sum;
}

__attribute__((unused)) static uint64_t depth(void) {
    const struct arena_thread *thread = profile_current_thread;
    return ((uintptr_t)thread->top - (uintptr_t)thread->frames_address) / sizeof(struct arena_frame);
}

/* All time since the thread's begin is somebody's. */
__attribute__((unused)) static void assert_time_adds_up(void) {
    const struct arena_frame *root = (const struct arena_frame *)(uintptr_t)profile_current_thread->frames_address;
    assert_int_equal(all_self_ticks(), profile_current_thread->last_ticks - root->start_ticks);
}

#define assert_counts(code, calls_, primitive_, nodes_)        \
    do {                                                       \
        struct counts counts_ = counts_of(code);               \
        assert_int_equal(counts_.calls, calls_);               \
        assert_int_equal(counts_.primitive_calls, primitive_); \
        assert_int_equal(counts_.nodes, nodes_);               \
    } while (0)

#endif
