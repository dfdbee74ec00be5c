/* probe_objects.h - the objects whose slots count. One Python type per kind, so that the interpreter's call of the slot leads
 * straight to the code of that kind. A probe is an iterator at its end, pickles as an iterator over nothing, and is no object
 * of the garbage collector. */
#ifndef PYPROF_HOST_PROBE_OBJECTS_H
#define PYPROF_HOST_PROBE_OBJECTS_H

#include "core/host/exit_map.h"

enum probe_kind {
    PROBE_ENTER,             /* a call begins */
    PROBE_LEAVE,             /* returns or yields */
    PROBE_LEAVE_LEAF,        /* returns, and may be a leaf: core/probe/shadow_leaves.h */
    PROBE_UNWIND,            /* ends by an exception */
    PROBE_HANDLER,           /* an exception arrives at a handler */
    PROBE_ENTER_GENERATOR,
    PROBE_LEAVE_GENERATOR,
    PROBE_RESUME,            /* a generator goes on */
    PROBE_UNWIND_GENERATOR,
    PROBE_HANDLER_GENERATOR,
    PROBE_LINE_HIT,          /* a statement of a line starts */
    PROBE_LINE_SWITCH,       /* control comes back to a line */
    PROBE_CALL,              /* something is about to be called */
    PROBE_CALL_END,          /* and has returned */
    PROBE_BLOCK,             /* a basic block is entered */
    PROBE_EXIT,              /* an exception has left a basic block */
    PROBE_EXIT_RESUME,       /* the same of one from a RESUME */
    PROBE_KIND_COUNT
};

struct probe_place {
    uint32_t code;         /* the function it stands in */
    uint32_t untimed_cell; /* of that function; 0: it has no lines */
    uint32_t line_cell;    /* LINE_*, RESUME, ENTER*: the line that control comes to; 0 for ENTER: a line probe follows */
    uint32_t stack_slot;   /* from the frame's first local. CALL: where the callable lies; EXIT*: the raising offset */
    uint32_t block;        /* BLOCK, RESUME, ENTER*: the block that is entered; 0: it has a probe of its own, or none */
};

/* Makes the types; lines: the line collector is on. */
bool probe_types_prepare(bool lines);

/* The collectors that are on have changed (bits of enum collector; before: that ever were), and the clock with them: what all
 * probes do that there are. */
void probe_types_switch(uint32_t before, uint32_t now);

/* A new probe, or NULL with an exception set. */
PyObject *probe_new(enum probe_kind kind, struct probe_place place);

/* CALL: its CALL_END sleeps, and is to be woken before the site first calls a C function. */
void probe_set_sleeping_end(PyObject *probe, struct python_sleeping end);

/* EXIT*: what there is to count; all other probes stay as they are. */
void probe_set_exits(PyObject *probe, struct exit_map *map);

bool probe_check(PyObject *value);

#endif
