/* server_requests.c - what a viewer may ask of its recorder, one function each. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/recorder/ask_target.h"
#include "core/recorder/engines.h"
#include "core/recorder/executable.h"
#include "core/recorder/interpreter.h"
#include "core/recorder/server.h"
#include "core/recorder/session_path.h"
#include "core/recorder/target.h"

static void request_input(struct server *server, const struct recorder_message *message) {
    size_t room = sizeof server->input - server->input_used;
    size_t count = message->size < room ? message->size : room;
    if (server->pty.master < 0 || server->recording.ended)
        return;
    memcpy(server->input + server->input_used, message->payload, count);
    server->input_used += count;
    if (count < message->size) {
        struct error error;
        error_set(&error, 1, "the target does not read what is typed: %u bytes were dropped",
                  (unsigned)(message->size - count));
        server_send_failure(server, &error);
    }
}

static void request_resize(struct server *server, const struct recorder_message *message) {
    int rows, columns;
    if (sscanf((const char *)message->payload, "%d %d", &rows, &columns) != 2 || rows < 1 || columns < 1)
        return;
    server->rows = rows;
    server->columns = columns;
    if (server->pty.master >= 0)
        pty_resize(&server->pty, rows, columns);
}

/* As the terminal would: to the target's whole group. */
static void request_stop(struct server *server, const struct recorder_message *message) {
    bool killing = strcmp((const char *)message->payload, "kill") == 0;
    server_stop_build(server);
    if (!server->recording.ended)
        kill(-server->recording.pid, killing ? SIGKILL : SIGINT);
}

/* Whether the next run can start is found out before the present one is ended. */
static struct config *read_next_config(const struct server *server, const struct recorder_message *message,
                                       struct error *error) {
    struct engine_places places;
    struct interpreter interpreter;
    struct config *config = message->size ? config_new() : config_copy(server->config);
    if (!config) {
        error_set(error, 1, "out of memory while starting the target again");
        return NULL;
    }
    if ((!message->size ||
         config_load_text(config, "config", (const char *)message->payload, message->size, error)) &&
        config_validate(config, error) && target_check(config, error) &&
        engine_places_find(&places, error) && interpreter_find(config, &interpreter, error) &&
        executable_takes_injector(interpreter.program, error))
        return config;
    config_free(config);
    return NULL;
}

static void request_rerun(struct server *server, const struct recorder_message *message) {
    struct error error;
    struct config *config = read_next_config(server, message, &error);
    if (!config) {
        server_send_failure(server, &error);
        return;
    }
    config_free(server->next_config);
    server->next_config = config;
    server_end_target(server);
}

static void request_save(struct server *server, const struct recorder_message *message) {
    struct error error;
    char path[ARENA_PATH_SIZE];
    const char *given = message->size ? (const char *)message->payload : server->default_path;
    if (!session_path_make_absolute(given, path, &error) || !session_path_check(path, &error))
        server_send_failure(server, &error);
    else
        strcpy(server->save_requested, path);
}

static void request_cancel_save(struct server *server) {
    struct error error;
    if (server->saver.pid) {
        saver_cancel(&server->saver);
    } else if (*server->save_requested) {
        error_set(&error, 1, "%s: saving was cancelled; nothing was written", server->save_requested);
        *server->save_requested = '\0';
        server_send_failure(server, &error);
    }
}

static void request_quit(struct server *server) {
    server->quit_at_end = true;
    server->save_at_end = false;
    server_end_target(server);
}

/* What was asked of the program, or why not. */
static void answer(struct server *server, bool done, const char *notice, const struct error *error) {
    if (done)
        server_send(server, RECORDER_EVENT_NOTICE, notice);
    else
        server_send_failure(server, error);
}

/* "function,line" as bits of enum collector; "": none. */
static bool read_collectors(const char *names, uint32_t *collectors, struct error *error) {
    static const struct { const char *name; uint32_t bit; } known[] = {
#define X(bit, NAME, name, built) {name, COLLECTOR_##NAME},
        COLLECTOR_LIST(X)
#undef X
    };
    *collectors = 0;
    for (size_t length; *names; names += length + (names[length] == ',')) {
        length = strcspn(names, ",");
        uint32_t found = 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strlen(known[i].name) == length && strncmp(known[i].name, names, length) == 0)
                found = known[i].bit & COLLECTORS_SWITCHED;
        if (!found)
            return error_set(error, 1, "%.*s: not a collector that can be switched while a program runs (function, "
                                       "line, memory and bytecode are)", (int)(length < 40 ? length : 40), names);
        *collectors |= found;
    }
    return true;
}

static void request_mark(struct server *server, const struct recorder_message *message) {
    struct error error;
    if (!ask_target_mark(&server->recording, (const char *)message->payload, &error))
        server_send_failure(server, &error);
}

static void request_memory(struct server *server, bool paused) {
    struct error error;
    const char *notice = "";
    bool done = ask_target_pause_memory(&server->recording, paused, &notice, &error);
    answer(server, done, notice, &error);
}

static void request_collectors(struct server *server, const struct recorder_message *message) {
    struct error error;
    const char *notice = "";
    uint32_t collectors;
    bool done = read_collectors((const char *)message->payload, &collectors, &error) &&
                ask_target_collectors(&server->recording, collectors, &notice, &error);
    server->bytecode_wanted |= done && collectors & COLLECTOR_BYTECODE;
    answer(server, done, notice, &error);
}

static void request_census(struct server *server) {
    struct error error;
    const char *notice = "";
    bool done = ask_target_census(&server->recording, &notice, &error);
    answer(server, done, notice, &error);
}

/* What a viewer wants to see now; where the program cannot be asked, what it has published is all there is. */
static void request_bytecode(struct server *server) {
    server->bytecode_wanted = true;
    ask_target_bytecode(&server->recording);
}

void server_handle_request(struct server *server, const struct recorder_message *message) {
    switch (message->type) {
    case RECORDER_REQUEST_INPUT:
        request_input(server, message);
        break;
    case RECORDER_REQUEST_RESIZE:
        request_resize(server, message);
        break;
    case RECORDER_REQUEST_STOP:
        request_stop(server, message);
        break;
    case RECORDER_REQUEST_RERUN:
        request_rerun(server, message);
        break;
    case RECORDER_REQUEST_SAVE:
        request_save(server, message);
        break;
    case RECORDER_REQUEST_CANCEL_SAVE:
        request_cancel_save(server);
        break;
    case RECORDER_REQUEST_QUIT:
        request_quit(server);
        break;
    case RECORDER_REQUEST_DETACH:
        server->save_at_end = true;
        server_drop_viewer(server);
        break;
    case RECORDER_REQUEST_MARK:
        request_mark(server, message);
        break;
    case RECORDER_REQUEST_PAUSE_MEMORY:
        request_memory(server, true);
        break;
    case RECORDER_REQUEST_RESUME_MEMORY:
        request_memory(server, false);
        break;
    case RECORDER_REQUEST_COLLECTORS:
        request_collectors(server, message);
        break;
    case RECORDER_REQUEST_CENSUS:
        request_census(server);
        break;
    case RECORDER_REQUEST_BYTECODE:
        request_bytecode(server);
        break;
    default: /* of a newer viewer, or none of ours */
        server_drop_viewer(server);
    }
}
