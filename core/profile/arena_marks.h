/* arena_marks.h - naming a moment of a run. Recorder and host both do. */
#ifndef PYPROF_PROFILE_ARENA_MARKS_H
#define PYPROF_PROFILE_ARENA_MARKS_H

#include <stdbool.h>

#include "core/profile/arena_writer.h"

/* Adds a mark of this moment. The name is UTF-8, any '\0'-ended text, and is cut where it is too long, between characters; "" is
 * allowed. false: there is no room for one more. Not for the hot path. */
bool arena_add_mark(struct arena *arena, const char *name);

#endif
