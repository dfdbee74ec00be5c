/* Engines: which versions can have one, where they are kept, how they are built, and what they cannot be loaded into.
 * The compiler and the Python are shell scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/recorder/engine_build.h"
#include "core/recorder/engine_cache.h"
#include "core/recorder/executable.h"
#include "core/recorder/plain_path.h"

static char folder[64];

static char *in_folder(const char *name) {
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void write_program(const char *name, const char *text) {
    write_file(name, text);
    assert_int_equal(chmod(in_folder(name), 0755), 0);
}

static void assert_file(const char *path, const char *expected) {
    char text[2048];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static void make_folder(const char *name) { assert_int_equal(mkdir(in_folder(name), 0700), 0); }

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/pyprof-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    setenv("XDG_CACHE_HOME", in_folder("cache"), 1);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    setenv("PATH", "/usr/bin:/bin", 1);
    unsetenv("CC");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    setenv("PATH", "/usr/bin:/bin", 1);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* --- versions ------------------------------------------------------------------------------------------- */

static void only_known_versions_can_have_an_engine(void **state) {
    (void)state;
    static const struct {
        const char *version, *told; /* NULL: it can */
    } cases[] = {{"3.11", NULL}, {"3.15", NULL}, {"3.10", "too old"}, {"2.7", "too old"}, {"3.16", "newer"}, {"4.0", "newer"},
                 {"3.13t", "free-threaded"}, {"3.11d", "debug"}, {"3.11x", "of its own kind"}, {"PyPy", "no CPython"},
                 {"", "no CPython"}, {"3.", "no CPython"}, {"3.999999999999999", "newer"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.text = ""};
        assert_int_equal(engine_version_is_known(cases[i].version, "/p/python3", &error), cases[i].told == NULL);
        if (!cases[i].told)
            continue;
        assert_non_null(strstr(error.text, cases[i].told));
        assert_non_null(strstr(error.text, "/p/python3 is "));
        assert_non_null(strstr(error.text, "--python"));
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    }
}

static void an_engine_says_what_it_was_built_with(void **state) {
    (void)state;
    char stamp[128];
    FILE *file = fopen(in_folder("engine"), "w");
    assert_non_null(file);
    static const char bytes[] = "\177ELF...\0" INJECT_ENGINE_STAMP "3.11.2\0gcc 12\0...";
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
    fclose(file);
    engine_read_stamp(in_folder("engine"), stamp);
    assert_string_equal(stamp, "3.11.2, gcc 12");
    write_file("cut", INJECT_ENGINE_STAMP "3.11.2"); /* no end */
    write_file("empty", "");
    static const char *const others[] = {"cut", "empty", "missing", "."};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        engine_read_stamp(in_folder(others[i]), stamp);
        assert_string_equal(stamp, "");
    }
}

/* --- the cache -------------------------------------------------------------------------------------------- */

static void the_cache_is_named_as_the_specification_says(void **state) {
    (void)state;
    char path[ARENA_PATH_SIZE], long_name[ARENA_PATH_SIZE];
    assert_true(engine_cache_name("0123abcd", path));
    assert_true(strncmp(path, in_folder("cache/pyprof-tui/"), strlen(in_folder("cache/pyprof-tui/"))) == 0);
    assert_non_null(strstr(path, "-0123abcd"));
    setenv("HOME", "/h", 1);
    static const char *const not_absolute[] = {"", "relative"};
    for (size_t i = 0; i < 2; i++) {
        setenv("XDG_CACHE_HOME", not_absolute[i], 1);
        assert_true(engine_cache_name("0123abcd", path));
        assert_true(strncmp(path, "/h/.cache/pyprof-tui/", 21) == 0);
    }
    unsetenv("HOME");
    assert_true(engine_cache_name("0123abcd", path)); /* the user's, as the system knows it */
    assert_int_equal(*path, '/');
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[0] = '/';
    long_name[sizeof long_name - 1] = '\0';
    setenv("XDG_CACHE_HOME", long_name, 1);
    assert_false(engine_cache_name("0123abcd", path));
    assert_string_equal(path, "");
}

static void only_a_folder_of_ones_own_is_safe(void **state) {
    (void)state;
    struct error error;
    char *path = in_folder("cache/pyprof-tui/1");
    assert_false(engine_cache_is_safe(path));
    assert_true(engine_cache_make(path, &error)); /* and all above it */
    assert_true(engine_cache_is_safe(path));
    assert_true(engine_cache_make(path, &error));
    for (int above = 0; above < 2; above++) {
        char *changed = above ? in_folder("cache/pyprof-tui") : path;
        assert_int_equal(chmod(changed, 0770), 0);
        assert_false(engine_cache_is_safe(path));
        assert_false(engine_cache_make(path, &error));
        assert_int_equal(chmod(changed, 0755), 0);
        assert_true(engine_cache_is_safe(path));
    }
    assert_int_equal(symlink(path, in_folder("cache/pyprof-tui/2")), 0); /* a link could be led elsewhere */
    assert_false(engine_cache_is_safe(in_folder("cache/pyprof-tui/2")));
}

static void folders_with_blanks_get_a_link(void **state) {
    (void)state;
    char plain[ARENA_PATH_SIZE], again[ARENA_PATH_SIZE], target[ARENA_PATH_SIZE];
    struct error error;
    assert_true(plain_path_of(folder, plain, &error));
    assert_string_equal(plain, folder);
    static const char *const names[] = {"with blank", "with:colon", "with$ORIGIN"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        make_folder(names[i]);
        assert_true(plain_path_of(in_folder(names[i]), plain, &error));
        assert_null(strpbrk(plain, " :$"));
        assert_non_null(realpath(plain, target));
        assert_string_equal(target, in_folder(names[i]));
        assert_int_equal(unlink(plain), 0); /* a wrong one is put right */
        assert_int_equal(symlink("/elsewhere", plain), 0);
        assert_true(plain_path_of(in_folder(names[i]), again, &error));
        assert_string_equal(again, plain);
        assert_non_null(realpath(plain, target));
        assert_string_equal(target, in_folder(names[i]));
    }
}

/* --- building --------------------------------------------------------------------------------------------- */

static void make_order(struct engine_order *order) {
    char text[1024];
    *order = (struct engine_order){.version = "3.13"};
    strcpy(order->program, in_folder("python"));
    strcpy(order->sources, in_folder("sources"));
    strcpy(order->cache, in_folder("cache/pyprof-tui/1"));
    make_folder("sources");
    make_folder("include");
    make_folder("include/internal");
    write_file("include/Python.h", "");
    write_file("include/internal/pycore_frame.h", "");
    /* sysconfig's path, the machine's own, INCLUDEPY */
    snprintf(text, sizeof text, "#!/bin/sh\nprintf '3.13.5\\n%s/python\\n/moved/away\\n/machine\\n%s/include\\n'\n", folder,
             folder);
    write_program("python", text);
}

static void make_compiler(const char *steps) {
    char text[1024];
    snprintf(text, sizeof text, "#!/bin/sh\npwd >>'%s/log'\necho \"$*\" >>'%s/log'\necho \"$LC_ALL\" >>'%s/log'\n"
             "while [ \"$1\" != -o ]; do shift; done\n%s\n", folder, folder, folder, steps);
    write_program("compiler", text);
    snprintf(text, sizeof text, "%s/compiler -m64  -pipe", folder);
    setenv("CC", text, 1);
}

static void the_compiler_gets_headers_and_options(void **state) {
    (void)state;
    struct engine_order order;
    struct error error;
    char path[ARENA_PATH_SIZE], expected[2048];
    make_order(&order);
    make_compiler("echo engine >\"$2\"");
    assert_true(engine_build_now(&order, &error));
    assert_true(engine_order_path(&order, path));
    assert_file(path, "engine\n");
    snprintf(expected, sizeof expected, "%s/sources\n-m64 -pipe -I %s/include -I %s/include/internal -I /machine @options -o "
             "%s/cache/pyprof-tui/1/pyprof-host-3.13.unfinished\nC\n", folder, folder, folder, folder);
    assert_file(in_folder("log"), expected);
    assert_true(engine_build_now(&order, &error)); /* it is there: no compiler is called */
    assert_file(in_folder("log"), expected);
}

static void what_does_not_load_is_replaced_once(void **state) {
    (void)state;
    struct engine_order order;
    struct error error;
    struct stat status;
    char path[ARENA_PATH_SIZE];
    make_order(&order);
    make_compiler("echo new >\"$2\"");
    assert_true(engine_cache_make(order.cache, &error) && engine_order_path(&order, path));
    write_file("cache/pyprof-tui/1/pyprof-host-3.13.so", "broken");
    assert_int_equal(stat(path, &status), 0);
    order.replaced = status.st_ino;
    assert_true(engine_build_now(&order, &error));
    assert_file(path, "new\n");
    make_compiler("exit 1"); /* who found the same file broken, but comes later, takes what is there by now */
    assert_true(engine_build_now(&order, &error));
}

static void a_failed_compilation_leaves_its_log_alone(void **state) {
    (void)state;
    struct engine_order order;
    struct error error;
    char path[ARENA_PATH_SIZE];
    make_order(&order);
    make_compiler("echo half >\"$2\"; echo first; printf 'a.c:1: \\033[31merror: bad\\n' >&2; exit 1");
    assert_false(engine_build_now(&order, &error));
    assert_non_null(strstr(error.text, "a.c:1:  [31merror: bad")); /* nothing that a terminal would obey */
    assert_non_null(strstr(error.text, in_folder("cache/pyprof-tui/1/pyprof-host-3.13.log")));
    assert_true(engine_order_path(&order, path));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_not_equal(access(in_folder("cache/pyprof-tui/1/pyprof-host-3.13.unfinished"), F_OK), 0);
    make_compiler("exit 0"); /* and says that it is done */
    assert_false(engine_build_now(&order, &error));
    make_compiler("kill -9 $$");
    assert_false(engine_build_now(&order, &error));
    assert_non_null(strstr(error.text, "signal 9"));
}

static void a_python_that_gives_no_answer(void **state) {
    (void)state;
    static const char *const answers[] = {"exit 1", "echo", "echo 3.13.5; echo /p; echo /i", "yes"};
    struct engine_order order;
    struct error error;
    char text[256];
    make_order(&order);
    make_compiler("exit 1");
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        snprintf(text, sizeof text, "#!/bin/sh\n%s\n", answers[i]);
        write_program("python", text);
        assert_false(engine_build_now(&order, &error));
        assert_non_null(strstr(error.text, "cannot be asked"));
    }
    assert_int_not_equal(access(in_folder("log"), F_OK), 0);
}

static void a_build_can_be_stopped(void **state) {
    (void)state;
    struct engine_order order;
    struct engine_build build;
    struct error error;
    char path[ARENA_PATH_SIZE];
    make_order(&order);
    assert_int_equal(mkfifo(in_folder("go"), 0600), 0);
    snprintf(path, sizeof path, "echo >'%s'; exec cat '%s'", in_folder("go"), in_folder("go")); /* says that it runs; waits */
    make_compiler(path);
    assert_true(engine_build_start(&build, &order, &error));
    FILE *go = fopen(in_folder("go"), "r");
    assert_non_null(go);
    assert_int_equal(fgetc(go), '\n');
    fclose(go);
    engine_build_stop(&build);
    assert_int_equal(build.pid, 0);
    engine_build_stop(&build); /* nothing is being built */
    assert_true(engine_order_path(&order, path));
    assert_int_not_equal(access(path, F_OK), 0);
    make_compiler("echo engine >\"$2\""); /* the lock is free again */
    assert_true(engine_build_start(&build, &order, &error));
    struct pollfd result = {.fd = build.result, .events = POLLIN};
    assert_int_equal(poll(&result, 1, 30000), 1);
    assert_true(engine_build_finish(&build, &error));
    assert_file(path, "engine\n");
}

/* --- what the injector can be loaded into --------------------------------------------------------------------- */

static void files_that_are_no_programs_pass(void **state) {
    (void)state;
    struct error error;
    static const char cut[] = "\177ELF\2\1\1";
    write_file("cut", cut);
    write_program("script", "#!/bin/sh\n");
    write_file("empty", "");
    static const char *const names[] = {"cut", "script", "empty", "missing"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(executable_takes_injector(in_folder(names[i]), &error));
    assert_true(executable_takes_injector("/bin/sh", &error));
}

static void headers_that_lie_are_read_within_bounds(void **state) {
    (void)state;
    struct error error;
    char command[512];
    snprintf(command, sizeof command, "cp /bin/true '%s' && truncate -s 100 '%s'", in_folder("short"), in_folder("short"));
    assert_int_equal(system(command), 0);
    assert_true(executable_takes_injector(in_folder("short"), &error)); /* it will not start: that is told then */
    snprintf(command, sizeof command, "cp /bin/true '%s' && printf '\\377\\377\\377\\377\\377\\377\\377\\377' | "
             "dd of='%s' bs=1 seek=32 conv=notrunc status=none", in_folder("far"), in_folder("far")); /* e_phoff */
    assert_int_equal(system(command), 0);
    assert_true(executable_takes_injector(in_folder("far"), &error));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_known_versions_can_have_an_engine),
        TEST(an_engine_says_what_it_was_built_with),
        TEST(the_cache_is_named_as_the_specification_says),
        TEST(only_a_folder_of_ones_own_is_safe),
        TEST(folders_with_blanks_get_a_link),
        TEST(the_compiler_gets_headers_and_options),
        TEST(what_does_not_load_is_replaced_once),
        TEST(a_failed_compilation_leaves_its_log_alone),
        TEST(a_python_that_gives_no_answer),
        TEST(a_build_can_be_stopped),
        TEST(files_that_are_no_programs_pass),
        TEST(headers_that_lie_are_read_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
