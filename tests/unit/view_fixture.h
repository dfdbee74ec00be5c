/* view_fixture.h - one view over the Julia model: drawn into text, asked and compared, for the tests of views. */
#ifndef PYPROF_TESTS_VIEW_FIXTURE_H
#define PYPROF_TESTS_VIEW_FIXTURE_H

#include "tests/unit/model_fixture.h"

#include "tui/view/view.h"

struct test {
    const struct view *kind;
    void *view; /* the view's state */
    struct model *model;
    struct view_context context;
    int page_rows; /* what requests are told */
};

/* Starts a test with a view over a model of its own; the context's model is filled in. */
static inline struct test *view_test_new(const struct view *kind, struct view_context context) {
    struct test *test = calloc(1, sizeof *test);
    assert_non_null(test);
    test->kind = kind;
    test->model = fixture_julia();
    test->view = kind->create();
    assert_non_null(test->view);
    test->context = context;
    test->context.model = test->model;
    test->page_rows = 10;
    return test;
}

static inline int tear_down(void **state) {
    struct test *test = *state;
    test->kind->destroy(test->view);
    model_free(test->model);
    free(test);
    return 0;
}

/* --- drawing ---------------------------------------------------------------------------------------- */

/* What the view draws into rows x columns, as text. The caller frees it. */
static inline char *draw(struct test *test, int rows, int columns, bool ascii, bool with_styles) {
    struct grid grid = {.ascii = ascii};
    assert_true(grid_resize(&grid, rows, columns));
    test->kind->draw(test->view, &test->context, &grid, (struct rectangle){0, 0, rows, columns});
    char *text = grid_to_text(&grid, with_styles);
    assert_non_null(text);
    grid_free(&grid);
    return text;
}

static inline void expect_drawn(struct test *test, int rows, int columns, bool ascii, bool with_styles,
                                const char *expected) {
    char *text = draw(test, rows, columns, ascii, with_styles);
    assert_string_equal(text, expected);
    free(text);
}

static inline void expect(struct test *test, int rows, int columns, const char *expected) {
    expect_drawn(test, rows, columns, true, false, expected);
}

static inline void expect_unicode(struct test *test, int rows, int columns, const char *expected) {
    expect_drawn(test, rows, columns, false, false, expected);
}

static inline void expect_title(struct test *test, const char *expected) {
    char title[256];
    test->kind->title(test->view, &test->context, title, sizeof title);
    assert_string_equal(title, expected);
}

/* Draws at sizes that leave no room, with the area inside, at the edge and outside of the grid; nothing may be drawn
 * outside of the area. */
static inline void expect_small_sizes_kept(struct test *test) {
    struct grid grid = {.ascii = false};
    assert_true(grid_resize(&grid, 7, 12));
    for (int rows = 0; rows <= 4; rows++) {
        for (int columns = 0; columns <= 9; columns++) {
            grid_clear(&grid);
            test->kind->draw(test->view, &test->context, &grid, (struct rectangle){1, 2, rows, columns});
            for (int row = 0; row < 7; row++) {
                for (int column = 0; column < 12; column++) {
                    const struct cell *cell = &grid.cells[row * 12 + column];
                    bool inside = row >= 1 && row < 1 + rows && column >= 2 && column < 2 + columns;
                    if (!inside)
                        assert_true(cell->glyph == ' ' && cell->style == STYLE_NORMAL);
                }
            }
            test->kind->draw(test->view, &test->context, &grid, (struct rectangle){5, 9, rows, columns});
        }
    }
    grid_free(&grid);
}

/* --- requests --------------------------------------------------------------------------------------- */

/* Sends a request and takes the selection over, as the loop does. */
static inline struct view_effect request(struct test *test, enum request request) {
    struct view_effect effect = test->kind->request(test->view, &test->context, request, test->page_rows);
    if (effect.action == VIEW_SELECT) {
        test->context.function = effect.function;
        test->context.line = effect.line;
    }
    return effect;
}

static inline struct view_effect search(struct test *test, const char *pattern, int direction) {
    return test->kind->search(test->view, &test->context, pattern, direction);
}

static inline struct view_effect click(struct test *test, struct rectangle area, int row, int column) {
    return test->kind->click(test->view, &test->context, area, row, column);
}

static inline void expect_place(struct view_effect effect, enum view_action action, uint32_t function, uint32_t line) {
    assert_int_equal(effect.action, action);
    assert_int_equal(effect.function, function);
    assert_int_equal(effect.line, line);
}

static inline void expect_effect(struct view_effect effect, enum view_action action, uint32_t function) {
    expect_place(effect, action, function, 0);
}

/* A message for the user, or a text for the clipboard. */
static inline void expect_text(struct view_effect effect, enum view_action action, const char *text) {
    assert_int_equal(effect.action, action);
    assert_string_equal(effect.text, text);
}

#endif
