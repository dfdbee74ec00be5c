/* The RAM graph: golden pictures, thinning, the cursor in time. */
#include "tests/unit/view_fixture.h"

#include "tui/view/ram_graph.h"

#define MEBIBYTE UINT64_C(1048576)

/* Ten samples a second over 12.3 seconds: a rise, a plateau, a slope to 214 MiB for a moment, two levels. */
static void add_samples(struct model *model) {
    for (uint64_t i = 0; i < 124; i++) {
        uint64_t slope = 100 + (i - 30) * 3 / 2;
        uint64_t mib = i < 20 ? 20 + i : i < 30 ? 40 : i < 80 ? slope : i < 82 ? 214 : i < 100 ? 182 : 120;
        fixture_sample(model, i * 100 * MILLISECOND, mib * MEBIBYTE, i < 82 ? 2 : 0);
    }
}

static int set_up(void **state) {
    struct test *test = view_test_new(&ram_view, (struct view_context){0});
    add_samples(test->model);
    *state = test;
    return 0;
}

static void ascii(void **state) {
    struct test *test = *state;
    expect(test, 3, 98,
           " 250|                                        ^\n"
           "    |                 ____________/~~~~~~~~~/ \\~~~~~~~~\\___________\n"
           "   0|______________/~/\n");
    expect(test, 8, 60,
           " 250|                ^\n"
           "    |                #\n"
           "    |             _//#\\~~\n"
           "    |        #/~~/       \\____\n"
           "    |      ~/#\n"
           "    |      |\n"
           "   0|/~~~~/\n"
           "     0                   10.0s               20.0s\n");
    expect(test, 4, 20,
           "        ^\n"
           "     #//#\\\n"
           "   ~/#    \\~~\n"
           "__/\n");
    expect(test, 2, 5,
           " ^\n"
           "/#\\\n");
    expect(test, 1, 80,
           "RSS 120M ^214M _______________..-------------==========*=========------------\n");
    expect(test, 1, 10,
           "RSS 120M ^\n");
    expect_title(test, "RAM MiB  now:120  peak:214@8.00s  window:all");
    test->model->state = MODEL_ENDED;
    expect_title(test, "RAM MiB  end:120  peak:214@8.00s  window:all");
}

static void blocks(void **state) {
    struct test *test = *state;
    expect_unicode(test, 3, 98,
           " 250│                                       ▁^▁▁▁▁▁▁▁▁▁\n"
           "    │               ▂▂▂▃▃▃▃▄▄▄▅▅▅▅▆▆▆▇▇▇▇██████████████▄▄▄▄▄▄▄▄▄▄▄▄\n"
           "   0│▂▂▂▃▃▃▃▃▄▄▄▄▄▄▄███████████████████████████████████████████████\n");
    expect_unicode(test, 8, 60,
           " 250│                ^\n"
           "    │                █▁▁▁\n"
           "    │            ▂▃▅▇████\n"
           "    │       ▁▃▅▆█████████▃▃▃▃▃\n"
           "    │      ███████████████████\n"
           "    │   ▁▁▁███████████████████\n"
           "   0│▅▆███████████████████████\n"
           "     0                   10.0s               20.0s\n");
    expect_unicode(test, 1, 80,
           "RSS 120M ^214M ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃▃▃▄▄▄▄▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▆▇▆▆▆▆▆▆▆▆▆▄▄▄▄▄▄▄▄▄▄▄▄\n");
}

static void styles(void **state) {
    struct test *test = *state;
    request(test, REQUEST_MOVE_FIRST);
    expect_drawn(test, 3, 40, true, true,
           " 250||               ^\n"
           ".dddrS...............p\n"
           "    ||     #____/~~~/#\\~~\\____\n"
           "....rS.....ggggggggggggggggggg\n"
           "   0|_____/#\n"
           "...drSgggggg\n");
}

static void small_sizes(void **state) {
    struct test *test = *state;
    request(test, REQUEST_MOVE_FIRST);
    expect_small_sizes_kept(test);
}

static void steps(void **state) {
    (void)state;
    assert_int_equal(ram_graph_step(0, 10), 10 * MILLISECOND);
    assert_int_equal(ram_graph_step(99 * MILLISECOND, 10), 10 * MILLISECOND);
    assert_int_equal(ram_graph_step(100 * MILLISECOND, 10), 20 * MILLISECOND);
    assert_int_equal(ram_graph_step(200 * MILLISECOND, 10), 50 * MILLISECOND);
    assert_int_equal(ram_graph_step(500 * MILLISECOND, 10), 100 * MILLISECOND);
    assert_int_equal(ram_graph_step(3600 * SECOND, 95), 50 * SECOND);
    assert_int_equal(ram_graph_step(SECOND, 0), 2 * SECOND);
    assert_true(ram_graph_step(UINT64_MAX, 1) > 0);
    assert_int_equal(ram_graph_top(0), MEBIBYTE);
    assert_int_equal(ram_graph_top(MEBIBYTE), MEBIBYTE);
    assert_int_equal(ram_graph_top(MEBIBYTE + 1), MEBIBYTE * 3 / 2);
    assert_int_equal(ram_graph_top(214 * MEBIBYTE), 250 * MEBIBYTE);
    assert_int_equal(ram_graph_top(81 * MEBIBYTE), 100 * MEBIBYTE);
    assert_true(ram_graph_top(UINT64_MAX - 1) > 0);
}

/* A run that goes on is drawn in columns of 100 ms at the least, and fills the pane once it has ended. */
static void live_columns_are_coarse(void **state) {
    (void)state;
    struct model *model = model_new();
    struct ram_graph *graph = calloc(1, sizeof *graph);
    assert_true(model && graph);
    fixture_sample(model, 0, MEBIBYTE, 0);
    fixture_sample(model, SECOND, 2 * MEBIBYTE, 0);
    model->state = MODEL_RUNNING;
    ram_graph_build(graph, model, 90);
    assert_int_equal(graph->step_ns, 100 * MILLISECOND);
    assert_int_equal(graph->count, 11);
    model->state = MODEL_ENDED;
    ram_graph_build(graph, model, 90);
    assert_int_equal(graph->step_ns, 20 * MILLISECOND);
    assert_int_equal(graph->count, 51);
    free(graph);
    model_free(model);
}

/* One sample of a thousand is high: however few columns there are, it is seen. */
static void peaks_are_kept(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    for (uint64_t i = 0; i < 1000; i++)
        fixture_sample(model, i * 10 * MILLISECOND, (i == 333 ? 90 : i == 777 ? 1 : 10) * MEBIBYTE, 0);
    struct ram_graph *graph = calloc(1, sizeof *graph);
    assert_non_null(graph);
    for (int columns = 1; columns <= 200; columns++) {
        ram_graph_build(graph, model, columns);
        assert_true(graph->count > 0 && graph->count <= columns);
        assert_int_equal(graph->peak, 333);
        assert_int_equal(graph->high[3330 * MILLISECOND / graph->step_ns], 90 * MEBIBYTE);
        assert_int_equal(graph->low[7770 * MILLISECOND / graph->step_ns], 1 * MEBIBYTE);
    }
    free(graph);
    model_free(model);
}

/* While a run goes on, columns are added and those that are there stay. */
static void picture_only_grows(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    struct ram_graph *graph = calloc(2, sizeof *graph);
    assert_non_null(graph);
    int changes = 0;
    for (uint64_t i = 0; i < 1200; i++) {
        fixture_sample(model, i * 500 * MILLISECOND, (20 + i % 7) * MEBIBYTE, 0);
        ram_graph_build(&graph[1], model, 95);
        if (i > 0 && graph[0].step_ns == graph[1].step_ns)
            assert_memory_equal(graph[0].high, graph[1].high, (size_t)(graph[0].count - 1) * sizeof graph[0].high[0]);
        else
            changes++;
        graph[0] = graph[1];
    }
    assert_true(changes <= 10); /* in ten minutes */
    free(graph);
    model_free(model);
}

/* Samples farther apart than columns: the value lasts until the next one. Unknown values are left out. */
static void sparse_samples(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    fixture_sample(model, 200 * MILLISECOND, 10 * MEBIBYTE, 0);
    fixture_sample(model, 400 * MILLISECOND, MODEL_UNKNOWN, 0);
    fixture_sample(model, 900 * MILLISECOND, 30 * MEBIBYTE, 0);
    fixture_sample(model, 300 * MILLISECOND, 50 * MEBIBYTE, 0); /* out of order: left out */
    fixture_sample(model, 999 * MILLISECOND, 20 * MEBIBYTE, 0);
    struct ram_graph *graph = calloc(1, sizeof *graph);
    assert_non_null(graph);
    ram_graph_build(graph, model, 10);
    assert_int_equal(graph->step_ns, 100 * MILLISECOND);
    assert_int_equal(graph->count, 10);
    for (int column = 0; column < 9; column++)
        assert_int_equal(graph->high[column], 10 * MEBIBYTE);
    assert_int_equal(graph->low[9], 20 * MEBIBYTE);
    assert_int_equal(graph->high[9], 30 * MEBIBYTE);
    free(graph);
    model_free(model);
}

static void cursor(void **state) {
    struct test *test = *state;
    expect(test, 3, 36,
           " 250|                ^\n"
           "    |      #____/~~~/#\\~~\\____\n"
           "   0|_____/#\n");
    assert_int_equal(request(test, REQUEST_CANCEL).action, VIEW_NOT_HANDLED);
    assert_int_equal(request(test, REQUEST_MOVE_LEFT).action, VIEW_REDRAW);
    expect_title(test, "RAM MiB  at 11.5s: 120  window:all");
    expect(test, 3, 36,
           " 250|                ^      |\n"
           "    |      #____/~~~/#\\~~\\____\n"
           "   0|_____/#\n");
    assert_int_equal(request(test, REQUEST_SCROLL_LEFT).action, VIEW_REDRAW);
    expect_title(test, "RAM MiB  at 6.90s: 158  in calc_pure_python  window:all");
    expect_unicode(test, 3, 36,
           " 250│             │ ▁^▁▁▁\n"
           "    │      ▂▃▄▄▅▆▆▇██████▄▄▄▄▄\n"
           "   0│▂▃▃▄▄▄███████████████████\n");
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_DRILL);
    assert_int_equal(request(test, REQUEST_DRILL).function, 2);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "6.900 s 158.0 MiB calc_pure_python");
    assert_int_equal(request(test, REQUEST_MOVE_FIRST).action, VIEW_REDRAW);
    assert_int_equal(request(test, REQUEST_MOVE_LEFT).action, VIEW_HANDLED);
    expect_title(test, "RAM MiB  at 400ms: 24  in calc_pure_python  window:all");
    assert_int_equal(request(test, REQUEST_MOVE_LAST).action, VIEW_REDRAW);
    assert_int_equal(request(test, REQUEST_MOVE_RIGHT).action, VIEW_HANDLED);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE, "It is not known which function ran at 12.0s.");
    assert_int_equal(request(test, REQUEST_CANCEL).action, VIEW_REDRAW);
    expect_title(test, "RAM MiB  now:120  peak:214@8.00s  window:all");
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_NOT_HANDLED);
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 3, 36};
    expect(test, 3, 36,
           " 250|                ^\n"
           "    |      #____/~~~/#\\~~\\____\n"
           "   0|_____/#\n");
    assert_int_equal(click(test, area, 1, 5).action, VIEW_REDRAW);
    expect_title(test, "RAM MiB  at 400ms: 24  in calc_pure_python  window:all");
    assert_int_equal(click(test, area, 1, 4).action, VIEW_HANDLED);
    assert_int_equal(click(test, area, 1, 35).action, VIEW_HANDLED);
}

static void no_samples(void **state) {
    struct test *test = *state;
    test->model->sample_count = 0;
    expect(test, 1, 60, "Memory has not been measured yet.\n");
    test->model->program = test->model; /* as a child has one */
    expect(test, 1, 60, "The memory of child processes is not measured.\n");
    test->model->program = NULL;
    test->model->state = MODEL_ENDED;
    expect(test, 1, 60, "The run ended before its memory was measured.\n");
    expect_title(test, "RAM MiB");
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_MESSAGE);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "");
    request(test, REQUEST_MOVE_LEFT);
    request(test, REQUEST_MOVE_LAST);
    expect_title(test, "RAM MiB");
    test->model->sample_count = 1;
    test->model->samples[0].rss = MODEL_UNKNOWN;
    expect_title(test, "RAM MiB");
    expect_small_sizes_kept(test);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(ascii), TEST(blocks), TEST(styles), TEST(small_sizes), TEST(cursor), TEST(clicking), TEST(no_samples),
        cmocka_unit_test(steps), cmocka_unit_test(live_columns_are_coarse),
        cmocka_unit_test(peaks_are_kept), cmocka_unit_test(picture_only_grows),
        cmocka_unit_test(sparse_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
