/* Total times of groups against what a look at every path says. */
#include "tests/unit/model_fixture.h"

#include "tui/view/group_totals.h"

static uint64_t chance_state = 1;
static uint32_t chance(uint32_t below) {
    chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance_state >> 33) % below;
}

static size_t taken; /* by slices */

static bool is_inner(const struct model *model, const uint32_t *of_function, uint32_t node) {
    uint32_t group = of_function[model->nodes[node].function];
    for (uint32_t at = node; model->nodes[at].parent < at;) {
        at = model->nodes[at].parent;
        if (of_function[model->nodes[at].function] == group)
            return true;
    }
    return false;
}

/* In slices it is the same, or too much. */
static void check_slices(const struct model *model, const uint32_t *of_function, uint32_t groups, const uint64_t *expected) {
    struct model_function *sums = calloc(groups, sizeof *sums);
    struct group_totals_job *job = group_totals_begin(model, of_function, groups);
    assert_true(sums && job);
    sums[0].total_ns = MODEL_UNKNOWN;
    size_t slices = 1;
    while (group_totals_work(job))
        slices++;
    bool known = group_totals_take(job, sums);
    assert_true(known ? slices > model->node_count / 40000 : sums[0].total_ns == MODEL_UNKNOWN);
    for (uint32_t group = 0; known && group < groups; group++)
        assert_int_equal(sums[group].total_ns, expected[group]);
    taken += known;
    group_totals_free(job);
    free(sums);
}

/* depth: how far back a parent may be; 1 makes one chain, in which most nodes have all groups above them. */
static void check(uint32_t functions, uint32_t groups, uint32_t nodes, uint32_t back) {
    struct model *model = model_new();
    uint32_t *of_function = calloc(functions + 1, sizeof *of_function);
    struct model_function *sums = calloc(groups, sizeof *sums);
    uint64_t *expected = calloc(groups, sizeof *expected);
    assert_true(model && of_function && sums && expected);
    for (uint32_t id = 1; id <= functions; id++) {
        fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", id, "f", 0, 1, 1, 1);
        of_function[id] = chance(8) ? chance(groups) : GROUP_NONE;
    }
    of_function[0] = GROUP_NONE;
    fixture_node(model, 0, 0, 0, 0, 0);
    for (uint32_t i = 1; i < nodes; i++) {
        uint32_t step = 1 + chance(back < i ? back : i);
        fixture_node(model, i - step, 1 + chance(functions), 1, 1, chance(1000));
        uint32_t group = of_function[model->nodes[i].function];
        if (group != GROUP_NONE && !is_inner(model, of_function, i))
            expected[group] += model->nodes[i].total_ns;
    }
    assert_true(group_totals_add(model, of_function, sums, groups));
    for (uint32_t group = 0; group < groups; group++)
        assert_int_equal(sums[group].total_ns, expected[group]);
    check_slices(model, of_function, groups, expected);
    free(expected);
    free(sums);
    free(of_function);
    model_free(model);
}

static void trees(void **state) {
    (void)state;
    for (uint32_t back = 1; back < 300; back *= 3) {
        check(5, 2, 500, back);
        check(40, 30, 2000, back);
        check(900, 700, 3000, back); /* more groups than bits */
    }
    size_t before = taken;
    check(40, 30, 100000, 100000);
    assert_int_equal(taken, before + 1);
}

static void what_cannot_be_told(void **state) {
    (void)state;
    struct model *model = model_new();
    struct model_function sum = {0};
    assert_non_null(model);
    assert_false(group_totals_add(model, (const uint32_t[]){GROUP_NONE}, &sum, 1));
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees),
        cmocka_unit_test(what_cannot_be_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
