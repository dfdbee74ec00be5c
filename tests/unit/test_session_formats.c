/* Files of older formats are read, and what later ones added is checked like the rest. */
#include "core/report/export_json.h"
#include "tests/unit/session_fixture.h"

/* A file of format 4: nothing of what each function did in each thread. */
#define FORGET_THREADS(prefix) "DROP TABLE " prefix "thread_functions; DELETE FROM " prefix "meta WHERE key = 'thread_functions'; "
#define TO_FORMAT_4 FORGET_THREADS("") FORGET_THREADS("process_")

/* A file of format 3: nothing of bytecode, nor of what each thread did. */
#define FORGET_INSTRUCTIONS(prefix)                                                                                   \
    FORGET_THREADS(prefix)                                                                                            \
    "DROP TABLE " prefix "instruction_rows; DROP TABLE " prefix "handlers; "                                          \
    "DELETE FROM " prefix "meta WHERE key IN ('instruction_rows', 'handlers'); "                                      \
    "ALTER TABLE " prefix "functions DROP COLUMN first_instruction_row; "                                             \
    "ALTER TABLE " prefix "functions DROP COLUMN instruction_row_count; "                                             \
    "ALTER TABLE " prefix "functions DROP COLUMN first_handler_row; "                                                 \
    "ALTER TABLE " prefix "functions DROP COLUMN handler_row_count; "                                                 \
    "ALTER TABLE " prefix "threads DROP COLUMN self_ns; ALTER TABLE " prefix "threads DROP COLUMN calls; "
#define TO_FORMAT_3 FORGET_INSTRUCTIONS("") FORGET_INSTRUCTIONS("process_")

/* A file of format 2: nothing of memory but the timeline. */
#define TO_FORMAT_2                                                                                                   \
    "DROP TABLE sites; DROP TABLE marks; DROP TABLE types; DELETE FROM meta WHERE key IN ('sites', 'marks', 'types', " \
    "'census_t_ns') OR key LIKE 'heap.%'; "                                                                           \
    "CREATE TEMP TABLE kept AS SELECT id, t_ns, rss, heap, function, threads FROM samples; DROP TABLE samples; "      \
    "CREATE TABLE samples(id INTEGER PRIMARY KEY, t_ns INTEGER, rss INTEGER, heap INTEGER, function INTEGER, "        \
    "threads INTEGER); INSERT INTO samples SELECT * FROM kept; DROP TABLE kept; "                                     \
    "DELETE FROM lines WHERE hits IS NULL; UPDATE lines SET id = (SELECT count(*) FROM lines AS l WHERE l.id < lines.id); "   \
    "UPDATE functions SET line_row_count = 1 WHERE id = 1; UPDATE functions SET first_line_row = 1 WHERE id = 2; "    \
    "UPDATE meta SET value = 3 WHERE key = 'lines'; "

#define CHILDREN_TO_FORMAT_2                                                                                          \
    "DROP TABLE process_sites; DROP TABLE process_marks; DROP TABLE process_types; "                                  \
    "DELETE FROM process_meta WHERE key IN ('sites', 'marks', 'types', 'census_t_ns') OR key LIKE 'heap.%'; "         \
    "DROP TABLE process_samples; CREATE TABLE process_samples(id INTEGER, t_ns INTEGER, rss INTEGER, heap INTEGER, "  \
    "function INTEGER, threads INTEGER, process INTEGER, PRIMARY KEY(process, id)) WITHOUT ROWID; "

/* What a model loses when a file of format 2 knows it. */
static void forget_memory(struct model *model) {
    model->site_count = model->mark_count = model->type_count = 0;
    model->census_t_ns = 0;
    model->heap = (struct model_heap){0};
    for (size_t i = 0; i < model->function_count; i++)
        model->functions[i].memory = model->functions[i].total_memory = (struct model_allocations){0};
    for (size_t i = 0; i < model->node_count; i++)
        model->nodes[i].memory_row = 0;
    for (size_t i = 0; i < model->line_count; i++)
        model->lines[i].memory = (struct model_allocations){0};
    for (size_t i = 0; i < model->sample_count; i++) {
        struct model_sample *sample = &model->samples[i];
        sample->native = sample->own = MODEL_UNKNOWN;
        memset(sample->collections, 0, sizeof sample->collections);
        for (int k = 0; k < MODEL_SAMPLE_GROWTH; k++) {
            sample->growth[k].site = MODEL_NO_SITE;
            sample->growth[k].bytes = 0;
        }
    }
}

/* What a model loses when a file of format 3 knows it. */
static void forget_bytecode(struct model *model) {
    memset(model->switched, 0, sizeof model->switched);
    forget_instructions(model);
    model->instruction_row_count = model->handler_count = 0;
    for (size_t i = 0; i < model->function_count; i++) {
        struct model_function *function = &model->functions[i];
        function->first_instruction_row = function->instruction_row_count = 0;
        function->first_handler_row = function->handler_row_count = 0;
    }
    for (size_t i = 0; i < model->thread_count; i++)
        model->threads[i].self_ns = model->threads[i].calls = 0;
    model->thread_function_count = 0;
}

/* The program's lines that only memory or instructions are known of are not in an older file. */
static void forget_lines(struct model *model) {
    size_t kept = 0;
    for (size_t i = 0; i < model->line_count; i++) {
        struct model_function *function = &model->functions[model->lines[i].function];
        if (model->lines[i].hits == MODEL_UNKNOWN)
            function->line_row_count--;
        else
            model->lines[kept++] = model->lines[i];
    }
    assert_int_equal(model->line_count - kept, 3);
    model->line_count = kept;
    model->functions[2].first_line_row = 1;
}

/* What a file of format 1 has: no child processes, and nothing that came with them. */
static void format_1_is_read(void **state) {
    struct fixture *fixture = *state;
    struct model *program = fixture->model;
    while (program->child_count)
        model_free(program->children[--program->child_count]);
    model_free(program->all);
    program->all = NULL;
    save(fixture);
    change(fixture, FORGET_INSTRUCTIONS("") TO_FORMAT_2
           "DROP TABLE left_alone; DROP TABLE unreadable; DELETE FROM meta WHERE key IN ('left_alone', 'unreadable', "
           "'processes', 'lost_processes', 'clock', 'parent_pid'); PRAGMA user_version=1");
    struct model *loaded = load(fixture->path);
    program->left_alone_count = program->unreadable_count = 0;
    program->lost_processes = program->parent_pid = 0;
    program->clock = RUN_CLOCK_WALL;
    forget_memory(program);
    forget_bytecode(program);
    forget_lines(program);
    assert_same(program, loaded);
    model_free(loaded);
    change(fixture, "CREATE TABLE left_alone(id INTEGER PRIMARY KEY, reason TEXT, example TEXT, count INTEGER)");
    assert_not_loaded(fixture->path, "not those of a session", 1);
}

static void format_2_is_read(void **state) {
    struct fixture *fixture = *state;
    struct model *program = fixture->model;
    save(fixture);
    change(fixture, TO_FORMAT_3 TO_FORMAT_2 CHILDREN_TO_FORMAT_2 "PRAGMA user_version=2");
    struct model *loaded = load(fixture->path);
    forget_memory(program);
    forget_bytecode(program);
    forget_lines(program);
    for (size_t i = 0; i < program->child_count; i++) {
        forget_memory(program->children[i]);
        forget_bytecode(program->children[i]);
    }
    assert_true(model_sum_processes(program, NULL, NULL));
    assert_same(program, loaded);
    model_free(loaded);
    change(fixture, "PRAGMA user_version=3");
    assert_not_loaded(fixture->path, "not those of a session", 1);
}

/* Its lines are as they were: what had rows for their instructions alone is a row without numbers. */
static void format_3_is_read(void **state) {
    struct fixture *fixture = *state;
    struct model *program = fixture->model;
    save(fixture);
    change(fixture, TO_FORMAT_3 "PRAGMA user_version=3");
    struct model *loaded = load(fixture->path);
    forget_bytecode(program);
    for (size_t i = 0; i < program->child_count; i++)
        forget_bytecode(program->children[i]);
    assert_true(model_sum_processes(program, NULL, NULL));
    assert_same(program, loaded);
    model_free(loaded);
    change(fixture, "PRAGMA user_version=4");
    assert_not_loaded(fixture->path, "not those of a session", 1);
}

/* What threads did together is there, what each function did in each is not. */
static void format_4_is_read(void **state) {
    struct fixture *fixture = *state;
    struct model *program = fixture->model;
    save(fixture);
    change(fixture, TO_FORMAT_4 "PRAGMA user_version=4");
    struct model *loaded = load(fixture->path);
    memset(program->switched, 0, sizeof program->switched);
    program->thread_function_count = 0;
    assert_true(model_sum_processes(program, NULL, NULL));
    assert_same(program, loaded);
    model_free(loaded);
    change(fixture, "PRAGMA user_version=5");
    assert_not_loaded(fixture->path, "not those of a session", 1);
}

static void changed_thread_functions_are_refused(void **state) {
    check_changed(*state, "UPDATE thread_functions SET thread = 2 WHERE id = 1", "what a thread did refers to no function");
    check_changed(*state, "UPDATE thread_functions SET function = 4 WHERE id = 0", "what a thread did refers to no function");
    check_changed(*state, "DELETE FROM thread_functions WHERE id = 2", "rows are missing");
    check_changed(*state, "DROP TABLE thread_functions", "not those of a session");
}

/* Totals of instructions are not in the file. */
static void instructions_come_back_from_their_rows(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    struct model *loaded = load(fixture->path);
    assert_int_equal(loaded->functions[1].instructions, 41 + INT64_MAX / 4);
    assert_int_equal(loaded->instructions, loaded->functions[1].instructions);
    assert_int_equal(loaded->functions[2].instructions, MODEL_UNKNOWN);
    assert_int_equal(loaded->functions[1].line_row_count, 4);
    static const uint64_t lines[4][2] = {{1, 1}, {3, 40}, {5, INT64_MAX / 4}, {9, 0}};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(loaded->lines[i].line, lines[i][0]);
        assert_int_equal(loaded->lines[i].instructions, lines[i][1]);
    }
    assert_int_equal(loaded->all->instructions, loaded->instructions + 1);
    model_free(loaded);
}

static void changed_instructions_are_refused(void **state) {
    static const char *const changes[][2] = {
        {"DROP TABLE handlers", "not those of a session"},
        {"ALTER TABLE instruction_rows DROP COLUMN raised", "not those of a session"},
        {"DELETE FROM meta WHERE key = 'handlers'", "a value is missing"},
        {"UPDATE instruction_rows SET function = 2 WHERE id = 3", "the instructions of a function do not fit"},
        {"UPDATE instruction_rows SET offset = 2 WHERE id = 2", "the instructions of a function do not fit"},
        {"UPDATE instruction_rows SET offset = 4294967295 WHERE id = 4", "the instructions of a function do not fit"},
        {"UPDATE instruction_rows SET stack_effect = 2147483648 WHERE id = 1", "out of range"},
        {"UPDATE instruction_rows SET stack_effect = NULL WHERE id = 1", "out of range"},
        {"UPDATE instruction_rows SET opname = NULL WHERE id = 1", "text is missing"},
        {"UPDATE instruction_rows SET count = -1 WHERE id = 1", "out of range"},
        {"UPDATE functions SET first_instruction_row = 4294967295 WHERE id = 2", "the instructions of a function do not fit"},
        {"UPDATE functions SET instruction_row_count = 5 WHERE id = 1", "the instructions of a function do not fit"},
        {"UPDATE functions SET instruction_row_count = 0 WHERE id = 2; UPDATE instruction_rows SET function = 9 WHERE id = 4",
         "an instruction refers to no function"},
        {"UPDATE functions SET handler_row_count = 4 WHERE id = 1", "the instructions of a function do not fit"},
        {"UPDATE handlers SET start = 5 WHERE id = 0", "the instructions of a function do not fit"},
        {"UPDATE handlers SET start = 2, end = 1 WHERE id = 2", "the instructions of a function do not fit"},
        {"UPDATE handlers SET keeps_offset = 2 WHERE id = 2", "the instructions of a function do not fit"},
        {"UPDATE process_instruction_rows SET function = 2", "the instructions of a function do not fit"},
        {"DELETE FROM process_instruction_rows", "rows are missing"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        check_changed(*state, changes[i][0], changes[i][1]);
}

/* Memory of functions, lines and call nodes is not in the file. */
static void memory_comes_back_from_its_sites(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    struct model *loaded = load(fixture->path);
    assert_int_equal(loaded->functions[1].memory.allocated_bytes, 220);
    assert_int_equal(loaded->functions[1].total_memory.allocated_bytes, 220 + INT64_MAX / 4);
    assert_int_equal(loaded->functions[1].line_row_count, 4);
    assert_int_equal(loaded->lines[3].line, 9);
    assert_int_equal(loaded->lines[3].hits, MODEL_UNKNOWN);
    assert_int_equal(loaded->lines[3].memory.live_count, 500);
    assert_int_equal(model_node_memory(loaded, &loaded->nodes[1])->total_memory.highest_bytes, INT64_MAX);
    assert_int_equal(loaded->all->functions[0].total_memory.allocated_count, 1116);
    model_free(loaded);
}

static char *json_of(const struct model *model) {
    char *text = NULL;
    size_t size;
    struct error error;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(export_json(model, out, &error));
    fclose(out);
    return text;
}

/* Of the sum, too, with all its processes. */
static void the_json_is_the_same(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    struct model *loaded = load(fixture->path);
    const struct model *saved[] = {fixture->model, fixture->model->all}, *opened[] = {loaded, loaded->all};
    for (int i = 0; i < 2; i++) {
        char *before = json_of(saved[i]), *after = json_of(opened[i]);
        assert_non_null(strstr(before, "\"alloc_bytes\": 220"));
        assert_string_equal(before, after);
        free(before);
        free(after);
    }
    model_free(loaded);
}

static void changed_memory_is_refused(void **state) {
    static const char *const changes[][2] = {
        {"DROP TABLE sites", "not those of a session"},
        {"ALTER TABLE samples DROP COLUMN own", "not those of a session"},
        {"DELETE FROM meta WHERE key = 'heap.live_bytes'", "a value is missing"},
        {"UPDATE sites SET node = 4 WHERE id = 3", "an allocation site refers to no function"},
        {"UPDATE sites SET function = 4 WHERE id = 3", "an allocation site refers to no function"},
        {"UPDATE sites SET function = 3 WHERE id = 3", "an allocation site refers to no line"},
        {"UPDATE sites SET line = 1 WHERE id = 0", "an allocation site refers to no line"},
        {"UPDATE sites SET line = 3 WHERE id = 2", "the allocation sites are out of order"},
        {"UPDATE sites SET function = 0, line = 0, node = 0 WHERE id = 1", "the allocation sites are out of order"},
        {"UPDATE sites SET live_bytes = NULL WHERE id = 1", "an allocation site without its numbers"},
        {"UPDATE sites SET highest_bytes = NULL WHERE id = 1", "an allocation site without its numbers"},
        {"UPDATE sites SET live_bytes = -1 WHERE id = 1", "out of range"},
        {"DELETE FROM sites WHERE id = 3", "rows are missing"},
        {"UPDATE samples SET growth_site_0 = 4 WHERE id = 1", "a sample refers to no allocation site"},
        {"UPDATE samples SET growth_bytes_3 = NULL WHERE id = 1", "a sample refers to no allocation site"},
        {"UPDATE samples SET collections_1 = NULL WHERE id = 1", "out of range"},
        {"UPDATE marks SET t_ns = 12 WHERE id = 0", "the marks are out of order"},
        {"UPDATE marks SET name = NULL", "text is missing"},
        {"UPDATE types SET name = NULL", "text is missing"},
        {"UPDATE process_sites SET function = 2", "an allocation site refers to no function"},
        {"DELETE FROM process_types", "rows are missing"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        check_changed(*state, changes[i][0], changes[i][1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(format_1_is_read),
        TEST(format_2_is_read),
        TEST(format_3_is_read),
        TEST(format_4_is_read),
        TEST(changed_thread_functions_are_refused),
        TEST(instructions_come_back_from_their_rows),
        TEST(changed_instructions_are_refused),
        TEST(memory_comes_back_from_its_sites),
        TEST(the_json_is_the_same),
        TEST(changed_memory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
