/* server.h - the recorder of a run that a viewer shows: a process of its own, so that the viewer may die.
 *
 * One loop waits for signals, the target's terminal, the viewer, new viewers, a session being saved, and the next
 * sample. Nothing in it waits for any one of them. */
#ifndef PYPROF_RECORDER_SERVER_H
#define PYPROF_RECORDER_SERVER_H

#include "core/recorder/disassembler.h"
#include "core/recorder/output_ring.h"
#include "core/recorder/pty.h"
#include "core/recorder/recording.h"
#include "core/recorder/rendezvous.h"
#include "core/recorder/saver.h"
#include "pyprof/recorder.h"

enum { SERVER_INPUT_SIZE = 1 << 16 };

struct server {
    struct config *config; /* of the present run; owned */
    struct recording recording;
    struct pty pty;
    int descriptors[3]; /* the target's, where they are not the pty (-1) */
    int rows, columns;
    int signals;

    struct recorder_channel *viewer; /* NULL: none */
    struct recorder_channel *rival;  /* who came while there was one, and may take its place; NULL: none */
    uint64_t shown;                  /* position in output up to which the viewer has it */
    bool end_told;                   /* the viewer knows that the target has ended */
    bool waits_for_input;            /* as the viewer was told */
    struct output_ring output;
    unsigned char input[SERVER_INPUT_SIZE]; /* typed, not yet taken by the terminal */
    size_t input_used;
    int listener; /* -1: nobody can come back to this run */
    char socket_path[RENDEZVOUS_PATH_SIZE];

    struct engine_build build; /* of the engine that the present run waits for */
    char build_notice[128];    /* what the viewer is told of it */
    bool built;                /* one was built for it: there is no second time */

    struct disassembler disassembler;
    bool bytecode_wanted; /* also while the target runs */

    struct saver saver;
    char save_requested[ARENA_PATH_SIZE]; /* to be saved next; "": nothing */
    uint64_t started_unix; /* when the present run began */
    char default_path[ARENA_PATH_SIZE];
    char saved_path[ARENA_PATH_SIZE]; /* of the finished run; "": not saved */
    bool save_settled;                /* the finished run was saved, or it was tried */

    struct config *next_config; /* what to run when the present run has ended; NULL: nothing */
    bool save_at_end, quit_at_end, finished;
    uint64_t kill_at_ns;  /* UINT64_MAX: never */
    uint64_t leave_at_ns; /* when nobody came back by then; UINT64_MAX: not waiting */
};

/* Starts the first run. config is taken over. *server must be zeroed; descriptors are above 2 or -1. */
bool server_open(struct server *server, struct config *config, const int descriptors[3], int rows, int columns,
                 struct error *error);
/* Serves until it is told to quit, or until nobody has come back. */
void server_serve(struct server *server);
void server_close(struct server *server);

/* Gives the server a viewer, which is told all it has missed. The server owns the socket. */
void server_attach(struct server *server, int socket);

/* What server.c offers to server_requests.c. */
void server_handle_request(struct server *server, const struct recorder_message *message);
void server_send(struct server *server, enum recorder_message_type type, const char *text);
void server_send_failure(struct server *server, const struct error *error);
void server_drop_viewer(struct server *server);
/* Asks the target, or the build it waits for, to end, and sees to it that it does. */
void server_end_target(struct server *server);
/* Nothing, where no engine is being built. */
void server_stop_build(struct server *server);

#endif
