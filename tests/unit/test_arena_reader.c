/* From an arena to a model: exact sums, activations in flight, and files that lie. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "tests/unit/arena_fixture.h"

static void assert_function(const struct model *model, uint32_t id, uint64_t calls, uint64_t primitive, uint64_t self,
                            uint64_t total) {
    const struct model_function *function = &model->functions[id];
    assert_int_equal(function->calls, calls);
    assert_int_equal(function->primitive_calls, primitive);
    assert_int_equal(function->self_ns, self);
    assert_int_equal(function->total_ns, total);
}

static void assert_node(const struct model *model, size_t at, uint32_t parent, uint32_t function, uint64_t calls,
                        uint64_t primitive, uint64_t self, uint64_t total) {
    const struct model_node *row = &model->nodes[at];
    assert_int_equal(row->parent, parent);
    assert_int_equal(row->function, function);
    assert_int_equal(row->calls, calls);
    assert_int_equal(row->primitive_calls, primitive);
    assert_int_equal(row->self_ns, self);
    assert_int_equal(row->total_ns, total);
}

static void assert_edge(const struct model *model, size_t at, uint32_t caller, uint32_t callee, uint64_t calls,
                        uint64_t self, uint64_t total) {
    const struct model_edge *edge = &model->edges[at];
    assert_int_equal(edge->caller, caller);
    assert_int_equal(edge->callee, callee);
    assert_int_equal(edge->calls, calls);
    assert_int_equal(edge->self_ns, self);
    assert_int_equal(edge->total_ns, total);
}

static void assert_line(const struct model *model, size_t at, uint32_t function, uint32_t line, uint64_t hits,
                        uint64_t self, uint64_t total) {
    const struct model_line *row = &model->lines[at];
    assert_int_equal(row->function, function);
    assert_int_equal(row->line, line);
    assert_int_equal(row->hits, hits);
    assert_int_equal(row->self_ns, self);
    assert_int_equal(row->total_ns, total);
}

static void about_the_run(void **state) {
    struct fixture *fixture = *state;
    struct model *model = read_model(fixture);
    assert_string_equal(model->python_version, "3.11.2");
    assert_string_equal(model->script, "");
    assert_int_equal(model->collectors, COLLECTOR_FUNCTION | COLLECTOR_LINE);
    assert_true(model->builtins);
    assert_false(model->marked_only);
    assert_int_equal(model->state, MODEL_ENDED);
    assert_int_equal(model->exit_kind, MODEL_EXIT_STATUS);
    assert_int_equal(model->exit_value, 3);
    assert_int_equal(model->pid, 4321);
    assert_int_equal(model->start_unix_ns, 77);
    assert_int_equal(model->wall_ns, 10000);
    assert_int_equal(model->lost_codes, 1);
    assert_int_equal(model->lost_nodes, 2);
    assert_int_equal(model->lost_frames, 3);
    assert_int_equal(model->lost_threads, 4);
    assert_int_equal(model->lost_processes, 5);
    assert_int_equal(model->clock, RUN_CLOCK_RUNNING);
    assert_int_equal(model->parent_pid, 4000);
    assert_int_equal(model->left_alone_count, 2);
    assert_int_equal(model->left_alone[0].count, 3);
    assert_string_equal(model->left_alone[0].reason, "odd");
    assert_string_equal(model->left_alone[0].example, "f (a.py)");
    assert_int_equal(strlen(model->left_alone[1].reason), 3 * sizeof fixture->arena.header->left_alone[0].reason);
    assert_string_equal(model->left_alone[1].example, "");
    model_free(model);
}

static void functions_sum_all_threads(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->function_count, CODE_COUNT);
    assert_function(model, 0, 0, 0, 10, 0);
    assert_function(model, CODE_MAIN, 2, 2, 111, 1031);
    assert_function(model, CODE_FIB, 67, 17, 735, 980);
    assert_function(model, CODE_ABS, 64, 64, 240, 240);
    assert_function(model, CODE_IDLE, 0, 0, 0, 0);
    const struct model_function *fib = &model->functions[CODE_FIB], *c_function = &model->functions[CODE_ABS];
    assert_string_equal(fib->file, "/p/main.py");
    assert_string_equal(fib->name, "fib");
    assert_string_equal(fib->qualname, "A.fib");
    assert_int_equal(fib->line, 10);
    assert_int_equal(fib->kind, MODEL_FUNCTION_PYTHON);
    assert_int_equal(fib->flags, MODEL_FUNCTION_LINES | MODEL_FUNCTION_MARKED);
    assert_int_equal(model->functions[CODE_MAIN].flags, MODEL_FUNCTION_LINES | MODEL_FUNCTION_PROJECT);
    assert_string_equal(c_function->file, "");
    assert_string_equal(c_function->qualname, "builtins.abs");
    assert_int_equal(c_function->line, 0);
    assert_int_equal(c_function->kind, MODEL_FUNCTION_C);
    model_free(model);
}

static void threads_are_merged_by_path(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->node_count, 7);
    assert_node(model, 0, 0, 0, 0, 0, 10, 0);
    assert_node(model, 1, 0, CODE_MAIN, 2, 2, 111, 1031);
    assert_node(model, 2, 1, CODE_FIB, 15, 15, 315, 920);
    assert_node(model, 3, 2, CODE_FIB, 50, 0, 400, 0);
    assert_node(model, 4, 2, CODE_ABS, 60, 60, 200, 200);
    assert_node(model, 5, 0, CODE_ABS, 4, 4, 40, 40);
    assert_node(model, 6, 0, CODE_FIB, 2, 2, 20, 60);
    assert_int_equal(model->edge_count, 6);
    assert_edge(model, 0, 0, CODE_MAIN, 2, 111, 1031);
    assert_edge(model, 1, 0, CODE_FIB, 2, 20, 60);
    assert_edge(model, 2, 0, CODE_ABS, 4, 40, 40);
    assert_edge(model, 3, CODE_MAIN, CODE_FIB, 15, 315, 920);
    assert_edge(model, 4, CODE_FIB, CODE_FIB, 50, 400, 0);
    assert_edge(model, 5, CODE_FIB, CODE_ABS, 60, 200, 200);
    model_free(model);
}

/* Children of the root, codes from `first` on, each called once; in falling order where step is -1. */
static void fill_children(struct thread_segment *thread, uint32_t first, uint32_t count, int step) {
    for (uint32_t i = 0; i < count; i++)
        thread->nodes[i + 1] = node(step > 0 ? first + i : first + count - 1 - i, 0, 1, 1, 10, 10);
    thread->head->node_count = count + 1;
}

static void many_nodes_are_merged(void **state) {
    enum { SHARED = 1000, ALL = 3000, FIRST = 5 };
    struct fixture *fixture = *state;
    fixture->arena.header->code_count = FIRST + ALL;
    fill_children(&fixture->threads[0], FIRST, SHARED, 1);
    fill_children(&fixture->threads[1], FIRST, ALL, -1);
    struct model *model = read_model(fixture);
    assert_int_equal(model->node_count, 1 + ALL);
    assert_int_equal(model->edge_count, ALL);
    for (uint32_t i = 0; i < ALL; i++) {
        uint64_t calls = i < SHARED ? 2 : 1;
        assert_function(model, FIRST + i, calls, calls, 10 * calls, 10 * calls);
        assert_edge(model, i, 0, FIRST + i, calls, 10 * calls, 10 * calls);
    }
    assert_node(model, SHARED, 0, FIRST + SHARED - 1, 2, 2, 20, 20);
    assert_node(model, ALL, 0, FIRST + SHARED, 1, 1, 10, 10);
    model_free(model);
}

static void lines_sum_all_threads_in_order(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->line_count, 4);
    assert_line(model, 0, CODE_MAIN, 3, 33, 306, 3009);
    assert_line(model, 1, CODE_FIB, 11, 22, 204, 2006);
    assert_line(model, 2, CODE_FIB, 12, 11, 102, 1003);
    assert_line(model, 3, CODE_FIB, 13, 44, 408, 4012);
    assert_int_equal(model->functions[CODE_MAIN].first_line_row, 0);
    assert_int_equal(model->functions[CODE_MAIN].line_row_count, 1);
    assert_int_equal(model->functions[CODE_FIB].first_line_row, 1);
    assert_int_equal(model->functions[CODE_FIB].line_row_count, 3);
    assert_int_equal(model->functions[CODE_IDLE].line_row_count, 0);
    model_free(model);
}

static void cells_of_the_same_line_are_summed(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.lines[4].line = 11;
    struct model *model = read_model(fixture);
    assert_int_equal(model->line_count, 3);
    assert_line(model, 1, CODE_FIB, 11, 66, 612, 6018);
    assert_line(model, 2, CODE_FIB, 12, 11, 102, 1003);
    model_free(model);
}

static void marked_functions_only(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->marked_only = 1;
    struct model *model = read_model(fixture); /* nothing was marked while it ran: all lines count */
    assert_false(model->marked_only);
    assert_int_equal(model->line_count, 4);
    model_free(model);
    fixture->arena.header->marked_count = 1;
    model = read_model(fixture);
    assert_true(model->marked_only);
    assert_int_equal(model->line_count, 3);
    assert_line(model, 0, CODE_FIB, 11, 22, 204, 2006);
    assert_int_equal(model->functions[CODE_MAIN].line_row_count, 0);
    assert_int_equal(model->functions[CODE_MAIN].flags, MODEL_FUNCTION_PROJECT);
    model_free(model);
}

static void timeline_and_threads(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->sample_count, 3); /* the one that steps back in time is left out */
    assert_int_equal(model->samples[0].t_ns, 10);
    assert_int_equal(model->samples[0].rss, 5000);
    assert_true(model->samples[0].heap == MODEL_UNKNOWN);
    assert_int_equal(model->samples[0].function, CODE_MAIN);
    assert_int_equal(model->samples[1].t_ns, 20);
    assert_int_equal(model->samples[1].heap, 4000);
    assert_int_equal(model->samples[1].function, 0);
    assert_int_equal(model->samples[1].threads, 2);
    assert_int_equal(model->samples[2].t_ns, 30);
    assert_int_equal(model->thread_count, 2);
    assert_string_equal(model->threads[0].name, "MainThread");
    assert_int_equal(model->threads[0].system_id, 100);
    assert_int_equal(model->threads[0].starts, 1);
    assert_false(model->threads[0].running);
    assert_int_equal(model->threads[0].self_ns + model->threads[1].self_ns, 111 + 735 + 240); /* as the functions have it */
    assert_int_equal(model->threads[0].calls + model->threads[1].calls, 2 + 67 + 64);
    assert_true(model->threads[0].calls > 0 && model->threads[1].calls > 0);
    assert_int_equal(strlen(model->threads[1].name), 3 + 63);
    assert_memory_equal(model->threads[1].name, "\xEF\xBF\xBDww", 5);
    model_free(model);
}

static void assert_thread_function(const struct model_thread_function *row, uint32_t thread, uint32_t function, uint64_t calls,
                                   uint64_t primitive, uint64_t self, uint64_t total) {
    assert_int_equal(row->thread, thread);
    assert_int_equal(row->function, function);
    assert_int_equal(row->calls, calls);
    assert_int_equal(row->primitive_calls, primitive);
    assert_int_equal(row->self_ns, self);
    assert_int_equal(row->total_ns, total);
}

static void functions_of_each_thread(void **state) {
    struct model *model = read_model(*state);
    assert_int_equal(model->thread_function_count, 6);
    assert_thread_function(&model->thread_functions[0], 0, CODE_MAIN, 1, 1, 100, 1000);
    assert_thread_function(&model->thread_functions[1], 0, CODE_FIB, 60, 10, 700, 900);
    assert_thread_function(&model->thread_functions[2], 0, CODE_ABS, 60, 60, 200, 200);
    assert_thread_function(&model->thread_functions[3], 1, CODE_ABS, 4, 4, 40, 40);
    assert_thread_function(&model->thread_functions[4], 1, CODE_FIB, 7, 7, 35, 80);
    assert_thread_function(&model->thread_functions[5], 1, CODE_MAIN, 1, 1, 11, 31);
    model_free(model);
}

/* Whatever a tick is: what threads have is rounded so that it adds up. */
static void functions_of_each_thread_add_up(void **state) {
    struct fixture *fixture = *state;
    for (uint64_t ticks = 11; ticks < 40; ticks++) {
        fixture->arena.header->clock = (struct arena_clock){.kind = ARENA_CLOCK_TSC, .start_ticks = 1000, .start_ns = 50,
                                                            .end_ticks = 1000 + ticks * 1000, .end_ns = 10050, .start_unix_ns = 1};
        struct model *model = read_model(fixture);
        for (uint32_t id = 1; id < model->function_count; id++) {
            struct model_thread_function sum = {0};
            for (size_t i = 0; i < model->thread_function_count; i++)
                if (model->thread_functions[i].function == id) {
                    sum.calls += model->thread_functions[i].calls;
                    sum.primitive_calls += model->thread_functions[i].primitive_calls;
                    sum.self_ns += model->thread_functions[i].self_ns;
                    sum.total_ns += model->thread_functions[i].total_ns;
                }
            const struct model_function *function = &model->functions[id];
            assert_thread_function(&sum, 0, 0, function->calls, function->primitive_calls, function->self_ns,
                                   function->total_ns);
        }
        model_free(model);
    }
}

static void one_thread_has_what_all_have(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->thread_count = 1;
    struct model *model = read_model(fixture);
    assert_int_equal(model->thread_count, 1);
    assert_int_equal(model->thread_function_count, 0);
    model_free(model);
}

static void push(struct thread_segment *thread, uint64_t start, uint64_t mask, uint32_t node_index, uint32_t line_cell) {
    *++thread->head->top = (struct arena_frame){.start_ticks = start, .outermost_mask = mask, .node = node_index,
                                                .line_cell = line_cell, .charged_cell = line_cell};
}

/* main (since 2000) -> fib (since 4000) -> fib again (since 6000); killed at 11000. */
static void push_three(struct fixture *fixture) {
    struct thread_segment *thread = &fixture->threads[0];
    thread->head->state = ARENA_THREAD_RUNNING;
    thread->head->last_ticks = 10500;
    thread->head->last_line_ticks = 10800;
    push(thread, 2000, UINT64_MAX, 1, 3);
    push(thread, 4000, UINT64_MAX, 2, 1);
    push(thread, 6000, 0, 3, 2);
}

static void activations_in_flight_count_up_to_the_end(void **state) {
    struct fixture *fixture = *state;
    push_three(fixture);
    fixture->arena.header->exit_kind = ARENA_EXIT_SIGNAL;
    fixture->arena.header->exit_value = 9;
    struct model *model = read_model(fixture);
    assert_int_equal(model->exit_kind, MODEL_EXIT_SIGNAL);
    assert_false(model->threads[0].running);
    assert_int_equal(model->threads[0].self_ns, 1000 + 500); /* up to the end */
    assert_function(model, CODE_MAIN, 2, 2, 111, 1031 + 9000);
    assert_function(model, CODE_FIB, 67, 17, 735 + 500, 980 + 7000);
    assert_node(model, 3, 2, CODE_FIB, 50, 0, 400 + 500, 0);
    assert_edge(model, 4, CODE_FIB, CODE_FIB, 50, 900, 0);
    assert_line(model, 0, CODE_MAIN, 3, 33, 306, 3009 + 7000); /* what fib takes */
    assert_line(model, 1, CODE_FIB, 11, 22, 204 + 200, 2006); /* recursive: no total of its own */
    assert_line(model, 2, CODE_FIB, 12, 11, 102, 1003 + 5000);
    model_free(model);
}

/* A C function on top: its caller's line takes the time; and what the profiler cost the thread is in nobody's. */
static void lines_in_flight_are_the_python_callers(void **state) {
    struct fixture *fixture = *state;
    struct thread_segment *thread = &fixture->threads[0];
    thread->head->state = ARENA_THREAD_RUNNING;
    thread->head->last_ticks = 8500;
    thread->head->last_line_ticks = 8000;
    thread->head->own_ticks = 1500;
    push(thread, 2000, UINT64_MAX, 1, 3);
    push(thread, 7000, UINT64_MAX, 4, 0);
    thread->head->top->interpreter_frame = ARENA_FRAME_C | 0x5000;
    struct model *model = read_model(fixture);
    assert_function(model, CODE_MAIN, 2, 2, 111, 1031 + 7500);
    assert_line(model, 0, CODE_MAIN, 3, 33, 306 + 1500, 3009 + 1500);
    model_free(model);
}

static const struct model_thread *push_and_read(struct fixture *fixture, uint32_t code, uint32_t line_cell, uint64_t frame,
                                                struct model **model) {
    struct thread_segment *thread = &fixture->threads[0];
    push(thread, 2000, UINT64_MAX, 1, line_cell);
    thread->head->top->code = code;
    thread->head->top->interpreter_frame = frame;
    model_free(*model);
    *model = read_model(fixture);
    return &(*model)->threads[0];
}

/* The innermost activation with a line; without any the innermost of Python code. */
static void where_a_thread_is_now(void **state) {
    struct fixture *fixture = *state;
    struct model *model = NULL;
    fixture->threads[0].head->state = ARENA_THREAD_RUNNING;
    fixture->arena.header->clock.end_ticks = fixture->arena.header->clock.end_ns = 0;
    fixture->arena.header->exit_kind = ARENA_EXIT_NONE;
    const struct model_thread *thread = push_and_read(fixture, CODE_MAIN, 0, 0x4000, &model);
    assert_int_equal(thread->function, CODE_MAIN);
    assert_int_equal(thread->line, 0);
    thread = push_and_read(fixture, CODE_FIB, 2, 0x5000, &model);
    assert_int_equal(thread->function, CODE_FIB);
    assert_int_equal(thread->line, 11);
    thread = push_and_read(fixture, CODE_MAIN, 0, 0x6000, &model); /* no line of its own */
    thread = push_and_read(fixture, 7777777, 1, 0x7000, &model);   /* half written */
    thread = push_and_read(fixture, CODE_MAIN, 7777777, 0x8000, &model);
    thread = push_and_read(fixture, CODE_MAIN, 3, ARENA_FRAME_C | 0x9000, &model);
    assert_int_equal(thread->function, CODE_FIB);
    assert_int_equal(thread->line, 11);
    fixture->arena.header->exit_kind = ARENA_EXIT_SIGNAL;
    model_free(model);
    model = read_model(fixture);
    assert_int_equal(model->threads[0].function, 0);
    model_free(model);
}

static void the_root_gets_the_time_of_an_empty_stack(void **state) {
    struct fixture *fixture = *state;
    fixture->threads[1].head->state = ARENA_THREAD_RUNNING;
    fixture->threads[1].head->last_ticks = 10900;
    struct model *model = read_model(fixture);
    assert_function(model, 0, 0, 0, 10 + 100, 0);
    model_free(model);
}

static void nonsense_on_the_stack_is_skipped(void **state) {
    struct fixture *fixture = *state;
    struct thread_segment *thread = &fixture->threads[0];
    thread->head->state = ARENA_THREAD_RUNNING;
    thread->head->last_ticks = 99999;     /* ahead of the end */
    thread->head->last_line_ticks = 0;    /* never taken */
    push(thread, 99999, UINT64_MAX, 1, 3);
    push(thread, 2000, UINT64_MAX, 4000000, 4000000);
    push(thread, 0, UINT64_MAX, 2, 1);
    struct model *model = read_model(fixture);
    assert_function(model, CODE_MAIN, 2, 2, 111, 1031);
    assert_function(model, CODE_FIB, 67, 17, 735, 980);
    assert_line(model, 0, CODE_MAIN, 3, 33, 306, 3009 + 9000); /* the second frame lies above it since 2000 */
    assert_line(model, 2, CODE_FIB, 12, 11, 102, 1003);
    model_free(model);
}

static void a_stack_pointer_outside_the_stack_is_not_followed(void **state) {
    struct fixture *fixture = *state;
    struct thread_segment *thread = &fixture->threads[0];
    push_three(fixture);
    struct arena_frame *const tops[] = {NULL, thread->frames - 1, thread->frames + ARENA_MAX_FRAMES,
                                        (struct arena_frame *)((char *)thread->frames + 47), (void *)UINTPTR_MAX};
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
        thread->head->top = tops[i];
        struct model *model = read_model(fixture);
        assert_function(model, CODE_FIB, 67, 17, 735, 980);
        model_free(model);
    }
}

static void ticks_become_nanoseconds(void **state) {
    struct fixture *fixture = *state;
    fixture->arena.header->clock = (struct arena_clock){.kind = ARENA_CLOCK_TSC, .start_ticks = 1000, .start_ns = 50,
                                                        .end_ticks = 3000, .end_ns = 1050};
    struct model *model = read_model(fixture);
    assert_int_equal(model->wall_ns, 1000);
    assert_function(model, CODE_FIB, 67, 17, 367, 490);
    assert_node(model, 1, 0, CODE_MAIN, 2, 2, 55, 515);
    assert_edge(model, 5, CODE_FIB, CODE_ABS, 60, 100, 100);
    assert_line(model, 3, CODE_FIB, 13, 44, 204, 2006);
    model_free(model);
}

static void a_running_program_counts_up_to_now(void **state) {
    struct fixture *fixture = *state;
    uint64_t now = clock_monotonic_ns(), second = 1000000000;
    struct arena_header *header = fixture->arena.header;
    header->clock = (struct arena_clock){.kind = ARENA_CLOCK_MONOTONIC, .start_ticks = now - 9 * second,
                                         .start_ns = now - 9 * second};
    header->exit_kind = ARENA_EXIT_NONE;
    header->host_state = ARENA_HOST_RUNNING;
    fixture->threads[0].head->state = ARENA_THREAD_RUNNING;
    fixture->threads[0].head->last_ticks = now - second;
    push(&fixture->threads[0], now - 5 * second, UINT64_MAX, 1, 0);
    struct model *model = read_model(fixture);
    assert_int_equal(model->state, MODEL_RUNNING);
    assert_true(model->threads[0].running);
    assert_in_range(model->wall_ns, 9 * second, 100 * second);
    assert_in_range(model->functions[CODE_MAIN].total_ns, 5 * second, 96 * second);
    assert_in_range(model->functions[CODE_MAIN].self_ns, second, 92 * second);
    model_free(model);
    header->host_state = ARENA_HOST_STARTING;
    model = read_model(fixture);
    assert_int_equal(model->state, MODEL_STARTING);
    model_free(model);
}

static void a_fresh_arena_is_an_empty_model(void **state) {
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header;
    header->code_count = header->line_cell_count = 1;
    header->thread_count = header->sample_count = 0;
    header->strings_used = 1;
    struct model *model = read_model(fixture);
    assert_int_equal(model->function_count, 1);
    assert_int_equal(model->node_count, 1);
    assert_int_equal(model->edge_count + model->line_count + model->sample_count + model->thread_count, 0);
    model_free(model);
}

static void the_header_is_live(void **state) {
    struct fixture *fixture = *state;
    struct error error;
    struct arena_reader *reader = arena_reader_open(fixture->path, &error);
    assert_non_null(reader);
    fixture->arena.header->exit_kind = ARENA_EXIT_STATUS;
    fixture->arena.header->exit_value = 3;
    struct model *model = arena_reader_model(reader, &error);
    assert_non_null(model);
    assert_int_equal(model->exit_kind, MODEL_EXIT_STATUS);
    assert_int_equal(model->exit_value, 3);
    model_free(model);
    fixture->arena.header->exit_kind = ARENA_EXIT_SIGNAL;
    fixture->arena.header->exit_value = 9;
    model = arena_reader_model(reader, &error);
    assert_non_null(model);
    assert_int_equal(model->exit_kind, MODEL_EXIT_SIGNAL);
    assert_int_equal(model->exit_value, 9);
    model_free(model);
    arena_reader_close(reader);
    arena_reader_close(NULL);
}

/* A model cannot be had, and the sentence says why. */
static void assert_refused(struct fixture *fixture, const char *reason) {
    struct error error = {0};
    struct arena_reader *reader = arena_reader_open(fixture->path, &error);
    assert_null(reader);
    assert_int_equal(error.exit_status, 1);
    assert_memory_equal(error.text, fixture->path, strlen(fixture->path));
    assert_non_null(strstr(error.text, reason));
}

static void headers_that_cannot_be_are_refused(void **state) {
    struct fixture *fixture = *state;
    struct arena_header *header = fixture->arena.header, good = *header;
#define REFUSED(field, value, reason)        \
    header->field = value;                   \
    assert_refused(fixture, reason);         \
    *header = good;
    REFUSED(magic, 0, "not a running profile")
    REFUSED(version, ARENA_VERSION + 1, "another version")
    REFUSED(header_size, 8, "another version")
    REFUSED(clock.kind, 3, "unknown clock")
    REFUSED(run_clock, RUN_CLOCK_COUNT, "unknown clock of the run")
    REFUSED(host_state, 3, "state of the host")
    REFUSED(exit_kind, 3, "way of ending")
    REFUSED(code_count, 0, "number of functions")
    REFUSED(code_count, ARENA_MAX_CODES + 1, "number of functions")
    REFUSED(line_cell_count, 0, "number of lines")
    REFUSED(line_cell_count, ARENA_MAX_LINE_CELLS + 1, "number of lines")
    REFUSED(thread_count, ARENA_MAX_THREADS + 1, "number of threads")
    REFUSED(sample_count, ARENA_MAX_SAMPLES + 1, "number of samples")
    REFUSED(strings_used, 0, "size of the texts")
    REFUSED(strings_used, ARENA_STRINGS_SIZE + 1, "size of the texts")
#undef REFUSED
}

static void too_many_nodes_are_refused(void **state) {
    struct fixture *fixture = *state;
    struct error error = {0};
    struct arena_reader *reader = arena_reader_open(fixture->path, &error);
    assert_non_null(reader);
    fixture->threads[1].head->node_count = ARENA_MAX_NODES + 1;
    assert_null(arena_reader_model(reader, &error));
    assert_non_null(strstr(error.text, "call nodes"));
    fixture->threads[1].head->node_count = 5;
    struct model *model = arena_reader_model(reader, &error); /* a reader goes on after an error */
    assert_non_null(model);
    model_free(model);
    arena_reader_close(reader);
}

static void rows_that_cannot_be_are_left_out(void **state) {
    struct fixture *fixture = *state;
    fixture->threads[0].nodes[2].parent = 2;                  /* its own parent: gone, with the two below it */
    fixture->threads[1].nodes[4].code = CODE_COUNT;           /* no such function */
    fixture->threads[1].nodes[1].code = 0;                    /* the root's function below the root */
    fixture->arena.codes[CODE_IDLE].file = ARENA_STRINGS_SIZE; /* no such text */
    fixture->arena.lines[3].line = 0;
    struct model *model = read_model(fixture);
    assert_int_equal(model->node_count, 3);
    assert_node(model, 1, 0, CODE_MAIN, 2, 2, 111, 1031);
    assert_node(model, 2, 0, CODE_FIB, 2, 2, 20, 60);
    assert_string_equal(model->functions[CODE_IDLE].file, "");
    assert_int_equal(model->line_count, 3);
    model_free(model);
}

static void texts_are_valid_utf8(void **state) {
    struct fixture *fixture = *state;
    char *name = fixture->arena.strings + fixture->arena.codes[CODE_FIB].name;
    memcpy(name, "f\xFF\xC3", 3);
    struct model *model = read_model(fixture);
    assert_string_equal(model->functions[CODE_FIB].name, "f??");
    assert_string_equal(model->functions[CODE_FIB].qualname, "A.fib");
    model_free(model);
}

static void a_file_that_is_cut_off_is_an_error(void **state) {
    struct fixture *fixture = *state;
    struct error error = {0};
    struct arena_reader *reader = arena_reader_open(fixture->path, &error);
    assert_non_null(reader);
    const uint64_t sizes[] = {ARENA_THREADS_AT + 100, ARENA_CODES_AT, 4096, 0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(truncate(fixture->path, (off_t)sizes[i]), 0);
        assert_null(arena_reader_model(reader, &error));
        assert_non_null(strstr(error.text, "wrong size"));
        assert_refused(fixture, "not a running profile");
    }
    arena_reader_close(reader);
}

static void other_files_are_refused(void **state) {
    struct fixture *fixture = *state;
    struct error error = {0};
    assert_null(arena_reader_open(fixture->folder, &error));
    assert_non_null(strstr(error.text, "not a running profile"));
    assert_null(arena_reader_open("/nowhere/arena", &error));
    assert_string_equal(error.text, "/nowhere/arena: cannot open the profile: No such file or directory");
    char path[5000];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_null(arena_reader_open(path, &error));
    assert_non_null(strstr(error.text, "too long"));
}

/* A small generator, so that a failure can be repeated. */
static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Random words over everything that is read: an error or a model within bounds, never a crash. */
static void random_damage_is_survived(void **state) {
    struct fixture *fixture = *state;
    push_three(fixture);
    struct { void *bytes; size_t size; } regions[] = {
        {&fixture->arena.header->clock, sizeof(struct arena_clock)},
        {&fixture->arena.header->code_count, sizeof(struct arena_header) - offsetof(struct arena_header, code_count)},
        {fixture->arena.codes, CODE_COUNT * sizeof(struct arena_code)},
        {fixture->arena.lines, LINE_CELLS * sizeof(struct arena_line)},
        {fixture->arena.strings, 64},
        {fixture->arena.samples, 4 * sizeof(struct arena_sample)},
        {fixture->threads[0].head, sizeof(struct arena_thread)},
        {fixture->threads[0].nodes, 5 * sizeof(struct arena_node)},
        {fixture->threads[0].frames, 4 * sizeof(struct arena_frame)},
    };
    struct arena_reader *reader = arena_reader_open(fixture->path, NULL);
    assert_non_null(reader);
    uint64_t seed = 20240607;
    int models = 0;
    for (int round = 0; round < 600; round++) {
        size_t region = next_random(&seed) % (sizeof regions / sizeof *regions);
        size_t at = next_random(&seed) % (regions[region].size / 4) * 4;
        char *target = (char *)regions[region].bytes + at, saved[4];
        memcpy(saved, target, 4);
        uint32_t values[] = {(uint32_t)next_random(&seed), (uint32_t)next_random(&seed) % 16, UINT32_MAX, 0};
        memcpy(target, &values[next_random(&seed) % 4], 4);
        struct error error = {0};
        struct model *model = arena_reader_model(reader, &error);
        if (model) {
            assert_null(session_validate(model));
            models++;
        } else {
            assert_true(error.text[0]);
        }
        model_free(model);
        memcpy(target, saved, 4);
    }
    assert_in_range(models, 100, 599);
    arena_reader_close(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(about_the_run),
        TEST(functions_sum_all_threads),
        TEST(threads_are_merged_by_path),
        TEST(many_nodes_are_merged),
        TEST(lines_sum_all_threads_in_order),
        TEST(cells_of_the_same_line_are_summed),
        TEST(marked_functions_only),
        TEST(timeline_and_threads),
        TEST(functions_of_each_thread),
        TEST(functions_of_each_thread_add_up),
        TEST(one_thread_has_what_all_have),
        TEST(activations_in_flight_count_up_to_the_end),
        TEST(lines_in_flight_are_the_python_callers),
        TEST(where_a_thread_is_now), TEST(the_root_gets_the_time_of_an_empty_stack),
        TEST(nonsense_on_the_stack_is_skipped),
        TEST(a_stack_pointer_outside_the_stack_is_not_followed),
        TEST(ticks_become_nanoseconds),
        TEST(a_running_program_counts_up_to_now),
        TEST(a_fresh_arena_is_an_empty_model),
        TEST(the_header_is_live),
        TEST(headers_that_cannot_be_are_refused),
        TEST(too_many_nodes_are_refused),
        TEST(rows_that_cannot_be_are_left_out),
        TEST(texts_are_valid_utf8),
        TEST(a_file_that_is_cut_off_is_an_error),
        TEST(other_files_are_refused),
        TEST(random_damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
