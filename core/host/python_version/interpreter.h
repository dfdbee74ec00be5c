/* interpreter.h - state of the interpreter: which one runs, its builtin types, its collector, the exception being raised. */
#ifndef PYPROF_HOST_PYTHON_VERSION_INTERPRETER_H
#define PYPROF_HOST_PYTHON_VERSION_INTERPRETER_H

#include "core/host/python_version/base.h"

/* Whether the main interpreter runs on this thread. Code of others is left alone: they may have a lock of their own. */
bool python_in_main_interpreter(void);

/* The dictionary of a builtin type's attributes; borrowed. Who changes it calls PyType_Modified. */
PyObject *python_type_attributes(PyTypeObject *type);

/* How many objects there are more than at the last collection, which decides when the next one begins; a place in the main
 * interpreter. NULL where python_find_collector_count has not found it: its place in the interpreter is no public one. */
int *python_collector_count(void);
void python_find_collector_count(void);

/* Which allocators the interpreter uses: "pymalloc", "malloc", "pymalloc_debug", ...; NULL: others. */
const char *python_allocator_name(void);

/* Where the main interpreter counts the collections of each generation: Py_ssize_t, `places` of them `stride` bytes apart, of which
 * the largest is the present one. false: not known. After python_find_collector_count(). */
enum { PYTHON_GENERATIONS = 3 };
struct python_collection_counts {
    const Py_ssize_t *first[PYTHON_GENERATIONS];
    uint32_t places[PYTHON_GENERATIONS], stride;
};
bool python_find_collection_counts(struct python_collection_counts *counts);

/* The place of the callback by which the main interpreter gives tracers (sys.settrace) an event for each instruction; it owns a
 * reference, and holds NULL until something has been traced. NULL: this version has none. */
PyObject **python_opcode_tracer(void);

/* The exception that is being raised, taken away and put back; NULL members where there is none. */
struct python_exception {
    PyObject *type, *value, *traceback;
};
struct python_exception python_take_exception(void);
void python_put_exception(struct python_exception exception);

#endif
