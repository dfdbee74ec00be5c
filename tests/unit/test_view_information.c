/* What is known of the run as a whole. */
#include "tests/unit/path_view_fixture.h"

static int set_up(void **state) {
    path_view_set_up(state, &information_view);
    struct test *test = *state;
    struct model *model = test->model;
    model->pid = 4121;
    model->start_unix_ns = UINT64_C(1700000000) * SECOND;
    model->overhead_ns = 620 * MILLISECOND;
    model->builtins = true;
    model->config_text = "target:\n  script: julia.py\n";
    model->lost_codes = 3;
    model->lost_frames = 2;
    model->left_alone = calloc(1, sizeof *model->left_alone);
    model->left_alone[0] = (struct model_left_alone){"its bytecode is not understood", "f (a.py)", 2};
    model->left_alone_count = 1;
    model->arguments = calloc(2, sizeof *model->arguments);
    model->arguments[0].text = "julia.py";
    model->arguments[1].text = "--width=5\n\x1b[31m";
    model->argument_count = 2;
    information_view_tell(test->view, "ignored: the model has its own\n", "/tmp/run.pyprof");
    return 0;
}

static void goldens(void **state) { expect_goldens(*state, "information", false); }
static void small_sizes(void **state) { expect_small_sizes_kept(*state); }

static void moving(void **state) {
    struct test *test = *state;
    free(draw(test, 10, 80, true, false));
    expect_effect(request(test, REQUEST_MOVE_LAST), VIEW_REDRAW, 0);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "script: julia.py");
    expect(test, 4, 60,
           "               calls too deep to be timed: 2\n"
           " Config\n"
           "  target:\n"
           ">   script: julia.py\n");
    expect_effect(search(test, "OVERHEAD", 0), VIEW_REDRAW, 0);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "overhead     620ms, 5.0 % of the wall time; taken out of all times");
    expect_text(search(test, "nowhere", 0), VIEW_MESSAGE, "\"nowhere\" stands nowhere here.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
    expect_title(test, "About this run");
}

/* While a run goes on its model has no config: that of the viewer is shown. */
static void a_live_run(void **state) {
    struct test *test = *state;
    test->model->config_text = "";
    test->model->lost_codes = test->model->lost_frames = test->model->left_alone_count = 0;
    test->model->state = MODEL_RUNNING;
    test->model->exit_kind = MODEL_EXIT_UNKNOWN;
    information_view_tell(test->view, "ui:\n  sort: name\n", NULL);
    char *text = draw(test, 30, 80, true, false);
    assert_non_null(strstr(text, "\n  state        running\n"));
    assert_non_null(strstr(text, "\n  session      not saved\n"));
    assert_non_null(strstr(text, "\n Not counted\n               nothing was lost\n Config\n  ui:\n    sort: name\n"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goldens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moving, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_live_run, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("information view", tests, NULL, NULL);
}
