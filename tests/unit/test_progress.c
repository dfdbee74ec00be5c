/* What runs now, and how many calls a second. */
#include "tests/unit/model_fixture.h"

#include "tui/app/progress.h"

static struct model *running(uint64_t calls, uint64_t wall_ns) {
    struct model *model = fixture_julia();
    for (size_t i = 1; i < model->function_count; i++)
        model->functions[i].calls = 0;
    model->functions[1].calls = calls;
    model->functions[2].calls = MODEL_UNKNOWN;
    model->state = MODEL_RUNNING;
    model->collectors = COLLECTOR_FUNCTION;
    model->wall_ns = wall_ns;
    model->pid = 7;
    free(model->threads);
    model->threads = calloc(2, sizeof *model->threads);
    assert_non_null(model->threads);
    model->threads[0] = (struct model_thread){.name = "", .running = true};
    model->threads[1] = (struct model_thread){.name = "", .running = true, .function = 1, .line = 12};
    model->thread_count = 2;
    return model;
}

static void expect(const struct progress *progress, const struct model *model, const char *text) {
    char got[64];
    progress_describe(progress, model, 60, got, sizeof got);
    assert_string_equal(got, text);
}

/* Where there is less room, the place is cut, then left out, then the calls, too. */
static void little_room(void **state) {
    (void)state;
    static const struct { int columns; const char *text; } rooms[] = {
        {47, "calculate_z_serial_purepython:12  1.00M calls/s"}, {46, "calculate_z_serial_purepython:~  1.00M calls/s"},
        {23, "calcula~  1.00M calls/s"}, {22, "1.00M calls/s"}, {13, "1.00M calls/s"}, {12, "calculate_z~"}, {5, ""}};
    struct progress progress = {.pid = 7, .wall_ns = SECOND, .calls_per_second = 1000000};
    struct model *model = running(1000, SECOND);
    char got[96];
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        progress_describe(&progress, model, rooms[i].columns, got, sizeof got);
        assert_string_equal(got, rooms[i].text);
        assert_true((int)strlen(got) <= rooms[i].columns);
    }
    model_free(model);
}

static void place_and_calls(void **state) {
    (void)state;
    struct progress progress = {0};
    struct model *first = running(1000, SECOND), *second = running(2001000, 3 * SECOND);
    char name[64], text[96];
    snprintf(name, sizeof name, "%s:12", first->functions[1].qualname);
    expect(&progress, first, name); /* nothing was noted */
    progress_note(&progress, first);
    expect(&progress, first, name);
    progress_note(&progress, second);
    snprintf(text, sizeof text, "%s  1.00M calls/s", name);
    expect(&progress, second, text);
    second->threads[1].line = 0;
    snprintf(text, sizeof text, "%s  1.00M calls/s", first->functions[1].qualname);
    expect(&progress, second, text);
    second->threads[1].running = false;
    expect(&progress, second, "1.00M calls/s");
    second->state = MODEL_ENDED;
    expect(&progress, second, "");
    model_free(first);
    model_free(second);
}

/* Another process's calls, fewer calls than before (a run that began anew), calls that are not counted. */
static void what_does_not_follow(void **state) {
    (void)state;
    for (int difference = 0; difference < 3; difference++) {
        struct progress progress = {0};
        struct model *first = running(1000, SECOND), *second = running(2000, 2 * SECOND);
        if (difference == 0)
            second->pid = 8;
        else if (difference == 1)
            second->functions[1].calls = 10;
        else
            second->collectors = COLLECTOR_LINE;
        progress_note(&progress, first);
        progress_note(&progress, second);
        assert_true(progress.calls_per_second == MODEL_UNKNOWN);
        model_free(first);
        model_free(second);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(place_and_calls), cmocka_unit_test(little_room),
                                        cmocka_unit_test(what_does_not_follow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
