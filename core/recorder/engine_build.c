#include "core/recorder/engine_build.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/recorder/engine_cache.h"
#include "core/recorder/engine_compile.h"
#include "core/recorder/interpreter.h"
#include "pyprof/recorder.h"

void engine_order_describe(const struct engine_order *order, char sentence[128]) {
    snprintf(sentence, 128, "building the engine for Python %s (once) ...", order->version);
}

/* A file for this version in the cache. */
static bool name_file(const struct engine_order *order, const char *suffix, char path[ARENA_PATH_SIZE]) {
    int length = snprintf(path, ARENA_PATH_SIZE, "%s/" INJECT_ENGINE_PREFIX "%s%s", order->cache, order->version, suffix);
    return length > 0 && length < ARENA_PATH_SIZE;
}

bool engine_order_path(const struct engine_order *order, char path[ARENA_PATH_SIZE]) {
    return name_file(order, INJECT_ENGINE_SUFFIX, path);
}

/* --- in the process that builds ---------------------------------------------------------------------------- */

struct files {
    char engine[ARENA_PATH_SIZE], unfinished[ARENA_PATH_SIZE], log[ARENA_PATH_SIZE], lock[ARENA_PATH_SIZE];
};

static bool name_files(const struct engine_order *order, struct files *files, struct error *error) {
    return (engine_order_path(order, files->engine) && name_file(order, ".unfinished", files->unfinished) &&
            name_file(order, ".log", files->log) && name_file(order, ".lock", files->lock)) ||
           error_set(error, 1, "%.200s...: this path is too long for engines; set XDG_CACHE_HOME to another folder", order->cache);
}

/* One build of a version at a time; the second finds what the first has built. The compiler inherits the lock: while
 * one writes, whoever started it, nobody else does. -1: *error says why. */
static int take_lock(const struct files *files, struct error *error) {
    int lock = open(files->lock, O_RDWR | O_CREAT, 0600), result = -1;
    if (lock >= 0)
        do
            result = flock(lock, LOCK_EX);
        while (result && errno == EINTR);
    if (result == 0)
        return lock;
    error_set(error, 1, "%s: cannot be locked: %s; set XDG_CACHE_HOME to another folder", files->lock, strerror(errno));
    if (lock >= 0)
        close(lock);
    return -1;
}

static bool is_there(const struct engine_order *order, const struct files *files) {
    struct stat status;
    return stat(files->engine, &status) == 0 && status.st_ino != order->replaced;
}

static bool has_file(const char *folder, const char *name) {
    char path[ARENA_PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    return *folder == '/' && length < (int)sizeof path && access(path, R_OK) == 0;
}

/* Where this Python's headers are; the internal ones are needed, too, which some distributions package apart. */
static const char *find_headers(const struct engine_order *order, const struct interpreter_facts *facts, struct error *error) {
    for (int i = 0; i < INTERPRETER_INCLUDES; i++)
        if (has_file(facts->includes[i], "Python.h") && has_file(facts->includes[i], "internal/pycore_frame.h"))
            return facts->includes[i];
    error_set(error, EXIT_STATUS_USAGE, "the engine for Python %s has to be built once, and the headers of %.250s are not "
                     "there (%.250s/Python.h, internal/pycore_frame.h); install them (Debian: apt-get install python%s-dev) or "
                     "give --python another", order->version, order->program, facts->includes[0], order->version);
    return NULL;
}

/* On the disk before it gets its name: what has the name is whole. */
static bool put_in_place(const struct files *files, struct error *error) {
    int file = open(files->unfinished, O_RDONLY | O_CLOEXEC);
    bool kept = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return (kept && rename(files->unfinished, files->engine) == 0) ||
           error_set(error, 1, "%s: cannot be written: %s; make room or set XDG_CACHE_HOME to another folder", files->engine,
                     strerror(errno));
}

static bool compile(const struct engine_order *order, const struct files *files, struct error *error) {
    struct interpreter_facts facts;
    char internal[ARENA_PATH_SIZE + 16];
    if (!interpreter_ask(order->program, &facts))
        return error_set(error, 1, "%.400s cannot be asked where its headers are; give --python another", order->program);
    const char *headers = find_headers(order, &facts, error);
    if (!headers)
        return false;
    snprintf(internal, sizeof internal, "%s/internal", headers);
    struct compilation compilation = {.folder = order->sources, .output = files->unfinished, .log = files->log,
                                      .includes = {headers, internal}};
    if (*facts.includes[1] == '/' && strcmp(facts.includes[1], headers) != 0)
        compilation.includes[2] = facts.includes[1]; /* pyconfig.h, where it depends on the machine */
    bool done = engine_compile(&compilation, error) && put_in_place(files, error);
    unlink(done ? files->log : files->unfinished);
    return done;
}

bool engine_build_now(const struct engine_order *order, struct error *error) {
    struct files files;
    if (!engine_cache_make(order->cache, error) || !name_files(order, &files, error))
        return false;
    int lock = take_lock(&files, error);
    if (lock < 0)
        return false;
    bool done = is_there(order, &files) || compile(order, &files, error);
    close(lock);
    return done;
}

/* --- the process -------------------------------------------------------------------------------------------- */

/* What it says at its end: smaller than a pipe, so writing it never waits. */
struct outcome {
    bool done;
    struct error error;
};

/* It holds nothing open that others wait for the end of. */
static void keep_only(int descriptor) {
    int nothing = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3 && nothing >= 0; i++)
        if (i != descriptor)
            dup2(nothing, i);
    if (descriptor > 3)
        close_range(3, (unsigned)descriptor - 1, 0);
    close_range((unsigned)(descriptor > 2 ? descriptor : 2) + 1, ~0u, 0);
}

static _Noreturn void build_and_exit(const struct engine_order *order, int result) {
    struct outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    setpgid(0, 0); /* to be ended together with the compiler */
    keep_only(result);
    signal(SIGCHLD, SIG_DFL); /* ignored, it would leave no status of the compiler's */
    outcome.done = engine_build_now(order, &outcome.error);
    ssize_t written = write(result, &outcome, sizeof outcome);
    _exit(written == (ssize_t)sizeof outcome ? 0 : 1);
}

bool engine_build_start(struct engine_build *build, const struct engine_order *order, struct error *error) {
    int result[2];
    *build = ENGINE_BUILD_NONE;
    recorder_remember_signals();
    if (pipe2(result, O_CLOEXEC))
        return error_set(error, 1, "cannot build the engine: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        build_and_exit(order, result[1]);
    int failed_fork = errno;
    close(result[1]);
    if (pid < 0) {
        close(result[0]);
        return error_set(error, 1, "cannot build the engine: %s", strerror(failed_fork));
    }
    setpgid(pid, pid); /* here, too, so that it is done before anybody signals the group */
    *build = (struct engine_build){.pid = pid, .result = result[0]};
    return true;
}

static void bury(struct engine_build *build) {
    close(build->result);
    while (waitpid(build->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *build = ENGINE_BUILD_NONE;
}

bool engine_build_finish(struct engine_build *build, struct error *error) {
    struct outcome outcome;
    size_t used = 0;
    ssize_t got;
    do {
        got = read(build->result, (char *)&outcome + used, sizeof outcome - used);
        used += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && used < sizeof outcome) || (got < 0 && errno == EINTR));
    bury(build);
    if (used < sizeof outcome)
        return error_set(error, 1, "the engine was not built: the process that builds it was killed; run again");
    if (!outcome.done && error)
        *error = outcome.error;
    return outcome.done;
}

void engine_build_stop(struct engine_build *build) {
    if (!build->pid)
        return;
    kill(-build->pid, SIGTERM); /* a compiler tidies up */
    kill(build->pid, SIGKILL);
    bury(build);
}
