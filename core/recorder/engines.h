/* engines.h - where the injector and the engines are: pyprof-inject.so and pyprof-host-X.Y.so. */
#ifndef PYPROF_RECORDER_ENGINES_H
#define PYPROF_RECORDER_ENGINES_H

#include <stdbool.h>
#include <stddef.h>

#include "pyprof/arena.h"
#include "pyprof/error.h"
#include "pyprof/inject.h"

enum { ENGINE_FOLDERS_SIZE = 6 * ARENA_PATH_SIZE };

struct engine_places {
    char folders[ENGINE_FOLDERS_SIZE]; /* INJECT_HOSTS_VARIABLE's value: absolute, joined by ':', searched in this order */
    char injector[ARENA_PATH_SIZE];    /* INJECT_LIBRARY's absolute path */
};

/* Looks beside this program, in its parent folder, in ../libexec/pyprof-tui and in the installation's. false: there is no
 * injector, or it lies where the loader cannot be told of it. */
bool engine_places_find(struct engine_places *places, struct error *error);

/* The version an engine's file name stands for, "3.11" of "pyprof-host-3.11.so"; false: it is none. */
bool engine_version_of_name(const char *name, char version[16]);

#endif
