/* engine_cache.h - the folder in the user's cache where engines are built that were not installed. */
#ifndef PYPROF_RECORDER_ENGINE_CACHE_H
#define PYPROF_RECORDER_ENGINE_CACHE_H

#include <stdbool.h>

#include "pyprof/arena.h"
#include "pyprof/error.h"

/* "$XDG_CACHE_HOME/pyprof-tui/VERSION-IDENTITY", or below ~/.cache. An engine serves only the program whose sources
 * it was built from: `identity` stands for these. Only names the folder. false: this user has no cache. */
bool engine_cache_name(const char *identity, char folder[ARENA_PATH_SIZE]);

/* Is it there, and can nobody but this user have put anything into it? What is in it will be loaded into the user's
 * programs. */
bool engine_cache_is_safe(const char *folder);

/* Makes it, readable for this user alone. A folder that is there and not safe is refused. */
bool engine_cache_make(const char *folder, struct error *error);

#endif
