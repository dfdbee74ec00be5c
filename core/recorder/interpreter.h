/* interpreter.h - which Python a user means. */
#ifndef PYPROF_RECORDER_INTERPRETER_H
#define PYPROF_RECORDER_INTERPRETER_H

#include <stdbool.h>

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

struct interpreter {
    char program[ARENA_PATH_SIZE];  /* absolute, with its symbolic links: what is executed */
    char argument0[ARENA_PATH_SIZE]; /* as the user would call it: "python3" where PATH finds it, else the program */
};

/* What config->target.python, $VIRTUAL_ENV and $PATH say, in this order. false: it is not there. */
bool interpreter_find(const struct config *config, struct interpreter *interpreter, struct error *error);

/* What an interpreter says of itself. Not yet checked against the file system. */
enum { INTERPRETER_INCLUDES = 3 };
struct interpreter_facts {
    char version[32];              /* "3.11.2" */
    char program[ARENA_PATH_SIZE]; /* sys.executable: behind a script, the Python it leads to */
    char includes[INTERPRETER_INCLUDES][ARENA_PATH_SIZE]; /* where its headers would be; "": it has none */
};

/* Runs `program` for a moment to ask it. false: it gives no answer. */
bool interpreter_ask(const char *program, struct interpreter_facts *facts);

#endif
