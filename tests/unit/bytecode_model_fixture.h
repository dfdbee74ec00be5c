/* bytecode_model_fixture.h - a program whose bytecode was counted: 1 is <module>, 2 count, 3 the <lambda> in it, 4 sorted.
 *
 * The instructions of count are those of CPython 3.11, the counts those that sys.settrace gives. */
#ifndef PYPROF_TESTS_BYTECODE_MODEL_FIXTURE_H
#define PYPROF_TESTS_BYTECODE_MODEL_FIXTURE_H

#include "tests/unit/model_fixture.h"

static const char bytecode_source[] = "def count(limit, data):\n"
                                      "    total = 0\n"
                                      "    for n in range(limit):\n"
                                      "        try:\n"
                                      "            if n % 3:\n"
                                      "                total += data[n]\n"
                                      "        except KeyError:\n"
                                      "            continue\n"
                                      "    order = sorted(data, key=lambda k: -data[k])\n"
                                      "    return total, order\n"
                                      "\n"
                                      "\n"
                                      "count(3000, {n: n for n in range(2000)})\n";

struct fixture_instruction_row {
    uint32_t offset, line, jump_target;
    const char *opname, *argrepr, *specialized;
    uint32_t argument, flags;
    int32_t stack_effect, jump_stack_effect;
    uint64_t count;
};

/* clang-format off */
enum { JUMP_TARGET = MODEL_INSTRUCTION_JUMP_TARGET, ADAPTIVE = MODEL_INSTRUCTION_ADAPTIVE, GAVE_UP = MODEL_INSTRUCTION_GAVE_UP };
#define NONE MODEL_NO_OFFSET
static const struct fixture_instruction_row bytecode_of_count[] = {
    {0, 0, NONE, "MAKE_CELL", "data", "", 1, 0, 0, 0, 1},
    {2, 1, NONE, "RESUME", "", "", 0, 0, 0, 0, 1},
    {4, 2, NONE, "LOAD_CONST", "0", "", 1, 0, 1, 1, 1},
    {6, 2, NONE, "STORE_FAST", "total", "", 2, 0, -1, -1, 1},
    {8, 3, NONE, "LOAD_GLOBAL", "NULL + range", "", 1, ADAPTIVE, 2, 2, 1},
    {20, 3, NONE, "LOAD_FAST", "limit", "", 0, 0, 1, 1, 1},
    {22, 3, NONE, "PRECALL", "", "", 1, ADAPTIVE, -1, -1, 1},
    {26, 3, NONE, "CALL", "", "", 1, ADAPTIVE, -1, -1, 1},
    {36, 3, NONE, "GET_ITER", "", "", 0, 0, 0, 0, 1},
    {38, 3, 110, "FOR_ITER", "to 110", "", 35, JUMP_TARGET, 1, -1, 3001},
    {40, 3, NONE, "STORE_FAST", "n", "", 3, 0, -1, -1, 3000},
    {42, 4, NONE, "NOP", "", "", 0, 0, 0, 0, 3000},
    {44, 5, NONE, "LOAD_FAST", "n", "LOAD_FAST__LOAD_CONST", 3, 0, 1, 1, 3000},
    {46, 5, NONE, "LOAD_CONST", "3", "", 2, 0, 1, 1, 3000},
    {48, 5, NONE, "BINARY_OP", "%", "", 6, ADAPTIVE | GAVE_UP, -1, -1, 3000},
    {52, 5, 76, "POP_JUMP_FORWARD_IF_FALSE", "to 76", "", 11, 0, -1, -1, 3000},
    {54, 6, NONE, "LOAD_FAST", "total", "", 2, 0, 1, 1, 2000},
    {56, 6, NONE, "LOAD_DEREF", "data", "", 1, 0, 1, 1, 2000},
    {58, 6, NONE, "LOAD_FAST", "n", "", 3, 0, 1, 1, 2000},
    {60, 6, NONE, "BINARY_SUBSCR", "", "BINARY_SUBSCR_DICT", 0, 0, -1, -1, 2000},
    {70, 6, NONE, "BINARY_OP", "+=", "BINARY_OP_ADD_INT", 13, 0, -1, -1, 1333},
    {74, 6, NONE, "STORE_FAST", "total", "", 2, 0, -1, -1, 1333},
    {76, 0, 38, "JUMP_BACKWARD", "to 38", "", 20, JUMP_TARGET, 0, 0, 2333},
    {78, 0, NONE, "PUSH_EXC_INFO", "", "", 0, 0, 1, 1, 667},
    {80, 7, NONE, "LOAD_GLOBAL", "KeyError", "LOAD_GLOBAL_BUILTIN", 2, 0, 1, 1, 667},
    {92, 7, NONE, "CHECK_EXC_MATCH", "", "", 0, 0, 0, 0, 667},
    {94, 7, 102, "POP_JUMP_FORWARD_IF_FALSE", "to 102", "", 3, 0, -1, -1, 667},
    {96, 7, NONE, "POP_TOP", "", "", 0, 0, -1, -1, 667},
    {98, 8, NONE, "POP_EXCEPT", "", "", 0, 0, -1, -1, 667},
    {100, 8, 38, "JUMP_BACKWARD", "to 38", "", 32, 0, 0, 0, 667},
    {102, 7, NONE, "RERAISE", "", "", 0, JUMP_TARGET, -1, -1, 0},
    {104, 0, NONE, "COPY", "", "", 3, 0, 1, 1, 0},
    {106, 0, NONE, "POP_EXCEPT", "", "", 0, 0, -1, -1, 0},
    {108, 0, NONE, "RERAISE", "", "", 1, 0, -1, -1, 0},
    {110, 9, NONE, "LOAD_GLOBAL", "NULL + sorted", "LOAD_GLOBAL_BUILTIN", 5, JUMP_TARGET, 2, 2, 1},
    {122, 9, NONE, "LOAD_DEREF", "data", "", 1, 0, 1, 1, 1},
    {124, 9, NONE, "LOAD_CLOSURE", "data", "", 1, 0, 1, 1, 1},
    {126, 9, NONE, "BUILD_TUPLE", "", "", 1, 0, 0, 0, 1},
    {128, 9, NONE, "LOAD_CONST", "<code object <lambda> at 0x7f42a6e41550, file \"counted.py\", line 9>", "", 3, 0, 1, 1, 1},
    {130, 9, NONE, "MAKE_FUNCTION", "closure", "", 8, 0, -1, -1, 1},
    {132, 9, NONE, "KW_NAMES", "", "", 4, 0, 0, 0, 1},
    {134, 9, NONE, "PRECALL", "", "PRECALL_BUILTIN_FAST_WITH_KEYWORDS", 2, 0, -2, -2, 1},
    {138, 9, NONE, "CALL", "", "", 2, ADAPTIVE, -1, -1, 1},
    {148, 9, NONE, "STORE_FAST", "order", "STORE_FAST__LOAD_FAST", 4, 0, -1, -1, 1},
    {150, 10, NONE, "LOAD_FAST", "total", "LOAD_FAST__LOAD_FAST", 2, 0, 1, 1, 1},
    {152, 10, NONE, "LOAD_FAST", "order", "", 4, 0, 1, 1, 1},
    {154, 10, NONE, "BUILD_TUPLE", "", "", 2, 0, -1, -1, 1},
    {156, 10, NONE, "RETURN_VALUE", "", "", 0, 0, -1, -1, 1},
};
static const struct fixture_instruction_row bytecode_of_lambda[] = {
    {0, 0, NONE, "COPY_FREE_VARS", "", "", 1, 0, 0, 0, 2000},
    {2, 9, NONE, "RESUME", "", "", 0, 0, 0, 0, 2000},
    {4, 9, NONE, "LOAD_DEREF", "data", "", 1, 0, 1, 1, 2000},
    {6, 9, NONE, "LOAD_FAST", "k", "", 0, 0, 1, 1, 2000},
    {8, 9, NONE, "BINARY_SUBSCR", "", "BINARY_SUBSCR_DICT", 0, 0, -1, -1, 2000},
    {18, 9, NONE, "UNARY_NEGATIVE", "", "", 0, 0, 0, 0, 2000},
    {20, 9, NONE, "RETURN_VALUE", "", "", 0, 0, -1, -1, 2000},
};
#undef NONE
/* clang-format on */

static inline void fixture_bytecode(struct model *model, uint32_t function, const struct fixture_instruction_row *rows,
                                    size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct fixture_instruction_row *row = &rows[i];
        struct model_instruction *made =
            fixture_instruction(model, function, row->offset, row->line, row->opname, row->argrepr, row->count);
        made->jump_target = row->jump_target;
        made->specialized = row->specialized;
        made->argument = row->argument;
        made->flags |= row->flags;
        made->stack_effect = row->stack_effect;
        made->jump_stack_effect = row->jump_stack_effect;
    }
}

static inline struct model *fixture_bytecode_program(void) {
    struct model *model = model_new();
    assert_non_null(model);
    model->script = "counted.py";
    model->python_version = "3.11.2";
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_STATUS;
    model->wall_ns = 12 * MILLISECOND;
    model->start_unix_ns = 1000;
    fixture_function(model, MODEL_FUNCTION_PYTHON, "counted.py", 1, "<module>", MODEL_FUNCTION_PROJECT, 1, 300000, 2000000);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "counted.py", 1, "count", MODEL_FUNCTION_PROJECT, 1, 1000000, 1700000);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "counted.py", 9, "count.<locals>.<lambda>", MODEL_FUNCTION_PROJECT, 2000, 200000,
                     200000);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "builtins.sorted", 0, 1, 500000, 700000);
    static const uint64_t hits[] = {1, 1, 3001, 3000, 3000, 2000, 667, 667, 1, 1};
    for (uint32_t line = 1; line <= 10; line++)
        fixture_line(model, 2, line, hits[line - 1], hits[line - 1] * 100, hits[line - 1] * 100);
    fixture_line(model, 3, 9, 2000, 200000, 200000);
    fixture_edge(model, 0, 1, 1, 300000, 2000000);
    fixture_edge(model, 1, 2, 1, 1000000, 1700000);
    fixture_edge(model, 2, 4, 1, 500000, 700000);
    fixture_edge(model, 4, 3, 2000, 200000, 200000);
    fixture_bytecode(model, 2, bytecode_of_count, sizeof bytecode_of_count / sizeof *bytecode_of_count);
    fixture_bytecode(model, 3, bytecode_of_lambda, sizeof bytecode_of_lambda / sizeof *bytecode_of_lambda);
    fixture_handler(model, 2, 44, 76, 78, 1, false);
    fixture_handler(model, 2, 78, 98, 104, 2, true);
    fixture_handler(model, 2, 102, 104, 104, 2, true);
    assert_true(model_add_source(model, "counted.py", bytecode_source, sizeof bytecode_source - 1));
    return model;
}

#endif
