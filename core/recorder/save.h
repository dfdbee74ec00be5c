/* save.h - from an arena to a finished model, and that into a session. */
#ifndef PYPROF_RECORDER_SAVE_H
#define PYPROF_RECORDER_SAVE_H

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/model.h"

/* The model with sources (where the config keeps them), arguments and config text; arena_file is a descriptor of the arena, which
 * is still there where somebody has removed its name. NULL: *error says why. */
struct model *save_build_model(const char *arena_path, int arena_file, const struct config *config, struct error *error);

struct session_watch;

/* Writes the session to path. Where that fails it is written to $TMPDIR or /tmp instead; the error names that place,
 * which also stands in path then. Not so where the watch (may be NULL) has stopped it. */
bool save_session(const struct model *model, char path[ARENA_PATH_SIZE], struct session_watch *watch, struct error *error);

#endif
