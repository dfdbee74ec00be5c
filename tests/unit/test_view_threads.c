/* Threads and processes. */
#include "tests/unit/path_view_fixture.h"

static int set_up(void **state) {
    path_view_set_up(state, &threads_view);
    struct test *test = *state;
    struct model *model = test->model;
    model->pid = 4121;
    model->threads = calloc(3, sizeof *model->threads);
    model->threads[0] = (struct model_thread){"", 4121, 1, false, 9 * SECOND, 1000, 0, 0};
    model->threads[1] = (struct model_thread){"worker", 4130, 3, true, SECOND, 24, 0, 0};
    model->threads[2] = (struct model_thread){"", 4131, 1, false, 0, 0, 0, 0};
    model->thread_count = 3;
    model->exit_kind = MODEL_EXIT_STATUS;
    fixture_sample(model, 0, UINT64_C(214) << 20, 1);
    return 0;
}

static void add_children(struct model *model) {
    struct model *child = model_new();
    assert_non_null(child);
    fixture_function(child, MODEL_FUNCTION_PYTHON, "job.py", 1, "<module>", MODEL_FUNCTION_PROJECT, 1, SECOND, SECOND);
    fixture_node(child, 0, 0, 0, 0, 0);
    fixture_node(child, 0, 1, 1, SECOND, SECOND);
    child->pid = 4200;
    child->start_unix_ns = 7;
    child->program = model;
    child->script = "job.py --all";
    child->state = MODEL_ENDED;
    child->exit_kind = MODEL_EXIT_SIGNAL;
    child->exit_value = 9;
    child->wall_ns = 2 * SECOND;
    model->children = calloc(1, sizeof *model->children);
    model->children[0] = child;
    model->child_count = 1;
    assert_true(model_sum_processes(model, NULL, NULL));
}

static void goldens(void **state) {
    struct test *test = *state;
    expect_goldens(test, "threads", false);
    add_children(test->model);
    expect_goldens(test, "threads-processes", true);
}

/* A fork has no command of its own; while it runs, that of the program is not in the model. */
static void what_processes_are_called(void **state) {
    struct test *test = *state;
    add_children(test->model);
    test->model->children[0]->script = "";
    test->model->thread_count = 0;
    expect(test, 4, 60,
           "        Id State         Self Self% Process, thread\n"
           ">      all              11.1s   100 all 2 processes together\n"
           " *    4121 exit 0       10.1s  91.0 julia.py\n"
           "      4200 SIGKILL      1.00s   9.0 julia.py (fork)\n");
    test->model->script = "";
    expect(test, 4, 60,
           "        Id State         Self Self% Process, thread\n"
           ">      all              11.1s   100 all 2 processes together\n"
           " *    4121 exit 0       10.1s  91.0 the program\n"
           "      4200 SIGKILL      1.00s   9.0 the program (fork)\n");
    test->context.command = "tool.py";
    expect(test, 4, 60,
           "        Id State         Self Self% Process, thread\n"
           ">      all              11.1s   100 all 2 processes together\n"
           " *    4121 exit 0       10.1s  91.0 tool.py\n"
           "      4200 SIGKILL      1.00s   9.0 tool.py (fork)\n");
}

/* While a run goes on: a thread's share of what all threads did since the last look. */
static void trend(void **state) {
    struct test *test = *state;
    test->model->state = MODEL_RUNNING;
    expect(test, 2, 80,
           "        Id State         Wall     Self Self%    Calls Process, thread\n"
           ">*    4121 exit 0       12.4s    10.1s   100 34220021 julia.py\n");
    for (int i = 0; i < 3; i++) {
        test->model->threads[0].self_ns += SECOND;
        test->model->threads[1].self_ns += (uint64_t)i * SECOND;
        test->model->functions[1].self_ns += (uint64_t)(i + 1) * SECOND; /* the process's */
        test->model->wall_ns += SECOND;
        expect_title(test, "Threads 3, 1 runs");
    }
    expect(test, 5, 100,
           "        Id State         Wall     Self Self%    Calls   RSS^ Trend    Process, thread\n"
           ">*    4121 exit 0       15.4s    16.1s   100 34220021   214M      ### julia.py\n"
           "      4121 ended                 12.0s  74.6     1000             #=-   main thread\n"
           "      4130 runs                  4.00s  24.9       24              =+   worker, and 2 before it\n"
           "      4131 ended                                                        thread\n");
}

static void small_sizes(void **state) { expect_small_sizes_kept(*state); }

static void one_process(void **state) {
    struct test *test = *state;
    expect(test, 6, 80,
           "        Id State         Wall     Self Self%    Calls Process, thread\n"
           ">*    4121 exit 0       12.4s    10.1s   100 34220021 julia.py\n"
           "      4121 ended                 9.00s  89.1     1000   main thread\n"
           "      4130 runs                  1.00s   9.9       24   worker, and 2 before it\n"
           "      4131 ended                                        thread\n"
           "\n");
    expect_title(test, "Threads 3, 1 runs");
    expect_effect(request(test, REQUEST_MOVE_LAST), VIEW_REDRAW, 0);
    expect_effect(request(test, REQUEST_MOVE_DOWN), VIEW_HANDLED, 0);
    expect_text(request(test, REQUEST_DRILL), VIEW_MESSAGE,
                "What threads do is shown together: there is one call tree for all.");
    expect_effect(search(test, "WORK", 0), VIEW_REDRAW, 0);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "4130 runs worker, and 2 before it");
    expect_text(search(test, "nobody", 0), VIEW_MESSAGE, "No thread or process here has \"nobody\" in its name.");
    expect_effect(request(test, REQUEST_CANCEL), VIEW_REDRAW, 0);
}

/* One that runs says where it is, and leads there. */
static void where_a_thread_is(void **state) {
    struct test *test = *state;
    struct model_thread *worker = &test->model->threads[1];
    worker->function = 1;
    worker->line = 12;
    char expected[160];
    snprintf(expected, sizeof expected, "4130 runs worker, and 2 before it, in %s:12", test->model->functions[1].qualname);
    request(test, REQUEST_MOVE_LAST);
    request(test, REQUEST_MOVE_UP);
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, expected);
    struct view_effect effect = request(test, REQUEST_DRILL);
    assert_int_equal(effect.action, VIEW_DRILL);
    assert_int_equal(effect.function, 1);
    assert_int_equal(effect.line, 12);
    worker->line = 0;
    expected[strlen(expected) - 3] = '\0';
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, expected);
    worker->function = UINT32_MAX; /* of another model */
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "4130 runs worker, and 2 before it");
}

static void choosing_processes(void **state) {
    struct test *test = *state;
    add_children(test->model);
    test->context.model = test->model->all;
    expect(test, 8, 60,
           "        Id State         Self Self% Process, thread\n"
           ">*     all              11.1s   100 all 2 processes together\n"
           "      4121 exit 0       10.1s  91.0 julia.py\n"
           "      4121 ended        9.00s  81.1   main thread\n"
           "      4130 runs         1.00s   9.0   worker, and 2 before ~\n"
           "      4131 ended                      thread\n"
           "      4200 SIGKILL      1.00s   9.0 job.py --all\n"
           "\n");
    struct view_effect effect = request(test, REQUEST_DRILL);
    assert_int_equal(effect.action, VIEW_PROCESS);
    assert_ptr_equal(effect.process, test->model->all);
    request(test, REQUEST_MOVE_LAST);
    effect = request(test, REQUEST_DRILL);
    assert_int_equal(effect.action, VIEW_PROCESS);
    assert_ptr_equal(effect.process, test->model->children[0]);
    request(test, REQUEST_MOVE_UP); /* a thread: its process */
    assert_ptr_equal(request(test, REQUEST_DRILL).process, test->model);
    struct rectangle area = {0, 0, 8, 60};
    expect_effect(click(test, area, 6, 3), VIEW_REDRAW, 0);
    assert_ptr_equal(click(test, area, 6, 3).process, test->model->children[0]);
    expect_title(test, "Threads 3, 1 runs  processes 2");
    test->context.model = test->model;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goldens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_processes_are_called, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trend, set_up, tear_down),
        cmocka_unit_test_setup_teardown(small_sizes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_a_thread_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(choosing_processes, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("threads view", tests, NULL, NULL);
}
