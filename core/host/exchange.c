#include "core/host/exchange.h"

typedef PyObject *(*plain_fast_function)(PyObject *, PyObject *const *, Py_ssize_t);

enum { MOST_EXCHANGED = 12 };
static const struct exchanged *all[MOST_EXCHANGED];
static int exchanged_count;

const PyMethodDef *exchange_public_method(const PyMethodDef *method) {
    for (int i = 0; i < exchanged_count; i++)
        if (method == &all[i]->replacement)
            return all[i]->original;
    return method;
}

PyObject *exchange_call_original(const struct exchanged *builtin, PyObject *module, PyObject *const *arguments,
                                 Py_ssize_t count, PyObject *names) {
    if (builtin->original->ml_flags & METH_KEYWORDS)
        return ((fast_function)(void (*)(void))builtin->original->ml_meth)(module, arguments, count, names);
    return ((plain_fast_function)(void (*)(void))builtin->original->ml_meth)(module, arguments, count);
}

bool exchange_builtin(struct exchanged *builtin, const char *module, const char *name, fast_function run,
                      plain_fast_function run_without_names) {
    PyObject *owner = PyImport_ImportModule(module);
    bool done = owner && exchange_function(builtin, owner, name, run, run_without_names);
    Py_XDECREF(owner);
    return done;
}

bool exchange_function(struct exchanged *builtin, PyObject *owner, const char *name, fast_function run,
                       plain_fast_function run_without_names) {
    PyObject *function = PyObject_GetAttrString(owner, name);
    if (!function)
        return false;
    bool known = exchanged_count < MOST_EXCHANGED && PyCFunction_CheckExact(function) &&
                 (PyCFunction_GET_FLAGS(function) & METH_FASTCALL);
    if (known) {
        PyMethodDef *definition = ((PyCFunctionObject *)function)->m_ml;
        builtin->original = definition;
        builtin->replacement = *definition;
        builtin->replacement.ml_meth = definition->ml_flags & METH_KEYWORDS ? (PyCFunction)(void (*)(void))run
                                                                           : (PyCFunction)(void (*)(void))run_without_names;
        ((PyCFunctionObject *)function)->m_ml = &builtin->replacement;
        all[exchanged_count++] = builtin;
    } else {
        PyErr_Format(PyExc_RuntimeError, "%s of %R is not the interpreter's own", name, owner);
    }
    Py_DECREF(function);
    return known;
}

/* --- the code of a definition -------------------------------------------------------------------------------- */

static PyMethodDef *definition_of(PyObject *function) {
    if (function && PyCFunction_CheckExact(function))
        return ((PyCFunctionObject *)function)->m_ml;
    if (function && Py_TYPE(function) == &PyMethodDescr_Type)
        return ((PyMethodDescrObject *)function)->d_method;
    return NULL;
}

bool exchange_definition(PyObject *owner, const char *name, int flags, PyCFunction *original, PyCFunction replacement) {
    PyObject *function = PyObject_GetAttrString(owner, name);
    PyMethodDef *definition = definition_of(function);
    if (definition && definition->ml_flags == flags && definition->ml_meth != replacement) {
        *original = definition->ml_meth;
        definition->ml_meth = replacement;
    }
    Py_XDECREF(function);
    return function != NULL;
}
