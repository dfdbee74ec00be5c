#include "core/host/main_program.h"

#include "core/host/instrument.h"
#include "core/host/selection.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"

static PyObject *main_globals; /* borrowed from __main__; NULL once the program runs */

/* The program begins: from here on everything is counted. */
static void begin(PyCodeObject *code) {
    main_globals = NULL;
    python_set_frame_hook(NULL);
    const char *file = PyUnicode_AsUTF8(code->co_filename);
    if (!file)
        PyErr_Clear();
    selection_set_main_file(file ? file : "");
    profile_begin();
    memory_begin();
}

/* The waiting frame goes first: so the twin's frame lies where its would, and all others do, too (python_probed_stack_size). */
static PyObject *run_instead(PyThreadState *thread, python_frame *frame, PyCodeObject *twin, PyObject *globals, PyObject *locals) {
    Py_INCREF(globals);
    Py_INCREF(locals);
    python_drop_frame(thread, frame);
    if (python_collector_count() && *python_collector_count() > 0)
        --*python_collector_count(); /* the function object that is made for it; who made the waiting frame has one, too */
    PyObject *result = PyEval_EvalCode((PyObject *)twin, globals, locals);
    Py_DECREF(globals);
    Py_DECREF(locals);
    return result;
}

static PyObject *run_frame(PyThreadState *thread, python_frame *frame, int throwing) {
    if (throwing || !main_globals || python_frame_globals(frame) != main_globals)
        return python_run_frame(thread, frame, throwing);
    PyCodeObject *code = python_frame_code(frame);
    PyObject *globals = python_frame_globals(frame), *locals = python_frame_locals(frame);
    begin(code);
    PyCodeObject *twin = instrument_code(code);
    /* The waiting frame is not linked into the thread's frames yet, so the program sees the twin's frame alone. */
    PyObject *result = twin == code ? python_run_frame(thread, frame, throwing)
                                    : run_instead(thread, frame, twin, globals, locals ? locals : globals);
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

void main_program_seen(PyObject *globals, PyCodeObject *code) {
    if (main_globals && globals == main_globals)
        begin(code);
}
