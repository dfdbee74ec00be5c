/* settings.h - what the host is told to collect, written into the arena's header before it starts. */
#ifndef PYPROF_RECORDER_SETTINGS_H
#define PYPROF_RECORDER_SETTINGS_H

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

bool settings_write(struct arena_header *header, const struct config *config, struct error *error);

#endif
