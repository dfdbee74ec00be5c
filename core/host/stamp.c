/* stamp.c - what an engine says of itself to who reads its file: see INJECT_ENGINE_STAMP. */
#include <patchlevel.h>

#include "pyprof/inject.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#if PY_MINOR_VERSION < INJECT_OLDEST_MINOR || PY_MINOR_VERSION > INJECT_NEWEST_MINOR
#error "this CPython version is not named in include/pyprof/inject.h: add it where core/host/python_version.h knows it"
#endif

__attribute__((visibility("default"))) const unsigned long pyprof_host_built_for = PY_VERSION_HEX;

__attribute__((used)) static const char stamp[] = INJECT_ENGINE_STAMP PY_VERSION "\0" COMPILER;
