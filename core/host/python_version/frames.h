/* frames.h - the interpreter's frames. */
#ifndef PYPROF_HOST_PYTHON_VERSION_FRAMES_H
#define PYPROF_HOST_PYTHON_VERSION_FRAMES_H

#include "core/host/python_version/base.h"

/* The frame hook (PEP 523), for the main program only: see main_program.c. */
typedef struct _PyInterpreterFrame python_frame;
typedef PyObject *(*python_frame_hook)(PyThreadState *thread, python_frame *frame, int throwing);
void python_set_frame_hook(python_frame_hook hook); /* NULL: none */
PyObject *python_run_frame(PyThreadState *thread, python_frame *frame, int throwing);
/* Ends a frame that the hook was given and did not run. */
void python_drop_frame(PyThreadState *thread, python_frame *frame);
PyCodeObject *python_frame_code(python_frame *frame);   /* borrowed */
PyObject *python_frame_globals(python_frame *frame);    /* borrowed */
PyObject *python_frame_locals(python_frame *frame);     /* borrowed; may be NULL */

/* --- the hot path: the interpreter's frame that runs the probe, and its value stack -------------------------- */
#ifdef PYPROF_INTERPRETER_FRAMES
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <internal/pycore_frame.h>
#include <internal/pycore_pystate.h>
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe_structs.h>
#include <internal/pycore_stackref.h>
#endif
#pragma GCC diagnostic pop

static inline __attribute__((always_inline)) python_frame *python_current_frame(void) {
#if PY_VERSION_HEX < 0x030C0000
    return _PyThreadState_GET()->cframe->current_frame;
#elif PY_VERSION_HEX < 0x030D0000
    return _PyThreadState_UncheckedGet()->cframe->current_frame;
#else
    return PyThreadState_GetUnchecked()->current_frame;
#endif
}
/* Entry of the frame's locals and stack, counted from the first local; may be NULL. */
static inline __attribute__((always_inline)) PyObject *python_frame_slot(const python_frame *frame, uint32_t slot) {
#if PY_VERSION_HEX < 0x030E0000
    return frame->localsplus[slot];
#else
    return PyStackRef_AsPyObjectBorrow(frame->localsplus[slot]);
#endif
}
#endif

#endif
