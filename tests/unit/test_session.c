/* Sessions: everything survives the round trip, what was saved is never harmed, and strangers' files are refused. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/session_fixture.h"

static void everything_survives(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    assert_int_equal(count_files(fixture->folder), 1);
    struct model *loaded = load(fixture->path);
    assert_same(fixture->model, loaded);
    model_free(loaded);
    assert_true(session_is_session(fixture->path));
}

static void an_empty_model_survives(void **state) {
    struct fixture *fixture = *state;
    model_free(fixture->model);
    fixture->model = model_new();
    save(fixture);
    struct model *loaded = load(fixture->path);
    assert_same(fixture->model, loaded);
    model_free(loaded);
}

static void numbers_too_large_for_the_file_become_the_largest(void **state) {
    struct fixture *fixture = *state;
    fixture->model->functions[1].self_ns = (uint64_t)INT64_MAX + 1;
    fixture->model->wall_ns = MODEL_UNKNOWN - 1;
    save(fixture);
    struct model *loaded = load(fixture->path);
    assert_true(loaded->functions[1].self_ns == INT64_MAX);
    assert_true(loaded->wall_ns == INT64_MAX);
    assert_true(loaded->functions[3].self_ns == MODEL_UNKNOWN);
    model_free(loaded);
}

struct asked {
    unsigned last, times, no_from;
};

static bool go_on(void *data, unsigned percent) {
    struct asked *asked = data;
    assert_true(percent >= asked->last && percent <= 100);
    asked->last = percent;
    return ++asked->times < asked->no_from;
}

/* However far it is: what was there before stays, and nothing beside it. */
static void saving_is_watched_and_stopped(void **state) {
    struct fixture *fixture = *state;
    struct error error = {0};
    save(fixture);
    for (unsigned i = 0; i < 20000; i++)
        fixture_function(fixture->model, MODEL_FUNCTION_PYTHON, "a.py", i, "f", 0, 1, 1, 1);
    struct asked asked = {.no_from = UINT32_MAX};
    struct session_watch watch = {.go_on = go_on, .data = &asked};
    char other[160];
    snprintf(other, sizeof other, "%s/other.pyprof", fixture->folder);
    assert_true(session_save_watched(fixture->model, other, &watch, &error));
    assert_int_equal(asked.last, 100);
    assert_true(asked.times > 4); /* some thousand rows are not many */
    assert_false(watch.stopped);
    unlink(other);
    for (unsigned no_from = 1, times = asked.times; no_from <= times; no_from++) {
        asked = (struct asked){.no_from = no_from};
        watch.stopped = false;
        assert_false(session_save_watched(fixture->model, fixture->path, &watch, &error));
        assert_true(watch.stopped);
        assert_int_equal(asked.times, no_from);
        assert_non_null(strstr(error.text, "/run.pyprof: saving was cancelled; nothing was written"));
        assert_int_equal(count_files(fixture->folder), 1);
    }
    struct model *loaded = load(fixture->path);
    assert_true(loaded->function_count < 20000);
    model_free(loaded);
}

static void saving_again_replaces(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    fixture->model->exit_value = 99;
    char link_path[160];
    snprintf(link_path, sizeof link_path, "%s/link.pyprof", fixture->folder);
    assert_int_equal(symlink("run.pyprof", link_path), 0);
    struct error error = {0};
    assert_true(session_save(fixture->model, link_path, &error)); /* through the link: it stays one */
    struct stat status;
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    struct model *loaded = load(fixture->path);
    assert_int_equal(loaded->exit_value, 99);
    model_free(loaded);
    assert_int_equal(count_files(fixture->folder), 2);
}

static void relative_and_odd_names_work(void **state) {
    struct fixture *fixture = *state;
    char previous[4096];
    assert_non_null(getcwd(previous, sizeof previous));
    assert_int_equal(chdir(fixture->folder), 0);
    const char *names[] = {"plain", "a?b=c#d%41 e.pyprof", "./x.pyprof", "\xC3\xA9.pyprof", "'\";.pyprof"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error error = {0};
        assert_true(session_save(fixture->model, names[i], &error));
        struct model *loaded = load(names[i]);
        assert_same(fixture->model, loaded);
        model_free(loaded);
    }
    char doubled[160];
    snprintf(doubled, sizeof doubled, "/%s//plain", fixture->folder);
    struct model *loaded = load(doubled);
    model_free(loaded);
    assert_int_equal(chdir(previous), 0);
}

static void new_files_get_the_usual_mode(void **state) {
    struct fixture *fixture = *state;
    mode_t mask = umask(027);
    save(fixture);
    umask(mask);
    struct stat status;
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

/* Saving to path fails with just this sentence, and leaves nothing behind. */
static void assert_not_saved(const struct fixture *fixture, const char *path, const char *sentence) {
    struct error error = {0};
    size_t files = count_files(fixture->folder);
    assert_false(session_save(fixture->model, path, &error));
    assert_string_equal(error.text, sentence);
    assert_int_equal(error.exit_status, 1);
    assert_int_equal(count_files(fixture->folder), files);
}

static void bad_targets_are_refused(void **state) {
    struct fixture *fixture = *state;
    char sentence[512], path[300];
    snprintf(path, sizeof path, "%s/missing/run.pyprof", fixture->folder);
    snprintf(sentence, sizeof sentence, "%s: no such file or directory; make the folder or save elsewhere with -o",
             path);
    assert_not_saved(fixture, path, sentence);
    snprintf(sentence, sizeof sentence, "%s: is a directory; name a file in it with -o", fixture->folder);
    assert_not_saved(fixture, fixture->folder, sentence);
    assert_not_saved(fixture, "/dev/null", "/dev/null: not a plain file; a session needs one, name it with -o");
    save(fixture);
    snprintf(path, sizeof path, "%s/run.pyprof/below", fixture->folder);
    snprintf(sentence, sizeof sentence, "%s: not a directory; make the folder or save elsewhere with -o", path);
    assert_not_saved(fixture, path, sentence);
    int length = snprintf(path, sizeof path, "%s/", fixture->folder);
    memset(path + length, 'n', 256);
    path[length + 256 < 300 ? length + 256 : 299] = '\0';
    struct error error;
    assert_false(session_save(fixture->model, path, &error));
    assert_non_null(strstr(error.text, "file name too long; choose a shorter name with -o"));
}

/* Makes the model's file larger than what a test allows: 200 KB of source. */
static void make_large(struct model *model) {
    char *text = malloc(200000);
    memset(text, 'x', 200000);
    assert_true(model_add_source(model, "/p/large.py", text, 200000));
    free(text);
}

/* Runs in a child process, which leaves with 0 when all is as it should be. */
static int in_child(int (*run)(const struct fixture *), const struct fixture *fixture) {
    pid_t child = fork();
    if (child == 0)
        _exit(run(fixture));
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int save_over_limit(const struct fixture *fixture) {
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {50000, 50000};
    struct error error = {0};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 10;
    if (session_save(fixture->model, fixture->path, &error))
        return 11;
    char expected[256];
    snprintf(expected, sizeof expected, "%s: file too large; free some room or save elsewhere with -o", fixture->path);
    return strcmp(error.text, expected) ? 12 : 0;
}

static void a_failed_write_leaves_the_old_session(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    struct model *before = load(fixture->path);
    make_large(fixture->model);
    assert_int_equal(in_child(save_over_limit, fixture), 0);
    assert_int_equal(count_files(fixture->folder), 1);
    struct model *after = load(fixture->path);
    assert_same(before, after);
    model_free(before);
    model_free(after);
}

enum { CANNOT_TRY = 77 };

/* On a file system of 128 KB of its own: an old session that fits, then one that does not. */
static int save_to_full_disk(const struct fixture *fixture) {
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount("none", fixture->folder, "tmpfs", 0, "size=131072") != 0)
        return CANNOT_TRY;
    struct error error = {0};
    struct model *small = model_new();
    if (!small || !session_save(small, fixture->path, &error))
        return 10;
    if (session_save(fixture->model, fixture->path, &error))
        return 11;
    char expected[256];
    snprintf(expected, sizeof expected, "%s: no space left on device; free some room or save elsewhere with -o",
             fixture->path);
    if (strcmp(error.text, expected) != 0)
        return 12;
    struct model *loaded = session_load(fixture->path, &error);
    if (!loaded || loaded->function_count != 1 || count_files(fixture->folder) != 1)
        return 13;
    model_free(loaded);
    model_free(small);
    return 0;
}

static void a_full_disk_leaves_the_old_session(void **state) {
    struct fixture *fixture = *state;
    make_large(fixture->model);
    int result = in_child(save_to_full_disk, fixture);
    if (result == CANNOT_TRY)
        skip(); /* mounting is not allowed here */
    assert_int_equal(result, 0);
}

/* As a user who may not write: root may do anything. */
static int use_read_only_folder(const struct fixture *fixture) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return CANNOT_TRY;
    struct error error = {0};
    struct model *loaded = session_load(fixture->path, &error);
    if (!loaded)
        return 10;
    if (session_save(loaded, fixture->path, &error) || !strstr(error.text, "permission denied; save elsewhere with -o"))
        return 11;
    model_free(loaded);
    char other[160];
    snprintf(other, sizeof other, "%s/other.pyprof", fixture->folder);
    if (session_save(fixture->model, other, &error) || !strstr(error.text, "permission denied; save elsewhere with -o"))
        return 12;
    snprintf(other, sizeof other, "%s/secret.pyprof", fixture->folder);
    if (session_load(other, &error) || !strstr(error.text, "cannot open the session: Permission denied"))
        return 13;
    return 0;
}

static void a_folder_without_write_permission_can_be_read(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    char secret[160];
    snprintf(secret, sizeof secret, "%s/secret.pyprof", fixture->folder);
    struct error error;
    assert_true(session_save(fixture->model, secret, &error));
    assert_int_equal(chmod(secret, 0), 0);
    assert_int_equal(chmod(fixture->path, 0444), 0);
    assert_int_equal(chmod(fixture->folder, 0555), 0);
    int result = in_child(use_read_only_folder, fixture);
    assert_int_equal(chmod(fixture->folder, 0755), 0);
    if (result == CANNOT_TRY)
        skip();
    assert_int_equal(result, 0);
}

static void strangers_are_refused(void **state) {
    struct fixture *fixture = *state;
    assert_not_loaded("/nowhere/run.pyprof", "cannot open the session: No such file", EXIT_STATUS_USAGE);
    assert_not_loaded(fixture->folder, "not a session of pyprof-tui", EXIT_STATUS_USAGE);
    assert_not_loaded("/dev/null", "not a session of pyprof-tui", EXIT_STATUS_USAGE);
    assert_false(session_is_session("/dev/zero"));
    assert_false(session_is_session("/nowhere"));
    FILE *file = fopen(fixture->path, "w");
    fputs("print('a script')\n", file);
    fclose(file);
    assert_not_loaded(fixture->path, "not a session of pyprof-tui", EXIT_STATUS_USAGE);
    assert_false(session_is_session(fixture->path));
    unlink(fixture->path);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(fixture->path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "CREATE TABLE functions(id)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
    assert_not_loaded(fixture->path, "not a session of pyprof-tui", EXIT_STATUS_USAGE);
    assert_false(session_is_session(fixture->path));
}

static void changed_files_are_refused(void **state) {
    static const char *const changes[][2] = {
        {"PRAGMA user_version=6", "made by a newer version of pyprof-tui (session format 6"},
        {"PRAGMA user_version=1", "not those of a session"},
        {"PRAGMA user_version=2", "not those of a session"},
        {"PRAGMA user_version=3", "not those of a session"},
        {"PRAGMA user_version=0", "no format number"},
        {"DROP TABLE nodes", "not those of a session"},
        {"CREATE TABLE extra(x)", "not those of a session"},
        {"CREATE TRIGGER t AFTER INSERT ON nodes BEGIN SELECT 1; END", "not those of a session"},
        {"DROP TABLE nodes; CREATE VIEW nodes AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) "
         "SELECT x AS id FROM c", "not those of a session"},
        {"ALTER TABLE nodes ADD COLUMN more", "not those of a session"},
        {"DELETE FROM meta WHERE key = 'wall_ns'", "a value is missing"},
        {"UPDATE meta SET value = 'x' WHERE key = 'pid'", "number is missing"},
        {"UPDATE meta SET value = -1 WHERE key = 'pid'", "out of range"},
        {"UPDATE meta SET value = 4294967296 WHERE key = 'pid'", "out of range"},
        {"UPDATE meta SET value = 2 WHERE key = 'builtins'", "out of range"},
        {"UPDATE meta SET value = NULL WHERE key = 'script'", "text is missing"},
        {"UPDATE meta SET value = x'00' WHERE key = 'script'", "text is missing"},
        {"UPDATE meta SET value = 3 WHERE key = 'state'", "unknown way of ending"},
        {"UPDATE meta SET value = 1000000000 WHERE key = 'nodes'", "more rows than the file can hold"},
        {"UPDATE meta SET value = 5 WHERE key = 'nodes'", "rows are missing"},
        {"DELETE FROM nodes WHERE id = 3", "rows are missing"},
        {"INSERT INTO nodes(id) VALUES(4)", "rows are missing"},
        {"UPDATE nodes SET id = 9 WHERE id = 3", "rows are missing"},
        {"UPDATE nodes SET parent = 3 WHERE id = 2", "call tree is out of order"},
        {"UPDATE nodes SET function = 4 WHERE id = 2", "refers to no function"},
        {"UPDATE nodes SET calls = -5", "out of range"},
        {"UPDATE edges SET caller = 4 WHERE id = 3", "refers to no function"},
        {"UPDATE edges SET callee = 4294967295 WHERE id = 3", "refers to no function"},
        {"UPDATE edges SET callee = 2 WHERE id = 2", "out of order"},
        {"UPDATE functions SET kind = 3 WHERE id = 2", "unknown kind"},
        {"UPDATE functions SET kind = 0 WHERE id = 2", "unknown kind"},
        {"UPDATE functions SET kind = 1 WHERE id = 0", "own row is missing"},
        {"UPDATE functions SET kind = 65536", "out of range"},
        {"UPDATE functions SET name = NULL", "text is missing"},
        {"UPDATE functions SET line_row_count = 4294967295 WHERE id = 2", "do not fit"},
        {"UPDATE functions SET first_line_row = 4294967295 WHERE id = 2", "do not fit"},
        {"UPDATE functions SET line_row_count = 5 WHERE id = 1", "do not fit"},
        {"UPDATE lines SET line = 12 WHERE id = 4", "do not fit"},
        {"UPDATE lines SET function = 9 WHERE id = 0", "do not fit"},
        {"UPDATE samples SET function = 4", "refers to no function"},
        {"UPDATE samples SET t_ns = 51 WHERE id = 0", "timeline is out of order"},
        {"UPDATE meta SET value = 3 WHERE key = 'clock'", "unknown clock"},
        {"DROP TABLE process_nodes", "not those of a session"},
        {"CREATE TABLE process_sources(id)", "not those of a session"},
        {"UPDATE meta SET value = 3 WHERE key = 'processes'", "a value is missing"},
        {"UPDATE meta SET value = 1000000000 WHERE key = 'processes'", "more rows than the file can hold"},
        {"DELETE FROM process_meta WHERE process = 2", "a value is missing"},
        {"UPDATE process_meta SET value = 3 WHERE process = 1 AND key = 'nodes'", "rows are missing"},
        {"DELETE FROM process_lines", "rows are missing"},
        {"UPDATE process_nodes SET function = 2 WHERE id = 1", "refers to no function"},
        {"UPDATE process_edges SET callee = 9", "refers to no function"},
        {"UPDATE process_functions SET kind = 3 WHERE id = 1", "unknown kind"},
        {"DELETE FROM functions; UPDATE meta SET value = 0 WHERE key = 'functions'", "own row is missing"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        check_changed(*state, changes[i][0], changes[i][1]);
}

/* The whole file as bytes. */
static char *read_all(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void write_all(const char *path, const char *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void shortened_files_are_refused(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    size_t size;
    char *bytes = read_all(fixture->path, &size);
    for (size_t cut = 0; cut < size; cut += cut < 200 ? 20 : 1024) {
        write_all(fixture->path, bytes, cut);
        assert_not_loaded(fixture->path, cut < 72 ? "not a session" : "damaged", cut < 72 ? EXIT_STATUS_USAGE : 1);
    }
    free(bytes);
}

/* Random bytes anywhere: a model or an error, never a crash. */
static void random_damage_is_survived(void **state) {
    struct fixture *fixture = *state;
    save(fixture);
    size_t size;
    char *bytes = read_all(fixture->path, &size), *damaged = malloc(size);
    uint64_t random = 88172645463325252;
    for (int round = 0; round < 400; round++) {
        memcpy(damaged, bytes, size);
        for (int change = 0; change < 8; change++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            damaged[72 + (random >> 8) % (size - 72)] = (char)random;
        }
        write_all(fixture->path, damaged, size);
        struct error error = {0};
        struct model *model = session_load(fixture->path, &error);
        assert_true(model || error.text[0]);
        model_free(model);
    }
    free(damaged);
    free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(everything_survives),
        TEST(an_empty_model_survives),
        TEST(numbers_too_large_for_the_file_become_the_largest),
        TEST(saving_is_watched_and_stopped),
        TEST(saving_again_replaces),
        TEST(relative_and_odd_names_work),
        TEST(new_files_get_the_usual_mode),
        TEST(bad_targets_are_refused),
        TEST(a_failed_write_leaves_the_old_session),
        TEST(a_full_disk_leaves_the_old_session),
        TEST(a_folder_without_write_permission_can_be_read),
        TEST(strangers_are_refused),
        TEST(changed_files_are_refused),
        TEST(shortened_files_are_refused),
        TEST(random_damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
