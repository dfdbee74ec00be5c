/* The RAM graph: golden pictures, thinning, zoom, the cursor in time, marks, what grew. */
#include "tests/unit/view_fixture.h"

#include "tests/unit/golden.h"
#include "tui/view/ram_axis.h"
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

static void add_site(struct model *model, uint32_t function, uint32_t line) {
    model->sites = fixture_grow(model->sites, model->site_count, sizeof *model->sites);
    model->sites[model->site_count++] = (struct model_site){.function = function, .line = line};
}

static void add_mark(struct model *model, uint64_t t_ns, const char *name) {
    model->marks = fixture_grow(model->marks, model->mark_count, sizeof *model->marks);
    model->marks[model->mark_count++] = (struct model_mark){t_ns, model_text(model, name, strlen(name))};
}

/* The same run with its memory collector on: two thirds of RSS are Python's heap, a sixth is native; garbage collections; two
 * marks; lines 32 and 33 of calc_pure_python grow, the first in two sites, and so does one that is not known. */
static void add_memory(struct model *model) {
    model->collectors |= COLLECTOR_MEMORY;
    model->heap = (struct model_heap){.peak_bytes = 170 * MEBIBYTE, .peak_t_ns = 4300 * MILLISECOND};
    add_site(model, 2, 32);
    add_site(model, 2, 32);
    add_site(model, 2, 33);
    add_site(model, 0, 0);
    for (size_t i = 0; i < model->sample_count; i++) {
        struct model_sample *sample = &model->samples[i];
        sample->heap = sample->rss / 3 * 2;
        sample->native = sample->rss / 6;
        sample->collections[0] = i % 9 == 0;
        sample->collections[1] = i % 27 == 0;
        sample->collections[2] = i == 54;
        for (uint32_t k = 0; i > 30 && k < 4; k++) {
            static const int64_t kib[] = {9000, 100, 8000, 20};
            sample->growth[k].site = k;
            sample->growth[k].bytes = kib[k] * 1024 * (int64_t)(i - 30);
        }
    }
    add_mark(model, 3000 * MILLISECOND, "phase 2");
    add_mark(model, 10 * SECOND, "done");
}

static int set_up(void **state) {
    struct test *test = view_test_new(&ram_view, (struct view_context){0});
    add_samples(test->model);
    *state = test;
    return 0;
}

static int set_up_memory(void **state) {
    set_up(state);
    add_memory(((struct test *)*state)->model);
    return 0;
}

static void ascii(void **state) {
    struct test *test = *state;
    expect_title(test, "RAM  now:120M  peak:214M@8.00s  window:all");
    expect(test, 3, 98,
           "250M|                                        ^\n"
           "    |                 ____________/~~~~~~~~~/ \\~~~~~~~~\\___________\n"
           "   0|______________/~/\n");
    expect(test, 8, 60,
           "250M|                ^\n"
           "    |                #\n"
           "    |             _//#\\~~\n"
           "    |        #/~~/       \\____\n"
           "    |      ~/#\n"
           "    |      |\n"
           "   0|/~~~~/\n"
           "     '0                  '10s                '20s\n");
    expect(test, 4, 20,
           "        ^\n"
           "     #//#\\\n"
           "   ~/#    \\~~\n"
           "__/\n");
    expect(test, 2, 5,
           " ^\n"
           "/#\\\n");
    expect(test, 1, 80,
           "RSS 120M ^214M _______________--------============*****#*********------------\n");
    expect(test, 1, 10,
           "RSS 120M ^\n");
    test->model->state = MODEL_ENDED;
    expect_title(test, "RAM  end:120M  peak:214M@8.00s  window:all");
}

static void braille(void **state) {
    struct test *test = *state;
    expect_unicode(test, 3, 98,
           "250M│                                        ^⣀⣀⣀⣀⣀⣀⣀⣀⣀\n"
           "    │               ⣀⣀⣀⣀⣀⣤⣤⣤⣤⣤⣤⣤⣶⣶⣶⣶⣶⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤\n"
           "   0│⣀⣀⣀⣀⣀⣀⣤⣤⣤⣤⣤⣤⣤⣤⣤⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n");
    expect_unicode(test, 8, 60,
           "250M│                ^\n"
           "    │                ⡇\n"
           "    │            ⣀⣠⣴⣶⣿⣿⣿⣿\n"
           "    │       ⢀⣠⣤⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣀⣀⣀⣀⣀\n"
           "    │      ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
           "    │      ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
           "   0│⣴⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
           "     ╵0                  ╵10s                ╵20s\n");
    expect_unicode(test, 1, 80,
           "RSS 120M ^214M ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆█▇▇▇▇▇▇▇▇▇▄▄▄▄▄▄▄▄▄▄▄▄\n");
}

/* Each series has a form of its own; marks and collections stand on it. */
static void memory(void **state) {
    struct test *test = *state;
    expect_title(test, "RAM  now:120M heap:80M native:20M  peak:214M@8.00s  top:calc_pure_python:32+826M  window:all");
    expect(test, 6, 70,
           "250M|               !phase 2                 ^         !done\n"
           "    |               !                    ___/.\\________!\n"
           "    |               !   #_______/~~~~~~~/....:.........\\___________\n"
           "    |               ~~~/#::::::::::::::::::::::::::::::::::::::::::\n"
           "   0|________/~~~~~/:::::::::::::::::::::::::::::::::::::::::::::::\n"
           "     '0                       '5s                      '10s\n");
    expect_unicode(test, 6, 70,
           "250M│               ┊phase 2                 ^         ┊done\n"
           "    │               ┊                  ⣀⣀⣀⣀⠤⠤⡣⠓⠒⠒⠒⠒⠒⠒⠒⠒⡄\n"
           "    │               ┊ ⢀⣀⣀⣀⡠⠤⠤⠤⠤⡒⡒⡒⡒⡩⡩⡩⡩⡠⣢⣢⣢⣢⣪⣾⣮⣮⣮⣮⣮⣮⣮⣮⣮⠧⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤\n"
           "    │               ⣯⣩⣥⣦⣦⣦⣮⣾⣾⣾⣾⣾⣾⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣮⣮⣮⣮⣮⣮⣮⣮⣮⣮⣮⣮\n"
           "   0│⠤⠤⠤⠤⠤⠤⣒⣒⣒⣒⣒⣒⣒⣒⣒⣽⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿\n"
           "     ╵0                       ╵5s                      ╵10s\n");
}

/* As large as the pane is on screens of 80x24, 100x30 and 200x50, and zoomed there. */
static void golden_screens(void **state) {
    struct test *test = *state;
    static const int sizes[][2] = {{4, 100}, {8, 200}, {20, 80}, {26, 100}, {46, 200}};
    test->context.focused = true;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int ascii_only = 0; ascii_only < 2; ascii_only++) {
            char name[64];
            snprintf(name, sizeof name, "ram-%dx%d%s", sizes[i][1], sizes[i][0], ascii_only ? "-ascii" : "");
            char *drawn = draw(test, sizes[i][0], sizes[i][1], ascii_only, false);
            expect_golden(name, drawn);
            free(drawn);
        }
    }
}

static void styles(void **state) {
    struct test *test = *state;
    request(test, REQUEST_MOVE_FIRST);
    expect_drawn(test, 3, 40, true, true,
           "250M||               ^\n"
           "ddddrS...............p\n"
           "    ||     #____/~~~/#\\~~\\____\n"
           "....rS.....ggggggggggggggggggg\n"
           "   0|_____/#\n"
           "...drSgggggg\n");
}

static void small_sizes(void **state) {
    struct test *test = *state;
    request(test, REQUEST_MOVE_FIRST);
    expect_small_sizes_kept(test);
    for (int zooms = 0; zooms < 6; zooms++) {
        request(test, REQUEST_ZOOM_IN);
        expect_small_sizes_kept(test);
    }
}

/* --- axes ------------------------------------------------------------------------------------------- */

static void expect_scale(uint64_t peak, int rows, uint64_t step, int steps) {
    struct ram_scale scale = ram_scale_for(peak, rows);
    assert_int_equal(scale.step, step);
    assert_int_equal(scale.steps, steps);
    assert_int_equal(scale.top, step * (uint64_t)steps);
}

static void scales(void **state) {
    (void)state;
    const uint64_t kibibyte = 1024, gibibyte = 1024 * MEBIBYTE;
    expect_scale(0, 4, 512, 1);
    expect_scale(214 * MEBIBYTE, 2, 250 * MEBIBYTE, 1);
    expect_scale(214 * MEBIBYTE, 4, 250 * MEBIBYTE, 1);
    expect_scale(214 * MEBIBYTE, 16, 50 * MEBIBYTE, 5);
    expect_scale(81 * MEBIBYTE, 5, 50 * MEBIBYTE, 2);
    expect_scale(700 * kibibyte, 12, 250 * kibibyte, 3);
    expect_scale(2 * gibibyte + 1, 30, gibibyte / 2, 5);
    expect_scale(100 * MEBIBYTE, 30, 20 * MEBIBYTE, 5);
    for (uint64_t peak = 1; peak < UINT64_MAX / 3; peak = peak * 3 + 1)
        for (int rows = 1; rows < 60; rows++) {
            struct ram_scale scale = ram_scale_for(peak, rows);
            assert_true(scale.top >= peak && scale.steps >= 1 && scale.steps <= (rows < 4 ? 1 : rows));
        }
    char text[NUMBER_SIZE];
    assert_string_equal(ram_scale_label(text, 0), "0");
    assert_string_equal(ram_scale_label(text, 512 * kibibyte), "512K");
    assert_string_equal(ram_scale_label(text, 250 * MEBIBYTE), "250M");
    assert_string_equal(ram_scale_label(text, gibibyte / 2 * 3), "1.5G");
}

static void steps(void **state) {
    (void)state;
    char text[NUMBER_SIZE];
    assert_int_equal(ram_step_for(0, 10), 20 * MILLISECOND);
    assert_int_equal(ram_step_for(199 * MILLISECOND, 10), 20 * MILLISECOND);
    assert_int_equal(ram_step_for(200 * MILLISECOND, 10), 50 * MILLISECOND);
    assert_int_equal(ram_step_for(3600 * SECOND, 95), 60 * SECOND);
    assert_int_equal(ram_step_for(SECOND, 0), 2 * SECOND);
    assert_true(ram_step_for(UINT64_MAX, 1) > 0);
    assert_int_equal(ram_step_beside(SECOND, 1), 2 * SECOND);
    assert_int_equal(ram_step_beside(SECOND, -1), 500 * MILLISECOND);
    assert_int_equal(ram_step_beside(20 * MILLISECOND, -1), 20 * MILLISECOND);
    for (uint64_t step = 20 * MILLISECOND, next; (next = ram_step_beside(step, 1)) != step; step = next)
        assert_true(ram_tick_for(step) % step == 0 && ram_tick_for(step) / step >= 12);
    assert_string_equal(ram_tick_label(text, 500 * MILLISECOND), "0.5s");
    assert_string_equal(ram_tick_label(text, 40 * SECOND), "40s");
    assert_string_equal(ram_tick_label(text, 90 * SECOND), "1:30");
    assert_string_equal(ram_tick_label(text, 3661 * SECOND), "1:01:01");
}

/* --- thinning --------------------------------------------------------------------------------------- */

static struct ram_graph *build_whole(struct ram_graph *graph, const struct model *model, int columns, int slots) {
    ram_graph_build(graph, model, 0, ram_graph_fit(model, columns), columns, slots);
    return graph;
}

/* A run that goes on is drawn in columns of 200 ms at the least, and fills the pane once it has ended. */
static void live_columns_are_coarse(void **state) {
    (void)state;
    struct model *model = model_new();
    struct ram_graph *graph = calloc(1, sizeof *graph);
    assert_true(model && graph);
    fixture_sample(model, 0, MEBIBYTE, 0);
    fixture_sample(model, SECOND, 2 * MEBIBYTE, 0);
    model->state = MODEL_RUNNING;
    build_whole(graph, model, 90, 1);
    assert_int_equal(graph->step_ns, 200 * MILLISECOND);
    assert_int_equal(graph->count, 6);
    model->state = MODEL_ENDED;
    build_whole(graph, model, 90, 2);
    assert_int_equal(graph->step_ns, 20 * MILLISECOND);
    assert_int_equal(graph->count, 101);
    free(graph);
    model_free(model);
}

/* One sample of a thousand is high, one low, one has the most heap: however few columns there are, they are seen. */
static void peaks_are_kept(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    for (uint64_t i = 0; i < 1000; i++) {
        fixture_sample(model, i * 10 * MILLISECOND, (i == 333 ? 90 : i == 777 ? 1 : 10) * MEBIBYTE, 0);
        model->samples[i].heap = (i == 555 ? 7 : 3) * MEBIBYTE;
        model->samples[i].native = (i == 556 ? 4 : 1) * MEBIBYTE;
    }
    struct ram_graph *graph = calloc(1, sizeof *graph);
    assert_non_null(graph);
    for (int columns = 1; columns <= 200; columns++) {
        build_whole(graph, model, columns, 2);
        uint64_t slot = graph->step_ns / 2;
        assert_true(graph->count > 0 && graph->count <= 2 * columns);
        assert_int_equal(graph->peak, 333);
        assert_int_equal(graph->values[RAM_RSS][3330 * MILLISECOND / slot].high, 90 * MEBIBYTE);
        assert_int_equal(graph->values[RAM_RSS][7770 * MILLISECOND / slot].low, 1 * MEBIBYTE);
        assert_int_equal(graph->values[RAM_HEAP][5550 * MILLISECOND / slot].high, 7 * MEBIBYTE);
        assert_in_range(graph->values[RAM_COUNTED][5560 * MILLISECOND / slot].high, 7 * MEBIBYTE, 8 * MEBIBYTE);
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
        build_whole(&graph[1], model, 95, 1);
        if (i > 0 && graph[0].step_ns == graph[1].step_ns)
            assert_memory_equal(graph[0].values[RAM_RSS], graph[1].values[RAM_RSS],
                                (size_t)(graph[0].count - 1) * sizeof graph[0].values[RAM_RSS][0]);
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
    ram_graph_build(graph, model, 0, 100 * MILLISECOND, 10, 1);
    assert_int_equal(graph->first, 2);
    assert_int_equal(graph->count, 10);
    for (int column = 2; column < 9; column++)
        assert_int_equal(graph->values[RAM_RSS][column].high, 10 * MEBIBYTE);
    assert_int_equal(graph->values[RAM_RSS][9].low, 20 * MEBIBYTE);
    assert_int_equal(graph->values[RAM_RSS][9].high, 30 * MEBIBYTE);
    /* A window that begins between two samples, and one that ends there. */
    ram_graph_build(graph, model, 550 * MILLISECOND, 50 * MILLISECOND, 4, 2);
    assert_int_equal(graph->first, 0);
    assert_int_equal(graph->count, 8);
    assert_int_equal(graph->values[RAM_RSS][7].high, 10 * MEBIBYTE);
    free(graph);
    model_free(model);
}

/* --- the cursor ------------------------------------------------------------------------------------- */

static void cursor(void **state) {
    struct test *test = *state;
    free(draw(test, 3, 36, true, false));
    assert_int_equal(request(test, REQUEST_CANCEL).action, VIEW_NOT_HANDLED);
    assert_int_equal(request(test, REQUEST_MOVE_LEFT).action, VIEW_REDRAW);
    expect_title(test, "RAM  at 11.5s:120M  window:all");
    expect(test, 3, 36,
           "250M|                ^      |\n"
           "    |      #____/~~~/#\\~~\\____\n"
           "   0|_____/#\n");
    assert_int_equal(request(test, REQUEST_SCROLL_LEFT).action, VIEW_REDRAW);
    expect_title(test, "RAM  at 6.90s:158M  in calc_pure_python  window:all");
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_DRILL);
    assert_int_equal(request(test, REQUEST_DRILL).function, 2);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "6.900 s 158.0 MiB calc_pure_python");
    assert_int_equal(request(test, REQUEST_MOVE_FIRST).action, VIEW_REDRAW);
    assert_int_equal(request(test, REQUEST_MOVE_LEFT).action, VIEW_HANDLED);
    expect_title(test, "RAM  at 400ms:24M  in calc_pure_python  window:all");
    assert_int_equal(request(test, REQUEST_MOVE_LAST).action, VIEW_REDRAW);
    assert_int_equal(request(test, REQUEST_MOVE_RIGHT).action, VIEW_HANDLED);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE, "It is not known which function ran at 12.0s.");
    assert_int_equal(request(test, REQUEST_CANCEL).action, VIEW_REDRAW);
    expect_title(test, "RAM  now:120M  peak:214M@8.00s  window:all");
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_NOT_HANDLED);
}

/* While the run goes on a cursor stays at its moment; without one the end is looked at. */
static void cursor_holds(void **state) {
    struct test *test = *state;
    free(draw(test, 3, 36, true, false));
    request(test, REQUEST_SCROLL_LEFT);
    expect_title(test, "RAM  at 7.40s:166M  in calc_pure_python  window:all");
    for (uint64_t i = 0; i < 20; i++)
        fixture_sample(test->model, 12400 * MILLISECOND + i * 100 * MILLISECOND, 90 * MEBIBYTE, 1);
    free(draw(test, 3, 36, true, false));
    expect_title(test, "RAM  at 7.40s:166M  in calc_pure_python  window:all");
    request(test, REQUEST_FOLLOW);
    expect_title(test, "RAM  now:90M  peak:214M@8.00s  window:all");
}

/* Zoomed, the window goes where the cursor goes, and without one where the run goes. */
static void zooming(void **state) {
    struct test *test = *state;
    free(draw(test, 4, 45, true, false));
    assert_int_equal(request(test, REQUEST_ZOOM_OUT).action, VIEW_HANDLED);
    assert_int_equal(request(test, REQUEST_ZOOM_IN).action, VIEW_REDRAW);
    expect(test, 4, 45,
           "250M|      ^\n"
           "    |____// \\~~~~~~~~\n"
           "    |                \\~~~~~~~~~~~\n"
           "   0|\n");
    expect_title(test, "RAM  now:120M  peak:214M@8.00s  window:8.00s from 6.8s");
    request(test, REQUEST_MOVE_FIRST);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 100ms:21M  in calc_pure_python  window:8.00s from 0");
    request(test, REQUEST_PEAK);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 8.00s:214M  in calc_pure_python  window:8.00s from 2.8s");
    request(test, REQUEST_ZOOM_IN);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 8.00s:214M  in calc_pure_python  window:4.00s from 6s");
    request(test, REQUEST_SCROLL_HOME);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 8.00s:214M  in calc_pure_python  window:all");
    for (int i = 0; i < 20; i++)
        request(test, REQUEST_ZOOM_IN);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 8.00s:214M  in calc_pure_python  window:800ms from 7.6s");
    for (int i = 0; i < 20; i++)
        request(test, REQUEST_ZOOM_OUT);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 8.00s:214M  in calc_pure_python  window:all");
}

/* A graph that follows a run is not drawn so finely that most of it changes at each refresh. */
static void live_zoom_is_coarse(void **state) {
    struct test *test = *state;
    for (int i = 0; i < 5; i++) {
        free(draw(test, 4, 45, true, false));
        request(test, REQUEST_ZOOM_IN);
    }
    expect_title(test, "RAM  now:120M  peak:214M@8.00s  window:4.00s from 9.6s");
    assert_int_equal(request(test, REQUEST_ZOOM_IN).action, VIEW_MESSAGE);
    request(test, REQUEST_MOVE_LEFT);
    assert_int_equal(request(test, REQUEST_ZOOM_IN).action, VIEW_REDRAW);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  at 12.2s:120M  window:2.00s from 11.2s");
    request(test, REQUEST_FOLLOW);
    free(draw(test, 4, 45, true, false));
    expect_title(test, "RAM  now:120M  peak:214M@8.00s  window:4.00s from 11.2s");
}

static void marks(void **state) {
    struct test *test = *state;
    free(draw(test, 20, 80, true, false));
    request(test, REQUEST_NEXT_MARK);
    free(draw(test, 20, 80, true, false));
    expect_title(test, "RAM  at 3.10s:101M heap:67M native:17M  in calc_pure_python  mark:phase 2  top:calc_pure_python:32+8.9M"
                       "  window:all");
    request(test, REQUEST_NEXT_MARK);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "10.000 s 120.0 MiB heap 80.0 MiB native 20.0 MiB");
    request(test, REQUEST_NEXT_MARK);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "3.100 s 101.0 MiB heap 67.3 MiB native 16.8 MiB calc_pure_python");
    request(test, REQUEST_PREVIOUS_MARK);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "10.000 s 120.0 MiB heap 80.0 MiB native 20.0 MiB");
    request(test, REQUEST_PREVIOUS_MARK);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "3.100 s 101.0 MiB heap 67.3 MiB native 16.8 MiB calc_pure_python");
    request(test, REQUEST_PEAK);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "8.000 s 214.0 MiB heap 142.7 MiB native 35.7 MiB calc_pure_python");
    request(test, REQUEST_PEAK); /* then to that of what was counted */
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "4.300 s 119.0 MiB heap 79.3 MiB native 19.8 MiB calc_pure_python");
    test->model->mark_count = 0;
    assert_int_equal(request(test, REQUEST_NEXT_MARK).action, VIEW_MESSAGE);
}

/* Where the graph leaves no room for a mark's name, its line is drawn, and the title says it at the cursor. */
static void names_hide_nothing(void **state) {
    struct test *test = *state;
    for (size_t i = 0; i < test->model->sample_count; i++) {
        test->model->samples[i].rss = test->model->samples[i].heap = 250 * MEBIBYTE;
        test->model->samples[i].native = 0;
    }
    char *drawn = draw(test, 4, 80, true, false);
    assert_null(strstr(drawn, "phase"));
    assert_non_null(strchr(drawn, '!'));
    free(drawn);
    request(test, REQUEST_NEXT_MARK);
    expect_title(test, "RAM  at 3.00s:250M heap:250M native:0B  in calc_pure_python  mark:phase 2  window:all");
}

/* Rows of what grew can be chosen and gone into, once they are on the screen. */
static void growth(void **state) {
    struct test *test = *state;
    test->context.focused = true;
    free(draw(test, 8, 80, true, false));
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_NOT_HANDLED);
    char *drawn = draw(test, 20, 80, true, false);
    assert_non_null(strstr(drawn, "+826M calc_pure_python:32"));
    assert_non_null(strstr(drawn, "grown since done"));
    free(drawn);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE, "It is not known which function ran at 12.3s.");
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_REDRAW);
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 32);
    request(test, REQUEST_MOVE_DOWN);
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 33);
    request(test, REQUEST_MOVE_DOWN);
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_MESSAGE); /* of nobody's line */
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_HANDLED);
    assert_int_equal(click(test, (struct rectangle){0, 0, 20, 80}, 16, 3).action, VIEW_REDRAW);
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 32);
    test->model->samples[test->model->sample_count - 1].growth[0].site = 77; /* there is no such site */
    free(draw(test, 20, 80, true, false));
    expect_place(request(test, REQUEST_DRILL), VIEW_DRILL, 2, 33);
}

/* Nothing of a model is trusted: times and sizes beyond all measure, marks in no order, sites that are not there. */
static void unsound_models(void **state) {
    struct test *test = *state;
    static const int sizes[][2] = {{1, 40}, {4, 20}, {8, 60}, {20, 80}, {46, 200}};
    fixture_sample(test->model, UINT64_MAX - 1, UINT64_MAX - 1, 99);
    struct model_sample *last = &test->model->samples[test->model->sample_count - 1];
    last->heap = last->native = UINT64_MAX - 1;
    last->growth[0].site = 12345;
    last->growth[0].bytes = INT64_MAX;
    add_mark(test->model, UINT64_MAX, "far");
    add_mark(test->model, 1, "");
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
        for (int request_number = REQUEST_NONE; request_number < REQUEST_COUNT; request_number++) {
            char title[512];
            free(draw(test, sizes[size][0], sizes[size][1], size % 2, false));
            request(test, (enum request)request_number);
            test->kind->title(test->view, &test->context, title, sizeof title);
        }
}

static void clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 3, 36};
    free(draw(test, 3, 36, true, false));
    assert_int_equal(click(test, area, 1, 5).action, VIEW_REDRAW);
    expect_title(test, "RAM  at 400ms:24M  in calc_pure_python  window:all");
    assert_int_equal(click(test, area, 1, 4).action, VIEW_HANDLED);
    assert_int_equal(click(test, area, 1, 35).action, VIEW_HANDLED);
}

static void no_samples(void **state) {
    struct test *test = *state;
    test->model->sample_count = 0;
    expect(test, 1, 60, "Memory has not been measured yet.\n");
    test->model->program = test->model; /* as a child has one */
    expect(test, 1, 60, "The memory of child processes is not measured over time.\n");
    test->model->program = NULL;
    test->model->state = MODEL_ENDED;
    expect(test, 1, 60, "The run ended before its memory was measured.\n");
    expect_title(test, "RAM");
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_MESSAGE);
    assert_int_equal(request(test, REQUEST_PEAK).action, VIEW_MESSAGE);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "");
    request(test, REQUEST_MOVE_LEFT);
    request(test, REQUEST_MOVE_LAST);
    request(test, REQUEST_ZOOM_IN);
    expect_title(test, "RAM");
    test->model->sample_count = 1;
    test->model->samples[0].rss = MODEL_UNKNOWN;
    expect_title(test, "RAM");
    expect_small_sizes_kept(test);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define MEMORY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_memory, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(ascii), TEST(braille), TEST(styles), TEST(small_sizes), TEST(cursor), TEST(cursor_holds), TEST(zooming),
        TEST(live_zoom_is_coarse),
        TEST(clicking), TEST(no_samples),
        MEMORY_TEST(memory), MEMORY_TEST(golden_screens), MEMORY_TEST(small_sizes), MEMORY_TEST(marks),
        MEMORY_TEST(names_hide_nothing),
        MEMORY_TEST(growth), MEMORY_TEST(unsound_models),
        cmocka_unit_test(scales), cmocka_unit_test(steps), cmocka_unit_test(live_columns_are_coarse),
        cmocka_unit_test(peaks_are_kept), cmocka_unit_test(picture_only_grows),
        cmocka_unit_test(sparse_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
