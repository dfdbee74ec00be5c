/* frames.h - the interpreter's frames. */
#ifndef PYPROF_HOST_PYTHON_VERSION_FRAMES_H
#define PYPROF_HOST_PYTHON_VERSION_FRAMES_H

#include "core/host/python_version/base.h"

/* The frame hook (PEP 523), for the main program only: see main_program.c. */
typedef struct _PyInterpreterFrame python_frame;
typedef PyObject *(*python_frame_hook)(PyThreadState *thread, python_frame *frame, int throwing);
void python_set_frame_hook(python_frame_hook hook); /* NULL: what ran frames before */
PyObject *python_run_frame(PyThreadState *thread, python_frame *frame, int throwing);
/* Ends a frame that the hook was given and did not run. */
void python_drop_frame(PyThreadState *thread, python_frame *frame);
PyCodeObject *python_frame_code(python_frame *frame);   /* borrowed */
PyObject *python_frame_globals(python_frame *frame);    /* borrowed */
PyObject *python_frame_locals(python_frame *frame);     /* borrowed; may be NULL */
/* The offset of the instruction that an exception left a frame's code at, where the interpreter says that it was `unit`: a form
 * that does the work of two instructions bears the first one's. In code units. */
long python_raising_unit(python_frame *frame, long unit);
/* The line that a frame is on, which has begun; 0: none. Allocates nothing. */
uint32_t python_frame_line(python_frame *frame);

/* What runs the program; NULL before python_find_main_interpreter. */
extern PyInterpreterState *python_main_interpreter;
void python_find_main_interpreter(void);
/* The thread state of this thread, whether it holds the lock or not; NULL: it has none. */
PyThreadState *python_this_thread(void);
/* Whether this thread holds the main interpreter's lock. */
bool python_has_main_lock(void);

/* --- the hot path: the interpreter's frame that runs the probe, and its value stack -------------------------- */
#ifdef PYPROF_INTERPRETER_FRAMES
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define object python_asdl_object /* a type in these headers */
#include <internal/pycore_frame.h>
#include <internal/pycore_pystate.h>
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe.h>
#include <internal/pycore_stackref.h>
#endif
#undef object
#pragma GCC diagnostic pop

/* Whoever holds the interpreter lock; from 3.12 on, this thread where it holds one, else NULL. */
static inline __attribute__((always_inline)) PyThreadState *python_running_thread(void) {
#if PY_VERSION_HEX < 0x030C0000
    return _PyThreadState_GET();
#elif PY_VERSION_HEX < 0x030D0000
    return _PyThreadState_UncheckedGet();
#else
    return PyThreadState_GetUnchecked();
#endif
}
/* The innermost frame of a thread; NULL: none. */
static inline __attribute__((always_inline)) python_frame *python_thread_frame(const PyThreadState *thread) {
#if PY_VERSION_HEX < 0x030D0000
    return thread->cframe->current_frame;
#else
    return thread->current_frame;
#endif
}
static inline __attribute__((always_inline)) python_frame *python_current_frame(void) {
    return python_thread_frame(python_running_thread());
}
/* Up to 3.11 one lock is for all interpreters; later each may have its own. */
static inline __attribute__((always_inline)) bool python_holds_main_lock(const PyThreadState *running) {
    return running && (PY_VERSION_HEX < 0x030C0000 || running->interp == python_main_interpreter);
}
/* Address of the instruction that a frame runs. All that allocate have been noted down there when they do. */
static inline __attribute__((always_inline)) uintptr_t python_frame_instruction(const python_frame *frame) {
#if PY_VERSION_HEX < 0x030D0000
    return (uintptr_t)frame->prev_instr;
#else
    return (uintptr_t)frame->instr_ptr;
#endif
}
static inline python_frame *python_frame_caller(const python_frame *frame) { return frame->previous; }
/* false: it is still being made, or stands for C code. */
static inline bool python_frame_has_begun(python_frame *frame) { return !_PyFrame_IsIncomplete(frame); }
/* Entry of the frame's locals and stack, counted from the first local; may be NULL. */
static inline __attribute__((always_inline)) PyObject *python_frame_slot(const python_frame *frame, uint32_t slot) {
#if PY_VERSION_HEX < 0x030E0000
    return frame->localsplus[slot];
#else
    return PyStackRef_AsPyObjectBorrow(frame->localsplus[slot]);
#endif
}
/* The same of an entry that is a number: an offset that the interpreter has pushed with an exception. */
static inline long python_frame_number(const python_frame *frame, uint32_t slot) {
#if PY_VERSION_HEX >= 0x030E0000
    if (PyStackRef_IsTaggedInt(frame->localsplus[slot]))
        return (long)PyStackRef_UntagInt(frame->localsplus[slot]);
#endif
    return PyLong_AsLong(python_frame_slot(frame, slot));
}
#endif

#endif
