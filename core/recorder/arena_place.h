/* arena_place.h - where a run's arena file lies, and removing those that dead recorders left. */
#ifndef PYPROF_RECORDER_ARENA_PLACE_H
#define PYPROF_RECORDER_ARENA_PLACE_H

#include <stddef.h>

#include "core/profile/arena_writer.h"
#include "pyprof/error.h"

/* Makes the arena of a new run: on /dev/shm where 32 MiB are free, else in $TMPDIR or /tmp. *lock receives a
 * descriptor whose lock tells others that the file is in use; closing it (or dying) ends that. */
bool arena_place_create(struct arena *arena, int *lock, struct error *error);

/* Removes an arena, and those of the program's child processes beside it. */
void arena_place_remove(const char *path);

/* Removes arenas of this user in those folders that no living recorder holds. Returns how many. */
size_t arena_place_remove_stale(void);

/* The same for one folder. */
size_t arena_place_remove_stale_in(const char *folder);

#endif
