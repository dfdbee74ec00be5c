/* What views make of packed sites, which a run that goes on has, is what they make of sites that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/profile/model_memory.h"
#include "core/profile/model_sites.h"
#include "core/profile/packed_sites.h"
#include "tui/view/group_totals.h"
#include "tui/view/memory_rows.h"
#include "tui/view/path_tree.h"
#include "tui/view/source_numbers.h"

enum { GROUPS = 3, LINES = 8, FUNCTIONS = 30, NODES = 400, SITES = 900, PROGRAMS = 20 };

/* The program itself is no path. */
static void assert_same_nodes(const struct path_tree *wanted, const struct path_tree *got) {
    for (size_t node = 1; node < wanted->model->node_count; node++) {
        assert_int_equal(got->slots[node + 1].total, wanted->slots[node + 1].total);
        assert_int_equal(path_tree_self(got, node), path_tree_self(wanted, node));
        assert_int_equal(path_tree_memory(got, node, true), path_tree_memory(wanted, node, true));
        assert_int_equal(path_tree_memory(got, node, false), path_tree_memory(wanted, node, false));
    }
}

/* Of the paths below the root, which stand in one order where they differ in what is measured. */
static void assert_same_first_paths(struct path_tree *wanted, struct path_tree *got) {
    assert_true(path_tree_open(wanted, PATH_ROOT));
    assert_true(path_tree_open(got, PATH_ROOT));
    assert_int_equal(got->paths[PATH_ROOT].count, wanted->paths[PATH_ROOT].count);
    assert_int_equal(got->paths[PATH_ROOT].total, wanted->paths[PATH_ROOT].total);
    for (uint32_t i = 0; i < wanted->paths[PATH_ROOT].count; i++) {
        const struct path *path = path_tree_count(wanted, wanted->paths[PATH_ROOT].first + i);
        const struct path *same = path_tree_count(got, got->paths[PATH_ROOT].first + i);
        assert_int_equal(same->function, path->function);
        assert_int_equal(same->total, path->total);
        assert_int_equal(same->self, path->self);
        assert_int_equal(same->memory, path->memory);
    }
}

static void assert_same_trees(const struct model *whole, const struct model *next) {
    for (int i = 0; i < 4 * MEMORY_MEASURE_COUNT; i++) {
        struct path_choice choice = {.inverted = i % 2, .memory = i / 2 % 2, .measure = (enum memory_measure)(i / 4),
                                     .beside = true};
        struct path_tree wanted = {0}, got = {0};
        assert_true(path_tree_build(&wanted, whole, &choice));
        assert_true(path_tree_build(&got, next, &choice));
        path_tree_need_memory(&got);
        assert_same_nodes(&wanted, &got);
        assert_same_first_paths(&wanted, &got);
        path_tree_free(&wanted);
        path_tree_free(&got);
    }
}

static const struct memory_row *same_row(const struct memory_rows *rows, const struct memory_row *row) {
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i].kind == row->kind && rows->rows[i].function == row->function && rows->rows[i].line == row->line)
            return &rows->rows[i];
    return NULL;
}

static void assert_same_rows(const struct model *whole, const struct model *next, const struct memory_choice *choice) {
    struct memory_rows wanted = {0}, got = {0};
    assert_true(memory_rows_build(&wanted, whole, choice));
    assert_true(memory_rows_build(&got, next, choice));
    assert_int_equal(got.total, wanted.total);
    assert_int_equal(got.count, wanted.count);
    for (size_t i = 0; i < wanted.count && !choice->tree; i++) { /* a tree has a function more than once */
        const struct memory_row *row = same_row(&got, &wanted.rows[i]);
        assert_non_null(row);
        assert_int_equal(row->bytes, wanted.rows[i].bytes);
        assert_int_equal(row->count, wanted.rows[i].count);
        assert_int_equal(row->growing_bytes, wanted.rows[i].growing_bytes);
        assert_int_equal(row->growing_calls, wanted.rows[i].growing_calls);
    }
    memory_rows_free(&wanted);
    memory_rows_free(&got);
}

static void assert_same_groups(const struct model *whole, const struct model *next) {
    uint32_t *of_function = calloc(whole->function_count, sizeof *of_function);
    struct model_function wanted[GROUPS] = {0}, got[GROUPS] = {0};
    assert_non_null(of_function);
    for (size_t id = 1; id < whole->function_count; id++)
        of_function[id] = id % GROUPS;
    bool done = group_totals_add(whole, of_function, wanted, GROUPS);
    assert_int_equal(group_totals_add(next, of_function, got, GROUPS), done);
    for (int i = 0; i < GROUPS; i++) {
        assert_int_equal(got[i].total_memory.peak_bytes, wanted[i].total_memory.peak_bytes);
        assert_int_equal(got[i].total_memory.live_bytes, wanted[i].total_memory.live_bytes);
        assert_int_equal(got[i].total_memory.allocated_bytes, wanted[i].total_memory.allocated_bytes);
        assert_int_equal(got[i].total_memory.temporary_count, wanted[i].total_memory.temporary_count);
    }
    free(of_function);
}

static void assert_same_source(const struct model *whole, const struct model *next, uint32_t function) {
    struct source_numbers wanted = {0}, got = {0};
    assert_true(source_numbers_build(&wanted, whole, "f.py", function, LINES, MEMORY_PEAK));
    assert_true(source_numbers_build(&got, next, "f.py", function, LINES, MEMORY_PEAK));
    for (int i = 0; i < LINES; i++) {
        assert_int_equal(got.lines[i].memory.allocated_bytes, wanted.lines[i].memory.allocated_bytes);
        assert_int_equal(got.lines[i].memory.live_count, wanted.lines[i].memory.live_count);
        assert_int_equal(got.lines[i].memory.peak_bytes, wanted.lines[i].memory.peak_bytes);
        assert_int_equal(got.lines[i].owner == function, wanted.lines[i].owner == function);
        assert_int_equal(got.lines[i].owner == 0, wanted.lines[i].owner == 0);
        assert_true(got.lines[i].memory_share == wanted.lines[i].memory_share);
    }
    source_numbers_free(&wanted);
    source_numbers_free(&got);
}

static void assert_same_views(const struct model *whole, const struct model *next) {
    assert_same_trees(whole, next);
    assert_same_groups(whole, next);
    for (uint32_t id = 1; id < FUNCTIONS; id++)
        assert_same_source(whole, next, id);
    for (int mode = MEMORY_MODE_PEAK; mode <= MEMORY_MODE_LEFT; mode++)
        for (int tree = 0; tree < 2; tree++) {
            struct memory_choice choice = {.mode = (enum memory_mode)mode, .tree = tree};
            assert_same_rows(whole, next, &choice);
        }
}

/* --- the models ------------------------------------------------------------------------------------------- */

static unsigned random_state;

static unsigned chance(unsigned below) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static void fill_functions(struct model *model) {
    model->functions = realloc(model->functions, FUNCTIONS * sizeof *model->functions);
    assert_non_null(model->functions);
    model->function_count = FUNCTIONS;
    for (int id = 1; id < FUNCTIONS; id++)
        model->functions[id] = (struct model_function){.file = "f.py", .name = "f", .qualname = "f", .line = 1,
                                                       .kind = id % 4 ? MODEL_FUNCTION_PYTHON : MODEL_FUNCTION_C,
                                                       .instructions = MODEL_UNKNOWN};
}

static void fill_nodes(struct model *model) {
    model->nodes = calloc(NODES, sizeof *model->nodes);
    assert_non_null(model->nodes);
    model->node_count = NODES;
    for (unsigned i = 1; i < NODES; i++)
        model->nodes[i] = (struct model_node){.parent = chance(i), .function = 1 + chance(FUNCTIONS - 1), .calls = 1 + chance(9),
                                              .self_ns = 1 + chance(1000)};
}

/* Some numbers are large. Blocks without a byte are left out here: views pass over sites that have nothing else. */
static struct site_numbers random_numbers(void) {
    uint64_t unit = chance(20) ? 1 : UINT64_C(1) << 33;
    return (struct site_numbers){unit * chance(1000), 1 + chance(1000), unit * (1 + chance(900)), chance(30),
                                 unit * (1 + chance(900)), chance(30), chance(500)};
}

/* The same random functions, paths and sites, in `next` packed as they come, in `whole` in order. */
static void make_models(unsigned seed, struct model **whole, struct model **next) {
    struct model *const models[] = {*whole = model_new(), *next = model_new()};
    uint32_t *rows = calloc(SITES, sizeof *rows);
    for (int i = 0; i < 2; i++) {
        assert_non_null(models[i]);
        random_state = seed;
        fill_functions(models[i]);
        fill_nodes(models[i]);
    }
    (*whole)->sites = calloc(SITES, sizeof *(*whole)->sites);
    (*next)->packed_sites = calloc(1, sizeof *(*next)->packed_sites);
    assert_true(rows && (*whole)->sites && (*next)->packed_sites);
    for (uint32_t i = 0, count = 0; i < SITES; i++) {
        uint32_t node = (7 * i) % NODES, function = (*next)->nodes[node].function;
        struct site_change change = {count, node, function, function % 4 ? 1 + i / NODES : 0, random_numbers()};
        if (!change.line && i >= NODES)
            continue; /* each place once: sites of several threads that are one when they are not packed grow together */
        assert_true(packed_sites_reserve((*next)->packed_sites, &change, 1, FUNCTIONS));
        packed_sites_set((*next)->packed_sites, &change);
        (*whole)->sites[count] = model_site_at(*next, count);
        assert_int_equal((*whole)->sites[count++].memory.live_bytes, change.numbers.live_bytes);
    }
    (*whole)->site_count = model_site_total(*next);
    assert_true(model_merge_sites(*whole, rows) && model_spread_memory(*whole));
    free(rows);
}

static void views_of_packed_sites(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= PROGRAMS; seed++) {
        struct model *whole, *next;
        make_models(seed, &whole, &next);
        assert_same_views(whole, next);
        model_free(whole);
        model_free(next);
    }
}

/* Numbers that grow and numbers that become less, over the border of what has room in a narrow row. */
static void numbers_of_any_size(void **state) {
    (void)state;
    static const uint64_t values[] = {0, 1, UINT16_MAX - 1, UINT16_MAX, UINT64_C(1) << 32, 7, UINT64_MAX, 3};
    struct packed_sites *sites = calloc(1, sizeof *sites);
    assert_non_null(sites);
    for (size_t i = 0; i < 8 * 8; i++) {
        uint64_t a = values[i % 8], b = values[i / 8];
        struct site_change change = {(uint32_t)(i % 3), 4, 5, 6, {a, b, 1, b, a, 2, b}};
        assert_true(packed_sites_reserve(sites, &change, 1, 10));
        packed_sites_set(sites, &change);
        struct site_numbers numbers = packed_sites_numbers(sites, i % 3);
        assert_memory_equal(&numbers, &change.numbers, sizeof numbers);
        assert_int_equal(sites->rows[i % 3].line, 6);
    }
    assert_int_equal(sites->count, 3);
    packed_sites_free(sites);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_of_packed_sites),
        cmocka_unit_test(numbers_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
