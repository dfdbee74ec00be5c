/* What the JSON says about memory; absent where it was not counted or cannot be known. */
#include "tests/unit/memory_model_fixture.h"
#include "tests/unit/report_fixture.h"

static void expect_text(const char *text, const char *part) {
    if (!strstr(text, part))
        fail_msg("lacks %s:\n%s", part, text);
}

static void functions_and_lines(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    char *text = export_text(model);
    expect_text(text, "\"qualname\": \"<module>\", \"kind\": \"python\", \"calls\": 1, \"primitive_calls\": 1, "
                      "\"self_ns\": 100000000, \"total_ns\": 900000000, "
                      "\"alloc_bytes\": 16384, \"alloc_count\": 501, \"free_bytes\": 0, "
                      "\"live_bytes\": 16384, \"peak_bytes\": 0, \"total_alloc_bytes\": 6746212, \"total_alloc_count\": 81562, "
                      "\"total_free_bytes\": 5181540, \"total_live_bytes\": 1040384, \"total_peak_bytes\": 1804420}");
    expect_text(text, "\"line\": 4, \"function\": 2, \"hits\": 40000, \"self_ns\": 300000000, \"total_ns\": 400000000, "
                      "\"alloc_bytes\": 4425728, \"alloc_count\": 40060, \"free_bytes\": 2097152, \"live_bytes\": 0, "
                      "\"peak_bytes\": 1804288, \"free_count\": 59, \"live_count\": 0, \"peak_count\": 40001, "
                      "\"temporary_count\": 30, \"lifetime_ns\": 24964053, \"highest_bytes\": 2097152}");
    /* Hits and times of this line are not known; nothing was allocated on the other. */
    expect_text(text, "\"line\": 700, \"function\": 5, \"alloc_bytes\": 100, ");
    expect_text(text, "\"line\": 5, \"function\": 2, \"hits\": 1, \"self_ns\": 1000, \"total_ns\": 1000, \"alloc_bytes\": 0, "
                      "\"alloc_count\": 0, \"free_bytes\": 1804288, \"live_bytes\": 0, \"peak_bytes\": 0, \"free_count\": 40001, "
                      "\"live_count\": 0, \"peak_count\": 0, \"temporary_count\": 0}");
    free(text);
    model_free(model);
}

static void sites_and_heap(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    char *text = export_text(model);
    expect_text(text, "\n \"heap\": {\"live_bytes\": 1040584, \"native_bytes\": 2048, \"peak_bytes\": 1804620, "
                      "\"peak_t_ns\": 512000000, \"profiler_bytes\": 0, \"unknown_frees\": 0, \"uncounted_allocations\": 0, "
                      "\"paused_count\": 0, \"paused_ns\": 0},\n \"sites\": [\n {\"alloc_bytes\": 300, \"alloc_count\": 3, ");
    expect_text(text, "\n {\"path\": [1, 2, 3], \"function\": 2, \"line\": 4, \"alloc_bytes\": 3145728, \"alloc_count\": 60, "
                      "\"free_bytes\": 2097152, \"live_bytes\": 0, \"peak_bytes\": 524288, \"free_count\": 59, ");
    free(text);
    model->heap.native = 0;
    model->heap.peak_t_ns = MODEL_UNKNOWN;
    text = export_text(model);
    assert_null(strstr(text, "\"native_bytes\""));
    assert_null(strstr(text, "\"peak_t_ns\""));
    free(text);
    model_free(model);
}

static void types_marks_and_timeline(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    const struct model_type types[] = {{"dict", 3, 700}, {"a \"b\"", 1, 60}};
    const struct model_mark marks[] = {{5, "load"}, {6, ""}};
    model->types = memcpy(malloc(sizeof types), types, sizeof types);
    model->marks = memcpy(malloc(sizeof marks), marks, sizeof marks);
    model->type_count = model->mark_count = 2;
    model->census_t_ns = 77;
    struct model_sample *sample = &model->samples[1];
    sample->heap = 11, sample->native = 22, sample->own = 33;
    sample->collections[0] = 4;
    sample->growth[0].site = 3, sample->growth[0].bytes = 500;
    sample->growth[1].site = 1, sample->growth[1].bytes = 400;
    char *text = export_text(model);
    expect_text(text, "\"census_t_ns\": 77,\n \"types\": [\n {\"name\": \"dict\", \"count\": 3, \"bytes\": 700},\n "
                      "{\"name\": \"a \\\"b\\\"\", \"count\": 1, \"bytes\": 60}],\n \"marks\": [\n "
                      "{\"t_ns\": 5, \"name\": \"load\"},\n "
                      "{\"t_ns\": 6, \"name\": \"\"}],\n \"heap\"");
    expect_text(text, "\"timeline\": [\n {\"t_ns\": 0, \"rss\": 10485760},\n {\"t_ns\": 500000000, \"rss\": 12582912, "
                      "\"heap\": 11, \"function\": 2, \"native\": 22, \"own\": 33, \"collections\": [4, 0, 0], "
                      "\"growth\": [{\"site\": 3, \"bytes\": 500}, {\"site\": 1, \"bytes\": 400}]}]");
    free(text);
    model_free(model);
}

static void a_collector_that_was_off_says_nothing(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    char *text = export_text(model);
    const char *const absent[] = {"alloc_bytes", "live_bytes", "peak_bytes", "\"sites\"", "\"heap\": {", "\"types\"", "\"marks\""};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(strstr(text, absent[i]));
    free(text);
    model_free(model);
}

/* With the memory collector alone, functions and lines that sites name are there, and those on the way to them. */
static void memory_alone_names_its_functions(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->collectors = COLLECTOR_MEMORY;
    for (size_t i = 0; i < model->function_count; i++)
        model->functions[i].calls = model->functions[i].self_ns = model->functions[i].total_ns = 0;
    for (size_t i = 0; i < model->line_count; i++)
        model->lines[i].hits = model->lines[i].self_ns = model->lines[i].total_ns = MODEL_UNKNOWN;
    model->functions[1].memory = (struct model_allocations){0};
    model->functions[1].line_row_count = 0;
    char *text = export_text(model);
    expect_text(text, "\"qualname\": \"<module>\", \"kind\": \"python\", \"alloc_bytes\": 0, ");
    expect_text(text, "\"line\": 3, \"function\": 2, \"alloc_bytes\": 1280000, ");
    assert_null(strstr(text, "\"calls\""));
    assert_null(strstr(text, "\"hits\""));
    assert_null(strstr(text, "\"edges\""));
    free(text);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_and_lines),
        cmocka_unit_test(sites_and_heap),
        cmocka_unit_test(types_marks_and_timeline),
        cmocka_unit_test(a_collector_that_was_off_says_nothing),
        cmocka_unit_test(memory_alone_names_its_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
