/* interpreter.h - which Python a user means, found out without running it wherever files tell it. */
#ifndef PYPROF_RECORDER_INTERPRETER_H
#define PYPROF_RECORDER_INTERPRETER_H

#include <stdbool.h>

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

struct interpreter {
    bool explicitly_wanted;      /* by the config or by an active virtual environment */
    char program[ARENA_PATH_SIZE]; /* absolute, as the user would start it: sys.executable. "": none found */
    char base[ARENA_PATH_SIZE];    /* the real path of the interpreter behind it; "": not known yet */
    char version[32];              /* "3.11.2" or "3.11"; "": not known yet */
};

/* What config->target.python, $VIRTUAL_ENV and $PATH say, in this order. false: the interpreter named is not there. */
bool interpreter_wanted(const struct config *config, struct interpreter *interpreter, struct error *error);

/* Runs it to learn version and base, for a script that stands in for the interpreter. */
bool interpreter_ask(struct interpreter *interpreter, struct error *error);

/* Fills base and version from the files around program: a virtual environment's pyvenv.cfg, symbolic links. */
void interpreter_inspect(struct interpreter *interpreter);

#endif
