/* Colours and attributes of styles: every theme can be read, with however many colours. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/config/options.h"
#include "tests/unit/golden.h"
#include "tui/term/theme.h"

static void test_names_are_those_of_the_config(void **state) {
    (void)state;
    const struct config_option *option = option_find("ui.theme");
    for (enum theme theme = 0; theme < THEME_COUNT; theme++) {
        assert_string_equal(option->words[theme], theme_name(theme));
        assert_int_equal(theme_from_name(theme_name(theme)), theme);
    }
    assert_null(option->words[THEME_COUNT]);
    assert_string_equal(option->initial, theme_name(THEME_DEFAULT));
    assert_int_equal(theme_from_name("mauve"), THEME_DEFAULT);
    assert_int_equal(theme_from_name(NULL), THEME_DEFAULT);
}

static void test_colours_are_those_that_the_terminal_has(void **state) {
    (void)state;
    static const int most[] = {
        [COLOR_DEPTH_NONE] = -1, [COLOR_DEPTH_8] = 7, [COLOR_DEPTH_256] = 255, [COLOR_DEPTH_TRUE] = 0xffffff};
    for (enum theme theme = 0; theme < THEME_COUNT; theme++)
        for (enum color_depth depth = COLOR_DEPTH_NONE; depth <= COLOR_DEPTH_TRUE; depth++)
            for (enum cell_style style = 0; style < STYLE_COUNT; style++) {
                struct appearance appearance = theme_appearance(theme, depth, style);
                assert_in_range(appearance.foreground + 1, 0, most[depth] + 1);
                assert_in_range(appearance.background + 1, 0, most[depth] + 1);
                assert_true(appearance.foreground != appearance.background || appearance.foreground == -1);
            }
}

/* All of them, to be read: a style a line, for each number of colours "foreground/background attributes". */
static void test_appearances(void **state) {
    static const char *const depths[] = {"none", "8", "256", "true"};
    char text[1 << 16];
    size_t length = 0;
    (void)state;
    for (enum theme theme = 0; theme < THEME_COUNT; theme++)
        for (enum cell_style style = 0; style < STYLE_COUNT; style++) {
            length += (size_t)snprintf(text + length, sizeof text - length, "%s %d", theme_name(theme), (int)style);
            for (enum color_depth depth = 0; depth <= COLOR_DEPTH_TRUE; depth++) {
                struct appearance seen = theme_appearance(theme, depth, style);
                const char *format = depth == COLOR_DEPTH_TRUE ? "  %s %x/%x %u" : "  %s %d/%d %u";
                length += (size_t)snprintf(text + length, sizeof text - length, format, depths[depth], seen.foreground,
                                           seen.background, seen.attributes);
            }
            length += (size_t)snprintf(text + length, sizeof text - length, "\n");
        }
    expect_golden("theme-appearances", text);
}

static void test_values_of_indexed_colours(void **state) {
    (void)state;
    assert_int_equal(theme_color_value(16), 0x000000);
    assert_int_equal(theme_color_value(231), 0xffffff);
    assert_int_equal(theme_color_value(214), 0xffaf00);
    assert_int_equal(theme_color_value(25), 0x005faf);
    assert_int_equal(theme_color_value(240), 0x585858);
}

/* Relative luminance and contrast as WCAG 2.1 defines them. */
static double channel(int value) {
    double part = value / 255.0;
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static double luminance(int color) {
    return 0.2126 * channel(color >> 16) + 0.7152 * channel(color >> 8 & 0xff) + 0.0722 * channel(color & 0xff);
}

static double contrast(int one, int other) {
    double a = luminance(one) + 0.05, b = luminance(other) + 0.05;
    return a > b ? a / b : b / a;
}

static void expect_contrast(enum theme theme, int ground, double least) {
    for (enum cell_style style = 0; style < STYLE_COUNT; style++) {
        struct appearance appearance = theme_appearance(theme, COLOR_DEPTH_256, style);
        int background = appearance.background < 16 ? ground : theme_color_value(appearance.background);
        if (appearance.foreground >= 16 && contrast(theme_color_value(appearance.foreground), background) < least)
            fail_msg("theme %s, style %d: contrast %.2f", theme_name(theme), (int)style,
                     contrast(theme_color_value(appearance.foreground), background));
    }
}

static void test_what_is_written_can_be_read(void **state) {
    (void)state;
    expect_contrast(THEME_LIGHT, 0xffffff, 4.5);
    expect_contrast(THEME_HIGH_CONTRAST, 0x000000, 7);
    expect_contrast(THEME_COLOUR_BLIND_SAFE, 0x000000, 4.5);
}

/* Heat grows lighter on the dark ground, so that it can be told without hues. */
static void test_heat_grows_for_the_colour_blind(void **state) {
    (void)state;
    double before = 0;
    for (enum cell_style style = STYLE_HEAT_1; style <= STYLE_HEAT_4; style++) {
        double now = luminance(theme_color_value(theme_appearance(THEME_COLOUR_BLIND_SAFE, COLOR_DEPTH_256, style).foreground));
        assert_true(now > before * 1.2);
        before = now;
    }
}

/* What must be told from plain text is told without colours, too. */
static void test_attributes_without_colours(void **state) {
    (void)state;
    static const enum cell_style told[] = {STYLE_SELECTED, STYLE_SELECTED_UNFOCUSED, STYLE_MATCH, STYLE_ERROR, STYLE_SORT_COLUMN,
                                           STYLE_TITLE_FOCUSED, STYLE_KEY};
    for (enum theme theme = 0; theme < THEME_COUNT; theme++)
        for (size_t i = 0; i < sizeof told / sizeof *told; i++)
            assert_true(theme_appearance(theme, COLOR_DEPTH_NONE, told[i]).attributes != 0);
    assert_int_equal(theme_appearance(THEME_HIGH_CONTRAST, COLOR_DEPTH_8, STYLE_DIM).attributes, 0);
    assert_int_equal(theme_appearance(THEME_DEFAULT, COLOR_DEPTH_8, STYLE_DIM).attributes, ATTRIBUTE_DIM);
    assert_int_equal(theme_appearance(THEME_DEFAULT, COLOR_DEPTH_8, (enum cell_style)250).foreground, -1);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_those_of_the_config),
        cmocka_unit_test(test_colours_are_those_that_the_terminal_has),
        cmocka_unit_test(test_values_of_indexed_colours),
        cmocka_unit_test(test_appearances),
        cmocka_unit_test(test_what_is_written_can_be_read),
        cmocka_unit_test(test_heat_grows_for_the_colour_blind),
        cmocka_unit_test(test_attributes_without_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
