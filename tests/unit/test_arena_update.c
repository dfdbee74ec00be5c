/* A model that is made of the one before it is the one that is made as a whole: random programs of calls, recursion, generators,
 * C calls and lines run by probes, on one thread and on two, and both models are compared row by row after every stretch. */
#include <pthread.h>
#include <semaphore.h>

#include "core/profile/model_update.h"
#include "core/session/validate.h"
#include "pyprof/arena_reader.h"
#include "tests/unit/probe_fixture.h"

enum { FUNCTIONS = 40, LINES = 3, GENERATORS = 4, MOST_DEPTH = 12, STRETCHES = 60 };

/* A function of the program that is run, as each thread knows it. */
struct program {
    unsigned random_state;
    uint32_t codes[FUNCTIONS], cells[FUNCTIONS], untimed[FUNCTIONS];
    struct site sites[FUNCTIONS], builtin;
    struct site generators[GENERATORS];
    int stack[MOST_DEPTH + 1], depth, known, most_depth, most_known;
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

static void one_event(struct program *program) {
    unsigned what = chance(program, 12);
    int top = program->depth ? program->stack[program->depth - 1] : -1;
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

static void begin_program(struct program *program, unsigned seed) {
    *program = (struct program){.random_state = seed, .most_depth = MOST_DEPTH, .most_known = FUNCTIONS,
                                .builtin = {.code = new_code("builtin")}};
    for (int i = 0; i < GENERATORS; i++)
        program->generators[i].code = new_code("generator");
    for (int i = 0; i < 5; i++)
        add_function(program);
}

/* Where time stands still between two events, activations in flight have the same time in both models. */
static void stop_the_clock(void) {
    profile_header()->run_clock = RUN_CLOCK_CPU;
    profile_header()->host_pid = 0;
    profile_header()->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
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
        assert_int_equal(got->line_row_count, wanted->line_row_count);
        for (uint32_t k = 0; k < wanted->line_row_count; k++)
            assert_memory_equal(&next->lines[got->first_line_row + k], &whole->lines[wanted->first_line_row + k],
                                sizeof *whole->lines);
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

/* Makes the next model and holds it against one that is made as a whole. */
static struct model *go_on(struct arena_reader *reader, struct model *before) {
    struct error error = {0};
    struct model *next = arena_reader_next(reader, before, &error);
    if (!next)
        fail_msg("%s", error.text);
    assert_true(model_complete(next, before));
    model_free(before);
    struct model *whole = whole_model();
    assert_same_functions(whole, next);
    assert_same_paths(whole, next);
    assert_null(session_validate(next));
    model_free(whole);
    return next;
}

/* --- the tests -------------------------------------------------------------------------------------------- */

static void one_thread(void **state) {
    (void)state;
    struct program program;
    struct arena_reader *reader;
    struct model *model = NULL;
    unsigned updates = 0;
    begin_program(&program, 1);
    stop_the_clock();
    reader = open_reader();
    for (int stretch = 0; stretch < STRETCHES; stretch++) {
        for (unsigned i = chance(&program, 200); i > 0; i--)
            one_event(&program);
        model = go_on(reader, model);
        updates += model->changes != NULL;
    }
    assert_int_equal(updates, STRETCHES - 1); /* all but the first */
    model_free(model);
    arena_reader_close(reader);
}

/* One stretch of a program on a thread of its own, again and again. */
struct other_thread { struct program program; sem_t go, done; bool ends; };

static void *run_other(void *data) {
    struct other_thread *other = data;
    for (;;) {
        while (sem_wait(&other->go))
            continue;
        if (other->ends)
            break;
        for (unsigned i = 0; i < 100; i++)
            one_event(&other->program);
        sem_post(&other->done);
    }
    while (other->program.depth)
        leave_function(&other->program);
    return NULL;
}

static void one_stretch(struct other_thread *other) {
    sem_post(&other->go);
    while (sem_wait(&other->done))
        continue;
}

/* Paths of both threads are the same rows; where new ones come with more than one thread a whole model is made. */
static void two_threads(void **state) {
    (void)state;
    static struct program program;
    static struct other_thread other;
    pthread_t thread;
    unsigned updates = 0;
    begin_program(&program, 2);
    program.most_depth = 2; /* soon all paths have been walked */
    program.most_known = 5;
    other.program = program;
    other.program.random_state = 3;
    sem_init(&other.go, 0, 0);
    sem_init(&other.done, 0, 0);
    stop_the_clock();
    assert_int_equal(pthread_create(&thread, NULL, run_other, &other), 0);
    struct arena_reader *reader = open_reader();
    struct model *model = NULL;
    for (int stretch = 0; stretch < 4 * STRETCHES; stretch++) {
        for (int i = 0; i < 100; i++)
            one_event(&program);
        one_stretch(&other);
        model = go_on(reader, model);
        updates += model->changes != NULL;
    }
    assert_true(updates > STRETCHES / 4);
    model_free(model);
    arena_reader_close(reader);
    other.ends = true;
    sem_post(&other.go);
    pthread_join(thread, NULL);
    sem_destroy(&other.go);
    sem_destroy(&other.done);
}

/* What nothing was called in is not looked at: the model says what changed. */
static void says_what_changed(void **state) {
    (void)state;
    struct site a = {.code = new_code("a")}, b = {.code = new_code("b")};
    stop_the_clock();
    for (int i = 0; i < 100; i++) {
        enter(&a, false);
        leave(&a, false);
        enter(&b, false);
        leave(&b, false);
    }
    struct arena_reader *reader = open_reader();
    struct model *model = go_on(reader, NULL);
    assert_null(model->changes);
    enter(&b, false);
    leave(&b, false);
    model = go_on(reader, model);
    assert_non_null(model->changes);
    assert_int_equal(model->changes->node_count, model->node_count);
    uint64_t calls = 0;
    for (size_t i = 0; i < model->changes->changed_count; i++) {
        assert_true(model->nodes[model->changes->nodes[i].node].function != a.code);
        calls += model->changes->nodes[i].calls;
    }
    assert_int_equal(calls, 1);
    model_free(model);
    arena_reader_close(reader);
}

/* A model that was thrown away is not gone on from. */
static void dropped_model(void **state) {
    (void)state;
    struct error error = {0};
    struct site a = {.code = new_code("dropped")};
    stop_the_clock();
    enter(&a, false);
    leave(&a, false);
    struct arena_reader *reader = open_reader();
    struct model *model = go_on(reader, NULL);
    enter(&a, false);
    leave(&a, false);
    model_free(arena_reader_next(reader, model, &error));
    enter(&a, false);
    leave(&a, false);
    model = go_on(reader, model);
    assert_null(model->changes);
    model_free(model);
    arena_reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread),
        cmocka_unit_test(says_what_changed),
        cmocka_unit_test(dropped_model),
        cmocka_unit_test(two_threads),
    };
    return cmocka_run_group_tests(tests, fixture_attach, fixture_remove);
}
