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

bool python_find_collection_counts(struct python_collection_counts *counts) {
    struct _gc_runtime_state *collector = &PyInterpreterState_Main()->gc;
    if (!collector_count)
        return false; /* it is not where it was when this was compiled */
    *counts = (struct python_collection_counts){.stride = sizeof(struct gc_generation_stats)};
#if PY_VERSION_HEX < 0x030F0000
    for (int i = 0; i < PYTHON_GENERATIONS; i++) {
        counts->first[i] = &collector->generation_stats[i].collections;
        counts->places[i] = 1;
    }
#else
    struct gc_stats *stats = collector->generation_stats;
    if (!stats)
        return false;
    counts->first[0] = &stats->young.items[0].collections;
    counts->places[0] = GC_YOUNG_STATS_SIZE;
    for (int i = 1; i < PYTHON_GENERATIONS; i++) {
        counts->first[i] = &stats->old[i - 1].items[0].collections;
        counts->places[i] = GC_OLD_STATS_SIZE;
    }
#endif
    return true;
}

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

PyObject **python_opcode_tracer(void) {
#if PY_VERSION_HEX < 0x030C0000
    return NULL;
#else
    enum { SYS_TRACE = 7, INSTRUCTION = 6 }; /* Include/internal/pycore_instruments.h, Include/cpython/monitoring.h */
    return &PyInterpreterState_Main()->monitoring_callables[SYS_TRACE][INSTRUCTION];
#endif
}
