/* Typing one line: the keys of every shell, whole characters only. And the clipboard's encoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/app/clipboard.h"
#include "tui/app/line_edit.h"
#include "tui/term/key.h"

static struct line_edit edit;

static void type(const char *keys) {
    for (; *keys; keys++)
        assert_true(line_edit_key(&edit, *keys));
}

static void expect(const char *text, size_t cursor) {
    assert_string_equal(edit.text, text);
    assert_int_equal(edit.length, strlen(text));
    assert_int_equal(edit.cursor, cursor);
}

static void test_typing_and_moving(void **state) {
    (void)state;
    line_edit_set(&edit, "");
    type("abd");
    assert_true(line_edit_key(&edit, SPECIAL_LEFT));
    type("c");
    expect("abcd", 3);
    assert_true(line_edit_key(&edit, SPECIAL_HOME));
    assert_false(line_edit_key(&edit, SPECIAL_LEFT));
    type("_");
    expect("_abcd", 1);
    assert_true(line_edit_key(&edit, key_control('e')));
    assert_false(line_edit_key(&edit, SPECIAL_RIGHT));
    assert_true(line_edit_key(&edit, key_control('a')));
    assert_true(line_edit_key(&edit, SPECIAL_RIGHT));
    expect("_abcd", 1);
    assert_true(line_edit_key(&edit, SPECIAL_END));
    expect("_abcd", 5);
}

static void test_erasing(void **state) {
    (void)state;
    line_edit_set(&edit, "one two  three ");
    assert_true(line_edit_key(&edit, key_control('w')));
    expect("one two  ", 9);
    assert_true(line_edit_key(&edit, SPECIAL_BACKSPACE));
    expect("one two ", 8);
    edit.cursor = 4;
    assert_true(line_edit_key(&edit, SPECIAL_DELETE));
    expect("one wo ", 4);
    assert_true(line_edit_key(&edit, key_control('k')));
    expect("one ", 4);
    assert_false(line_edit_key(&edit, SPECIAL_DELETE));
    edit.cursor = 2;
    assert_true(line_edit_key(&edit, key_control('u')));
    expect("e ", 0);
    assert_false(line_edit_key(&edit, SPECIAL_BACKSPACE));
    assert_false(line_edit_key(&edit, key_control('w')));
}

static void test_whole_characters(void **state) {
    (void)state;
    line_edit_set(&edit, "");
    static const int keys[] = {0xe9, 0x20ac, 0x1f600};
    for (size_t i = 0; i < 3; i++)
        assert_true(line_edit_key(&edit, keys[i]));
    expect("\u00e9\u20ac\U0001f600", 9);
    line_edit_key(&edit, SPECIAL_LEFT);
    expect("\u00e9\u20ac\U0001f600", 5);
    line_edit_key(&edit, SPECIAL_BACKSPACE);
    expect("\u00e9\U0001f600", 2);
    line_edit_key(&edit, SPECIAL_DELETE);
    expect("\u00e9", 2);
    line_edit_key(&edit, SPECIAL_HOME);
    line_edit_key(&edit, SPECIAL_RIGHT);
    expect("\u00e9", 2);
}

static void test_other_keys_type_nothing(void **state) {
    (void)state;
    line_edit_set(&edit, "x");
    assert_false(line_edit_key(&edit, SPECIAL_F1));
    assert_false(line_edit_key(&edit, SPECIAL_UP));
    assert_false(line_edit_key(&edit, SPECIAL_NONE));
    assert_false(line_edit_key(&edit, key_control('t')));
    assert_false(line_edit_key(&edit, 0x85));
    expect("x", 1);
}

static void test_full(void **state) {
    (void)state;
    char large[sizeof edit.text + 10];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    memcpy(large + sizeof edit.text - 2, "\u20ac", 3); /* the cut would go through it */
    line_edit_set(&edit, large);
    assert_int_equal(edit.length, sizeof edit.text - 2);
    assert_true(line_edit_key(&edit, 'b'));
    assert_false(line_edit_key(&edit, 'c'));
    assert_int_equal(edit.length, sizeof edit.text - 1);
}

static void test_clipboard(void **state) {
    (void)state;
    static const struct { const char *text, *encoded; } cases[] = {
        {"", "\033]52;c;\a"}, {"f", "\033]52;c;Zg==\a"}, {"fo", "\033]52;c;Zm8=\a"}, {"foo", "\033]52;c;Zm9v\a"},
        {"foob", "\033]52;c;Zm9vYg==\a"}, {"fooba", "\033]52;c;Zm9vYmE=\a"}, {"foobar", "\033]52;c;Zm9vYmFy\a"},
        {"\xfb\xff\xbf", "\033]52;c;+/+/\a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *sequence = clipboard_sequence(cases[i].text);
        assert_string_equal(sequence, cases[i].encoded);
        free(sequence);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_and_moving), cmocka_unit_test(test_erasing),
        cmocka_unit_test(test_whole_characters), cmocka_unit_test(test_other_keys_type_nothing),
        cmocka_unit_test(test_full), cmocka_unit_test(test_clipboard),
    };
    return cmocka_run_group_tests_name("line_edit", tests, NULL, NULL);
}
