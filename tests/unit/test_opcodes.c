/* Opcodes and pairs of opcodes from the counts of instructions. */
#include "tests/unit/model_fixture.h"

static uint32_t add_function(struct model *model, const char *name) {
    return fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 1, name, 0, 1, 0, 0);
}

static uint64_t count_of(const struct model_opcode *rows, size_t count, const char *opname, const char *next) {
    uint64_t found = MODEL_UNKNOWN;
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].opname, opname) == 0 && strcmp(rows[i].next, next) == 0) {
            assert_int_equal(found, MODEL_UNKNOWN); /* each once */
            found = rows[i].count;
        }
    return found;
}

static void expect_pairs(const struct model *model, uint32_t function, const char *const (*names)[2], const uint64_t *counts,
                         size_t expected, uint64_t expected_unknown) {
    size_t count = 0;
    uint64_t unknown = 99;
    struct model_opcode *rows = model_opcode_pairs(model, function, &count, &unknown);
    assert_non_null(rows);
    for (size_t i = 0; i < expected; i++)
        if (count_of(rows, count, names[i][0], names[i][1]) != counts[i])
            fail_msg("%s %s: %llu", names[i][0], names[i][1],
                     (unsigned long long)count_of(rows, count, names[i][0], names[i][1]));
    assert_int_equal(count, expected);
    assert_int_equal(unknown, expected_unknown);
    for (size_t i = 1; i < count; i++)
        assert_true(rows[i - 1].count >= rows[i].count);
    free(rows);
}

/* Every step of the program is in a pair or among the unknown ones. */
static void expect_whole(const struct model *model, uint32_t function, uint64_t steps) {
    size_t count = 0;
    uint64_t sum = 0;
    struct model_opcode *rows = model_opcode_pairs(model, function, &count, &sum);
    assert_non_null(rows);
    for (size_t i = 0; i < count; i++)
        sum += rows[i].count;
    assert_int_equal(sum, steps);
    free(rows);
}

/* for x in it: if x: f(x), with 3 rounds of which one calls, and one more where that raises. */
static struct model *loop(uint32_t *function) {
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = *function = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "RESUME", "", 2);
    fixture_instruction(model, f, 2, 2, "LOAD_FAST", "it", 2);
    fixture_instruction(model, f, 4, 2, "GET_ITER", "", 2);
    struct model_instruction *row = fixture_instruction(model, f, 6, 2, "FOR_ITER", "", 5);
    row->jump_target = 24;
    fixture_instruction(model, f, 8, 2, "STORE_FAST", "x", 4);
    fixture_instruction(model, f, 10, 3, "LOAD_FAST", "x", 4);
    fixture_instruction(model, f, 12, 3, "EXTENDED_ARG", "1", 4);
    fixture_instruction(model, f, 14, 3, "POP_JUMP_IF_FALSE", "", 4)->jump_target = 22;
    row = fixture_instruction(model, f, 16, 3, "CALL", "", 2);
    row->raised = 1;
    fixture_instruction(model, f, 18, 3, "POP_TOP", "", 1);
    fixture_instruction(model, f, 20, 3, "JUMP_BACKWARD", "", 1)->jump_target = 6;
    fixture_instruction(model, f, 22, 3, "JUMP_BACKWARD", "", 2)->jump_target = 6;
    fixture_instruction(model, f, 24, 2, "LOAD_CONST", "None", 1);
    fixture_instruction(model, f, 26, 2, "RETURN_VALUE", "", 1);
    return model;
}

static void opcodes_are_counted_without_prefixes(void **state) {
    (void)state;
    uint32_t f;
    struct model *model = loop(&f);
    uint32_t g = add_function(model, "g");
    fixture_instruction(model, g, 0, 1, "RESUME", "", 7);
    uint32_t h = add_function(model, "h");
    fixture_instruction(model, h, 0, 1, "NOP", "", MODEL_UNKNOWN);
    size_t count = 0;
    struct model_opcode *rows = model_opcodes(model, 0, &count);
    assert_non_null(rows);
    assert_int_equal(count_of(rows, count, "RESUME", ""), 9);
    assert_int_equal(count_of(rows, count, "LOAD_FAST", ""), 6);
    assert_int_equal(count_of(rows, count, "JUMP_BACKWARD", ""), 3);
    assert_int_equal(count_of(rows, count, "EXTENDED_ARG", ""), MODEL_UNKNOWN);
    assert_int_equal(count_of(rows, count, "NOP", ""), MODEL_UNKNOWN);
    assert_string_equal(rows[0].opname, "RESUME");
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += rows[i].count;
    assert_int_equal(sum, model->instructions);
    free(rows);
    rows = model_opcodes(model, g, &count);
    assert_non_null(rows);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].count, 7);
    free(rows);
    rows = model_opcodes(model, h, &count);
    assert_non_null(rows);
    assert_int_equal(count, 0);
    free(rows);
    model_free(model);
}

static void a_loop_with_a_branch_and_an_exception(void **state) {
    (void)state;
    uint32_t f;
    struct model *model = loop(&f);
    static const char *const names[][2] = {
        {"RESUME", "LOAD_FAST"},   {"LOAD_FAST", "GET_ITER"},          {"GET_ITER", "FOR_ITER"},
        {"FOR_ITER", "STORE_FAST"}, {"FOR_ITER", "LOAD_CONST"},        {"STORE_FAST", "LOAD_FAST"},
        {"LOAD_FAST", "POP_JUMP_IF_FALSE"}, {"POP_JUMP_IF_FALSE", "CALL"}, {"POP_JUMP_IF_FALSE", "JUMP_BACKWARD"},
        {"CALL", "POP_TOP"},       {"POP_TOP", "JUMP_BACKWARD"},       {"JUMP_BACKWARD", "FOR_ITER"},
        {"LOAD_CONST", "RETURN_VALUE"}};
    static const uint64_t counts[] = {2, 2, 2, 4, 1, 4, 4, 2, 2, 1, 1, 3, 1};
    expect_pairs(model, f, names, counts, sizeof counts / sizeof *counts, 0);
    expect_pairs(model, 0, names, counts, sizeof counts / sizeof *counts, 0);
    expect_whole(model, f, model->instructions - 1 - 1); /* a return and an exception are no steps */
    model_free(model);
}

/* A jump to where it goes anyway is one edge; what a generator resumes at, and a handler, has more than edges leading to it. */
static void yields_and_handlers_are_no_pairs(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "RETURN_GENERATOR", "", 2);
    fixture_instruction(model, f, 2, 1, "POP_TOP", "", 2);
    fixture_instruction(model, f, 4, 1, "POP_JUMP_IF_NONE", "", 2)->jump_target = 6;
    fixture_instruction(model, f, 6, 1, "YIELD_VALUE", "", 2);
    fixture_instruction(model, f, 8, 1, "RESUME", "", 1);
    fixture_instruction(model, f, 10, 1, "CALL", "", 1)->raised = 1;
    fixture_instruction(model, f, 12, 1, "RETURN_VALUE", "", 0);
    fixture_instruction(model, f, 14, 2, "PUSH_EXC_INFO", "", 1);
    fixture_instruction(model, f, 16, 2, "RERAISE", "", 1)->raised = 1;
    fixture_handler(model, f, 8, 12, 14, 0, true);
    static const char *const names[][2] = {{"POP_TOP", "POP_JUMP_IF_NONE"}, {"POP_JUMP_IF_NONE", "YIELD_VALUE"},
                                           {"RESUME", "CALL"},              {"PUSH_EXC_INFO", "RERAISE"}};
    static const uint64_t counts[] = {2, 2, 1, 1};
    expect_pairs(model, f, names, counts, 4, 0);
    model_free(model);
}

/* FOR_ITER comes to END_FOR where it runs a generator, and past it with all else: 3 loops ended, one of them over a generator. */
static void the_end_of_a_loop_may_be_jumped_over(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "GET_ITER", "", 3);
    fixture_instruction(model, f, 2, 1, "FOR_ITER", "", 13)->jump_target = 8;
    fixture_instruction(model, f, 4, 1, "STORE_FAST", "", 10);
    fixture_instruction(model, f, 6, 1, "JUMP_BACKWARD", "", 10)->jump_target = 2;
    fixture_instruction(model, f, 8, 1, "END_FOR", "", 1);
    fixture_instruction(model, f, 10, 1, "RETURN_CONST", "", 3);
    static const char *const names[][2] = {{"FOR_ITER", "END_FOR"}, {"FOR_ITER", "RETURN_CONST"}, {"END_FOR", "RETURN_CONST"},
                                           {"FOR_ITER", "STORE_FAST"}, {"GET_ITER", "FOR_ITER"}, {"STORE_FAST", "JUMP_BACKWARD"},
                                           {"JUMP_BACKWARD", "FOR_ITER"}};
    static const uint64_t counts[] = {1, 2, 1, 10, 3, 10, 10};
    expect_pairs(model, f, names, counts, 7, 0);
    model_free(model);
}

/* In 3.13 the iterator's POP_TOP is jumped over with END_FOR. */
static void what_ends_a_loop_may_be_jumped_over_as_a_whole(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "GET_ITER", "", 3);
    fixture_instruction(model, f, 2, 1, "FOR_ITER", "", 13)->jump_target = 8;
    fixture_instruction(model, f, 4, 1, "STORE_FAST", "", 10);
    fixture_instruction(model, f, 6, 1, "JUMP_BACKWARD", "", 10)->jump_target = 2;
    fixture_instruction(model, f, 8, 1, "END_FOR", "", 1);
    fixture_instruction(model, f, 10, 1, "POP_TOP", "", 1);
    fixture_instruction(model, f, 12, 1, "RETURN_CONST", "", 3);
    static const char *const names[][2] = {{"FOR_ITER", "END_FOR"},    {"FOR_ITER", "RETURN_CONST"}, {"END_FOR", "POP_TOP"},
                                           {"POP_TOP", "RETURN_CONST"}, {"FOR_ITER", "STORE_FAST"},   {"GET_ITER", "FOR_ITER"},
                                           {"STORE_FAST", "JUMP_BACKWARD"}, {"JUMP_BACKWARD", "FOR_ITER"}};
    static const uint64_t counts[] = {1, 2, 1, 1, 10, 3, 10, 10};
    expect_pairs(model, f, names, counts, 8, 0);
    model_free(model);
}

/* Two branches that lead to the same two places: who took which is open, what is before and behind is not. */
static void what_is_ambiguous_is_said_to_be_unknown(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "RESUME", "", 10);
    fixture_instruction(model, f, 2, 1, "POP_JUMP_IF_NONE", "", 10)->jump_target = 8;
    fixture_instruction(model, f, 4, 1, "NOP", "", 6)->jump_target = 10;  /* to 6 or 10 */
    fixture_instruction(model, f, 6, 1, "RETURN_VALUE", "", 5);
    fixture_instruction(model, f, 8, 1, "SWAP", "", 4)->jump_target = 6;   /* to 6 or 10 */
    fixture_instruction(model, f, 10, 1, "RETURN_CONST", "", 5);
    static const char *const names[][2] = {
        {"RESUME", "POP_JUMP_IF_NONE"}, {"POP_JUMP_IF_NONE", "NOP"}, {"POP_JUMP_IF_NONE", "SWAP"}};
    static const uint64_t counts[] = {10, 6, 4};
    expect_pairs(model, f, names, counts, 3, 10);
    expect_whole(model, f, 30);
    model_free(model);
}

static void what_is_not_counted_has_none(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "RESUME", "", MODEL_UNKNOWN);
    fixture_instruction(model, f, 2, 1, "RETURN_VALUE", "", MODEL_UNKNOWN);
    uint32_t g = add_function(model, "g");
    fixture_instruction(model, g, 0, 1, "EXTENDED_ARG", "", 1); /* of nothing */
    fixture_count(&model->functions[g].instructions, 1);
    size_t count = 9;
    for (uint32_t id = 0; id <= g + 1; id++) { /* one that is not there, too */
        struct model_opcode *rows = model_opcode_pairs(model, id, &count, NULL);
        assert_non_null(rows);
        assert_int_equal(count, 0);
        free(rows);
    }
    model_free(model);
}

/* --- any flow graph ------------------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

enum { STEPS = 24, WALKS = 40, GRAPHS = 400 };

struct walk {
    uint64_t steps[STEPS][STEPS];
    uint64_t total;
};

/* Opcodes are all different, so that each edge is a pair of its own. Two ranges have handlers, at the end or before. */
static void make_graph(struct model *model, uint32_t f, uint64_t *seed) {
    for (uint32_t i = 0; i < STEPS; i++) {
        char name[16];
        uint64_t kind = next_random(seed) % 8;
        bool last = i + 1 == STEPS;
        snprintf(name, sizeof name, "OP_%u", i);
        struct model_instruction *row = fixture_instruction(model, f, i * 2, 1, last ? "RETURN_VALUE" : name, "", 0);
        if (!last && kind < 3)
            row->jump_target = (uint32_t)(next_random(seed) % STEPS) * 2;
    }
    for (uint32_t start = 0; start < STEPS && next_random(seed) % 2; start += STEPS / 2)
        fixture_handler(model, f, 2 * start + 4, 2 * start + 12, (uint32_t)(next_random(seed) % STEPS) * 2, 0, true);
}

/* The step that an exception at one continues at; STEPS: none. */
static uint32_t handler_at(const struct model *model, uint32_t at) {
    for (size_t i = 0; i < model->handler_count; i++)
        if (model->handlers[i].start <= at * 2 && at * 2 < model->handlers[i].end)
            return model->handlers[i].target / 2;
    return STEPS;
}

/* Ways through it from the beginning to the return or an exception; long ones go straight to the end. */
static void run(struct model *model, uint32_t f, uint64_t *seed, struct walk *walk) {
    struct model_instruction *rows = model->instruction_rows;
    uint32_t at = 0;
    for (int length = 0;; length++) {
        rows[at].count++;
        fixture_count(&model->functions[f].instructions, 1);
        fixture_count(&model->instructions, 1);
        if (at + 1 == STEPS)
            return;
        if (length < 200 && next_random(seed) % 64 == 0) {
            rows[at].raised++;
            at = handler_at(model, at);
            if (at == STEPS)
                return;
            continue;
        }
        bool jumps = length < 200 && rows[at].jump_target != MODEL_NO_OFFSET && next_random(seed) % 2;
        uint32_t to = jumps ? rows[at].jump_target / 2 : at + 1;
        walk->steps[at][to]++;
        walk->total++;
        at = to;
    }
}

static uint32_t number_of(const char *opname) { return strcmp(opname, "RETURN_VALUE") ? (uint32_t)atoi(opname + 3) : STEPS - 1; }

/* forgetful: what an exception ended is not known of one step in so many. */
static void check_graphs(unsigned forgetful, unsigned unknown_percent) {
    uint64_t seed = 20261123, all_unknown = 0, all_steps = 0;
    for (int graph = 0; graph < GRAPHS; graph++) {
        struct model *model = model_new();
        struct walk *walk = calloc(1, sizeof *walk);
        assert_true(model && walk);
        uint32_t f = add_function(model, "f");
        make_graph(model, f, &seed);
        model->state = MODEL_ENDED;
        for (int i = 0; i < WALKS; i++)
            run(model, f, &seed, walk);
        for (uint32_t i = 0; i + 1 < STEPS; i++)
            if (forgetful && next_random(&seed) % forgetful == 0)
                model->instruction_rows[i].raised = MODEL_UNKNOWN;
        size_t count = 0;
        uint64_t unknown = 0, sum = 0;
        struct model_opcode *rows = model_opcode_pairs(model, f, &count, &unknown);
        assert_non_null(rows);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(rows[i].count, walk->steps[number_of(rows[i].opname)][number_of(rows[i].next)]);
            sum += rows[i].count;
        }
        if (forgetful)
            assert_true(sum <= walk->total && sum + unknown >= walk->total);
        else
            assert_int_equal(sum + unknown, walk->total);
        all_unknown += unknown;
        all_steps += walk->total;
        free(rows);
        free(walk);
        model_free(model);
    }
    assert_true(all_unknown < all_steps / 100 * unknown_percent); /* graphs of code are far tamer */
}

static void pairs_of_any_flow_are_those_that_were_taken(void **state) {
    (void)state;
    check_graphs(0, 25);
}

static void exceptions_that_nobody_counted_are_found(void **state) {
    (void)state;
    check_graphs(4, 50);
}

/* The last instruction of the loop's block is not known to have raised: it did, as one activation of two did not return. */
static void an_exception_at_the_end_of_a_block(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "RESUME", "", 2);
    fixture_instruction(model, f, 2, 1, "FOR_ITER", "", 7)->jump_target = 8;
    fixture_instruction(model, f, 4, 1, "STORE_FAST", "", 5);
    fixture_instruction(model, f, 6, 1, "JUMP_BACKWARD", "", 5)->jump_target = 2;
    fixture_instruction(model, f, 8, 1, "RETURN_CONST", "", 1);
    model->instruction_rows[1].raised = MODEL_UNKNOWN;
    model->state = MODEL_ENDED;
    static const char *const names[][2] = {
        {"STORE_FAST", "JUMP_BACKWARD"}, {"FOR_ITER", "STORE_FAST"}, {"FOR_ITER", "RETURN_CONST"},
        {"RESUME", "FOR_ITER"},          {"JUMP_BACKWARD", "FOR_ITER"}};
    static const uint64_t counts[] = {5, 5, 1, 2, 5};
    expect_pairs(model, f, names, counts, 5, 0);
    model->state = MODEL_RUNNING; /* it may be there still: it is not taken to have raised, and nothing becomes negative */
    expect_pairs(model, f, names, counts, 5, 0);
    model_free(model);
}

/* Both ways of both branches lead to the same opcode, or come from it. */
static void what_is_ambiguous_may_be_one_pair(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = add_function(model, "f");
    fixture_instruction(model, f, 0, 1, "RESUME", "", 10);
    fixture_instruction(model, f, 2, 1, "POP_JUMP_IF_NONE", "", 10)->jump_target = 8;
    fixture_instruction(model, f, 4, 1, "NOP", "", 6)->jump_target = 10;  /* to 6 or 10 */
    fixture_instruction(model, f, 6, 1, "RETURN_VALUE", "", 5);
    fixture_instruction(model, f, 8, 1, "SWAP", "", 4)->jump_target = 6;   /* to 6 or 10 */
    fixture_instruction(model, f, 10, 1, "RETURN_VALUE", "", 5);
    static const char *const names[][2] = {{"RESUME", "POP_JUMP_IF_NONE"}, {"POP_JUMP_IF_NONE", "NOP"}, {"NOP", "RETURN_VALUE"},
                                           {"POP_JUMP_IF_NONE", "SWAP"},   {"SWAP", "RETURN_VALUE"}};
    static const uint64_t counts[] = {10, 6, 6, 4, 4};
    expect_pairs(model, f, names, counts, 5, 0);
    model->instruction_rows[5].opname = "RETURN_CONST";
    model->instruction_rows[4].opname = "NOP";
    static const char *const others[][2] = {{"RESUME", "POP_JUMP_IF_NONE"}, {"POP_JUMP_IF_NONE", "NOP"}, {"NOP", "RETURN_CONST"},
                                            {"NOP", "RETURN_VALUE"}};
    static const uint64_t other_counts[] = {10, 10, 5, 5};
    expect_pairs(model, f, others, other_counts, 4, 0);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opcodes_are_counted_without_prefixes),
        cmocka_unit_test(a_loop_with_a_branch_and_an_exception),
        cmocka_unit_test(yields_and_handlers_are_no_pairs),
        cmocka_unit_test(the_end_of_a_loop_may_be_jumped_over),
        cmocka_unit_test(what_ends_a_loop_may_be_jumped_over_as_a_whole),
        cmocka_unit_test(what_is_ambiguous_is_said_to_be_unknown),
        cmocka_unit_test(what_is_not_counted_has_none),
        cmocka_unit_test(what_is_ambiguous_may_be_one_pair),
        cmocka_unit_test(an_exception_at_the_end_of_a_block),
        cmocka_unit_test(pairs_of_any_flow_are_those_that_were_taken),
        cmocka_unit_test(exceptions_that_nobody_counted_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
