/* interpreter.c - state of the interpreter: which one runs, its builtin types, its collector, the exception being raised. */
#include "core/host/python_version/internals.h"

bool python_in_main_interpreter(void) { return PyInterpreterState_Get() == PyInterpreterState_Main(); }

PyObject *python_type_attributes(PyTypeObject *type) {
#if PY_VERSION_HEX < 0x030C0000
    return type->tp_dict;
#else
    PyObject *attributes = PyType_GetDict(type); /* of the running interpreter; the type keeps it */
    Py_XDECREF(attributes);
    return attributes;
#endif
}

static int *collector_count;

int *python_collector_count(void) { return collector_count; }

void python_find_collector_count(void) {
    struct _gc_runtime_state *collector = &PyInterpreterState_Main()->gc;
    int enabled = PyGC_Enable();
    bool found = collector->enabled == 1;
    PyGC_Disable();
    found &= collector->enabled == 0;
    if (enabled)
        PyGC_Enable();
    if (found)
        collector_count = &collector->generations[0].count;
}

const char *python_allocator_name(void) { return _PyMem_GetCurrentAllocatorName(); }

struct python_exception python_take_exception(void) {
    struct python_exception taken = {0};
#if PY_VERSION_HEX < 0x030C0000
    PyErr_Fetch(&taken.type, &taken.value, &taken.traceback);
#else
    taken.value = PyErr_GetRaisedException();
#endif
    return taken;
}

void python_put_exception(struct python_exception exception) {
#if PY_VERSION_HEX < 0x030C0000
    PyErr_Restore(exception.type, exception.value, exception.traceback);
#else
    PyErr_SetRaisedException(exception.value);
#endif
}
