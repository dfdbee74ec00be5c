/* session_path.h - where a run's session goes, checked before the run so that a long one is not lost. */
#ifndef PYPROF_RECORDER_SESSION_PATH_H
#define PYPROF_RECORDER_SESSION_PATH_H

#include <time.h>

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

/* config's own path, or pyprof-SCRIPT-YYYYmmdd-HHMMSS.pyprof in the current folder (-2, -3, ... where that exists).
 * Absolute when the current folder has a path. */
bool session_path_choose(const struct config *config, time_t now, char path[ARENA_PATH_SIZE], struct error *error);

/* A path as a user gave it, seen from the current folder. */
bool session_path_make_absolute(const char *given, char path[ARENA_PATH_SIZE], struct error *error);

/* Can a session be written there? The folder must be writable; what is there already must be a session (or empty). */
bool session_path_check(const char *path, struct error *error);

/* folder/name, or folder/name with -2, -3, ... before its last dot: a file that does not exist. false: too long. */
bool session_path_unused(const char *folder, const char *name, char path[ARENA_PATH_SIZE]);

#endif
