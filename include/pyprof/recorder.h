/* recorder.h - starting a recorder, and the words viewer and recorder say to each other.
 *
 * The recorder starts the host, owns its terminal and the arena, samples RSS from /proc, and saves the session.
 * Headless it is this process itself, in the foreground. With a viewer it is a process of its own that listens on a
 * Unix socket; the viewer may die and another may come (--reattach).
 *
 * A message is a head of two little-endian uint32 (type, payload bytes) and the payload. Payloads are UTF-8 text or raw
 * terminal bytes, at most RECORDER_PAYLOAD_MAX; anything else closes the connection. */
#ifndef PYPROF_RECORDER_H
#define PYPROF_RECORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pyprof/config.h"
#include "pyprof/error.h"
#include "pyprof/model.h"

enum { RECORDER_PAYLOAD_MAX = 1 << 16 };

/* viewer -> recorder: X(value, NAME)  payload */
#define RECORDER_REQUEST_LIST(X)                                                                   \
    X(1, INPUT)  /* bytes typed into the target's terminal */                                      \
    X(2, RESIZE) /* "ROWS COLUMNS" of the output pane */                                           \
    X(3, STOP)   /* "": SIGINT to the target; "kill": SIGKILL */                                   \
    X(4, RERUN)  /* end what runs, start again with the config given as YAML ("": the same) */      \
    X(5, SAVE)   /* path of the session to write now ("": the default path) */                      \
    X(6, QUIT)   /* end the target if it runs, do not save again, remove the arena, end */          \
    X(7, DETACH) /* go on without a viewer; save at the target's end */                            \
    X(8, MARK)   /* a name ("" is one): marks this moment of the run */                           \
    X(9, PAUSE_MEMORY)   /* "": the memory collector is to be off until it is asked to be on */   \
    X(10, RESUME_MEMORY) /* "" */                                                                \
    X(11, CENSUS) /* "": live objects are to be counted by type. NOTICE or FAILED follows these three */ \
    X(12, BYTECODE) /* "": the project's code and what it is specialised to is to be published; no answer but the arena */ \
    X(13, TAKE_OVER) /* "": from who was told BUSY: the viewer that there is has to go */            \
    X(14, COLLECTORS) /* "function,line" ("": none): exactly these collectors are to be on. FAILED or NOTICE follows; what the \
                         program has done of it by now is in the model: collectors_on, switch_failed */ \
    X(15, CANCEL_SAVE) /* "": what is being saved is not wanted any more. FAILED follows, or SAVED where it was done before */

/* recorder -> viewer */
#define RECORDER_EVENT_LIST(X)                                                                     \
    X(101, STARTED) /* absolute path of the arena of the run that begins (also sent to a new viewer) */ \
    X(102, CONFIG)  /* effective config as YAML (sent before STARTED) */                            \
    X(103, OUTPUT)  /* bytes the target wrote to its terminal (a new viewer gets the last 64 KiB) */ \
    X(104, ENDED)   /* "status N" or "signal N": the target ended; arena stays readable */          \
    X(105, SAVED)   /* path of the session that was written */                                      \
    X(106, FAILED)  /* a sentence: what could not be done */                                        \
    X(107, DEFAULT_PATH) /* where SAVE "" would write (sent after STARTED) */                       \
    X(108, NOTICE)  /* a sentence: what goes on, before the target runs or because it was asked for */ \
    X(109, WAITING) /* "input": the target waits for somebody to type; "": it no longer does */ \
    X(110, DISASSEMBLED) /* "": after ENDED, the arena has the disassembly of all code that was published */ \
    X(111, BUSY)    /* "": there is a viewer already; nothing else is said but to TAKE_OVER */       \
    X(112, TAKEN)   /* "": another viewer has taken this one's place */                             \
    X(113, SAVING)  /* "43": how many percent of the session are written; a few times a second where it takes long */

enum recorder_message_type {
#define X(value, NAME) RECORDER_REQUEST_##NAME = value,
    RECORDER_REQUEST_LIST(X)
#undef X
#define X(value, NAME) RECORDER_EVENT_##NAME = value,
    RECORDER_EVENT_LIST(X)
#undef X
};

struct recorder_message {
    uint32_t type, size;
    unsigned char *payload; /* size bytes and a '\0' behind them; lives until the next call */
};

/* Remembers which signals are ignored and blocked now; the first call counts. main makes it before anything else, so that
 * a target under nohup, or with SIGPIPE ignored by its shell, finds what python3 would have found. */
void recorder_remember_signals(void);

/* Is told what goes on before the target runs, in whole sentences. NULL where nobody wants to know. */
typedef void (*recorder_notice)(const char *sentence);

/* Runs the target in the foreground: stdin, stdout and stderr are passed through as they are. Saves the session to
 * config->output.session or the default path (copied into session_path, 4096 bytes) unless save is false.
 * *model (may be NULL) receives the finished model, to be freed by the caller. *wait_status receives the host's status
 * as of waitpid, for recorder_exit_like. false: the run could not be started or saved; when the target ran, *model and
 * *wait_status are filled all the same; *wait_status is -1 when it did not. */
bool recorder_run_headless(const struct config *config, bool save, recorder_notice notice, struct model **model,
                           int *wait_status, char *session_path, struct error *error);

/* Ends this process as the target ended: the same exit status, or the same signal (without a core file). */
_Noreturn void recorder_exit_like(int wait_status);

/* Starts a recorder process for a viewer and returns the connected socket (non-blocking, close-on-exec), or -1.
 * target_in, target_out, target_err: descriptors the target shall have, or -1 for its pty of rows x columns. */
int recorder_start(const struct config *config, int target_in, int target_out, int target_err, int rows, int columns,
                   struct error *error);

/* A recorder of this user that a viewer can come (back) to. */
struct recorder_entry {
    uint32_t recorder, target; /* their pids */
    uint64_t started_unix;     /* when the present run began, in seconds */
    bool ended;                /* the target has */
    bool shown;                /* there is a viewer */
    char title[200];           /* what runs: "julia.py", "-m json.tool", "-c" */
};
enum { RECORDER_LIST_MAX = 64 };

/* The newest first; returns how many there are, 0 with *error where their folder cannot be used. */
size_t recorder_list(struct recorder_entry entries[RECORDER_LIST_MAX], struct error *error);

/* Connects to the newest recorder that has lost or left its viewer, or, where pid is not 0, to that with this pid or whose
 * target has it; a viewer that it has is sent away then. -1: there is none. */
int recorder_reattach(uint32_t pid, struct error *error);

/* Sending and receiving for both sides, over a non-blocking socket. Sending queues what the socket does not take. */
struct recorder_channel;
struct recorder_channel *recorder_channel_new(int socket); /* owns the socket; NULL: out of memory */
void recorder_channel_free(struct recorder_channel *channel);
int recorder_channel_socket(const struct recorder_channel *channel);
bool recorder_channel_send(struct recorder_channel *channel, uint32_t type, const void *payload, uint32_t size);
bool recorder_channel_wants_write(const struct recorder_channel *channel); /* poll for POLLOUT, then flush */
bool recorder_channel_flush(struct recorder_channel *channel);             /* false: the other side is gone */
/* 1: *message is filled; 0: nothing (more) now; -1: the other side is gone or broke the protocol. */
int recorder_channel_receive(struct recorder_channel *channel, struct recorder_message *message);

/* For --version, in lines: the engines found, where others are built, and the Python that config (NULL: none) would be run by.
 * malloc'ed; NULL: out of memory. */
char *recorder_describe_hosts(const struct config *config);

#endif
