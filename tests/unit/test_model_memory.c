/* Whose memory is whose: sites given to call nodes, functions and lines; kept in a child's model; summed over processes. */
#include "tests/unit/model_fixture.h"

#include "core/profile/model_compact.h"
#include "core/profile/model_memory.h"
#include "core/profile/model_sites.h"
#include "core/session/validate.h"

/* Numbers that a sum tells apart. */
static struct model_allocations amount(uint64_t n) {
    return (struct model_allocations){n, 2 * n, 3 * n, 4 * n, 5 * n, 6 * n, 7 * n, 8 * n, 9 * n, 10 * n, 11 * n};
}

static void expect_amount(const struct model_allocations *memory, uint64_t n, uint64_t highest) {
    struct model_allocations expected = amount(n);
    expected.highest_bytes = 11 * highest;
    assert_memory_equal(memory, &expected, sizeof expected);
}

static void add_site(struct model *model, uint32_t node, uint32_t function, uint32_t line, uint64_t n) {
    model->sites = fixture_grow(model->sites, model->site_count, sizeof *model->sites);
    model->sites[model->site_count++] = (struct model_site){node, function, line, amount(n)};
}

static uint32_t add_function(struct model *model, const char *name) {
    return fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 1, name, 0, 0, 0, 0);
}

/* --- order ------------------------------------------------------------------------------------------------ */

static void sites_come_into_order(void **state) {
    (void)state;
    struct model *model = model_new();
    add_function(model, "f");
    add_function(model, "g");
    for (int i = 0; i < 3; i++)
        fixture_node(model, 0, (uint32_t)i, 0, 0, 0);
    add_site(model, 2, 2, 5, 1);
    add_site(model, 1, 1, 1 << 16, 2);
    add_site(model, 1, 1, UINT32_MAX, 4);
    add_site(model, 0, 0, 0, 0); /* nothing */
    add_site(model, 1, 2, 5, 8);
    add_site(model, 1, 1, 7, 16);
    add_site(model, 2, 2, 5, 32); /* as the first */
    uint32_t rows[7];
    assert_true(model_merge_sites(model, rows));
    assert_int_equal(model->site_count, 5);
    const uint32_t expected[] = {4, 1, 2, MODEL_NO_SITE, 3, 0, 4};
    assert_memory_equal(rows, expected, sizeof expected);
    const struct { uint32_t node, function, line; uint64_t n; } places[] = {
        {1, 1, 7, 16}, {1, 1, 1 << 16, 2}, {1, 1, UINT32_MAX, 4}, {1, 2, 5, 8}, {2, 2, 5, 33}};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(model->sites[i].node, places[i].node);
        assert_int_equal(model->sites[i].function, places[i].function);
        assert_int_equal(model->sites[i].line, places[i].line);
        expect_amount(&model->sites[i].memory, places[i].n, i == 4 ? 32 : places[i].n);
    }
    model_free(model);
}

/* --- spreading -------------------------------------------------------------------------------------------- */

/* f calls g calls f calls h, f calls h; h stands alone as well. The tree is not folded, as that of another tool might be. */
static struct model *recursive(void) {
    struct model *model = model_new();
    add_function(model, "f");
    add_function(model, "g");
    add_function(model, "h");
    const uint32_t parents[] = {0, 0, 1, 2, 3, 1, 0}, functions[] = {0, 1, 2, 1, 3, 3, 3};
    for (size_t i = 0; i < 7; i++)
        fixture_node(model, parents[i], functions[i], 0, 0, 0);
    fixture_line(model, 3, 30, 5, 6, 7);
    fixture_line(model, 3, 32, 8, 9, 10);
    model->functions[2].first_line_row = 1; /* no rows: says nothing */
    add_site(model, 0, 0, 0, 1);
    add_site(model, 0, 1, 10, 2); /* the path is not known */
    add_site(model, 1, 1, 10, 4);
    add_site(model, 3, 1, 10, 8);
    add_site(model, 2, 2, 0, 16); /* the line is not known */
    add_site(model, 5, 3, 31, 32);
    add_site(model, 6, 3, 31, 64);
    add_site(model, 4, 3, 32, 128);
    add_site(model, 4, 3, 33, 256);
    return model;
}

static void recursion_counts_once(void **state) {
    (void)state;
    struct model *model = recursive();
    assert_true(model_spread_memory(model));
    const uint64_t self[] = {1, 2 + 4 + 8, 16, 32 + 64 + 128 + 256}, highest_self[] = {1, 8, 16, 256};
    const uint64_t total[] = {511, 2 + 4 + 8 + 16 + 32 + 128 + 256, 8 + 16 + 128 + 256, 32 + 64 + 128 + 256};
    for (int i = 0; i < 4; i++) {
        expect_amount(&model->functions[i].memory, self[i], highest_self[i]);
        expect_amount(&model->functions[i].total_memory, total[i], 256);
    }
    const uint64_t nodes[] = {3, 4, 16, 8, 384, 32, 64}, with_below[] = {511, 444, 408, 392, 384, 32, 64};
    for (int i = 0; i < 7; i++) {
        assert_int_equal(model_node_memory(model, &model->nodes[i])->memory.allocated_count, nodes[i]);
        assert_int_equal(model_node_memory(model, &model->nodes[i])->total_memory.allocated_count, with_below[i]);
    }
    model_free(model);
}

static void lines_get_rows_for_their_memory(void **state) {
    (void)state;
    struct model *model = recursive();
    assert_true(model_spread_memory(model));
    assert_null(session_validate(model));
    assert_int_equal(model->line_count, 5);
    const struct { uint32_t function, line; uint64_t hits, self_ns, n; } rows[] = {
        {1, 10, MODEL_UNKNOWN, MODEL_UNKNOWN, 14}, {3, 30, 5, 6, 0}, {3, 31, MODEL_UNKNOWN, MODEL_UNKNOWN, 96}, {3, 32, 8, 9, 128},
        {3, 33, MODEL_UNKNOWN, MODEL_UNKNOWN, 256}};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(model->lines[i].function, rows[i].function);
        assert_int_equal(model->lines[i].line, rows[i].line);
        assert_int_equal(model->lines[i].hits, rows[i].hits);
        assert_int_equal(model->lines[i].self_ns, rows[i].self_ns);
        assert_int_equal(model->lines[i].memory.allocated_count, rows[i].n);
    }
    assert_int_equal(model->functions[1].line_row_count, 1);
    assert_int_equal(model->functions[2].line_row_count, 0);
    assert_int_equal(model->functions[3].first_line_row, 1);
    assert_int_equal(model->functions[3].line_row_count, 4);
    model_free(model);
}

static void without_sites_nothing_changes(void **state) {
    (void)state;
    struct model *model = recursive();
    model->site_count = 0;
    const struct model_line *lines = model->lines;
    assert_true(model_spread_memory(model));
    assert_ptr_equal(model->lines, lines);
    assert_int_equal(model->line_count, 2);
    model_free(model);
}

/* A model without a call tree: a run that counted no calls. */
static void no_tree_is_needed(void **state) {
    (void)state;
    struct model *model = model_new();
    add_function(model, "f");
    add_site(model, 0, 0, 0, 1);
    add_site(model, 0, 1, 3, 2);
    assert_true(model_spread_memory(model));
    expect_amount(&model->functions[1].memory, 2, 2);
    expect_amount(&model->functions[1].total_memory, 2, 2);
    expect_amount(&model->functions[0].memory, 1, 1);
    expect_amount(&model->functions[0].total_memory, 3, 2);
    assert_int_equal(model->line_count, 1);
    model_free(model);
}

/* A chain as deep as a tree can be. */
static void deep_trees_are_walked(void **state) {
    (void)state;
    enum { DEPTH = 200000 };
    struct model *model = model_new();
    add_function(model, "f");
    add_function(model, "g");
    fixture_node(model, 0, 0, 0, 0, 0);
    for (uint32_t i = 1; i < DEPTH; i++)
        fixture_node(model, i - 1, 1 + i % 2, 0, 0, 0);
    add_site(model, DEPTH - 1, 2, 1, 1);
    assert_true(model_spread_memory(model));
    expect_amount(&model->functions[1].total_memory, 1, 1);
    expect_amount(&model->functions[2].total_memory, 1, 1);
    expect_amount(&model_node_memory(model, &model->nodes[0])->total_memory, 1, 1);
    model_free(model);
}

/* --- compacting ------------------------------------------------------------------------------------------- */

/* Nothing was called, so nothing but the paths of sites stays: 1 -> 2, and function 4. */
static void what_allocated_stays(void **state) {
    (void)state;
    struct model *model = model_new();
    for (int i = 0; i < 5; i++)
        add_function(model, (const char *[]){"a", "b", "c", "d", "e"}[i]);
    const uint32_t parents[] = {0, 0, 0, 2, 3}, functions[] = {0, 5, 1, 2, 3};
    for (size_t i = 0; i < 5; i++)
        fixture_node(model, parents[i], functions[i], 0, 0, 0);
    add_site(model, 0, 0, 0, 1);
    add_site(model, 3, 2, 20, 2);
    add_site(model, 3, 4, 40, 4);
    assert_true(model_compact(model));
    assert_true(model_spread_memory(model));
    assert_null(session_validate(model));
    assert_int_equal(model->function_count, 4);
    assert_int_equal(model->node_count, 3);
    assert_int_equal(model->site_count, 3);
    const char *const names[] = {"", "a", "b", "d"};
    for (int i = 1; i < 4; i++)
        assert_string_equal(model->functions[i].name, names[i]);
    assert_int_equal(model->sites[1].node, 2);
    assert_int_equal(model->sites[1].function, 2);
    assert_int_equal(model->sites[2].node, 2);
    assert_int_equal(model->sites[2].function, 3);
    expect_amount(&model->functions[1].total_memory, 6, 4);
    expect_amount(&model->functions[2].memory, 6, 4);
    assert_int_equal(model->line_count, 2);
    assert_int_equal(model->lines[1].function, 3);
    assert_int_equal(model->lines[1].line, 40);
    model_free(model);
}

/* --- the sum over processes ------------------------------------------------------------------------------- */

/* The three processes of the fixture: see there for their functions and nodes. */
static struct model *with_memory(void) {
    struct model *program = fixture_processes(), *fork = program->children[0], *command = program->children[1];
    program->collectors |= COLLECTOR_MEMORY;
    add_site(program, 1, 1, 3, 1);
    add_site(program, 2, 2, 10, 2);
    add_site(fork, 0, 0, 0, 4);
    add_site(fork, 2, 2, 10, 8);  /* abs below work, which the program itself called: the fork's own path */
    add_site(fork, 1, 2, 11, 16);
    add_site(command, 2, 1, 2, 32);
    add_site(command, 1, 1, 5, 64);
    program->heap = (struct model_heap){18, 3, 24, 100, 1, 2, 3, 4, 5, 1, 0, 0, 0};
    fork->heap = (struct model_heap){168, 0, 224, 200, 10, 20, 30, 40, 50, 1, 0, 1, 0};
    command->heap = (struct model_heap){576, 7, 768, 300, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (size_t i = 0; i < 2; i++)
        assert_true(model_spread_memory(program->children[i]));
    assert_true(model_spread_memory(program));
    return program;
}

static void sites_of_all_processes_are_summed(void **state) {
    (void)state;
    struct model *program = with_memory();
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    assert_null(session_validate(all));
    assert_int_equal(all->site_count, 7);
    struct model_allocations sum = {0};
    for (size_t i = 0; i < all->site_count; i++)
        model_add_allocations(&sum, &all->sites[i].memory);
    expect_amount(&sum, 127, 64);
    expect_amount(&all->functions[0].total_memory, 127, 64);
    expect_amount(&all->functions[1].memory, 1, 1);          /* main */
    expect_amount(&all->functions[1].total_memory, 3, 2);
    expect_amount(&all->functions[2].memory, 18, 16);        /* work */
    expect_amount(&all->functions[2].total_memory, 26, 16);
    expect_amount(&all->functions[3].memory, 40, 32);        /* abs, of the fork and of the command */
    expect_amount(&all->functions[4].total_memory, 96, 64);  /* tool */
    assert_int_equal(model_node_memory(all, &all->nodes[0])->total_memory.allocated_count, 127);
    model_free(program);
}

static const struct model_line *find_line(const struct model *model, uint32_t function, uint32_t line) {
    for (size_t i = 0; i < model->line_count; i++)
        if (model->lines[i].function == function && model->lines[i].line == line)
            return &model->lines[i];
    fail_msg("no row of line %u", line);
    return NULL;
}

/* A row that one process has for its memory alone does not make the others' counts unknown. */
static void lines_of_all_processes_are_summed(void **state) {
    (void)state;
    struct model *program = with_memory();
    struct model *fork = program->children[0];
    memmove(fork->lines, fork->lines + 1, (fork->line_count - 1) * sizeof *fork->lines);
    fork->line_count--;
    fork->functions[2].line_row_count--;
    assert_int_equal(fork->lines[0].line, 11);
    fork->lines[0].hits = fork->lines[0].self_ns = fork->lines[0].total_ns = MODEL_UNKNOWN;
    fork->lines[0].line = 10;
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    assert_int_equal(find_line(all, 2, 10)->hits, 2); /* the program's */
    assert_int_equal(find_line(all, 2, 10)->memory.allocated_count, 10);
    assert_int_equal(find_line(all, 2, 11)->hits, MODEL_UNKNOWN);
    assert_int_equal(find_line(all, 2, 11)->memory.allocated_count, 16);
    assert_int_equal(find_line(all, 2, 12)->memory.allocated_count, 0);
    model_free(program);
}

static void the_heap_is_that_of_all(void **state) {
    (void)state;
    struct model *program = with_memory();
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model_heap *heap = &program->all->heap;
    assert_int_equal(heap->live_bytes, 762);
    assert_int_equal(heap->native_bytes, 10);
    assert_int_equal(heap->peak_bytes, 1016);
    assert_int_equal(heap->peak_t_ns, MODEL_UNKNOWN);
    assert_int_equal(heap->profiler_bytes, 11);
    assert_int_equal(heap->unknown_frees, 22);
    assert_int_equal(heap->uncounted_allocations, 33);
    assert_int_equal(heap->paused_count, 44);
    assert_int_equal(heap->paused_ns, 55);
    assert_int_equal(heap->native, 1);
    assert_int_equal(heap->allocator_replaced, 1);
    model_free(program);
}

#define SET(rows, count, ...)                                                                            \
    do {                                                                                                 \
        const typeof(*(rows)) given[] = {__VA_ARGS__};                                                   \
        (rows) = memcpy(malloc(sizeof given), given, sizeof given);                                      \
        (count) = sizeof given / sizeof *given;                                                          \
    } while (0)

static void types_are_summed_by_name(void **state) {
    (void)state;
    struct model *program = with_memory(), *command = program->children[1];
    SET(program->types, program->type_count, {"dict", 2, 200}, {"list", 1, 100});
    SET(command->types, command->type_count, {"tuple", 7, 250}, {"list", 3, 180});
    program->census_t_ns = 900;
    command->census_t_ns = 5000; /* it began 4123 after the program */
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    assert_int_equal(all->census_t_ns, 5000 + 4123);
    assert_int_equal(all->type_count, 3);
    const struct model_type expected[] = {{"list", 4, 280}, {"tuple", 7, 250}, {"dict", 2, 200}};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(all->types[i].name, expected[i].name);
        assert_int_equal(all->types[i].count, expected[i].count);
        assert_int_equal(all->types[i].bytes, expected[i].bytes);
    }
    model_free(program);
}

static void the_timeline_is_the_programs(void **state) {
    (void)state;
    struct model *program = with_memory();
    SET(program->marks, program->mark_count, {7, "phase"});
    program->samples[0].growth[0].site = 1;
    program->samples[0].growth[0].bytes = 99;
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    assert_int_equal(all->mark_count, 1);
    assert_int_equal(all->marks[0].t_ns, 7);
    assert_string_equal(all->marks[0].name, "phase");
    const struct model_site *grown = &all->sites[all->samples[0].growth[0].site];
    assert_int_equal(grown->line, 10);
    expect_amount(&grown->memory, 2, 2);
    assert_int_equal(all->samples[0].growth[1].site, MODEL_NO_SITE);
    model_free(program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_come_into_order),
        cmocka_unit_test(recursion_counts_once),
        cmocka_unit_test(lines_get_rows_for_their_memory),
        cmocka_unit_test(without_sites_nothing_changes),
        cmocka_unit_test(no_tree_is_needed),
        cmocka_unit_test(deep_trees_are_walked),
        cmocka_unit_test(what_allocated_stays),
        cmocka_unit_test(sites_of_all_processes_are_summed),
        cmocka_unit_test(lines_of_all_processes_are_summed),
        cmocka_unit_test(the_heap_is_that_of_all),
        cmocka_unit_test(types_are_summed_by_name),
        cmocka_unit_test(the_timeline_is_the_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
