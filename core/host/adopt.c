#include "core/host/adopt.h"

#include "core/host/instrument.h"

/* Instruments a function that is there already. */
static void adopt_function(PyObject *function) {
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    PyCodeObject *twin = instrument_lazily(code);
    if (twin != code)
        python_function_set_code(function, twin);
    Py_DECREF(twin);
}

PyObject *adopt_collector_module(void) {
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */
    PyObject *name = PyUnicode_FromString("gc");
    if (!name)
        return NULL;
    bool was_there = PyDict_Contains(modules, name) == 1;
    PyObject *collector = PyImport_Import(name);
    if (collector && !was_there && PyDict_DelItem(modules, name) < 0)
        Py_CLEAR(collector);
    Py_DECREF(name);
    return collector;
}

bool adopt_existing_functions(void) {
    PyObject *collector = adopt_collector_module();
    PyObject *objects = collector ? PyObject_CallMethod(collector, "get_objects", NULL) : NULL;
    Py_XDECREF(collector);
    if (!objects || !PyList_Check(objects)) {
        Py_XDECREF(objects);
        return false;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++)
        if (PyFunction_Check(PyList_GET_ITEM(objects, i)))
            adopt_function(PyList_GET_ITEM(objects, i));
    Py_DECREF(objects);
    return true;
}
