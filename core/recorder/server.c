#include "core/recorder/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/input_wait.h"
#include "core/recorder/rendezvous_note.h"
#include "core/recorder/session_path.h"
#include "core/recorder/signals.h"

static const uint64_t SECOND_NS = UINT64_C(1000000000);
static const uint64_t KILL_AFTER_SECONDS = 2;    /* between SIGTERM and SIGKILL */
static const uint64_t LEAVE_AFTER_SECONDS = 600; /* what an ended run waits for somebody to come back */
enum { READS_PER_TURN = 16, CHUNK_SIZE = 16384 };

/* --- telling the viewer ----------------------------------------------------------------------------------- */

/* What is said of this run to whoever looks for one. */
static void write_note(const struct server *server) {
    const struct config *config = server->config;
    struct recorder_entry entry = {.target = (uint32_t)server->recording.pid, .started_unix = server->started_unix,
                                   .ended = server->recording.ended, .shown = server->viewer != NULL};
    if (server->listener < 0 || !config)
        return;
    snprintf(entry.title, sizeof entry.title, "%s%.190s", config->target.module ? "-m " : "",
             config->target.script ? config->target.script : config->target.module ? config->target.module : "-c");
    rendezvous_note_write(server->socket_path, &entry);
}

void server_drop_viewer(struct server *server) {
    recorder_channel_free(server->viewer);
    server->viewer = NULL;
    write_note(server);
}

static void send_bytes(struct server *server, enum recorder_message_type type, const void *bytes, size_t count) {
    if (server->viewer && !recorder_channel_send(server->viewer, type, bytes, (uint32_t)count))
        server_drop_viewer(server);
}

void server_send(struct server *server, enum recorder_message_type type, const char *text) {
    size_t length = strlen(text);
    send_bytes(server, type, text, length < RECORDER_PAYLOAD_MAX ? length : RECORDER_PAYLOAD_MAX);
}

void server_send_failure(struct server *server, const struct error *error) {
    server_send(server, RECORDER_EVENT_FAILED, error->text);
}

/* As much of the target's output as the viewer takes now. The rest stays in the ring, and what is overwritten there
 * before the viewer reads on is lost to it. */
static void send_output(struct server *server) {
    unsigned char bytes[CHUNK_SIZE];
    while (server->viewer && server->shown < server->output.end && !recorder_channel_wants_write(server->viewer)) {
        uint64_t lost;
        size_t count = output_ring_read(&server->output, &server->shown, bytes, sizeof bytes, &lost);
        if (lost) {
            char text[96];
            int length = snprintf(text, sizeof text, "\r\n[%llu bytes of output were not shown]\r\n",
                                  (unsigned long long)lost);
            send_bytes(server, RECORDER_EVENT_OUTPUT, text, (size_t)length);
        }
        send_bytes(server, RECORDER_EVENT_OUTPUT, bytes, count);
    }
}

/* How the target ended, when the viewer has all it wrote before. A run that waits for its engine has yet to begin. */
static void send_end(struct server *server) {
    char text[32];
    int status = server->recording.wait_status;
    if (!server->recording.ended || server->build.pid || server->end_told || server->shown < server->output.end)
        return;
    server->end_told = true;
    if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "signal %d", WTERMSIG(status));
    else
        snprintf(text, sizeof text, "status %d", WEXITSTATUS(status));
    server_send(server, RECORDER_EVENT_ENDED, text);
}

/* Whether the target waits for somebody to type, as often as that changes. Asked with every sample, of a target that has the
 * terminal for its input. */
static void send_waiting(struct server *server) {
    bool waits = server->viewer && !server->recording.ended && !server->build.pid && server->descriptors[0] < 0 &&
                 !server->input_used && target_waits_for_input(server->recording.pid, server->pty.master);
    if (waits != server->waits_for_input)
        server_send(server, RECORDER_EVENT_WAITING, waits ? "input" : "");
    server->waits_for_input = waits;
}

static void send_start(struct server *server) {
    struct error error;
    char *yaml = config_to_yaml(server->config, false, &error);
    if (yaml)
        server_send(server, RECORDER_EVENT_CONFIG, yaml);
    else
        server_send_failure(server, &error);
    free(yaml);
    server_send(server, RECORDER_EVENT_STARTED, server->recording.arena.path);
    server_send(server, RECORDER_EVENT_DEFAULT_PATH, server->default_path);
}

void server_attach(struct server *server, int socket) {
    server->viewer = recorder_channel_new(socket);
    if (!server->viewer) {
        close(socket);
        return;
    }
    server->leave_at_ns = UINT64_MAX;
    server->save_at_end = server->quit_at_end; /* whoever watches decides */
    server->shown = output_ring_oldest(&server->output);
    server->end_told = server->waits_for_input = false;
    write_note(server);
    send_start(server);
    if (server->build.pid)
        server_send(server, RECORDER_EVENT_NOTICE, server->build_notice);
    send_output(server);
    send_end(server);
    if (*server->saved_path)
        server_send(server, RECORDER_EVENT_SAVED, server->saved_path);
}

/* --- runs ------------------------------------------------------------------------------------------------- */

/* The terminal of the run before is closed only when the new one has started: until then there is one to show. */
static bool begin_run(struct server *server, struct config *config, struct error *error) {
    struct recording recording;
    struct connection connection;
    struct pty pty;
    if (!session_path_choose(config, time(NULL), server->default_path, error) ||
        !pty_open(&pty, server->rows, server->columns, error))
        return false;
    connection.pty = &pty;
    memcpy(connection.descriptors, server->descriptors, sizeof connection.descriptors);
    if (!recording_start(&recording, config, &connection, error)) {
        pty_close(&pty);
        return false;
    }
    disassembler_stop(&server->disassembler);
    recording_remove(&server->recording);
    pty_close(&server->pty);
    server->recording = recording;
    server->recording.timeline.arena = &server->recording.arena; /* it moved */
    server->pty = pty;
    config_free(server->config);
    server->config = config;
    server->started_unix = (uint64_t)time(NULL);
    write_note(server);
    output_ring_restart(&server->output);
    server->shown = server->output.end;
    server->input_used = 0;
    server->save_settled = server->end_told = server->built = false;
    server->bytecode_wanted = config->collectors.bytecode.enabled;
    *server->saved_path = '\0';
    server->kill_at_ns = server->leave_at_ns = UINT64_MAX;
    return true;
}

/* The config is taken over. */
static bool begin_another_run(struct server *server, struct config *config) {
    struct error error;
    if (config && begin_run(server, config, &error)) {
        send_start(server);
        return true;
    }
    if (!config)
        error_set(&error, 1, "out of memory while starting the target again");
    config_free(config);
    server_send_failure(server, &error);
    return false;
}

static void begin_next_run(struct server *server) {
    struct config *config = server->next_config;
    server->next_config = NULL;
    begin_another_run(server, config);
}

void server_end_target(struct server *server) {
    engine_build_stop(&server->build);
    if (server->recording.ended || server->kill_at_ns != UINT64_MAX)
        return;
    kill(-server->recording.pid, SIGTERM);
    kill(-server->recording.pid, SIGCONT);
    server->kill_at_ns = clock_monotonic_ns() + KILL_AFTER_SECONDS * SECOND_NS;
}

static void kill_when_due(struct server *server, uint64_t now_ns) {
    if (now_ns < server->kill_at_ns)
        return;
    server->kill_at_ns = UINT64_MAX;
    if (!server->recording.ended) {
        kill(-server->recording.pid, SIGKILL);
        kill(server->recording.pid, SIGKILL); /* it may have joined another group */
    }
}

/* Takes what the target wrote. The terminal never fills up while this process runs: with nobody to show it to, the
 * oldest bytes go. Returns false when the terminal is no more. */
static bool read_terminal(struct server *server) {
    unsigned char bytes[CHUNK_SIZE];
    for (int turn = 0; turn < READS_PER_TURN; turn++) {
        ssize_t got = read(server->pty.master, bytes, sizeof bytes);
        if (got > 0)
            output_ring_add(&server->output, bytes, (size_t)got);
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return false;
        else
            break;
    }
    return true;
}

static void pump_terminal(struct server *server) {
    if (server->pty.master >= 0 && !read_terminal(server))
        pty_close(&server->pty);
    send_output(server);
}

static void write_terminal(struct server *server) {
    ssize_t written = write(server->pty.master, server->input, server->input_used);
    if (written <= 0)
        return;
    server->input_used -= (size_t)written;
    memmove(server->input, server->input + written, server->input_used);
}

/* --- a run that no engine is there for --------------------------------------------------------------------- */

/* The run ends as it is; there is nothing to save of it. What is said last is what the viewer goes on showing. */
static void give_up_run(struct server *server, const struct error *error) {
    server->save_settled = true;
    send_end(server);
    server_send_failure(server, error);
}

/* An engine is built where that helps. */
static void handle_refusal(struct server *server, const struct error *refusal) {
    struct engine_order order;
    struct error error;
    bool can_help = !server->built && !server->quit_at_end && !server->next_config &&
                    recording_order_engine(&server->recording, &order);
    if (can_help && engine_build_start(&server->build, &order, &error)) {
        engine_order_describe(&order, server->build_notice);
        server_send(server, RECORDER_EVENT_NOTICE, server->build_notice);
    } else {
        give_up_run(server, can_help ? &error : refusal);
    }
}

static void finish_build(struct server *server) {
    struct error error;
    if (!engine_build_finish(&server->build, &error))
        give_up_run(server, &error);
    else if (begin_another_run(server, config_copy(server->config)))
        server->built = true;
    else
        send_end(server);
}

void server_stop_build(struct server *server) {
    struct error error;
    if (!server->build.pid)
        return;
    engine_build_stop(&server->build);
    error_set(&error, 1, "building the engine was interrupted; run again to go on");
    give_up_run(server, &error);
}

static void on_target_end(struct server *server) {
    server->kill_at_ns = UINT64_MAX;
    server->input_used = 0;
    pty_close_slave(&server->pty); /* so that the end of the output can be seen */
    pump_terminal(server);
    struct error refusal;
    if (recording_was_refused(&server->recording, &refusal))
        handle_refusal(server, &refusal);
    write_note(server);
    send_end(server);
}

/* --- bytecode --------------------------------------------------------------------------------------------- */

/* Returns whether it is worked at. The process that saves does not wait for it, and is not to be disturbed. */
static bool disassemble(struct server *server, uint64_t now_ns) {
    const struct recording *recording = &server->recording;
    if (server->saver.pid || server->build.pid || recording->arena_lock < 0)
        return false;
    return disassembler_tick(&server->disassembler, &recording->arena, now_ns, recording->ended);
}

static void finish_disassembling(struct server *server) {
    disassembler_finish(&server->disassembler);
    if (server->recording.ended && server->disassembler.seen.ended)
        server_send(server, RECORDER_EVENT_DISASSEMBLED, "");
}

/* --- saving ----------------------------------------------------------------------------------------------- */

static void start_saving(struct server *server, const char *path) {
    struct error error;
    if (server->recording.ended)
        server->save_settled = true;
    if (!saver_start(&server->saver, server->recording.arena.path, server->recording.arena_lock, server->config, path,
                     &error))
        server_send_failure(server, &error);
}

static void tell_progress(struct server *server) {
    char percent[16];
    snprintf(percent, sizeof percent, "%u", server->saver.percent);
    server_send(server, RECORDER_EVENT_SAVING, percent);
}

static void finish_saving(struct server *server) {
    struct error error;
    char path[ARENA_PATH_SIZE] = "";
    bool cancelled = saver_was_cancelled(&server->saver);
    if (!saver_finish(&server->saver, path, &error)) {
        if (cancelled && !server->quit_at_end)
            server->save_settled = false; /* it is when whoever cancelled it leaves */
        server_send_failure(server, &error);
        return;
    }
    if (server->save_settled)
        strcpy(server->saved_path, path);
    server_send(server, RECORDER_EVENT_SAVED, path);
}

/* Kept for running again; with nobody there, who reads the target's pipes must see their end. */
static void close_descriptors(struct server *server) {
    for (int i = 0; i < 3; i++) {
        if (server->descriptors[i] >= 0)
            close(server->descriptors[i]);
        server->descriptors[i] = -1;
    }
}

/* What follows from the state as it is, one step: saving, the next run, the end. True: look again. */
static bool settle_step(struct server *server, uint64_t now_ns) {
    if (server->saver.pid || server->build.pid || server->finished)
        return false;
    if (*server->save_requested) {
        if (disassemble(server, now_ns))
            return false;
        start_saving(server, server->save_requested);
        *server->save_requested = '\0';
        return true;
    }
    if (!server->recording.ended)
        return false;
    bool alone = !server->viewer && !server->quit_at_end;
    if (server->next_config && !server->quit_at_end) {
        begin_next_run(server);
        return true;
    }
    if (!server->save_settled && (server->save_at_end || alone)) {
        if (disassemble(server, now_ns))
            return false;
        start_saving(server, server->default_path);
        return true;
    }
    if (alone && server->leave_at_ns == UINT64_MAX) {
        close_descriptors(server);
        server->leave_at_ns = now_ns + LEAVE_AFTER_SECONDS * SECOND_NS;
    }
    server->finished = server->quit_at_end || (alone && now_ns >= server->leave_at_ns);
    return false;
}

/* --- the loop --------------------------------------------------------------------------------------------- */

static void read_signals(struct server *server) {
    struct signalfd_siginfo signal;
    while (signals_next(server->signals, &signal))
        if (signal.ssi_signo == SIGTERM) { /* the machine shuts down: nothing is to be lost */
            server->save_at_end = server->quit_at_end = true;
            server_end_target(server);
        }
    if (recording_reap(&server->recording, NULL))
        on_target_end(server);
}

static void read_viewer(struct server *server) {
    struct recorder_message message;
    int result = 0;
    while (server->viewer && (result = recorder_channel_receive(server->viewer, &message)) > 0)
        server_handle_request(server, &message);
    if (server->viewer && result < 0)
        server_drop_viewer(server);
}

static void tell_rival(struct server *server, int connection) {
    recorder_channel_free(server->rival);
    server->rival = recorder_channel_new(connection);
    if (!server->rival)
        close(connection);
    else
        recorder_channel_send(server->rival, RECORDER_EVENT_BUSY, "", 0);
}

static void accept_viewer(struct server *server) {
    int connection = rendezvous_accept(server->listener);
    if (connection >= 0 && server->viewer)
        tell_rival(server, connection); /* one at a time */
    else if (connection >= 0)
        server_attach(server, connection);
}

/* The line of the viewer that there is may be dead without anybody having noticed: who insists takes its place. */
static void read_rival(struct server *server) {
    struct recorder_message message;
    int result = recorder_channel_receive(server->rival, &message);
    if (result == 0)
        return;
    bool insists = result > 0 && message.type == RECORDER_REQUEST_TAKE_OVER;
    int connection = insists ? fcntl(recorder_channel_socket(server->rival), F_DUPFD_CLOEXEC, 3) : -1;
    recorder_channel_free(server->rival);
    server->rival = NULL;
    if (connection < 0)
        return;
    server_send(server, RECORDER_EVENT_TAKEN, "");
    server_drop_viewer(server);
    server_attach(server, connection);
}

enum {
    WATCH_SIGNALS,
    WATCH_LISTENER,
    WATCH_SAVER,
    WATCH_BUILD,
    WATCH_DISASSEMBLER,
    WATCH_TERMINAL,
    WATCH_VIEWER,
    WATCH_RIVAL,
    WATCH_COUNT
};

static void watch(const struct server *server, struct pollfd watched[WATCH_COUNT]) {
    const struct recorder_channel *viewer = server->viewer;
    short typed = server->input_used ? POLLOUT : 0;
    short queued = viewer && recorder_channel_wants_write(viewer) ? POLLOUT : 0;
    watched[WATCH_SIGNALS] = (struct pollfd){.fd = server->signals, .events = POLLIN};
    watched[WATCH_LISTENER] = (struct pollfd){.fd = server->listener, .events = POLLIN};
    watched[WATCH_SAVER] = (struct pollfd){.fd = server->saver.pid ? server->saver.result : -1, .events = POLLIN};
    watched[WATCH_BUILD] = (struct pollfd){.fd = server->build.result, .events = POLLIN};
    watched[WATCH_DISASSEMBLER] = (struct pollfd){.fd = server->disassembler.result, .events = POLLIN};
    watched[WATCH_TERMINAL] = (struct pollfd){.fd = server->pty.master, .events = (short)(POLLIN | typed)};
    watched[WATCH_VIEWER] = (struct pollfd){.fd = viewer ? recorder_channel_socket(viewer) : -1,
                                            .events = (short)(POLLIN | queued)};
    watched[WATCH_RIVAL] = (struct pollfd){.fd = server->rival ? recorder_channel_socket(server->rival) : -1, .events = POLLIN};
}

static uint64_t next_deadline(const struct server *server) {
    uint64_t next = server->recording.ended ? UINT64_MAX : server->recording.timeline.next_ns;
    if (server->kill_at_ns < next)
        next = server->kill_at_ns;
    return server->leave_at_ns < next ? server->leave_at_ns : next;
}

static void wait_for_events(const struct server *server, struct pollfd watched[WATCH_COUNT]) {
    uint64_t deadline = next_deadline(server), now = clock_monotonic_ns();
    uint64_t left = deadline > now ? deadline - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / SECOND_NS), .tv_nsec = (long)(left % SECOND_NS)};
    watch(server, watched);
    if (ppoll(watched, WATCH_COUNT, deadline == UINT64_MAX ? NULL : &timeout, NULL) < 0)
        for (int i = 0; i < WATCH_COUNT; i++)
            watched[i].revents = 0;
}

static void turn(struct server *server) {
    struct pollfd watched[WATCH_COUNT];
    wait_for_events(server, watched);
    uint64_t next_sample = server->recording.timeline.next_ns;
    if (!server->recording.ended)
        recording_tick(&server->recording, clock_monotonic_ns());
    if (server->recording.timeline.next_ns != next_sample || server->waits_for_input)
        send_waiting(server);
    if (watched[WATCH_TERMINAL].revents & POLLOUT)
        write_terminal(server);
    if (watched[WATCH_TERMINAL].revents & (POLLIN | POLLHUP | POLLERR))
        pump_terminal(server);
    if (watched[WATCH_VIEWER].revents & POLLOUT && !recorder_channel_flush(server->viewer))
        server_drop_viewer(server);
    if (watched[WATCH_VIEWER].revents)
        read_viewer(server);
    if (watched[WATCH_RIVAL].revents)
        read_rival(server);
    if (watched[WATCH_SIGNALS].revents)
        read_signals(server);
    if (watched[WATCH_SAVER].revents && saver_is_done(&server->saver))
        finish_saving(server);
    else if (watched[WATCH_SAVER].revents)
        tell_progress(server);
    if (watched[WATCH_BUILD].revents && server->build.pid)
        finish_build(server);
    if (watched[WATCH_DISASSEMBLER].revents && server->disassembler.pid)
        finish_disassembling(server);
    if (watched[WATCH_LISTENER].revents)
        accept_viewer(server);
    send_output(server);
    send_end(server);
    uint64_t now = clock_monotonic_ns();
    kill_when_due(server, now);
    if (server->bytecode_wanted || (server->recording.ended && server->viewer))
        (void)disassemble(server, now);
    while (settle_step(server, now))
        continue;
}

bool server_open(struct server *server, struct config *config, const int descriptors[3], int rows, int columns,
                 struct error *error) {
    server->recording = RECORDING_NONE;
    server->build = ENGINE_BUILD_NONE;
    server->disassembler = DISASSEMBLER_NONE;
    server->pty = (struct pty){-1, -1};
    server->listener = server->saver.result = -1;
    server->kill_at_ns = server->leave_at_ns = UINT64_MAX;
    memcpy(server->descriptors, descriptors, sizeof server->descriptors);
    server->rows = rows;
    server->columns = columns;
    server->signals = signals_take();
    if (server->signals < 0) {
        error_set(error, 1, "cannot wait for signals: %s; raise `ulimit -n`", strerror(errno));
    } else if (begin_run(server, config, error)) {
        server->listener = rendezvous_listen(server->socket_path, NULL);
        write_note(server);
        return true;
    }
    config_free(config);
    return false;
}

void server_serve(struct server *server) {
    if (server->viewer && server->listener < 0) {
        struct error error;
        error_set(&error, 1, "this run cannot be come back to when its viewer is gone: its socket could not be made");
        server_send_failure(server, &error);
    }
    while (!server->finished)
        turn(server);
}

void server_close(struct server *server) {
    if (server->listener >= 0) {
        unlink(server->socket_path);
        rendezvous_note_remove(server->socket_path);
        close(server->listener);
        server->listener = -1;
    }
    recorder_channel_free(server->rival);
    pty_close(&server->pty);
    disassembler_stop(&server->disassembler);
    recording_remove(&server->recording);
    server_drop_viewer(server); /* last: it tells the viewer that all is tidied up */
    config_free(server->config);
    config_free(server->next_config);
}
