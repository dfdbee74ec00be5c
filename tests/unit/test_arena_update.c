/* A model that is made of the one before it is the one that is made as a whole: random programs of calls, recursion, generators,
 * C calls, lines and allocations, on one thread and on two, and both models are compared row by row after every stretch. */
#include <pthread.h>
#include <semaphore.h>

#include "tests/unit/update_fixture.h"

static void one_thread(unsigned seed, bool allocates) {
    struct program program;
    struct arena_reader *reader;
    struct model *model = NULL;
    unsigned updates = 0;
    begin_program(&program, seed);
    stop_the_clock();
    count_memory(&program, allocates);
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

static void calls_and_lines(void **state) {
    (void)state;
    one_thread(1, false);
}

static void memory_of_one_thread(void **state) {
    (void)state;
    for (unsigned seed = 4; seed < 10; seed++)
        one_thread(seed, true);
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
static void two_threads(bool allocates) {
    static struct program program;
    static struct other_thread other;
    pthread_t thread;
    unsigned updates = 0;
    begin_program(&program, 2);
    program.most_depth = 2; /* soon all paths have been walked */
    program.most_known = 5;
    stop_the_clock();
    count_memory(&program, allocates);
    other = (struct other_thread){.program = program};
    other.program.random_state = 3;
    other.program.first_block = BLOCKS;
    sem_init(&other.go, 0, 0);
    sem_init(&other.done, 0, 0);
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

static void calls_of_two_threads(void **state) {
    (void)state;
    two_threads(false);
}

static void memory_of_two_threads(void **state) {
    (void)state;
    two_threads(true);
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

/* A block that could not be reallocated is there again without being allocated: so a site can have the same numbers at another
 * high-water mark, though not as if nothing had happened. */
static void same_numbers_at_another_mark(void **state) {
    (void)state;
    struct program program;
    begin_program(&program, 30);
    stop_the_clock();
    count_memory(&program, true);
    enter_function(&program, 0);
    uint32_t site = site_here(&program);
    allocate(address(1), 50, site);
    allocate(address(2), 50, site);
    uint64_t entry = memory_take(address(2));
    memory_freed(entry, site, false);
    struct arena_reader *reader = open_reader();
    struct model *model = go_on(reader, NULL);
    memory_kept(address(2), entry, site);
    enter_function(&program, 1);
    allocate(address(3), 1000, site_here(&program));
    assert_int_equal(memory_take(address(2)), entry);
    memory_freed(entry, site, false);
    model = go_on(reader, model);
    assert_non_null(model->changes);
    assert_int_equal(model->heap.peak_bytes, 1100);
    model_free(model);
    arena_reader_close(reader);
    leave_function(&program);
    leave_function(&program);
}

/* A census's types have names that may be new, though no function is. */
static void types_that_come_while_it_runs(void **state) {
    (void)state;
    struct program program;
    begin_program(&program, 31);
    stop_the_clock();
    count_memory(&program, true);
    struct arena_reader *reader = open_reader();
    struct model *model = go_on(reader, go_on(reader, NULL));
    struct arena_type *types = profile_types(2);
    assert_non_null(types);
    types[0] = (struct arena_type){.name = profile_text("tree.Leaf"), .count = 3, .bytes = 300};
    types[1] = (struct arena_type){.name = profile_text("tree.Branch"), .count = 2, .bytes = 400};
    profile_header()->type_count = 2;
    profile_header()->census_t_ns = 5;
    for (int i = 0; i < 3; i++) {
        model = go_on(reader, model);
        assert_non_null(model->changes);
        assert_int_equal(model->type_count, 2);
        assert_string_equal(model->types[0].name, "tree.Branch");
        assert_string_equal(model->types[1].name, "tree.Leaf");
    }
    profile_header()->type_count = 0;
    profile_header()->census_t_ns = 0;
    model_free(model);
    arena_reader_close(reader);
}

/* One instruction of one function, as the recorder writes a disassembly. */
static void disassemble(uint32_t code) {
    struct arena_header *header = profile_header();
    char *base = (char *)header;
    strcpy(base + ARENA_TEXTS_AT + 1, "RESUME");
    header->texts_used = 1 + sizeof "RESUME";
    *(struct arena_instruction *)(base + ARENA_INSTRUCTIONS_AT) =
        (struct arena_instruction){.opname = 1, .line = 10, .jump_target = ARENA_NO_OFFSET};
    ((struct arena_disassembly *)(base + ARENA_DISASSEMBLY_AT))[code] =
        (struct arena_disassembly){.instruction_count = 1, .state = ARENA_DISASSEMBLY_THERE};
    header->instruction_count = 1;
}

/* Somebody asks for bytecode that is not counted: models that are made as a whole have it, and none goes on from one without it. */
static void instructions_that_come_while_it_runs(void **state) {
    (void)state;
    struct program program;
    begin_program(&program, 32);
    stop_the_clock();
    struct arena_reader *reader = open_reader();
    struct model *model = go_on(reader, go_on(reader, NULL));
    assert_non_null(model->changes);
    disassemble(program.codes[1]);
    for (int i = 0; i < 3; i++) {
        model = go_on(reader, model);
        assert_int_equal(model->instruction_row_count, 1);
        assert_int_equal(model->functions[program.codes[1]].instruction_row_count, 1);
        assert_string_equal(model->instruction_rows[0].opname, "RESUME");
    }
    profile_header()->instruction_count = 0;
    model_free(model);
    arena_reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_and_lines),
        cmocka_unit_test(memory_of_one_thread),
        cmocka_unit_test(says_what_changed),
        cmocka_unit_test(dropped_model),
        cmocka_unit_test(same_numbers_at_another_mark),
        cmocka_unit_test(types_that_come_while_it_runs),
        cmocka_unit_test(instructions_that_come_while_it_runs),
        cmocka_unit_test(calls_of_two_threads),
        cmocka_unit_test(memory_of_two_threads),
    };
    return cmocka_run_group_tests(tests, memory_attach, fixture_remove);
}
