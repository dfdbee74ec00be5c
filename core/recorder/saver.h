/* saver.h - saving a session in a process of its own, so that sampling and the target's terminal never wait for a
 * disk. */
#ifndef PYPROF_RECORDER_SAVER_H
#define PYPROF_RECORDER_SAVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

struct saver {
    pid_t pid;           /* 0: nothing is being saved */
    int result;          /* readable when it is done, or has got on */
    unsigned percent;    /* how far it is */
    uint32_t *cancelled; /* shared with it */
};

bool saver_start(struct saver *saver, const char *arena_path, int arena_file, const struct config *config, const char *path,
                 struct error *error);

/* Call when `result` is readable. false: it has only got on, as `percent` says: a few times a second at most. */
bool saver_is_done(struct saver *saver);

/* It is to end without a session; what saver_finish then says is that it was cancelled, unless it was done before. */
void saver_cancel(struct saver *saver);
bool saver_was_cancelled(const struct saver *saver);

/* Call when it is done. True: saved. path receives where; with false it may name where it was rescued. */
bool saver_finish(struct saver *saver, char path[ARENA_PATH_SIZE], struct error *error);

#endif
