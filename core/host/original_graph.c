#include "core/host/original_graph.h"

#include "core/host/adopt.h"
#include "core/host/exchange.h"
#include "core/host/probe_objects.h"
#include "core/host/twins.h"

static PyCFunction find_referents, find_referrers;

/* --- gc --------------------------------------------------------------------------------------------------- */

/* Both take any number of objects: in a tuple, or from 3.14 on as a vector. */
typedef PyObject *(*vector_function)(PyObject *, PyObject *const *, Py_ssize_t);

static PyObject *call(PyCFunction function, bool vector, PyObject *module, PyObject *arguments) {
    if (!vector)
        return function(module, arguments);
    return ((vector_function)(void (*)(void))function)(module, &PyTuple_GET_ITEM(arguments, 0), PyTuple_GET_SIZE(arguments));
}

static PyObject *referents(bool vector, PyObject *module, PyObject *arguments) {
    PyObject *found = call(find_referents, vector, module, arguments);
    for (Py_ssize_t i = 0; found && PyList_Check(found) && i < PyList_GET_SIZE(found); i++) {
        PyObject *item = PyList_GET_ITEM(found, i);
        if (PyCode_Check(item) && twins_original((PyCodeObject *)item) != (PyCodeObject *)item)
            PyList_SetItem(found, i, Py_NewRef((PyObject *)twins_original((PyCodeObject *)item)));
    }
    return found;
}

/* The arguments and the twins of those that have one; a new reference. */
static PyObject *with_twins(PyObject *arguments) {
    PyObject *list = PySequence_List(arguments);
    for (Py_ssize_t i = 0; list && i < PyTuple_GET_SIZE(arguments); i++) {
        PyObject *item = PyTuple_GET_ITEM(arguments, i);
        const struct twin *known = PyCode_Check(item) ? twins_find((PyCodeObject *)item) : NULL;
        if (known && known->instrumented && PyList_Append(list, (PyObject *)known->instrumented) < 0)
            Py_CLEAR(list);
    }
    PyObject *tuple = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return tuple;
}

/* The constants of a twin: they hold probes or other twins. */
bool original_graph_hides(PyObject *object) {
    if (!PyTuple_CheckExact(object))
        return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++) {
        PyObject *item = PyTuple_GET_ITEM(object, i);
        if (probe_check(item) || (PyCode_Check(item) && twins_original((PyCodeObject *)item) != (PyCodeObject *)item))
            return true;
    }
    return false;
}

static PyObject *referrers(bool vector, PyObject *module, PyObject *arguments) {
    PyObject *asked = with_twins(arguments);
    PyObject *found = asked ? call(find_referrers, vector, module, asked) : NULL;
    for (Py_ssize_t i = found && PyList_Check(found) ? PyList_GET_SIZE(found) : 0; i-- > 0;) {
        PyObject *item = PyList_GET_ITEM(found, i);
        if ((item == arguments || item == asked || original_graph_hides(item)) && PyList_SetSlice(found, i, i + 1, NULL) < 0)
            Py_CLEAR(found);
        if (!found)
            break;
    }
    Py_XDECREF(asked);
    return found;
}

static PyObject *get_referents(PyObject *module, PyObject *arguments) { return referents(false, module, arguments); }
static PyObject *get_referrers(PyObject *module, PyObject *arguments) { return referrers(false, module, arguments); }

static PyObject *with_vector(PyObject *(*find)(bool, PyObject *, PyObject *), PyObject *module, PyObject *const *arguments,
                             Py_ssize_t count) {
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple && i < count; i++)
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(arguments[i]));
    PyObject *found = tuple ? find(true, module, tuple) : NULL;
    Py_XDECREF(tuple);
    return found;
}

static PyObject *get_referents_of_vector(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return with_vector(referents, module, arguments, count);
}

static PyObject *get_referrers_of_vector(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return with_vector(referrers, module, arguments, count);
}

static bool exchange_finder(PyObject *collector, const char *name, PyCFunction *original, PyCFunction tuple,
                            vector_function vector) {
    return exchange_definition(collector, name, METH_VARARGS, original, tuple) &&
           exchange_definition(collector, name, METH_FASTCALL, original, (PyCFunction)(void (*)(void))vector);
}

/* --- sizes ------------------------------------------------------------------------------------------------ */

enum { FRAMES, GENERATORS, COROUTINES, ASYNC_GENERATORS, SIZED };
static PyCFunction measure[SIZED];

/* The size without the stack entries that only a twin has. code: what the object runs; its reference is taken. */
static PyObject *original_size(int kind, PyObject *object, PyCodeObject *code) {
    PyObject *size = measure[kind](object, NULL);
    int more = size && code ? python_code_stack_size(code) - python_code_stack_size(twins_original(code)) : 0;
    if (more) {
        long bytes = PyLong_AsLong(size);
        Py_SETREF(size, PyLong_FromLong(bytes - more * (long)sizeof(PyObject *)));
    }
    Py_XDECREF(code);
    return size;
}

static PyObject *frame_size(PyObject *self, PyObject *unused) {
    (void)unused;
    return original_size(FRAMES, self, PyFrame_GetCode((PyFrameObject *)self));
}

static PyObject *generator_size(PyObject *self, PyObject *unused) {
    (void)unused;
    return original_size(GENERATORS, self, python_generator_code(self));
}

static PyObject *coroutine_size(PyObject *self, PyObject *unused) {
    (void)unused;
    return original_size(COROUTINES, self, python_generator_code(self));
}

static PyObject *async_generator_size(PyObject *self, PyObject *unused) {
    (void)unused;
    return original_size(ASYNC_GENERATORS, self, python_generator_code(self));
}

static bool exchange_size(PyTypeObject *type, int kind, PyCFunction replacement) {
    return exchange_definition((PyObject *)type, "__sizeof__", METH_NOARGS, &measure[kind], replacement);
}

bool original_graph_install(void) {
    PyObject *collector = adopt_collector_module();
    bool done = collector && exchange_finder(collector, "get_referents", &find_referents, get_referents, get_referents_of_vector) &&
                exchange_finder(collector, "get_referrers", &find_referrers, get_referrers, get_referrers_of_vector) &&
                exchange_size(&PyFrame_Type, FRAMES, frame_size) &&
                exchange_size(&PyGen_Type, GENERATORS, generator_size) &&
                exchange_size(&PyCoro_Type, COROUTINES, coroutine_size) &&
                exchange_size(&PyAsyncGen_Type, ASYNC_GENERATORS, async_generator_size);
    Py_XDECREF(collector);
    return done;
}
