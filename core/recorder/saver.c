#include "core/recorder/saver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/recorder/save.h"

/* What the process that saves says at its end: smaller than a pipe, so writing it never waits. */
struct outcome {
    bool done;
    char path[ARENA_PATH_SIZE];
    struct error error;
};

static _Noreturn void save_and_exit(const char *arena_path, int arena_file, const struct config *config, const char *path,
                                    int result) {
    struct outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    strcpy(outcome.path, path);
    struct model *model = save_build_model(arena_path, arena_file, config, &outcome.error);
    outcome.done = model && save_session(model, outcome.path, &outcome.error);
    ssize_t written = write(result, &outcome, sizeof outcome);
    _exit(written == (ssize_t)sizeof outcome ? 0 : 1);
}

bool saver_start(struct saver *saver, const char *arena_path, int arena_file, const struct config *config, const char *path,
                 struct error *error) {
    int result[2];
    if (strlen(path) >= ARENA_PATH_SIZE)
        return error_set(error, EXIT_STATUS_USAGE, "%.80s...: this path is too long for a session", path);
    if (pipe2(result, O_CLOEXEC))
        return error_set(error, 1, "%s: cannot save the session: %s", path, strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        save_and_exit(arena_path, arena_file, config, path, result[1]);
    int failed_fork = errno;
    close(result[1]);
    if (pid < 0) {
        close(result[0]);
        return error_set(error, 1, "%s: cannot save the session: %s", path, strerror(failed_fork));
    }
    *saver = (struct saver){.pid = pid, .result = result[0]};
    return true;
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
    *saver = (struct saver){.result = -1};
    if (used < sizeof outcome)
        return error_set(error, 1, "the session was not saved: the process that saves it was killed; save it again");
    memcpy(path, outcome.path, sizeof outcome.path);
    if (!outcome.done && error)
        *error = outcome.error;
    return outcome.done;
}
