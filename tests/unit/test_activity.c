/* What was active lately: shares of each interval, by row. */
#include "tests/unit/model_fixture.h"

#include "tui/view/activity.h"

static struct activity activity;

/* What is drawn of a row, in ASCII or as blocks. */
static const char *drawn(uint32_t id, bool ascii) {
    static char text[200];
    struct grid grid = {.ascii = ascii};
    assert_true(grid_resize(&grid, 1, ACTIVITY_CELLS));
    activity_draw(&activity, id, &grid, (struct rectangle){0, 0, 1, ACTIVITY_CELLS}, 0, 0, ACTIVITY_CELLS, STYLE_NORMAL);
    char *got = grid_to_text(&grid, false);
    assert_non_null(got);
    snprintf(text, sizeof text, "%s", got);
    text[strcspn(text, "\n")] = '\0';
    free(got);
    grid_free(&grid);
    return text;
}

static int set_up(void **state) {
    (void)state;
    activity_free(&activity);
    return 0;
}

/* As a live run's next model comes. */
static void go_on(struct model *model, uint64_t first_ns, uint64_t second_ns) {
    model->functions[1].self_ns += first_ns;
    model->functions[2].self_ns += second_ns;
    model->wall_ns += SECOND;
    activity_follow(&activity, model);
}

static void shares_of_intervals(void **state) {
    (void)state;
    struct model *model = fixture_julia();
    activity_follow(&activity, model);
    assert_false(activity_is_known(&activity)); /* nothing to compare with */
    assert_string_equal(drawn(1, true), "");
    go_on(model, SECOND, 0);
    assert_true(activity_is_known(&activity));
    assert_string_equal(drawn(1, true), "       #");
    assert_string_equal(drawn(2, true), "");
    go_on(model, SECOND / 2, SECOND / 2);
    activity_follow(&activity, model); /* the same model is no interval */
    assert_string_equal(drawn(1, true), "      #=");
    assert_string_equal(drawn(2, true), "       =");
    go_on(model, SECOND, 1); /* what counted anything shows */
    assert_string_equal(drawn(2, true), "      =.");
    assert_string_equal(drawn(2, false), "      ▄▁");
    assert_string_equal(drawn(1, false), "     █▄█");
    go_on(model, 0, 0);
    assert_string_equal(drawn(1, true), "    #=#");
    assert_string_equal(drawn(9999, true), "");
    for (int i = 0; i < ACTIVITY_CELLS - 1; i++)
        go_on(model, 0, SECOND);
    assert_string_equal(drawn(1, true), "");
    assert_int_equal(activity_recent(&activity, 1), 0);
    assert_int_equal(activity_recent(&activity, 2), (ACTIVITY_CELLS - 1) * ACTIVITY_WHOLE);
    model->state = MODEL_ENDED; /* stays as it was at the end */
    go_on(model, 0, SECOND);
    assert_string_equal(drawn(2, true), "########");
    model_free(model);
}

/* All eighths, each of them told from the others. */
static void levels(void **state) {
    (void)state;
    assert_true(activity_begin(&activity, 2));
    activity_end(&activity, 1);
    uint64_t one = 0, other = 0;
    for (uint64_t eighth = 1; eighth <= ACTIVITY_CELLS; eighth++) {
        assert_true(activity_begin(&activity, 2));
        assert_true(activity_note(&activity, 1, one += eighth));
        assert_true(activity_note(&activity, 2, other += ACTIVITY_CELLS - eighth));
        activity_end(&activity, 1);
    }
    assert_string_equal(drawn(1, true), ".:-=+*%#");
    assert_string_equal(drawn(1, false), "▁▂▃▄▅▆▇█");
}

static void new_functions_and_other_runs(void **state) {
    (void)state;
    struct model *model = fixture_julia();
    model->start_unix_ns = 5;
    activity_follow(&activity, model);
    go_on(model, SECOND, 0);
    for (int i = 0; i < 1000; i++) /* more than there was room for */
        fixture_function(model, MODEL_FUNCTION_PYTHON, "b.py", 1, "later", 0, 1, i == 999 ? SECOND : 0, SECOND);
    go_on(model, SECOND, 0);
    assert_string_equal(drawn(1, true), "      #=");
    assert_string_equal(drawn((uint32_t)model->function_count - 1, true), "       =");
    model->functions[1].self_ns = 0; /* what goes back counts nothing */
    go_on(model, 0, SECOND);
    assert_string_equal(drawn(1, true), "     #=");
    model->start_unix_ns = 6; /* run again */
    go_on(model, SECOND, 0);
    assert_false(activity_is_known(&activity));
    model_free(model);
}

static void saved_sessions_have_none(void **state) {
    (void)state;
    struct model *model = fixture_julia();
    model->state = MODEL_ENDED;
    activity_follow(&activity, model);
    go_on(model, SECOND, 0);
    assert_false(activity_is_known(&activity));
    assert_null(activity.before);
    model_free(model);
}

/* Without times: instructions, or what was allocated. */
static void what_is_counted(void **state) {
    (void)state;
    struct model *model = fixture_julia();
    model->collectors = COLLECTOR_BYTECODE;
    model->instructions = 10;
    model->functions[1].instructions = 10;
    activity_follow(&activity, model);
    model->functions[1].instructions = 20;
    go_on(model, 0, SECOND);
    assert_string_equal(drawn(1, true), "       #");
    model->collectors = COLLECTOR_MEMORY; /* another measure begins anew */
    model->instructions = MODEL_UNKNOWN;
    go_on(model, 0, SECOND);
    assert_false(activity_is_known(&activity));
    model->functions[3].memory.allocated_bytes += 100;
    go_on(model, 0, SECOND);
    assert_string_equal(drawn(3, true), "       #");
    assert_string_equal(drawn(2, true), "");
    model_free(model);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, set_up)
    const struct CMUnitTest tests[] = {TEST(shares_of_intervals), TEST(levels), TEST(new_functions_and_other_runs),
                                       TEST(saved_sessions_have_none), TEST(what_is_counted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
