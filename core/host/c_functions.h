/* c_functions.h - which callables are C functions, and the profile's rows for them.
 *
 * The same ones that sys.setprofile reports as c_call: builtin functions and methods, and method descriptors; not types,
 * slot wrappers or callable instances (CPython 3.11, Python/ceval.c, trace_call_function). */
#ifndef PYPROF_HOST_C_FUNCTIONS_H
#define PYPROF_HOST_C_FUNCTIONS_H

#include "core/host/python_version.h"

/* The method definition behind a callable, or NULL where it is no C function. A bound method object is looked through:
 * *callable becomes what it binds. */
static inline __attribute__((always_inline)) const PyMethodDef *c_function_method(PyObject **callable) {
    PyTypeObject *type = Py_TYPE(*callable);
    if (type == &PyFunction_Type)
        return NULL;
    if (type == &PyMethodDescr_Type)
        return ((PyMethodDescrObject *)*callable)->d_method;
    if (type == &PyMethod_Type) {
        *callable = PyMethod_GET_FUNCTION(*callable);
        type = Py_TYPE(*callable);
    }
    if (type == &PyCFunction_Type || type == &PyCMethod_Type)
        return ((PyCFunctionObject *)*callable)->m_ml;
    return NULL;
}

struct c_function {
    uint32_t code;      /* its row in the profile; 0: there is no room */
    bool constant_time; /* takes a short time that does not depend on its arguments' size, so that few of its calls need timing */
};

/* Found by its definition, made when it is first called. Never sets an exception. */
struct c_function c_function_find(const PyMethodDef *method, PyObject *callable);

/* While probes are calibrated: every function is this one, which need not be registered; NULL: no more. */
void c_function_pretend(const struct c_function *function);

#endif
