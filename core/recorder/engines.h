/* engines.h - where the injector and the engines are: pyprof-inject.so and pyprof-host-X.Y.so. */
#ifndef PYPROF_RECORDER_ENGINES_H
#define PYPROF_RECORDER_ENGINES_H

#include <stdbool.h>
#include <stddef.h>

#include "pyprof/arena.h"
#include "pyprof/error.h"
#include "pyprof/inject.h"

enum { ENGINE_FOLDERS_SIZE = 6 * ARENA_PATH_SIZE, ENGINE_VERSION_SIZE = 16 };

/* In the folder of an engine's sources, made by the Makefile: what the compiler is given (flags and all sources, as a
 * response file, from within the folder), and a word that stands for the sources' content. */
#define ENGINE_OPTIONS "options"
#define ENGINE_IDENTITY "identity"

struct engine_places {
    char folders[ENGINE_FOLDERS_SIZE]; /* INJECT_HOSTS_VARIABLE's value: absolute, joined by ':', searched in this order */
    char injector[ARENA_PATH_SIZE];    /* INJECT_LIBRARY's absolute path, fit for LD_PRELOAD */
    char native[ARENA_PATH_SIZE];      /* NATIVE_LIBRARY's, beside it; "": it is not there */
    char sources[ARENA_PATH_SIZE];     /* the folder that engines are built from; "": it is not there */
    char cache[ARENA_PATH_SIZE];       /* the folder they are built into; one of `folders` once there are some; "": none */
};

/* Looks beside this program, in its parent folder, in ../libexec/pyprof-tui and in the user's cache.
 * false: there is no injector, or it lies where the loader cannot be told of it. */
bool engine_places_find(struct engine_places *places, struct error *error);

/* The version an engine's file name stands for, "3.11" of "pyprof-host-3.11.so"; false: it is none. */
bool engine_version_of_name(const char *name, char version[ENGINE_VERSION_SIZE]);

/* What the engine in that file says it was compiled with, "3.11.2, gcc 12.2.0"; "": nothing, so it is none. */
void engine_read_stamp(const char *path, char stamp[128]);

/* Can an engine be built for a Python of this version (as in ARENA_REFUSED_MISSING)? *error says why not of
 * `program`. */
bool engine_version_is_known(const char *version, const char *program, struct error *error);

#endif
