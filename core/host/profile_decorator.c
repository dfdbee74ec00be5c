#include "core/host/profile_decorator.h"

#include "core/host/instrument.h"

/* The function inside a staticmethod, classmethod, or anything else that wraps one; borrowed, or NULL. */
static PyObject *function_of(PyObject *object) {
    for (int depth = 0; depth < 8 && object && !PyFunction_Check(object); depth++) {
        PyObject *inner = PyObject_GetAttrString(object, "__func__");
        if (!inner) {
            PyErr_Clear();
            return NULL;
        }
        Py_DECREF(inner); /* the wrapper holds it */
        object = inner;
    }
    return object && PyFunction_Check(object) ? object : NULL;
}

/* profile(function) marks it and returns it; profile(precision=4) and the like return the decorator itself. */
static PyObject *decorate(PyObject *self, PyObject *arguments, PyObject *options) {
    (void)options;
    if (PyTuple_GET_SIZE(arguments) == 0) {
        PyObject *builtins = PyEval_GetBuiltins(); /* borrowed */
        PyObject *decorator = builtins ? PyDict_GetItemString(builtins, "profile") : NULL;
        return decorator ? Py_NewRef(decorator) : Py_NewRef(self);
    }
    PyObject *decorated = PyTuple_GET_ITEM(arguments, 0);
    PyObject *function = function_of(decorated);
    if (function) {
        PyCodeObject *twin = instrument_marked((PyCodeObject *)PyFunction_GET_CODE(function));
        python_function_set_code(function, twin);
        Py_DECREF(twin);
    }
    return Py_NewRef(decorated);
}

static PyMethodDef definition = {"profile", (PyCFunction)(void (*)(void))decorate, METH_VARARGS | METH_KEYWORDS,
                                 PyDoc_STR("profile(function)\n--\n\nMark a function whose lines are to be profiled.")};

bool profile_decorator_install(void) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *decorator = builtins ? PyCFunction_New(&definition, NULL) : NULL;
    bool done = decorator && PyObject_SetAttrString(builtins, "profile", decorator) == 0;
    Py_XDECREF(decorator);
    Py_XDECREF(builtins);
    return done;
}
