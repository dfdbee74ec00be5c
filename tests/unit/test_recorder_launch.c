/* Starting the target: its arguments, environment, folder, descriptors and signals; with and without a terminal of
 * its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/recorder/launch.h"
#include "core/recorder/signals.h"
#include "core/recorder/target.h"
#include "pyprof/recorder.h"

static char output[8192];

/* Runs /bin/sh with the launch, its stdout kept in `output`; returns its wait status. */
static int run_shell(struct launch *launch, const char *code) {
    char *arguments[] = {"/bin/sh", "-c", (char *)(uintptr_t)code, NULL};
    char *environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    struct error error;
    int ends[2], status;
    size_t used = 0;
    ssize_t got;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    launch->program = arguments[0];
    launch->arguments = arguments;
    launch->environment = environment;
    launch->descriptors[1] = ends[1];
    pid_t pid = launch_start(launch, &error);
    close(ends[1]);
    assert_true(pid > 0);
    while ((got = read(ends[0], output + used, sizeof output - 1 - used)) > 0)
        used += (size_t)got;
    output[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void the_status_is_the_childs(void **state) {
    (void)state;
    struct launch launch = {.descriptors = {-1, -1, -1}};
    int status = run_shell(&launch, "echo out; exit 7");
    assert_string_equal(output, "out\n");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void the_group_is_ours_without_a_terminal(void **state) {
    (void)state;
    struct launch launch = {.descriptors = {-1, -1, -1}};
    char expected[64];
    snprintf(expected, sizeof expected, "%d\n", (int)getpgrp());
    run_shell(&launch, "ps -o pgrp= -p $$ | tr -d ' '");
    assert_string_equal(output, expected);
}

/* As python3 would have them: what the shell gave, nothing of ours. */
static void only_what_is_meant_is_open(void **state) {
    (void)state;
    struct launch launch = {.descriptors = {-1, -1, -1}};
    int own = open("/dev/null", O_RDONLY | O_CLOEXEC), inherited = open("/dev/null", O_RDONLY);
    char code[128];
    snprintf(code, sizeof code, "test -e /proc/$$/fd/%d && echo own; test -e /proc/$$/fd/%d && echo inherited", own,
             inherited);
    run_shell(&launch, code);
    close(own);
    close(inherited);
    assert_string_equal(output, "inherited\n");
}

static void the_folder_is_entered(void **state) {
    (void)state;
    struct launch launch = {.descriptors = {-1, -1, -1}, .folder = (char[]){"/usr/bin/.."}};
    run_shell(&launch, "pwd -P");
    assert_string_equal(output, "/usr\n");
}

/* While the recorder has taken its signals, the target has them as they were when the program began. */
static void signals_are_as_they_were(void **state) {
    (void)state;
    struct launch launch = {.descriptors = {-1, -1, -1}};
    int signals = signals_take();
    assert_true(signals >= 0);
    /* Blocked, ignored and caught, as bits: of 1 HUP, 2 INT, 13 PIPE, 25 XFSZ none but HUP, ignored in main. */
    run_shell(&launch, "grep -E '^Sig(Blk|Ign)' /proc/self/status");
    signals_give_back(signals);
    unsigned long long blocked = 0, ignored = 0;
    assert_int_equal(sscanf(output, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    assert_int_equal(blocked, 0);
    /* 32 and 33 are glibc's own; its posix_spawn, by which make starts us, leaves them ignored. */
    assert_int_equal(ignored & 0x7fffffff, 1);
}

static void signals_come_by_descriptor(void **state) {
    (void)state;
    struct signalfd_siginfo signal_info;
    int signals = signals_take();
    assert_false(signals_next(signals, &signal_info));
    kill(getpid(), SIGTERM);
    assert_true(signals_next(signals, &signal_info));
    assert_int_equal(signal_info.ssi_signo, SIGTERM);
    assert_int_equal(signal_info.ssi_code, SI_USER);
    kill(getpid(), SIGINT); /* dropped with the rest */
    signals_give_back(signals);
    struct sigaction action;
    assert_int_equal(sigaction(SIGINT, NULL, &action), 0);
    assert_true(action.sa_handler == SIG_DFL);
}

static void failures_before_the_start_are_told(void **state) {
    (void)state;
    struct error error;
    char *arguments[] = {"/nonexistent/pyprof-host", NULL}, *environment[] = {NULL};
    struct launch launch = {.program = arguments[0], .arguments = arguments,
                            .environment = environment, .descriptors = {-1, -1, -1}};
    assert_int_equal(launch_start(&launch, &error), -1);
    assert_int_equal(error.exit_status, 1);
    assert_non_null(strstr(error.text, "/nonexistent/pyprof-host"));
    arguments[0] = "/bin/true";
    launch.folder = (char[]){"/nonexistent/folder"};
    assert_int_equal(launch_start(&launch, &error), -1);
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_non_null(strstr(error.text, "/nonexistent/folder"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

/* Reads the terminal until `expected` is in what came, or for five seconds. */
static void read_until(int master, const char *expected) {
    size_t used = 0;
    output[0] = '\0';
    while (!strstr(output, expected)) {
        struct pollfd descriptor = {.fd = master, .events = POLLIN};
        assert_int_equal(poll(&descriptor, 1, 5000), 1);
        ssize_t got = read(master, output + used, sizeof output - 1 - used);
        assert_true(got > 0);
        used += (size_t)got;
        output[used] = '\0';
    }
}

static void a_terminal_of_its_own(void **state) {
    (void)state;
    struct error error;
    struct pty pty;
    int status;
    char *arguments[] = {"/bin/sh", "-c", "stty size; tty -s && echo tty; echo on-dev-tty > /dev/tty; read line; "
                         "echo got $line; kill -STOP 0 & wait; read rest", NULL};
    char *environment[] = {"PATH=/usr/bin:/bin", NULL};
    assert_true(pty_open(&pty, 12, 34, &error));
    struct launch launch = {.program = arguments[0], .arguments = arguments,
                            .environment = environment, .pty = &pty, .descriptors = {-1, -1,
                                                                                                             -1}};
    pid_t pid = launch_start(&launch, &error);
    assert_true(pid > 0);
    pty_close_slave(&pty);
    read_until(pty.master, "on-dev-tty");
    assert_non_null(strstr(output, "12 34\r\ntty\r\n"));
    assert_int_equal(getsid(pid), pid);
    assert_int_equal(write(pty.master, "typed\n", 6), 6);
    read_until(pty.master, "got typed");
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid); /* a session leader's own job control works */
    assert_true(WIFSTOPPED(status));
    kill(-pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WTERMSIG(status), SIGKILL);
    pty_close(&pty);
}

static const struct engine_places PLACES = {.folders = "/e:/f", .injector = "/e/pyprof-inject.so"};
static const struct interpreter INTERPRETER = {.program = "/p/python3", .argument0 = "python3"};

static void arguments_of_a_config(void **state) {
    (void)state;
    struct error error;
    struct launch launch;
    struct config *config = config_new();
    assert_true(config_set(config, "target.module=json.tool", &error));
    assert_true(config_set(config, "target.args=[a, 'b c']", &error));
    assert_true(config_set(config, "target.env={PYPROF_TEST: two words, PATH: /new}", &error));
    assert_int_equal(setenv("PYPROF_TEST", "old", 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", "", 1), 0);
    assert_true(launch_of_config(&launch, config, &PLACES, &INTERPRETER, "/a/arena", &error));
    assert_string_equal(launch.program, "/p/python3");
    static const char *const expected[] = {"python3", "-m", "json.tool", "a", "b c"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_string_equal(launch.arguments[i], expected[i]);
    assert_null(launch.arguments[5]);
    int seen = 0, paths = 0, injection = 0;
    for (char **variable = launch.environment; *variable; variable++) {
        seen += strcmp(*variable, "PYPROF_TEST=two words") == 0;
        paths += strncmp(*variable, "PATH=", 5) == 0;
        injection += strcmp(*variable, "LD_PRELOAD=/e/pyprof-inject.so:") == 0 ||
                     strcmp(*variable, "PYPROF_ARENA=/a/arena") == 0 || strcmp(*variable, "PYPROF_HOSTS=/e:/f") == 0;
        assert_string_not_equal(*variable, "PYPROF_TEST=old");
    }
    assert_int_equal(seen, 1);
    assert_int_equal(paths, 1);
    assert_int_equal(injection, 3);
    assert_null(launch.folder);
    launch_free(&launch);
    config_free(config);
}

/* What LD_PRELOAD is for a config of these two switches, with the library for native code in that place. */
static void assert_preload(bool memory, bool native, const char *place, const char *expected) {
    struct error error;
    struct launch launch;
    struct engine_places places = PLACES;
    strcpy(places.native, place);
    struct config *config = config_new();
    config->collectors.memory.enabled = memory;
    config->collectors.memory.native = native;
    assert_true(config_set(config, "target.code=pass", &error));
    assert_int_equal(setenv("LD_PRELOAD", "/user/own.so", 1), 0);
    assert_true(launch_of_config(&launch, config, &places, &INTERPRETER, "/a/arena", &error));
    int found = 0;
    for (char **variable = launch.environment; *variable; variable++)
        if (strncmp(*variable, "LD_PRELOAD=", 11) == 0) {
            assert_string_equal(*variable + 11, expected);
            found++;
        }
    assert_int_equal(found, 1);
    launch_free(&launch);
    config_free(config);
    unsetenv("LD_PRELOAD");
}

static void native_code_is_watched_where_its_memory_is_counted(void **state) {
    (void)state;
    assert_preload(true, true, "/e/pyprof-native.so", "/e/pyprof-inject.so:/e/pyprof-native.so:/user/own.so");
    assert_preload(true, true, "", "/e/pyprof-inject.so:/user/own.so");
    assert_preload(true, false, "/e/pyprof-native.so", "/e/pyprof-inject.so:/user/own.so");
    assert_preload(false, true, "/e/pyprof-native.so", "/e/pyprof-inject.so:/user/own.so");
}

static void a_script_is_found_from_another_folder(void **state) {
    (void)state;
    struct error error;
    struct launch launch;
    char *here = getcwd(NULL, 0), expected[4096];
    struct config *config = config_new();
    assert_true(config_set(config, "target.script=sub/x.py", &error));
    assert_true(launch_of_config(&launch, config, &PLACES, &INTERPRETER, "a", &error));
    assert_string_equal(launch.arguments[1], "sub/x.py");
    launch_free(&launch);
    assert_true(config_set(config, "target.cwd=/usr", &error));
    assert_true(launch_of_config(&launch, config, &PLACES, &INTERPRETER, "a", &error));
    snprintf(expected, sizeof expected, "%s/sub/x.py", here);
    assert_string_equal(launch.arguments[1], expected);
    assert_string_equal(launch.folder, "/usr");
    launch_free(&launch);
    free(here);
    config_free(config);
}

int main(void) {
    signal(SIGHUP, SIG_IGN); /* as under nohup */
    recorder_remember_signals();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_the_childs),
        cmocka_unit_test(the_group_is_ours_without_a_terminal),
        cmocka_unit_test(only_what_is_meant_is_open),
        cmocka_unit_test(the_folder_is_entered),
        cmocka_unit_test(signals_are_as_they_were),
        cmocka_unit_test(signals_come_by_descriptor),
        cmocka_unit_test(failures_before_the_start_are_told),
        cmocka_unit_test(a_terminal_of_its_own),
        cmocka_unit_test(arguments_of_a_config),
        cmocka_unit_test(native_code_is_watched_where_its_memory_is_counted),
        cmocka_unit_test(a_script_is_found_from_another_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
