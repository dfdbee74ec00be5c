/* key_map.h - the request table as code reads it: keys to requests, and the texts for help, palette and footer. */
#ifndef PYPROF_TUI_KEY_MAP_H
#define PYPROF_TUI_KEY_MAP_H

#include <stdbool.h>

#include "tui/app/request.h"
#include "tui/term/key.h"

/* X(NAME, heading in the help) */
#define REQUEST_SECTION_LIST(X) \
    X(MOVE, "Moving")           \
    X(PANE, "Panes")            \
    X(DRILL, "Drilling down")   \
    X(FIND, "Finding")          \
    X(TABLE, "Tables")          \
    X(MEMORY, "Memory")         \
    X(RUN, "The run")           \
    X(PROGRAM, "The program")

enum request_section {
#define X(NAME, heading) SECTION_##NAME,
    REQUEST_SECTION_LIST(X)
#undef X
    SECTION_COUNT
};

struct request_row {
    const char *keys; /* "j Down" */
    const char *name; /* in the palette */
    const char *help;
    enum request_section section;
};

/* The row of a request; REQUEST_NONE has an empty one. */
const struct request_row *request_row(enum request request);
const char *request_section_heading(enum request_section section);

/* What a key asks for; REQUEST_NONE: nothing. */
enum request key_map_find(int key);

#endif
