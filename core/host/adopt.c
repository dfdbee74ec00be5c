#include "core/host/adopt.h"

#include "core/host/instrument.h"

/* Instruments a function that is there already. */
static void adopt_function(PyObject *function) {
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    PyCodeObject *twin = instrument_code(code);
    if (twin != code)
        python_function_set_code(function, twin);
    Py_DECREF(twin);
}

/* All objects the garbage collector knows; a new list. The module that tells them is not left behind where the program would
 * not have found it. */
static PyObject *collected_objects(void) {
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */
    PyObject *name = PyUnicode_FromString("gc");
    if (!name)
        return NULL;
    bool was_there = PyDict_Contains(modules, name) == 1;
    PyObject *collector = PyImport_Import(name);
    PyObject *objects = collector ? PyObject_CallMethod(collector, "get_objects", NULL) : NULL;
    if (objects && !was_there && PyDict_DelItem(modules, name) < 0)
        Py_CLEAR(objects);
    Py_XDECREF(collector);
    Py_DECREF(name);
    return objects;
}

bool adopt_existing_functions(void) {
    PyObject *objects = collected_objects();
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
