/* recording.h - one run of the target, from making its arena to writing down how it ended. */
#ifndef PYPROF_RECORDER_RECORDING_H
#define PYPROF_RECORDER_RECORDING_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/profile/arena_writer.h"
#include "core/recorder/engine_build.h"
#include "core/recorder/child_ends.h"
#include "core/recorder/pty.h"
#include "core/recorder/timeline.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

struct recording {
    struct arena arena;
    int arena_lock; /* -1: there is no arena */
    struct timeline timeline;
    struct child_ends child_ends;
    pid_t pid;
    bool ended;
    int wait_status; /* as of waitpid, once ended */
    char program[ARENA_PATH_SIZE]; /* the interpreter that was executed */
};

#define RECORDING_NONE ((struct recording){.arena_lock = -1, .ended = true})

/* How the target is connected; all -1 and NULL: as the recorder is. */
struct connection {
    const struct pty *pty;
    int descriptors[3];
};

/* Makes the arena and starts the host. On failure *recording holds nothing. */
bool recording_start(struct recording *recording, const struct config *config, const struct connection *connection,
               struct error *error);

/* Takes a point of the timeline when it is due, and looks after child processes as often. */
void recording_tick(struct recording *recording, uint64_t now_ns);

/* Looks whether the target has ended, without waiting. True when it did just now: all is written down in the arena.
 * *stopped (may be NULL) becomes true when it was stopped by a signal instead. */
bool recording_reap(struct recording *recording, bool *stopped);

/* After its end: did no engine run it? *error says why. */
bool recording_was_refused(const struct recording *recording, struct error *error);

/* Of a refused one: can it be run after this engine has been built? */
bool recording_order_engine(const struct recording *recording, struct engine_order *order);

/* Removes the arena (who has it mapped keeps it). The target must have ended. */
void recording_remove(struct recording *recording);

#endif
