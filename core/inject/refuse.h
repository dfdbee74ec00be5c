/* refuse.h - telling the recorder, through the arena, that a program cannot be run with an engine. */
#ifndef PYPROF_INJECT_REFUSE_H
#define PYPROF_INJECT_REFUSE_H

#include "pyprof/arena.h"

/* Writes the refusal into the arena's header. The exit status to end with: INJECT_CANNOT_START. */
int refuse(struct arena_header *header, enum arena_refusal reason, const char *detail);

#endif
