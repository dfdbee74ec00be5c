/* model_fixture.h - small models made by hand, for the tests of what shows them. */
#ifndef PYPROF_TESTS_MODEL_FIXTURE_H
#define PYPROF_TESTS_MODEL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/profile/model_sum.h"
#include "pyprof/model.h"

#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

static inline void *fixture_grow(void *rows, size_t count, size_t size) {
    /* Doubled when full, so that large models are made quickly. */
    if (count & (count - 1))
        return rows;
    void *grown = realloc(rows, (count ? count * 2 : 1) * size);
    assert_non_null(grown);
    return grown;
}

/* Adds a function; returns its id. Times in nanoseconds. */
static inline uint32_t fixture_function(struct model *model, enum model_function_kind kind, const char *file,
                                        uint32_t line, const char *qualname, uint16_t flags, uint64_t calls,
                                        uint64_t self_ns, uint64_t total_ns) {
    model->functions = fixture_grow(model->functions, model->function_count, sizeof *model->functions);
    const char *dot = strrchr(qualname, '.');
    const char *text = model_text(model, qualname, strlen(qualname));
    assert_non_null(text);
    model->functions[model->function_count] = (struct model_function){
        .file = model_text(model, file, strlen(file)), .name = dot ? text + (dot - qualname) + 1 : text,
        .qualname = text, .line = line, .kind = kind, .flags = flags, .calls = calls, .primitive_calls = calls,
        .self_ns = self_ns, .total_ns = total_ns, .instructions = MODEL_UNKNOWN};
    return (uint32_t)model->function_count++;
}

static inline void fixture_edge(struct model *model, uint32_t caller, uint32_t callee, uint64_t calls,
                                uint64_t self_ns, uint64_t total_ns) {
    model->edges = fixture_grow(model->edges, model->edge_count, sizeof *model->edges);
    model->edges[model->edge_count++] = (struct model_edge){caller, callee, calls, self_ns, total_ns};
}

/* A function's lines must be added one after the other. */
static inline void fixture_line(struct model *model, uint32_t function, uint32_t line, uint64_t hits,
                                uint64_t self_ns, uint64_t total_ns) {
    model->lines = fixture_grow(model->lines, model->line_count, sizeof *model->lines);
    struct model_function *owner = &model->functions[function];
    if (!owner->line_row_count)
        owner->first_line_row = (uint32_t)model->line_count;
    owner->line_row_count++;
    owner->flags |= MODEL_FUNCTION_LINES;
    model->lines[model->line_count++] = (struct model_line){function, line, hits, self_ns, total_ns, {0}, MODEL_UNKNOWN};
}

static inline void fixture_count(uint64_t *sum, uint64_t count) { *sum = (*sum == MODEL_UNKNOWN ? 0 : *sum) + count; }

/* Adds an instruction and its count (MODEL_UNKNOWN: not counted) to the totals of its function, its line where that has a row, and
 * the program. A function's instructions must be added one after the other, ascending by offset, behind its lines. The row, for
 * what else it has; it moves with the next one. EXTENDED_ARG, and what stands on line 0, is in no line's total. */
static inline struct model_instruction *fixture_instruction(struct model *model, uint32_t function, uint32_t offset, uint32_t line,
                                                            const char *opname, const char *argrepr, uint64_t count) {
    model->instruction_rows = fixture_grow(model->instruction_rows, model->instruction_row_count, sizeof *model->instruction_rows);
    struct model_function *owner = &model->functions[function];
    bool prefix = strcmp(opname, "EXTENDED_ARG") == 0;
    if (!owner->instruction_row_count++)
        owner->first_instruction_row = (uint32_t)model->instruction_row_count;
    model->collectors |= COLLECTOR_BYTECODE;
    if (count != MODEL_UNKNOWN && !prefix) {
        fixture_count(&owner->instructions, count);
        fixture_count(&model->instructions, count);
        for (uint32_t i = 0; i < owner->line_row_count; i++)
            if (model->lines[owner->first_line_row + i].line == line)
                fixture_count(&model->lines[owner->first_line_row + i].instructions, count);
    }
    struct model_instruction *row = &model->instruction_rows[model->instruction_row_count++];
    *row = (struct model_instruction){.function = function, .offset = offset, .line = line, .jump_target = MODEL_NO_OFFSET,
                                      .opname = model_text(model, opname, strlen(opname)),
                                      .argrepr = model_text(model, argrepr, strlen(argrepr)), .specialized = "",
                                      .flags = prefix ? MODEL_INSTRUCTION_PREFIX : 0, .count = count,
                                      .raised = count == MODEL_UNKNOWN ? MODEL_UNKNOWN : 0};
    return row;
}

/* Adds an entry of a function's exception table; they must be added one after the other, ascending by start. */
static inline void fixture_handler(struct model *model, uint32_t function, uint32_t start, uint32_t end, uint32_t target,
                                   uint32_t depth, bool keeps_offset) {
    model->handlers = fixture_grow(model->handlers, model->handler_count, sizeof *model->handlers);
    struct model_function *owner = &model->functions[function];
    if (!owner->handler_row_count++)
        owner->first_handler_row = (uint32_t)model->handler_count;
    model->handlers[model->handler_count++] = (struct model_handler){function, start, end, target, depth, keeps_offset};
}

static inline void fixture_sample(struct model *model, uint64_t t_ns, uint64_t rss, uint32_t function) {
    model->samples = fixture_grow(model->samples, model->sample_count, sizeof *model->samples);
    struct model_sample sample = {.t_ns = t_ns,
                                  .rss = rss,
                                  .heap = MODEL_UNKNOWN,
                                  .native = MODEL_UNKNOWN,
                                  .own = MODEL_UNKNOWN,
                                  .function = function,
                                  .threads = 1};
    for (int k = 0; k < MODEL_SAMPLE_GROWTH; k++)
        sample.growth[k].site = MODEL_NO_SITE;
    model->samples[model->sample_count++] = sample;
}

/* The functions of the Julia program: 1 calculate, 2 calc_pure_python, 3 abs, 4 <module>, 5 time.time,
 * 6 a standard library function, 7 a C function that only it calls, 8 one that never ran. */
static inline struct model *fixture_julia(void) {
    struct model *model = model_new();
    assert_non_null(model);
    model->script = "julia.py";
    model->python_version = "3.11.2";
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    model->collectors_on = model->collectors_asked = model->collectors;
    model->state = MODEL_RUNNING;
    model->wall_ns = 12400 * MILLISECOND;
    fixture_function(model, MODEL_FUNCTION_PYTHON, "julia.py", 5, "calculate_z_serial_purepython",
                     MODEL_FUNCTION_PROJECT, 1, 9240 * MILLISECOND, 9430 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "julia.py", 20, "calc_pure_python", MODEL_FUNCTION_PROJECT, 1,
                     510 * MILLISECOND, 9940 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "builtins.abs", 0, 34219980, 190 * MILLISECOND,
                     190 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "julia.py", 1, "<module>", MODEL_FUNCTION_PROJECT, 1,
                     20 * MILLISECOND, 9960 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "time.time", 0, 2, 1500, 1500);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/usr/lib/python3.11/random.py", 100, "Random.random", 0, 12,
                     30 * MILLISECOND, 40 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "math.log", 0, 12, 10 * MILLISECOND, 10 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "julia.py", 60, "never_called", MODEL_FUNCTION_PROJECT, 0, 0, 0);
    fixture_edge(model, 0, 4, 1, 20 * MILLISECOND, 9960 * MILLISECOND);
    fixture_edge(model, 1, 3, 34219980, 190 * MILLISECOND, 190 * MILLISECOND);
    fixture_edge(model, 2, 1, 1, 9240 * MILLISECOND, 9430 * MILLISECOND);
    fixture_edge(model, 2, 5, 2, 1500, 1500);
    fixture_edge(model, 4, 2, 1, 510 * MILLISECOND, 9940 * MILLISECOND);
    fixture_edge(model, 6, 7, 12, 10 * MILLISECOND, 10 * MILLISECOND);
    return model;
}

static inline void fixture_node(struct model *model, uint32_t parent, uint32_t function, uint64_t calls,
                                uint64_t self_ns, uint64_t total_ns) {
    model->nodes = fixture_grow(model->nodes, model->node_count, sizeof *model->nodes);
    model->nodes[model->node_count++] = (struct model_node){parent, function, calls, calls, self_ns, total_ns, 0};
}

/* A process of the program, which owns it. Children must be added in the order of their start. */
static inline struct model *fixture_child(struct model *program, uint32_t pid, uint32_t parent_pid) {
    struct model *child = model_new();
    assert_non_null(child);
    child->program = program;
    child->pid = pid;
    child->parent_pid = parent_pid;
    child->collectors = program->collectors;
    child->collectors_on = child->collectors_asked = child->collectors;
    child->state = MODEL_ENDED;
    child->start_unix_ns = program->start_unix_ns + pid;
    program->children = fixture_grow(program->children, program->child_count, sizeof *program->children);
    program->children[program->child_count++] = child;
    return child;
}

/* Three processes: 4121 runs main (1), which calls work (2); its fork 4122 runs work (2) as well, and abs (3) from there;
 * 4123 is a command that 4122 ran: it has tool (1), and abs (2) called by it. The sum over them is made. */
static inline struct model *fixture_processes(void) {
    struct model *program = model_new();
    assert_non_null(program);
    program->script = "pool.py";
    program->python_version = "3.11.2";
    program->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    program->collectors_on = program->collectors_asked = program->collectors;
    program->state = MODEL_ENDED;
    program->exit_kind = MODEL_EXIT_STATUS;
    program->pid = 4121;
    program->start_unix_ns = 1000;
    program->wall_ns = 5 * SECOND;
    fixture_function(program, MODEL_FUNCTION_PYTHON, "pool.py", 1, "main", MODEL_FUNCTION_PROJECT, 1, 100, 150);
    fixture_function(program, MODEL_FUNCTION_PYTHON, "pool.py", 9, "work", MODEL_FUNCTION_PROJECT, 2, 50, 50);
    fixture_line(program, 2, 10, 2, 30, 30);
    fixture_line(program, 2, 12, 2, 20, 20);
    fixture_edge(program, 0, 1, 1, 100, 150);
    fixture_edge(program, 1, 2, 2, 50, 50);
    fixture_node(program, 0, 0, 0, 7, 0);
    fixture_node(program, 0, 1, 1, 100, 150);
    fixture_node(program, 1, 2, 2, 50, 50);
    fixture_sample(program, 1000, 5 << 20, 2);

    struct model *fork = fixture_child(program, 4122, 4121);
    fork->wall_ns = 3 * SECOND;
    fixture_function(fork, MODEL_FUNCTION_PYTHON, "pool.py", 1, "main", MODEL_FUNCTION_PROJECT, 0, 0, 0);
    fixture_function(fork, MODEL_FUNCTION_PYTHON, "pool.py", 9, "work", MODEL_FUNCTION_PROJECT, 3, 600, 640);
    fixture_function(fork, MODEL_FUNCTION_C, "", 0, "builtins.abs", 0, 4, 40, 40);
    fixture_line(fork, 2, 10, 3, 500, 500);
    fixture_line(fork, 2, 11, 4, 100, 100);
    fixture_edge(fork, 0, 2, 3, 600, 640);
    fixture_edge(fork, 2, 3, 4, 40, 40);
    fixture_node(fork, 0, 0, 0, 1, 0);
    fixture_node(fork, 0, 2, 3, 600, 640);
    fixture_node(fork, 1, 3, 4, 40, 40);

    struct model *command = fixture_child(program, 4123, 4122);
    command->script = "python3 tool.py";
    command->arguments = calloc(2, sizeof *command->arguments);
    command->arguments[0].text = "python3";
    command->arguments[1].text = "tool.py";
    command->argument_count = 2;
    command->exit_kind = MODEL_EXIT_SIGNAL;
    command->exit_value = 9;
    command->wall_ns = 2 * SECOND;
    fixture_function(command, MODEL_FUNCTION_PYTHON, "tool.py", 1, "tool", 0, 1, 1000, 1010);
    fixture_function(command, MODEL_FUNCTION_C, "", 0, "builtins.abs", 0, 1, 10, 10);
    fixture_line(command, 1, 2, 1, 1000, 1010);
    fixture_edge(command, 0, 1, 1, 1000, 1010);
    fixture_edge(command, 1, 2, 1, 10, 10);
    fixture_node(command, 0, 0, 0, 2, 0);
    fixture_node(command, 0, 1, 1, 1000, 1010);
    fixture_node(command, 1, 2, 1, 10, 10);
    assert_true(model_sum_processes(program, NULL, NULL));
    return program;
}

#endif
