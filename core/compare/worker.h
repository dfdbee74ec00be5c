/* worker.h - a process of the user's Python that runs candidates of a comparison (driver.py), and talking to it.
 *
 * What candidates print goes into a pipe, so that neither the report nor the terminal has it. A worker without the engine is in a
 * session of its own: what the terminal sends does not reach it, and it is ended with all that it started. */
#ifndef PYPROF_COMPARE_WORKER_H
#define PYPROF_COMPARE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/recorder/interpreter.h"
#include "core/recorder/recording.h"
#include "pyprof/error.h"

enum { WORKER_VERSION_SIZE = 32 };

/* What all workers of a comparison have in common. Nothing is owned. */
struct worker_context {
    const struct interpreter *interpreter;
    const char *setup, *arguments; /* "": none */
    uint64_t limit_ns;             /* for each thing that a worker is asked */
    int signals;                   /* as of signals_take: who asks this process to end ends the comparison */
    int interrupted;               /* the signal that did; 0: none */
    char **traceback;              /* receives that of what the candidate raised; malloc'ed */
    char *version;                 /* WORKER_VERSION_SIZE bytes, receives that of the Python */
};

enum { WORKER_NUMBERS = 4, WORKER_PRINTED_SIZE = 256 };

struct worker {
    pid_t pid; /* 0: there is none */
    struct worker_context *context;
    const char *name;            /* for messages; not owned */
    uint64_t expected_ns;        /* what the next thing will take by itself; the limit comes on top */
    bool ready;                  /* its candidates are found */
    struct recording *recording; /* of a worker that the engine is in; else NULL. Not owned */
    int commands, replies, output;
    char *unread; /* owned */
    size_t unread_length, unread_capacity;
    uint64_t printed; /* bytes */
    char printed_start[WORKER_PRINTED_SIZE];
    bool ended;
    int wait_status;
};

#define WORKER_NONE ((struct worker){.commands = -1, .replies = -1, .output = -1})

/* What a worker says: a word, numbers, and a text ('\0'-ended, but it may hold others). Lives until the handler returns. */
struct worker_reply {
    const char *word;
    uint64_t numbers[WORKER_NUMBERS];
    size_t number_count;
    const char *text;
    size_t length;
};

/* false: this is no answer to what was asked, or memory is out. */
typedef bool (*worker_handler)(void *receiver, const struct worker_reply *reply);

/* Starts one for these candidates and waits until it has found them. On failure nothing is left running. */
bool worker_start(struct worker *worker, struct worker_context *context, const char *const *candidates, size_t count,
                  struct error *error);

/* The same with the engine in it, whose collectors are those of `config` (the target is put into it). *recording is the caller's,
 * also on failure, to be removed after worker_stop: it may have been refused. */
bool worker_start_counted(struct worker *worker, struct worker_context *context, const char *candidate,
                          struct config *config, struct recording *recording, struct error *error);

/* Asks for one thing and gives all that it says before its end to the handler (NULL: nothing is expected). false: the candidate
 * failed, ended its process, took too long; or this process is asked to end. Then the worker is of no more use. */
bool worker_ask(struct worker *worker, worker_handler handler, void *receiver, struct error *error, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Lets it end, and ends it by force where that takes long. */
void worker_stop(struct worker *worker);

#endif
