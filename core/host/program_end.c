#include "core/host/program_end.h"

#include "core/host/census.h"
#include "core/host/publish_bytecode.h"
#include "core/host/requests.h"
#include "core/host/thread_names.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"
#include "pyprof/collectors.h"

static PyObject *end(PyObject *module, PyObject *arguments) {
    (void)module;
    (void)arguments;
    memory_end();
    requests_end();
    const struct arena_header *header = profile_header();
    if (header && header->census && header->collectors & COLLECTOR_MEMORY)
        census_take();
    publish_last_specializations();
    thread_names_refresh();
    Py_RETURN_NONE;
}

/* The first function that is to run at exit is the last one that does, when all threads of the program have ended
 * and before the interpreter clears up. The module is not left where the program could see that it was imported. */
bool program_end_await(void) {
    static PyMethodDef definition = {"end", end, METH_NOARGS, NULL};
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */
    bool there = PyDict_GetItemString(modules, "atexit") != NULL;
    PyObject *module = PyImport_ImportModule("atexit"), *function = PyCFunction_New(&definition, NULL);
    PyObject *done = module && function ? PyObject_CallMethod(module, "register", "O", function) : NULL;
    if (done && !there && PyDict_DelItemString(modules, "atexit") < 0)
        Py_CLEAR(done);
    Py_XDECREF(function);
    Py_XDECREF(module);
    Py_XDECREF(done);
    return done != NULL;
}
