/* Lines matched by their text, and where functions end. */
#include "tests/unit/model_fixture.h"

#include "core/compare/function_body.h"
#include "core/compare/line_match.h"

enum { MOST = 64 };

static size_t split(const char *text, struct line_text *lines) {
    size_t count = 0;
    for (; *text; text += strcspn(text, "|") + (text[strcspn(text, "|")] == '|'))
        lines[count++] = line_text_of(text, strcspn(text, "|"));
    return count;
}

/* Lines are parted by '|'. expected: for each line before the number of that after, "-" where it is gone, and "!" behind where it
 * was moved. */
static void assert_matched(const char *before, const char *after, const char *expected) {
    struct line_text a[MOST], b[MOST];
    uint32_t after_of[MOST];
    bool moved[MOST];
    char text[MOST * 4] = "";
    size_t before_count = split(before, a), after_count = split(after, b);
    assert_true(line_match(a, before_count, b, after_count, after_of, moved));
    for (size_t i = 0; i < before_count; i++) {
        size_t length = strlen(text);
        if (after_of[i] == LINE_NO_MATCH)
            snprintf(text + length, sizeof text - length, "%s-", i ? " " : "");
        else
            snprintf(text + length, sizeof text - length, "%s%u%s", i ? " " : "", after_of[i], moved[i] ? "!" : "");
    }
    assert_string_equal(text, expected);
}

static void test_lines_are_matched_by_text(void **state) {
    (void)state;
    assert_matched("a|b|c", "a|b|c", "0 1 2");
    assert_matched("a|b|c", "x|a|b|y|c", "1 2 4");
    assert_matched("a|b|c", "a|c", "0 - 1");
    assert_matched("", "a", "");
    assert_matched("a", "", "-");
    assert_matched("a|  b|c", "a|    b |c", "0 1 2"); /* indented anew */
}

static void test_lines_that_occur_often_are_matched_in_order(void **state) {
    (void)state;
    assert_matched("x|x|x", "x|x", "0 1 -");
    assert_matched("x|a|x|b|x", "x|a|x|n|b|x", "0 1 2 4 5");
    assert_matched("x|x|p|x|x", "x|x|q|x|x", "0 1 - 3 4");
    assert_matched("p|x|x|q", "x|n|x|q|x", "- 0 2 3"); /* none is unique but q; the longest sequence in front of it */
}

static void test_lines_that_changed_places_were_moved(void **state) {
    (void)state;
    assert_matched("a|b|c|d|e", "b|c|d|e|a", "4! 0 1 2 3");
    assert_matched("a|b|b|c", "b|c|a|b", "2! 3! 0 1");
    assert_matched("a||b", "b||a", "2! - 0"); /* blank lines do not move */
}

static uint32_t next(uint32_t *seed) { return (*seed = *seed * 1103515245 + 12345) >> 16; }

/* Whatever the texts: lines are matched with equal ones alone, none twice, as many as there can be, and what was not moved stands
 * in the same order on both sides. */
static void test_what_holds_of_any_texts(void **state) {
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        struct line_text lines[2][20];
        size_t counts[2], letters[2][5] = {{0}}, possible = 0, matched = 0, last = 0;
        uint32_t after_of[20];
        bool moved[20], taken[20] = {false}, any = false;
        for (int side = 0; side < 2; side++) {
            counts[side] = next(&seed) % 20;
            for (size_t i = 0; i < counts[side]; i++) {
                size_t letter = next(&seed) % 5;
                lines[side][i] = line_text_of(&"abcde"[letter], 1);
                letters[side][letter]++;
            }
        }
        for (int i = 0; i < 5; i++)
            possible += letters[0][i] < letters[1][i] ? letters[0][i] : letters[1][i];
        assert_true(line_match(lines[0], counts[0], lines[1], counts[1], after_of, moved));
        for (size_t i = 0; i < counts[0]; i++) {
            if (after_of[i] == LINE_NO_MATCH)
                continue;
            assert_true(after_of[i] < counts[1] && !taken[after_of[i]]);
            assert_true(lines[0][i].hash == lines[1][after_of[i]].hash);
            taken[after_of[i]] = true;
            matched++;
            if (moved[i])
                continue;
            assert_true(!any || after_of[i] > last);
            last = after_of[i];
            any = true;
        }
        assert_int_equal(matched, possible);
        assert_true(any || !possible);
    }
}

/* --- bodies --------------------------------------------------------------------------------------------- */

static void assert_body(const char *text, const char *name, uint32_t first, uint32_t last) {
    struct model *model = model_new();
    assert_true(model_add_source(model, "x.py", text, strlen(text)));
    struct source_lines lines = {.source = model_source(model, "x.py")};
    lines.starts = model_source_lines(lines.source, &lines.count);
    struct line_range range = function_body(&lines, name, first);
    if (range.first != (last ? first : 0) || range.last != last)
        fail_msg("%s at %u ends at %u, not at %u", name, first, range.last, last);
    free(lines.starts);
    model_free(model);
}

static void test_bodies(void **state) {
    (void)state;
    assert_body("def f():\n    x\n    y\n\nz\n", "f", 1, 3);
    assert_body("@a\n@b(1,\n   2)\n# why\ndef f():\n    x\nz\n", "f", 1, 6);
    assert_body("def f(a,\n      b\n):\n    x\nz\n", "f", 1, 4);
    assert_body("def f(): return 1\nz\n", "f", 1, 1);
    assert_body("class C:\n    def f(self):\n        x\n\n    def g(self):\n        y\n", "f", 2, 3);
    assert_body("class C:\n    def f(self):\n        x\n\n    def g(self):\n        y\n", "C", 1, 6);
    assert_body("def f():\n    '''\nnot deep\n'''\n    x\nz\n", "f", 1, 5);
    assert_body("def f():\n    x = 'it''s' \"#\" + \\\n1\n    y\nz\n", "f", 1, 4);
    assert_body("def f():\n    x = [\n1,\n]\n# comment\n    y\nz\n", "f", 1, 6);
    assert_body("def f():\n    x = '\\'('\n    y\nz\n", "f", 1, 3);
    assert_body("f = map(lambda x:\n        x + 1,\n        y)\nz\n", "<lambda>", 1, 3);
    assert_body("x = (a,\n     [n for n in b], c)\nz\n", "<listcomp>", 2, 2);
    assert_body("async def f():\n    x", "f", 1, 2);
    assert_body("@a\n", "f", 1, 1);
    assert_body("x\n", "f", 7, 0);
    assert_body("x\ny\n", "<module>", 1, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_matched_by_text),
        cmocka_unit_test(test_lines_that_occur_often_are_matched_in_order),
        cmocka_unit_test(test_lines_that_changed_places_were_moved),
        cmocka_unit_test(test_what_holds_of_any_texts),
        cmocka_unit_test(test_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
