#include "core/recorder/saver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/save.h"
#include "pyprof/session.h"

/* What comes out of the pipe: percents, a byte each; then this one, and the outcome. */
enum { OUTCOME_FOLLOWS = 255 };

static const uint64_t tell_every_ns = UINT64_C(100000000);

/* What the process that saves says at its end: smaller than a pipe, so writing it never waits. */
struct outcome {
    bool done;
    char path[ARENA_PATH_SIZE];
    struct error error;
};

/* In the process that saves. */
struct telling {
    int result;
    const uint32_t *cancelled;
    uint64_t told_ns; /* when something was told last, or it began */
};

static bool tell(void *data, unsigned percent) {
    struct telling *telling = data;
    uint64_t now = clock_monotonic_ns();
    unsigned char byte = (unsigned char)percent;
    if (now - telling->told_ns >= tell_every_ns) {
        telling->told_ns = now;
        ssize_t ignored = write(telling->result, &byte, 1); /* where nobody is there any more it is saved all the same */
        (void)ignored;
    }
    return !__atomic_load_n(telling->cancelled, __ATOMIC_RELAXED);
}

static _Noreturn void save_and_exit(const char *arena_path, int arena_file, const struct config *config, const char *path,
                                    struct telling telling) {
    struct outcome outcome;
    struct session_watch watch = {.go_on = tell, .data = &telling};
    const unsigned char follows = OUTCOME_FOLLOWS;
    memset(&outcome, 0, sizeof outcome);
    strcpy(outcome.path, path);
    telling.told_ns = clock_monotonic_ns();
    struct model *model = save_build_model(arena_path, arena_file, config, &outcome.error);
    outcome.done = model && save_session(model, outcome.path, &watch, &outcome.error);
    bool written = write(telling.result, &follows, 1) == 1 &&
                   write(telling.result, &outcome, sizeof outcome) == (ssize_t)sizeof outcome;
    _exit(written ? 0 : 1);
}

static void forget_cancelled(struct saver *saver) {
    if (saver->cancelled)
        munmap(saver->cancelled, sizeof *saver->cancelled);
    saver->cancelled = NULL;
}

bool saver_start(struct saver *saver, const char *arena_path, int arena_file, const struct config *config, const char *path,
                 struct error *error) {
    int result[2];
    if (strlen(path) >= ARENA_PATH_SIZE)
        return error_set(error, EXIT_STATUS_USAGE, "%.80s...: this path is too long for a session", path);
    uint32_t *cancelled = mmap(NULL, sizeof *cancelled, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (cancelled == MAP_FAILED || pipe2(result, O_CLOEXEC)) {
        int problem = errno;
        if (cancelled != MAP_FAILED)
            munmap(cancelled, sizeof *cancelled);
        return error_set(error, 1, "%s: cannot save the session: %s", path, strerror(problem));
    }
    pid_t pid = fork();
    if (pid == 0)
        save_and_exit(arena_path, arena_file, config, path, (struct telling){.result = result[1], .cancelled = cancelled});
    int failed_fork = errno;
    close(result[1]);
    *saver = (struct saver){.pid = pid, .result = result[0], .cancelled = cancelled};
    if (pid > 0)
        return true;
    close(result[0]);
    forget_cancelled(saver);
    *saver = (struct saver){.result = -1};
    return error_set(error, 1, "%s: cannot save the session: %s", path, strerror(failed_fork));
}

bool saver_is_done(struct saver *saver) {
    unsigned char byte;
    ssize_t got;
    while ((got = read(saver->result, &byte, 1)) < 0 && errno == EINTR)
        ;
    if (got != 1 || byte == OUTCOME_FOLLOWS)
        return true;
    saver->percent = byte;
    return false;
}

void saver_cancel(struct saver *saver) {
    if (saver->cancelled)
        __atomic_store_n(saver->cancelled, 1, __ATOMIC_RELAXED);
}

bool saver_was_cancelled(const struct saver *saver) {
    return saver->cancelled && __atomic_load_n(saver->cancelled, __ATOMIC_RELAXED);
}

bool saver_finish(struct saver *saver, char path[ARENA_PATH_SIZE], struct error *error) {
    struct outcome outcome;
    size_t used = 0;
    ssize_t got;
    do {
        got = read(saver->result, (char *)&outcome + used, sizeof outcome - used);
        used += got > 0 ? (size_t)got : 0;
    } while ((got > 0 && used < sizeof outcome) || (got < 0 && errno == EINTR));
    close(saver->result);
    while (waitpid(saver->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    forget_cancelled(saver);
    *saver = (struct saver){.result = -1};
    if (used < sizeof outcome)
        return error_set(error, 1, "the session was not saved: the process that saves it was killed; save it again");
    memcpy(path, outcome.path, sizeof outcome.path);
    if (!outcome.done && error)
        *error = outcome.error;
    return outcome.done;
}
