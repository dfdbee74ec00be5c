/* The host's side of the arena: what is the same function, what happens where there is no room. */
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/probe/block_counters.h"
#include "core/probe/profile_bytecode.h"
#include "tests/unit/probe_fixture.h"

static uint32_t row(const char *file, const char *name, uint32_t line, uint64_t fingerprint) {
    return profile_register_function(&(struct profile_function){.file = file,
                                                                .name = name,
                                                                .qualname = name,
                                                                .first_line = line,
                                                                .kind = ARENA_CODE_PYTHON,
                                                                .fingerprint = fingerprint});
}

static void equal_functions_share_a_row(void **state) {
    (void)state;
    uint32_t code = row("a.py", "f", 3, 100);
    uint32_t count = profile_header()->code_count;
    assert_int_equal(row("a.py", "f", 3, 100), code);
    assert_int_equal(profile_header()->code_count, count);
    assert_int_not_equal(row("a.py", "f", 3, 101), code);
    assert_int_not_equal(row("a.py", "f", 4, 100), code);
    assert_int_not_equal(row("a.py", "g", 3, 100), code);
    assert_int_not_equal(row("b.py", "f", 3, 100), code);
    assert_int_equal(profile_header()->code_count, count + 4);
    assert_int_equal(profile_code(code)->first_line, 3);
    assert_int_equal(profile_code(row("b.py", "f", 3, 100))->kind, ARENA_CODE_PYTHON);
}

static void lines_are_registered_once(void **state) {
    (void)state;
    uint32_t code = row("a.py", "lines", 1, 1);
    const uint32_t lines[] = {4, 5, 9};
    uint32_t first = profile_register_lines(code, lines, 3);
    assert_int_not_equal(first, 0);
    uint32_t count = profile_header()->line_cell_count;
    assert_int_equal(count, first + 4); /* and one for untimed time */
    assert_int_equal(profile_untimed_cell(first), first + 3);
    assert_int_equal(profile_untimed_cell(first + 3), first + 3);
    assert_int_equal(profile_register_lines(code, lines, 3), first);
    assert_int_equal(profile_header()->line_cell_count, count);
    assert_int_equal(profile_register_lines(code, lines, 2), 0); /* not what it has */
    assert_int_equal(profile_code(code)->line_cell_count, 3);
    assert_true(profile_code(code)->flags & ARENA_CODE_LINES);
}

static uint64_t counter(uint32_t block) {
    return *block_counter(profile_current_thread, block_counter_offset(block));
}

static uint64_t exits_at(uint32_t unit) {
    return ((uint64_t *)(void *)((char *)profile_current_thread + ARENA_THREAD_EXITS_AT))[unit];
}

static void blocks_are_registered_once(void **state) {
    (void)state;
    const struct arena_block blocks[] = {{.first_unit = 0, .unit_count = 4}, {.first_unit = 4, .unit_count = 3}};
    uint32_t code = row("a.py", "blocks", 1, 1), other = row("a.py", "others", 1, 1);
    uint32_t first = profile_header()->block_count, units = profile_header()->unit_count;
    const struct arena_bytecode *found = profile_register_blocks(code, blocks, 2, 7);
    assert_non_null(found);
    assert_int_equal(found->first_block, first);
    assert_int_equal(found->first_unit, units);
    assert_int_equal(profile_header()->block_count, first + 2);
    assert_int_equal(profile_header()->unit_count, units + 7);
    assert_ptr_equal(profile_register_blocks(code, blocks, 2, 7), found);
    assert_int_equal(profile_header()->block_count, first + 2);
    assert_null(profile_register_blocks(code, blocks, 1, 7)); /* not what it has */
    assert_null(profile_register_blocks(code, blocks, 2, 8));
    assert_true(profile_code(code)->flags & ARENA_CODE_BYTECODE);
    assert_int_equal(profile_register_blocks(other, blocks, 2, 7)->first_block, first + 2);
}

static void exits_are_counted(void **state) {
    (void)state;
    const struct arena_block blocks[] = {{.first_unit = 0, .unit_count = 4}, {.first_unit = 4, .unit_count = 3}};
    uint32_t code = row("a.py", "exits", 1, 1);
    const struct arena_bytecode *found = profile_register_blocks(code, blocks, 2, 7);
    uint64_t before = profile_current_thread->exits;
    profile_count_exit(code, 2, false); /* of a block that was entered by another process */
    assert_int_equal(profile_current_thread->exits, before);
    block_enter(block_counter_offset(found->first_block), ARENA_CLOCK_NONE);
    block_enter(block_counter_offset(found->first_block), ARENA_CLOCK_NONE);
    profile_count_exit(code, 2, false);
    profile_count_exit(code, 4, true); /* in front of the probe of the second block */
    profile_count_exit(code, 7, false); /* none of its units */
    assert_int_equal(counter(found->first_block), 2);
    assert_int_equal(counter(found->first_block + 1), 1);
    assert_int_equal(exits_at(found->first_unit + 2), 1);
    assert_int_equal(exits_at(found->first_unit + 4), 1);
    assert_int_equal(profile_current_thread->exits, before + 2);
}

static void nodes_are_found_again(void **state) {
    (void)state;
    struct arena_thread *thread = profile_current_thread == &profile_no_thread ? profile_register_thread()
                                                                               : profile_current_thread;
    uint32_t a = row("a.py", "node", 1, 1), b = row("a.py", "node", 2, 1);
    uint32_t of_a = profile_find_node(thread, 0, a), of_b = profile_find_node(thread, of_a, b);
    assert_int_equal(profile_find_node(thread, 0, a), of_a);
    assert_int_equal(profile_find_node(thread, of_a, b), of_b);
    assert_int_equal(thread->nodes[of_b].parent, of_a);
    uint32_t again = profile_find_node(thread, of_b, a);
    assert_int_not_equal(again, of_a);
    assert_int_equal(thread->nodes[again].folded_to, of_a);
    assert_int_equal(thread->nodes[of_b].folded_to, 0);
}

/* In a child whose arena file is gone and that gets no more memory, so that no more room can be taken: what needs room says
 * so and counts it. */
static void without_room(void) {
    const struct rlimit none = {0, 0};
    if (unlink(fixture_path) != 0 || setrlimit(RLIMIT_AS, &none) != 0)
        _exit(10);
    uint64_t lost = profile_header()->lost_codes;
    uint32_t refused = 0;
    for (uint32_t i = 0; i < 20000; i++)
        refused += row("full.py", "a function with a long name", i + 1, i) == 0;
    if (refused == 0 || profile_header()->lost_codes - lost != refused)
        _exit(11);
    struct site f = {.code = 1};
    for (uint32_t i = 0; i < 100000; i++)
        enter(&f, true);
    for (uint32_t i = 0; i < 100000; i++)
        leave(&f, true);
    if (depth() != 0 || profile_current_thread->overflow_depth != 0)
        _exit(12);
    _exit(0);
}

static void no_room_is_counted(void **state) {
    (void)state;
    row("a.py", "first", 1, 1);
    pid_t child = fork();
    if (child == 0)
        without_room();
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void expect_left_alone(int index, uint64_t count, const char *reason, const char *example) {
    const struct arena_left_alone *row = &profile_header()->left_alone[index];
    assert_int_equal(row->count, count);
    assert_string_equal(row->reason, reason);
    assert_string_equal(row->example, example);
}

/* Reasons are told apart as far as there are rows; the last row has the rest. The first code object is the example. */
static void what_is_left_alone_is_counted_by_reason(void **state) {
    (void)state;
    struct arena_header *header = profile_header();
    memset(header->left_alone, 0, sizeof header->left_alone);
    header->lost_codes = 0;
    profile_leave_code("odd", "f", "a.py");
    profile_leave_code("odd", "g", "a.py");
    profile_leave_code("odder", "C.h", "b.py");
    profile_leave_code("odd", "f", "a.py");
    expect_left_alone(0, 3, "odd", "f (a.py)");
    expect_left_alone(1, 1, "odder", "C.h (b.py)");
    char reason[100], expected[200];
    for (int i = 2; i < ARENA_MAX_REASONS + 5; i++) {
        snprintf(reason, sizeof reason, "reason %d", i);
        profile_leave_code(reason, "n", "n.py");
    }
    expect_left_alone(ARENA_MAX_REASONS - 2, 1, "reason 14", "n (n.py)");
    expect_left_alone(ARENA_MAX_REASONS - 1, 6, "other reasons", "n (n.py)");
    assert_int_equal(header->lost_codes, 4 + ARENA_MAX_REASONS + 3);
    /* Long texts are cut between characters, and found again. */
    memset(header->left_alone, 0, sizeof header->left_alone);
    char file[200];
    snprintf(file, sizeof file, "%0155d\u00e9.py", 0);
    memset(reason, 'r', sizeof reason);
    reason[sizeof reason - 1] = '\0';
    profile_leave_code(reason, "f", file);
    profile_leave_code(reason, "f", file);
    snprintf(expected, sizeof expected, "f (%0155d", 0);
    reason[sizeof header->left_alone[0].reason - 1] = '\0';
    expect_left_alone(0, 2, reason, expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_functions_share_a_row),
        cmocka_unit_test(lines_are_registered_once),
        cmocka_unit_test(nodes_are_found_again),
        cmocka_unit_test(blocks_are_registered_once),
        cmocka_unit_test(exits_are_counted),
        cmocka_unit_test(no_room_is_counted),
        cmocka_unit_test(what_is_left_alone_is_counted_by_reason),
    };
    return cmocka_run_group_tests(tests, fixture_attach, fixture_remove);
}
