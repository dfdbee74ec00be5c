/* Reports on bytecode, and what the JSON export has of it, letter by letter. */
#include "tests/unit/bytecode_model_fixture.h"
#include "tests/unit/report_fixture.h"

static const char source[] = "for x in it:\n"
                             "    f(x)\n";

/* f runs twice over one value each; the second time the call raises. g is all of one percent. */
static struct model *make_model(void) {
    struct model *model = model_new();
    assert_non_null(model);
    model->python_version = "3.12.1";
    model->script = "a.py";
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_STATUS;
    model->wall_ns = 2000 * MILLISECOND;
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    uint32_t f = fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 1, "f", MODEL_FUNCTION_BYTECODE, 2, 7, 9);
    fixture_line(model, f, 1, 5, 3, 3);
    fixture_line(model, f, 2, 2, 4, 6);
    fixture_line(model, f, 9, MODEL_UNKNOWN, MODEL_UNKNOWN, MODEL_UNKNOWN); /* as model_spread_instructions makes them */
    uint32_t g = fixture_function(model, MODEL_FUNCTION_PYTHON, "b.py", 4, "C.g", MODEL_FUNCTION_BYTECODE, 1, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "b.py", 7, "h", MODEL_FUNCTION_BYTECODE, 1, 0, 0);
    fixture_instruction(model, f, 0, 0, "RESUME", "0", 2);
    struct model_instruction *row = fixture_instruction(model, f, 2, 1, "FOR_ITER", "to 14", 300);
    row->jump_target = 14;
    row->flags = MODEL_INSTRUCTION_JUMP_TARGET;
    row->specialized = "FOR_ITER_LIST";
    row->stack_effect = 1;
    row->jump_stack_effect = -1;
    fixture_instruction(model, f, 4, 2, "EXTENDED_ARG", "1", 299);
    row = fixture_instruction(model, f, 6, 2, "CALL", "a name longer than the column and than what is left of sixty "
                                              "characters", 299);
    row->raised = 1;
    row->argument = 257;
    row->flags = MODEL_INSTRUCTION_ADAPTIVE | MODEL_INSTRUCTION_GAVE_UP;
    fixture_instruction(model, f, 8, 2, "STORE_ATTR", "", 298)->flags = MODEL_INSTRUCTION_ADAPTIVE;
    row = fixture_instruction(model, f, 10, 1, "JUMP_BACKWARD", "to 2\x1B", 298);
    row->jump_target = 2;
    row = fixture_instruction(model, f, 14, 9, "RETURN_CONST", "None", 1);
    row->flags = MODEL_INSTRUCTION_JUMP_TARGET;
    fixture_instruction(model, g, 0, 4, "RESUME", "0", 10);
    fixture_handler(model, f, 2, 6, 14, 1, true);
    assert_true(model_add_source(model, "a.py", source, sizeof source - 1));
    return model;
}

#define HEADING(title) title " of a.py\nPython 3.12.1, wall time 2.000 s, ended with status 0, clock: wall\n"
#define TOTAL                           \
    "instructions executed: 1208\n"     \
    "1 function ran whose instructions are not known, as it could not be disassembled\n"

static void bytecode_of_functions_with_most_instructions(void **state) {
    (void)state;
    struct model *model = make_model();
    assert_report(model, "bytecode", HEADING("Bytecode") TOTAL
                  "\n"
                  "f  a.py:1\n"
                  "instructions: 1198 (99.2 %); calls: 2, instructions a call: 599.0\n"
                  "         count      %     offset  instruction              argument\n"
                  "             2    0.2          0  RESUME                   0\n"
                  "line 1: 598 (49.9 %)  for x in it:\n"
                  "           300   25.0  >>      2  FOR_ITER                 to 14                         as FOR_ITER_LIST\n"
                  "line 2: 597 (49.8 %)  f(x)\n"
                  "                               4  EXTENDED_ARG             1\n"
                  "           299   25.0          6  CALL                     a name longer than the column and than "
                  "what is left of si..."
                  "  gave up  raised 1\n"
                  "           298   24.9          8  STORE_ATTR                                             general\n"
                  "line 1  for x in it:\n"
                  "           298   24.9         10  JUMP_BACKWARD            to 2\xEF\xBF\xBD\n"
                  "line 9: 1 (0.1 %)\n"
                  "             1    0.1  >>     14  RETURN_CONST             None\n"
                  "exception table: from, up to, continues at, values left on the stack\n"
                  "       2      6     14    1 and the offset\n"
                  "\n"
                  "as X: the interpreter has put a faster form in its place, made for the types that it saw there.\n"
                  "gave up: the interpreter tried to find a faster form, in vain, and waits long before it tries "
                  "again; what comes there "
                  "changes its\ntype, or is of a kind that there is no form for. It runs in its general, slower form.\n"
                  "general: there are faster forms, but none was in place when it was looked at last: it ran too "
                  "rarely, or what comes "
                  "there has just\nchanged.\n"
                  "EXTENDED_ARG is part of the instruction behind it, and no step of its own.\n"
                  "\n"
                  "1 function with fewer instructions not shown; --report opcodes lists them\n");
    model_free(model);
}

static void opcodes_pairs_and_functions(void **state) {
    (void)state;
    struct model *model = make_model();
    assert_report(model, "opcodes", HEADING("Opcodes") TOTAL
                  "\n"
                  "         count      %  opcode\n"
                  "           300   24.8  FOR_ITER\n"
                  "           299   24.8  CALL\n"
                  "           298   24.7  JUMP_BACKWARD\n"
                  "           298   24.7  STORE_ATTR\n"
                  "            12    1.0  RESUME\n"
                  "             1    0.1  RETURN_CONST\n"
                  "\n"
                  "         count      %  opcode > the one right behind it\n"
                  "           299   25.0  FOR_ITER > CALL\n"
                  "           298   24.9  CALL > STORE_ATTR\n"
                  "           298   24.9  JUMP_BACKWARD > FOR_ITER\n"
                  "           298   24.9  STORE_ATTR > JUMP_BACKWARD\n"
                  "             2    0.2  RESUME > FOR_ITER\n"
                  "             1    0.1  FOR_ITER > RETURN_CONST\n"
                  "\n"
                  "         count      %         a call  function\n"
                  "          1198   99.2          599.0  f  a.py:1\n"
                  "            10    0.8           10.0  C.g  b.py:4\n");
    model_free(model);
}

/* Two branches that lead to the same two places, and more opcodes than are shown. */
static void what_opcodes_do_not_tell_is_told(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t f = fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 1, "f", 0, 1, 0, 0);
    fixture_instruction(model, f, 0, 1, "A", "", 10)->jump_target = 6;
    fixture_instruction(model, f, 2, 1, "B", "", 6)->jump_target = 8;
    fixture_instruction(model, f, 4, 1, "RETURN_VALUE", "", 5);
    fixture_instruction(model, f, 6, 1, "C", "", 4)->jump_target = 4;
    fixture_instruction(model, f, 8, 1, "RETURN_CONST", "", 5);
    for (uint32_t i = 0; i < 40; i++) {
        char name[8];
        snprintf(name, sizeof name, "D%02u", i);
        fixture_instruction(model, f, 10 + 2 * i, 1, name, "", 1);
    }
    char *text = report(model, "opcodes");
    assert_non_null(strstr(text, "            10   16.9  of pairs that counts do not tell: ways that part and meet again\n"));
    assert_non_null(strstr(text, "             5    7.1  of 5 more opcodes\n"));
    free(text);
    model_free(model);
}

static void functions_and_lines_have_a_column(void **state) {
    (void)state;
    struct model *model = make_model();
    char *text = report(model, "functions,lines");
    assert_non_null(strstr(text, " total s total %   instructions  function  file:line\n"));
    assert_non_null(strstr(text, "   0.000000   128.6           1198  f         a.py:1\n"));
    assert_non_null(strstr(text, "   0.000000     0.0              -  h         b.py:7\n"));
    assert_non_null(strstr(text, "1 function ran whose instructions are not known"));
    assert_non_null(strstr(text, "  line         hits       self s      total s total %   instructions  source\n"
                                 "     1            5     0.000000     0.000000    33.3            598  for x in it:\n"));
    assert_non_null(strstr(text, "\n     9                                                             1\n"));
    free(text);
    model->collectors |= COLLECTOR_MEMORY;
    model->lines[0].memory.allocated_count = 1;
    model->lines[0].memory.allocated_bytes = 5;
    text = report(model, "functions,lines");
    assert_non_null(strstr(text, " total %   instructions allocated   at peak  source\n"));
    assert_non_null(strstr(text, "    33.3            598       5 B       0 B  for x in it:\n"));
    assert_non_null(strstr(text, "128.6       0 B       0 B           1198  f "));
    assert_non_null(strstr(text, " allocated   at peak   instructions  function"));
    free(text);
    model_free(model);
}

static void what_was_not_counted_is_said(void **state) {
    (void)state;
    struct model *model = make_model();
    model->collectors &= ~COLLECTOR_BYTECODE;
    assert_report(model, "bytecode", HEADING("Bytecode") "Bytecode was not counted in this run; add bytecode to -k.\n");
    assert_report(model, "opcodes", HEADING("Opcodes") "Bytecode was not counted in this run; add bytecode to -k.\n");
    char *text = export_text(model);
    assert_null(strstr(text, "instructions"));
    assert_null(strstr(text, "bytecode"));
    assert_null(strstr(text, "opcode"));
    free(text);
    model->collectors |= COLLECTOR_BYTECODE;
    model->state = MODEL_RUNNING;
    model->instructions = model->functions[1].instructions = model->functions[2].instructions = MODEL_UNKNOWN;
    assert_report(model, "opcodes", HEADING("Opcodes") "no instructions are known\n3 functions ran whose instructions "
                         "are not known, "
                                    "as they could not be disassembled yet\n");
    text = report(model, "functions");
    assert_non_null(strstr(text, " total s total %  function  file:line\n"));
    free(text);
    model_free(model);
}

static void sums_without_counts_of_rows(void **state) {
    (void)state;
    struct model *model = make_model();
    model->instruction_rows[2].count = MODEL_UNKNOWN;
    char *text = report(model, "bytecode");
    assert_non_null(strstr(text, "instructions a call: 599.0\nits bytecode is not the same in all processes: choose one"));
    free(text);
    model_free(model);
}

static void json_has_every_instruction(void **state) {
    (void)state;
    struct model *model = make_model();
    char *text = export_text(model);
    assert_non_null(strstr(text, "\"total_ns\": 9, \"instructions\": 1198},\n"));
    assert_non_null(strstr(text, "\"qualname\": \"h\", \"kind\": \"python\", \"calls\": 1, \"primitive_calls\": 1, "
                                 "\"self_ns\": 0, "
                                 "\"total_ns\": 0}],\n"));
    assert_non_null(strstr(text, "\"hits\": 5, \"self_ns\": 3, \"total_ns\": 3, \"instructions\": 598},\n"));
    assert_non_null(strstr(text, "{\"file\": \"a.py\", \"line\": 9, \"function\": 1, \"instructions\": 1}],\n"));
    assert_non_null(strstr(text,
        " \"instructions\": 1208, \"functions_without_instructions\": 1,\n"
        " \"bytecode\": [\n"
        " {\"function\": 1, \"offset\": 0, \"opname\": \"RESUME\", \"argrepr\": \"0\", \"count\": 2, \"arg\": 0, "
        "\"stack_effect\": 0},\n"
        " {\"function\": 1, \"offset\": 2, \"opname\": \"FOR_ITER\", \"argrepr\": \"to 14\", \"line\": 1, \"count\": 300, "
        "\"specialized\": \"FOR_ITER_LIST\", \"arg\": 0, \"jump_target\": 14, \"stack_effect\": 1, \"jump_stack_effect\": -1, "
        "\"is_jump_target\": true},\n"
        " {\"function\": 1, \"offset\": 4, \"opname\": \"EXTENDED_ARG\", \"argrepr\": \"1\", \"line\": 2, \"count\": "
        "299, \"arg\": 0, "
        "\"stack_effect\": 0, \"is_prefix\": true},\n"));
    assert_non_null(strstr(text, "\"count\": 299, \"raised\": 1, \"arg\": 257, \"stack_effect\": 0, \"adaptive\": true, "
                                 "\"gave_up\": true},\n"));
    assert_non_null(strstr(text,
        " {\"function\": 2, \"offset\": 0, \"opname\": \"RESUME\", \"argrepr\": \"0\", \"line\": 4, \"count\": 10, \"arg\": 0, "
        "\"stack_effect\": 0}],\n"
        " \"exception_table\": [\n"
        " {\"function\": 1, \"start\": 2, \"end\": 6, \"target\": 14, \"depth\": 1, \"lasti\": true}],\n"
        " \"opcodes\": [\n"
        " {\"opname\": \"FOR_ITER\", \"count\": 300},\n"));
    assert_non_null(strstr(text, " \"opcode_pairs\": [\n"
                                 " {\"opname\": \"FOR_ITER\", \"next\": \"CALL\", \"count\": 299},\n"));
    assert_non_null(strstr(text, " {\"opname\": \"FOR_ITER\", \"next\": \"RETURN_CONST\", \"count\": 1}], "
                                 "\"opcode_pairs_unknown\": 0,\n"));
    free(text);
    model_free(model);
}

/* The instructions of a real program: all it has is in the report. */
static void a_whole_program(void **state) {
    (void)state;
    struct model *model = fixture_bytecode_program();
    char *text = report(model, "bytecode,opcodes");
    assert_non_null(strstr(text, "          3000    7.8         48  BINARY_OP                %                        "
                                 "     gave up\n"));
    assert_non_null(strstr(text, "             1    0.0        128  LOAD_CONST               <code object <lambda> at "
                                 "0x7f42a6e41550, "
                                 "file \"counted.py...\n"));
    assert_null(strstr(text, "not shown"));
    assert_null(strstr(text, "do not tell"));
    free(text);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytecode_of_functions_with_most_instructions),
        cmocka_unit_test(opcodes_pairs_and_functions),
        cmocka_unit_test(what_opcodes_do_not_tell_is_told),
        cmocka_unit_test(functions_and_lines_have_a_column),
        cmocka_unit_test(what_was_not_counted_is_said),
        cmocka_unit_test(sums_without_counts_of_rows),
        cmocka_unit_test(json_has_every_instruction),
        cmocka_unit_test(a_whole_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
