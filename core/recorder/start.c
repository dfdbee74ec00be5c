/* start.c - making the recorder process of a viewer. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/recorder/server.h"
#include "core/recorder/session_path.h"
#include "core/recorder/signals.h"

/* What the new process keeps of the viewer's descriptors. */
struct inheritance {
    int connection, ready; /* its end of the viewer's socket; where it says whether the run has started */
    int descriptors[3];    /* for the target; -1: the pty */
};

static int compare_integers(const void *left, const void *right) {
    int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}

/* Above all the viewer's terminal must go: a recorder that kept it open would keep a line open that has long been
 * dropped. */
static void close_all_but(const struct inheritance *kept) {
    int sorted[5] = {kept->connection, kept->ready, kept->descriptors[0], kept->descriptors[1], kept->descriptors[2]};
    qsort(sorted, 5, sizeof *sorted, compare_integers);
    int from = 3;
    for (int i = 0; i < 5; i++) {
        if (sorted[i] > from)
            close_range((unsigned)from, (unsigned)sorted[i] - 1, 0);
        if (sorted[i] >= from)
            from = sorted[i] + 1;
    }
    close_range((unsigned)from, ~0u, 0);
    int nothing = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3 && nothing >= 0; i++)
        dup2(nothing, i);
    if (nothing > 2)
        close(nothing);
}

/* The target's descriptors, moved out of the way of 0, 1 and 2. */
static bool move_descriptors(struct inheritance *inheritance) {
    for (int i = 0; i < 3; i++) {
        if (inheritance->descriptors[i] < 0)
            continue;
        inheritance->descriptors[i] = fcntl(inheritance->descriptors[i], F_DUPFD_CLOEXEC, 3);
        if (inheritance->descriptors[i] < 0)
            return false;
    }
    return true;
}

static void report(int ready, const struct error *error) {
    ssize_t written = error ? write(ready, error, sizeof *error) : 0;
    (void)written; /* a viewer that is gone needs no report */
    close(ready);
}

static _Noreturn void be_recorder(struct config *config, struct inheritance *inheritance, int rows, int columns) {
    struct error error;
    setsid();
    prctl(PR_SET_NAME, "pyprof-recorder");
    signal(SIGPIPE, SIG_IGN);
    struct server *server = calloc(1, sizeof *server);
    bool moved = move_descriptors(inheritance);
    if (moved)
        close_all_but(inheritance);
    if (!server || !moved) {
        error_set(&error, 1, "cannot start the recorder: %s", strerror(errno));
    } else if (server_open(server, config, inheritance->descriptors, rows, columns, &error)) {
        report(inheritance->ready, NULL);
        server_attach(server, inheritance->connection);
        server_serve(server);
        server_close(server);
        free(server);
        _exit(0);
    }
    report(inheritance->ready, &error);
    _exit(1);
}

/* Waits until the run has started (an end of file) or could not be (an error). */
static bool wait_until_ready(int ready, struct error *error) {
    struct error reported;
    ssize_t got;
    do
        got = read(ready, &reported, sizeof reported);
    while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof reported && error)
        *error = reported;
    return got == 0;
}

/* Twice forked, so that the recorder is nobody's child: a viewer that waits for its children is not disturbed. */
static bool fork_recorder(struct config *config, struct inheritance *inheritance, int rows, int columns) {
    pid_t pid = fork();
    if (pid == 0) {
        pid_t recorder = fork();
        if (recorder == 0)
            be_recorder(config, inheritance, rows, columns);
        _exit(recorder < 0);
    }
    int status = 0;
    pid_t waited = -1;
    if (pid > 0)
        do
            waited = waitpid(pid, &status, 0);
        while (waited < 0 && errno == EINTR);
    return pid > 0 && (waited < 0 || status == 0);
}

static int start_process(struct config *config, struct inheritance *inheritance, int rows, int columns,
                         struct error *error) {
    int sockets[2], ready[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets)) {
        error_set(error, 1, "cannot start the recorder: %s", strerror(errno));
        return -1;
    }
    if (pipe2(ready, O_CLOEXEC)) {
        error_set(error, 1, "cannot start the recorder: %s", strerror(errno));
        close(sockets[0]);
        close(sockets[1]);
        return -1;
    }
    inheritance->connection = sockets[1];
    inheritance->ready = ready[1];
    bool started = fork_recorder(config, inheritance, rows, columns);
    if (!started)
        error_set(error, 1,
                  "cannot start the recorder: the system allows no more processes; end others or raise `ulimit -u`");
    close(sockets[1]);
    close(ready[1]);
    started = started && wait_until_ready(ready[0], error);
    close(ready[0]);
    if (started)
        return sockets[0];
    close(sockets[0]);
    return -1;
}

int recorder_start(const struct config *config, int target_in, int target_out, int target_err, int rows, int columns,
                   struct error *error) {
    struct inheritance inheritance = {.descriptors = {target_in, target_out, target_err}};
    char path[ARENA_PATH_SIZE];
    recorder_remember_signals();
    /* A place that was named must be good; for the usual one there is a question at the end. */
    if (config->output.session &&
        (!session_path_make_absolute(config->output.session, path, error) || !session_path_check(path, error)))
        return -1;
    struct config *copy = config_copy(config);
    if (!copy) {
        error_set(error, 1, "out of memory while starting the recorder");
        return -1;
    }
    int connection = start_process(copy, &inheritance, rows, columns, error);
    config_free(copy);
    return connection;
}
