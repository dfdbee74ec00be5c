/* update_fixture.h - a random program of function calls, lines, generators and memory, on a real arena, and the model that goes on
 * against one that is made as a whole. */
#ifndef PYPROF_TESTS_UPDATE_FIXTURE_H
#define PYPROF_TESTS_UPDATE_FIXTURE_H

#include "core/profile/model_memory.h"
#include "core/profile/model_update.h"
#include "core/session/validate.h"
#include "pyprof/arena_reader.h"
#include "tests/unit/memory_fixture.h"

enum { FUNCTIONS = 40, LINES = 3, GENERATORS = 4, MOST_DEPTH = 12, STRETCHES = 60, BLOCKS = 48 };

/* A function of the program that is run, as each thread knows it. */
struct program {
    unsigned random_state;
    uint32_t codes[FUNCTIONS], cells[FUNCTIONS], untimed[FUNCTIONS];
    struct site sites[FUNCTIONS], builtin;
    struct site generators[GENERATORS];
    int stack[MOST_DEPTH + 1], depth, known, most_depth, most_known;
    bool allocates, alive[BLOCKS];
    uint64_t first_block; /* number of its address */
};

static unsigned chance(struct program *program, unsigned below) {
    program->random_state = program->random_state * 1664525u + 1013904223u;
    return (program->random_state >> 8) % below;
}

/* Half of all functions have lines, most of them from the beginning. */
static void add_function(struct program *program) {
    char name[32];
    const uint32_t lines[LINES] = {30, 10, 20};
    int at = program->known++;
    snprintf(name, sizeof name, "function_%d", at);
    program->codes[at] = new_code(name);
    if (at % 2) {
        program->cells[at] = profile_register_lines(program->codes[at], lines, LINES);
        program->untimed[at] = profile_untimed_cell(program->cells[at]);
    }
    program->sites[at] = (struct site){.code = program->codes[at]};
}

static void enter_function(struct program *program, int at) {
    struct shadow_lines_place place = {.line_cell = program->cells[at], .untimed_cell = program->untimed[at], .hits = 1};
    shadow_enter(&program->sites[at].cache, program->codes[at], 1, 0, place, 0, profile_clock_kind, true);
    program->stack[program->depth++] = at;
}

static void leave_function(struct program *program) {
    int at = program->stack[--program->depth];
    shadow_leave(program->codes[at], program->untimed[at], 0, profile_clock_kind, true);
}

/* On a line of the function that runs, on one that has no cell, or on none. */
static uint32_t site_here(struct program *program) {
    const uint32_t lines[] = {0, 10, 20, 30, 70000};
    int top = program->depth ? program->stack[program->depth - 1] : -1;
    return memory_find_site((struct memory_origin){.thread = profile_current_thread, .node = profile_current_thread->top->node,
                                                   .code = top >= 0 ? program->codes[top] : 0,
                                                   .line = top >= 0 ? lines[chance(program, 5)] : 0});
}

/* Some blocks are so large that sums of them take more than 32 bits. Now and then all that lives is freed, so that high-water marks
 * come and go. */
static void memory_event(struct program *program) {
    unsigned at = chance(program, BLOCKS), last = chance(program, 40) ? at : BLOCKS - 1;
    uint32_t site = site_here(program);
    if (chance(program, 60) == 0)
        memory_begin_epoch();
    if (last == at && !program->alive[at]) {
        allocate(address(program->first_block + at), chance(program, 30) ? chance(program, 1000) : 1u << 30, site);
        program->alive[at] = true;
        return;
    }
    for (unsigned i = last == at ? at : 0; i <= last; i++) {
        if (program->alive[i])
            assert_true(release(address(program->first_block + i), site));
        program->alive[i] = false;
    }
}

__attribute__((unused)) static void one_event(struct program *program) {
    unsigned what = chance(program, 12);
    int top = program->depth ? program->stack[program->depth - 1] : -1;
    if (program->allocates && chance(program, 3) == 0) {
        memory_event(program);
        return;
    }
    if (what == 0 && program->known < program->most_known && chance(program, 4) == 0) {
        add_function(program);
    } else if (what < 4) {
        call_c(&program->builtin);
        return_c();
    } else if (what < 6 && top >= 0 && program->cells[top]) {
        uint32_t cell = program->cells[top] + chance(program, LINES);
        shadow_line(program->codes[top], cell, program->untimed[top], 1);
    } else if (what == 6) { /* a generator gives a value */
        struct site *generator = &program->generators[chance(program, GENERATORS)];
        resume(generator, (uint64_t)(uintptr_t)generator, 0, chance(program, 3) == 0);
        leave(generator, true);
    } else if (what < 10 && program->depth < program->most_depth && program->known) {
        enter_function(program, (int)chance(program, (unsigned)program->known));
    } else if (program->depth) {
        leave_function(program);
    }
}

__attribute__((unused)) static void begin_program(struct program *program, unsigned seed) {
    *program = (struct program){.random_state = seed, .most_depth = MOST_DEPTH, .most_known = FUNCTIONS,
                                .builtin = {.code = new_code("builtin")}};
    for (int i = 0; i < GENERATORS; i++)
        program->generators[i].code = new_code("generator");
    for (int i = 0; i < 5; i++)
        add_function(program);
}

/* Where time stands still between two events, activations in flight have the same time in both models. */
__attribute__((unused)) static void stop_the_clock(void) {
    profile_header()->run_clock = RUN_CLOCK_CPU;
    profile_header()->host_pid = 0;
    profile_header()->host_state = ARENA_HOST_RUNNING;
    profile_header()->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
}

/* Forgets the blocks, sites and sums of the program before. */
__attribute__((unused)) static void count_memory(struct program *program, bool counted) {
    begin_anew();
    program->allocates = counted;
    if (counted)
        profile_header()->collectors |= COLLECTOR_MEMORY;
}

/* --- comparing -------------------------------------------------------------------------------------------- */

static struct arena_reader *open_reader(void) {
    struct error error = {0};
    struct arena_reader *reader = arena_reader_open(fixture_path, &error);
    if (!reader)
        fail_msg("%s", error.text);
    return reader;
}

static struct model *whole_model(void) {
    struct error error = {0};
    struct arena_reader *reader = open_reader();
    struct model *model = arena_reader_model(reader, &error);
    if (!model)
        fail_msg("%s", error.text);
    arena_reader_close(reader);
    return model;
}

/* What a model that goes on keeps of memory. */
static void assert_same_memory(const struct model_allocations *wanted, const struct model_allocations *got) {
    assert_int_equal(got->allocated_bytes, wanted->allocated_bytes);
    assert_int_equal(got->allocated_count, wanted->allocated_count);
    assert_int_equal(got->live_bytes, wanted->live_bytes);
    assert_int_equal(got->live_count, wanted->live_count);
    assert_int_equal(got->peak_bytes, wanted->peak_bytes);
    assert_int_equal(got->peak_count, wanted->peak_count);
    assert_int_equal(got->temporary_count, wanted->temporary_count);
}

static void assert_same_line(const struct model_line *wanted, const struct model_line *got) {
    assert_int_equal(got->function, wanted->function);
    assert_int_equal(got->line, wanted->line);
    assert_int_equal(got->hits, wanted->hits);
    assert_int_equal(got->self_ns, wanted->self_ns);
    assert_int_equal(got->total_ns, wanted->total_ns);
    assert_int_equal(got->instructions, wanted->instructions);
}

static void assert_same_functions(const struct model *whole, const struct model *next) {
    assert_int_equal(next->function_count, whole->function_count);
    for (size_t i = 0; i < whole->function_count; i++) {
        const struct model_function *wanted = &whole->functions[i], *got = &next->functions[i];
        assert_string_equal(got->qualname, wanted->qualname);
        assert_string_equal(got->file, wanted->file);
        assert_int_equal(got->calls, wanted->calls);
        assert_int_equal(got->primitive_calls, wanted->primitive_calls);
        assert_int_equal(got->self_ns, wanted->self_ns);
        assert_int_equal(got->total_ns, wanted->total_ns);
        assert_int_equal(got->flags, wanted->flags);
        assert_same_memory(&wanted->memory, &got->memory);
        assert_same_memory(&wanted->total_memory, &got->total_memory);
        uint32_t row = 0;
        for (uint32_t k = 0; k < wanted->line_row_count; k++) {
            const struct model_line *line = &whole->lines[wanted->first_line_row + k];
            if (line->hits == MODEL_UNKNOWN)
                continue; /* there for its memory, which such a model has in its sites alone */
            assert_true(row < got->line_row_count);
            assert_same_line(line, &next->lines[got->first_line_row + row++]);
        }
        assert_int_equal(row, got->line_row_count);
    }
}

static void assert_same_paths(const struct model *whole, const struct model *next) {
    assert_int_equal(next->node_count, whole->node_count);
    for (size_t i = 0; i < whole->node_count; i++) {
        assert_int_equal(next->nodes[i].parent, whole->nodes[i].parent);
        assert_int_equal(next->nodes[i].function, whole->nodes[i].function);
        assert_int_equal(next->nodes[i].calls, whole->nodes[i].calls);
        assert_int_equal(next->nodes[i].primitive_calls, whole->nodes[i].primitive_calls);
        assert_int_equal(next->nodes[i].self_ns, whole->nodes[i].self_ns);
        assert_int_equal(next->nodes[i].total_ns, whole->nodes[i].total_ns);
    }
    assert_int_equal(next->edge_count, whole->edge_count);
    for (size_t i = 0; i < whole->edge_count; i++)
        assert_memory_equal(&next->edges[i], &whole->edges[i], sizeof *whole->edges);
    assert_int_equal(next->thread_count, whole->thread_count);
    for (size_t i = 0; i < whole->thread_count; i++) {
        assert_int_equal(next->threads[i].self_ns, whole->threads[i].self_ns);
        assert_int_equal(next->threads[i].calls, whole->threads[i].calls);
    }
    assert_int_equal(next->thread_function_count, whole->thread_function_count);
    for (size_t i = 0; i < whole->thread_function_count; i++)
        assert_memory_equal(&next->thread_functions[i], &whole->thread_functions[i], sizeof *whole->thread_functions);
    assert_int_equal(next->overhead_ns, whole->overhead_ns);
}

static bool is_at(const struct model_site *a, const struct model_site *b) {
    return a->node == b->node && a->function == b->function && a->line == b->line;
}

/* Threads' sites of one place are one where they are not packed. */
static void assert_same_sites(const struct model *whole, const struct model *next) {
    uint64_t allocated = 0, wanted_allocated = 0;
    assert_int_equal(next->heap.live_bytes, whole->heap.live_bytes);
    assert_int_equal(next->heap.peak_bytes, whole->heap.peak_bytes);
    for (size_t i = 0; i < model_site_total(next); i++)
        allocated += model_site_at(next, i).memory.allocated_count;
    for (size_t i = 0; i < whole->site_count; i++) {
        struct model_allocations sum = {0};
        wanted_allocated += whole->sites[i].memory.allocated_count;
        for (size_t k = 0; k < model_site_total(next); k++) {
            struct model_site site = model_site_at(next, k);
            if (is_at(&site, &whole->sites[i]))
                model_add_allocations(&sum, &site.memory);
        }
        assert_same_memory(&whole->sites[i].memory, &sum);
    }
    assert_int_equal(allocated, wanted_allocated);
}

/* Makes the next model and holds it against one that is made as a whole. */
__attribute__((unused)) static struct model *go_on(struct arena_reader *reader, struct model *before) {
    struct error error = {0};
    struct model *next = arena_reader_next(reader, before, &error);
    if (!next)
        fail_msg("%s", error.text);
    assert_true(model_complete(next, before));
    model_free(before);
    struct model *whole = whole_model();
    assert_same_functions(whole, next);
    assert_same_paths(whole, next);
    assert_same_sites(whole, next);
    assert_null(session_validate(next));
    model_free(whole);
    return next;
}

#endif
