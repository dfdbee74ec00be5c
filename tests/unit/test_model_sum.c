/* The sum over all processes of a run: what is the same function, line and path is one row; numbers stay. */
#include "tests/unit/model_fixture.h"

#include "core/session/validate.h"

static void expect_function(const struct model *model, uint32_t id, const char *qualname, uint64_t calls, uint64_t self,
                            uint64_t total) {
    const struct model_function *function = &model->functions[id];
    assert_string_equal(function->qualname, qualname);
    assert_int_equal(function->calls, calls);
    assert_int_equal(function->primitive_calls, calls);
    assert_int_equal(function->self_ns, self);
    assert_int_equal(function->total_ns, total);
}

static void expect_line(const struct model_line *row, uint32_t function, uint32_t line, uint64_t hits, uint64_t self) {
    assert_int_equal(row->function, function);
    assert_int_equal(row->line, line);
    assert_int_equal(row->hits, hits);
    assert_int_equal(row->self_ns, self);
}

static void expect_edge(const struct model_edge *edge, uint32_t caller, uint32_t callee, uint64_t calls, uint64_t self,
                        uint64_t total) {
    assert_int_equal(edge->caller, caller);
    assert_int_equal(edge->callee, callee);
    assert_int_equal(edge->calls, calls);
    assert_int_equal(edge->self_ns, self);
    assert_int_equal(edge->total_ns, total);
}

static void expect_node(const struct model_node *node, uint32_t parent, uint32_t function, uint64_t calls, uint64_t self,
                        uint64_t total) {
    assert_int_equal(node->parent, parent);
    assert_int_equal(node->function, function);
    assert_int_equal(node->calls, calls);
    assert_int_equal(node->primitive_calls, calls);
    assert_int_equal(node->self_ns, self);
    assert_int_equal(node->total_ns, total);
}

static void equal_functions_lines_and_paths_are_one_row(void **state) {
    (void)state;
    struct model *program = fixture_processes();
    const struct model *all = program->all;
    assert_null(session_validate(all));
    assert_int_equal(all->function_count, 5);
    assert_int_equal(all->functions[0].kind, MODEL_FUNCTION_PROGRAM);
    expect_function(all, 1, "main", 1, 100, 150);
    expect_function(all, 2, "work", 5, 650, 690);
    expect_function(all, 3, "builtins.abs", 5, 50, 50);
    expect_function(all, 4, "tool", 1, 1000, 1010);
    assert_int_equal(all->functions[2].first_line_row, 0);
    assert_int_equal(all->functions[2].line_row_count, 3);
    assert_int_equal(all->functions[4].first_line_row, 3);
    assert_int_equal(all->functions[4].line_row_count, 1);
    assert_int_equal(all->line_count, 4);
    expect_line(&all->lines[0], 2, 10, 5, 530);
    expect_line(&all->lines[1], 2, 11, 4, 100);
    expect_line(&all->lines[2], 2, 12, 2, 20);
    expect_line(&all->lines[3], 4, 2, 1, 1000);
    assert_int_equal(all->edge_count, 6);
    expect_edge(&all->edges[0], 0, 1, 1, 100, 150);
    expect_edge(&all->edges[1], 0, 2, 3, 600, 640);
    expect_edge(&all->edges[2], 0, 4, 1, 1000, 1010);
    expect_edge(&all->edges[3], 1, 2, 2, 50, 50);
    expect_edge(&all->edges[4], 2, 3, 4, 40, 40);
    expect_edge(&all->edges[5], 4, 3, 1, 10, 10);
    assert_int_equal(all->node_count, 7);
    expect_node(&all->nodes[0], 0, 0, 0, 10, 0);
    expect_node(&all->nodes[1], 0, 1, 1, 100, 150);
    expect_node(&all->nodes[2], 1, 2, 2, 50, 50);
    expect_node(&all->nodes[3], 0, 2, 3, 600, 640);
    expect_node(&all->nodes[4], 3, 3, 4, 40, 40);
    expect_node(&all->nodes[5], 0, 4, 1, 1000, 1010);
    expect_node(&all->nodes[6], 5, 3, 1, 10, 10);
    model_free(program);
}

static void the_run_is_the_programs(void **state) {
    (void)state;
    struct model *program = fixture_processes();
    const struct model *all = program->all;
    assert_int_equal(all->process_count, 3);
    assert_int_equal(program->process_count, 1);
    assert_string_equal(all->script, "pool.py");
    assert_int_equal(all->wall_ns, 5 * SECOND);
    assert_int_equal(all->exit_kind, MODEL_EXIT_STATUS);
    assert_int_equal(all->sample_count, 1);
    assert_int_equal(all->samples[0].function, 2);
    assert_ptr_equal(model_whole(program), all);
    assert_ptr_equal(model_whole(program->children[1]), all);
    assert_ptr_equal(model_program(all), program);
    assert_ptr_equal(model_process(all, 4121), program);
    assert_ptr_equal(model_process(program->children[0], 4123), program->children[1]);
    assert_null(model_process(program, 4124));
    assert_string_equal(model_command(program->children[0]), "pool.py");
    assert_string_equal(model_command(program->children[1]), "python3 tool.py");
    assert_true(model_add_source(program, "tool.py", "x\n", 2));
    assert_ptr_equal(model_source(all, "tool.py"), model_source(program, "tool.py"));
    assert_non_null(model_source(program->children[0], "tool.py"));
    model_free(program);
}

static void losses_are_summed_by_reason(void **state) {
    (void)state;
    struct model *program = fixture_processes();
    static const struct model_left_alone first[] = {{"odd", "f (a.py)", 2}}, second[] = {{"new", "h (c.py)", 1},
                                                                                        {"odd", "g (b.py)", 3}};
    program->left_alone = memcpy(malloc(sizeof first), first, sizeof first);
    program->left_alone_count = 1;
    program->lost_codes = 2;
    program->lost_nodes = MODEL_UNKNOWN;
    program->children[1]->left_alone = memcpy(malloc(sizeof second), second, sizeof second);
    program->children[1]->left_alone_count = 2;
    program->children[1]->lost_codes = 4;
    program->children[0]->lost_frames = 5;
    program->lost_processes = 6;
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    assert_int_equal(all->left_alone_count, 2);
    assert_string_equal(all->left_alone[0].reason, "odd");
    assert_string_equal(all->left_alone[0].example, "f (a.py)");
    assert_int_equal(all->left_alone[0].count, 5);
    assert_string_equal(all->left_alone[1].reason, "new");
    assert_int_equal(all->lost_codes, 6);
    assert_true(all->lost_nodes == MODEL_UNKNOWN);
    assert_int_equal(all->lost_frames, 5);
    assert_int_equal(all->lost_processes, 6);
    model_free(program);
}

/* What is told apart, and what is not: kind, file, first line and qualified name. */
static void what_the_same_function_is(void **state) {
    (void)state;
    struct function_ids *ids = function_ids_new();
    const struct model_function function = {.file = "a.py", .name = "f", .qualname = "C.f", .line = 3,
                                            .kind = MODEL_FUNCTION_PYTHON};
    struct model_function other = function;
    assert_int_equal(function_ids_of(ids, &function), 1);
    other.flags = 7;
    other.name = "g";
    other.calls = 9;
    assert_int_equal(function_ids_of(ids, &other), 1);
    other.line = 4;
    assert_int_equal(function_ids_of(ids, &other), 2);
    other = function;
    other.kind = MODEL_FUNCTION_C;
    assert_int_equal(function_ids_of(ids, &other), 3);
    other = function;
    other.file = "a.pyC";
    other.qualname = ".f";
    assert_int_equal(function_ids_of(ids, &other), 4);
    other = function;
    other.qualname = "D.f";
    assert_int_equal(function_ids_of(ids, &other), 5);
    assert_int_equal(function_ids_of(ids, &function), 1);
    assert_int_equal(function_ids_count(ids), 5);
    function_ids_free(ids);
}

/* A function that was numbered keeps its row, whatever comes before it later, and when its process cannot be read. */
static void numbers_stay(void **state) {
    (void)state;
    struct function_ids *ids = function_ids_new();
    struct model *program = fixture_processes();
    assert_true(model_sum_processes(program, ids, NULL));
    expect_function(program->all, 4, "tool", 1, 1000, 1010);
    uint32_t late = fixture_function(program, MODEL_FUNCTION_PYTHON, "pool.py", 90, "late", 0, 1, 5, 5);
    assert_int_equal(late, 3);
    assert_true(model_sum_processes(program, ids, NULL));
    expect_function(program->all, 4, "tool", 1, 1000, 1010);
    expect_function(program->all, 5, "late", 1, 5, 5);
    model_free(program->children[--program->child_count]);
    assert_true(model_sum_processes(program, ids, NULL));
    assert_int_equal(program->all->function_count, 6);
    expect_function(program->all, 4, "", 0, 0, 0);
    expect_function(program->all, 5, "late", 1, 5, 5);
    assert_null(session_validate(program->all));
    model_free(program->children[--program->child_count]);
    assert_true(model_sum_processes(program, ids, NULL));
    assert_null(program->all);
    assert_ptr_equal(model_whole(program), program);
    model_free(program);
    function_ids_free(ids);
}

/* work (2) in the program and in its fork: lines 10 and 12 there, 10 and 11 here, and one that has no other row. */
static struct model *processes_with_bytecode(void) {
    struct model *program = fixture_processes();
    struct model *fork = program->children[0], *processes[] = {program, fork};
    for (int i = 0; i < 2; i++) {
        fixture_instruction(processes[i], 2, 0, 10, "RESUME", "0", i ? 3 : 2);
        fixture_instruction(processes[i], 2, 2, 12, "CALL", "1", i ? 30 : 20)->raised = i ? 7 : 5;
        fixture_handler(processes[i], 2, 0, 2, 2, 1, true);
    }
    program->instruction_rows[1].specialized = "CALL_PY_EXACT_ARGS";
    fork->lines[1].instructions = 0;                     /* line 11 */
    assert_int_equal(program->functions[2].instructions, 22);
    return program;
}

/* As model_spread_instructions leaves it: the fork executed line 12, and that is all that is known of it. */
static void add_line_12(struct model *fork) {
    fixture_line(fork, 2, 12, MODEL_UNKNOWN, MODEL_UNKNOWN, MODEL_UNKNOWN);
    fork->lines[2].instructions = 30;
}

static void instructions_of_the_same_bytecode_are_one_row(void **state) {
    (void)state;
    struct model *program = processes_with_bytecode();
    add_line_12(program->children[0]);
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    assert_null(session_validate(all));
    const struct model_function *work = &all->functions[2];
    assert_int_equal(work->instruction_row_count, 2);
    assert_int_equal(all->instruction_row_count, 2);
    const struct model_instruction *rows = &all->instruction_rows[work->first_instruction_row];
    assert_int_equal(rows[0].count, 5);
    assert_int_equal(rows[1].count, 50);
    assert_int_equal(rows[1].raised, 12);
    assert_string_equal(rows[1].specialized, "CALL_PY_EXACT_ARGS");
    assert_int_equal(work->handler_row_count, 1);
    assert_int_equal(all->handlers[0].target, 2);
    assert_int_equal(work->instructions, 55);
    assert_int_equal(all->instructions, 55);
    assert_int_equal(all->functions[1].instructions, MODEL_UNKNOWN);
    static const uint64_t lines[][3] = {{10, 5, 5}, {11, 4, 0}, {12, 2, 50}};
    assert_int_equal(work->line_row_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(all->lines[work->first_line_row + i].line, lines[i][0]);
        assert_int_equal(all->lines[work->first_line_row + i].hits, lines[i][1]);
        assert_int_equal(all->lines[work->first_line_row + i].instructions, lines[i][2]);
    }
    model_free(program);
}

/* Two lambdas on a line are one function of the sum: how much it executed is known, what is not. */
static void where_bytecode_differs_totals_are_left(void **state) {
    (void)state;
    struct model *program = processes_with_bytecode();
    program->children[0]->instruction_rows[1].opname = "CALL_KW";
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model_function *work = &program->all->functions[2];
    assert_int_equal(work->instructions, 55);
    assert_int_equal(program->all->instruction_rows[work->first_instruction_row].count, MODEL_UNKNOWN);
    size_t count = 9;
    struct model_opcode *opcodes = model_opcodes(program->all, 0, &count);
    assert_int_equal(count, 0);
    free(opcodes);
    model_free(program);
}

/* It ran in the fork, whose disassembly is missing: no total without it. */
static void what_one_process_does_not_know_the_sum_does_not(void **state) {
    (void)state;
    struct model *program = processes_with_bytecode(), *fork = program->children[0];
    fork->functions[2].flags |= MODEL_FUNCTION_BYTECODE;
    fork->functions[2].instructions = fork->lines[0].instructions = fork->lines[1].instructions = MODEL_UNKNOWN;
    fork->instruction_row_count = fork->functions[2].instruction_row_count = 0;
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model_function *work = &program->all->functions[2];
    assert_int_equal(work->instructions, MODEL_UNKNOWN);
    assert_int_equal(work->instruction_row_count, 2);
    assert_int_equal(program->all->instruction_rows[work->first_instruction_row].count, MODEL_UNKNOWN);
    assert_int_equal(program->all->lines[work->first_line_row].instructions, MODEL_UNKNOWN);
    assert_int_equal(program->all->instructions, MODEL_UNKNOWN);
    fork->functions[2].flags = 0; /* it was not counted there at all: the sum is of what was */
    assert_true(model_sum_processes(program, NULL, NULL));
    assert_int_equal(program->all->functions[2].instructions, 22);
    assert_int_equal(program->all->instruction_rows[1].count, 20);
    model_free(program);
}

static void add_threads(struct model *process, size_t count) {
    process->threads = calloc(count, sizeof *process->threads);
    assert_non_null(process->threads);
    for (size_t i = 0; i < count; i++)
        process->threads[i] = (struct model_thread){.name = "", .system_id = process->pid + i, .starts = 1};
    process->thread_count = count;
}

/* A process of one thread has no rows of its own: all is that thread's. */
static void threads_stand_one_behind_the_other(void **state) {
    (void)state;
    struct model *program = fixture_processes();
    struct model *fork = program->children[0];
    add_threads(program, 1);
    add_threads(fork, 2);
    add_threads(program->children[1], 1);
    fork->thread_functions = calloc(2, sizeof *fork->thread_functions);
    assert_non_null(fork->thread_functions);
    fork->thread_functions[0] = (struct model_thread_function){0, 2, 1, 1, 200, 240};
    fork->thread_functions[1] = (struct model_thread_function){1, 2, 2, 2, 400, 400};
    fork->thread_function_count = 2;
    assert_true(model_sum_processes(program, NULL, NULL));
    const struct model *all = program->all;
    static const struct model_thread_function expected[] = {
        {0, 1, 1, 1, 100, 150}, {0, 2, 2, 2, 50, 50},       {1, 2, 1, 1, 200, 240},
        {2, 2, 2, 2, 400, 400}, {3, 4, 1, 1, 1000, 1010}, {3, 3, 1, 1, 10, 10}};
    assert_int_equal(all->thread_count, 4);
    assert_int_equal(all->thread_function_count, 6);
    assert_memory_equal(all->thread_functions, expected, sizeof expected);
    assert_null(session_validate(all));
    model_free(program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_functions_lines_and_paths_are_one_row),
        cmocka_unit_test(the_run_is_the_programs),
        cmocka_unit_test(losses_are_summed_by_reason),
        cmocka_unit_test(what_the_same_function_is),
        cmocka_unit_test(numbers_stay),
        cmocka_unit_test(threads_stand_one_behind_the_other),
        cmocka_unit_test(instructions_of_the_same_bytecode_are_one_row),
        cmocka_unit_test(where_bytecode_differs_totals_are_left),
        cmocka_unit_test(what_one_process_does_not_know_the_sum_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
