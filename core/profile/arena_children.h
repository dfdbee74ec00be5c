/* arena_children.h - the arenas of a program's child processes, in the folder beside its own. */
#ifndef PYPROF_PROFILE_ARENA_CHILDREN_H
#define PYPROF_PROFILE_ARENA_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pyprof/arena_reader.h"

/* Of a child that ended without a word: when that was seen first. */
struct arena_child {
    pid_t pid;
    uint32_t number;
    uint64_t gone_ticks, gone_ns; /* 0: it is not known to have ended */
};

struct arena_children {
    struct arena_child *rows; /* in the order they were found */
    size_t count, capacity;
};

/* Whether a file of that folder is a child's arena by its name, "PID-NUMBER"; fills *child. */
bool arena_child_parse_name(const char *name, struct arena_child *child);

void arena_children_free(struct arena_children *children);

/* Reads what arenas there are now into program->children, in the order of their start. Those that cannot be read go to
 * program->unreadable; those that are being made are left for the next time while the program runs. false: out of
 * memory. */
bool arena_children_read(struct arena_reader *reader, struct model *program, struct error *error);

#endif
