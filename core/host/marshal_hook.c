#include "core/host/marshal_hook.h"

#include "core/host/exchange.h"
#include "core/host/instrument.h"

static struct exchanged dumps_builtin, dump_builtin;

/* The value with original code in place of instrumented, looking into tuples, lists and dictionaries' values as marshal does;
 * a new reference. */
static PyObject *clean_value(PyObject *value, int depth);

static PyObject *clean_sequence(PyObject *value, int depth) {
    Py_ssize_t count = PySequence_Fast_GET_SIZE(value);
    PyObject *copy = PyTuple_CheckExact(value) ? PyTuple_New(count) : PyList_New(count);
    for (Py_ssize_t i = 0; copy && i < count; i++) {
        PyObject *item = clean_value(PySequence_Fast_GET_ITEM(value, i), depth + 1);
        if (!item)
            Py_CLEAR(copy);
        else if (PyTuple_CheckExact(copy))
            PyTuple_SET_ITEM(copy, i, item);
        else
            PyList_SET_ITEM(copy, i, item);
    }
    return copy;
}

static PyObject *clean_dictionary(PyObject *value, int depth) {
    PyObject *copy = PyDict_New(), *key, *item;
    Py_ssize_t at = 0;
    while (copy && PyDict_Next(value, &at, &key, &item)) {
        PyObject *cleaned = clean_value(item, depth + 1);
        if (!cleaned || PyDict_SetItem(copy, key, cleaned) < 0)
            Py_CLEAR(copy);
        Py_XDECREF(cleaned);
    }
    return copy;
}

static PyObject *clean_value(PyObject *value, int depth) {
    enum { DEEPEST = 100 }; /* marshal itself stops at 2000; below this no code is looked for */
    if (PyCode_Check(value))
        return (PyObject *)instrument_original((PyCodeObject *)value);
    if (depth < DEEPEST && (PyTuple_CheckExact(value) || PyList_CheckExact(value)))
        return clean_sequence(value, depth);
    if (depth < DEEPEST && PyDict_CheckExact(value))
        return clean_dictionary(value, depth);
    return Py_NewRef(value);
}

/* True where instrumented code can be reached: only then is anything copied, so that marshal's own references between equal
 * objects stay as they are for everything else. */
static bool holds_twin(PyObject *value, int depth) {
    if (PyCode_Check(value)) {
        PyCodeObject *original = instrument_original((PyCodeObject *)value);
        Py_DECREF(original);
        return (PyObject *)original != value;
    }
    if (depth > 100)
        return false;
    if (PyTuple_CheckExact(value) || PyList_CheckExact(value)) {
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); i++)
            if (holds_twin(PySequence_Fast_GET_ITEM(value, i), depth + 1))
                return true;
    } else if (PyDict_CheckExact(value)) {
        PyObject *key, *item;
        Py_ssize_t at = 0;
        while (PyDict_Next(value, &at, &key, &item))
            if (holds_twin(item, depth + 1))
                return true;
    }
    return false;
}

static PyObject *run(const struct exchanged *builtin, PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    enum { MOST_ARGUMENTS = 3 };
    if (count < 1 || count > MOST_ARGUMENTS || !holds_twin(arguments[0], 0))
        return exchange_call_original(builtin, module, arguments, count, NULL);
    PyObject *changed[MOST_ARGUMENTS];
    for (Py_ssize_t i = 0; i < count; i++)
        changed[i] = arguments[i];
    changed[0] = clean_value(arguments[0], 0);
    if (!changed[0])
        return NULL;
    PyObject *result = exchange_call_original(builtin, module, changed, count, NULL);
    Py_DECREF(changed[0]);
    return result;
}

static PyObject *dumps(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return run(&dumps_builtin, module, arguments, count);
}

static PyObject *dump(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return run(&dump_builtin, module, arguments, count);
}

/* Neither takes keywords. */
static PyObject *dumps_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return exchange_call_original(&dumps_builtin, module, arguments, count, names);
}

static PyObject *dump_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return exchange_call_original(&dump_builtin, module, arguments, count, names);
}

bool marshal_hook_install(void) {
    return exchange_builtin(&dumps_builtin, "marshal", "dumps", dumps_with_names, dumps) &&
           exchange_builtin(&dump_builtin, "marshal", "dump", dump_with_names, dump);
}
