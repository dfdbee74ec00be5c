/* selection.h - which functions and lines a run is about: the config's globs, as the recorder put them into the arena. */
#ifndef PYPROF_HOST_SELECTION_H
#define PYPROF_HOST_SELECTION_H

#include <stdbool.h>

#include "pyprof/arena.h"

struct selection {
    bool function; /* its calls are counted */
    bool lines;    /* its lines are counted */
    bool bytecode; /* its instructions are counted */
    bool project;  /* its file belongs to the project */
    uint32_t collectors; /* of selection_collectors: it holds while they are these */
};

/* Reads the glob lists; the texts stay where they are. standard_library: its folder. */
void selection_prepare(const struct arena_header *header, const char *standard_library);

/* Code without a file ("<string>") belongs where it was run from: the file that called exec or eval, or the main program's own
 * name, which is project code whatever it is called. */
void selection_set_origin(const char *calling_file);
void selection_set_origin_project(bool project);
/* Collectors were switched (collectors_on of the header). */
void selection_forget(void);
void selection_set_main_file(const char *file);

/* What of the collectors that are on makes a difference to the probes in code: memory needs none of its own beside others. */
uint32_t selection_collectors(void);

/* There is something to be placed into such code. */
static inline bool selection_wants_probes(struct selection selection) {
    return selection.function || selection.lines || selection.bytecode;
}

/* What to do with code of this file (co_filename). */
struct selection selection_of(const char *file);

#endif
