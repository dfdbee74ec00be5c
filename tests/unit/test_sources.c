/* Sources for live models: of the files that have most of the memory. */
#include "tests/unit/model_fixture.h"

#include <unistd.h>

#include "tui/app/sources.h"

static char folder[] = "/tmp/pyprof-sources-XXXXXX";

static uint32_t add_file(struct model *model, int number, uint64_t peak) {
    char path[128], name[32];
    snprintf(path, sizeof path, "%s/f%d.py", folder, number);
    snprintf(name, sizeof name, "function%d", number);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file, "# %d\n", number);
    assert_int_equal(fclose(file), 0);
    uint32_t function = fixture_function(model, MODEL_FUNCTION_PYTHON, path, 1, name, 0, 1, 0, 0);
    model->functions[function].memory.peak_bytes = peak;
    return function;
}

static void files_with_most_memory_are_read(void **state) {
    (void)state;
    struct model *model = model_new(), *store = model_new();
    assert_true(model && store && mkdtemp(folder));
    static const uint64_t peaks[] = {5, 90, 0, 80, 70, 60, 50, 40, 95};
    uint32_t functions[9];
    for (int i = 0; i < 9; i++)
        functions[i] = add_file(model, i, peaks[i]);
    /* A second function of a file takes no other's place, whether it has more or less than the first. */
    for (int i = 0; i < 3; i++) {
        uint32_t more = fixture_function(model, MODEL_FUNCTION_PYTHON, model->functions[functions[8]].file, 9, "more", 0, 1, 0, 0);
        model->functions[more].memory.peak_bytes = 94 + (uint64_t)i;
    }
    sources_provide_memory(store, model, model);
    for (int i = 0; i < 9; i++) {
        bool wanted = peaks[i] >= 50;
        assert_int_equal(model_source(model, model->functions[functions[i]].file) != NULL, wanted);
        assert_int_equal(unlink(model->functions[functions[i]].file), 0);
    }
    assert_int_equal(rmdir(folder), 0);
    model_free(model);
    model_free(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_with_most_memory_are_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
