/* path_view_fixture.h - views of call paths over the Julia program's, and their goldens at three sizes. */
#ifndef PYPROF_TESTS_PATH_VIEW_FIXTURE_H
#define PYPROF_TESTS_PATH_VIEW_FIXTURE_H

#include "tests/unit/golden.h"
#include "tests/unit/path_fixture.h"
#include "tests/unit/view_fixture.h"

static inline int path_view_set_up(void **state, const struct view *kind) {
    struct test *test = view_test_new(kind, (struct view_context){.focused = true, .percent = true, .function = 1});
    model_free(test->model);
    test->context.model = test->model = fixture_paths();
    *state = test;
    return 0;
}

/* The view in the whole of a terminal of each size, with the letters of its styles below each row. */
static inline void expect_goldens(struct test *test, const char *name, bool ascii) {
    static const int sizes[][2] = {{24, 80}, {30, 100}, {50, 200}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char file[128];
        snprintf(file, sizeof file, "view-%s-%dx%d", name, sizes[i][1], sizes[i][0]);
        char *text = draw(test, sizes[i][0], sizes[i][1], ascii, true);
        expect_golden(file, text);
        free(text);
    }
}

#endif
