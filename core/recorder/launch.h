/* launch.h - what is executed as the target, and starting it. */
#ifndef PYPROF_RECORDER_LAUNCH_H
#define PYPROF_RECORDER_LAUNCH_H

#include <sys/types.h>

#include "core/recorder/engines.h"
#include "core/recorder/interpreter.h"
#include "core/recorder/pty.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

struct launch {
    char *program;      /* owned; what is executed */
    char **arguments;   /* owned, NULL-ended */
    char **environment; /* owned, NULL-ended */
    char *folder;       /* owned; NULL: where the recorder is */
    const struct pty *pty; /* not owned; NULL: same session, terminal and descriptors as the recorder */
    int descriptors[3];    /* what 0, 1 and 2 shall be, above 2; -1: the pty, without one what the recorder has */
    bool alone;            /* in a session of its own, and killed when the recorder ends */
};

/* The interpreter, with the injector in front, to profile config's target into the arena file at arena_path. */
bool launch_of_config(struct launch *launch, const struct config *config, const struct engine_places *places,
                      const struct interpreter *interpreter, const char *arena_path, struct error *error);
void launch_free(struct launch *launch);

/* Starts it; returns when it executes. -1: it could not be executed, *error says why. */
pid_t launch_start(const struct launch *launch, struct error *error);

#endif
