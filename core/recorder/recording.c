#include "core/recorder/recording.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/arena_place.h"
#include "core/recorder/launch.h"
#include "core/recorder/settings.h"
#include "core/recorder/target.h"
#include "pyprof/recorder.h"

static bool start_host(struct recording *recording, const struct config *config, const struct connection *connection,
                       const char *host_path, const char *python_path, struct error *error) {
    struct launch launch;
    if (!settings_write(recording->arena.header, config, error) ||
        !launch_of_config(&launch, config, host_path, python_path, recording->arena.path, error))
        return false;
    launch.pty = connection->pty;
    for (int i = 0; i < 3; i++)
        launch.descriptors[i] = connection->descriptors[i];
    recording->pid = launch_start(&launch, error);
    launch_free(&launch);
    return recording->pid > 0;
}

bool recording_start(struct recording *recording, const struct config *config, const struct connection *connection,
               struct error *error) {
    char host_path[ARENA_PATH_SIZE], python_path[ARENA_PATH_SIZE];
    *recording = RECORDING_NONE;
    arena_place_remove_stale();
    if (!target_check(config, error) || !recorder_find_host(config, host_path, python_path, error) ||
        !arena_place_create(&recording->arena, &recording->arena_lock, error))
        return false;
    if (!start_host(recording, config, connection, host_path, python_path, error)) {
        recording_remove(recording);
        return false;
    }
    recording->ended = false;
    timeline_start(&recording->timeline, &recording->arena, recording->pid,
                   (uint64_t)config->collectors.memory.interval_ms * UINT64_C(1000000));
    return true;
}

/* The kind is what readers look at: it is stored last. */
static void write_end(struct arena_header *header, int wait_status) {
    struct arena_clock clock = header->clock;
    clock_end(&clock);
    __atomic_store_n(&header->clock.end_ns, clock.end_ns, __ATOMIC_RELEASE);
    __atomic_store_n(&header->clock.end_ticks, clock.end_ticks, __ATOMIC_RELEASE);
    bool signaled = WIFSIGNALED(wait_status);
    header->exit_value = (uint32_t)(signaled ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status));
    __atomic_store_n(&header->exit_kind, signaled ? ARENA_EXIT_SIGNAL : ARENA_EXIT_STATUS, __ATOMIC_RELEASE);
}

bool recording_reap(struct recording *recording, bool *stopped) {
    int status;
    pid_t pid;
    if (recording->ended)
        return false;
    do
        pid = waitpid(recording->pid, &status, WNOHANG | WUNTRACED);
    while (pid < 0 && errno == EINTR);
    if (pid != recording->pid)
        return false;
    if (WIFSTOPPED(status)) {
        if (stopped)
            *stopped = true;
        return false;
    }
    recording->ended = true;
    recording->wait_status = status;
    timeline_stop(&recording->timeline);
    write_end(recording->arena.header, status);
    return true;
}

void recording_remove(struct recording *recording) {
    if (recording->arena_lock < 0)
        return;
    unlink(recording->arena.path);
    close(recording->arena_lock);
    arena_detach(&recording->arena);
    recording->arena_lock = -1;
}
