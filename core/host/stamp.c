/* stamp.c - what an engine says of itself to who reads its file: see INJECT_ENGINE_STAMP. */
#include <patchlevel.h>

#include "pyprof/inject.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

__attribute__((used)) static const char stamp[] = INJECT_ENGINE_STAMP PY_VERSION "\0" COMPILER;
