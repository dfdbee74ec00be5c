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

static PyObject *run_frame(PyThreadState *thread, python_frame *frame, int throwing) {
    if (throwing || !main_globals || python_frame_globals(frame) != main_globals)
        return python_run_frame(thread, frame, throwing);
    PyCodeObject *code = python_frame_code(frame);
    PyObject *globals = python_frame_globals(frame), *locals = python_frame_locals(frame);
    begin(code);
    PyCodeObject *twin = instrument_code(code);
    /* The waiting frame is not linked into the thread's frames yet, so the program sees the twin's frame alone. */
    PyObject *result;
    if (twin == code) {
        result = python_run_frame(thread, frame, throwing);
    } else {
        if (python_collector_count() && *python_collector_count() > 0)
            --*python_collector_count(); /* the function object that is made for it; the waiting frame has one, too */
        result = PyEval_EvalCode((PyObject *)twin, globals, locals ? locals : globals);
        python_drop_frame(thread, frame);
    }
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
