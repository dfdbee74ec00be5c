/* navigation.h - where the user is, came from and can go back to, as in a web browser. */
#ifndef PYPROF_TUI_NAVIGATION_H
#define PYPROF_TUI_NAVIGATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/layout/layout.h"

struct place {
    enum pane focus;
    uint32_t function, line; /* what is selected there */
    bool drilled;            /* the function was gone into; else the whole program is looked at */
    bool callers;            /* callers and callees stand in the source's place */
    bool diff;               /* what changed stands in place of all panes while the functions have the keys */
};

enum { NAVIGATION_DEPTH = 64 };

/* All zero is an empty history: at the function table, nothing behind, nothing ahead. */
struct navigation {
    struct place places[NAVIGATION_DEPTH]; /* the places behind, the present one, the ones ahead */
    size_t present, count;                 /* count 0: there is just the present one, not yet written down */
};

/* Leaves `from` for another place; what was ahead is forgotten, and so is the oldest when there are too many. */
void navigation_leave(struct navigation *navigation, struct place from);
bool navigation_can_go_back(const struct navigation *navigation);
bool navigation_can_go_forward(const struct navigation *navigation);
/* Goes back or forward from `*place`, which then is the place gone to. false: there is none, nothing is changed. */
bool navigation_back(struct navigation *navigation, struct place *place);
bool navigation_forward(struct navigation *navigation, struct place *place);

#endif
