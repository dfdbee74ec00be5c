/* session_fixture.h - a model with a row of everything, saved, loaded, changed by SQL and compared. */
#ifndef PYPROF_TESTS_SESSION_FIXTURE_H
#define PYPROF_TESTS_SESSION_FIXTURE_H

/* Rows are written as lists of their first members; what the memory collector knows stands behind and is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/profile/model_instructions.h"
#include "core/profile/model_memory.h"
#include "pyprof/session.h"
#include "tests/unit/model_fixture.h"

struct fixture {
    char folder[64], path[128];
    struct model *model;
};

#define ROWS(member, ...)                                             \
    do {                                                              \
        const typeof(*model->member) rows[] = {__VA_ARGS__};          \
        free(model->member);                                          \
        model->member = malloc(sizeof rows);                          \
        memcpy(model->member, rows, sizeof rows);                     \
    } while (0)

static inline void fill_run(struct model *model) {
    model->python_version = "3.11.2";
    model->script = "julia.py";
    model->config_text = "collectors:\n  function: {enabled: true}\n";
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    model->collectors_on = model->collectors_asked = model->collectors;
    model->builtins = true;
    model->marked_only = true;
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_SIGNAL;
    model->exit_value = 11;
    model->pid = UINT32_MAX;
    model->start_unix_ns = 1700000000123456789;
    model->wall_ns = INT64_MAX;
    model->lost_codes = 1;
    model->lost_nodes = 2;
    model->lost_frames = 3;
    model->lost_threads = MODEL_UNKNOWN;
    model->lost_processes = 4;
    model->clock = RUN_CLOCK_CPU;
    model->parent_pid = 17;
}

/* What formats before 4 know of instructions. */
static inline void forget_instructions(struct model *model) {
    for (size_t i = 0; i < model->function_count; i++)
        model->functions[i].instructions = MODEL_UNKNOWN;
    for (size_t i = 0; i < model->line_count; i++)
        model->lines[i].instructions = MODEL_UNKNOWN;
    model->instructions = MODEL_UNKNOWN;
}

/* A child with rows of its own, and one without any. */
static inline void add_children(struct model *program) {
    struct model *model = fixture_child(program, 4242, 4241);
    fill_run(model);
    model->script = "python3 tool.py";
    model->exit_kind = MODEL_EXIT_UNKNOWN;
    model->clock = RUN_CLOCK_RUNNING;
    ROWS(arguments, {"python3"}, {"tool.py"});
    model->argument_count = 2;
    ROWS(functions, {"", "", "", 0, MODEL_FUNCTION_PROGRAM, 0, 0, 0, 5, 6, 0, 0},
         {"/p/tool.py", "tool", "tool", 1, MODEL_FUNCTION_PYTHON, 7, 1, 1, 100, 1000, 0, 1});
    model->function_count = 2;
    ROWS(edges, {0, 1, 1, 2, 3});
    model->edge_count = 1;
    ROWS(lines, {1, 3, 1, 2, 3});
    model->line_count = 1;
    ROWS(nodes, {0, 0, 0, 0, 1, 2}, {0, 1, 3, 4, 5, 6});
    model->node_count = 2;
    ROWS(threads, {"", 4322, 9, false, 5, 6});
    model->thread_count = 1;
    ROWS(sites, {1, 1, 3, {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}});
    model->site_count = 1;
    model->heap = (struct model_heap){5, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    ROWS(types, {"dict", 1, 1});
    model->type_count = 1;
    forget_instructions(model);
    assert_true(model_spread_memory(model));
    ROWS(instruction_rows, {1, 0, 1, MODEL_NO_OFFSET, "RESUME", "0", "", 0, 0, 0, 0, 1, 0});
    model->instruction_row_count = model->functions[1].instruction_row_count = 1;
    assert_true(model_spread_instructions(model));
    ROWS(left_alone, {"odd", "g (b.py)", 3}, {"", "", 4});
    model->left_alone_count = 2;
    fixture_child(program, 4243, 4242);
    assert_true(model_sum_processes(program, NULL, NULL));
}

/* main allocated on its line and on one that was not counted, f on a path below it; what is not kept comes from these. */
static inline void fill_memory(struct model *model) {
    model->collectors |= COLLECTOR_MEMORY;
    model->collectors_on = model->collectors_asked = model->collectors;
    ROWS(sites, {0, 0, 0, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}, {1, 1, 3, {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110}},
         {1, 1, 9, {100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100}},
         {2, 2, 12, {1000, INT64_MAX / 4, 0, 0, 0, 0, 0, 0, 0, 0, INT64_MAX}});
    model->site_count = 4;
    model->heap = (struct model_heap){666, 5, 888, MODEL_UNKNOWN, 7, 8, 9, 10, 11, 1, 0, 0, 0};
    ROWS(samples, {0, 100, MODEL_UNKNOWN, 0, 1, MODEL_UNKNOWN, MODEL_UNKNOWN, {0, 0, 0},
                   {{MODEL_NO_SITE, 0}, {MODEL_NO_SITE, 0}, {MODEL_NO_SITE, 0}, {MODEL_NO_SITE, 0}}},
         {50, 200, 150, 2, 4, 70, 30, {3, 2, 1}, {{2, 99}, {3, 88}, {0, 77}, {1, 66}}});
    model->sample_count = 2;
    ROWS(marks, {10, ""}, {10, "b\xC3\xA9"}, {11, "phase"});
    model->mark_count = 3;
    ROWS(types, {"dict", 3, INT64_MAX}, {"list", 4, 0});
    model->type_count = 2;
    model->census_t_ns = 12;
}

/* main's were counted, and one is on a line of its own; f's were not. */
static inline void fill_instructions(struct model *model) {
    model->collectors |= COLLECTOR_BYTECODE;
    model->collectors_on = model->collectors_asked = model->collectors;
    model->switched[1] = (struct model_switched){3, 5000};
    ROWS(instruction_rows, {1, 0, 0, MODEL_NO_OFFSET, "RESUME", "0", "", 0, 0, 0, 0, 1, 0},
         {1, 2, 3, MODEL_NO_OFFSET, "EXTENDED_ARG", "1", "", 1, MODEL_INSTRUCTION_PREFIX, 0, 0, 40, 2},
         {1, 4, 3, 10, "FOR_ITER", "to 10 \xC3\xA9", "FOR_ITER_LIST", UINT32_MAX,
          MODEL_INSTRUCTION_JUMP_TARGET | MODEL_INSTRUCTION_ADAPTIVE, 1, -1, 40, 2},
         {1, 10, 5, MODEL_NO_OFFSET, "RETURN_VALUE", "", "", 0, 0, INT32_MIN, INT32_MAX, INT64_MAX / 4, 0},
         {2, 0, 11, MODEL_NO_OFFSET, "RESUME", "0", "", 0, MODEL_INSTRUCTION_GAVE_UP, 0, 0, MODEL_UNKNOWN, MODEL_UNKNOWN});
    model->instruction_row_count = 5;
    ROWS(handlers, {1, 0, 4, 10, 2, 1}, {1, 4, 10, 10, 0, 0}, {2, 0, 1, 0, 0, 0});
    model->handler_count = 3;
    model->functions[1].instruction_row_count = 4;
    model->functions[1].handler_row_count = 2;
    model->functions[1].flags |= MODEL_FUNCTION_BYTECODE;
    model->functions[2].first_instruction_row = 4;
    model->functions[2].instruction_row_count = 1;
    model->functions[2].first_handler_row = 2;
    model->functions[2].handler_row_count = 1;
    assert_true(model_spread_instructions(model));
}

static inline struct model *make_model(void) {
    struct model *model = model_new();
    assert_non_null(model);
    fill_run(model);
    ROWS(arguments, {"julia.py"}, {""}, {"a b\xFF\n\x01"});
    model->argument_count = 3;
    ROWS(functions, {"", "", "", 0, MODEL_FUNCTION_PROGRAM, 0, 0, 0, 5, 6, 0, 0},
         {"/p/a.py", "main", "main", 1, MODEL_FUNCTION_PYTHON, 7, 1, 1, 100, 1000, 0, 1},
         {"/p/\xC3\xA9'\".py", "f", "A.<locals>.f", 10, MODEL_FUNCTION_PYTHON, 2, 34219980, 7, INT64_MAX, 900, 1, 2},
         {"", "abs", "builtins.abs", 0, MODEL_FUNCTION_C, 0, 1, 1, MODEL_UNKNOWN, 0, 0, 0});
    model->function_count = 4;
    ROWS(edges, {0, 1, 1, 2, 3}, {1, 2, 4, 5, 6}, {1, 3, 7, 8, MODEL_UNKNOWN}, {2, 2, 9, 10, 0});
    model->edge_count = 4;
    ROWS(lines, {1, 3, 1, 2, 3}, {2, 11, 4, 5, 6}, {2, 12, 34219980, 8, 9});
    model->line_count = 3;
    ROWS(nodes, {0, 0, 0, 0, 1, 2}, {0, 1, 3, 4, 5, 6}, {1, 2, 7, 8, 9, 10}, {3, 3, 1, 1, 1, 1});
    model->node_count = 4;
    fill_memory(model);
    ROWS(threads, {"MainThread", 4321, 1, true, 7, 8}, {"", 4322, 9, false, INT64_MAX, MODEL_UNKNOWN});
    model->thread_count = 2;
    ROWS(thread_functions, {0, 1, 1, 1, 2, 3}, {1, 2, 34219980, 7, INT64_MAX, MODEL_UNKNOWN}, {1, 3, 4, 5, 6, 7});
    model->thread_function_count = 3;
    ROWS(left_alone, {"odd", "f (a.py)", 3});
    model->left_alone_count = 1;
    ROWS(unreadable, {"77-1", "cut off"}, {"78-1", ""});
    model->unreadable_count = 2;
    forget_instructions(model);
    assert_true(model_spread_memory(model));
    fill_instructions(model);
    add_children(model);
    assert_true(model_add_source(model, "/p/a.py", "def main():\n    pass\n", 21));
    assert_true(model_add_source(model, "/p/zero.py", "a\0b\xC3\xA9", 5));
    assert_true(model_add_source(model, "/p/empty.py", "", 0));
    return model;
}

static inline int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/pyprof-session-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "%s/run.pyprof", fixture->folder);
    fixture->model = make_model();
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state) {
    struct fixture *fixture = *state;
    model_free(fixture->model);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", fixture->folder);
    free(fixture);
    return system(command);
}

static inline void save(const struct fixture *fixture) {
    struct error error = {0};
    if (!session_save(fixture->model, fixture->path, &error))
        fail_msg("%s", error.text);
}

static inline struct model *load(const char *path) {
    struct error error = {0};
    struct model *model = session_load(path, &error);
    if (!model)
        fail_msg("%s", error.text);
    return model;
}

static inline size_t count_files(const char *folder) {
    char command[128], answer[32] = "";
    snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(answer, sizeof answer, pipe));
    pclose(pipe);
    return strtoul(answer, NULL, 10);
}

#define SAME_NUMBER(field) assert_int_equal(a->field, b->field)
#define SAME_TEXT(field) assert_string_equal(a->field, b->field)

static inline void assert_same_run(const struct model *a, const struct model *b) {
    SAME_TEXT(python_version);
    SAME_TEXT(script);
    SAME_TEXT(config_text);
    SAME_NUMBER(collectors);
    SAME_NUMBER(collectors_on);
    SAME_NUMBER(collectors_asked);
    for (int i = 0; i < COLLECTOR_BITS; i++) {
        SAME_NUMBER(switched[i].off_count);
        SAME_NUMBER(switched[i].off_ns);
    }
    SAME_NUMBER(builtins);
    SAME_NUMBER(marked_only);
    SAME_NUMBER(state);
    SAME_NUMBER(exit_kind);
    SAME_NUMBER(exit_value);
    SAME_NUMBER(pid);
    SAME_NUMBER(start_unix_ns);
    SAME_NUMBER(wall_ns);
    SAME_NUMBER(lost_codes);
    SAME_NUMBER(lost_nodes);
    SAME_NUMBER(lost_frames);
    SAME_NUMBER(lost_threads);
    SAME_NUMBER(lost_processes);
    SAME_NUMBER(clock);
    SAME_NUMBER(parent_pid);
    SAME_NUMBER(process_count);
    SAME_NUMBER(child_count);
    SAME_NUMBER(left_alone_count);
    SAME_NUMBER(unreadable_count);
    SAME_NUMBER(argument_count);
    SAME_NUMBER(function_count);
    SAME_NUMBER(edge_count);
    SAME_NUMBER(line_count);
    SAME_NUMBER(instructions);
    SAME_NUMBER(instruction_row_count);
    SAME_NUMBER(handler_count);
    SAME_NUMBER(node_count);
    SAME_NUMBER(sample_count);
    SAME_NUMBER(source_count);
    SAME_NUMBER(thread_count);
    SAME_NUMBER(thread_function_count);
    SAME_NUMBER(site_count);
    SAME_NUMBER(mark_count);
    SAME_NUMBER(type_count);
    SAME_NUMBER(census_t_ns);
}

static inline void assert_same_heap(const struct model_heap *a, const struct model_heap *b) {
    SAME_NUMBER(live_bytes);
    SAME_NUMBER(native_bytes);
    SAME_NUMBER(peak_bytes);
    SAME_NUMBER(peak_t_ns);
    SAME_NUMBER(profiler_bytes);
    SAME_NUMBER(unknown_frees);
    SAME_NUMBER(uncounted_allocations);
    SAME_NUMBER(paused_count);
    SAME_NUMBER(paused_ns);
    SAME_NUMBER(native);
}

static inline void assert_same_function(const struct model_function *a, const struct model_function *b) {
    SAME_TEXT(file);
    SAME_TEXT(name);
    SAME_TEXT(qualname);
    SAME_NUMBER(line);
    SAME_NUMBER(kind);
    SAME_NUMBER(flags);
    SAME_NUMBER(calls);
    SAME_NUMBER(primitive_calls);
    SAME_NUMBER(self_ns);
    SAME_NUMBER(total_ns);
    SAME_NUMBER(first_line_row);
    SAME_NUMBER(line_row_count);
    SAME_NUMBER(instructions);
    SAME_NUMBER(first_instruction_row);
    SAME_NUMBER(instruction_row_count);
    SAME_NUMBER(first_handler_row);
    SAME_NUMBER(handler_row_count);
    assert_memory_equal(&a->memory, &b->memory, sizeof a->memory);
    assert_memory_equal(&a->total_memory, &b->total_memory, sizeof a->total_memory);
}

static inline void assert_same_instruction(const struct model_instruction *a, const struct model_instruction *b) {
    SAME_NUMBER(function);
    SAME_NUMBER(offset);
    SAME_NUMBER(line);
    SAME_NUMBER(jump_target);
    SAME_TEXT(opname);
    SAME_TEXT(argrepr);
    SAME_TEXT(specialized);
    SAME_NUMBER(argument);
    SAME_NUMBER(flags);
    SAME_NUMBER(stack_effect);
    SAME_NUMBER(jump_stack_effect);
    SAME_NUMBER(count);
    SAME_NUMBER(raised);
}

static inline void assert_same_memory(const struct model *a, const struct model *b) {
    assert_same_heap(&a->heap, &b->heap);
    for (size_t i = 0; i < a->site_count; i++) {
        SAME_NUMBER(sites[i].node);
        SAME_NUMBER(sites[i].function);
        SAME_NUMBER(sites[i].line);
        assert_memory_equal(&a->sites[i].memory, &b->sites[i].memory, sizeof a->sites->memory);
    }
    for (size_t i = 0; i < a->mark_count; i++) {
        SAME_NUMBER(marks[i].t_ns);
        SAME_TEXT(marks[i].name);
    }
    for (size_t i = 0; i < a->type_count; i++) {
        SAME_TEXT(types[i].name);
        SAME_NUMBER(types[i].count);
        SAME_NUMBER(types[i].bytes);
    }
}

static inline void assert_same_sample(const struct model_sample *a, const struct model_sample *b) {
    SAME_NUMBER(t_ns);
    SAME_NUMBER(rss);
    SAME_NUMBER(heap);
    SAME_NUMBER(function);
    SAME_NUMBER(threads);
    SAME_NUMBER(native);
    SAME_NUMBER(own);
    assert_memory_equal(a->collections, b->collections, sizeof a->collections);
    for (int i = 0; i < MODEL_SAMPLE_GROWTH; i++) {
        SAME_NUMBER(growth[i].site);
        SAME_NUMBER(growth[i].bytes);
    }
}

static inline void assert_same_thread(const struct model_thread *a, const struct model_thread *b) {
    SAME_TEXT(name);
    SAME_NUMBER(system_id);
    SAME_NUMBER(starts);
    SAME_NUMBER(running);
    SAME_NUMBER(self_ns);
    SAME_NUMBER(calls);
}

static inline void assert_same_losses(const struct model *a, const struct model *b) {
    for (size_t i = 0; i < a->left_alone_count; i++) {
        SAME_TEXT(left_alone[i].reason);
        SAME_TEXT(left_alone[i].example);
        SAME_NUMBER(left_alone[i].count);
    }
    for (size_t i = 0; i < a->unreadable_count; i++) {
        SAME_TEXT(unreadable[i].name);
        SAME_TEXT(unreadable[i].reason);
    }
}

static inline void assert_same(const struct model *a, const struct model *b) {
    assert_same_run(a, b);
    assert_same_losses(a, b);
    assert_same_memory(a, b);
    for (size_t i = 0; i < a->child_count; i++) {
        assert_same(a->children[i], b->children[i]);
        assert_ptr_equal(b->children[i]->program, b);
    }
    assert_int_equal(a->all != NULL, b->all != NULL);
    if (a->all)
        assert_same(a->all, b->all);
    for (size_t i = 0; i < a->argument_count; i++)
        assert_string_equal(a->arguments[i].text, b->arguments[i].text);
    for (size_t i = 0; i < a->function_count; i++)
        assert_same_function(&a->functions[i], &b->functions[i]);
    for (size_t i = 0; i < a->instruction_row_count; i++)
        assert_same_instruction(&a->instruction_rows[i], &b->instruction_rows[i]);
    if (a->handler_count)
        assert_memory_equal(a->handlers, b->handlers, a->handler_count * sizeof *a->handlers);
    for (size_t i = 0; i < a->thread_count; i++)
        assert_same_thread(&a->threads[i], &b->threads[i]);
    for (size_t i = 0; i < a->thread_function_count; i++)
        assert_memory_equal(&a->thread_functions[i], &b->thread_functions[i], sizeof a->thread_functions[i]);
    /* rows of numbers, without padding */
    if (a->edge_count)
        assert_memory_equal(a->edges, b->edges, a->edge_count * sizeof *a->edges);
    if (a->line_count)
        assert_memory_equal(a->lines, b->lines, a->line_count * sizeof *a->lines);
    if (a->node_count)
        assert_memory_equal(a->nodes, b->nodes, a->node_count * sizeof *a->nodes);
    for (size_t i = 0; i < a->sample_count; i++)
        assert_same_sample(&a->samples[i], &b->samples[i]);
    for (size_t i = 0; i < a->source_count; i++) {
        const struct model_source *source = model_source(b, a->sources[i].file);
        assert_non_null(source);
        assert_int_equal(source->length, a->sources[i].length);
        assert_memory_equal(source->text, a->sources[i].text, source->length + 1);
    }
}

static inline void change(const struct fixture *fixture, const char *sql) {
    sqlite3 *database;
    char *message = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(database);
}

static inline void assert_not_loaded(const char *path, const char *reason, int exit_status) {
    struct error error = {0};
    struct model *model = session_load(path, &error);
    if (model)
        fail_msg("%s was loaded", path);
    if (!strstr(error.text, reason))
        fail_msg("\"%s\" lacks \"%s\"", error.text, reason);
    assert_memory_equal(error.text, path, strlen(path));
    assert_int_equal(error.exit_status, exit_status);
}

/* Saves, changes the file by SQL, and expects that loading finds fault with it. */
static inline void check_changed(const struct fixture *fixture, const char *sql, const char *reason) {
    save(fixture);
    change(fixture, sql);
    assert_not_loaded(fixture->path, reason, strstr(reason, "newer") ? EXIT_STATUS_USAGE : 1);
}

#endif
