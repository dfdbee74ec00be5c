/* child_ends.h - writes down when child processes ended that could not say so themselves: they were killed, or left by
 * _exit. The recorder is not their parent, so it looks. */
#ifndef PYPROF_RECORDER_CHILD_ENDS_H
#define PYPROF_RECORDER_CHILD_ENDS_H

#include <stddef.h>

struct child_ends {
    struct arena_child *ended; /* owned: those that need no more looks */
    size_t count, capacity;
};

/* Looks at the arenas beside the program's: of a process that is gone the clock ends now. What cannot be read, and what there
 * is no memory for, is looked at again the next time. */
void child_ends_note(struct child_ends *ends, const char *arena_path);
void child_ends_free(struct child_ends *ends);

#endif
