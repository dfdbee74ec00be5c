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

#endif
