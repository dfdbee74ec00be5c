/* The function table by file, module, class and thread. */
#include "tests/unit/group_fixture.h"

#include "tui/view/function_values.h"

static int set_up(void **state) {
    struct test *test = view_test_new(&functions_view, (struct view_context){.focused = true, .percent = true});
    model_free(test->model);
    test->context.model = test->model = fixture_shop();
    shop_threads(test->model);
    *state = test;
    return 0;
}

static void group(struct test *test, enum function_grouping grouping) { functions_view_group(test->view, grouping); }

/* A live model is made anew at each refresh. */
static void refresh(struct test *test) { test->model->wall_ns += SECOND; }

/* A row below the header, without what the selected one has at its beginning. */
static void expect_row(struct test *test, int number, const char *expected) {
    char *text = draw(test, 30, 64, true, false), *line = text;
    for (int i = 0; i <= number; i++)
        line = strchr(line, '\n') + 1;
    line[strcspn(line, "\n")] = '\0';
    line[0] = ' ';
    assert_string_equal(line, expected);
    free(text);
}

static void expect_selected(struct test *test, const char *expected) {
    char *text = draw(test, 30, 64, true, false), *line = strstr(text, "\n>");
    assert_non_null(line);
    line[1 + strcspn(line + 1, "\n")] = '\0';
    line[1] = ' ';
    assert_string_equal(line + 1, expected);
    free(text);
}

static void goldens(void **state) {
    static const char *const names[] = {"", "groups-file", "groups-module", "groups-class", "groups-thread"};
    struct test *test = *state;
    for (int grouping = FUNCTION_GROUPING_FILE; grouping < FUNCTION_GROUPING_COUNT; grouping++) {
        char name[64];
        group(test, (enum function_grouping)grouping);
        expect_goldens(test, names[grouping], true);
        request(test, REQUEST_UNFOLD_ALL);
        snprintf(name, sizeof name, "%s-open", names[grouping]);
        expect_goldens(test, name, false);
    }
}

static void small_sizes(void **state) {
    group(*state, FUNCTION_GROUPING_CLASS);
    request(*state, REQUEST_UNFOLD_ALL);
    expect_small_sizes_kept(*state);
}

static void by_module(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_MODULE);
    expect(test, 10, 60,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 59.5  94.0   1.70     1225 + store.cart (5)\n"
           "  31.5  39.7   0.90       40 + json.decoder (1)\n"
           "   4.2  80.9   0.12        2 + shop (2)\n"
           "   1.6   1.6 45.0ms       50 + collections (1)\n"
           "   1.4   1.4 40.0ms      210 + builtins (2)\n"
           "   1.1   1.6 30.0ms        2 + importlib._bootstrap (1)\n"
           "   0.4   0.4 12.0ms        1 + <string> (1)\n"
           "   0.4   0.5 10.0ms        1 + store (1)\n"
           "\n");
    expect_title(test, "Functions 14/14 in 8 modules  sort:Self%v");
}

/* What is called back counts once: load's time with all it calls holds decode's, that of it add's, and so on. */
static void total_time_counts_once(void **state) {
    struct test *test = *state;
    struct table table = {0};
    struct function_groups groups = {.keys.grouping = FUNCTION_GROUPING_FILE};
    struct function_order order = {0};
    struct filter filter = {0};
    struct function_choice choice = {.filter = &filter};
    struct sorted_functions functions;
    assert_true(function_rows_sort(&functions, &order, test->model, &choice, 1));
    assert_true(function_groups_build(&groups, &table, test->model, &choice, &functions));
    struct model_function own;
    for (size_t i = 0; i < table.count; i++) {
        const struct model_function *sum = function_groups_numbers(&groups, test->model, i, &own);
        uint64_t expected = 0;
        if (strcmp(function_groups_name(&groups, i), "/p/store/cart.py") != 0)
            continue;
        expected += 5;                                /* the class's body */
        expected += 400 + 900 + 150 + 60 + 25;        /* load, outermost */
        expected += 300 + 250 + 15 + 35;              /* total, outermost */
        expected += 500 + 45;                         /* load in the other thread */
        assert_int_equal(sum->total_ns, expected * MILLISECOND);
        expected = 0;
    }
    function_rows_free(&functions);
    function_groups_free(&groups);
    function_order_free(&order);
    table_free(&table);
}

/* What takes long is found bit by bit; until then it is not known. */
static void totals_of_many_call_nodes(void **state) {
    struct test *test = *state;
    test->model->state = MODEL_RUNNING;
    test->model->serial = 1;
    for (int i = 0; i < 1 << 17; i++)
        shop_node(test->model, 0, SHOP_LEN, 0, 0);
    group(test, FUNCTION_GROUPING_MODULE);
    expect_row(test, 0, "  59.5     -   1.70     1225 + store.cart (5)");
    assert_false(functions_view_has_work(test->view)); /* half a second later all would be another */
    test->model->state = MODEL_ENDED;
    refresh(test);
    expect_row(test, 0, "  59.5     -   1.70     1225 + store.cart (5)");
    int slices = 1;
    while (!functions_view_work(test->view, test->model) && slices < 100)
        slices++;
    assert_int_equal(slices, 5);
    assert_false(functions_view_has_work(test->view));
    expect_row(test, 0, "  59.5  94.0   1.70     1225 + store.cart (5)");
    functions_view_sort_by(test->view, "total", true); /* the same functions: they are known */
    expect_row(test, 0, "   0.4   0.4 12.0ms        1 + <string> (1)");
    assert_false(functions_view_has_work(test->view));
    refresh(test);
    expect_title(test, "Functions 14/14 in 8 modules  sort:Tot%^");
    assert_true(functions_view_has_work(test->view));
    test->model->wall_ns += SECOND; /* another model, which was not drawn */
    assert_false(functions_view_work(test->view, test->model));
    assert_false(functions_view_has_work(test->view));
}

/* --- sums ------------------------------------------------------------------------------------------------- */

struct checked {
    struct table table;
    struct function_groups groups;
    struct function_order order;
    struct filter filter;
};

static void add(struct model_function *sum, const struct model_function *function) {
    sum->calls += function->calls;
    sum->primitive_calls += function->primitive_calls;
    sum->self_ns += function->self_ns;
    if (sum->memory.peak_bytes != MODEL_UNKNOWN)
        sum->memory.peak_bytes = function->memory.peak_bytes == MODEL_UNKNOWN ? MODEL_UNKNOWN
                                                                             : sum->memory.peak_bytes + function->memory.peak_bytes;
    if (sum->instructions != MODEL_UNKNOWN)
        sum->instructions = function->instructions == MODEL_UNKNOWN ? MODEL_UNKNOWN : sum->instructions + function->instructions;
}

static void expect_same(const struct model_function *left, const struct model_function *right, bool all) {
    assert_int_equal(left->calls, right->calls);
    assert_int_equal(left->primitive_calls, right->primitive_calls);
    assert_int_equal(left->self_ns, right->self_ns);
    if (all) {
        assert_int_equal(left->memory.peak_bytes, right->memory.peak_bytes);
        assert_int_equal(left->instructions, right->instructions);
    }
}

/* Groups add up to the functions that are chosen, and each group's rows to the group. */
static void expect_sums(struct checked *checked, const struct model *model, struct function_choice *choice) {
    struct sorted_functions functions;
    struct model_function own, of_functions = {0}, of_groups = {0}, of_rows = {0};
    choice->filter = &checked->filter;
    assert_true(function_rows_sort(&functions, &checked->order, model, choice, model_total_self(model)));
    assert_true(function_groups_build(&checked->groups, &checked->table, model, choice, &functions));
    bool parts = checked->groups.keys.grouping == FUNCTION_GROUPING_THREAD;
    assert_int_equal(checked->groups.function_count, functions.count);
    for (size_t i = 0; i < functions.count; i++)
        add(&of_functions, &model->functions[functions.sorted[i].id]);
    for (size_t i = 0; i < checked->groups.shown; i++)
        checked->groups.groups[checked->groups.order[i]].opened = true;
    assert_true(function_groups_build(&checked->groups, &checked->table, model, choice, &functions));
    size_t members = 0, left = 0;
    for (size_t i = 0; i < checked->table.count; i++) {
        const struct model_function *numbers = function_groups_numbers(&checked->groups, model, i, &own);
        if (function_groups_shape(&checked->groups, i).parent) {
            add(&of_groups, numbers);
            assert_int_equal(left, 0);
            left = function_groups_size(&checked->groups, i);
            assert_true(left > 0);
            struct model_function of_members = {0}, member;
            for (size_t k = i + 1; k <= i + left; k++)
                add(&of_members, function_groups_numbers(&checked->groups, model, k, &member));
            expect_same(&of_members, numbers, !parts);
            if (numbers->total_ns != MODEL_UNKNOWN)
                assert_true(numbers->total_ns >= numbers->self_ns);
        } else {
            add(&of_rows, numbers);
            left--;
            members++;
        }
    }
    expect_same(&of_groups, &of_functions, !parts);
    expect_same(&of_rows, &of_functions, !parts);
    if (!parts)
        assert_int_equal(members, functions.count);
    function_rows_free(&functions);
}

/* A live run: nodes are added and go on, functions that ran for the first time come behind the others. */
static void run_on(struct model *model, uint32_t step) {
    char name[32];
    snprintf(name, sizeof name, step % 2 ? "Cart.more%u" : "late%u", step);
    uint32_t added = fixture_function(model, MODEL_FUNCTION_PYTHON, step % 3 ? "/p/store/cart.py" : "/p/store/new.py", step, name,
                                      MODEL_FUNCTION_PROJECT, 0, 0, 0);
    shop_node(model, 5 + step, added, step, 7 * step);
    for (size_t i = 1; i < model->node_count; i++)
        model->nodes[i].self_ns += (i * step % 5) * MILLISECOND;
    shop_sum(model);
    for (size_t i = 1; i < model->function_count; i++) {
        model->functions[i].memory.peak_bytes = i * step * 100;
        model->functions[i].instructions = i * step;
    }
    shop_threads(model);
    for (uint32_t id = SHOP_FUNCTIONS; id < model->function_count; id++)
        shop_part(model, 0, id, &model->functions[id]);
    model->wall_ns += SECOND;
}

static void groups_add_up(void **state) {
    struct test *test = *state;
    static const char *const filters[] = {"", "cart", "calls>5", "!~load|add", "file:store name:~a"};
    char problem[256];
    struct checked checked[FUNCTION_GROUPING_COUNT] = {0};
    for (uint32_t step = 1; step < 6; step++) {
        for (int grouping = FUNCTION_GROUPING_FILE; grouping < FUNCTION_GROUPING_COUNT; grouping++) {
            struct checked *with = &checked[grouping];
            with->groups.keys.grouping = (enum function_grouping)grouping;
            for (size_t i = 0; i < 2 * sizeof filters / sizeof *filters; i++) {
                struct function_choice choice = {.hide_standard_library = i & 1,
                                                 .sort = (enum function_sort)(i % FUNCTION_SORT_COUNT),
                                                 .inverted = i % 3 == 0, .held = i % 4 == 0};
                assert_true(filter_parse(&with->filter, filters[i / 2], problem, sizeof problem));
                expect_sums(with, test->model, &choice);
            }
        }
        run_on(test->model, step);
    }
    for (int grouping = FUNCTION_GROUPING_FILE; grouping < FUNCTION_GROUPING_COUNT; grouping++) {
        function_groups_free(&checked[grouping].groups);
        function_order_free(&checked[grouping].order);
        filter_free(&checked[grouping].filter);
        table_free(&checked[grouping].table);
    }
}

/* --- folding, selection ----------------------------------------------------------------------------------- */

static void groups_are_opened_and_closed(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_FILE);
    expect_effect(request(test, REQUEST_DRILL), VIEW_REDRAW, 0);
    expect(test, 5, 60,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 59.5  94.0   1.70     1225 - /p/store/cart.py (5)\n"
           "  33.6  72.8   0.96       12     load\n"
           "  11.7  21.0   0.34       12     Cart.total\n"
           "   8.8  10.0   0.25     1000     Cart.total.<locals~<lambda>\n");
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, SHOP_LOAD); /* into it */
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, SHOP_LOAD);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, SHOP_LOAD); /* there is nothing below */
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, SHOP_TOTAL);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_SELECT, SHOP_LOAD); /* the group, which stands for its first */
    expect(test, 3, 60,
           " Self%  Tot% Self s    Calls   Function\n"
           "> 59.5  94.0   1.70     1225 - /p/store/cart.py (5)\n"
           "  33.6  72.8   0.96       12     load\n");
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_REDRAW, 0);
    expect_row(test, 1, "  31.5  39.7   0.90       40 + ~b/python3.11/json/decoder.py (1)");
    request(test, REQUEST_UNFOLD_ALL);
    expect_row(test, 1, "  33.6  72.8   0.96       12     load");
    request(test, REQUEST_MOVE_LAST);
    request(test, REQUEST_UNFOLD_ALL); /* all are open: all are closed */
    expect_row(test, 1, "  31.5  39.7   0.90       40 + ~b/python3.11/json/decoder.py (1)");
}

static void the_selection_stays(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_MODULE);
    request(test, REQUEST_MOVE_DOWN);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, SHOP_MAIN);
    expect_selected(test, "   4.2  80.9   0.12        2 + shop (2)");
    test->model->functions[SHOP_MODULE].self_ns = 10 * SECOND; /* another one is its first now, and it is the first group */
    refresh(test);
    expect_selected(test, "  78.7  18.0  10.10        2 + shop (2)");
    expect_row(test, 0, "  78.7  18.0  10.10        2 + shop (2)");
    expect_effect(request(test, REQUEST_DRILL), VIEW_REDRAW, 0);
    request(test, REQUEST_MOVE_DOWN);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, SHOP_MAIN);
    test->model->functions[SHOP_MAIN].self_ns = 20 * SECOND;
    refresh(test);
    expect_selected(test, "  61.1   6.9  20.00        1     main");
    functions_view.sort(test->view, 3);
    expect_selected(test, "  61.1   6.9  20.00        1     main");
    assert_true(functions_view.filter(test->view, &test->context, "store", NULL)); /* it is hidden, and back */
    expect_title(test, "Functions 6/14 in 2 modules  sort:Function^  filter:store");
    assert_true(functions_view.filter(test->view, &test->context, "", NULL));
    expect_selected(test, "  61.1   6.9  20.00        1     main");
    group(test, FUNCTION_GROUPING_FILE); /* its group is closed */
    expect_selected(test, "  91.6   7.1  30.00        2 + /p/shop.py (2)");
    group(test, FUNCTION_GROUPING_NONE);
    expect_selected(test, "  61.1   6.9  20.00        1   main");
}

static void what_is_selected_elsewhere_is_shown(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_MODULE);
    expect_title(test, "Functions 14/14 in 8 modules  sort:Self%v");
    test->context.function = SHOP_ADD;
    expect_selected(test, "   5.3   8.2   0.15      200     Cart.add");
    test->context.function = SHOP_APPEND; /* the other group is closed again: nobody opened it */
    expect_selected(test, "   0.9   0.9 25.0ms      200   c list.append");
    expect_row(test, 1, "  31.5  39.7   0.90       40 + json.decoder (1)");
    request(test, REQUEST_MOVE_LEFT);
    request(test, REQUEST_MOVE_LEFT); /* closed by hand */
    expect_selected(test, "   1.4   1.4 40.0ms      210 + builtins (2)");
    refresh(test);
    expect_selected(test, "   1.4   1.4 40.0ms      210 + builtins (2)");
}

static void searching(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_CLASS);
    expect_effect(search(test, "append", 0), VIEW_SELECT, SHOP_DEQUE);
    expect_selected(test, "   1.6   1.6 45.0ms       50   c collections.deque.append");
    expect_effect(search(test, "append", 1), VIEW_SELECT, SHOP_APPEND);
    expect_selected(test, "   0.9   0.9 25.0ms      200   c list.append");
    expect_effect(search(test, "append", 1), VIEW_SELECT, SHOP_DEQUE);
    expect_effect(search(test, "append", -1), VIEW_SELECT, SHOP_APPEND);
    expect_effect(search(test, "json", 0), VIEW_SELECT, SHOP_DECODE); /* a group has it in its name */
    expect_selected(test, "  31.5  39.7   0.90       40 + json.decoder.JSONDecoder (1)");
    expect_text(search(test, "nowhere", 0), VIEW_MESSAGE, "No function here has \"nowhere\" in its name.");
}

static void copying(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_THREAD);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "main thread functions 13 calls 1476 self 2.312000 s total 2.312000 s");
    request(test, REQUEST_DRILL);
    request(test, REQUEST_MOVE_DOWN);
    request(test, REQUEST_MOVE_DOWN);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "load /p/store/cart.py:20 calls 7 self 0.460000 s total 1.535000 s");
    assert_true(functions_view.filter(test->view, &test->context, "cart", NULL)); /* the total of a part is not known */
    request(test, REQUEST_MOVE_FIRST);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "main thread functions 5 calls 1220 self 1.200000 s");
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 12, 80};
    group(test, FUNCTION_GROUPING_MODULE);
    expect_effect(click(test, area, 2, 30), VIEW_SELECT, SHOP_DECODE);
    test->context.function = SHOP_DECODE;
    expect_effect(click(test, area, 2, 30), VIEW_REDRAW, 0); /* again: opened */
    expect_effect(click(test, area, 3, 30), VIEW_SELECT, SHOP_DECODE);
    expect_effect(click(test, area, 3, 30), VIEW_DRILL, SHOP_DECODE);
}

/* --- threads ---------------------------------------------------------------------------------------------- */

static void a_function_is_in_each_thread_that_ran_it(void **state) {
    struct test *test = *state;
    group(test, FUNCTION_GROUPING_THREAD);
    request(test, REQUEST_UNFOLD_ALL);
    expect_title(test, "Functions 14/14 in 2 threads  sort:Self%v");
    request(test, REQUEST_MOVE_LAST);
    request(test, REQUEST_MOVE_UP);
    expect_selected(test, "  17.5  19.1   0.50        5     load");
    refresh(test); /* it is that thread's, and not the main thread's */
    expect_selected(test, "  17.5  19.1   0.50        5     load");
    request(test, REQUEST_MOVE_LEFT);
    expect_selected(test, "  19.1  19.1   0.55       55 - worker (2)");
    functions_view.sort(test->view, 2);
    request(test, REQUEST_MOVE_RIGHT);
    expect_selected(test, "   1.6   1.6 45.0ms       50   c collections.deque.append");
}

static void one_thread_has_it_all(void **state) {
    struct test *test = *state;
    test->model->thread_count = 1;
    test->model->thread_function_count = 0;
    group(test, FUNCTION_GROUPING_THREAD);
    expect_selected(test, "   100   100   2.86     1531 + main thread (14)");
}

/* Sessions of formats before 5. */
static void threads_that_are_not_told_apart(void **state) {
    struct test *test = *state;
    test->model->thread_function_count = 0;
    group(test, FUNCTION_GROUPING_THREAD);
    expect_selected(test, "   100   100   2.86     1531 + all threads, not told apart (14)");
}

static void no_function(void **state) {
    struct test *test = *state;
    for (int grouping = FUNCTION_GROUPING_FILE; grouping < FUNCTION_GROUPING_COUNT; grouping++) {
        test->model->function_count = 1;
        test->model->node_count = test->model->edge_count = test->model->thread_function_count = 0;
        refresh(test);
        group(test, (enum function_grouping)grouping);
        expect(test, 2, 60, "No function has run yet.\n\n");
        for (int asked = REQUEST_NONE; asked < REQUEST_COUNT; asked++)
            request(test, (enum request)asked);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(goldens),
        TEST(small_sizes),
        TEST(by_module),
        TEST(total_time_counts_once),
        TEST(totals_of_many_call_nodes),
        TEST(groups_add_up),
        TEST(groups_are_opened_and_closed),
        TEST(the_selection_stays),
        TEST(what_is_selected_elsewhere_is_shown),
        TEST(searching),
        TEST(copying),
        TEST(clicking),
        TEST(a_function_is_in_each_thread_that_ran_it),
        TEST(one_thread_has_it_all),
        TEST(threads_that_are_not_told_apart),
        TEST(no_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
