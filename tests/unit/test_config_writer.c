/* A config written is a config that loads back equal; a file that is saved is whole, or what was there stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/config/options.h"
#include "core/config/values.h"
#include "pyprof/config.h"

#define HEADER_CHANGES "# pyprof-tui config: what differs from the defaults (pyprof-tui --help=config)\n"

static char folder[64];

static int enter_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/pyprof-config-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static struct config *new_config(void) {
    struct config *config = config_new();
    assert_non_null(config);
    return config;
}

static char *to_yaml(const struct config *config, bool only_changes) {
    struct error error = {0};
    char *text = config_to_yaml(config, only_changes, &error);
    if (!text)
        fail_msg("%s", error.text);
    return text;
}

static void assert_same(const struct config *a, const struct config *b, const char *text) {
    for (size_t i = 0; i < option_count; i++)
        if (!option_equal(&options[i], a, b))
            fail_msg("%s differs after:\n%s", options[i].key, text);
}

/* Both forms of the text, read into a fresh config, give the config again. */
static void assert_round_trip(const struct config *config) {
    for (int only_changes = 0; only_changes < 2; only_changes++) {
        char *text = to_yaml(config, only_changes);
        struct config *loaded = new_config();
        struct error error = {0};
        if (!config_load_text(loaded, "written", text, strlen(text), &error))
            fail_msg("%s after:\n%s", error.text, text);
        assert_same(config, loaded, text);
        config_free(loaded);
        free(text);
    }
}

static void assert_changes(const struct config *config, const char *expected) {
    char *text = to_yaml(config, true);
    assert_string_equal(text, expected);
    free(text);
}

static void test_nothing_changed(void **state) {
    (void)state;
    struct config *config = new_config();
    assert_changes(config, HEADER_CHANGES);
    assert_round_trip(config);
    config_free(config);
}

static void test_only_changes(void **state) {
    (void)state;
    struct config *config = new_config();
    struct error error = {0};
    assert_true(config_set(config, "target.script=julia.py", &error));
    assert_true(config_set(config, "target.args=[\"1000\", a b, x]", &error));
    assert_true(config_set(config, "target.env={A: \"1\", B: x}", &error));
    assert_true(config_set(config, "collectors.function.exclude=[\"*/x/*\"]", &error));
    assert_true(config_set(config, "collectors.line.enabled=false", &error));
    assert_true(config_set(config, "ui.refresh_ms=1000", &error));
    assert_true(config_set(config, "ui.sort=self", &error)); /* the default: not written */
    assert_changes(config, HEADER_CHANGES "target:\n"
                                          "  script: julia.py\n"
                                          "  args: [\"1000\", \"a b\", x]\n"
                                          "  env:\n"
                                          "    A: \"1\"\n"
                                          "    B: x\n"
                                          "collectors:\n"
                                          "  function:\n"
                                          "    exclude: [\"*/x/*\"]\n"
                                          "  line:\n"
                                          "    enabled: false\n"
                                          "ui:\n"
                                          "  refresh_ms: 1000\n");
    assert_round_trip(config);
    config_free(config);
}

static void test_all_keys(void **state) {
    (void)state;
    struct config *config = new_config();
    char *text = to_yaml(config, false);
    for (size_t i = 0; i < option_count; i++) {
        char line[OPTION_KEY_SIZE + 4];
        snprintf(line, sizeof line, "  %s:", strrchr(options[i].key, '.') + 1);
        assert_non_null(strstr(text, line));
    }
    assert_non_null(strstr(text, "  include: [\"**\"]\n    exclude: []\n"));
    assert_non_null(strstr(text, "  env: {}\n  python: null\n"));
    assert_non_null(strstr(text, "  panes: [functions, source, ram, output, tree, flame]\n"));
    free(text);
    config_free(config);
}

static void test_lists_that_are_emptied(void **state) {
    (void)state;
    struct config *config = new_config();
    text_list_clear(&config->collectors.function.include);
    assert_changes(config, HEADER_CHANGES "collectors:\n  function:\n    include: []\n");
    assert_round_trip(config);
    config_free(config);
}

static const char *const awkward[] = {
    "", " ", "  a  ", "true", "True", "no", "on", "y", "null", "NULL", "~", "1", "-1", "+1", "1.5", ".5", "1e3",
    "0x10", "0o7", "1_000", "12:30:45", ".inf", "-.inf", ".nan", "inf", "2001-01-01", "-", "--", "-a", "- a",
    "--opt=x", "?", "? a", ":", "a: b", "a:b", ":a", "#", "a #b", "a#b", "[a]", "{a}", "a,b", "a]", "&a", "*a", "**",
    "!a", "!!binary", "|", ">", "'", "\"", "a'b\"c", "%a", "@a", "`a`", "\\", "a\\nb", "<<", "=", "---", "...",
    "a\nb", "a\n", "\n", "\n\na\n", "a\r\nb", "a\tb", "\t", "\x01", "\x1b[0m", "\x7f", "\xC2\x85", "\xC2\xA0",
    "\xE2\x80\xA8", "\xC3\xA9t\xC3\xA9", "\xE6\x97\xA5\xE6\x9C\xAC", "\xF0\x9F\x98\x80", "\xEF\xBB\xBF.x",
    "\xEF\xBF\xBF", "\xFF", "a\xFFz", "\xC3", "\xED\xA0\x80", "/a/b.py", "../x", "./-a", "~/x", "C:\\x", "a/b-c_d.e",
    "import x\nprint('a: b')\n",
};
enum { AWKWARD_COUNT = sizeof awkward / sizeof awkward[0] };

static void test_awkward_texts(void **state) {
    (void)state;
    struct config *all = new_config();
    for (size_t i = 0; i < AWKWARD_COUNT; i++) {
        struct config *config = new_config();
        assert_true(text_replace(&config->target.code, awkward[i]));
        assert_true(text_list_append(&config->target.args, awkward[i]));
        assert_true(text_list_append(&all->target.args, awkward[i]));
        char name[64];
        snprintf(name, sizeof name, "%zu%s", i, strchr(awkward[i], '=') ? "" : awkward[i]);
        assert_true(environment_list_append(&config->target.env, name, awkward[i]));
        assert_true(environment_list_append(&all->target.env, name, awkward[i]));
        assert_round_trip(config);
        config_free(config);
    }
    assert_round_trip(all);
    config_free(all);
}

static void assert_code_written(const char *code, const char *quote) {
    struct config *config = new_config();
    char expected[160];
    assert_true(text_replace(&config->target.code, code));
    snprintf(expected, sizeof expected, HEADER_CHANGES "target:\n  code: %s%s%s\n", quote, code, quote);
    assert_changes(config, expected);
    config_free(config);
}

/* What looks like something else to another YAML reader is in quotes. */
static void test_quoted_where_it_matters(void **state) {
    (void)state;
    static const char *const quoted[] = {"true", "No", "null", "1", "1.5", "1e3", ".inf", ".5", "-", "a: b", "#",
                                         "**", ""};
    static const char *const plain[] = {"julia.py", "a/b.py", "../x.py", "/a/b", "project", "x-1"};
    for (size_t i = 0; i < sizeof quoted / sizeof quoted[0]; i++)
        assert_code_written(quoted[i], "\"");
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        assert_code_written(plain[i], "");
}

static void test_random_texts(void **state) {
    (void)state;
    static const char *const pieces[] = {"a", " ", "\n", "\t", ":", "-", "#", "'", "\"", "\\", ",", "[", "}", "&",
                                         "*", "!",
                                         "\xC3\xA9", "\xF0\x9F\x98\x80", "\xFF", "1", ".", "\r", "\xE2\x80\xA9", "x y"};
    uint32_t random = 7;
    for (int i = 0; i < 500; i++) {
        struct config *config = new_config();
        for (int item = 0; item < 4; item++) {
            char text[64] = "";
            random = random * 1664525u + 1013904223u;
            for (uint32_t left = (random >> 16) % 10u; left; left--) {
                random = random * 1664525u + 1013904223u;
                strcat(text, pieces[(random >> 16) % (sizeof pieces / sizeof pieces[0])]);
            }
            assert_true(text_list_append(&config->target.args, text));
            assert_true(text_replace(&config->target.code, text));
        }
        assert_round_trip(config);
        config_free(config);
    }
}

static void test_long_text(void **state) {
    (void)state;
    struct config *config = new_config();
    char *text = malloc(200001);
    assert_non_null(text);
    for (size_t i = 0; i < 200000; i++)
        text[i] = "word and \n"[i % 10];
    text[200000] = '\0';
    assert_true(text_replace(&config->target.code, text));
    assert_round_trip(config);
    free(text);
    config_free(config);
}

/* --- files ------------------------------------------------------------------------------------------ */

static char *read_file(const char *path) {
    char *text = calloc(1, 8192);
    int file = open(path, O_RDONLY);
    assert_non_null(text);
    assert_true(file >= 0);
    assert_true(read(file, text, 8191) >= 0);
    close(file);
    return text;
}

static void write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static size_t files_in(const char *path) {
    DIR *open_folder = opendir(path);
    assert_non_null(open_folder);
    size_t count = 0;
    while (readdir(open_folder))
        count++;
    closedir(open_folder);
    return count - 2;
}

static struct config *changed_config(void) {
    struct config *config = new_config();
    assert_true(config_set(config, "ui.sort=name", NULL));
    return config;
}
#define CHANGED_TEXT HEADER_CHANGES "ui:\n  sort: name\n"

static void assert_file_is(const char *path, const char *expected) {
    char *text = read_file(path);
    assert_string_equal(text, expected);
    free(text);
}

static mode_t mode_of(const char *path) {
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void test_saves_and_loads(void **state) {
    (void)state;
    struct config *config = changed_config(), *loaded = new_config();
    struct error error = {0};
    mode_t mask = umask(027);
    assert_true(config_save_file(config, "new.yaml", &error));
    umask(mask);
    assert_file_is("new.yaml", CHANGED_TEXT);
    assert_int_equal(mode_of("new.yaml"), 0640);
    assert_int_equal(files_in("."), 1);
    assert_true(config_load_file(loaded, "new.yaml", &error));
    assert_same(config, loaded, "new.yaml");
    config_free(config);
    config_free(loaded);
}

static void test_replaces_keeping_rights_and_links(void **state) {
    (void)state;
    struct config *config = changed_config();
    struct error error = {0};
    write_file("old.yaml", "ui: {sort: total}\n");
    assert_int_equal(chmod("old.yaml", 0600), 0);
    assert_int_equal(symlink("old.yaml", "link.yaml"), 0);
    assert_true(config_save_file(config, "link.yaml", &error));
    assert_file_is("old.yaml", CHANGED_TEXT);
    assert_int_equal(mode_of("old.yaml"), 0600);
    struct stat status;
    assert_int_equal(lstat("link.yaml", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(files_in("."), 2);
    config_free(config);
}

static void assert_save_fails(const char *path, const char *expected) {
    struct config *config = changed_config();
    struct error error = {0};
    assert_false(config_save_file(config, path, &error));
    assert_string_equal(error.text, expected);
    assert_int_equal(error.exit_status, 1);
    config_free(config);
}

static void test_failures_to_save(void **state) {
    (void)state;
    assert_save_fails("none/a.yaml", "none/a.yaml: the config cannot be saved there: No such file or directory; make "
                                     "its "
                                     "folder first, or choose another path");
    assert_int_equal(mkdir("folder", 0755), 0);
    assert_save_fails("folder", "folder: the config cannot be saved there: Is a directory; give the path of a file");
    write_file("file", "");
    assert_save_fails("file/a.yaml", "file/a.yaml: the config cannot be saved there: Not a directory; choose another "
                                     "path");
    assert_save_fails("/dev/full", "/dev/full: the config cannot be saved there: No space left on device; make room "
                                   "on the "
                                   "disk, or choose another one");
    assert_int_equal(files_in("."), 2);
}

/* Whether saving fails with that message: for a process of its own, in which nothing is asserted. */
static bool save_fails(const char *path, const char *expected) {
    struct config *config = config_new();
    struct error error = {0};
    bool failed = config && !config_save_file(config, path, &error) && strcmp(error.text, expected) == 0;
    config_free(config);
    return failed;
}

static void assert_in_own_process(bool (*holds)(void)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(holds() ? 0 : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* A limit on the size of files cuts the writing short, as a full disk does. */
static bool save_fails_when_cut_short(void) {
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){10, 10});
    return save_fails("kept.yaml", "kept.yaml: the config cannot be saved there: File too large; choose another path");
}

static void test_failed_write_keeps_the_old_file(void **state) {
    (void)state;
    write_file("kept.yaml", "ui: {sort: total}\n");
    assert_in_own_process(save_fails_when_cut_short);
    assert_file_is("kept.yaml", "ui: {sort: total}\n");
    assert_int_equal(files_in("."), 1);
}

/* Gives up the rights of root where it has them. */
static bool save_fails_without_rights(void) {
    return (geteuid() != 0 || setuid(65534) == 0) &&
           save_fails("locked/a.yaml", "locked/a.yaml: the config cannot be saved there: Permission denied; choose a "
                                       "folder that you may write to");
}

static void test_folder_that_must_not_be_written(void **state) {
    (void)state;
    assert_int_equal(mkdir("locked", 0555), 0);
    assert_int_equal(chmod(".", 0755), 0);
    assert_in_own_process(save_fails_without_rights);
}

static void assert_load_fails(const char *path, const char *expected) {
    struct config *config = new_config();
    struct error error = {0};
    assert_false(config_load_file(config, path, &error));
    assert_string_equal(error.text, expected);
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    config_free(config);
}

static void test_failures_to_load(void **state) {
    (void)state;
    assert_load_fails("none.yaml", "none.yaml: No such file or directory; check the path of the config");
    assert_load_fails(".", ".: Is a directory; give the path of a YAML file in it");
    assert_load_fails("/dev/zero", "/dev/zero: this is longer than 1048576 bytes, so it is hardly a config; check "
                                   "the path");
    write_file("bad.yaml", "ui:\n  sort: x\n");
    assert_load_fails("bad.yaml", "bad.yaml:2:9: ui.sort is \"x\"; did you mean \"mib\"? (known: self, total, "
                                  "calls, name, file, instr, mib, totmib, primitive, percall, trend)");
}

static void test_loads_from_a_pipe(void **state) {
    (void)state;
    int ends[2];
    char path[64];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "ui: {sort: name}", 16), 16);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct config *config = new_config();
    assert_true(config_load_file(config, path, NULL));
    assert_string_equal(config->ui.sort, "name");
    close(ends[0]);
    config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_changed),
        cmocka_unit_test(test_only_changes),
        cmocka_unit_test(test_all_keys),
        cmocka_unit_test(test_lists_that_are_emptied),
        cmocka_unit_test(test_awkward_texts),
        cmocka_unit_test(test_quoted_where_it_matters),
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test_setup_teardown(test_saves_and_loads, enter_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_replaces_keeping_rights_and_links, enter_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_failures_to_save, enter_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_failed_write_keeps_the_old_file, enter_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_folder_that_must_not_be_written, enter_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_failures_to_load, enter_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_loads_from_a_pipe, enter_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
