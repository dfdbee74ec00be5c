/* shells.h - code objects whose body comes later (lazy_code.h). */
#ifndef PYPROF_HOST_PYTHON_VERSION_SHELLS_H
#define PYPROF_HOST_PYTHON_VERSION_SHELLS_H

#include "core/host/python_version/base.h"

/* How much may be put into a shell. */
struct python_room {
    uint32_t units;     /* code units */
    uint32_t constants;
    bool offsets; /* see python_probed_stack_size */
};

/* A code object that stands for `original` and, in the place of its first RESUME, runs `trap` as a probe and then goes on at that
 * place again: by then something must have been put there. A new reference. NULL: not for this code, or memory is out; no exception
 * is set. */
PyCodeObject *python_new_shell(PyCodeObject *original, PyObject *trap, struct python_room room);
/* What the trap is if `code` is a shell with nothing in it; borrowed. NULL: it is certainly none. */
PyObject *python_shell_trap(PyCodeObject *code);
/* Would python_fill_shell() find room? */
bool python_fits_shell(PyCodeObject *shell, PyCodeObject *body, struct python_room room);
/* Makes the shell what `body`, which has never run, is, while activations wait in its trap. */
void python_fill_shell(PyCodeObject *shell, PyCodeObject *body);

#endif
