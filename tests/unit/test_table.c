/* What tables share: stepping, selection, columns, sentences, search. */
#include "tests/unit/model_fixture.h"

#include "tui/view/table.h"

static size_t step(enum request request, int page_rows, size_t count, size_t index) {
    assert_true(table_step(request, page_rows, count, &index));
    return index;
}

static void stepping(void **state) {
    (void)state;
    assert_int_equal(step(REQUEST_MOVE_DOWN, 10, 100, 5), 6);
    assert_int_equal(step(REQUEST_MOVE_DOWN, 10, 100, 99), 99);
    assert_int_equal(step(REQUEST_MOVE_UP, 10, 100, 5), 4);
    assert_int_equal(step(REQUEST_MOVE_UP, 10, 100, 0), 0);
    assert_int_equal(step(REQUEST_PAGE_DOWN, 10, 100, 5), 14);
    assert_int_equal(step(REQUEST_PAGE_DOWN, 10, 100, 95), 99);
    assert_int_equal(step(REQUEST_PAGE_UP, 10, 100, 5), 0);
    assert_int_equal(step(REQUEST_HALF_PAGE_DOWN, 10, 100, 5), 10);
    assert_int_equal(step(REQUEST_HALF_PAGE_UP, 10, 100, 50), 45);
    assert_int_equal(step(REQUEST_PAGE_DOWN, 0, 100, 5), 6); /* no room is known: a row at least */
    assert_int_equal(step(REQUEST_HALF_PAGE_UP, 1, 100, 5), 4);
    assert_int_equal(step(REQUEST_MOVE_FIRST, 10, 100, 50), 0);
    assert_int_equal(step(REQUEST_MOVE_LAST, 10, 100, 50), 99);
    assert_int_equal(step(REQUEST_MOVE_LAST, 10, 0, 0), 0);
    assert_int_equal(step(REQUEST_MOVE_UP, 10, 3, 50), 1); /* beyond the end: from the end on */
    assert_int_equal(step(REQUEST_MOVE_DOWN, 10, 3, 50), 2);
    size_t index = 5;
    assert_false(table_step(REQUEST_DRILL, 10, 100, &index));
    assert_int_equal(index, 5);
}

/* Blanks are kept within a row, and a word wider than a row is broken. */
static void paragraphs(void **state) {
    (void)state;
    struct grid grid = {.ascii = true};
    assert_true(grid_resize(&grid, 5, 14));
    struct rectangle area = {1, 2, 3, 10};
    const char *text = "one  two three /a/very/long/path ok";
    assert_int_equal(table_paragraph(NULL, area, STYLE_NORMAL, text), 4);
    assert_int_equal(table_paragraph(&grid, area, STYLE_NORMAL, text), 4);
    char *screen = grid_to_text(&grid, false);
    assert_string_equal(screen, "\n  one  two\n  three\n  /a/very/lo\n\n"); /* the rest is clipped */
    free(screen);
    area.columns = 40;
    assert_int_equal(table_paragraph(NULL, area, STYLE_NORMAL, text), 1);
    assert_int_equal(table_paragraph(NULL, area, STYLE_NORMAL, ""), 1);
    area.columns = 0;
    assert_int_equal(table_paragraph(NULL, area, STYLE_NORMAL, "ab c"), 3);
    grid_free(&grid);
}

static void shortened_texts(void **state) {
    (void)state;
    char buffer[64];
    const char *text = "Class.method", *tail = text + 6;
#define SHORT(columns) table_shorten(text, tail, columns, buffer, sizeof buffer)
    assert_ptr_equal(SHORT(12), text);
    assert_string_equal(SHORT(11), "Clas~method");
    assert_string_equal(SHORT(10), "Cla~method");
    assert_ptr_equal(SHORT(9), text); /* too little of the head: it is cut at its end */
    text = "größe.x";
    tail = strrchr(text, 'x');
    assert_string_equal(SHORT(6), "größ~x");
    text = "日本語.x";
    tail = strrchr(text, 'x');
    assert_string_equal(SHORT(7), "日本~x"); /* half a wide glyph is none */
    tail = NULL;
    assert_ptr_equal(SHORT(5), text);
}

static void set_rows(struct table *table, const uint32_t *rows, size_t count) {
    assert_true(table_reserve(table, count));
    for (size_t i = 0; i < count; i++)
        table->rows[i] = rows[i];
    table->count = count;
    table_rows_changed(table);
}

static void selection(void **state) {
    (void)state;
    struct table table = {.count = 0};
    table_rows_changed(&table);
    assert_int_equal(table.selected, TABLE_NONE);
    assert_false(table_select(&table, 3));
    set_rows(&table, (uint32_t[]){7, 3, 9, 5}, 4);
    assert_int_equal(table.selected, 7);
    set_rows(&table, (uint32_t[]){3, 7, 9, 5}, 4); /* not chosen: the first one, whichever it is */
    assert_int_equal(table.selected, 3);
    assert_true(table_move(&table, REQUEST_PAGE_DOWN, 3));
    assert_int_equal(table.selected, 9);
    set_rows(&table, (uint32_t[]){9, 5, 3, 7}, 4); /* chosen: it is followed */
    assert_int_equal(table.selected, 9);
    assert_int_equal(table.index, 0);
    assert_true(table_select(&table, 3));
    set_rows(&table, (uint32_t[]){9, 5, 7}, 3); /* gone: what stands in its place */
    assert_int_equal(table.selected, 7);
    assert_false(table_select(&table, 3));
    assert_int_equal(table.selected, 7);
    assert_false(table_select(&table, TABLE_NONE));
    set_rows(&table, NULL, 0);
    assert_int_equal(table.selected, TABLE_NONE);
    assert_true(table_move(&table, REQUEST_MOVE_DOWN, 3));
    assert_int_equal(table.selected, TABLE_NONE);
    assert_false(table_move(&table, REQUEST_DRILL, 3));
    table_free(&table);
}

static void scrolling(void **state) {
    (void)state;
    struct table table = {.count = 0};
    set_rows(&table, (uint32_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
    table_select_index(&table, 8);
    table_scroll(&table, 4);
    assert_int_equal(table.top, 5);
    table_select_index(&table, 6);
    table_scroll(&table, 4);
    assert_int_equal(table.top, 5);
    table_select_index(&table, 2);
    table_scroll(&table, 4);
    assert_int_equal(table.top, 2);
    table_select_index(&table, 100);
    assert_int_equal(table.index, 8);
    table_scroll(&table, 0); /* no room: as if there were one row */
    assert_int_equal(table.top, 8);
    table_scroll(&table, 20);
    assert_int_equal(table.top, 0);
    table_free(&table);
}

/* The more room, the more columns: never one less. */
static void fitting(void **state) {
    (void)state;
    static const struct table_column columns[] = {
        {"a", 5, 0, false}, {"b", 4, 10, false}, {"c", 6, 12, false}, {"d", 3, 8, false}, {"name", 0, 0, true}};
    static const int order[] = {0, 1, 3, 2};
    int at[5];
    assert_int_equal(table_fit(columns, 5, order, 1, 60, at), 60 - 1 - 6 - 5 - 7 - 4);
    assert_memory_equal(at, ((int[]){1, 7, 12, 19, 23}), sizeof at);
    assert_int_equal(table_fit(columns, 5, order, 1, 30, at), 30 - 1 - 6 - 5 - 4);
    assert_memory_equal(at, ((int[]){1, 7, -1, 12, 16}), sizeof at);
    assert_int_equal(table_fit(columns, 5, order, 1, 22, at), 10);
    assert_memory_equal(at, ((int[]){1, 7, -1, -1, 12}), sizeof at);
    assert_int_equal(table_fit(columns, 5, order, 1, 21, at), 14);
    assert_memory_equal(at, ((int[]){1, -1, -1, -1, 7}), sizeof at);
    assert_int_equal(table_fit(columns, 5, order, 1, 4, at), 0);
    assert_memory_equal(at, ((int[]){1, -1, -1, -1, -1}), sizeof at);
    int before = 0;
    for (int width = 0; width < 80; width++) {
        table_fit(columns, 5, order, 1, width, at);
        int shown = 0;
        for (int i = 0; i < 4; i++)
            shown += at[i] >= 0;
        assert_true(shown >= before);
        before = shown;
    }
}

static bool is_multiple(const void *data, size_t index) { return index % *(const size_t *)data == 0; }

static void searching(void **state) {
    (void)state;
    size_t four = 4, large = 1000, index = 5;
    assert_true(table_search(10, &index, 0, is_multiple, &four));
    assert_int_equal(index, 8);
    assert_true(table_search(10, &index, 0, is_multiple, &four)); /* it matches itself */
    assert_int_equal(index, 8);
    assert_true(table_search(10, &index, 1, is_multiple, &four));
    assert_int_equal(index, 0);
    assert_true(table_search(10, &index, -1, is_multiple, &four));
    assert_int_equal(index, 8);
    assert_true(table_search(10, &index, 1, is_multiple, &large));
    assert_int_equal(index, 0);
    assert_true(table_search(10, &index, 1, is_multiple, &large)); /* the only one: round to itself */
    assert_int_equal(index, 0);
    index = 0;
    assert_false(table_search(0, &index, 1, is_multiple, &four));
    assert_false(table_search(0, &index, 0, is_multiple, &four));
}

static char *cell(int width, bool left, const char *text) {
    struct grid grid = {.ascii = false};
    assert_true(grid_resize(&grid, 1, 8));
    table_cell(&grid, (struct rectangle){0, 0, 1, 8}, 0, 1, width, STYLE_NORMAL, left, text);
    char *result = grid_to_text(&grid, false);
    assert_non_null(result);
    grid_free(&grid);
    return result;
}

static void expect_cell(int width, bool left, const char *text, const char *expected) {
    char *result = cell(width, left, text);
    assert_string_equal(result, expected);
    free(result);
}

static void cells(void **state) {
    (void)state;
    expect_cell(5, false, "12", "    12\n");
    expect_cell(5, true, "ab", " ab\n");
    expect_cell(5, true, "abcde", " abcde\n");
    expect_cell(5, true, "abcdef", " abcd~\n");
    expect_cell(5, true, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2", " \xe6\xbc\xa2\xe5\xad\x97~\n");
    expect_cell(20, true, "abcdefghij", " abcdef~\n"); /* wider than the area */
    expect_cell(0, true, "abc", "\n");
    expect_cell(-4, false, "abc", "\n");
}

static void sentences(void **state) {
    (void)state;
    struct grid grid = {.ascii = true};
    assert_true(grid_resize(&grid, 3, 10));
    table_sentence(&grid, (struct rectangle){0, 0, 3, 10}, "No function has run   yet, unbelievably.");
    char *text = grid_to_text(&grid, false);
    assert_string_equal(text, "No\nfunction\nhas run\n");
    free(text);
    table_sentence(&grid, (struct rectangle){0, 0, 0, 0}, "nowhere");
    table_sentence(&grid, (struct rectangle){0, 0, 3, 10}, "");
    grid_free(&grid);
}

static void expect_highlight(const char *text, int skip, const char *pattern, const char *expected) {
    struct grid grid = {.ascii = false};
    assert_true(grid_resize(&grid, 1, 12));
    struct rectangle area = {0, 0, 1, 12};
    grid_text_part(&grid, area, 0, 1, STYLE_NORMAL, text, strlen(text), skip);
    table_highlight(&grid, area, 0, 1, 10, text, skip, pattern);
    char *styles = grid_to_text(&grid, true);
    assert_string_equal(strchr(styles, '\n') + 1, expected);
    free(styles);
    grid_free(&grid);
}

static void highlights(void **state) {
    (void)state;
    expect_highlight("one two one", 0, "ONE", ".mmm.....mm\n");
    expect_highlight("one two one", 2, "one", ".m.....mmm\n");
    expect_highlight("one two one", 20, "one", "\n");
    expect_highlight("\xe6\xbc\xa2 one", 0, "one", "....mmm\n");
    expect_highlight("aaaa", 0, "aa", ".mmmm\n");
    expect_highlight("one", 0, "", "\n");
    char longer[600];
    memset(longer, 'x', sizeof longer);
    memcpy(longer + 590, "one", 4);
    expect_highlight(longer, 588, "one", "...mmm\n");
}

/* Which row stands where: below the header, if there is room for one, from the first row shown on. */
static void rows_at(void **state) {
    (void)state;
    struct table table = {.count = 0};
    set_rows(&table, (uint32_t[]){1, 2, 3, 4, 5}, 5);
    table.top = 2;
    struct rectangle high = {0, 0, 4, 10}, low = {0, 0, 1, 10};
    size_t index = 77;
    assert_int_equal(table_header_rows(high), 1);
    assert_int_equal(table_header_rows((struct rectangle){0, 0, 2, 10}), 1);
    assert_int_equal(table_header_rows(low), 0);
    assert_false(table_row_at(&table, high, -1, &index));
    assert_false(table_row_at(&table, high, 0, &index));
    assert_true(table_row_at(&table, high, 1, &index));
    assert_int_equal(index, 2);
    assert_true(table_row_at(&table, high, 3, &index));
    assert_int_equal(index, 4);
    assert_false(table_row_at(&table, high, 4, &index));
    assert_true(table_row_at(&table, low, 0, &index));
    assert_int_equal(index, 2);
    assert_false(table_row_at(&table, low, -1, &index));
    table_free(&table);
}

static bool is_beyond(const void *data, size_t index) { return index > *(const size_t *)data; }

/* A row that is found is chosen: it stays selected when the rows change places. */
static void searching_rows(void **state) {
    (void)state;
    struct table table = {.count = 0};
    size_t two = 2, large = 1000;
    set_rows(&table, (uint32_t[]){5, 6, 7, 8}, 4);
    assert_false(table_search_rows(&table, -1, is_beyond, &large));
    assert_false(table.chosen);
    assert_int_equal(table.selected, 5);
    assert_true(table_search_rows(&table, 1, is_multiple, &two));
    assert_true(table.chosen);
    assert_int_equal(table.selected, 7);
    set_rows(&table, (uint32_t[]){7, 8, 5, 6}, 4);
    assert_int_equal(table.index, 0);
    table_choose(&table, 3);
    assert_int_equal(table.selected, 6);
    table_free(&table);
}

static void sorts_asked(void **state) {
    (void)state;
    assert_int_equal(table_sort_asked(REQUEST_SORT_NEXT, 0, 3), 1);
    assert_int_equal(table_sort_asked(REQUEST_SORT_NEXT, 2, 3), -1);
    assert_int_equal(table_sort_asked(REQUEST_SORT_PREVIOUS, 2, 3), 1);
    assert_int_equal(table_sort_asked(REQUEST_SORT_PREVIOUS, 0, 3), -1);
    assert_int_equal(table_sort_asked(REQUEST_SORT_INVERT, 2, 3), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paragraphs), cmocka_unit_test(shortened_texts),
        cmocka_unit_test(stepping),  cmocka_unit_test(selection), cmocka_unit_test(scrolling),
        cmocka_unit_test(fitting),   cmocka_unit_test(searching), cmocka_unit_test(cells),
        cmocka_unit_test(sentences), cmocka_unit_test(highlights), cmocka_unit_test(rows_at),
        cmocka_unit_test(searching_rows), cmocka_unit_test(sorts_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
