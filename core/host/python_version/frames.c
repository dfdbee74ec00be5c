/* frames.c - the frame hook (PEP 523) and what it is given. */
#include "core/host/python_version/internals.h"

/* What ran frames before: the interpreter's own, or what writes maps for perf (-X perf). */
static python_frame_hook run_frame_before = _PyEval_EvalFrameDefault;

void python_set_frame_hook(python_frame_hook hook) {
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    if (hook)
        run_frame_before = _PyInterpreterState_GetEvalFrameFunc(interpreter);
    _PyInterpreterState_SetEvalFrameFunc(interpreter, hook ? hook : run_frame_before);
}

PyObject *python_run_frame(PyThreadState *thread, python_frame *frame, int throwing) {
    return run_frame_before(thread, frame, throwing);
}

/* From 3.12 on running a frame ends it, before that who made it does. */
void python_drop_frame(PyThreadState *thread, python_frame *frame) {
#if PY_VERSION_HEX < 0x030C0000
    (void)thread;
    (void)frame;
#elif PY_VERSION_HEX < 0x030D0000
    /* As _PyEvalFrameClearAndPop, which is not exported: it has not run, so it holds nothing but these. */
    PyCodeObject *code = frame->f_code;
    Py_XDECREF(frame->f_funcobj);
    Py_XDECREF(frame->f_locals);
    thread->datastack_top = (PyObject **)frame;
    Py_DECREF(code);
#else
    _PyEval_FrameClearAndPop(thread, frame);
#endif
}

#if PY_VERSION_HEX < 0x030D0000
PyCodeObject *python_frame_code(python_frame *frame) { return frame->f_code; }
#elif PY_VERSION_HEX < 0x030E0000
PyCodeObject *python_frame_code(python_frame *frame) { return (PyCodeObject *)frame->f_executable; }
#else
PyCodeObject *python_frame_code(python_frame *frame) {
    return (PyCodeObject *)PyStackRef_AsPyObjectBorrow(frame->f_executable);
}
#endif
PyObject *python_frame_globals(python_frame *frame) { return frame->f_globals; }
PyObject *python_frame_locals(python_frame *frame) { return frame->f_locals; }

uint32_t python_frame_line(python_frame *frame) {
    PyCodeObject *code = python_frame_code(frame);
    int line = PyCode_Addr2Line(code, _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT));
    return line > 0 ? (uint32_t)line : 0;
}

/* Only the loading of a local variable that there is none of can fail in the second of both. */
long python_raising_unit(python_frame *frame, long unit) {
#if PY_VERSION_HEX < 0x030C0000
    const uint8_t *code = (const uint8_t *)python_frame_code(frame)->co_code_adaptive + 2 * unit;
    bool first_loads = code[0] == LOAD_FAST__LOAD_FAST && !frame->localsplus[code[1]];
    bool second_loads = code[0] == LOAD_FAST__LOAD_FAST || code[0] == LOAD_CONST__LOAD_FAST || code[0] == STORE_FAST__LOAD_FAST;
    return second_loads && !first_loads ? unit + 1 : unit;
#else
    (void)frame;
    return unit;
#endif
}

/* --- whose lock is held ------------------------------------------------------------------------------------- */

PyInterpreterState *python_main_interpreter;

void python_find_main_interpreter(void) { python_main_interpreter = PyInterpreterState_Main(); }

PyThreadState *python_this_thread(void) { return PyGILState_GetThisThreadState(); }

bool python_has_main_lock(void) {
    const PyThreadState *running = python_running_thread();
    return python_holds_main_lock(running) && (PY_VERSION_HEX >= 0x030C0000 || running == python_this_thread());
}
