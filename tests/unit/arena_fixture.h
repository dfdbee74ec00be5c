/* arena_fixture.h - a small arena made by hand: two threads that ended, four functions, lines and a timeline. */
#ifndef PYPROF_TESTS_ARENA_FIXTURE_H
#define PYPROF_TESTS_ARENA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/profile/arena_writer.h"
#include "core/session/validate.h"
#include "pyprof/arena_reader.h"

enum { CODE_MAIN = 1, CODE_FIB, CODE_ABS, CODE_IDLE, CODE_COUNT };
enum { THREADS = 2, LINE_CELLS = 7 };

struct thread_segment {
    struct arena_thread *head;
    struct arena_frame *frames;
    struct arena_node *nodes;
    struct arena_line_cell *lines;
};

struct fixture {
    char folder[64], path[128];
    struct arena arena;
    struct thread_segment threads[THREADS];
    uint64_t strings_used;
};

static inline uint64_t add_string(struct fixture *fixture, const char *text) {
    uint64_t offset = fixture->strings_used;
    memcpy(fixture->arena.strings + offset, text, strlen(text) + 1);
    fixture->strings_used += strlen(text) + 1;
    fixture->arena.header->strings_used = fixture->strings_used;
    return offset;
}

static inline void add_code(struct fixture *fixture, uint32_t id, const char *file, const char *name, const char *qualname,
                     uint32_t line, uint16_t kind, uint16_t flags) {
    fixture->arena.codes[id] = (struct arena_code){.file = add_string(fixture, file),
                                                   .name = add_string(fixture, name),
                                                   .qualname = add_string(fixture, qualname),
                                                   .first_line = line,
                                                   .kind = kind,
                                                   .flags = flags};
}

static inline struct arena_node node(uint32_t code, uint32_t parent, uint64_t calls, uint64_t primitive, uint64_t self,
                              uint64_t total) {
    return (struct arena_node){.calls = calls, .primitive_calls = primitive, .self_ticks = self, .total_ticks = total,
                               .code = code, .parent = parent};
}

static inline void map_thread(struct fixture *fixture, uint32_t index) {
    struct thread_segment *thread = &fixture->threads[index];
    thread->head = arena_map_thread(&fixture->arena, index);
    assert_non_null(thread->head);
    char *base = (char *)thread->head;
    thread->frames = (struct arena_frame *)(base + ARENA_THREAD_FRAMES_AT);
    thread->nodes = (struct arena_node *)(base + ARENA_THREAD_NODES_AT);
    thread->lines = (struct arena_line_cell *)(base + ARENA_THREAD_LINES_AT);
    thread->head->frames_address = (uintptr_t)thread->frames;
    thread->head->top = thread->frames;
    thread->head->starts = 1;
    thread->head->system_id = 100 + index;
    thread->head->state = ARENA_THREAD_ENDED;
}

/* Two threads that ended, by hand: main calls fib, fib calls itself (folded) and abs; in another order in the other. */
static inline void fill_nodes(struct fixture *fixture) {
    struct arena_node *first = fixture->threads[0].nodes, *second = fixture->threads[1].nodes;
    first[0] = node(0, 0, 0, 0, 7, 0);
    first[1] = node(CODE_MAIN, 0, 1, 1, 100, 1000);
    first[2] = node(CODE_FIB, 1, 10, 10, 300, 900);
    first[3] = node(CODE_FIB, 2, 50, 0, 400, 0);
    first[3].folded_to = 2;
    first[4] = node(CODE_ABS, 2, 60, 60, 200, 200);
    fixture->threads[0].head->node_count = 5;
    strcpy(fixture->threads[0].head->name, "MainThread");
    second[0] = node(0, 0, 0, 0, 3, 0);
    second[1] = node(CODE_ABS, 0, 4, 4, 40, 40);
    second[2] = node(CODE_FIB, 0, 2, 2, 20, 60);
    second[3] = node(CODE_MAIN, 0, 1, 1, 11, 31);
    second[4] = node(CODE_FIB, 3, 5, 5, 15, 20);
    fixture->threads[1].head->node_count = 5;
    memset(fixture->threads[1].head->name, 'w', sizeof fixture->threads[1].head->name); /* no '\0' */
    fixture->threads[1].head->name[0] = '\xFF';
}

/* Cells stand in another order than lines do; cell 5 is of a function without lines, cell 6 of no function. */
static inline void fill_lines(struct fixture *fixture) {
    const struct arena_line table[LINE_CELLS] = {{0, 0}, {CODE_FIB, 12}, {CODE_FIB, 11}, {CODE_MAIN, 3},
                                                 {CODE_FIB, 13}, {CODE_IDLE, 9}, {999, 4}};
    memcpy(fixture->arena.lines, table, sizeof table);
    for (uint32_t cell = 0; cell < LINE_CELLS; cell++) {
        fixture->threads[0].lines[cell] =
            (struct arena_line_cell){.hits = cell * 10, .self_ticks = cell * 100, .total_ticks = cell * 1000};
        fixture->threads[1].lines[cell] =
            (struct arena_line_cell){.hits = cell, .self_ticks = cell * 2, .total_ticks = cell * 3};
    }
    fixture->arena.header->line_cell_count = LINE_CELLS;
}

static inline void fill_header(struct arena_header *header) {
    header->clock = (struct arena_clock){.kind = ARENA_CLOCK_MONOTONIC, .start_ticks = 1000, .start_ns = 1000,
                                         .end_ticks = 11000, .end_ns = 11000, .start_unix_ns = 77};
    header->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE | 1u << 31;
    header->builtins = 1;
    header->host_pid = 4321;
    header->host_state = ARENA_HOST_FINALIZED;
    strcpy(header->python_version, "3.11.2");
    header->code_count = CODE_COUNT;
    header->thread_count = THREADS;
    header->lost_codes = 1;
    header->lost_nodes = 2;
    header->lost_frames = 3;
    header->lost_threads = 4;
    header->lost_processes = 5;
    header->run_clock = RUN_CLOCK_RUNNING;
    header->parent_pid = 4000;
    header->left_alone[0] = (struct arena_left_alone){3, "odd", "f (a.py)"};
    header->left_alone[ARENA_MAX_REASONS - 1].count = 1;
    memset(header->left_alone[ARENA_MAX_REASONS - 1].reason, '\xFF', sizeof header->left_alone[0].reason); /* no '\0' */
    header->exit_kind = ARENA_EXIT_STATUS;
    header->exit_value = 3;
}

static inline void fill_samples(struct fixture *fixture) {
    const struct arena_sample samples[] = {
        {.t_ns = 10, .rss = 5000, .heap = UINT64_MAX, .code = CODE_MAIN, .threads = 1},
        {.t_ns = 20, .rss = 9000, .heap = 4000, .code = 999, .threads = 2},
        {.t_ns = 15, .rss = 1, .heap = 1, .threads = 1},
        {.t_ns = 30, .rss = 7000, .heap = UINT64_MAX, .threads = 1}};
    memcpy(fixture->arena.samples, samples, sizeof samples);
    fixture->arena.header->sample_count = 4;
}

static inline int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct error error;
    strcpy(fixture->folder, "/tmp/pyprof-arena-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "%s/arena", fixture->folder);
    if (!arena_create(&fixture->arena, fixture->path, &error))
        return -1;
    fixture->strings_used = 1;
    add_code(fixture, CODE_MAIN, "/p/main.py", "main", "main", 1, ARENA_CODE_PYTHON,
             ARENA_CODE_PROJECT | ARENA_CODE_LINES);
    add_code(fixture, CODE_FIB, "/p/main.py", "fib", "A.fib", 10, ARENA_CODE_PYTHON,
             ARENA_CODE_LINES | ARENA_CODE_MARKED);
    add_code(fixture, CODE_ABS, "ignored", "abs", "builtins.abs", 5, ARENA_CODE_C, 0);
    add_code(fixture, CODE_IDLE, "/p/idle.py", "idle", "idle", 8, ARENA_CODE_PYTHON, 0);
    for (uint32_t i = 0; i < THREADS; i++)
        map_thread(fixture, i);
    fill_nodes(fixture);
    fill_lines(fixture);
    fill_samples(fixture);
    fill_header(fixture->arena.header);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state) {
    struct fixture *fixture = *state;
    for (uint32_t i = 0; i < THREADS; i++)
        munmap(fixture->threads[i].head, ARENA_THREAD_SIZE);
    arena_detach(&fixture->arena);
    unlink(fixture->path);
    int result = rmdir(fixture->folder);
    free(fixture);
    return result;
}

static inline struct model *read_model(struct fixture *fixture) {
    struct error error = {0};
    struct arena_reader *reader = arena_reader_open(fixture->path, &error);
    if (!reader)
        fail_msg("%s", error.text);
    struct model *model = arena_reader_model(reader, &error);
    if (!model)
        fail_msg("%s", error.text);
    arena_reader_close(reader);
    assert_null(session_validate(model));
    return model;
}

#endif
