#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/memory_cost.h"

#include "core/host/memory_origin.h"

enum { RUNS = 12, PAIRS = 200 };

/* The site of the root stands for any. */
static void make_place_known(void) {
    const struct arena_thread *thread = profile_current_thread;
    memory_keep_place(python_frame_instruction(python_current_frame()), memory_node_identity(thread, thread->top->node),
                      memory_place_of(0));
}

static uint64_t run_pairs(void) {
    enum { SIZE = 40 };
    void *volatile kept = PyObject_Malloc(SIZE);
    uint64_t start = clock_ticks(profile_clock_kind);
    for (int i = 0; i < PAIRS; i++) {
        void *block = PyObject_Malloc(SIZE);
        PyObject_Free(kept);
        kept = block;
    }
    uint64_t ticks = clock_ticks(profile_clock_kind) - start;
    PyObject_Free(kept);
    return ticks;
}

/* As the program, not as the engine's own work that this is. */
static PyObject *measure(PyObject *module, PyObject *arguments) {
    (void)module;
    (void)arguments;
    uint64_t least = UINT64_MAX;
    uint32_t state = memory_this_thread.state;
    memory_this_thread.state = 0;
    if (memory.totals)
        make_place_known();
    for (int i = 0; i < RUNS; i++) {
        uint64_t ticks = run_pairs();
        least = ticks < least ? ticks : least;
    }
    memory_this_thread.state = state;
    return PyLong_FromUnsignedLongLong(least);
}

uint64_t memory_measure_pair(void) {
    static PyMethodDef definition = {"measure", measure, METH_NOARGS, NULL};
    PyObject *space = PyDict_New(), *function = PyCFunction_New(&definition, NULL);
    PyObject *code = Py_CompileString("measure()", "<calibration>", Py_eval_input), *result = NULL;
    if (space && function && code && PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins()) == 0 &&
        PyDict_SetItemString(space, "measure", function) == 0)
        result = PyEval_EvalCode(code, space, space);
    uint64_t ticks = result ? PyLong_AsUnsignedLongLong(result) / PAIRS : 0;
    Py_XDECREF(result);
    Py_XDECREF(code);
    Py_XDECREF(function);
    Py_XDECREF(space);
    PyErr_Clear();
    return ticks;
}
