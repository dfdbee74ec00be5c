#include "core/host/main_program.h"

#include "core/host/instrument.h"

static PyObject *main_globals; /* borrowed from __main__; NULL once the program runs */

static void stop_waiting(void) {
    main_globals = NULL;
    python_set_frame_hook(NULL);
}

static PyObject *run_frame(PyThreadState *thread, python_frame *frame, int throwing) {
    if (throwing || !main_globals || python_frame_globals(frame) != main_globals)
        return python_run_frame(thread, frame, throwing);
    PyCodeObject *code = python_frame_code(frame);
    PyObject *globals = python_frame_globals(frame), *locals = python_frame_locals(frame);
    stop_waiting();
    PyCodeObject *twin = instrument_code(code);
    /* The waiting frame is not linked into the thread's frames yet, so the program sees the twin's frame alone. */
    PyObject *result = twin == code ? python_run_frame(thread, frame, throwing)
                                    : PyEval_EvalCode((PyObject *)twin, globals, locals ? locals : globals);
    Py_DECREF(twin);
    return result;
}

bool main_program_await(void) {
    PyObject *module = PyImport_AddModule("__main__"); /* borrowed */
    if (!module)
        return false;
    main_globals = PyModule_GetDict(module);
    python_set_frame_hook(run_frame);
    return true;
}

void main_program_seen(PyObject *globals) {
    if (main_globals && globals == main_globals)
        stop_waiting();
}
