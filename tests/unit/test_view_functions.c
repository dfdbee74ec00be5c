/* The function table: golden screens, order, selection, search, filter. */
#include "tests/unit/view_fixture.h"

#include "tui/view/function_values.h"

static int set_up(void **state) {
    struct test *test = view_test_new(&functions_view, (struct view_context){.percent = true, .focused = true});
    *state = test;
    return 0;
}

/* The names shown, in order, parted by blanks. */
static void expect_order(struct test *test, const char *expected) {
    char names[512] = "";
    char *text = draw(test, 12, 200, true, false);
    char *rest = NULL;
    int row = 0;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), row++) {
        if (row == 0 || strlen(line) < 38)
            continue;
        strncat(names, line + 38, strcspn(line + 38, " "));
        strcat(names, " ");
    }
    assert_string_equal(names, expected);
    free(text);
}

static void widths(void **state) {
    struct test *test = *state;
    expect(test, 9, 120,
           " Self%  Tot% Self s    Calls  Tot s   Function                                         File:line\n"
           "> 92.4  94.3   9.24        1   9.43   calculate_z_serial_purepython                    julia.py:5\n"
           "   5.1  99.4   0.51        1   9.94   calc_pure_python                                 julia.py:20\n"
           "   1.9   1.9   0.19 34219980   0.19 c builtins.abs\n"
           "   0.3   0.4 30.0ms       12 40.0ms   Random.random                                    random.py:100\n"
           "   0.2  99.6 20.0ms        1   9.96   <module> julia.py                                julia.py:1\n"
           "   0.1   0.1 10.0ms       12 10.0ms c math.log\n"
           "   0.0   0.0 1.50us        2 1.50us c time.time\n"
           "\n");
    expect(test, 9, 58,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 92.4  94.3   9.24        1   calculate_z_serial_purepyt~\n"
           "   5.1  99.4   0.51        1   calc_pure_python\n"
           "   1.9   1.9   0.19 34219980 c builtins.abs\n"
           "   0.3   0.4 30.0ms       12   Random.random\n"
           "   0.2  99.6 20.0ms        1   <module> julia.py\n"
           "   0.1   0.1 10.0ms       12 c math.log\n"
           "   0.0   0.0 1.50us        2 c time.time\n"
           "\n");
    expect(test, 9, 40,
           " Self%  Tot%    Calls   Function\n"
           "> 92.4  94.3        1   calculate_z_ser~\n"
           "   5.1  99.4        1   calc_pure_python\n"
           "   1.9   1.9 34219980 c builtins.abs\n"
           "   0.3   0.4       12   Random.random\n"
           "   0.2  99.6        1   <module> julia.~\n"
           "   0.1   0.1       12 c math.log\n"
           "   0.0   0.0        2 c time.time\n"
           "\n");
    expect(test, 4, 20,
           " Self%   Function\n"
           "> 92.4   calculate_~\n"
           "   5.1   calc_pure_~\n"
           "   1.9 c builtin~abs\n");
    expect(test, 3, 5,
           " Sel~\n"
           ">92.4\n"
           "  5.1\n");
    expect(test, 1, 58,
           "> 92.4  94.3   9.24        1   calculate_z_serial_purepyt~\n");
    expect_title(test, "Functions 7/7  sort:Self%v");
}

static void absolute_numbers(void **state) {
    struct test *test = *state;
    test->context.percent = false;
    expect(test, 4, 58,
           " Self s  Tot s Self%    Calls   Function\n"
           ">  9.24   9.43  92.4        1   calculate_z_serial_purepy~\n"
           "   0.51   9.94   5.1        1   calc_pure_python\n"
           "   0.19   0.19   1.9 34219980 c builtins.abs\n");
    expect(test, 4, 120,
           " Self s  Tot s Self%    Calls  Tot%   Function                                         File:line\n"
           ">  9.24   9.43  92.4        1  94.3   calculate_z_serial_purepython                    julia.py:5\n"
           "   0.51   9.94   5.1        1  99.4   calc_pure_python                                 julia.py:20\n"
           "   0.19   0.19   1.9 34219980   1.9 c builtins.abs\n");
    expect_title(test, "Functions 7/7  sort:Self s v");
}

static void glyphs_and_styles(void **state) {
    struct test *test = *state;
    test->context.function = 2;
    expect_drawn(test, 5, 58, false, true,
           " Self%  Tot% Self s    Calls   Function\n"
           ".ccccc..hhhh.cccccc....hhhhh...hhhhhhhh\n"
           "  92.4  94.3   9.24        1   calculate_z_serial_purepyt~\n"
           "..4444\n"
           ">  5.1  99.4   0.51        1   calc_pure_python\n"
           "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS\n"
           "   1.9   1.9   0.19 34219980 c builtins.abs\n"
           "...111.......................d.dddddddddddd\n"
           "   0.3   0.4 30.0ms       12   Random.random\n"
           "...000\n");
    test->context.focused = false;
    expect_drawn(test, 3, 40, false, true,
           " Self%  Tot%    Calls   Function\n"
           ".ccccc..hhhh....hhhhh...hhhhhhhh\n"
           "  92.4  94.3        1   calculate_z_ser~\n"
           "..4444\n"
           ">  5.1  99.4        1   calc_pure_python\n"
           "ssssssssssssssssssssssssssssssssssssssss\n");
}

static void small_sizes(void **state) {
    struct test *test = *state;
    expect_small_sizes_kept(test);
}

static void order(void **state) {
    struct test *test = *state;
    expect_order(test, "calculate_z_serial_purepython calc_pure_python builtins.abs Random.random <module> math.log "
                       "time.time ");
    functions_view.sort(test->view, 1);
    expect_title(test, "Functions 7/7  sort:Tot%v");
    expect_order(test, "<module> calc_pure_python calculate_z_serial_purepython builtins.abs Random.random math.log "
                       "time.time ");
    request(test, REQUEST_SORT_NEXT); /* calls: ties stand by name */
    expect_title(test, "Functions 7/7  sort:Callsv");
    expect_order(test, "builtins.abs Random.random math.log time.time <module> calc_pure_python "
                       "calculate_z_serial_purepython ");
    request(test, REQUEST_SORT_INVERT); /* ties stand as before */
    expect_title(test, "Functions 7/7  sort:Calls^");
    expect_order(test, "<module> calc_pure_python calculate_z_serial_purepython time.time Random.random math.log "
                       "builtins.abs ");
    functions_view.sort(test->view, 3);
    expect_title(test, "Functions 7/7  sort:Function^");
    expect_order(test, "<module> Random.random builtins.abs calc_pure_python calculate_z_serial_purepython math.log "
                       "time.time ");
    functions_view.sort(test->view, 3); /* the same again inverts */
    expect_title(test, "Functions 7/7  sort:Functionv");
    expect_order(test, "time.time math.log calculate_z_serial_purepython calc_pure_python builtins.abs Random.random "
                       "<module> ");
    functions_view.sort(test->view, 4); /* file, then line */
    expect_order(test, "builtins.abs math.log time.time Random.random <module> calculate_z_serial_purepython "
                       "calc_pure_python ");
    request(test, REQUEST_SORT_NEXT); /* there is none farther right */
    expect_title(test, "Functions 7/7  sort:File^");
    request(test, REQUEST_SORT_PREVIOUS);
    expect_title(test, "Functions 7/7  sort:Function^");
    const char *const *names = functions_view.sort_names(test->view);
    const char *const expected[] = {"self", "total", "calls", "name", "file", "hold the order"};
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(names[i], expected[i]);
    assert_null(names[6]);
    functions_view.sort(test->view, 6);
    functions_view.sort(test->view, -1);
    expect_title(test, "Functions 7/7  sort:Function^");
}

/* A live model is built anew at each refresh: time goes on, rows change places, the selection stays. */
static void selection_stays(void **state) {
    struct test *test = *state;
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 2);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 3);
    test->model->functions[3].self_ns = 90 * SECOND;
    test->model->wall_ns += SECOND;
    expect(test, 4, 40,
           " Self%  Tot%    Calls   Function\n"
           "> 90.2   0.2 34219980 c builtins.abs\n"
           "   9.3   9.4        1   calculate_z_ser~\n"
           "   0.5  10.0        1   calc_pure_python\n");
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 1);
    expect_effect(request(test, REQUEST_MOVE_LAST), VIEW_SELECT, 5);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_PAGE_UP), VIEW_SELECT, 3);
    expect_effect(request(test, REQUEST_HALF_PAGE_DOWN), VIEW_SELECT, 7);
    expect_effect(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 3);
    expect_effect(request(test, REQUEST_MOVE_UP), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 3);
    test->context.function = 6; /* selected elsewhere */
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 6);
}

/* Until the user chooses a row, the first one is selected. */
static void first_row_until_chosen(void **state) {
    struct test *test = *state;
    expect(test, 2, 40,
           " Self%  Tot%    Calls   Function\n"
           "> 92.4  94.3        1   calculate_z_ser~\n");
    test->model->functions[2].self_ns = 90 * SECOND;
    test->model->wall_ns += SECOND;
    expect(test, 2, 40,
           " Self%  Tot%    Calls   Function\n"
           "> 90.5  10.0        1   calc_pure_python\n");
}

static void scrolling(void **state) {
    struct test *test = *state;
    request(test, REQUEST_MOVE_LAST);
    expect(test, 4, 40,
           " Self%  Tot%    Calls   Function\n"
           "   0.2  99.6        1   <module> julia.~\n"
           "   0.1   0.1       12 c math.log\n"
           ">  0.0   0.0        2 c time.time\n");
    request(test, REQUEST_MOVE_UP);
    request(test, REQUEST_MOVE_UP);
    request(test, REQUEST_MOVE_UP);
    expect(test, 4, 40,
           " Self%  Tot%    Calls   Function\n"
           ">  0.3   0.4       12   Random.random\n"
           "   0.2  99.6        1   <module> julia.~\n"
           "   0.1   0.1       12 c math.log\n");
    expect(test, 20, 40,
           " Self%  Tot%    Calls   Function\n"
           "  92.4  94.3        1   calculate_z_ser~\n"
           "   5.1  99.4        1   calc_pure_python\n"
           "   1.9   1.9 34219980 c builtins.abs\n"
           ">  0.3   0.4       12   Random.random\n"
           "   0.2  99.6        1   <module> julia.~\n"
           "   0.1   0.1       12 c math.log\n"
           "   0.0   0.0        2 c time.time\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n");
}

static void held_order(void **state) {
    struct test *test = *state;
    functions_view.sort(test->view, 5);
    expect_title(test, "Functions 7/7  sort:Self%v  held");
    test->model->functions[5].self_ns = 90 * SECOND;
    test->model->functions[8].calls = 1; /* the one that never ran */
    test->model->functions[8].self_ns = 95 * SECOND;
    test->model->wall_ns += SECOND;
    expect_order(test, "calculate_z_serial_purepython calc_pure_python builtins.abs Random.random <module> math.log "
                       "time.time never_called ");
    functions_view.sort(test->view, 5);
    expect_title(test, "Functions 8/8  sort:Self%v");
    expect_order(test, "never_called time.time calculate_z_serial_purepython calc_pure_python builtins.abs "
                       "Random.random <module> math.log ");
}

static void filtering(void **state) {
    struct test *test = *state;
    const char *problem = NULL;
    test->context.function = 2;
    assert_true(functions_view.filter(test->view, &test->context, "!calc calls>1", &problem));
    expect_title(test, "Functions 4/7  sort:Self%v  filter:!calc calls>1");
    expect_order(test, "builtins.abs Random.random math.log time.time (sum ");
    expect(test, 8, 78, /* times with callees overlap: they have no sum */
           " Self%  Tot% Self s    Calls  Tot s   Function\n"
           "   1.9   1.9   0.19 34219980   0.19 c builtins.abs\n"
           "   0.3   0.4 30.0ms       12 40.0ms   Random.random\n"
           "   0.1   0.1 10.0ms       12 10.0ms c math.log\n"
           "   0.0   0.0 1.50us        2 1.50us c time.time\n"
           "   2.3     -   0.23 34220006      -   (sum of what is shown)\n"
           "\n"
           "\n");
    expect(test, 5, 58, /* it stands there when the rows are more than the screen has */
           " Self%  Tot% Self s    Calls   Function\n"
           "   1.9   1.9   0.19 34219980 c builtins.abs\n"
           "   0.3   0.4 30.0ms       12   Random.random\n"
           "   0.1   0.1 10.0ms       12 c math.log\n"
           "   2.3     -   0.23 34220006   (sum of what is shown)\n");
    expect(test, 4, 40, /* there is no room for it */
           " Self%  Tot%    Calls   Function\n"
           "   1.9   1.9 34219980 c builtins.abs\n"
           "   0.3   0.4       12   Random.random\n"
           "   0.1   0.1       12 c math.log\n");
    expect_effect(click(test, (struct rectangle){0, 0, 5, 78}, 4, 30), VIEW_HANDLED, 0); /* it is no function */

    assert_false(functions_view.filter(test->view, &test->context, "calls>x", &problem));
    assert_string_equal(problem, "\"x\" is no number; write for example calls>10.");
    expect_title(test, "Functions 4/7  sort:Self%v  filter:!calc calls>1");
    assert_true(functions_view.filter(test->view, &test->context, "nothing_has_this", &problem));
    expect(test, 2, 60, "No function passes the filter; \\ clears it.\n\n");
    expect_effect(request(test, REQUEST_DRILL), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_FILTER_CLEAR), VIEW_REDRAW, 0);
    expect_title(test, "Functions 7/7  sort:Self%v");
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 2); /* selected again, as it is back */
}

static void standard_library_hidden(void **state) {
    struct test *test = *state;
    const char *problem = NULL;
    test->context.hide_standard_library = true;
    expect_title(test, "Functions 5/7  sort:Self%v  filter:-stdlib");
    expect_order(test, "calculate_z_serial_purepython calc_pure_python builtins.abs <module> time.time ");
    assert_true(functions_view.filter(test->view, &test->context, "kind:c", &problem));
    expect_title(test, "Functions 2/7  sort:Self%v  filter:-stdlib kind:c");
    test->context.hide_standard_library = false;
    expect_title(test, "Functions 3/7  sort:Self%v  filter:kind:c");
}

/* No other row is marked in place of a selected one that is hidden; asked, the view selects what stands there. */
static void selection_hidden(void **state) {
    struct test *test = *state;
    const char *problem;
    test->context.function = 2;
    assert_true(functions_view.filter(test->view, &test->context, "abs", &problem));
    expect(test, 3, 40,
           " Self%  Tot%    Calls   Function\n"
           "   1.9   1.9 34219980 c builtins.abs\n"
           "\n");
    expect_effect(request(test, REQUEST_NONE), VIEW_SELECT, 3);
    expect_effect(request(test, REQUEST_NONE), VIEW_HANDLED, 0);
    expect(test, 3, 40,
           " Self%  Tot%    Calls   Function\n"
           ">  1.9   1.9 34219980 c builtins.abs\n"
           "\n");
    assert_true(functions_view.filter(test->view, &test->context, "nothing", &problem));
    expect_effect(request(test, REQUEST_NONE), VIEW_HANDLED, 0);
}

/* What tells a name from its neighbours is kept: its last part, and the line of a place. */
static void long_names(void **state) {
    struct test *test = *state;
    fixture_function(test->model, MODEL_FUNCTION_PYTHON, "<frozen importlib._bootstrap_external>", 1234,
                     "a_function_of_a_long_name.<locals>.<listcomp>", 0, 3, 20 * SECOND, 20 * SECOND);
    expect(test, 2, 58,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 66.7  66.7  20.00        3   a_function_of_a_~<listcomp>\n");
    expect(test, 2, 100,
           " Self%  Tot% Self s    Calls  Tot s   Function                             File:line\n"
           "> 66.7  66.7  20.00        3  20.00   a_function_of_a_long_name~<listcomp> <frozen importlib._~:1234\n");
    assert_int_equal(functions_view.sorted(test->view), 0);
    functions_view.sort(test->view, 2);
    assert_int_equal(functions_view.sorted(test->view), 2);
}

static void searching(void **state) {
    struct test *test = *state;
    struct view_effect effect = search(test, "CALC", 0);
    expect_effect(effect, VIEW_SELECT, 1);
    effect = search(test, "calc", 1);
    expect_effect(effect, VIEW_SELECT, 2);
    effect = search(test, "calc", 1);
    expect_effect(effect, VIEW_SELECT, 1); /* round the end */
    effect = search(test, "calc", -1);
    expect_effect(effect, VIEW_SELECT, 2);
    effect = search(test, "module> jul", 0);
    expect_effect(effect, VIEW_SELECT, 4);
    expect_text(search(test, "zzz", 0), VIEW_MESSAGE, "No function here has \"zzz\" in its name.");
    search(test, "calc", 1);
    char *text = draw(test, 5, 40, true, true);
    assert_non_null(strstr(text, "mmmm"));
    free(text);
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0); /* the highlight ends */
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
    text = draw(test, 5, 40, true, true);
    assert_null(strstr(text, "mmmm"));
    free(text);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 5, 58};
    struct view_effect effect = click(test, area, 2, 30);
    expect_effect(effect, VIEW_SELECT, 2);
    test->context.function = 2;
    expect_effect(click(test, area, 2, 30), VIEW_DRILL, 2);
    expect_effect(click(test, area, 30, 30), VIEW_HANDLED, 0);
    expect_effect(click(test, area, 0, 22), VIEW_REDRAW, 0);
    expect_title(test, "Functions 7/7  sort:Callsv");
    click(test, area, 0, 57);
    expect_title(test, "Functions 7/7  sort:Function^");
    click(test, area, 0, 2);
    expect_title(test, "Functions 7/7  sort:Self%v");
    click(test, (struct rectangle){0, 0, 5, 120}, 0, 110);
    expect_title(test, "Functions 7/7  sort:File^");
}

static void copying(void **state) {
    struct test *test = *state;
    expect_text(request(test, REQUEST_COPY), VIEW_COPY,
                "calculate_z_serial_purepython julia.py:5 calls 1 self 9.240000 s total 9.430000 s");
}

static void empty_tables(void **state) {
    struct test *test = *state;
    for (size_t i = 1; i < test->model->function_count; i++)
        test->model->functions[i].calls = 0;
    expect(test, 1, 60, "No function has run yet.\n");
    expect_title(test, "Functions 0/0  sort:Self%v");
    test->model->state = MODEL_ENDED;
    expect(test, 1, 60, "No function ran.\n");
    test->model->collectors = 0;
    expect(test, 1, 80, "This run counts nothing: no collector is on (-k function,line).\n");
    test->model->collectors = COLLECTOR_LINE;
    expect(test, 3, 30, "This run does not count\nfunctions: its function\ncollector is off.\n");
    test->model->functions[6].calls = 1;
    test->model->state = MODEL_RUNNING;
    test->context.hide_standard_library = true;
    expect(test, 1, 60, "Only the standard library ran so far; x shows it.\n");
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "");
}

/* While a run goes on functions are added: the order by name is kept and extended, and made anew for another run. */
static void growing_run(void **state) {
    struct test *test = *state;
    test->model->start_unix_ns = 5;
    functions_view.sort(test->view, 3);
    expect_order(test, "<module> Random.random builtins.abs calc_pure_python calculate_z_serial_purepython math.log "
                       "time.time ");
    static const char *const names[] = {"zip", "aaa", "builtins.abt", "calc_pure_python", "<genexpr>"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fixture_function(test->model, MODEL_FUNCTION_PYTHON, "b.py", 1, names[i], 0, 1, 0, 0);
        if (i == 1) /* two at once, then the others one by one */
            continue;
        functions_view.title(test->view, &test->context, (char[100]){0}, 100);
    }
    expect_order(test, "<genexpr> <module> Random.random aaa builtins.abs builtins.abt calc_pure_python "
                       "calc_pure_python calculate_z_serial_purepython math.log time.time ");
    functions_view.sort(test->view, 3); /* inverted: equal names stand by id still */
    request(test, REQUEST_MOVE_FIRST);
    static const uint32_t inverted[] = {9, 5, 7, 1, 2, 12, 11, 3, 10, 6, 4, 13};
    for (size_t i = 0; i < sizeof inverted / sizeof *inverted; i++) {
        expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, inverted[i]);
        request(test, REQUEST_MOVE_DOWN);
    }
    struct model *other = model_new();
    assert_non_null(other);
    other->start_unix_ns = 6;
    fixture_function(other, MODEL_FUNCTION_PYTHON, "c.py", 1, "second", 0, 1, 0, 0);
    fixture_function(other, MODEL_FUNCTION_PYTHON, "c.py", 1, "first", 0, 1, 0, 0);
    test->context.model = other;
    functions_view.sort(test->view, 3);
    expect_order(test, "first second ");
    test->context.model = test->model;
    model_free(other);
}

/* Memory has columns where it was counted: they come before total times, and go before what is not sorted by. */
static void memory_columns(void **state) {
    struct test *test = *state;
    struct model_function *functions = test->model->functions;
    test->model->collectors |= COLLECTOR_MEMORY;
    functions[1].memory = (struct model_allocations){.allocated_count = 9, .allocated_bytes = 900 << 20, .live_bytes = 1 << 20,
                                                     .peak_bytes = 8 << 20, .temporary_count = 7};
    functions[2].memory = (struct model_allocations){.allocated_count = 9, .allocated_bytes = 80 << 20, .live_bytes = 12000,
                                                     .peak_bytes = 76 << 20};
    functions[2].total_memory.peak_bytes = 84 << 20;
    functions[8].memory.allocated_count = 1; /* never called, but it has memory: it ran before calls were counted */
    expect_title(test, "Functions 8/8  sort:Self%v");
    expect(test, 4, 62,
           " Self%  Tot% Self s    Calls    MiB   Function\n"
           "> 92.4  94.3   9.24        1    8.0   calculate_z_serial_pure~\n"
           "   5.1  99.4   0.51        1   76.0   calc_pure_python\n"
           "   1.9   1.9   0.19 34219980      0 c builtins.abs\n");
    expect(test, 3, 45,
           " Self%  Tot%    Calls   Function\n"
           "> 92.4  94.3        1   calculate_z_serial_p~\n"
           "   5.1  99.4        1   calc_pure_python\n");
    expect(test, 3, 90,
           " Self%  Tot% Self s    Calls    MiB  Tot s TotMiB   Function\n"
           "> 92.4  94.3   9.24        1    8.0   9.43      0   calculate_z_serial_purepython\n"
           "   5.1  99.4   0.51        1   76.0   9.94   84.0   calc_pure_python\n");
    functions_view.sort(test->view, 6);
    expect_title(test, "Functions 8/8  sort:MiBv");
    expect(test, 4, 45,
           " Self%  Tot%    Calls    MiB   Function\n"
           ">  5.1  99.4        1   76.0   calc_pure_pyt~\n"
           "  92.4  94.3        1    8.0   calculate_z_s~\n"
           "   0.2  99.6        1      0   <module> juli~\n");
    expect(test, 4, 20,
           "    MiB   Function\n"
           ">  76.0   calc_pure~\n"
           "    8.0   calculate~\n"
           "      0   <module> ~\n");
    functions_view.sort(test->view, 7);
    expect(test, 3, 45,
           " Self%  Tot%    Calls TotMiB   Function\n"
           ">  5.1  99.4        1   84.0   calc_pure_pyt~\n"
           "   0.2  99.6        1      0   <module> juli~\n");
    request(test, REQUEST_SORT_NEXT); /* there is none farther right */
    expect_title(test, "Functions 8/8  sort:TotMiBv");
    request(test, REQUEST_SORT_PREVIOUS);
    test->context.measure = MEMORY_LIVE;
    expect_title(test, "Functions 8/8  sort:MiBv  MiB:live");
    expect(test, 3, 45,
           " Self%  Tot%    Calls    MiB   Function\n"
           "> 92.4  94.3        1    1.0   calculate_z_s~\n"
           "   5.1  99.4        1    12K   calc_pure_pyt~\n");
    test->context.measure = MEMORY_TEMPORARY;
    expect(test, 3, 45,
           " Self%  Tot%    Calls   Temp   Function\n"
           "> 92.4  94.3        1      7   calculate_z_s~\n"
           "   0.2  99.6        1      0   <module> juli~\n");
    assert_int_equal(functions_view.sorted(test->view), 6);
    assert_string_equal(functions_view.sort_names(test->view)[7], "memory with all it calls");
    assert_null(functions_view.sort_names(test->view)[8]);
    click(test, (struct rectangle){0, 0, 5, 62}, 0, 33);
    expect_title(test, "Functions 8/8  sort:MiB^  MiB:temp");
}

/* The user's columns: as many as there is room for, what is sorted by before others; none but the function where none is wanted. */
static void chosen_columns(void **state) {
    struct test *test = *state;
    test->model->functions[1].primitive_calls = 3;
    test->model->functions[1].calls = 9;
    functions_view_set_columns(test->view, 1u << VALUE_CALLS | 1u << VALUE_PRIMITIVE_CALLS | 1u << VALUE_TIME_PER_CALL);
    expect(test, 4, 58,
           "    Calls     Prim  /call   Function\n"
           ">       9        3  3.14s   calculate_z_serial_purepython\n"
           "        1        1  9.94s   calc_pure_python\n"
           " 34219980 34219980    5ns c builtins.abs\n");
    expect(test, 2, 30,
           "    Calls   Function\n"
           ">       9   calculate_z_seria~\n");
    const char *const *names = functions_view.sort_names(test->view);
    assert_string_equal(names[6], "calls that were not recursive");
    assert_string_equal(names[7], "time per call");
    assert_null(names[8]);
    functions_view.sort(test->view, 7);
    expect_title(test, "Functions 7/7  sort:/callv");
    expect(test, 3, 30,
           "  /call   Function\n"
           "> 9.96s   <module> julia.py\n"
           "  9.94s   calc_pure_python\n");
    click(test, (struct rectangle){0, 0, 5, 58}, 0, 12);
    expect_title(test, "Functions 7/7  sort:Primv");
    request(test, REQUEST_SORT_INVERT);
    expect_title(test, "Functions 7/7  sort:Prim^");
    functions_view_set_columns(test->view, 0); /* what is sorted by can be left and come back to */
    assert_int_equal(functions_view.sorted(test->view), 6);
    expect(test, 2, 120, "   Function\n>  <module> julia.py\n");
    functions_view.sort(test->view, 0);
    expect(test, 2, 120, "   Function\n>  calculate_z_serial_purepython\n");
    functions_view_set_columns(test->view, 1u << VALUE_SELF | 1u << VALUE_FILE);
    static const char self_and_file[] = " Self s   Function                    File:line\n"
                                        ">  9.24   calculate_z_serial_purepyt~ julia.py:5\n"
                                        "   0.51   calc_pure_python            julia.py:20\n";
    expect(test, 3, 58, self_and_file);
    test->context.function = 2;
    char *text = draw(test, 3, 58, true, true);
    assert_non_null(strstr(text, "...4444")); /* the heat of the self time stands in the column there is */
    free(text);
    test->context.function = 1;
    test->context.percent = false;
    expect(test, 3, 58, self_and_file);
}

/* A run of the memory collector alone has no times that were asked for: memory comes first. */
static void memory_alone(void **state) {
    struct test *test = *state;
    test->model->collectors = COLLECTOR_MEMORY;
    expect_title(test, "Functions 7/7  sort:MiBv");
    functions_view.sort(test->view, 0);
    expect_title(test, "Functions 7/7  sort:Self%v");
}

static void hundred_thousand_functions(void **state) {
    struct test *test = *state;
    enum { COUNT = 100000 };
    struct model *model = model_new();
    assert_non_null(model);
    uint32_t random = 7;
    for (int i = 0; i < COUNT; i++) {
        char name[40];
        random = random * 1664525u + 1013904223u;
        snprintf(name, sizeof name, "Class%u.method%u", (random >> 8) % 1000, (random >> 16) % 100);
        fixture_function(model, MODEL_FUNCTION_PYTHON, "f.py", 1, name, 0, 1 + (random >> 10) % 50,
                         (random >> 12) % 5000, 10000);
    }
    test->context.model = model;
    test->context.function = 777;
    functions_view.sort(test->view, 2);
    expect_title(test, "Functions 100000/100000  sort:Callsv");
    /* Walks over the whole table: every function stands there once, in order. */
    bool *seen = calloc(COUNT + 1, sizeof *seen);
    assert_non_null(seen);
    struct view_effect effect = request(test, REQUEST_MOVE_FIRST);
    uint32_t before = effect.function;
    seen[before] = true;
    for (int i = 1; i < COUNT; i++) {
        effect = request(test, REQUEST_MOVE_DOWN);
        assert_int_equal(effect.action, VIEW_SELECT);
        const struct model_function *upper = &model->functions[before], *lower = &model->functions[effect.function];
        int names = strcmp(upper->qualname, lower->qualname);
        assert_true(upper->calls > lower->calls ||
                    (upper->calls == lower->calls && (names < 0 || (names == 0 && before < effect.function))));
        assert_false(seen[effect.function]);
        seen[effect.function] = true;
        before = effect.function;
    }
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    free(seen);
    /* Another order: the same function is selected, and it is on the screen. */
    functions_view.sort(test->view, 0);
    char *text = draw(test, 10, 58, true, false);
    char marked[64];
    snprintf(marked, sizeof marked, "  %s\n", model->functions[before].qualname);
    char *row = strstr(text, "\n>");
    assert_non_null(row);
    row[strcspn(row + 1, "\n") + 2] = '\0';
    assert_non_null(strstr(row, marked));
    free(text);
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, before);
    test->context.model = test->model;
    model_free(model);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(widths), TEST(absolute_numbers), TEST(glyphs_and_styles), TEST(small_sizes), TEST(order),
        TEST(selection_stays), TEST(first_row_until_chosen), TEST(scrolling), TEST(held_order), TEST(filtering),
        TEST(standard_library_hidden), TEST(selection_hidden), TEST(long_names),
        TEST(searching), TEST(clicking), TEST(copying), TEST(empty_tables),
        TEST(growing_run), TEST(memory_columns), TEST(chosen_columns), TEST(memory_alone), TEST(hundred_thousand_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
