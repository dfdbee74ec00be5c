/* Where things go: arenas and what dead recorders left of them, sessions, settings for the host, output that is
 * kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/recorder/arena_place.h"
#include "core/recorder/output_ring.h"
#include "core/recorder/session_path.h"
#include "core/recorder/settings.h"
#include "core/recorder/target.h"
#include "pyprof/collectors.h"

static char folder[64], start_folder[4096];

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/pyprof-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_non_null(getcwd(start_folder, sizeof start_folder));
    assert_int_equal(chdir(folder), 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[256];
    assert_int_equal(chdir(start_folder), 0);
    snprintf(command, sizeof command, "chmod -R u+rwX '%s' && rm -rf '%s'", folder, folder);
    return system(command);
}

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static bool exists(const char *name) {
    struct stat status;
    return lstat(name, &status) == 0;
}

/* --- arenas ----------------------------------------------------------------------------------------------- */

static pid_t number_of_a_dead_process(void) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return pid;
}

static void arenas_are_removed_when_nobody_holds_them(void **state) {
    (void)state;
    unsigned user = (unsigned)getuid(), dead = (unsigned)number_of_a_dead_process();
    char gone[64], held[64], alive[64], foreign[64], other[64], link_name[64];
    snprintf(gone, sizeof gone, "pyprof-%u-%u-1.arena", user, dead);
    snprintf(held, sizeof held, "pyprof-%u-%u-2.arena", user, dead);
    snprintf(link_name, sizeof link_name, "pyprof-%u-%u-3.arena", user, dead);
    snprintf(alive, sizeof alive, "pyprof-%u-%u-1.arena", user, (unsigned)getpid());
    snprintf(foreign, sizeof foreign, "pyprof-%u-%u-1.arena", user + 1, dead);
    snprintf(other, sizeof other, "pyprof-%u-%u-1.arena.txt", user, dead);
    const char *const names[] = {gone, held, alive, foreign, other, "pyprof-.arena", "notes"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        write_file(names[i], "");
    assert_int_equal(symlink("notes", link_name), 0);
    int lock = open(held, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    assert_int_equal(arena_place_remove_stale_in(folder), 1);
    assert_false(exists(gone));
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        assert_true(exists(names[i]));
    assert_true(exists(link_name));
    close(lock);
    assert_int_equal(arena_place_remove_stale_in(folder), 1);
    assert_false(exists(held));
    assert_int_equal(arena_place_remove_stale_in("/nonexistent"), 0);
}

static void an_arena_is_made_private_and_locked(void **state) {
    (void)state;
    struct arena first, second;
    struct error error;
    struct stat status;
    int first_lock, second_lock;
    assert_true(arena_place_create(&first, &first_lock, &error));
    assert_true(arena_place_create(&second, &second_lock, &error));
    assert_string_not_equal(first.path, second.path);
    assert_int_equal(stat(first.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_string_equal(first.header->path, first.path);
    int other = open(first.path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
    close(first_lock);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    close(other);
    close(second_lock);
    unlink(first.path);
    unlink(second.path);
    arena_detach(&first);
    arena_detach(&second);
}

/* --- sessions --------------------------------------------------------------------------------------------- */

static const time_t NOON = 1700000000;

static void choose(const char *setting, char path[ARENA_PATH_SIZE]) {
    struct error error;
    struct config *config = config_new();
    assert_true(config_set(config, setting, &error));
    assert_true(session_path_choose(config, NOON, path, &error));
    config_free(config);
}

static void assert_chosen(const char *setting, const char *expected) {
    char path[ARENA_PATH_SIZE], whole[ARENA_PATH_SIZE];
    choose(setting, path);
    snprintf(whole, sizeof whole, "%s/%s", folder, expected);
    assert_string_equal(path, whole);
}

static void sessions_are_named_after_script_and_time(void **state) {
    (void)state;
    setenv("TZ", "UTC", 1);
    assert_chosen("target.script=a/b/julia.py", "pyprof-julia-20231114-221320.pyprof");
    assert_chosen("target.script='we ird;$.name.py'", "pyprof-we_ird__.name-20231114-221320.pyprof");
    assert_chosen("target.script=.py", "pyprof-_py-20231114-221320.pyprof");
    assert_chosen("target.script=sub/", "pyprof-sub-20231114-221320.pyprof");
    assert_chosen("target.script='-'", "pyprof-stdin-20231114-221320.pyprof");
    assert_chosen("target.module=json.tool", "pyprof-json.tool-20231114-221320.pyprof");
    assert_chosen("target.code=pass", "pyprof-code-20231114-221320.pyprof");
    assert_chosen("output.session=named.pyprof", "named.pyprof");
}

static void sessions_are_never_overwritten_by_chance(void **state) {
    (void)state;
    setenv("TZ", "UTC", 1);
    write_file("pyprof-julia-20231114-221320.pyprof", "");
    assert_chosen("target.script=julia.py", "pyprof-julia-20231114-221320-2.pyprof");
    assert_int_equal(symlink("/nonexistent", "pyprof-julia-20231114-221320-2.pyprof"), 0);
    assert_chosen("target.script=julia.py", "pyprof-julia-20231114-221320-3.pyprof");
}

static void assert_refused(const char *path, const char *named) {
    struct error error = {0};
    assert_false(session_path_check(path, &error));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, named));
}

static void places_for_sessions_are_checked(void **state) {
    (void)state;
    struct error error;
    char path[128];
    assert_true(session_path_check("new.pyprof", &error));
    assert_true(session_path_check("/tmp/new.pyprof", &error));
    write_file("empty.pyprof", "");
    assert_true(session_path_check("empty.pyprof", &error));
    write_file("script.py", "print(1)\n");
    assert_refused("script.py", "no session");
    assert_refused("/dev/null", "no session");
    assert_refused("missing/x.pyprof", "missing");
    assert_refused("script.py/x.pyprof", "script.py");
    assert_int_equal(mkdir("sub", 0755), 0);
    assert_refused("sub", "directory");
    if (geteuid() != 0) {
        assert_int_equal(chmod("sub", 0555), 0);
        snprintf(path, sizeof path, "%s/sub/x.pyprof", folder);
        assert_refused(path, "ermission");
    }
}

/* --- the target and the host's settings ------------------------------------------------------------------- */

static void targets_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *setting, *complaint; /* NULL: good */
    } cases[] = {
        {"target.script=there.py", NULL},     {"target.script=missing.py", "missing.py"},
        {"target.script=empty", "__main__"},  {"target.script=package", NULL},
        {"target.script='-'", NULL},          {"target.module=any", NULL},
        {"target.code=pass", NULL},           {"ui.sort=self", "nothing to run"},
    };
    write_file("there.py", "");
    assert_int_equal(mkdir("empty", 0755) | mkdir("package", 0755), 0);
    write_file("package/__main__.py", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        struct config *config = config_new();
        assert_true(config_set(config, cases[i].setting, &error));
        assert_int_equal(target_check(config, &error), cases[i].complaint == NULL);
        if (cases[i].complaint) {
            assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
            assert_non_null(strstr(error.text, cases[i].complaint));
        }
        config_free(config);
    }
}

static void assert_project_folder(const char *setting, const char *other_setting, const char *expected) {
    struct error error = {0};
    char found[ARENA_PATH_SIZE];
    struct config *config = config_new();
    assert_true(config_set(config, setting, &error));
    assert_true(config_set(config, other_setting, &error));
    assert_true(target_project_folder(config, found, &error));
    assert_string_equal(found, expected);
    config_free(config);
}

static void the_project_is_where_the_script_is(void **state) {
    (void)state;
    char sub[128];
    snprintf(sub, sizeof sub, "%s/sub", folder);
    assert_int_equal(mkdir("sub", 0755) | symlink("sub", "link"), 0);
    write_file("sub/x.py", "");
    assert_project_folder("target.script=sub/x.py", "ui.sort=self", sub);
    assert_project_folder("target.script=link/x.py", "ui.sort=self", sub);
    assert_project_folder("target.script=sub", "ui.sort=self", sub);
    assert_project_folder("target.script=x.py", "ui.sort=self", folder);
    assert_project_folder("target.script=/x.py", "ui.sort=self", "");
    assert_project_folder("target.module=m", "ui.sort=self", folder);
    assert_project_folder("target.module=m", "target.cwd=sub", sub);
    assert_project_folder("target.script='-'", "target.cwd=sub", sub);
}

static void settings_are_packed_for_the_host(void **state) {
    (void)state;
    struct error error;
    struct arena_header *header = calloc(1, sizeof *header);
    struct config *config = config_new();
    assert_non_null(header);
    assert_true(config_set(config, "target.code=pass", &error));
    assert_true(config_set_collectors(config, "function,line", &error));
    assert_true(config_set(config, "collectors.function.builtins=false", &error));
    assert_true(config_set(config, "collectors.line.marked_only=true", &error));
    assert_true(config_set(config, "collectors.line.clock=running", &error));
    assert_true(config_set(config, "collectors.function.include=[a, b/**]", &error));
    assert_true(config_set(config, "collectors.function.exclude=[]", &error));
    assert_true(config_set(config, "collectors.line.include=[project]", &error));
    assert_true(config_set(config, "collectors.line.exclude=[x]", &error));
    assert_true(config_set(config, "collectors.bytecode.include=[y]", &error));
    assert_true(config_set(config, "collectors.bytecode.exclude=[z]", &error));
    assert_true(settings_write(header, config, &error));
    assert_int_equal(header->collectors, COLLECTOR_FUNCTION | COLLECTOR_LINE);
    assert_int_equal(header->builtins, 0);
    assert_int_equal(header->marked_only, 1);
    assert_int_equal(header->run_clock, RUN_CLOCK_RUNNING);
    assert_int_equal(header->children, 1);
    assert_memory_equal(header->settings, "a\0b/**\0\0\0project\0\0x\0\0y\0\0z\0\0", 28);
    assert_string_equal(header->project_folder, folder);
    assert_true(config_set(config, "collectors.children=false", &error));
    assert_true(settings_write(header, config, &error));
    assert_int_equal(header->children, 0);
    char *long_setting = NULL;
    assert_true(asprintf(&long_setting, "collectors.line.include=[%0*d]", ARENA_SETTINGS_SIZE, 7) > 0);
    assert_true(config_set(config, long_setting, &error));
    assert_false(settings_write(header, config, &error));
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_non_null(strstr(error.text, "collectors.line.include"));
    free(long_setting);
    config_free(config);
    free(header);
}

/* --- output that is kept ---------------------------------------------------------------------------------- */

static void the_ring_keeps_the_end_and_counts_what_is_lost(void **state) {
    (void)state;
    struct output_ring *ring = calloc(1, sizeof *ring);
    unsigned char *bytes = malloc(OUTPUT_RING_SIZE), piece[1000];
    uint64_t position = 0, lost;
    assert_non_null(ring);
    assert_non_null(bytes);
    output_ring_add(ring, (const unsigned char *)"hello", 5);
    assert_int_equal(output_ring_read(ring, &position, bytes, 3, &lost), 3);
    assert_memory_equal(bytes, "hel", 3);
    assert_int_equal(lost, 0);
    assert_int_equal(output_ring_read(ring, &position, bytes, 100, &lost), 2);
    assert_int_equal(output_ring_read(ring, &position, bytes, 100, &lost), 0);
    for (int i = 0; i < 100; i++) {
        memset(piece, i, sizeof piece);
        output_ring_add(ring, piece, sizeof piece);
    }
    assert_int_equal(output_ring_oldest(ring), 100005 - OUTPUT_RING_SIZE);
    assert_int_equal(output_ring_read(ring, &position, bytes, OUTPUT_RING_SIZE, &lost), OUTPUT_RING_SIZE);
    assert_int_equal(lost, 100000 - OUTPUT_RING_SIZE);
    assert_int_equal(position, 100005);
    assert_int_equal(bytes[0], (100000 - OUTPUT_RING_SIZE) / 1000);
    assert_int_equal(bytes[OUTPUT_RING_SIZE - 1], 99);
    output_ring_restart(ring); /* a new run: what is old is not lost, it is over */
    output_ring_add(ring, (const unsigned char *)"new", 3);
    position = 50000;
    assert_int_equal(output_ring_read(ring, &position, bytes, 100, &lost), 3);
    assert_memory_equal(bytes, "new", 3);
    assert_int_equal(lost, 0);
    free(bytes);
    free(ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arenas_are_removed_when_nobody_holds_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_arena_is_made_private_and_locked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sessions_are_named_after_script_and_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sessions_are_never_overwritten_by_chance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_for_sessions_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(targets_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_project_is_where_the_script_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_are_packed_for_the_host, set_up, tear_down),
        cmocka_unit_test(the_ring_keeps_the_end_and_counts_what_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
