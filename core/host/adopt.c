#include "core/host/adopt.h"

#include <stdlib.h>

#include "core/host/instrument.h"
#include "core/host/lazy_code.h"
#include "core/host/twins.h"

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

/* --- while the program runs ---------------------------------------------------------------------------------- */

/* What is to be gone through, owned: it must not end meanwhile. */
struct found {
    PyObject **items;
    size_t count, room;
    bool failed;
};

static void note(struct found *found, PyObject *object) {
    if (found->count == found->room) {
        size_t room = found->room ? 2 * found->room : 1024;
        PyObject **larger = realloc(found->items, room * sizeof *larger);
        if (!larger) {
            found->failed = true;
            return;
        }
        found->items = larger;
        found->room = room;
    }
    found->items[found->count++] = Py_NewRef(object);
}

static bool note_function(PyObject *object, void *context) {
    struct found *found = context;
    if (PyFunction_Check(object))
        note(found, object);
    return !found->failed;
}

static struct found twins_found; /* for the visitor, which is given nothing of its caller's */

static void note_twin(PyCodeObject *twin, const struct twin *record) {
    (void)record;
    note(&twins_found, (PyObject *)twin);
}

static void release(struct found *found) {
    for (size_t i = 0; i < found->count; i++)
        Py_DECREF(found->items[i]);
    free(found->items);
    *found = (struct found){0};
}

/* The code that each original has now: functions of the same code share it, though its probes may come with the first call only. */
static PyObject *known; /* dictionary by address, owned; while functions are gone through */

static PyCodeObject *again(PyCodeObject *code) {
    PyCodeObject *original = twins_original(code);
    PyObject *key = PyLong_FromVoidPtr(original), *found = key ? PyDict_GetItemWithError(known, key) : NULL; /* borrowed */
    PyCodeObject *now = found ? (PyCodeObject *)Py_NewRef(found) : instrument_again(code);
    if (key && !found)
        PyDict_SetItem(known, key, (PyObject *)now);
    Py_XDECREF(key);
    PyErr_Clear();
    return now;
}

static void adopt_function_again(PyObject *function) {
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function), *now = again(code);
    if (now != code)
        python_function_set_code(function, now);
    Py_DECREF(now);
}

bool adopt_again(void) {
    struct found functions = {0};
    known = PyDict_New();
    twins_found = (struct found){0};
    bool done = known && python_visit_tracked(note_function, &functions) && !functions.failed;
    if (done)
        twins_visit(note_twin);
    done = done && !twins_found.failed;
    for (size_t i = 0; done && i < functions.count; i++)
        adopt_function_again(functions.items[i]);
    for (size_t i = 0; done && i < twins_found.count; i++) {
        PyCodeObject *twin = (PyCodeObject *)twins_found.items[i];
        instrument_constants_again(twin, twins_original(twin), again);
    }
    release(&functions);
    release(&twins_found);
    Py_CLEAR(known);
    PyErr_Clear();
    return done;
}
