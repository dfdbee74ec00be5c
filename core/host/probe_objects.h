/* probe_objects.h - the objects whose slots count. One Python type per kind, so that the interpreter's call of the slot leads
 * straight to the code of that kind. A probe is always false, pickles as the int 0, and is no object of the collector. */
#ifndef PYPROF_HOST_PROBE_OBJECTS_H
#define PYPROF_HOST_PROBE_OBJECTS_H

#include "core/host/python_version.h"

/* X(NAME, slot without lines, slot with lines) */
#define PROBE_KIND_LIST(X)                                                       \
    X(ENTER, enter, enter_lines)                       /* a call begins */       \
    X(LEAVE, leave, leave_lines)                       /* returns or yields */   \
    X(UNWIND, leave, leave_lines)                      /* ends by an exception */ \
    X(HANDLER, handler, handler)                       /* an exception arrives */ \
    X(ENTER_GENERATOR, enter_generator, enter_generator_lines)                   \
    X(RESUME, resume, resume_lines)                    /* a generator goes on */ \
    X(UNWIND_GENERATOR, unwind_generator, unwind_generator)                      \
    X(HANDLER_GENERATOR, handler_generator, handler_generator)                   \
    X(LINE_HIT, line_hit, line_hit)                    /* a statement starts */  \
    X(LINE_SWITCH, line_switch, line_switch)           /* control comes back to a line */ \
    X(CALL, call, call)                                /* something is about to be called */ \
    X(CALL_END, call_end, call_end)                    /* and has returned */

enum probe_kind {
#define X(NAME, plain, lines) PROBE_##NAME,
    PROBE_KIND_LIST(X)
#undef X
    PROBE_KIND_COUNT
};

struct probe_place {
    uint32_t code;       /* the function it stands in */
    uint32_t line_cell;  /* LINE_*, RESUME */
    uint32_t stack_slot; /* CALL: where the callable lies, from the frame's first local */
};

/* Makes the types; lines: the line collector is on. */
bool probe_types_prepare(bool lines);

/* A new probe, or NULL with an exception set. */
PyObject *probe_new(enum probe_kind kind, struct probe_place place);

#endif
