/* place_probes.h - writes probes into a code object. */
#ifndef PYPROF_HOST_PLACE_PROBES_H
#define PYPROF_HOST_PLACE_PROBES_H

#include "core/host/offset_map.h"

struct probe_wishes {
    uint32_t code; /* the function's row in the profile */
    bool c_calls;  /* calls of C functions */
    bool lines;
    bool blocks;   /* instructions, by basic blocks */
    bool leaves;   /* where it may be a short function that calls nothing, it need not be timed each time */
};

bool probes_prepare(void);

/* A new code object like `code`, with these constants and probes for the wishes: always for entry, return, yield, resume
 * and unwinding. NULL where the code is not understood or memory is out (an exception may be set). *map tells which instruction
 * is which; the caller frees it. */
PyCodeObject *place_probes(PyCodeObject *code, PyObject *constants, struct probe_wishes wishes, struct offset_map **map);

#endif
