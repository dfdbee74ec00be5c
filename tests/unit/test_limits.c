/* Sizes as people write them, and whether a run kept within its limits. */
#include "pyprof/config.h"
#include "tests/unit/memory_model_fixture.h"
#include "tui/app/command_line.h"
#include "tui/app/limits.h"

static void sizes_are_read(void **state) {
    (void)state;
    static const struct { const char *text; uint64_t bytes; } cases[] = {
        {"1", 1}, {"200000000", 200000000}, {"12B", 12}, {"1K", 1024}, {"1k", 1024}, {"1KiB", 1024}, {"1kib", 1024},
        {"1KB", 1024}, {"500M", 500 * MIB}, {"500 MiB", 500 * MIB}, {"2MB", 2 * MIB}, {"1.5G", 1536 * MIB},
        {"2T", 2048 * 1024 * MIB}, {"0.5K", 512}};
    static const char *const wrong[] = {"", "0", "0M", "M", "-1", "+1", " 1", "1..5M", "1x", "1KiBs", "1Ki", "1 K B", "0x10",
                                        "1e3", "nan", "inf", "9999999999999G", "1,5G", "0.5"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t bytes = 0;
        assert_true(config_size(cases[i].text, &bytes));
        assert_int_equal(bytes, cases[i].bytes);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint64_t bytes = 7;
        if (config_size(wrong[i], &bytes))
            fail_msg("\"%s\" is taken for %llu", wrong[i], (unsigned long long)bytes);
    }
}

/* What is said of a run with these limits (NULL: none); malloc'ed. */
static char *check(const struct model *program, const char *rss, const char *heap, bool *kept) {
    struct config *config = config_new();
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_true(config && out);
    config->limits.rss = rss ? strdup(rss) : NULL;
    config->limits.heap = heap ? strdup(heap) : NULL;
    *kept = limits_check(config, program, out);
    fclose(out);
    config_free(config);
    return text;
}

static void assert_kept(const struct model *program, const char *rss, const char *heap) {
    bool kept;
    char *text = check(program, rss, heap, &kept);
    assert_true(kept);
    assert_string_equal(text, "");
    free(text);
}

static void assert_broken(const struct model *program, const char *rss, const char *heap, const char *expected) {
    bool kept;
    char *text = check(program, rss, heap, &kept);
    assert_string_equal(text, expected);
    assert_false(kept);
    free(text);
}

#define TOP                                         \
    "  at peak      %       blocks  line\n"         \
    "  1.7 MiB  100.0        40001  build  /p/build.py:4  zs.append(complex(x, 1))\n"
#define RSS                                                                     \
    "pyprof-tui: the highest RSS was 12.0 MiB (12582912 bytes), above the 11M " \
    "that limits.rss (--max-rss) allows; then ran build\n"
#define HEAP \
    "pyprof-tui: the heap's high-water mark was 1.7 MiB (1804620 bytes), above the 1804619 that limits.heap (--max-heap) allows\n"

static void limits_are_kept_up_to_the_last_byte(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_kept(model, NULL, NULL);
    assert_kept(model, "12M", "1804620");
    assert_broken(model, "12M", "1804619", HEAP TOP);
    assert_broken(model, "11M", "1804620", RSS TOP);
    assert_broken(model, "11M", "1804619", RSS HEAP TOP);
    model_free(model);
}

static void without_memory_the_lines_are_not_known(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->collectors = COLLECTOR_FUNCTION;
    model->samples[1].function = 0;
    assert_broken(model, "11M", NULL,
                  "pyprof-tui: the highest RSS was 12.0 MiB (12582912 bytes), above the 11M that limits.rss (--max-rss) allows\n"
                  "pyprof-tui: with memory in -k, the lines that it was allocated on would be shown here\n");
    model_free(model);
}

/* A check that could not be made is none that was passed. */
static void what_was_never_measured_is_not_kept(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->collectors = COLLECTOR_FUNCTION;
    model->sample_count = 0;
    assert_broken(model, "1G", "1G",
                  "pyprof-tui: whether the 1G that limits.rss (--max-rss) allows were enough is not known: nothing was measured\n"
                  "pyprof-tui: whether the 1G that limits.heap (--max-heap) allows were enough is not known: nothing was "
                  "measured\n");
    model_free(model);
}

static void every_process_is_held_against_them(void **state) {
    (void)state;
    struct model *program = fixture_processes();
    program->collectors = program->all->collectors = COLLECTOR_MEMORY;
    program->heap.peak_bytes = 5 * MIB;
    for (size_t i = 0; i < 2; i++) {
        program->children[i]->collectors = COLLECTOR_MEMORY;
        program->children[i]->heap.peak_bytes = (3 + 3 * i) * MIB;
    }
    assert_kept(program->all, "5M", "6M");
    assert_broken(program->all, NULL, "5M",
                  "pyprof-tui: the heap's high-water mark of process 4123 was 6.0 MiB (6291456 bytes), above the 5M that "
                  "limits.heap (--max-heap) allows\n"
                  "  at peak      %       blocks  line\n");
    model_free(program);
}

/* The collectors of a run with these two arguments before its target. */
static uint32_t collectors_of(const char *option, const char *value, bool *census) {
    const char *const words[] = {"pyprof-tui", "-k", "function", option, value, "-c", "pass"};
    char *argv[7];
    for (int i = 0; i < 7; i++)
        argv[i] = (char *)words[i];
    struct command_line command;
    struct error error = {0};
    if (!command_line_parse(7, argv, &command, &error))
        fail_msg("%s", error.text);
    uint32_t collectors = config_collectors(command.config);
    *census = command.config->collectors.memory.census;
    command_line_free(&command);
    return collectors;
}

static void what_is_asked_for_is_counted(void **state) {
    (void)state;
    static const char *const reports[] = {"types", "memory", "functions,peak", "leaks,lines"};
    bool census;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(collectors_of("--report", reports[i], &census), COLLECTOR_FUNCTION | COLLECTOR_MEMORY);
        assert_int_equal(census, i == 0);
    }
    assert_int_equal(collectors_of("--export", "memory_profiler", &census), COLLECTOR_FUNCTION | COLLECTOR_MEMORY);
    assert_int_equal(collectors_of("--export", "mprof", &census), COLLECTOR_FUNCTION);
    assert_int_equal(collectors_of("--report", "functions,lines,tree,processes", &census), COLLECTOR_FUNCTION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(limits_are_kept_up_to_the_last_byte),
        cmocka_unit_test(without_memory_the_lines_are_not_known),
        cmocka_unit_test(what_was_never_measured_is_not_kept),
        cmocka_unit_test(what_is_asked_for_is_counted),
        cmocka_unit_test(every_process_is_held_against_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
