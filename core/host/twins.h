/* twins.h - which instrumented code object belongs to which original.
 *
 * The records are kept beside the code objects, not in them: sizes, extra slots and reference counts of the program's code objects
 * stay as they are. All under the interpreter lock. */
#ifndef PYPROF_HOST_TWINS_H
#define PYPROF_HOST_TWINS_H

#include "core/host/offset_map.h"

/* What is known of a code object that was instrumented, or is the outcome of that. */
struct twin {
    PyCodeObject *instrumented; /* of an original: borrowed, NULL where its twin is gone; of a twin: NULL */
    PyCodeObject *original;     /* of a twin: owned; of an original: NULL */
    struct offset_map *offsets; /* of a twin: owned, NULL where its instructions are the original's */
    uint32_t code;              /* of a twin: its row; 0: it has no probes of its own */
    bool lines;                 /* of a twin: it has line probes */
    bool marked;                /* of an original: it was given to `profile` */
    uint32_t collectors;        /* of a twin: those that were on when it was made */
};

/* Begins to watch for the end of code objects. */
void twins_prepare(void);

/* The record of a code object, or NULL; until the code object ends. */
const struct twin *twins_find(const PyCodeObject *code);

/* The twin of an original that was made while exactly these collectors were on; borrowed, NULL: there is none (any more). */
PyCodeObject *twins_current(const PyCodeObject *original, uint32_t collectors);

/* Calls visit for every twin. It must not run Python code, nor make or end code objects. */
void twins_visit(void (*visit)(PyCodeObject *twin, const struct twin *record));

/* Ties a new twin to its original, as `record` tells of it. The record's offsets become the table's. false: memory is out. */
bool twins_tie(PyCodeObject *instrumented, struct twin record);

/* An original was given to `profile`, which may have no twin now. */
void twins_mark(PyCodeObject *original);

/* What a twin was made of; code that is no twin itself. Borrowed: the twin holds it. */
PyCodeObject *twins_original(PyCodeObject *code);

/* Keeps a twin for programs that exec one code object again and again, until twins_release_unused() finds that the program has
 * let go of the original. The last few only; not where somebody waits for its end by a weak reference. */
void twins_keep(PyCodeObject *twin);
void twins_release_unused(void);

#endif
