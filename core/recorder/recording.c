#include "core/recorder/recording.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/arena_place.h"
#include "core/recorder/engines.h"
#include "core/recorder/interpreter.h"
#include "core/recorder/launch.h"
#include "core/recorder/settings.h"
#include "core/recorder/target.h"
#include "pyprof/recorder.h"

static bool start_host(struct recording *recording, const struct config *config, const struct connection *connection,
                       const struct engine_places *places, const struct interpreter *interpreter, struct error *error) {
    struct launch launch;
    if (!settings_write(recording->arena.header, config, error) ||
        !launch_of_config(&launch, config, places, interpreter, recording->arena.path, error))
        return false;
    launch.pty = connection->pty;
    for (int i = 0; i < 3; i++)
        launch.descriptors[i] = connection->descriptors[i];
    memcpy(recording->program, interpreter->program, sizeof recording->program);
    recording->pid = launch_start(&launch, error);
    launch_free(&launch);
    return recording->pid > 0;
}

bool recording_start(struct recording *recording, const struct config *config, const struct connection *connection,
               struct error *error) {
    struct engine_places places;
    struct interpreter interpreter;
    *recording = RECORDING_NONE;
    arena_place_remove_stale();
    if (!target_check(config, error) || !engine_places_find(&places, error) ||
        !interpreter_find(config, &interpreter, error) ||
        !arena_place_create(&recording->arena, &recording->arena_lock, error))
        return false;
    if (!start_host(recording, config, connection, &places, &interpreter, error)) {
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

bool recording_was_refused(const struct recording *recording, struct error *error) {
    const struct arena_header *header = recording->arena.header;
    uint32_t refusal = __atomic_load_n(&header->refusal, __ATOMIC_ACQUIRE);
    if (header->host_pid)
        return false;
    if (refusal == ARENA_REFUSED_MISSING)
        error_set(error, EXIT_STATUS_USAGE, "%.1000s is Python %.500s, which no engine was built for; build one with `make "
                  "PYTHON=%.1000s`, or give --python another", header->refusal_program, header->refusal_detail,
                  header->refusal_program);
    else if (refusal == ARENA_REFUSED_NOT)
        error_set(error, EXIT_STATUS_USAGE, "%s: ended without having been a Python that can be profiled; give --python the "
                  "path of a python3", recording->program);
    else
        error_set(error, 1, "%.1000s: the engine cannot be loaded: %.500s", header->refusal_program, header->refusal_detail);
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
