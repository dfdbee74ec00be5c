/* Which host and interpreter a config means: descriptions, virtual environments, PATH, scripts that stand in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/recorder/host_list.h"
#include "core/recorder/interpreter.h"

static char folder[64];

static char *in_folder(const char *name) {
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text, mode_t mode) {
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(in_folder(name), mode), 0);
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

static void parses_descriptions(void **state) {
    (void)state;
    struct host host;
    assert_true(host_parse_description(&host, "3.11.2 /usr/bin/python3 static\n"));
    assert_string_equal(host.version, "3.11.2");
    assert_string_equal(host.interpreter, "/usr/bin/python3");
    assert_string_equal(host.linkage, "static");
    assert_true(host_parse_description(&host, "3.15.0 /opt/my python/bin/python3 shared"));
    assert_string_equal(host.interpreter, "/opt/my python/bin/python3");
    assert_string_equal(host.linkage, "shared");
    static const char *const wrong[] = {"", "\n", "3.11.2", "3.11.2 static", "3.11.2  static", "usage: x y",
                                        "3.11.2 /a "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(host_parse_description(&host, wrong[i]));
    char longest[8192];
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "3.1 /", 5);
    memcpy(longest + sizeof longest - 8, " static", 8);
    assert_false(host_parse_description(&host, longest));
}

static void compares_minor_versions(void **state) {
    (void)state;
    assert_true(host_same_minor("3.11.2", "3.11"));
    assert_true(host_same_minor("3.11.2", "3.11.10"));
    assert_false(host_same_minor("3.11.2", "3.1"));
    assert_false(host_same_minor("3.1.1", "3.11.1"));
    assert_int_equal(host_minor_length("3.11.2"), 4);
    assert_int_equal(host_minor_length("3"), 1);
}

static void lists_hosts_newest_first_and_once(void **state) {
    (void)state;
    struct host_list *list = calloc(1, sizeof *list);
    assert_non_null(list);
    write_file("pyprof-host-3.9", "#!/bin/sh\necho 3.9.1 /opt/nine static\n", 0755);
    write_file("pyprof-host-3.11", "#!/bin/sh\necho \"3.11.2 /opt/eleven shared\"\n", 0755);
    write_file("pyprof-host-3.12", "#!/bin/sh\nexit 1\n", 0755);
    write_file("pyprof-host-3.13", "not executable\n", 0644);
    write_file("pyprof-host-3.11.d", "#!/bin/sh\necho 3.11.9 /opt/other static\n", 0755);
    host_list_add_folder(list, folder);
    host_list_add_folder(list, folder);
    host_list_add_folder(list, "/nonexistent");
    assert_int_equal(list->count, 2);
    assert_string_equal(list->hosts[0].version, "3.11.2");
    assert_string_equal(list->hosts[0].path, in_folder("pyprof-host-3.11"));
    assert_string_equal(list->hosts[1].version, "3.9.1");
    free(list);
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
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_false(interpreter.explicitly_wanted);
    assert_string_equal(interpreter.program, in_folder("python3"));
    assert_string_equal(interpreter.base, in_folder("python3.11"));
    assert_string_equal(interpreter.version, "3.11");
    config_free(config);
}

static void a_script_that_stands_in_is_not_known_without_asking(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    write_file("python3", "#!/bin/sh\necho 3.12.4\necho /bin/sh\necho /opt/python3.12/bin/python3\n", 0755);
    struct config *config = new_config("python3");
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_true(interpreter.explicitly_wanted);
    assert_string_equal(interpreter.base, "");
    assert_string_equal(interpreter.version, "");
    assert_true(interpreter_ask(&interpreter, &error));
    assert_string_equal(interpreter.version, "3.12.4");
    assert_string_equal(interpreter.program, "/opt/python3.12/bin/python3");
    write_file("python3", "#!/bin/sh\necho garbage\n", 0755);
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_false(interpreter_ask(&interpreter, &error));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_non_null(strstr(error.text, in_folder("python3")));
    config_free(config);
}

static void a_named_interpreter_must_exist(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    const char *const names[] = {"python3.99", "/nonexistent/python3", folder};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct config *config = new_config(names[i]);
        assert_false(interpreter_wanted(config, &interpreter, &error));
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
        assert_non_null(strstr(error.text, names[i]));
        config_free(config);
    }
}

static void place_environment(const char *settings) {
    make_folder("base");
    make_folder("venv");
    make_folder("venv/bin");
    place_binary("base/python3.11");
    assert_int_equal(symlink("python3.11", in_folder("base/python3")), 0);
    write_file("venv/pyvenv.cfg", settings, 0644);
    assert_int_equal(setenv("VIRTUAL_ENV", in_folder("venv"), 1), 0);
}

static void the_active_environment_is_wanted(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    place_environment("home = /elsewhere\nversion = 3.11.2\n");
    assert_int_equal(symlink(in_folder("base/python3"), in_folder("venv/bin/python3")), 0);
    struct config *config = new_config(NULL);
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_true(interpreter.explicitly_wanted);
    assert_string_equal(interpreter.program, in_folder("venv/bin/python3")); /* not resolved: it finds the environment */
    assert_string_equal(interpreter.base, in_folder("base/python3.11"));
    assert_string_equal(interpreter.version, "3.11.2");
    config_free(config);
}

static void an_environment_of_copies_leads_to_its_home(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    char settings[256];
    snprintf(settings, sizeof settings, "home=%s/base  \r\nversion_info = 3.11.2.final.0\n", folder);
    place_environment(settings);
    place_binary("venv/bin/python3");
    struct config *config = new_config(NULL);
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_string_equal(interpreter.program, in_folder("venv/bin/python3"));
    assert_string_equal(interpreter.base, in_folder("base/python3.11"));
    assert_string_equal(interpreter.version, "3.11.2");
    config_free(config);
}

static void an_environment_that_is_gone_is_not_active(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    place_binary("python3");
    assert_int_equal(setenv("VIRTUAL_ENV", "/nonexistent", 1), 0);
    struct config *config = new_config(NULL);
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_false(interpreter.explicitly_wanted);
    assert_string_equal(interpreter.program, in_folder("python3"));
    config_free(config);
}

static void no_python3_at_all_is_no_error_yet(void **state) {
    (void)state;
    struct interpreter interpreter;
    struct error error;
    struct config *config = new_config(NULL);
    assert_true(interpreter_wanted(config, &interpreter, &error));
    assert_string_equal(interpreter.program, "");
    config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_descriptions),
        cmocka_unit_test(compares_minor_versions),
        cmocka_unit_test_setup_teardown(lists_hosts_newest_first_and_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_python3_in_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_script_that_stands_in_is_not_known_without_asking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_named_interpreter_must_exist, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_active_environment_is_wanted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_environment_of_copies_leads_to_its_home, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_environment_that_is_gone_is_not_active, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_python3_at_all_is_no_error_yet, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
