/* The bytecode pane: disassembly in columns with arrows, sentences about instructions, moving in step with the source. */
#include "tests/unit/bytecode_model_fixture.h"
#include "tests/unit/view_fixture.h"

#include "tests/unit/golden.h"
#include "tui/view/bytecode_opcodes.h"
#include "tui/view/bytecode_text.h"
#include "tui/view/specialisation.h"

static int set_up(void **state) {
    struct test *test = view_test_new(&bytecode_view, (struct view_context){.focused = true, .percent = true, .function = 2});
    model_free(test->model);
    test->model = fixture_bytecode_program();
    test->context.model = test->model;
    *state = test;
    return 0;
}

/* Of the pane on 100x30, 80x24 and 200x50, zoomed and not. */
static void golden_screens(void **state) {
    struct test *test = *state;
    static const int sizes[][2] = {{7, 40}, {19, 80}, {26, 100}, {18, 81}, {46, 200}};
    static const uint32_t lines[] = {0, 5, 9};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int ascii = 0; ascii < 2; ascii++)
            for (size_t line = 0; line < sizeof lines / sizeof *lines; line++) {
                char name[64];
                test->context.line = lines[line];
                snprintf(name, sizeof name, "bytecode-%dx%d-line%u%s", sizes[i][1], sizes[i][0], lines[line],
                         ascii ? "-ascii" : "");
                char *drawn = draw(test, sizes[i][0], sizes[i][1], ascii, false);
                expect_golden(name, drawn);
                free(drawn);
            }
}

/* Where nothing was counted there are the instructions, and the hits of their lines. */
static void without_counts(void **state) {
    struct test *test = *state;
    for (size_t i = 0; i < test->model->instruction_row_count; i++)
        test->model->instruction_rows[i].count = MODEL_UNKNOWN;
    for (size_t i = 0; i < test->model->function_count; i++)
        test->model->functions[i].instructions = MODEL_UNKNOWN;
    test->context.line = 5;
    expect_title(test, "Bytecode line:5  not counted");
    expect(test, 7, 50,
           "     hits    off  instruction\n"
           "          |   42  NOP\n"
           "     3000 |   :5 if n % 3:\n"
           ">         |   44 *LOAD_FAST__LOAD_CONST n\n"
           "          |   46  LOAD_CONST 3\n"
           " Specialised to LOAD_FAST__LOAD_CONST: it and the\n"
           " instruction behind it run as one. An exception  ~\n");
}

static void absolute_numbers(void **state) {
    struct test *test = *state;
    test->context.percent = false;
    test->context.line = 6;
    expect(test, 5, 40,
           "    count     off  instruction\n"
           "     3000: |/- 52  POP_JUMP_FORWARD_IF_~\n"
           "    13666  ||  :6 total += data[n]\n"
           ">    2000: ||  54  LOAD_FAST total\n"
           "     2000: ||  56  LOAD_DEREF data\n");
}

/* The sentences about the instruction at an offset. */
static const char *sentences(struct test *test, uint32_t function, uint32_t offset) {
    static char text[1024];
    struct bytecode_rows rows = {0};
    assert_true(bytecode_rows_build(&rows, test->model, function));
    bytecode_describe(&rows, bytecode_rows_at(&rows, offset), text, sizeof text);
    bytecode_rows_free(&rows);
    return text;
}

static void instructions_in_words(void **state) {
    struct test *test = *state;
    assert_string_equal(sentences(test, 2, 70),
                        "Specialised to BINARY_OP_ADD_INT: both operands were ints. An exception here goes on at 78 "
                        "(line 6). Takes 1 value more than it leaves.");
    assert_string_equal(sentences(test, 2, 48),
                        "Tried to specialise in vain: the operands are of other types than the fast forms are for, or "
                        "keep changing. An exception here goes on at 78 (line 6). "
                        "Takes 1 value more than it leaves.");
    assert_string_equal(sentences(test, 2, 26),
                        "Not specialised: it has not run often enough, or no form is for it. Takes 1 value more than it "
                        "leaves.");
    assert_string_equal(sentences(test, 2, 38),
                        "May jump to 110 (line 9). Leaves 1 value more than it takes. Takes 1 value more than it leaves "
                        "when it jumps.");
    assert_string_equal(sentences(test, 2, 100),
                        "Jumps to 38 (line 3). Leaves as many values on the stack as it takes.");
    struct model_instruction *warm = &test->model->instruction_rows[test->model->functions[2].first_instruction_row + 1];
    warm->specialized = "RESUME_QUICK";
    warm->raised = 7;
    char argument[BYTECODE_TEXT_SIZE];
    assert_string_equal(bytecode_argument(warm, argument), "");
    struct model_instruction call = {.opname = "CALL", .argrepr = "", .specialized = "", .jump_target = MODEL_NO_OFFSET};
    assert_string_equal(bytecode_argument(&call, argument), "0");
    call.jump_target = 40; /* from 3.13 on argrepr is a label that nothing here bears */
    call.argrepr = "to L1";
    assert_string_equal(bytecode_argument(&call, argument), "to 40");
    assert_string_equal(sentences(test, 2, 2),
                        "An exception ended it 7 times. Leaves as many values on the stack as it takes.");
    assert_int_equal(bytecode_mark(warm), ' ');
    assert_string_equal(bytecode_form(warm), "RESUME");
    assert_string_equal(sentences(test, 2, 104), "Never executed. Leaves 1 value more than it takes.");
    assert_string_equal(sentences(test, 2, 8888), "");
}

static void prefixes_in_words(void **state) {
    struct test *test = *state;
    struct model_instruction *first = &test->model->instruction_rows[test->model->functions[3].first_instruction_row];
    first->flags |= MODEL_INSTRUCTION_PREFIX;
    assert_string_equal(sentences(test, 3, 0),
        "A part of the instruction behind it, whose argument is too large for it alone; in no total.");
}

/* Every form of CPython 3.11 to 3.15 has a sentence of its own, in both ways that 3.11 and later versions name calls. */
static void forms_in_words(void **state) {
    (void)state;
    static const char *const forms[] = {
        "BINARY_OP_ADD_FLOAT", "BINARY_OP_SUBSCR_LIST_SLICE", "BINARY_SUBSCR_GETITEM", "CALL_PY_EXACT_ARGS",
        "CALL_KW_NON_PY", "CALL_ALLOC_AND_ENTER_INIT", "CALL_EX_NON_PY_GENERAL", "COMPARE_OP_FLOAT_JUMP",
        "COMPARE_OP_STR", "CONTAINS_OP_SET", "FOR_ITER_RANGE", "JUMP_BACKWARD_NO_JIT", "LOAD_ATTR_METHOD_WITH_VALUES",
        "LOAD_CONST_IMMORTAL", "LOAD_GLOBAL_MODULE", "LOAD_METHOD_NO_DICT", "LOAD_SUPER_ATTR_METHOD",
        "PRECALL_NO_KW_LEN", "PRECALL_BUILTIN_CLASS", "PRECALL_PYFUNC", "PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS",
        "RESUME_CHECK", "SEND_GEN", "STORE_ATTR_SLOT", "STORE_SUBSCR_LIST_INT", "TO_BOOL_ALWAYS_TRUE",
        "UNPACK_SEQUENCE_TWO_TUPLE", "LOAD_FAST__LOAD_FAST"};
    const char *general = specialisation_meaning("SOMETHING_OF_A_LATER_VERSION");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_string_not_equal(specialisation_meaning(forms[i]), general);
    assert_string_equal(specialisation_meaning("PRECALL_NO_KW_LEN"), "len() was called");
    assert_string_equal(specialisation_failure(
        "SOMETHING_NEW"), "no fast form is for what comes here, or it keeps changing");
}

/* Headings are passed over; the source is told where its line is another one. */
static void moving(void **state) {
    struct test *test = *state;
    test->context.line = 2;
    free(draw(test, 10, 60, true, false));
    expect_place(request(test, REQUEST_MOVE_DOWN), VIEW_REDRAW, 0, 0); /* 6, of the same line */
    expect_place(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 2, 3); /* 8, past the heading */
    expect_place(request(test, REQUEST_MOVE_UP), VIEW_SELECT, 2, 2);
    expect_place(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 2, 1);
    expect_place(request(test, REQUEST_MOVE_UP), VIEW_HANDLED, 0, 0);
    expect_place(request(test, REQUEST_MOVE_LAST), VIEW_REDRAW, 0, 0); /* of the exception table: no line */
    expect_place(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0, 0);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "102 to 104 -> 104 [2] lasti");
    request(test, REQUEST_PAGE_UP);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "148 STORE_FAST__LOAD_FAST order  # 1 times");
}

static void following_the_source(void **state) {
    struct test *test = *state;
    test->context.line = 6;
    expect_title(test, "Bytecode line:6  38692 executed");
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "54 LOAD_FAST total  # 2000 times");
    request(test, REQUEST_MOVE_DOWN);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "56 LOAD_DEREF data  # 2000 times"); /* the line is the same */
    test->context.line = 12; /* has no instructions: nothing moves */
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "56 LOAD_DEREF data  # 2000 times");
    test->context.line = 6;
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "56 LOAD_DEREF data  # 2000 times");
    test->context.function = 3;
    test->context.line = 0;
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "0 COPY_FREE_VARS 1  # 2000 times");
}

/* While a run goes on models come and go, and the disassembly with a later one: the selection stays, the line is selected then. */
static void rows_come_later(void **state) {
    struct test *test = *state;
    size_t count = test->model->instruction_row_count;
    test->model->instruction_row_count = 0;
    test->model->state = MODEL_RUNNING;
    test->context.line = 6;
    expect(test, 2, 110,
        "The program was asked for its bytecode. It answers when it gets to it: one that waits comes to it "
        "later.\n\n");
    test->model->instruction_row_count = count;
    test->model->wall_ns++;
    request(test, REQUEST_MOVE_DOWN);
    test->model->wall_ns++;
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "56 LOAD_DEREF data  # 2000 times");
}

static void going_into(void **state) {
    struct test *test = *state;
    test->context.line = 3;
    free(draw(test, 10, 60, true, false));
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE,
                "This instruction neither jumps nor calls nor loads code: there is nothing to go into.");
    search(test, "FOR_ITER", 0);
    expect_place(request(test, REQUEST_DRILL), VIEW_SELECT, 2, 9); /* where it jumps */
    search(test, "code object", 0);
    expect_place(request(test, REQUEST_DRILL), VIEW_BYTECODE, 3, 0);
    test->model->functions[3].line = 8; /* it is another lambda then */
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE, "This code object has not run: nothing is known of it.");
    search(test, "CALL ", 0);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE, "builtins.sorted is a C function: it has no bytecode.");
    request(test, REQUEST_MOVE_LAST);
    expect_place(request(test, REQUEST_DRILL), VIEW_SELECT, 2, 7); /* to 104, which has the line before it */
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "104 COPY 3  # 0 times");
}

static void searching(void **state) {
    struct test *test = *state;
    test->context.line = 2;
    expect_place(search(test, "binary_op", 0), VIEW_SELECT, 2, 5);
    test->context.line = 5;
    expect_place(search(test, "binary_op", 1), VIEW_SELECT, 2, 6);
    test->context.line = 6;
    expect_place(search(test, "binary_op", 1), VIEW_SELECT, 2, 5);
    test->context.line = 5;
    expect_place(search(test, "return total", 0), VIEW_SELECT, 2, 10); /* of the source */
    test->context.line = 10;
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "150 LOAD_FAST__LOAD_FAST total  # 1 times");
    expect_text(search(test, "zzz", 0), VIEW_MESSAGE, "No instruction here has \"zzz\".");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
}

static void sideways(void **state) {
    struct test *test = *state;
    test->context.line = 9;
    request(test, REQUEST_SCROLL_RIGHT);
    expect(test, 3, 40,
           "  %Fn     count    off  instruction\n"
           "  0.0        10     :9 order = sorted(d~\n"
           "> 0.0         1   >110 *BAL_BUILTIN NUL~\n");
    expect_effect(request(test, REQUEST_SCROLL_HOME), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_HANDLED, 0);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 10, 60};
    free(draw(test, 10, 60, true, false));
    expect_place(click(test, area, 0, 30), VIEW_HANDLED, 0, 0);
    expect_place(click(test, area, 5, 30), VIEW_SELECT, 2, 2);
    assert_int_equal(click(test, area, 5, 30).action, VIEW_MESSAGE); /* Enter */
    expect_place(click(test, area, 4, 30), VIEW_HANDLED, 0, 0);      /* a heading: the instruction below it */
    expect_place(click(test, area, 9, 30), VIEW_HANDLED, 0, 0);      /* the sentences */
}

static void nothing_there(void **state) {
    struct test *test = *state;
    test->context.function = 4;
    expect(test, 1, 80, "builtins.sorted is a C function: it has no bytecode. c shows who calls it.\n");
    expect_title(test, "Bytecode");
    expect_effect(request(test, REQUEST_DRILL), VIEW_NOT_HANDLED, 0);
    expect_text(search(test, "a", 0), VIEW_MESSAGE, "There is no bytecode here to search.");
    test->context.function = 1;
    expect(test, 1, 110, "This function's bytecode is not there, or not yet: the Python of the run has to disassemble it.\n");
    test->model->collectors = COLLECTOR_FUNCTION;
    expect(test, 2, 120,
           "This run's bytecode was not kept. Run it with the bytecode collector (-k function,line,bytecode), "
           "or look here while it\n"
           "runs.\n");
    test->model->functions[1].flags = 0;
    expect(test, 1, 100, "Bytecode is kept of the project's functions only, and this one is not the project's.\n");
    test->context.function = 0;
    expect(test, 1, 80, "No function is selected.\n");
    test->context.function = 99;
    expect(test, 1, 80, "No function is selected.\n");
}

/* Rows that are not in order are not looked at. */
static void models_are_not_trusted(void **state) {
    struct test *test = *state;
    test->model->functions[2].instruction_row_count = 4000000;
    expect(test, 1, 60, "This function's bytecode is not there, or not yet: the\n");
    test->model->functions[2].instruction_row_count = 20;
    test->model->functions[2].first_handler_row = 77;
    test->model->instruction_rows[12].jump_target = 6666;
    test->model->wall_ns++;
    expect(test, 3, 40,
           "  %Fn     count  off  instruction\n"
           "  0.0         2   :1 def count(limit, d~\n"
           "> 0.0         1    0  MAKE_CELL data\n");
}

static void small_sizes(void **state) {
    struct test *test = *state;
    for (int mode = 0; mode < BYTECODE_MODE_COUNT; mode++) {
        expect_small_sizes_kept(test);
        request(test, REQUEST_VARIANT);
    }
}

/* Jumps within jumps are beside each other, the shorter ones inside; crossings show. */
static void arrows(void **state) {
    struct test *test = *state;
    struct model *model = test->model;
    uint32_t function = fixture_function(model, MODEL_FUNCTION_PYTHON,
        "jumps.py", 1, "jumps", MODEL_FUNCTION_PROJECT, 1, 1, 1);
    static const uint32_t targets[] = {8, 12, 6, MODEL_NO_OFFSET, 2, MODEL_NO_OFFSET, MODEL_NO_OFFSET};
    for (uint32_t i = 0; i < 7; i++)
        fixture_instruction(model, function, 2 * i, 1, targets[i] == MODEL_NO_OFFSET ?
            "NOP" : "JUMP_X", "", 1)->jump_target = targets[i];
    model->wall_ns++;
    test->context.function = function;
    expect_drawn(test, 13, 110, true, false,
                 "  %Fn     count      off  instruction                                   stack  specialised to\n"
                 "  100         7       :1\n"
                 ">14.3+        1  /---  0  JUMP_X               to 8                         0\n"
                 " 14.3+        1 /+/->  2  JUMP_X               to 12                        0\n"
                 " 14.3+        1 |||/-  4  JUMP_X               to 6                         0\n"
                 " 14.3+        1 |||\\>  6  NOP                                               0\n"
                 " 14.3+        1 |\\\\->  8  JUMP_X               to 2                         0\n"
                 " 14.3+        1 |     10  NOP                                               0\n"
                 " 14.3+        1 \\---> 12  NOP                                               0\n"
                 "\n"
                 "\n"
                 " Jumps to 8 (line 1). Leaves as many values on the stack as it takes.\n"
                 "\n");
    expect_drawn(test, 8, 110, false, false,
                 "  %Fn     count      off  instruction                                   stack  specialised to\n"
                 "  100         7       :1\n"
                 ">14.3+        1  ┌───  0  JUMP_X               to 8                         0\n"
                 " 14.3+        1 ┌┼┬─▸  2  JUMP_X               to 12                        0\n"
                 " 14.3+        1 │││┌─  4  JUMP_X               to 6                         0\n"
                 " 14.3+        1 │││└▸  6  NOP                                               0\n"
                 " Jumps to 8 (line 1). Leaves as many values on the stack as it takes.\n"
                 "\n");
    /* Where there is room for no lanes: the way that a jump goes. */
    expect_drawn(test, 5, 32, true, false,
                 "    count   off  instruction\n"
                 "        7    :1\n"
                 ">       1+ v  0  JUMP_X to 8\n"
                 "        1+ >  2  JUMP_X to 12\n"
                 "        1+ v  4  JUMP_X to 6\n");
}

/* v goes on from the instructions to what of them was executed how often. */
static void opcodes(void **state) {
    struct test *test = *state;
    expect_effect(request(test, REQUEST_VARIANT), VIEW_REDRAW, 0);
    expect_title(test, "Opcodes of count  38692");
    expect(test, 5, 60,
           "     %        count opcode\n"
           "> 18.1         7003 LOAD_FAST                 ##############\n"
           "  11.2         4335 STORE_FAST                #########\n"
           "  11.2         4333 BINARY_OP                 #########\n"
           "   9.5         3667 POP_JUMP_FORWARD_IF_FALSE #######\n");
    expect_drawn(test, 3, 64, false, false,
           "     %        count opcode\n"
           "> 18.1         7003 LOAD_FAST                 ██████████████████\n"
           "  11.2         4335 STORE_FAST                ███████████▏\n");
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_REDRAW, 0);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "STORE_FAST 4335");
    test->model->wall_ns++; /* another model: the selection stays on its opcode */
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "STORE_FAST 4335");
    expect_effect(search(test, "binary_s", 0), VIEW_REDRAW, 0);
    expect_place(request(test, REQUEST_DRILL), VIEW_SELECT, 2, 6);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "60 BINARY_SUBSCR_DICT  # 2000 times");
    request(test, REQUEST_VARIANT);
    request(test, REQUEST_VARIANT);
    expect_title(test, "Pairs of opcodes of count  38024");
    expect(test, 4, 70,
           "     %        count opcode, the next\n"
           ">  7.9         3000 BINARY_OP POP_JUMP_FORWARD_IF_FALSE\n"
           "   7.9         3000 FOR_ITER STORE_FAST\n"
           "   7.9         3000 JUMP_BACKWARD FOR_ITER\n");
    request(test, REQUEST_VARIANT);
    expect_title(test, "Opcodes of the program  52692");
    request(test, REQUEST_VARIANT);
    request(test, REQUEST_VARIANT);
    expect_title(test, "Bytecode line:6  38692 executed");
}

static void opcodes_of_what_was_not_counted(void **state) {
    struct test *test = *state;
    request(test, REQUEST_VARIANT);
    test->context.function = 1;
    expect(test, 1, 60, "No instructions of this function were counted.\n");
    test->context.function = 2;
    for (size_t i = 0; i < test->model->function_count; i++)
        test->model->functions[i].instructions = MODEL_UNKNOWN;
    for (size_t i = 0; i < test->model->instruction_row_count; i++)
        test->model->instruction_rows[i].count = MODEL_UNKNOWN;
    test->model->instructions = MODEL_UNKNOWN;
    request(test, REQUEST_VARIANT);
    request(test, REQUEST_VARIANT);
    expect(test, 2, 60, "Instructions are not counted in this run: its bytecode\n"
                        "collector is off (-k function,line,bytecode).\n");
    expect_effect(request(test, REQUEST_DRILL), VIEW_NOT_HANDLED, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(golden_screens), TEST(without_counts), TEST(absolute_numbers), TEST(instructions_in_words), TEST(prefixes_in_words),
        TEST(forms_in_words), TEST(moving), TEST(following_the_source), TEST(rows_come_later), TEST(going_into), TEST(searching),
        TEST(sideways), TEST(clicking), TEST(nothing_there), TEST(models_are_not_trusted), TEST(small_sizes), TEST(arrows),
        TEST(opcodes), TEST(opcodes_of_what_was_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
