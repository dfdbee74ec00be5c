/* The tokenizer for highlighting: one letter a byte. */
#include "tests/unit/model_fixture.h"

#include "tui/term/grid.h"
#include "tui/view/python_highlight.h"

static uint64_t expect(uint64_t state, const char *line, const char *expected) {
    uint8_t styles[256];
    char letters[256];
    size_t length = strlen(line);
    memset(styles, 0xff, sizeof styles);
    uint64_t end = python_highlight_line(state, line, length, styles);
    for (size_t i = 0; i < length; i++)
        letters[i] = styles[i] == STYLE_NORMAL ? '.' : styles[i] == STYLE_KEYWORD ? 'k' : styles[i] == STYLE_STRING ? 's'
                     : styles[i] == STYLE_COMMENT ? 'c' : styles[i] == STYLE_NUMBER ? 'n' : '?';
    letters[length] = '\0';
    assert_string_equal(letters, expected);
    assert_int_equal(styles[length], 0xff); /* nothing behind the line was touched */
    assert_int_equal(python_highlight_line(state, line, length, NULL), end);
    return end;
}

static void expect_code(const char *line, const char *expected) {
    assert_int_equal(expect(PYTHON_CODE, line, expected), PYTHON_CODE);
}

static void words(void **state) {
    (void)state;
    expect_code("", "");
    expect_code("for i in range(9):  # all", "kkk...kk.......n....ccccc");
    expect_code("form = informal", "...............");
    expect_code("return None", "kkkkkk.kkkk");
    expect_code("x = caf\xc3\xa9 if y else z", ".........." "kk...kkkk..");
}

static void numbers(void **state) {
    (void)state;
    expect_code("1_000 0xFE+1 1.5e-3j .5 a1 x.y 1+2", "nnnnn.nnnn.n.nnnnnnn.nn........n.n");
    expect_code("0xE-3", "nnn.n");
}

static void strings(void **state) {
    (void)state;
    expect_code("x = 'a#b' # c", "....sssss.ccc");
    expect_code("F\"x\" rb'\\'' xx'y'", "ssss.ssssss...sss");
    expect_code("'\\\\' 'a\"b' \"a'b\"", "ssss.sssss.sssss");
    expect_code("\"\" '' x", "ss.ss..");
    expect_code("'unclosed", "sssssssss");
    expect_code("'''a''' + \"\"\"b\"\"\"", "sssssss...sssssss");
    expect_code("'", "s");
}

static void strings_over_lines(void **state) {
    (void)state;
    assert_int_equal(expect(PYTHON_CODE, "x = '''one", "....ssssss"), PYTHON_TRIPLE_SINGLE);
    assert_int_equal(expect(PYTHON_TRIPLE_SINGLE, "for \"\"\" # '' \\", "ssssssssssssss"), PYTHON_TRIPLE_SINGLE);
    assert_int_equal(expect(PYTHON_TRIPLE_SINGLE, "end\\''' ''' in", "sssssssssss.kk"), PYTHON_CODE);
    assert_int_equal(expect(PYTHON_CODE, "return r\"\"\"", "kkkkkk.ssss"), PYTHON_TRIPLE_DOUBLE);
    assert_int_equal(expect(PYTHON_TRIPLE_DOUBLE, "", ""), PYTHON_TRIPLE_DOUBLE);
    assert_int_equal(expect(PYTHON_TRIPLE_DOUBLE, "\"\"\"", "sss"), PYTHON_CODE);
    assert_int_equal(expect(PYTHON_CODE, "'one \\", "ssssss"), PYTHON_SINGLE);
    assert_int_equal(expect(PYTHON_SINGLE, "two' if", "ssss.kk"), PYTHON_CODE);
    assert_int_equal(expect(PYTHON_CODE, "\"one\\", "sssss"), PYTHON_DOUBLE);
}

static void soft_keywords(void **state) {
    (void)state;
    expect_code("match x:  # :", "kkkkk.....ccc");
    expect_code("    match (a, b):", "....kkkkk........");
    expect_code("match = 1", "........n");
    expect_code("match(x)", "........");
    expect_code("match.group(1)", "............n.");
    expect_code("match (x)", ".........");
    expect_code("  case [1, _] if y:", "..kkkk..n.....kk...");
    expect_code("case: int = 3", "............n");
    expect_code("x = case", "........");
    expect_code("type X[T] = list[T]", "kkkk...............");
    expect_code("type(x) == y", "............");
    expect_code("type = 3", ".......n");
    expect_code("lazy import os", "kkkk.kkkkkk...");
    expect_code("lazy = 1", ".......n");
}

static void fields_of_strings(void **state) {
    (void)state;
    expect_code("f'a{x if y}b'", "ssss..kk..sss");
    expect_code("f'{{x}}' t'{1}'", "ssssssss.sssnss");
    expect_code("f'{x:>{w}}!'", "sss.sss.ssss");
    expect_code("f'{x:{w:3}}'", "sss.ss.sssss");
    expect_code("f'{d[\"k\"]}'", "sss..sss.ss");
    expect_code("f'{a['b']}'", "sss..sss.ss"); /* PEP 701: the same quotes */
    expect_code("f'{f\"{1}\"}' if", "ssssssnssss.kk");
    expect_code("f'{(lambda x: 1)}'", "sss.kkkkkk....n.ss");
    expect_code("f'{x[1:2]}'", "sss..n.n.ss");
    expect_code("f'\\N{DASH}{1}'", "sssssssssssnss");
    expect_code("rf'\\{1}'", "sssssnss");
    expect_code("b'{1}'", "ssssss");
}

static void fields_over_lines(void **state) {
    (void)state;
    uint64_t end = expect(PYTHON_CODE, "x = f'''a {", "....sssssss");
    end = expect(end, "  1 if y  # why", "..n.kk....ccccc");
    end = expect(end, "} b {[", "sssss.");
    end = expect(end, "  'for' for", "..sssss.kkk");
    end = expect(end, "  ]:>3} 2", "...ssssss");
    assert_int_equal(expect(end, "''' in", "sss.kk"), PYTHON_CODE);
    end = expect(PYTHON_CODE, "f'{", "sss"); /* PEP 701: over lines in simple quotes, too */
    end = expect(end, "1", "n");
    assert_int_equal(expect(end, "}' in", "ss.kk"), PYTHON_CODE);
    assert_int_equal(expect(expect(PYTHON_CODE, "f'{x:", "sss.s"), "if", "kk"), PYTHON_CODE);
    assert_int_equal(expect(PYTHON_SINGLE, "", ""), PYTHON_CODE);
}

/* Deeper than is told apart: nothing is left of it behind its end. */
static void fields_in_fields(void **state) {
    (void)state;
    expect_code("f'{f\"{f'{f\"{1}\"}'}\"}' in", "ssssssssssssnssssssss.kk");
}

/* Every byte gets a style and nothing beyond is touched, whatever the bytes. */
static void garbage(void **state) {
    (void)state;
    uint32_t random = 1;
    uint64_t end = PYTHON_CODE; /* goes from line to line, so that levels come upon each other */
    for (int round = 0; round < 20000; round++) {
        static const char alphabet[] = "'\"\\#f{}:[)N0x.e+-_aif \t\xc3\x00";
        size_t length = (size_t)round % 60;
        char *line = malloc(length + 1);
        uint8_t *styles = malloc(length + 1);
        assert_non_null(line);
        assert_non_null(styles);
        for (size_t i = 0; i < length; i++) {
            random = random * 1664525u + 1013904223u;
            line[i] = alphabet[(random >> 16) % (sizeof alphabet - 1)];
        }
        line[length] = '\0';
        memset(styles, 0xff, length + 1);
        end = python_highlight_line(round % 50 ? end : (uint64_t)(round % 5), line, length, styles);
        for (size_t i = 0; i < length; i++)
            assert_true(styles[i] < STYLE_COUNT);
        assert_int_equal(styles[length], 0xff);
        free(line);
        free(styles);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),   cmocka_unit_test(numbers), cmocka_unit_test(strings),
        cmocka_unit_test(strings_over_lines), cmocka_unit_test(soft_keywords),
        cmocka_unit_test(fields_of_strings), cmocka_unit_test(fields_over_lines), cmocka_unit_test(fields_in_fields),
        cmocka_unit_test(garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
