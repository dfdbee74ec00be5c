/* The source view: golden screens, line numbers of shared lines, selection, drilling. */
#include "tests/unit/view_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/view/source_callee.h"
#include "tui/view/source_numbers.h"

static const char source[] = "import time\n"                                              /* 1 */
                             "\n"                                                         /* 2 */
                             "\n"                                                         /* 3 */
                             "\n"                                                         /* 4 */
                             "def calculate_z_serial_purepython(maxiter, zs, cs):\n"      /* 5 */
                             "    \"\"\"Calculate\n"                                      /* 6 */
                             "    output list\"\"\"\n"                                    /* 7 */
                             "    for i in range(len(zs)):\n"                             /* 8 */
                             "        n = 0  # count\n"                                   /* 9 */
                             "        z = zs[i]\n"                                        /* 10 */
                             "        c = cs[i]\n"                                        /* 11 */
                             "        while abs(z) < 2 and n < maxiter:\n"                /* 12 */
                             "\t    z = z * z + c\n"                                      /* 13 */
                             "            n += 1\n"                                       /* 14 */
                             "        output[i] = n\n"                                    /* 15 */
                             "    return output\n"                                        /* 16 */
                             "\n"                                                         /* 17 */
                             "\n"                                                         /* 18 */
                             "\n"                                                         /* 19 */
                             "def calc_pure_python(width):\n"                             /* 20 */
                             "    xs = [x * 2 for x in range(width)]\n"                   /* 21 */
                             "    return calculate_z_serial_purepython(9, xs, time.time())\n"; /* 22 */

static int set_up(void **state) {
    struct test *test = view_test_new(&source_view, (struct view_context){.percent = true, .function = 1});
    assert_true(model_add_source(test->model, "julia.py", source, strlen(source)));
    fixture_line(test->model, 1, 8, 1000001, 220 * MILLISECOND, 220 * MILLISECOND);
    fixture_line(test->model, 1, 9, 1000000, 110 * MILLISECOND, 110 * MILLISECOND);
    fixture_line(test->model, 1, 12, 34219980, 5540 * MILLISECOND, 5730 * MILLISECOND);
    fixture_line(test->model, 1, 13, 33219980, 3460 * MILLISECOND, 3460 * MILLISECOND);
    fixture_line(test->model, 1, 16, 1, 1500, 1500);
    fixture_line(test->model, 2, 21, 1, 100 * MILLISECOND, 400 * MILLISECOND);
    fixture_line(test->model, 2, 22, 1, 100 * MILLISECOND, 9430 * MILLISECOND);
    uint32_t inner = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "julia.py", 21,
                                      "calc_pure_python.<locals>.<listcomp>", MODEL_FUNCTION_PROJECT, 1,
                                      300 * MILLISECOND, 300 * MILLISECOND);
    assert_int_equal(inner, 9);
    fixture_line(test->model, inner, 21, 1000, 300 * MILLISECOND, 300 * MILLISECOND);
    *state = test;
    return 0;
}

/* Selected only: its first line is on the screen, no line is selected. */
static void selected_function(void **state) {
    struct test *test = *state;
    expect(test, 6, 39,
           "  %Fn   self     hits  ln\n"
           "                        5 def calculat~\n"
           "                        6   \"\"\"Calcula~\n"
           "                        7   output lis~\n"
           "  2.4: 220ms  1000001   8   for i in r~\n"
           "  1.2. 110ms  1000000   9     n = 0  #~\n");
    expect_title(test, "julia.py:5 calculate_z_serial_purepython");
    test->context.function = 2;
    expect(test, 4, 39,
           "  %Fn   self     hits  ln\n"
           "                       20 def calc_pur~\n"
           " 80.0# 400ms        1  21   xs = [x * ~\n"
           " 20.0+ 100ms        1  22   return cal~\n");
    expect_title(test, "julia.py:20 calc_pure_python");
}

/* Gone into: the hottest line is selected. */
static void drilled_function(void **state) {
    struct test *test = *state;
    test->context.focused = true;
    expect(test, 14, 100,
           "  %Fn   self total     hits  ln\n"
           "                              5 def calculate_z_serial_purepython(maxiter, zs, cs):\n"
           "                              6     \"\"\"Calculate\n"
           "                              7     output list\"\"\"\n"
           "  2.4: 220ms 220ms  1000001   8     for i in range(len(zs)):\n"
           "  1.2. 110ms 110ms  1000000   9         n = 0  # count\n"
           "                             10         z = zs[i]\n"
           "                             11         c = cs[i]\n"
           ">59.4# 5.54s 5.73s 34219980  12         while abs(z) < 2 and n < maxiter:\n"
           " 37.1+ 3.46s 3.46s 33219980  13             z = z * z + c\n"
           "                             14             n += 1\n"
           "                             15         output[i] = n\n"
           "  0.0  1.5us 1.5us        1  16     return output\n"
           "                             17\n");
    expect_title(test, "julia.py:12 calculate_z_serial_purepython");
    expect(test, 5, 58,
           "  %Fn   self     hits  ln\n"
           "  1.2. 110ms  1000000   9     n = 0  # count\n"
           "                       10     z = zs[i]\n"
           "                       11     c = cs[i]\n"
           ">59.4# 5.54s 34219980  12     while abs(z) < 2 and n < ma~\n");
    expect(test, 5, 39,
           "  %Fn   self     hits  ln\n"
           "  1.2. 110ms  1000000   9     n = 0  #~\n"
           "                       10     z = zs[i]\n"
           "                       11     c = cs[i]\n"
           ">59.4# 5.54s 34219980  12     while ab~\n");
    expect(test, 5, 30,
           "  %Fn      hits  ln\n"
           "  1.2.  1000000   9     n = 0~\n"
           "                 10     z = z~\n"
           "                 11     c = c~\n"
           ">59.4# 34219980  12     while~\n");
    expect(test, 4, 20,
           "  %Fn   ln\n"
           "        10     z = ~\n"
           "        11     c = ~\n"
           ">59.4#  12     whil~\n");
    expect(test, 4, 9,
           "\n"
           "     z =~\n"
           "     c =~\n"
           ">    whi~\n");
    expect(test, 3, 5,
           "\n"
           "    ~\n"
           ">   ~\n");
    expect(test, 1, 39,
           ">59.4# 5.54s 34219980  12     while ab~\n");
}

/* Drilling when it was selected before: the screen moves to the hottest line. */
static void selected_then_drilled(void **state) {
    struct test *test = *state;
    expect(test, 3, 39,
           "  %Fn   self     hits  ln\n"
           "                        5 def calculat~\n"
           "                        6   \"\"\"Calcula~\n");
    test->context.focused = true;
    expect(test, 3, 39,
           "  %Fn   self     hits  ln\n"
           "                       11     c = cs[i]\n"
           ">59.4# 5.54s 34219980  12     while ab~\n");
}

static void styles(void **state) {
    struct test *test = *state;
    test->context.line = 16;
    expect_drawn(test, 17, 50, false, true,
           "  %Fn   self     hits  ln\n"
           "..hhh...hhhh.....hhhh..hh\n"
           "                        5 def calculate_z_serial_~\n"
           "..........................www....................d\n"
           "                        6   \"\"\"Calculate\n"
           "............................qqqqqqqqqqqq\n"
           "                        7   output list\"\"\"\n"
           "..........................qqqqqqqqqqqqqqqq\n"
           "  2.4: 220ms  1000001   8   for i in range(len(zs~\n"
           "..2222......................www...ww.............d\n"
           "  1.2. 110ms  1000000   9     n = 0  # count\n"
           "..1111............................n..ooooooo\n"
           "                       10     z = zs[i]\n"
           "\n"
           "                       11     c = cs[i]\n"
           "\n"
           " 59.4# 5.54s 34219980  12     while abs(z) < 2 an~\n"
           ".44444........................wwwww..........n.wwd\n"
           " 37.1+ 3.46s 33219980  13       z = z * z + c\n"
           ".33333\n"
           "                       14       n += 1\n"
           ".....................................n\n"
           "                       15     output[i] = n\n"
           "\n"
           "> 0.0  1.5us        1  16   return output\n"
           "ssssssssssssssssssssssssssssssssssssssssssssssssss\n"
           "                       17\n"
           "\n"
           "                       18\n"
           "\n"
           "                       19\n"
           "\n"
           "                       20 def calc_pure_python(wi~\n"
           "..........................www....................d\n");
}

static void small_sizes(void **state) {
    struct test *test = *state;
    test->context.focused = true;
    expect_small_sizes_kept(test);
}

/* Line 21 belongs to the function and to the comprehension inside it. */
static void shared_lines(void **state) {
    struct test *test = *state;
    struct source_numbers numbers = {.count = 0};
    assert_true(source_numbers_build(&numbers, test->model, "julia.py", 2, 22, MEMORY_PEAK));
    assert_true(numbers.any);
    assert_int_equal(numbers.most_hits, 34219980);
    assert_int_equal(numbers.lines[20].owner, 2);
    assert_int_equal(numbers.lines[20].hits, 1);
    assert_int_equal(numbers.lines[20].self_ns, 400 * MILLISECOND);
    assert_int_equal(numbers.lines[20].total_ns, 400 * MILLISECOND);
    assert_true(numbers.lines[20].share == 0.8);
    assert_true(numbers.lines[21].share == 0.2);
    assert_true(numbers.lines[11].share == 0); /* another function's */
    assert_int_equal(numbers.lines[11].owner, 1);
    assert_int_equal(source_numbers_hottest(&numbers, 1, false), 12);
    assert_int_equal(source_numbers_hottest(&numbers, 2, false), 21);
    assert_int_equal(source_numbers_hottest(&numbers, 9, false), 0);
    assert_int_equal(source_numbers_next_hot(&numbers, 2, 21, false), 22);
    assert_int_equal(source_numbers_next_hot(&numbers, 2, 22, false), 0); /* the coldest */
    assert_int_equal(source_numbers_next_hot(&numbers, 2, 12, false), 0); /* another function's */
    assert_int_equal(source_numbers_next_hot(&numbers, 2, 23, false), 0); /* behind the file */
    assert_int_equal(numbers.lines[9].owner, 0);
    /* The comprehension is selected: the line is its alone. */
    assert_true(source_numbers_build(&numbers, test->model, "julia.py", 9, 22, MEMORY_PEAK));
    assert_int_equal(numbers.lines[20].owner, 9);
    assert_int_equal(numbers.lines[20].hits, 1000);
    assert_int_equal(numbers.lines[20].self_ns, 300 * MILLISECOND);
    assert_true(numbers.lines[20].share == 1.0);
    assert_true(numbers.lines[21].share == 0);
    /* The file became shorter than what ran: lines that are not there are left out. */
    assert_true(source_numbers_build(&numbers, test->model, "julia.py", 1, 12, MEMORY_PEAK));
    assert_int_equal(numbers.count, 12);
    assert_int_equal(numbers.lines[11].hits, 34219980);
    assert_true(source_numbers_build(&numbers, test->model, "other.py", 1, 12, MEMORY_PEAK));
    assert_false(numbers.any);
    /* A model whose rows are not in order is not followed. */
    test->model->functions[9].first_line_row = 100;
    test->model->functions[1].line_row_count = 1000;
    assert_true(source_numbers_build(&numbers, test->model, "julia.py", 1, 22, MEMORY_PEAK));
    assert_int_equal(numbers.lines[11].owner, 0);
    assert_int_equal(numbers.lines[20].self_ns, 100 * MILLISECOND);
    source_numbers_free(&numbers);
}

/* A def of one line is run by its module once and has lines of its own: these are told, not a mixture of both. A lambda
 * that is called elsewhere makes no line's total less than its self time. */
static void one_line_functions(void **state) {
    struct test *test = *state;
    struct source_numbers numbers = {.count = 0};
    fixture_line(test->model, 4, 3, 1, 240, 240);
    uint32_t odd = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "julia.py", 3, "odd", 0, 7500, 530000, 530000);
    fixture_line(test->model, odd, 3, 7500, 530000, 900000);
    uint32_t lambda = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "julia.py", 22, "main.<locals>.<lambda>", 0, 9,
                                       200 * SECOND, 200 * SECOND);
    fixture_line(test->model, lambda, 22, 9, 200 * SECOND, 200 * SECOND);
    assert_true(source_numbers_build(&numbers, test->model, "julia.py", 1, 22, MEMORY_PEAK));
    assert_int_equal(numbers.lines[2].owner, odd);
    assert_int_equal(numbers.lines[2].hits, 7500);
    assert_int_equal(numbers.lines[2].self_ns, 530000);
    assert_int_equal(numbers.lines[2].total_ns, 900000);
    assert_int_equal(numbers.lines[21].owner, 2);
    assert_int_equal(numbers.lines[21].self_ns, 200 * SECOND + 100 * MILLISECOND);
    assert_int_equal(numbers.lines[21].total_ns, 200 * SECOND + 100 * MILLISECOND);
    assert_true(source_numbers_build(&numbers, test->model, "julia.py", 4, 22, MEMORY_PEAK));
    assert_int_equal(numbers.lines[2].owner, 4);
    assert_int_equal(numbers.lines[2].hits, 1);
    assert_int_equal(numbers.lines[2].self_ns, 240);
    assert_true(numbers.lines[2].share == 1.0);
    source_numbers_free(&numbers);
}

/* The lines of other functions keep their counts, dimmed, but have no share among those of the selected one. */
static void lines_of_others(void **state) {
    struct test *test = *state;
    fixture_line(test->model, 4, 5, 1, 1500, 1500); /* the module runs the def */
    test->context.function = 2;
    test->context.line = 20;
    char *text = draw(test, 23, 39, false, true);
    assert_non_null(strstr(text, "       1.5us        1   5 def calculat~\n"
                                 ".......ddddd........d.....www.........d\n"));
    assert_non_null(strstr(text, "       5.54s 34219980  12     while ab~\n"
                                 ".......ddddd.dddddddd.........wwwww...d\n"));
    free(text);
    test->context.function = 4;
    test->context.line = 5;
    expect(test, 4, 39,
           "  %Fn   self     hits  ln\n"
           "                        4\n"
           "> 100# 1.5us        1   5 def calculat~\n"
           "                        6   \"\"\"Calcula~\n");
}

static void moving(void **state) {
    struct test *test = *state;
    test->context.focused = true;
    expect(test, 5, 39,
           "  %Fn   self     hits  ln\n"
           "                       10     z = zs[i]\n"
           "                       11     c = cs[i]\n"
           ">59.4# 5.54s 34219980  12     while ab~\n"
           " 37.1+ 3.46s 33219980  13       z = z ~\n");
    expect_place(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 1, 13);
    expect_place(request(test, REQUEST_MOVE_UP), VIEW_SELECT, 1, 12);
    expect_place(request(test, REQUEST_MOVE_LAST), VIEW_SELECT, 1, 22);
    expect(test, 4, 39,
           "  %Fn   self     hits  ln\n"
           "                       20 def calc_pur~\n"
           "       400ms        1  21   xs = [x * ~\n"
           ">      100ms        1  22   return cal~\n");
    expect_place(request(test, REQUEST_PAGE_UP), VIEW_SELECT, 1, 13);
    expect_place(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 1, 1);
    expect_place(request(test, REQUEST_HALF_PAGE_DOWN), VIEW_SELECT, 1, 6);
    test->context.line = 21; /* gone to by "back" */
    expect(test, 3, 39,
           "  %Fn   self     hits  ln\n"
           "                       20 def calc_pur~\n"
           ">      400ms        1  21   xs = [x * ~\n");
    expect_title(test, "julia.py:21 calculate_z_serial_purepython");
    expect_place(request(test, REQUEST_SORT_NEXT), VIEW_NOT_HANDLED, 0, 0);
}

static void sideways(void **state) {
    struct test *test = *state;
    test->context.line = 12;
    expect_place(request(test, REQUEST_SCROLL_LEFT), VIEW_HANDLED, 0, 0);
    expect_place(request(test, REQUEST_SCROLL_RIGHT), VIEW_REDRAW, 0, 0);
    expect(test, 5, 39,
           "  %Fn   self     hits  ln\n"
           "                       10 zs[i]\n"
           "                       11 cs[i]\n"
           ">59.4# 5.54s 34219980  12 e abs(z) < 2~\n"
           " 37.1+ 3.46s 33219980  13 = z * z + c\n");
    expect_place(request(test, REQUEST_MOVE_RIGHT), VIEW_REDRAW, 0, 0);
    expect_place(request(test, REQUEST_MOVE_LEFT), VIEW_REDRAW, 0, 0);
    expect_place(request(test, REQUEST_SCROLL_HOME), VIEW_REDRAW, 0, 0);
    expect(test, 3, 39,
           "  %Fn   self     hits  ln\n"
           "                       11     c = cs[i]\n"
           ">59.4# 5.54s 34219980  12     while ab~\n");
}

static void going_into_callees(void **state) {
    struct test *test = *state;
    test->context.focused = true;
    test->context.function = 2;
    test->context.line = 22; /* calls calculate and time.time: the Python function is gone into */
    expect_place(request(test, REQUEST_CALLEE), VIEW_DRILL, 1, 0);
    test->context.function = 1;
    test->context.line = 12;
    expect_text(request(test, REQUEST_CALLEE), VIEW_MESSAGE,
                "builtins.abs is a C function without source: 34219980 calls, 190ms.");
    fixture_edge(test->model, 3, 3, 1, 1, 1);
    test->model->edges[test->model->edge_count - 1] = test->model->edges[2];
    test->model->edges[2] = (struct model_edge){2, 2, 5, 1, 1};
    test->context.function = 2;
    test->context.line = 20; /* names itself: there is nowhere to go */
    expect_text(request(test, REQUEST_CALLEE), VIEW_MESSAGE, "calc_pure_python calls itself here.");
    test->context.function = 1;
    test->context.line = 16;
    expect_text(request(test, REQUEST_CALLEE), VIEW_MESSAGE,
                "No call on this line leads to a function that was counted.");
}

/* function > line > bytecode: of the function that the line was counted for. */
static void drilling(void **state) {
    struct test *test = *state;
    test->context.focused = true;
    test->context.function = 2;
    test->context.line = 22;
    expect_place(request(test, REQUEST_DRILL), VIEW_BYTECODE, 2, 22);
    test->context.line = 12; /* a line of another function */
    expect_place(request(test, REQUEST_DRILL), VIEW_BYTECODE, 1, 12);
    test->context.line = 19; /* of none */
    expect_place(request(test, REQUEST_DRILL), VIEW_BYTECODE, 2, 19);
}

static void callees_by_name(void **state) {
    struct test *test = *state;
    struct model *model = test->model;
    uint32_t caller = fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 1, "main", 0, 1, 1, 1);
    uint32_t init = fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 2, "Outer.Inner.__init__", 0, 1, 1, 1);
    uint32_t slow = fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 3, "Slow.run", 0, 1, 1, 1);
    uint32_t quick = fixture_function(model, MODEL_FUNCTION_PYTHON, "a.py", 4, "Quick.run", 0, 1, 1, 1);
    uint32_t length = fixture_function(model, MODEL_FUNCTION_C, "", 0, "builtins.len", 0, 1, 1, 1);
    fixture_edge(model, caller, init, 1, 1, 10);
    fixture_edge(model, caller, slow, 1, 1, 50);
    fixture_edge(model, caller, quick, 1, 1, 20);
    fixture_edge(model, caller, length, 1, 1, 90);
    fixture_edge(model, caller, 4000000, 1, 1, 900); /* names no function */
#define CALLEE(line) source_callee(model, caller, line, strlen(line))
    assert_int_equal(CALLEE("x.run()"), slow);
    assert_int_equal(CALLEE("len(x.run())"), slow); /* Python before C */
    assert_int_equal(CALLEE("len(x)"), length);
    assert_int_equal(CALLEE("Outer.Inner(5)"), init);
    assert_int_equal(CALLEE("rerun() + run_all() + length"), 0);
    assert_int_equal(CALLEE(""), 0);
    assert_int_equal(source_callee(model, caller, "x.run()", 4), 0); /* the word is cut off */
    assert_int_equal(source_callee(model, quick, "x.run()", 7), 0);
}

static void searching(void **state) {
    struct test *test = *state;
    test->context.line = 9;
    expect_place(search(test, "OUTPUT", 0), VIEW_SELECT, 1, 15);
    test->context.line = 15;
    expect_place(search(test, "output", 0), VIEW_SELECT, 1, 15);
    expect_place(search(test, "output", 1), VIEW_SELECT, 1, 16);
    test->context.line = 16;
    expect_place(search(test, "output", 1), VIEW_SELECT, 1, 7);
    test->context.line = 7;
    expect_place(search(test, "output", -1), VIEW_SELECT, 1, 16);
    expect_text(search(test, "zzz", 1), VIEW_MESSAGE, "No line here has \"zzz\".");
    expect_place(search(test, "zs", 0), VIEW_SELECT, 1, 5);
    test->context.line = 9;
    expect_drawn(test, 5, 58, true, true,
           "  %Fn   self     hits  ln\n"
           "..hhh...hhhh.....hhhh..hh\n"
           "                        7   output list\"\"\"\n"
           "..........................qqqqqqqqqqqqqqqq\n"
           "  2.4: 220ms  1000001   8   for i in range(len(zs)):\n"
           "..2222......................www...ww...........mm\n"
           "> 1.2. 110ms  1000000   9     n = 0  # count\n"
           "ssssssssssssssssssssssssssssssssssssssssssssssssssssssssss\n"
           "                       10     z = zs[i]\n"
           "..................................mm\n");
    expect_place(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0, 0);
    expect_place(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0, 0);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 6, 58};
    test->context.focused = true;
    expect(test, 6, 58,
           "  %Fn   self     hits  ln\n"
           "                       10     z = zs[i]\n"
           "                       11     c = cs[i]\n"
           ">59.4# 5.54s 34219980  12     while abs(z) < 2 and n < ma~\n"
           " 37.1+ 3.46s 33219980  13       z = z * z + c\n"
           "                       14       n += 1\n");
    expect_place(click(test, area, 0, 30), VIEW_HANDLED, 0, 0);
    expect_place(click(test, area, 1, 30), VIEW_SELECT, 1, 10);
    test->context.line = 10;
    expect_place(click(test, area, 1, 30), VIEW_BYTECODE, 1, 10);
    expect_place(click(test, area, 40, 30), VIEW_HANDLED, 0, 0);
}

static void copying(void **state) {
    struct test *test = *state;
    test->context.line = 13;
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "\t    z = z * z + c");
}

/* Without a selection the project's function with the most time of its own is shown. */
/* 80 MiB are alive at the peak on line 21, half of it from the comprehension; line 22 has freed what it made. */
static void add_memory(struct model *model) {
    model->collectors |= COLLECTOR_MEMORY;
    for (size_t i = 0; i < model->line_count; i++) {
        struct model_line *row = &model->lines[i];
        if (row->line == 21)
            row->memory = (struct model_allocations){.allocated_count = 5, .allocated_bytes = 50 << 20, .peak_bytes = 40 << 20,
                                                     .live_bytes = 1 << 20, .temporary_count = 3};
        if (row->line == 22)
            row->memory = (struct model_allocations){.allocated_count = 1, .allocated_bytes = 20 << 20, .freed_count = 1,
                                                     .freed_bytes = 20 << 20};
    }
}

/* Memory stands behind times where there is room, before them where it is asked for, alone where there are no times. */
static void memory_columns(void **state) {
    struct test *test = *state;
    add_memory(test->model);
    test->context.function = 2;
    expect(test, 4, 50,
           "  %Fn   self     hits  ln\n"
           "                       20 def calc_pure_python(wi~\n"
           " 80.0# 400ms        1  21   xs = [x * 2 for x in ~\n"
           " 20.0+ 100ms        1  22   return calculate_z_se~\n");
    expect(test, 4, 64,
           "  %Fn   self     hits   peak  ln\n"
           "                              20 def calc_pure_python(width):\n"
           " 80.0# 400ms        1    80M  21   xs = [x * 2 for x in range(w~\n"
           " 20.0+ 100ms        1     0B  22   return calculate_z_serial_pu~\n");
    expect(test, 4, 130,
           "  %Fn   self total     hits   peak   live  alloc  ln\n"
           "                                                  20 def calc_pure_python(width):\n"
           " 80.0# 400ms 400ms        1    80M   2.0M   100M  21     xs = [x * 2 for x in range(width)]\n"
           " 20.0+ 100ms 9.43s        1     0B     0B    20M  22     return calculate_z_serial_purepython(9, xs, time.time())\n");
    assert_int_equal(request(test, REQUEST_VARIANT).action, VIEW_REDRAW);
    expect(test, 4, 39,
           " %Mem    peak     hits  ln\n"
           "                        20 def calc_pu~\n"
           "  100#    80M        1  21   xs = [x *~\n"
           "  0.0      0B        1  22   return ca~\n");
    test->context.measure = MEMORY_ALLOCATED;
    expect(test, 4, 50,
           " %Mem   alloc  self     hits  ln\n"
           "                              20 def calc_pure_py~\n"
           " 83.3#   100M 400ms        1  21   xs = [x * 2 fo~\n"
           " 16.7+    20M 100ms        1  22   return calcula~\n");
    test->context.measure = MEMORY_TEMPORARY;
    expect(test, 4, 110,
           " %Mem    peak   temp  self total     hits  ln\n"
           "                                           20 def calc_pure_python(width):\n"
           "  100#    80M      6 400ms 400ms        1  21     xs = [x * 2 for x in range(width)]\n"
           "  0.0      0B      0 100ms 9.43s        1  22     return calculate_z_serial_purepython(9, xs, time.time())\n");
    assert_int_equal(request(test, REQUEST_VARIANT).action, VIEW_NOT_HANDLED); /* the loop goes back to the first */
    test->context.measure = MEMORY_PEAK;
    char *text = draw(test, 4, 39, true, false);
    assert_non_null(strstr(text, "%Fn"));
    free(text);
    test->context.memory = true; /* beside the memory pane */
    text = draw(test, 4, 39, true, false);
    assert_non_null(strstr(text, "%Mem"));
    free(text);
    test->context.memory = false;
    test->model->collectors = COLLECTOR_MEMORY;
    for (size_t i = 0; i < test->model->line_count; i++)
        test->model->lines[i].hits = test->model->lines[i].self_ns = test->model->lines[i].total_ns = MODEL_UNKNOWN;
    test->model->wall_ns++;
    expect(test, 4, 50,
           " %Mem    peak  ln\n"
           "               20 def calc_pure_python(width):\n"
           "  100#    80M  21   xs = [x * 2 for x in range(wi~\n"
           "  0.0      0B  22   return calculate_z_serial_pur~\n");
    test->context.focused = true; /* the line with most memory is what one goes to */
    text = draw(test, 4, 50, true, false);
    assert_non_null(strstr(text, "\n>"));
    expect_title(test, "julia.py:21 calc_pure_python");
    free(text);
}

static void no_selection(void **state) {
    struct test *test = *state;
    test->context.function = 0;
    expect_title(test, "julia.py:5 calculate_z_serial_purepython");
    for (size_t i = 1; i < test->model->function_count; i++)
        test->model->functions[i].calls = 0;
    expect(test, 1, 50, "No function is selected.\n");
    test->context.function = 4000000;
    expect(test, 1, 50, "No function is selected.\n");
}

static void no_source(void **state) {
    struct test *test = *state;
    test->context.function = 3;
    fixture_edge(test->model, 7, 3, 19, 0, 10 * MILLISECOND); /* behind what the fixture has of it */
    for (uint32_t i = 0; i < 30; i++)
        fixture_edge(test->model, 8, 3, i, 0, i < 2 ? MODEL_UNKNOWN : 0);
    expect(test, 7, 50,
           "builtins.abs is a C function: it has no Python\n"
           "source. c shows who calls it.\n"
           "\n"
           " Share  Tot s    Calls Called by\n"
           "  95.0   0.19 34219980 calculate_z_serial_purepyt~\n"
           "   5.0 10.0ms       19 math.log\n"
           "                       30 more\n");
    expect(test, 3, 12, "builtins.abs\nis a C\nfunction: it\n"); /* no room for them */
    expect_title(test, "Source  builtins.abs");
    expect_place(request(test, REQUEST_MOVE_DOWN), VIEW_NOT_HANDLED, 0, 0);
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "<frozen os>", 1, "path", 0, 1, 1, 1);
    expect(test, 3, 60,
           "<frozen os> is not a file: its source is not known.\n"
           "\n"
           "\n");
    test->context.function =
        fixture_function(test->model, MODEL_FUNCTION_PYTHON, "/nonexistent/a.py", 1, "gone", 0, 1, 1, 1);
    expect(test, 3, 60,
           "The source /nonexistent/a.py cannot be read: No such file or\n"
           "directory. No copy of it was kept.\n"
           "\n");
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "/", 1, "folder", 0, 1, 1, 1);
    expect(test, 3, 60,
           "The source / is no plain file or is larger than 8 MiB.\n"
           "\n"
           "\n");
    assert_true(model_add_source(test->model, "empty.py", "", 0));
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "empty.py", 1, "f", 0, 1, 1, 1);
    expect(test, 3, 60, "This file is empty.\n\n\n");
}

/* A live model has no sources: the file is read once, and kept although it changes. */
static void source_from_disk(void **state) {
    struct test *test = *state;
    char path[] = "/tmp/test_view_source_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "def f():\n    return 1", 21), 21);
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, path, 1, "f", 0, 1, 1, 1);
    expect(test, 3, 30,
           "  ln\n"
           "   1 def f():\n"
           "   2   return 1\n");
    char title[100];
    snprintf(title, sizeof title, "%s:1 f  no lines", path + 5);
    expect_title(test, title);
    assert_int_equal(unlink(path), 0);
    close(file);
    test->model->wall_ns += SECOND;
    expect(test, 3, 30,
           "  ln  file is gone\n"
           "   1 def f():\n"
           "   2   return 1\n");
    test->model->start_unix_ns += SECOND; /* another run: it is read again */
    expect_place(request(test, REQUEST_SORT_NEXT), VIEW_NOT_HANDLED, 0, 0);
    char *text = draw(test, 3, 120, true, false);
    assert_non_null(strstr(text, "cannot be read: No such file or directory."));
    free(text);
}

static void write_file(const char *path, const char *text, uint64_t modified_ns) {
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    struct timespec times[2] = {{(time_t)(modified_ns / SECOND), 0}, {(time_t)(modified_ns / SECOND), 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void expect_notice(struct test *test, int columns, const char *wanted) {
    char *text = draw(test, 3, columns, true, false);
    if (*wanted ? !strstr(text, wanted) : strstr(text, "file") || strstr(text, "gone"))
        fail_msg("\"%s\" is not said in:\n%s", wanted, text);
    assert_non_null(strstr(text, "return 1")); /* the text of the run, whatever the file holds */
    free(text);
}

/* A session's text beside a file that has changed, was touched, is gone. */
static void source_that_changes(void **state) {
    struct test *test = *state;
    char path[] = "/tmp/test_view_source_XXXXXX";
    static const char text[] = "def f():\n    return 1\n";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    test->model->start_unix_ns = 1000 * SECOND;
    test->model->wall_ns = 10 * SECOND;
    test->model->state = MODEL_ENDED;
    assert_true(model_add_source(test->model, path, text, strlen(text)));
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, path, 1, "f", 0, 1, 1, 1);
    write_file(path, text, 900 * SECOND);
    expect_notice(test, 100, "");
    write_file(path, text, 2000 * SECOND); /* after the run, with the same text */
    expect_notice(test, 100, "");
    write_file(path, text, 1005 * SECOND);
    expect_notice(test, 100, "the file was written since the run began; other lines may have run");
    write_file(path, "def f():\n    return 2\n", 2000 * SECOND);
    expect_notice(test, 100, "the file has changed since; this text is that of the run");
    expect_notice(test, 40, "file changed");
    expect_notice(test, 22, "return 1"); /* there is no room for it */
    char title[128];
    source_view.title(test->view, &test->context, title, sizeof title);
    assert_non_null(strstr(title, "f  no lines  changed"));
    assert_int_equal(unlink(path), 0);
    expect_notice(test, 100, "the file is not there any more; this text is that of the run");
    write_file(path, text, 900 * SECOND);
    expect_notice(test, 100, "");
    assert_int_equal(unlink(path), 0);
}

/* The cells of the line of code that was drawn in that row, one after the other. */
static void expect_cells(struct test *test, int row, const char *wanted) {
    char *text = draw(test, 14, 40, false, false), *at = text;
    for (int i = 0; i < row; i++)
        at = strchr(at, '\n') + 1;
    char drawn[256];
    snprintf(drawn, sizeof drawn, "%.*s", (int)strcspn(at, "\n"), at);
    assert_string_equal(drawn, wanted);
    free(text);
}

/* Each of them takes the columns that a terminal gives it; what would move its cursor is drawn as a picture. */
static void unusual_characters(void **state) {
    struct test *test = *state;
    static const char odd[] =
        "a\tb\tc\n"                                 /* 1: tabs go to columns of eight */
        "\xe6\xbc\xa2\tx\n"                        /* 2: a wide one before a tab */
        "\xe6\xbc\xa2\xe5\xad\x97 = 1\n"           /* 3 */
        "e\xcc\x81t\xc3\xa9\n"                     /* 4: a combining accent, and a letter with one */
        "\xf0\x9f\x98\x80 ok\n"                    /* 5: an emoji */
        "x = '\x1b]0;owned\x07\x7f\xc2\x9b'\n"      /* 6 */
        "\x0c" "def f(): pass\r\n"                  /* 7: a form feed, and the other way to end a line */
        "bad \xff\xc3(\n"                           /* 8: no UTF-8 */
        "\xe2\x80\xae" "evil\n";                   /* 9: right to left */
    assert_true(model_add_source(test->model, "odd.py", odd, sizeof odd - 1));
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "odd.py", 1, "odd", 0, 1, 1, 1);
    expect_cells(test, 1, "   1 a       b       c");
    expect_cells(test, 2, "   2 \xe6\xbc\xa2      x");
    expect_cells(test, 3, "   3 \xe6\xbc\xa2\xe5\xad\x97 = 1");
    expect_cells(test, 4, "   4 et\xc3\xa9");
    expect_cells(test, 5, "   5 \xf0\x9f\x98\x80 ok");
    expect_cells(test, 6, "   6 x = '\xe2\x90\x9b]0;owned\xe2\x90\x87\xe2\x90\xa1\xef\xbf\xbd'");
    expect_cells(test, 7, "   7 def f(): pass");
    expect_cells(test, 8, "   8 bad \xef\xbf\xbd\xef\xbf\xbd(");
    char *text = draw(test, 14, 40, false, false);
    assert_null(strstr(text, "\xe2\x80\xae"));
    free(text);
    for (int skip = 0; skip < 4; skip++) { /* scrolled through wide ones */
        request(test, REQUEST_SCROLL_RIGHT);
        free(draw(test, 14, 40, false, false));
    }
}

/* Lines of 100,000 characters: drawn as far as they are seen, searched and copied as far as that makes sense, and never cut within
 * a character. */
static void very_long_lines(void **state) {
    struct test *test = *state;
    enum { LENGTH = 100000 };
    static char lines[3 * LENGTH + 64];
    char *at = stpcpy(lines, "x = '");
    for (int i = 0; i < LENGTH; i++)
        *at++ = (char)('a' + i % 26);
    at = stpcpy(at, "needle'\n");
    for (int i = 0; i < LENGTH / 2; i++)
        at = stpcpy(at, "\xe6\xbc\xa2");
    at = stpcpy(at, "\n");
    assert_true(model_add_source(test->model, "long.py", lines, (size_t)(at - lines)));
    test->context.function = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "long.py", 1, "f", 0, 1, 1, 1);
    test->context.focused = true;
    expect(test, 3, 30,
           "  ln\n"
           ">  1 x = 'abcdefghijklmnopqrs~\n"
           "   2 ????????????????????????~\n");
    request(test, REQUEST_SCROLL_RIGHT);
    expect(test, 3, 30,
           "  ln\n"
           ">  1 defghijklmnopqrstuvwxyza~\n"
           "   2 ????????????????????????~\n");
    for (int i = 0; i < 20000; i++)
        request(test, REQUEST_SCROLL_RIGHT);
    free(draw(test, 3, 30, true, false));
    assert_int_equal(request(test, REQUEST_COPY).action, VIEW_COPY);
    request(test, REQUEST_SCROLL_HOME);
    assert_int_equal(search(test, "NEEDLE", 0).action, VIEW_SELECT); /* it is scrolled to */
    expect(test, 3, 30,
           "  ln\n"
           ">  1 yzabcdneedle'\n"
           "   2\n");
    request(test, REQUEST_SCROLL_HOME);
    expect(test, 3, 30,
           "  ln\n"
           ">  1 x = 'abcdefghijklmnopqrs~\n"
           "   2 ????????????????????????~\n");
    expect_small_sizes_kept(test);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(selected_function), TEST(drilled_function), TEST(selected_then_drilled), TEST(styles), TEST(small_sizes),
        TEST(shared_lines), TEST(lines_of_others), TEST(one_line_functions),
        TEST(moving), TEST(sideways), TEST(going_into_callees), TEST(drilling), TEST(callees_by_name), TEST(searching),
        TEST(clicking), TEST(copying), TEST(memory_columns), TEST(no_selection), TEST(no_source), TEST(source_from_disk),
        TEST(source_that_changes), TEST(unusual_characters), TEST(very_long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
