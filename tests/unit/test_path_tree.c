/* Call paths as a tree, against sums made the long way round. */
#include "tests/unit/path_fixture.h"

#include "tui/view/path_tree.h"

static struct path_tree tree;

static void build(const struct model *model, bool inverted) {
    struct path_choice choice = {.inverted = inverted};
    assert_true(path_tree_build(&tree, model, &choice));
}

static bool is_root(const struct model *model, size_t node) { return model->nodes[node].parent == node; }

/* The functions from a node outwards, itself first. */
static size_t ancestors(const struct model *model, size_t node, uint32_t functions[64]) {
    size_t count = 0;
    for (;; node = model->nodes[node].parent) {
        if (model->nodes[node].function == 0)
            return count;
        assert_true(count < 64);
        functions[count++] = model->nodes[node].function;
        if (is_root(model, node))
            return count;
    }
}

/* Sum of self times of all nodes whose path begins with these functions: from the root, or inverted from the node. */
static uint64_t sum_along(const struct model *model, const uint32_t *functions, size_t count, bool inverted) {
    uint64_t sum = 0;
    for (size_t i = 0; i < model->node_count; i++) {
        uint32_t outwards[64];
        size_t depth = ancestors(model, i, outwards);
        bool same = depth >= count && depth > 0;
        for (size_t k = 0; same && k < count; k++)
            same = outwards[inverted ? k : depth - 1 - k] == functions[k];
        sum += same ? model->nodes[i].self_ns : 0;
    }
    return sum;
}

/* Every path down to a depth has what is measured along it, those below it are no more, and the largest come first. Where paths of
 * one function hang beside each other (in random trees), their sum is compared. */
static void check_below(const struct model *model, uint32_t above, bool inverted, int depth) {
    assert_true(path_tree_open(&tree, above));
    uint32_t first = tree.paths[above].first, count = tree.paths[above].count;
    uint64_t below = 0;
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t functions[PATH_DEPTH];
        size_t length = path_tree_functions(&tree, i, functions);
        below += tree.paths[i].total;
        assert_int_equal(tree.paths[i].depth, length);
        assert_true(i == first || tree.paths[i].total <= tree.paths[i - 1].total);
        if (inverted) /* one path a function: exactly */
            assert_int_equal(tree.paths[i].total, sum_along(model, functions, length, true));
        if (depth > 1)
            check_below(model, i, inverted, depth - 1);
    }
    if (!inverted)
        assert_int_equal(below + tree.paths[above].self, tree.paths[above].total);
    else
        assert_true(below <= tree.paths[above].total);
}

static void sums_of_random_trees(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        struct model *model = fixture_random_paths(20 + 10 * seed, 3 + seed % 9, seed);
        for (int inverted = 0; inverted < 2; inverted++) {
            build(model, inverted);
            assert_int_equal(tree.paths[PATH_ROOT].total, sum_along(model, NULL, 0, inverted));
            check_below(model, PATH_ROOT, inverted, 4);
        }
        model_free(model);
    }
}

/* A model of the run some time later: nodes have more, others are new, below known ones and below new ones. */
static void go_on(struct model *model, uint32_t seed) {
    struct model_changes *changes = model->changes;
    uint32_t functions = (uint32_t)model->function_count;
    changes->since = model->serial++;
    changes->node_count = model->node_count;
    changes->changed_count = 0;
    for (int i = 0; i < 40; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t node = (seed >> 8) % (uint32_t)model->node_count;
        if (i % 4 == 0)
            node = fixture_path(model, node, 1 + (seed >> 5) % (functions - 1), 0, 0, 0);
        uint64_t self_ns = seed % 100000;
        changes->nodes[changes->changed_count++] = (struct model_node_change){node, 1, 1, self_ns, self_ns};
        model->nodes[node].self_ns += self_ns;
        model->nodes[node].calls++;
    }
}

static void brought_up_to_the_next_model(void **state) {
    (void)state;
    struct path_choice choice = {0};
    for (uint32_t seed = 1; seed <= 10; seed++) {
        struct model *model = fixture_random_paths(20 + 30 * seed, 3 + seed % 9, seed);
        model->serial = 7;
        model->changes = calloc(1, sizeof *model->changes);
        model->changes->nodes = calloc(40, sizeof *model->changes->nodes);
        build(model, false);
        for (uint32_t times = 0; times < 12; times++) {
            go_on(model, seed * 100 + times);
            choice.inverted = times % 3 == 2;
            assert_true(path_tree_update(&tree, model, &choice));
            assert_int_equal(tree.count, 1);
            assert_int_equal(tree.paths[PATH_ROOT].total, sum_along(model, NULL, 0, choice.inverted));
            check_below(model, PATH_ROOT, choice.inverted, 4);
        }
        assert_false(path_tree_update(&tree, model, &choice)); /* which has changed since another one */
        go_on(model, seed);
        choice.memory = true;
        assert_false(path_tree_update(&tree, model, &choice));
        choice.memory = false;
        assert_true(path_tree_update(&tree, model, &choice));
        go_on(model, seed + 1);
        go_on(model, seed + 2);
        assert_false(path_tree_update(&tree, model, &choice)); /* one was not seen */
        model_free(model);
    }
}

/* Turned round twice it is the tree that it was, whatever was opened in between. */
static void inverting(void **state) {
    (void)state;
    struct model *model = fixture_random_paths(300, 12, 77);
    build(model, false);
    for (int i = 0; i < 4; i++) {
        check_below(model, PATH_ROOT, i % 2, 5);
        assert_true(path_tree_invert(&tree));
        assert_int_equal(tree.choice.inverted, i % 2 == 0);
        assert_int_equal(tree.count, 1);
    }
    model_free(model);
}

static void the_julia_program(void **state) {
    (void)state;
    struct model *model = fixture_paths();
    build(model, false);
    assert_int_equal(tree.paths[PATH_ROOT].total, (9240 + 510 + 190 + 20 + 30 + 10 + 12 * 8) * MILLISECOND + 1500);
    assert_true(path_tree_open(&tree, PATH_ROOT));
    assert_int_equal(tree.paths[PATH_ROOT].count, 1);
    const uint32_t wanted[] = {4, 2, 1, 3};
    uint32_t abs_path = path_tree_find(&tree, wanted, 4), functions[PATH_DEPTH];
    assert_int_equal(path_tree_functions(&tree, abs_path, functions), 4);
    assert_memory_equal(functions, wanted, sizeof wanted);
    const struct path *path = path_tree_count(&tree, abs_path);
    assert_int_equal(path->calls, 34219980);
    assert_true(path->is_leaf);
    assert_false(path_tree_count(&tree, tree.paths[abs_path].above)->is_leaf);
    const uint32_t gone[] = {4, 2, 7, 3};
    assert_int_equal(path_tree_find(&tree, gone, 4), tree.paths[tree.paths[abs_path].above].above);
    assert_int_equal(path_tree_largest(&tree, 3, functions), 4);
    assert_memory_equal(functions, wanted, sizeof wanted);
    assert_int_equal(path_tree_largest(&tree, 8, functions), 0); /* it never ran */
    build(model, true);
    assert_int_equal(path_tree_largest(&tree, 3, functions), 1);
    const uint32_t outwards[] = {3, 1, 2, 4};
    path = path_tree_count(&tree, path_tree_find(&tree, outwards, 4));
    assert_int_equal(path->depth, 4);
    assert_int_equal(path->calls, 34219980);
    assert_int_equal(path->total, 190 * MILLISECOND);
    assert_true(path->is_leaf);
    model_free(model);
}

/* A path keeps its key in another model of the run, whatever its place there is. */
static void keys(void **state) {
    (void)state;
    struct model *model = fixture_paths();
    const uint32_t wanted[] = {4, 2, 1};
    build(model, false);
    uint64_t key = tree.paths[path_tree_find(&tree, wanted, 3)].key;
    model->nodes[1].self_ns += SECOND;
    model->nodes[5].self_ns += 100 * SECOND;
    build(model, false);
    assert_int_equal(tree.paths[path_tree_find(&tree, wanted, 3)].key, key);
    const uint32_t turned[] = {1, 2, 4};
    build(model, true);
    assert_int_not_equal(tree.paths[path_tree_find(&tree, turned, 3)].key, key);
    model_free(model);
}

static void matched_shares(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 10; seed++) {
        struct model *model = fixture_random_paths(200, 9, seed);
        for (int inverted = 0; inverted < 2; inverted++) {
            uint8_t matches[9] = {0};
            uint64_t expected = 0;
            matches[2] = matches[5] = 1;
            for (size_t i = 0; i < model->node_count; i++) {
                uint32_t outwards[64];
                bool match = false;
                for (size_t k = ancestors(model, i, outwards); k-- > 0;)
                    match |= matches[outwards[k]];
                expected += match ? model->nodes[i].self_ns : 0;
            }
            build(model, inverted);
            assert_int_equal(path_tree_matched(&tree, matches), expected);
        }
        model_free(model);
    }
}

static void memory(void **state) {
    (void)state;
    struct model *model = fixture_paths();
    model->node_memory = calloc(3, sizeof *model->node_memory);
    model->node_memory_count = 3;
    model->nodes[2].memory_row = 1;
    model->nodes[3].memory_row = 2;
    model->node_memory[2].memory.peak_bytes = model->node_memory[2].total_memory.peak_bytes = 300;
    model->node_memory[1].memory.peak_bytes = 50;
    model->node_memory[1].total_memory.peak_bytes = 350;
    struct path_choice choice = {.memory = true, .measure = MEMORY_PEAK};
    assert_true(path_tree_build(&tree, model, &choice));
    assert_int_equal(tree.paths[PATH_ROOT].total, 350);
    const uint32_t wanted[] = {4, 2, 1};
    const struct path *path = path_tree_count(&tree, path_tree_find(&tree, wanted, 3));
    assert_int_equal(path->total, 300);
    assert_int_equal(path->memory, 300);
    path = &tree.paths[path->above];
    assert_int_equal(path->count, 1); /* time.time has none, so it is not there */
    assert_int_equal(path->self, 50);
    model_free(model);
}

/* Nothing ran; a file holds nonsense. */
static void odd_models(void **state) {
    (void)state;
    struct model *model = model_new();
    build(model, false);
    assert_int_equal(tree.paths[PATH_ROOT].total, 0);
    assert_true(path_tree_open(&tree, PATH_ROOT));
    assert_int_equal(tree.paths[PATH_ROOT].count, 0);
    build(model, true);
    assert_true(path_tree_open(&tree, PATH_ROOT));
    fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 1, "f", 0, 1, 1, 1);
    fixture_path(model, 0, 0, 0, 0, 0);
    fixture_path(model, 0, 99, 1, 5, 5);
    fixture_path(model, 1, 1, 1, 5, 5);
    fixture_path(model, 9, 1, 1, MODEL_UNKNOWN, MODEL_UNKNOWN);
    for (int inverted = 0; inverted < 2; inverted++) {
        build(model, inverted);
        assert_true(path_tree_open(&tree, PATH_ROOT));
        for (uint32_t i = 1; i < tree.count; i++)
            assert_true(path_tree_open(&tree, i));
    }
    model_free(model);
}

static int tear_down(void **state) {
    (void)state;
    path_tree_free(&tree);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sums_of_random_trees, tear_down),
        cmocka_unit_test_teardown(brought_up_to_the_next_model, tear_down),
        cmocka_unit_test_teardown(inverting, tear_down),
        cmocka_unit_test_teardown(the_julia_program, tear_down), cmocka_unit_test_teardown(keys, tear_down),
        cmocka_unit_test_teardown(matched_shares, tear_down), cmocka_unit_test_teardown(memory, tear_down),
        cmocka_unit_test_teardown(odd_models, tear_down),
    };
    return cmocka_run_group_tests_name("path tree", tests, NULL, NULL);
}
