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

bool adopt_existing_functions(void) {
    PyObject *collector = PyImport_ImportModule("gc");
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
