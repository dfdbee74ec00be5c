/* foreground.c - a headless run: the recorder is this process; the target has its terminal, pipes and signals. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/disassembler.h"
#include "core/recorder/engine_build.h"
#include "core/recorder/process_status.h"
#include "core/recorder/recording.h"
#include "core/recorder/save.h"
#include "core/recorder/session_path.h"
#include "core/recorder/signals.h"
#include "pyprof/recorder.h"

/* How long a stopped target is looked at again after: a terminal's ^Z stops and continues this process by itself. */
static const uint64_t STOP_DELAY_NS = 50000000;

/* The terminal sends its signals to the whole foreground group, the target included. What a process sent to the
 * recorder alone was meant for the target. */
static void pass_on(const struct recording *recording, const struct signalfd_siginfo *signal) {
    if (signal->ssi_signo != SIGCHLD && signal->ssi_code <= 0)
        kill(recording->pid, (int)signal->ssi_signo);
}

/* The target was stopped alone (SIGSTOP): stop as well, so that the shell that started us sees it, and continue it
 * when we are continued. */
static void stop_with_target(const struct recording *recording) {
    struct process_status status;
    int process = process_status_open(recording->pid);
    bool is_stopped = process >= 0 && process_status_read(process, &status) && status.state == 'T';
    if (process >= 0)
        close(process);
    if (is_stopped) {
        raise(SIGSTOP);
        kill(recording->pid, SIGCONT);
    }
}

static void wait_for(int descriptor, uint64_t until_ns) {
    struct pollfd poll_descriptor = {.fd = descriptor, .events = POLLIN};
    uint64_t now = clock_monotonic_ns();
    uint64_t left = until_ns > now ? until_ns - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
    ppoll(&poll_descriptor, 1, until_ns == UINT64_MAX ? NULL : &timeout, NULL);
}

static void follow_until_end(struct recording *recording, int signals) {
    uint64_t stop_at_ns = UINT64_MAX;
    for (;;) {
        bool stopped = false;
        struct signalfd_siginfo signal;
        while (signals_next(signals, &signal))
            pass_on(recording, &signal);
        if (recording_reap(recording, &stopped))
            return;
        uint64_t now = clock_monotonic_ns();
        if (stopped) {
            stop_at_ns = now + STOP_DELAY_NS;
        } else if (now >= stop_at_ns) {
            stop_at_ns = UINT64_MAX;
            stop_with_target(recording);
        }
        recording_tick(recording, now);
        wait_for(signals, recording->timeline.next_ns < stop_at_ns ? recording->timeline.next_ns : stop_at_ns);
    }
}

static bool finish(struct recording *recording, const struct config *config, bool save, struct model **model,
                   char *session_path, struct error *error) {
    if (recording->arena.header->collectors & COLLECTOR_BYTECODE) /* it takes too long for a run that nobody asked it of */
        disassemble_profile(recording->arena.path);
    struct model *built = save_build_model(recording->arena.path, recording->arena_lock, config, error);
    bool done = built && (!save || save_session(built, session_path, NULL, error));
    if (model)
        *model = built;
    else
        model_free(built);
    return done;
}

/* --- an engine that is missing ----------------------------------------------------------------------------- */

/* The number of a signal that asks this process to end; 0: there came none. */
static int read_end_request(int signals) {
    struct signalfd_siginfo signal;
    while (signals_next(signals, &signal))
        if (signal.ssi_signo == SIGINT || signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGHUP ||
            signal.ssi_signo == SIGQUIT)
            return (int)signal.ssi_signo;
    return 0;
}

static bool build_engine(const struct engine_order *order, int signals, recorder_notice notice, struct error *error) {
    char sentence[128];
    struct engine_build build;
    engine_order_describe(order, sentence);
    if (notice)
        notice(sentence);
    if (!engine_build_start(&build, order, error))
        return false;
    for (;;) {
        struct pollfd watched[] = {{.fd = build.result, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
        (void)poll(watched, 2, -1);
        if (watched[0].revents)
            return engine_build_finish(&build, error);
        int number = watched[1].revents ? read_end_request(signals) : 0;
        if (number) {
            engine_build_stop(&build);
            return error_set(error, 128 + number, "building the engine for Python %s was interrupted; nothing was run",
                             order->version);
        }
    }
}

/* Runs the target to its end. Where no engine for its Python is there, one is built and the target is started again: it has
 * not run yet. On failure *recording holds nothing. */
static bool run_target(struct recording *recording, const struct config *config, int signals, recorder_notice notice,
                       struct error *error) {
    static const struct connection as_we_are = {.descriptors = {-1, -1, -1}};
    struct engine_order order;
    for (bool built = false;; built = true) {
        if (!recording_start(recording, config, &as_we_are, error))
            return false;
        follow_until_end(recording, signals);
        if (!recording_was_refused(recording, error))
            return true;
        bool again = !built && recording_order_engine(recording, &order);
        recording_remove(recording);
        if (!again || !build_engine(&order, signals, notice, error))
            return false;
    }
}

bool recorder_run_headless(const struct config *config, bool save, recorder_notice notice, struct model **model,
                           int *wait_status, char *session_path, struct error *error) {
    struct recording recording;
    char path[ARENA_PATH_SIZE] = "";
    if (model)
        *model = NULL;
    if (wait_status)
        *wait_status = -1;
    if (save && (!session_path_choose(config, time(NULL), path, error) || !session_path_check(path, error)))
        return false;
    int signals = signals_take();
    if (signals < 0)
        return error_set(error, 1, "cannot wait for signals: %s; raise `ulimit -n`", strerror(errno));
    bool done = false;
    if (run_target(&recording, config, signals, notice, error)) {
        done = finish(&recording, config, save, model, path, error);
        if (wait_status)
            *wait_status = recording.wait_status;
        if (session_path)
            memcpy(session_path, path, sizeof path);
        recording_remove(&recording);
    }
    signals_give_back(signals);
    return done;
}

_Noreturn void recorder_exit_like(int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        int number = WTERMSIG(wait_status);
        struct rlimit none = {0, 0};
        sigset_t set;
        fflush(NULL);
        setrlimit(RLIMIT_CORE, &none);
        signal(number, SIG_DFL);
        sigemptyset(&set);
        sigaddset(&set, number);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        raise(number);
        _exit(128 + number); /* a signal whose default is to be ignored ends nobody */
    }
    exit(WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 1);
}
