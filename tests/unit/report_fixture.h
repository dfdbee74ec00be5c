/* report_fixture.h - reports and exports of a model as texts. */
#ifndef PYPROF_TESTS_REPORT_FIXTURE_H
#define PYPROF_TESTS_REPORT_FIXTURE_H

#include "pyprof/report.h"
#include "tests/unit/model_fixture.h"

/* The reports of a list, malloc'ed. */
__attribute__((unused)) static char *report(const struct model *model, const char *list) {
    char *text = NULL;
    size_t size;
    struct error error = {0};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (!report_write_list(model, list, out, &error))
        fail_msg("%s", error.text);
    fclose(out);
    return text;
}

/* The JSON export, malloc'ed. */
__attribute__((unused)) static char *export_text(const struct model *model) {
    char *text = NULL;
    size_t size;
    struct error error = {0};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (!export_write(model, "json", out, &error))
        fail_msg("%s", error.text);
    fclose(out);
    return text;
}

__attribute__((unused)) static void assert_report(const struct model *model, const char *list, const char *expected) {
    char *text = report(model, list);
    assert_string_equal(text, expected);
    free(text);
}

#endif
