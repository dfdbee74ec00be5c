/* The user's editor at a line: which one, told how, and what is said when there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "tui/app/editor.h"

static char folder[] = "/tmp/pyprof-editor-XXXXXX", file[64], told[64];

static const char *inside(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* An editor of that name: it writes what it is told, an argument a line. */
static void make_editor(const char *name) {
    FILE *script = fopen(inside(name), "w");
    assert_non_null(script);
    fprintf(script, "#!/bin/sh\nprintf '%%s\\n' \"$@\" > %s\n", told);
    fclose(script);
    assert_int_equal(chmod(inside(name), 0700), 0);
}

static int setup(void **state) {
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof file, "%s/a 'b' $c.py", folder);
    snprintf(told, sizeof told, "%s/told", folder);
    FILE *source = fopen(file, "w");
    unsetenv("VISUAL");
    unsetenv("EDITOR");
    return source ? fclose(source) : -1;
}

static int clean(void **state) {
    static const char *const names[] = {"vi", "nano", "code", "subl", "mycode"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(inside(names[i]));
    unlink(file);
    unlink(told);
    return rmdir(folder);
}

static void expect_told(const char *command, uint32_t line, const char *format) {
    char wanted[256], got[256] = "";
    struct error error = {0};
    setenv("EDITOR", command, 1);
    if (!editor_run(file, line, &error))
        fail_msg("%s: %s", command, error.text);
    FILE *written = fopen(told, "r");
    assert_non_null(written);
    got[fread(got, 1, sizeof got - 1, written)] = '\0';
    fclose(written);
    unlink(told);
    snprintf(wanted, sizeof wanted, format, file);
    assert_string_equal(got, wanted);
}

static void test_forms(void **state) {
    (void)state;
    static const char *const names[] = {"vi", "nano", "code", "subl", "mycode"};
    char command[160];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        make_editor(names[i]);
    expect_told(inside("vi"), 12, "+12\n%s\n");
    expect_told(inside("nano"), 0, "+1\n%s\n");
    expect_told(inside("code"), 12, "--goto\n%s:12\n");
    snprintf(command, sizeof command, "%s --wait", inside("code"));
    expect_told(command, 7, "--wait\n--goto\n%s:7\n");
    expect_told(inside("subl"), 7, "%s:7\n");
    expect_told(inside("mycode"), 7, "+7\n%s\n");
}

static void test_visual_comes_first(void **state) {
    (void)state;
    make_editor("vi");
    setenv("VISUAL", inside("vi"), 1);
    expect_told("/nowhere/ed", 3, "+3\n%s\n");
    setenv("VISUAL", "", 1); /* as if it were not set */
    expect_told(inside("vi"), 3, "+3\n%s\n");
}

static void test_no_editor(void **state) {
    (void)state;
    struct error error;
    setenv("EDITOR", "/nowhere/ed", 1);
    assert_false(editor_run(file, 1, &error));
    assert_string_equal(error.text, "there is no editor \"/nowhere/ed\"; set $EDITOR to the one you use");
}

static void test_a_file_that_vanished(void **state) {
    (void)state;
    struct error error;
    make_editor("vi");
    setenv("EDITOR", inside("vi"), 1);
    assert_false(editor_run(inside("gone.py"), 1, &error));
    assert_non_null(strstr(error.text, "gone.py: No such file or directory"));
    assert_int_not_equal(access(told, F_OK), 0);
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, clean)
    static const struct CMUnitTest tests[] = {
        TEST(test_forms),
        TEST(test_visual_comes_first),
        TEST(test_no_editor),
        TEST(test_a_file_that_vanished),
    };
    return cmocka_run_group_tests_name("editor", tests, NULL, NULL);
}
