/* The output view and its terminal emulator. */
#include "tests/unit/view_fixture.h"

#include "tui/view/emulator.h"

enum { ROWS = 5, COLUMNS = 20 };

static int set_up(void **state) {
    struct test *test = view_test_new(&output_view, (struct view_context){0});
    test->page_rows = ROWS;
    output_view_resize(test->view, ROWS, COLUMNS);
    *state = test;
    return 0;
}

static void feed(struct test *test, const char *text) {
    output_view_feed(test->view, (const unsigned char *)text, strlen(text));
}

static void expect_screen(struct test *test, const char *expected) {
    expect_unicode(test, ROWS, COLUMNS, expected);
}

/* Feeds bytes into an empty terminal of 5 x 20, whole and byte by byte, and compares the screen. */
static void screen(const char *bytes, const char *expected) {
    for (int split = 0; split < 2; split++) {
        struct test *test;
        set_up((void **)&test);
        size_t length = strlen(bytes);
        for (size_t i = 0; i < length; i += split ? 1 : length)
            output_view_feed(test->view, (const unsigned char *)bytes + i, split ? 1 : length);
        expect_screen(test, expected);
        tear_down((void **)&test);
    }
}

static void plain_text(void **state) {
    (void)state;
    screen("one\r\ntwo\r\n", "one\ntwo\n\n\n\n");
    screen("a\nb", "a\n b\n\n\n\n");
    screen("50%\r100%", "100%\n\n\n\n\n");
    screen("abc\b\bX", "aXc\n\n\n\n\n");
    screen("\b\bX", "X\n\n\n\n\n");
    screen("a\tb\tc", "a       b       c\n\n\n\n\n");
    screen("\t\t\t\tx", "                   x\n\n\n\n\n");
    screen("a\007b\001c\177d", "abcd\n\n\n\n\n");
    screen("12345678901234567890", "12345678901234567890\n\n\n\n\n");
    screen("123456789012345678901", "12345678901234567890\n1\n\n\n\n");
    screen("12345678901234567890\r\nx", "12345678901234567890\nx\n\n\n\n");
    screen("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7", "3\n4\n5\n6\n7\n");
}

static void utf8(void **state) {
    (void)state;
    screen("h\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80.",
           "h\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80.\n\n\n\n\n");
    screen("e\xcc\x81!", "e!\n\n\n\n\n"); /* a combining accent */
    screen("a\xff\xc3(\xe6\xbc.\x80", "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd.\xef\xbf\xbd\n\n\n\n\n");
    screen("\xc3\xc3\xa9", "\xef\xbf\xbd\xc3\xa9\n\n\n\n\n");
    /* a surrogate, an overlong form, no UTF-8 at all */
    screen("\xed\xa0\x80" "\xc0\xaf" "\xf8", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n\n\n\n\n");
    screen("\xc2\x9bx", "x\n\n\n\n\n");
    screen("1234567890123456789\xe6\xbc\xa2", "1234567890123456789\n\xe6\xbc\xa2\n\n\n\n");
    screen("\xe6\xbc\xa2\bx", " x\n\n\n\n\n"); /* half of a wide character is overwritten */
    screen("\xe6\xbc\xa2\rx", "x\n\n\n\n\n");
}

static void cursor_sequences(void **state) {
    (void)state;
    screen("\033[3;5Hx\033[Hy", "y\n\n    x\n\n\n");
    screen("\033[99;99Hx\033[0;0fy", "y\n\n\n\n                   x\n");
    screen("ab\033[2Dc\033[Bd\033[5Ce\033[Af", "cb      f\n d     e\n\n\n\n");
    screen("ab\033[99Dc\033[99Bd\033[99Ce\033[99Af", "cb                 f\n\n\n\n d                 e\n");
    screen("one\033[2Etwo\033[Fthree\033[10Gx\033[4dy", "one\nthree    x\ntwo\n          y\n\n");
    screen("ab\0337\r\n\r\ncd\0338ef", "abef\n\ncd\n\n\n");
    screen("ab\033[s\033[3;3Hcd\033[uef", "abef\n\n  cd\n\n\n");
    screen("a\033Db\033Ec\033Md", "a\n d\nc\n\n\n");
    screen("1\r\n2\033M\033M\033M0", " 0\n\n1\n2\n\n");
    screen("\033[2Ix", "                x\n\n\n\n\n");
}

static void erasing(void **state) {
    (void)state;
    screen("abcdef\033[3D\033[K", "abc\n\n\n\n\n");
    screen("abcdef\033[3D\033[1K", "    ef\n\n\n\n\n");
    screen("abcdef\033[2Kx", "      x\n\n\n\n\n");
    screen("ab\r\ncd\r\nef\033[2;2H\033[J", "ab\nc\n\n\n\n");
    screen("ab\r\ncd\r\nef\033[2;1H\033[1J", "\n d\nef\n\n\n");
    screen("ab\r\ncd\033[2Jx", "\n  x\n\n\n\n");
    screen("abcdef\033[4D\033[2X", "ab  ef\n\n\n\n\n");
    screen("abcdef\033[4D\033[2P", "abef\n\n\n\n\n");
    screen("abcdef\033[4D\033[2@", "ab  cdef\n\n\n\n\n");
    screen("abcdef\033[4D\033[99P", "ab\n\n\n\n\n");
    screen("12345678901234567890\033[H\033[2@", "  123456789012345678\n\n\n\n\n");
    screen("\xe6\xbc\xa2\xe5\xad\x97x\033[2G\033[P", " \xe5\xad\x97x\n\n\n\n\n");
    screen("123456789012345678\xe6\xbc\xa2\033[H\033[@", " 123456789012345678\n\n\n\n\n");
}

static void regions(void **state) {
    (void)state;
    screen("1\r\n2\r\n3\r\n4\r\n5\033[2;4r\033[4;1H\nx", "1\n3\n4\nx\n5\n");
    screen("1\r\n2\r\n3\r\n4\r\n5\033[2;4r\033[2;1H\033Mx", "1\nx\n2\n3\n5\n");
    screen("1\r\n2\r\n3\r\n4\r\n5\033[2H\033[2L", "1\n\n\n2\n3\n");
    screen("1\r\n2\r\n3\r\n4\r\n5\033[2H\033[2M", "1\n4\n5\n\n\n");
    screen("1\r\n2\r\n3\r\n4\r\n5\033[2S", "3\n4\n5\n\n\n");
    screen("1\r\n2\r\n3\r\n4\r\n5\033[2T", "\n\n1\n2\n3\n");
    screen("1\r\n2\033[4;2r\033[9;99rx", "1\n2x\n\n\n\n"); /* no regions: left as they were */
}

static void skipped_sequences(void **state) {
    (void)state;
    screen("\033]0;a title\007x", "x\n\n\n\n\n");
    screen("\033]8;;http://x\033\\link\033]8;;\033\\.", "link.\n\n\n\n\n");
    screen("\033P1$tq\033\\a\033_b\033\\c\033^d\033\\e\033Xf\033\\g", "aceg\n\n\n\n\n");
    screen("\033]0;never ended\nx", "\nx\n\n\n\n");
    screen("\033P cancelled \030x\033]y\032z", "xz\n\n\n\n\n");
    screen("\033(Ba\033)0b\033#8c\033%Gd", "abcd\n\n\n\n\n");
    screen("\033[?25l\033[?2004ha\033[>c\033[6n\033[!p\033[1 qb\033=\033>c", "abc\n\n\n\n\n");
    screen("\033[38;5;196mred\033[48;2;1;2;3mx\033[m", "redx\n\n\n\n\n");
    screen("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18Hx", "x\n\n\n\n\n"); /* too many parameters */
    screen("\033[99999999999999999999Cx", "                   x\n\n\n\n\n");
    screen("\033[3\nCx", "\n   x\n\n\n\n"); /* controls within a sequence are obeyed */
    screen("\033[3\033[2Cx\033\033[Hy", "y x\n\n\n\n\n");
    screen("\033[3;\177x", "x\n\n\n\n\n");
}

static void styles(void **state) {
    struct test *test = *state;
    feed(test, "a\033[1mb\033[0mc\033[2md\033[22me\033[31;1mf\033[mg");
    expect_drawn(test, 1, COLUMNS, false, true, "abcdefg\n.b.d.b\n");
}

static void alternate_screen(void **state) {
    (void)state;
    screen("before\033[?1049hpicture", "before\npicture\n\n\n\n");
    screen("before\033[?1049hpicture\033[?1049lafter", "before\nafter\n\n\n\n");
    screen("before\033cafter", "before\nafter\n\n\n\n");
    screen("a\033[?47hb\033[?1047lc", "a\nc\n\n\n\n");
}

static void nothing_written(void **state) {
    struct test *test = *state;
    expect_unicode(test, 1, 60, "Nothing has been written yet.\n");
    test->model->state = MODEL_ENDED;
    expect_unicode(test, 1, 60, "Nothing was written to the terminal.\n");
    feed(test, "x");
    expect_unicode(test, 1, 60, "x\n");
    expect_small_sizes_kept(test);
    output_view_clear(test->view);
    expect_unicode(test, 1, 60, "Nothing was written to the terminal.\n");
}

static void feed_lines(struct test *test, int from, int to) {
    for (int i = from; i <= to; i++) {
        char line[32];
        snprintf(line, sizeof line, "line %d\r\n", i);
        feed(test, line);
    }
}

static void scrolling(void **state) {
    struct test *test = *state;
    expect_title(test, "Output follow");
    feed_lines(test, 1, 20);
    expect_screen(test, "line 16\nline 17\nline 18\nline 19\nline 20\n");
    assert_int_equal(request(test, REQUEST_MOVE_DOWN).action, VIEW_HANDLED);
    assert_int_equal(request(test, REQUEST_MOVE_UP).action, VIEW_REDRAW);
    expect_title(test, "Output +1 below");
    expect_screen(test, "line 15\nline 16\nline 17\nline 18\nline 19\n");
    feed_lines(test, 21, 30); /* what is looked at stays */
    expect_title(test, "Output +11 below");
    expect_screen(test, "line 15\nline 16\nline 17\nline 18\nline 19\n");
    request(test, REQUEST_PAGE_UP);
    expect_screen(test, "line 11\nline 12\nline 13\nline 14\nline 15\n");
    request(test, REQUEST_HALF_PAGE_DOWN);
    expect_screen(test, "line 13\nline 14\nline 15\nline 16\nline 17\n");
    request(test, REQUEST_MOVE_FIRST);
    expect_screen(test, "line 1\nline 2\nline 3\nline 4\nline 5\n");
    assert_int_equal(request(test, REQUEST_MOVE_UP).action, VIEW_HANDLED);
    request(test, REQUEST_MOVE_LAST);
    expect_title(test, "Output follow");
    expect_screen(test, "line 26\nline 27\nline 28\nline 29\nline 30\n");
    assert_int_equal(request(test, REQUEST_FOLLOW).action, VIEW_REDRAW);
    expect_title(test, "Output");
    feed_lines(test, 31, 32);
    expect_title(test, "Output +2 below");
    request(test, REQUEST_FOLLOW);
    expect_title(test, "Output follow");
    assert_int_equal(request(test, REQUEST_DRILL).action, VIEW_NOT_HANDLED);
    output_view_clear(test->view);
    request(test, REQUEST_MOVE_UP);
    expect_title(test, "Output follow");
}

/* Old lines are forgotten; what is looked at stays as long as it is there. */
static void bounded_history(void **state) {
    struct test *test = *state;
    feed_lines(test, 1, EMULATOR_HISTORY);
    request(test, REQUEST_MOVE_FIRST);
    expect_screen(test, "line 1\nline 2\nline 3\nline 4\nline 5\n");
    feed_lines(test, EMULATOR_HISTORY + 1, EMULATOR_HISTORY + 6);
    expect_screen(test, "line 3\nline 4\nline 5\nline 6\nline 7\n");
    feed_lines(test, EMULATOR_HISTORY + 7, EMULATOR_HISTORY + 104);
    expect_screen(test, "line 101\nline 102\nline 103\nline 104\nline 105\n");
    char title[64];
    snprintf(title, sizeof title, "Output +%d below", EMULATOR_HISTORY - 1);
    expect_title(test, title);
}

static void sideways(void **state) {
    struct test *test = *state;
    feed(test, "0123456789 \xe6\xbc\xa2x\r\n");
    assert_int_equal(request(test, REQUEST_MOVE_LEFT).action, VIEW_HANDLED);
    assert_int_equal(request(test, REQUEST_MOVE_RIGHT).action, VIEW_REDRAW);
    expect_unicode(test, 1, 10, "89 \xe6\xbc\xa2x\n");
    request(test, REQUEST_SCROLL_RIGHT);
    assert_int_equal(request(test, REQUEST_SCROLL_RIGHT).action, VIEW_HANDLED);
    expect_unicode(test, 1, 10, " x\n");
    request(test, REQUEST_SCROLL_HOME);
    expect_unicode(test, 1, 10, "0123456789\n");
}

static void searching(void **state) {
    struct test *test = *state;
    feed_lines(test, 1, 40);
    expect_screen(test, "line 36\nline 37\nline 38\nline 39\nline 40\n");
    assert_int_equal(search(test, "LINE 2", 0).action, VIEW_REDRAW); /* round the end to the first one */
    expect_screen(test, "line 1\nline 2\nline 3\nline 4\nline 5\n");
    search(test, "line 2", 1);
    expect_screen(test, "line 18\nline 19\nline 20\nline 21\nline 22\n");
    search(test, "line 2", -1);
    expect_screen(test, "line 1\nline 2\nline 3\nline 4\nline 5\n");
    expect_drawn(test, 2, COLUMNS, false, true, "line 1\n\nline 2\nmmmmmm\n");
    expect_text(search(test, "zzz", 0), VIEW_MESSAGE, "Nothing here has \"zzz\".");
    assert_int_equal(request(test, REQUEST_CANCEL).action, VIEW_REDRAW);
    assert_int_equal(request(test, REQUEST_CANCEL).action, VIEW_NOT_HANDLED);
    assert_int_equal(search(test, "", 0).action, VIEW_REDRAW);
}

static void copying(void **state) {
    struct test *test = *state;
    feed(test, "one\r\n\xe6\xbc\xa2 two\r\n");
    expect_screen(test, "one\n\xe6\xbc\xa2 two\n\n\n\n");
    expect_text(request(test, REQUEST_COPY), VIEW_COPY, "one\n\xe6\xbc\xa2 two\n");
}

static void resizing(void **state) {
    struct test *test = *state;
    feed(test, "1\r\n2\r\n3\r\n4 is long\xe6\xbc\xa2");
    output_view_resize(test->view, 2, 10); /* the wide character is cut off */
    expect_screen(test, "1\n2\n3\n4 is long\n\n");
    feed(test, "\rx");
    expect_screen(test, "1\n2\n3\nx is long\n\n");
    output_view_resize(test->view, 5, 20);
    feed(test, "\r\n5");
    expect_screen(test, "1\n2\n3\nx is long\n5\n");
    output_view_resize(test->view, 0, -5);
    output_view_resize(test->view, 100000, 100000);
    feed(test, "\033[999;999Hx");
    assert_int_equal(request(test, REQUEST_COPY).action, VIEW_COPY);
}

/* Wide characters have both halves and single ones none, the cursor is on the screen. */
static void check_invariants(const struct emulator *emulator) {
    assert_in_range(emulator->row, 0, emulator->rows - 1);
    assert_in_range(emulator->column, 0, emulator->columns - 1);
    assert_true(emulator->region_top >= 0 && emulator->region_top <= emulator->region_bottom);
    assert_true(emulator->region_bottom < emulator->rows);
    assert_true(emulator->history_count <= EMULATOR_HISTORY);
    for (int row = 0; row < emulator->rows; row++) {
        const struct cell *cells = &emulator->screen[row * emulator->columns];
        for (int column = 0; column < emulator->columns; column++) {
            assert_true(cells[column].width <= 2 && cells[column].style < STYLE_COUNT);
            if (cells[column].width == 2)
                assert_true(column + 1 < emulator->columns && cells[column + 1].width == 0);
            if (cells[column].width == 0)
                assert_true(column > 0 && cells[column - 1].width == 2);
            else
                assert_true(cells[column].glyph >= ' ' && cells[column].glyph != 0x7f);
        }
    }
}

static uint32_t next_random(uint32_t *random, uint32_t below) {
    *random = *random * 1664525u + 1013904223u;
    return (*random >> 12) % below;
}

static void random_bytes(void **state) {
    (void)state;
    static const char *const pieces[] = {"\033[", "\033]", "\033", "\xe6\xbc\xa2", "\xe5\xad", "\xf0\x9f\x98\x80", ";",
                                         "?",
                                         "@", "P", "L", "M", "r", "J", "K", "H", "X", "S", "T", "\n", "\r", "\t", "\b",
                                         "2", "9", "1049", "h", "l", "x", "m", "\007", "A", "B", "C", "D", "1;3"};
    struct emulator emulator;
    assert_true(emulator_start(&emulator, 6, 9));
    uint32_t random = 12345;
    for (int round = 0; round < 60000; round++) {
        unsigned char byte = (unsigned char)next_random(&random, 256);
        const char *piece = pieces[next_random(&random, sizeof pieces / sizeof *pieces)];
        if (next_random(&random, 4) == 0)
            emulator_feed(&emulator, &byte, 1);
        else
            emulator_feed(&emulator, (const unsigned char *)piece, strlen(piece));
        if (round % 1000 == 999)
            emulator_resize(&emulator, 1 + (int)next_random(&random, 8), 1 + (int)next_random(&random, 12));
        check_invariants(&emulator);
        size_t count = emulator_line_count(&emulator);
        for (size_t i = count > 8 ? count - 8 : 0; i < count + 2; i++) {
            int cells;
            emulator_line(&emulator, i, &cells);
            assert_in_range(cells, 0, 12);
        }
    }
    emulator_clear(&emulator);
    check_invariants(&emulator);
    assert_int_equal(emulator_line_count(&emulator), 0);
    emulator_free(&emulator);
}

/* An emulator that was not started takes everything in silence. */
static void not_started(void **state) {
    (void)state;
    struct emulator emulator = {0};
    emulator_feed(&emulator, (const unsigned char *)"x\n", 2);
    assert_int_equal(emulator_line_count(&emulator), 0);
    emulator_free(&emulator);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text), cmocka_unit_test(utf8), cmocka_unit_test(cursor_sequences),
        cmocka_unit_test(erasing), cmocka_unit_test(regions), cmocka_unit_test(skipped_sequences), TEST(styles),
        cmocka_unit_test(alternate_screen), TEST(nothing_written), TEST(scrolling), TEST(bounded_history),
        TEST(sideways), TEST(searching), TEST(copying), TEST(resizing), cmocka_unit_test(random_bytes),
        cmocka_unit_test(not_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
