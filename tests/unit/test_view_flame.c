/* The flame graph. */
#include "tests/unit/path_view_fixture.h"

#include "tui/view/flame_layout.h"

static int set_up(void **state) { return path_view_set_up(state, &flame_view); }

static void goldens(void **state) {
    struct test *test = *state;
    expect_goldens(test, "flame", false);
    expect_goldens(test, "flame-ascii", true);
    request(test, REQUEST_INVERT_CALLS);
    expect_goldens(test, "flame-inverted", false);
    expect_title(test, "Flame  inverted  self time 10.1s");
}

static void small_sizes(void **state) { expect_small_sizes_kept(*state); }

static void moving(void **state) {
    struct test *test = *state;
    expect(test, 6, 60,
           " all 100%--------------------------------------------------|\n"
           " <module> julia.py 100%------------------------------------|\n"
           " calc_pure_python 98.5%----------------------------------:|+\n"
           ">calculate_z_serial_purepython 93.4%:::::::::::::::::::|+\n"
           ":|\n"
           "calculate_z_serial_purepython julia.py:5  93.4 %  9.43s  se~\n");
    expect_effect(request(test, REQUEST_MOVE_UP), VIEW_SELECT, 2);
    expect_effect(request(test, REQUEST_MOVE_UP), VIEW_SELECT, 4);
    expect_effect(request(test, REQUEST_MOVE_UP), VIEW_REDRAW, 0); /* all */
    expect_effect(request(test, REQUEST_MOVE_UP), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_MOVE_LAST), VIEW_SELECT, 3);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_MOVE_FIRST), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_PAGE_DOWN), VIEW_SELECT, 3);
    expect_effect(request(test, REQUEST_HALF_PAGE_UP), VIEW_REDRAW, 0);
}

/* To the sides it goes from frame to frame of the same depth, past what is too narrow to be one. */
static void moving_sideways(void **state) {
    struct test *test = *state;
    request(test, REQUEST_INVERT_CALLS);
    char *text = draw(test, 24, 200, true, false);
    free(text);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, 2);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_SELECT, 3);
    expect_effect(request(test, REQUEST_MOVE_RIGHT), VIEW_HANDLED, 0);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_SELECT, 2);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 4);
    expect_effect(request(test, REQUEST_MOVE_LEFT), VIEW_SELECT, 2); /* the caller of the frame to the left */
}

static void zooming(void **state) {
    struct test *test = *state;
    test->context.function = 6; /* Random.random: a column wide */
    char *text = draw(test, 24, 80, true, false);
    assert_non_null(strstr(text, "\n <module> julia.py 100%"));
    free(text);
    expect_effect(request(test, REQUEST_DRILL), VIEW_REDRAW, 0);
    expect_title(test, "Flame  self time 10.1s  zoom:Random.random 1.3 %");
    expect(test, 5, 80,
           ">Random.random 1.3%--------------------------------------------::::::::::::::::|\n"
           " log:| st~| st~|st~| st~| st~|st~| st~| st~| st~|st~| st~| st~|\n"
           "\n"
           "\n"
           "Random.random random.py:100  1.3 %  136ms  self 0.3 %  30.0ms  calls 12\n");
    expect_effect(request(test, REQUEST_DRILL), VIEW_DRILL, 6); /* it fills the width: into its source */
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_SELECT, 7);
    expect_effect(request(test, REQUEST_DRILL), VIEW_REDRAW, 0);
    expect_title(test, "Flame  self time 10.1s  zoom:math.log 0.1 %");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_title(test, "Flame  self time 10.1s  zoom:Random.random 1.3 %");
    expect_effect(request(test, REQUEST_ZOOM_OUT), VIEW_REDRAW, 0);
    expect_title(test, "Flame  self time 10.1s");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_NOT_HANDLED, 0);
}

/* The next model of a run: what is selected and zoomed into stays, though it has another place. */
static void another_model(void **state) {
    struct test *test = *state;
    test->context.function = 2;
    request(test, REQUEST_DRILL);
    request(test, REQUEST_MOVE_DOWN);
    expect_title(test, "Flame  self time 10.1s  zoom:calc_pure_python 98.5 %");
    struct model *next = fixture_random_paths(2, 9, 1);
    next->node_count = 1;
    uint32_t module = fixture_path(next, 0, 4, 1, 20 * SECOND, 0);
    fixture_path(next, module, 3, 1, 20 * SECOND, 0);
    uint32_t pure = fixture_path(next, module, 2, 1, 40 * SECOND, 0);
    fixture_path(next, pure, 7, 1, 15 * SECOND, 0);
    fixture_path(next, pure, 1, 1, 5 * SECOND, 0);
    test->context.model = next;
    expect(test, 5, 60,
           " Class2.method_2 60.0%:::::::::::::::::::::::::::::::::::::|\n"
           " Clas~method_7|>me~|\n"
           "\n"
           "\n"
           "Class1.method_1 random.py:1  5.0 %  5.00s  self 5.0 %  5.00~\n");
    test->context.model = test->model;
    model_free(next);
}

/* Functions of another process have other ids: nothing of the one before stays. */
static void another_process(void **state) {
    struct test *test = *state;
    test->context.function = 2;
    request(test, REQUEST_DRILL);
    test->context.function = 0;
    struct model *next = fixture_paths();
    next->pid = 17;
    test->context.model = next;
    expect_title(test, "Flame  self time 10.1s");
    expect(test, 4, 40,
           ">all 100%------------------------------|\n"
           " <module> julia.py 100%----------------|\n"
           " calc_pure_python 98.5%----------------|\n"
           "all  100 %  10.1s\n");
    test->context.model = test->model;
    model_free(next);
}

/* What is selected elsewhere is selected here in its widest frame, and its other frames are marked. */
static void following(void **state) {
    struct test *test = *state;
    request(test, REQUEST_INVERT_CALLS);
    test->context.function = 2;
    expect(test, 4, 80,
           " all 100%----------------------------------------------------------------------|\n"
           " calculate_z_serial_purepython 91.5%-------------------------------------|>--||+\n"
           "*calc_pure_python 91.5%--------------------------------------------------|<m~||\n"
           "calc_pure_python julia.py:20  5.1 %  510ms  calls 1\n");
    test->context.function = 7; /* too narrow: what is selected stays */
    char *text = draw(test, 4, 80, true, false);
    assert_non_null(strstr(text, "\ncalc_pure_python julia.py:20"));
    free(text);
}

/* Searches and takes the selection over, as the loop does. */
static struct view_effect find(struct test *test, const char *pattern, int direction) {
    struct view_effect effect = search(test, pattern, direction);
    if (effect.action == VIEW_SELECT)
        test->context.function = effect.function;
    return effect;
}

static void searching(void **state) {
    struct test *test = *state;
    char *text = draw(test, 24, 80, true, false);
    free(text);
    expect_effect(find(test, "PURE", 0), VIEW_SELECT, 1); /* it matches already */
    expect_title(test, "Flame  self time 10.1s  matches 98.5 %"); /* one within the other counts once */
    expect_effect(find(test, "pure", 1), VIEW_SELECT, 2);
    expect_effect(find(test, "pure", -1), VIEW_SELECT, 1);
    expect_effect(find(test, "calculate", 0), VIEW_SELECT, 1);
    expect_title(test, "Flame  self time 10.1s  matches 93.4 %");
    text = draw(test, 6, 60, true, true);
    assert_non_null(strstr(text, "calc_pure_python 98.5%"));
    free(text);
    expect_text(find(test, "step_3", 0), VIEW_MESSAGE, "What matches is narrower than a column here.");
    expect_title(test, "Flame  self time 10.1s  matches 0.1 %");
    expect_text(find(test, "nowhere", 0), VIEW_MESSAGE, "No function here has \"nowhere\" in its name.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_title(test, "Flame  self time 10.1s");
    expect_effect(find(test, "", 0), VIEW_REDRAW, 0);
}

static void copying_and_clicking(void **state) {
    struct test *test = *state;
    struct rectangle area = {0, 0, 24, 80};
    char *text = draw(test, 24, 80, true, false);
    free(text);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "<module>;calc_pure_python;calculate_z_serial_purepython 9430000000");
    expect_effect(click(test, area, 2, 5), VIEW_SELECT, 2);
    test->context.function = 2;
    expect_effect(click(test, area, 2, 5), VIEW_REDRAW, 0); /* again: zoom */
    expect_title(test, "Flame  self time 10.1s  zoom:calc_pure_python 98.5 %");
    expect_effect(click(test, area, 20, 5), VIEW_HANDLED, 0);
    expect_effect(click(test, area, 23, 5), VIEW_HANDLED, 0);
}

static void nothing_to_show(void **state) {
    struct test *test = *state;
    size_t count = test->model->node_count;
    test->model->node_count = 0;
    expect(test, 2, 60, "No call path was counted.\n\n");
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_NOT_HANDLED, 0);
    expect_effect(request(test, REQUEST_DRILL), VIEW_NOT_HANDLED, 0);
    test->model->node_count = count;
    test->model->wall_ns++;
    test->model->collectors = 0;
    test->context.measure = MEMORY_PEAK;
    test->model->node_count = 0;
    expect(test, 2, 80, "This run counts nothing: no collector is on (-k function,line).\n\n");
    test->model->node_count = count;
}

/* v goes through time and all of memory, where both are counted. */
static void measures(void **state) {
    struct test *test = *state;
    expect_effect(request(test, REQUEST_VARIANT), VIEW_NOT_HANDLED, 0);
    test->model->collectors |= COLLECTOR_MEMORY;
    test->model->node_memory = calloc(2, sizeof *test->model->node_memory);
    test->model->node_memory_count = 2;
    test->model->nodes[2].memory_row = 1;
    test->model->node_memory[1].memory.peak_bytes = 7 << 20;
    test->model->node_memory[1].memory.temporary_count = 9;
    static const char *const titles[] = {"Flame  memory at the peak 7.0M", "Flame", "Flame", "Flame  memory temporary 9",
                                         "Flame  self time 10.1s"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        expect_effect(request(test, REQUEST_VARIANT), VIEW_REDRAW, 0);
        expect_title(test, titles[i]);
    }
    test->context.memory = true; /* chosen by hand it does not follow */
    expect_title(test, "Flame  self time 10.1s");
}

/* In every random tree, at every width: frames of a level do not overlap, and stand below the one they hang from. */
static void frames_of_random_trees(void **state) {
    (void)state;
    struct path_tree tree = {0};
    struct flame_layout layout = {0};
    for (uint32_t seed = 1; seed <= 30; seed++) {
        struct model *model = fixture_random_paths(400, 20, seed);
        struct path_choice choice = {.inverted = seed % 2};
        assert_true(path_tree_build(&tree, model, &choice));
        for (int columns = 1; columns < 150; columns += 7) {
            assert_true(flame_lay_out(&layout, &tree, PATH_ROOT, columns));
            assert_int_equal(layout.frames[0].columns, columns);
            for (size_t i = 1; i < layout.count; i++) {
                const struct flame_frame *frame = &layout.frames[i], *before = frame - 1;
                const struct flame_frame *above = flame_frame_of(&layout, &tree, tree.paths[frame->path].above);
                assert_true(frame->columns >= 1 && frame->eighths >= 1 && frame->eighths <= 8);
                assert_true(before->level < frame->level || before->column + before->columns <= frame->column);
                assert_int_equal(above->level, frame->level - 1);
                assert_true(frame->column >= above->column);
                assert_true(frame->column + frame->columns <= above->column + above->columns);
                assert_ptr_equal(flame_frame_at(&layout, frame->level, frame->column), frame);
            }
        }
        model_free(model);
    }
    flame_layout_free(&layout);
    path_tree_free(&tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goldens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moving, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moving_sideways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zooming, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_model, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(following, set_up, tear_down),
        cmocka_unit_test_setup_teardown(searching, set_up, tear_down),
        cmocka_unit_test_setup_teardown(copying_and_clicking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_to_show, set_up, tear_down),
        cmocka_unit_test_setup_teardown(measures, set_up, tear_down),
        cmocka_unit_test(frames_of_random_trees),
    };
    return cmocka_run_group_tests_name("flame view", tests, NULL, NULL);
}
