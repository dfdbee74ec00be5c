/* The memory pane: what made the peak, what is alive, what was left over, types; as lines and as a tree. */
#include "tests/unit/memory_model_fixture.h"
#include "tests/unit/view_fixture.h"

#include "tests/unit/golden.h"

static int set_up(void **state) {
    struct test *test = view_test_new(&memory_view, (struct view_context){.focused = true});
    model_free(test->model);
    test->model = fixture_memory_program();
    test->context.model = test->model;
    *state = test;
    return 0;
}

static void add_type(struct model *model, const char *name, uint64_t count, uint64_t bytes) {
    model->types = fixture_grow(model->types, model->type_count, sizeof *model->types);
    model->types[model->type_count++] = (struct model_type){name, count, bytes};
}

static void peak_as_lines(void **state) {
    struct test *test = *state;
    expect_title(test, "Memory  [peak] alive left types  1.7M @512ms  lines");
    expect(test, 7, 59,
           "     %    MiB   Blocks Function:line\n"
           ">  100    1.7    40001 build:4\n"
           "   0.0   200B        2 (no function)\n"
           "   0.0   100B        1 getenv:700\n"
           "   0.0    32B        1 build:3\n"
           "\n"
           "\n");
    expect(test, 3, 100,
           "     %    MiB   Blocks Function:line                  Source\n"
           ">  100    1.7    40001 build:4                        zs.append(complex(x, 1))\n"
           "   0.0   200B        2 (no function)\n");
    expect(test, 3, 30,
           "     %    MiB Function:line\n"
           ">  100    1.7 build:4\n"
           "   0.0   200B (no function)\n");
    expect(test, 3, 10,
           "    MiB F~\n"
           ">   1.7 b~\n"
           "   200B (~\n");
}

/* The sum over several processes has a peak of each, and so no moment. */
static void peaks_of_processes(void **state) {
    struct test *test = *state;
    test->model->heap.peak_t_ns = MODEL_UNKNOWN;
    test->model->process_count = 3;
    expect_title(test, "Memory  [peak] alive left types  1.7M in 3 processes  lines");
}

static void peak_as_tree(void **state) {
    struct test *test = *state;
    request(test, REQUEST_TREE);
    expect_title(test, "Memory  [peak] alive left types  1.7M @512ms  tree");
    expect(test, 8, 70,
           "  Tot%    MiB   Self Calls and lines\n"
           ">  100    1.7      0 - <module> build.py\n"
           "   100    1.7    1.7   - build\n"
           "   100    1.7    1.7       :4 zs.append(complex(x, 1))\n"
           "   0.0    32B    32B       :3 for x in range(width):\n"
           "   0.0   100B   100B   + getenv\n"
           "   0.0   200B   200B   (no function)\n"
           "\n");
    expect_unicode(test, 8, 70,
           "  Tot%    MiB   Self Calls and lines\n"
           ">  100    1.7      0 ▾ <module> build.py\n"
           "   100    1.7    1.7   ▾ build\n"
           "   100    1.7    1.7       :4 zs.append(complex(x, 1))\n"
           "   0.0    32B    32B       :3 for x in range(width):\n"
           "   0.0   100B   100B   ▸ getenv\n"
           "   0.0   200B   200B   (no function)\n"
           "\n");
}

static void alive(void **state) {
    struct test *test = *state;
    request(test, REQUEST_VARIANT);
    expect_title(test, "Memory  peak [alive] left types  1.0M  lines");
    expect(test, 6, 59,
           "     %    MiB   Blocks Function:line\n"
           "> 98.4    1.0     1000 keep:8\n"
           "   1.6    16K      501 <module> build.py:11\n"
           "   0.0   200B        2 (no function)\n"
           "\n"
           "\n");
}

/* What each call leaves stands first, however little it is, and is told from what was left once. */
static void left(void **state) {
    struct test *test = *state;
    request(test, REQUEST_VARIANT);
    request(test, REQUEST_VARIANT);
    expect_title(test, "Memory  peak alive [left] types  1.0M  lines");
    expect(test, 6, 70,
           "     %    MiB   Blocks Per call Function:line\n"
           "> 98.4    1.0     1000     1.0K keep:8\n"
           "   1.6    16K      501     once <module> build.py:11\n"
           "   0.0   200B        2     once (no function)\n"
           "\n"
           "\n");
    test->model->nodes[4].calls = 1; /* a thousand blocks of one call: what it works on */
    test->model->wall_ns++;
    expect(test, 3, 70,
           "     %    MiB   Blocks Per call Function:line\n"
           "> 98.4    1.0     1000     once keep:8\n"
           "   1.6    16K      501     once <module> build.py:11\n");
    test->model->nodes[4].calls = 2000; /* half of the calls left something: as with a cache that fills */
    test->model->wall_ns++;
    expect(test, 3, 70,
           "     %    MiB   Blocks Per call Function:line\n"
           "> 98.4    1.0     1000     some keep:8\n"
           "   1.6    16K      501     once <module> build.py:11\n");
}

/* What imports leave belongs to no call of the program: it stands last, though every one of them leaves something. */
static void left_by_imports(void **state) {
    struct test *test = *state;
    request(test, REQUEST_VARIANT);
    request(test, REQUEST_VARIANT);
    uint32_t load = fixture_function(test->model, MODEL_FUNCTION_PYTHON, "<frozen importlib._bootstrap_external>", 1,
                                     "get_code", 0, 20, MILLISECOND, MILLISECOND);
    fixture_node(test->model, 1, load, 20, 0, 0);
    uint32_t node = (uint32_t)test->model->node_count - 1;
    fixture_site(test->model, node, load, 7, (struct model_allocations){20, 9 * MIB, 0, 0, 20, 9 * MIB, 0, 0, 0, 0, 0});
    expect(test, 6, 70,
           "     %    MiB   Blocks Per call Function:line\n"
           ">  9.8    1.0     1000     1.0K keep:8\n"
           "   0.2    16K      501     once <module> build.py:11\n"
           "   0.0   200B        2     once (no function)\n"
           "  90.1    9.0       20   import get_code:7\n"
           "\n");
}

static void types(void **state) {
    struct test *test = *state;
    for (int i = 0; i < 3; i++)
        request(test, REQUEST_VARIANT);
    expect(test, 1, 70, "Objects were not counted by type in this run.\n");
    test->model->state = MODEL_RUNNING;
    expect(test, 1, 80, "Objects have not been counted by type yet: C counts those that are alive.\n");
    add_type(test->model, "dict", 1200, 700 * KIB);
    add_type(test->model, "list", 90, 80 * KIB);
    add_type(test->model, "tuple", 800, 50 * KIB);
    test->model->census_t_ns = 700 * MILLISECOND;
    expect_title(test, "Memory  peak alive left [types]  830K @700ms");
    expect(test, 4, 40,
           "     %    MiB Type\n"
           "> 84.3    0.7 dict\n"
           "   9.6    80K list\n"
           "   6.0    50K tuple\n");
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_REDRAW);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE, "list: 90 objects, 80K together.");
    assert_int_equal(request(test, REQUEST_TREE).action, VIEW_MESSAGE);
    request(test, REQUEST_VARIANT);
    expect_title(test, "Memory  [peak] alive left types  1.7M @512ms  lines");
    assert_int_equal(request(test, REQUEST_CENSUS).action, VIEW_NOT_HANDLED); /* the loop asks the recorder */
    expect_title(test, "Memory  peak alive left [types]  830K @700ms");
}

static void golden_screens(void **state) {
    struct test *test = *state;
    static const int sizes[][2] = {{20, 80}, {14, 59}, {31, 118}}; /* of the pane on 80x24, 100x30 and 200x50 */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int look = 0; look < 6; look++) {
            char name[64];
            snprintf(name, sizeof name, "memory-%dx%d-%d", sizes[i][1], sizes[i][0], look);
            char *drawn = draw(test, sizes[i][0], sizes[i][1], look % 2, false);
            expect_golden(name, drawn);
            free(drawn);
            request(test, look % 2 ? REQUEST_VARIANT : REQUEST_TREE);
        }
}

static void small_sizes(void **state) {
    struct test *test = *state;
    for (int look = 0; look < 8; look++) {
        expect_small_sizes_kept(test);
        request(test, look % 2 ? REQUEST_VARIANT : REQUEST_TREE);
    }
}

static void drilling(void **state) {
    struct test *test = *state;
    expect_place(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 2, 4);
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 4);
    expect_effect(request(test, REQUEST_MOVE_FIRST), VIEW_HANDLED, 0);
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_REDRAW); /* of no function */
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_MESSAGE);
    expect_place(request(test, REQUEST_MOVE_LAST), VIEW_SELECT, 2, 3);
    request(test, REQUEST_MOVE_FIRST);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "build:4 peak 1804288 bytes 40001 blocks");
    assert_int_equal(request(test, REQUEST_MOVE_LEFT).action, VIEW_NOT_HANDLED);
}

/* Calls are opened and closed, gone into and left; the selection stays on its call meanwhile. */
static void walking_the_tree(void **state) {
    struct test *test = *state;
    request(test, REQUEST_TREE);
    expect_place(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 1, 0);
    expect_place(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, 2, 0);
    expect_place(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, 2, 4);
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 4);
    assert_int_equal(request(test, REQUEST_MOVE_RIGHT).action, VIEW_SELECT); /* it has nothing below */
    expect_place(request(test, REQUEST_MOVE_LEFT), VIEW_SELECT, 2, 0);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_REDRAW, 0); /* closes it */
    expect(test, 6, 50,
           "  Tot%    MiB   Self Calls and lines\n"
           "   100    1.7      0 - <module> build.py\n"
           ">  100    1.7    1.7   + build\n"
           "   0.0   100B   100B   + getenv\n"
           "   0.0   200B   200B   (no function)\n"
           "\n");
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_REDRAW, 0);
    expect_place(request(test, REQUEST_MOVE_LAST), VIEW_REDRAW, 0, 0);
    assert_int_equal(request(test, REQUEST_SORT_INVERT).action, VIEW_MESSAGE);
    assert_null(memory_view.sort_names(test->view)[0]);
    expect_place(click(test, (struct rectangle){0, 0, 8, 50}, 1, 30), VIEW_SELECT, 1, 0);
    assert_int_equal(click(test, (struct rectangle){0, 0, 8, 50}, 1, 21).action, VIEW_REDRAW); /* on its sign */
    expect(test, 4, 50,
           "  Tot%    MiB   Self Calls and lines\n"
           ">  100    1.7      0 + <module> build.py\n"
           "   0.0   200B   200B   (no function)\n"
           "\n");
}

/* While a run goes on sites come and go: rows re-sort, the selected one is the same line. */
static void selection_stays(void **state) {
    struct test *test = *state;
    expect_place(request(test, REQUEST_MOVE_FIRST), VIEW_SELECT, 2, 4);
    test->model->wall_ns++;
    test->model->sites[2].memory.peak_bytes = 5 * MIB; /* build:3 */
    expect(test, 3, 40,
           "     %    MiB Function:line\n"
           "  74.4    5.0 build:3\n"
           "> 25.6    1.7 build:4\n");
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 4);
    request(test, REQUEST_TREE);
    expect_place(request(test, REQUEST_NONE), VIEW_HANDLED, 0, 0);
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 4); /* the same line in the tree */
}

/* Functions of another process have other ids: what was selected is looked for by what the loop says is selected there. */
static void another_process(void **state) {
    struct test *test = *state;
    request(test, REQUEST_TREE);
    request(test, REQUEST_MOVE_LAST);
    test->model->pid = 77;
    test->context.function = 2;
    test->context.line = 3;
    free(draw(test, 9, 40, true, false));
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 3);
}

/* What is selected in other panes is selected here, too; what has no row here gives way to what is marked. */
static void selection_of_others(void **state) {
    struct test *test = *state;
    test->context.function = 2;
    test->context.line = 3;
    free(draw(test, 5, 40, true, false));
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 3);
    test->context.function = 5;
    test->context.line = 0;
    expect_place(request(test, REQUEST_NONE), VIEW_SELECT, 2, 3);
    expect_place(request(test, REQUEST_NONE), VIEW_HANDLED, 0, 0);
}

static void sorting(void **state) {
    struct test *test = *state;
    request(test, REQUEST_VARIANT);
    assert_int_equal(memory_view.sorted(test->view), 0);
    assert_string_equal(memory_view.sort_names(test->view)[1], "blocks");
    memory_view.sort(test->view, 3);
    expect(test, 4, 40,
           "     %    MiB Function:line\n"
           ">  0.0   200B (no function)\n"
           "   1.6    16K <module> build.py:11\n"
           "  98.4    1.0 keep:8\n");
    request(test, REQUEST_SORT_INVERT);
    expect(test, 4, 40,
           "     %    MiB Function:line\n"
           "> 98.4    1.0 keep:8\n"
           "   1.6    16K <module> build.py:11\n"
           "   0.0   200B (no function)\n");
    request(test, REQUEST_SORT_PREVIOUS);
    assert_int_equal(memory_view.sorted(test->view), 2);
    memory_view.sort(test->view, 77);
    assert_int_equal(memory_view.sorted(test->view), 2);
}

static void standard_library_hidden(void **state) {
    struct test *test = *state;
    test->context.hide_standard_library = true;
    expect_title(test, "Memory  [peak] alive left types  1.7M @512ms  lines  -stdlib");
    char *drawn = draw(test, 10, 80, true, false);
    assert_null(strstr(drawn, "getenv"));
    assert_non_null(strstr(drawn, "build:4"));
    free(drawn);
}

static void searching(void **state) {
    struct test *test = *state;
    expect_place(search(test, "BUILD:3", 0), VIEW_SELECT, 2, 3);
    expect_place(search(test, "getenv", 0), VIEW_SELECT, 5, 700);
    expect_text(search(test, "zzz", 0), VIEW_MESSAGE, "No row here has \"zzz\" in its name.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 6, 60};
    free(draw(test, 6, 60, true, false));
    expect_place(click(test, area, 4, 30), VIEW_SELECT, 2, 3);
    expect_place(click(test, area, 4, 30), VIEW_DRILL, 2, 3);
    expect_effect(click(test, area, 0, 30), VIEW_HANDLED, 0);
    expect_effect(click(test, area, 90, 30), VIEW_HANDLED, 0);
}

static void nothing_there(void **state) {
    struct test *test = *state;
    test->model->site_count = 0;
    expect(test, 1, 60, "Nothing has been allocated yet.\n");
    request(test, REQUEST_VARIANT);
    expect(test, 1, 60, "Nothing is alive.\n");
    request(test, REQUEST_VARIANT);
    expect(test, 1, 60, "Nothing was left over.\n");
    test->model->collectors = COLLECTOR_FUNCTION;
    expect(test, 1, 80, "This run does not count memory: its memory collector is off (-k memory).\n");
    expect_title(test, "Memory  peak alive [left] types  lines");
    for (int request_number = REQUEST_NONE; request_number < REQUEST_COUNT; request_number++)
        request(test, (enum request)request_number);
    expect_small_sizes_kept(test);
}

/* Nothing of a model is trusted: sites of nodes and functions that are not there, parents behind their children. */
static void unsound_models(void **state) {
    struct test *test = *state;
    test->model->sites[3].node = 999;
    test->model->sites[4].function = 999;
    test->model->nodes[2].parent = 4;
    test->model->nodes[4].parent = 4;
    for (int look = 0; look < 6; look++) {
        free(draw(test, 20, 100, true, false));
        for (int i = 0; i < 12; i++) {
            request(test, REQUEST_MOVE_DOWN);
            request(test, REQUEST_MOVE_RIGHT);
        }
        request(test, look % 2 ? REQUEST_VARIANT : REQUEST_TREE);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(peak_as_lines), TEST(peaks_of_processes), TEST(peak_as_tree), TEST(alive), TEST(left),
        TEST(left_by_imports), TEST(types),
        TEST(golden_screens), TEST(small_sizes),
        TEST(drilling), TEST(walking_the_tree), TEST(selection_stays), TEST(selection_of_others), TEST(another_process),
        TEST(sorting),
        TEST(standard_library_hidden), TEST(searching), TEST(clicking), TEST(nothing_there), TEST(unsound_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
