/* host_list.h - the hosts that are installed or built, and what each of them says of itself. */
#ifndef PYPROF_RECORDER_HOST_LIST_H
#define PYPROF_RECORDER_HOST_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "pyprof/arena.h"

enum { HOST_LIST_MAX = 16 };

struct host {
    char path[ARENA_PATH_SIZE];
    char version[32];                  /* "3.11.2" */
    char interpreter[ARENA_PATH_SIZE]; /* "/usr/bin/python3": what it was built for */
    char linkage[32];                  /* "static", "shared" */
};

struct host_list {
    struct host hosts[HOST_LIST_MAX]; /* in the order they were found; of one minor version only the first */
    size_t count;
};

/* Looks beside this program, in its parent folder, in ../libexec/pyprof-tui and in the installation's. malloc'ed.
 * NULL: out of memory. */
struct host_list *host_list_find(void);

/* Adds the hosts of one folder ("pyprof-host-*" that answer --describe). */
void host_list_add_folder(struct host_list *list, const char *folder);

/* Understands "3.11.2 /usr/bin/python3 static"; the path may hold blanks. */
bool host_parse_description(struct host *host, const char *line);

/* "3.11" of "3.11.2": the length of the part before the second dot (all of it where there is none). */
size_t host_minor_length(const char *version);
bool host_same_minor(const char *version, const char *other);

#endif
