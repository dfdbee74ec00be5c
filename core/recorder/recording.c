#include "core/recorder/recording.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/arena_place.h"
#include "core/recorder/engines.h"
#include "core/recorder/executable.h"
#include "core/recorder/interpreter.h"
#include "core/recorder/launch.h"
#include "core/recorder/plain_path.h"
#include "core/recorder/settings.h"
#include "core/recorder/target.h"
#include "pyprof/recorder.h"

static bool start_host(struct recording *recording, const struct config *config, const struct connection *connection,
                       const struct engine_places *places, const struct interpreter *interpreter, struct error *error) {
    struct launch launch;
    if (!settings_write(recording->arena.header, config, error) ||
        !launch_of_config(&launch, config, places, interpreter, recording->arena.path, error))
        return false;
    /* A viewer shows it, and reports of instructions name it. */
    recording->arena.header->disassembly = connection->pty || config->collectors.bytecode.enabled;
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
        !interpreter_find(config, &interpreter, error) || !executable_takes_injector(interpreter.program, error) ||
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

void recording_tick(struct recording *recording, uint64_t now_ns) {
    if (now_ns < recording->timeline.next_ns)
        return;
    timeline_tick(&recording->timeline, now_ns);
    child_ends_note(&recording->child_ends, recording->arena.path);
}

/* Where the program had another one executed in its place, its own time ended then. The kind is what readers look at: it is
 * stored last. */
static void write_end(struct arena_header *header, int wait_status) {
    struct arena_clock clock = header->clock;
    if (!clock.end_ns || !clock.end_ticks) {
        clock_end(&clock);
        __atomic_store_n(&header->clock.end_ns, clock.end_ns, __ATOMIC_RELEASE);
        __atomic_store_n(&header->clock.end_ticks, clock.end_ticks, __ATOMIC_RELEASE);
    }
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
    child_ends_note(&recording->child_ends, recording->arena.path);
    write_end(recording->arena.header, status);
    return true;
}

/* The header is written by a program that is not ours: its texts are taken with bounds. */
struct refusal {
    uint32_t reason;
    char program[ARENA_PATH_SIZE], detail[sizeof((struct arena_header *)0)->refusal_detail];
};

static bool read_refusal(const struct recording *recording, struct refusal *refusal) {
    const struct arena_header *header = recording->arena.header;
    refusal->reason = __atomic_load_n(&header->refusal, __ATOMIC_ACQUIRE);
    snprintf(refusal->program, sizeof refusal->program, "%.*s", (int)sizeof header->refusal_program, header->refusal_program);
    snprintf(refusal->detail, sizeof refusal->detail, "%.*s", (int)sizeof header->refusal_detail, header->refusal_detail);
    return !header->host_pid;
}

bool recording_was_refused(const struct recording *recording, struct error *error) {
    struct refusal refusal;
    if (!read_refusal(recording, &refusal))
        return false;
    if (WIFSIGNALED(recording->wait_status))
        error_set(error, 128 + WTERMSIG(recording->wait_status), "%.600s: was ended by signal %d (%s) before a program ran in it",
                  recording->program, WTERMSIG(recording->wait_status), strsignal(WTERMSIG(recording->wait_status)));
    else if (refusal.reason == ARENA_REFUSED_BROKEN)
        error_set(error, 1, "%.400s: the engine cannot be loaded: %.400s", refusal.program, refusal.detail);
    else if (refusal.reason != ARENA_REFUSED_MISSING)
        error_set(error, EXIT_STATUS_USAGE, "%.600s: ended without having been a Python that can be profiled; give --python "
                  "the path of a python3", recording->program);
    else if (engine_version_is_known(refusal.detail, refusal.program, error))
        error_set(error, EXIT_STATUS_USAGE, "%.400s is Python %.20s, for which there is neither an engine nor the sources to build "
                  "one; build it with `make engine PYTHON=%.400s`, or give --python another", refusal.program, refusal.detail,
                  refusal.program);
    return true;
}

/* The loader's complaint begins with the engine's path. Is it one in the cache, that can be built again? */
static bool find_broken(const char *complaint, const struct engine_places *places, struct engine_order *order) {
    char cache[ARENA_PATH_SIZE], name[64], path[ARENA_PATH_SIZE];
    struct stat status;
    size_t length = plain_path_of(places->cache, cache, NULL) ? strlen(cache) : 0;
    if (!length || strncmp(complaint, cache, length) != 0 || complaint[length] != '/')
        return false;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(complaint + length + 1, ":/"), complaint + length + 1);
    if (!engine_version_of_name(name, order->version) || !engine_order_path(order, path) || stat(path, &status))
        return false;
    order->replaced = status.st_ino;
    return true;
}

bool recording_order_engine(const struct recording *recording, struct engine_order *order) {
    struct refusal refusal;
    struct engine_places places;
    if (!read_refusal(recording, &refusal) || !engine_places_find(&places, NULL) || !*places.sources || !*places.cache)
        return false;
    *order = (struct engine_order){.replaced = 0};
    strcpy(order->program, refusal.program);
    strcpy(order->sources, places.sources);
    strcpy(order->cache, places.cache);
    if (refusal.reason == ARENA_REFUSED_BROKEN)
        return find_broken(refusal.detail, &places, order);
    snprintf(order->version, sizeof order->version, "%.*s", (int)sizeof order->version - 1, refusal.detail);
    return refusal.reason == ARENA_REFUSED_MISSING && *order->program == '/' &&
           engine_version_is_known(order->version, order->program, NULL);
}

void recording_remove(struct recording *recording) {
    if (recording->arena_lock < 0)
        return;
    arena_place_remove(recording->arena.path);
    close(recording->arena_lock);
    arena_detach(&recording->arena);
    recording->arena_lock = -1;
    child_ends_free(&recording->child_ends);
}
