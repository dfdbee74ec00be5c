/* plain_path.h - folders under names that fit into lists of paths. */
#ifndef PYPROF_RECORDER_PLAIN_PATH_H
#define PYPROF_RECORDER_PLAIN_PATH_H

#include <stdbool.h>

#include "pyprof/arena.h"
#include "pyprof/error.h"

/* LD_PRELOAD separates by blanks and colons and replaces what stands behind a '$', without any quoting. A folder
 * whose path has none of these is named as it is, any other by a symbolic link to it in this user's folder of
 * sockets, made where it is not there. false: it could not be made. */
bool plain_path_of(const char *folder, char plain[ARENA_PATH_SIZE], struct error *error);

#endif
