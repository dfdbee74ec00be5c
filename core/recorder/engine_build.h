/* engine_build.h - building the engine for a Python that none was built for, in a process of its own: neither a
 * terminal nor a viewer waits for a compiler. */
#ifndef PYPROF_RECORDER_ENGINE_BUILD_H
#define PYPROF_RECORDER_ENGINE_BUILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/recorder/engines.h"

/* What is to be built. */
struct engine_order {
    char version[ENGINE_VERSION_SIZE]; /* "3.13" */
    char program[ARENA_PATH_SIZE];     /* the Python it is for, whose headers are used */
    char sources[ARENA_PATH_SIZE];     /* as in struct engine_places */
    char cache[ARENA_PATH_SIZE];
    ino_t replaced; /* the file of an engine that does not load; 0: there is none yet */
};

struct engine_build {
    pid_t pid;  /* 0: nothing is being built */
    int result; /* readable when it is done; -1: nothing is being built */
};

#define ENGINE_BUILD_NONE ((struct engine_build){.result = -1})

/* "building the engine for Python 3.13 (once) ..." */
void engine_order_describe(const struct engine_order *order, char sentence[128]);

/* Where the engine will be: in order->cache. false: the path is too long. */
bool engine_order_path(const struct engine_order *order, char path[ARENA_PATH_SIZE]);

bool engine_build_start(struct engine_build *build, const struct engine_order *order, struct error *error);

/* Call when `result` is readable. True: the engine is there, built now or by another run at the same time. */
bool engine_build_finish(struct engine_build *build, struct error *error);

/* Ends the build and the compiler; nothing half done will ever be taken for an engine. */
void engine_build_stop(struct engine_build *build);

/* What the process does, waiting for the compiler: finds headers and compiler, compiles under another name, renames. */
bool engine_build_now(const struct engine_order *order, struct error *error);

#endif
