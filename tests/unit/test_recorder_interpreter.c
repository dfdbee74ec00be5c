/* Which interpreter a config means: virtual environments, PATH; and which engines are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/recorder/engines.h"
#include "core/recorder/interpreter.h"

static char folder[64];

static char *in_folder(const char *name) {
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void make_folder(const char *name) { assert_int_equal(mkdir(in_folder(name), 0755), 0); }

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/pyprof-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    unsetenv("VIRTUAL_ENV");
    assert_int_equal(setenv("PATH", folder, 1), 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    setenv("PATH", "/usr/bin:/bin", 1);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void engines_tell_their_version_by_name(void **state) {
    (void)state;
    char version[16];
    assert_true(engine_version_of_name("pyprof-host-3.11.so", version));
    assert_string_equal(version, "3.11");
    static const char *const others[] = {"", "pyprof-host-.so", "pyprof-host-3.11", "pyprof-host-3.11.so.d", "pyprof-inject.so",
                                         "pyprof-host-3.1x.so", "pyprof-host-1234567890.12345.so"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(engine_version_of_name(others[i], version));
}

/* An executable that is no script, without its being run. */
static void place_binary(const char *name) {
    char command[512];
    snprintf(command, sizeof command, "/bin/cp /bin/true '%s'", in_folder(name));
    assert_int_equal(system(command), 0);
}

static struct config *new_config(const char *python) {
    struct config *config = config_new();
    assert_non_null(config);
    if (python) {
        config->target.python = strdup(python);
        assert_non_null(config->target.python);
    }
    return config;
}

static void finds_python3_in_path(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    place_binary("python3.11");
    assert_int_equal(symlink("python3.11", in_folder("python3")), 0);
    struct config *config = new_config(NULL);
    assert_true(interpreter_find(config, &interpreter, &error));
    assert_string_equal(interpreter.program, in_folder("python3"));
    assert_string_equal(interpreter.argument0, "python3"); /* as it is called by hand */
    config_free(config);
    config = new_config("python3.11");
    assert_true(interpreter_find(config, &interpreter, &error));
    assert_string_equal(interpreter.program, in_folder("python3.11"));
    assert_string_equal(interpreter.argument0, in_folder("python3.11"));
    config_free(config);
}

static void a_named_interpreter_must_exist(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    const char *const names[] = {"python3.99", "/nonexistent/python3", folder};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct config *config = new_config(names[i]);
        assert_false(interpreter_find(config, &interpreter, &error));
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
        assert_non_null(strstr(error.text, names[i]));
        config_free(config);
    }
}

static void the_active_environment_is_wanted(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    make_folder("venv");
    make_folder("venv/bin");
    place_binary("python3");
    assert_int_equal(symlink(in_folder("python3"), in_folder("venv/bin/python3")), 0);
    assert_int_equal(setenv("VIRTUAL_ENV", in_folder("venv"), 1), 0);
    struct config *config = new_config(NULL);
    assert_true(interpreter_find(config, &interpreter, &error));
    assert_string_equal(interpreter.program, in_folder("venv/bin/python3")); /* not resolved: it finds the environment */
    assert_string_equal(interpreter.argument0, interpreter.program);
    assert_int_equal(setenv("PATH", in_folder("venv/bin"), 1), 0);
    assert_true(interpreter_find(config, &interpreter, &error));
    assert_string_equal(interpreter.argument0, "python3");
    config_free(config);
}

static void an_environment_that_is_gone_is_not_active(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    place_binary("python3");
    assert_int_equal(setenv("VIRTUAL_ENV", "/nonexistent", 1), 0);
    struct config *config = new_config(NULL);
    assert_true(interpreter_find(config, &interpreter, &error));
    assert_string_equal(interpreter.program, in_folder("python3"));
    config_free(config);
}

static void no_python3_at_all(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    struct config *config = new_config(NULL);
    assert_false(interpreter_find(config, &interpreter, &error));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_non_null(strstr(error.text, "--python"));
    config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_tell_their_version_by_name),
        cmocka_unit_test_setup_teardown(finds_python3_in_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_named_interpreter_must_exist, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_active_environment_is_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_environment_that_is_gone_is_not_active, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_python3_at_all, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
