#include "core/host/shared_functions.h"

#include "core/host/exchange.h"
#include "core/host/twins.h"

/* --- as they were compiled -------------------------------------------------------------------------------- */

static PyObject *copy_with(PyFunctionObject *function, PyCodeObject *code) {
    PyFunctionObject *copy =
        (PyFunctionObject *)PyFunction_NewWithQualName((PyObject *)code, function->func_globals, function->func_qualname);
    if (!copy)
        return NULL;
    Py_XSETREF(copy->func_name, Py_XNewRef(function->func_name));
    Py_XSETREF(copy->func_defaults, Py_XNewRef(function->func_defaults));
    Py_XSETREF(copy->func_kwdefaults, Py_XNewRef(function->func_kwdefaults));
    Py_XSETREF(copy->func_closure, Py_XNewRef(function->func_closure));
    Py_XSETREF(copy->func_module, Py_XNewRef(function->func_module));
    return (PyObject *)copy;
}

/* A function like this one with its original code, to be sent instead; a new reference. Itself where it has no twin. NULL with an
 * exception set. */
static PyObject *as_compiled(PyObject *function) {
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function), *original = twins_original(code);
    if (original == code)
        return Py_NewRef(function);
    return copy_with((PyFunctionObject *)function, original);
}

/* What is to be pickled is looked up by its name, and has to be the same object. */
static PyObject *as_compiled_or_named(PyObject *function) {
    PyObject *copy = as_compiled(function);
    if (copy && !python_goes_by_code(copy))
        Py_SETREF(copy, Py_NewRef(function));
    return copy;
}

static PyObject *to_send(PyObject *value);

static PyObject *tuple_to_send(PyObject *tuple) {
    PyObject *sent = PyTuple_New(PyTuple_GET_SIZE(tuple));
    for (Py_ssize_t i = 0; sent && i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *item = to_send(PyTuple_GET_ITEM(tuple, i));
        if (item)
            PyTuple_SET_ITEM(sent, i, item);
        else
            Py_CLEAR(sent);
    }
    return sent;
}

/* Named arguments: a dictionary is replaced only where that is needed. */
static PyObject *names_to_send(PyObject *names) {
    PyObject *key, *value, *sent = Py_NewRef(names);
    for (Py_ssize_t at = 0; sent && PyDict_Next(names, &at, &key, &value);) {
        PyObject *item = to_send(value);
        if (item && item != value && sent == names)
            Py_SETREF(sent, PyDict_Copy(names));
        if (!item || (sent && sent != names && PyDict_SetItem(sent, key, item) < 0))
            Py_CLEAR(sent);
        Py_XDECREF(item);
    }
    return sent;
}

/* What to send instead of a value; a new reference, NULL with an exception set. Tuples and dictionaries are arguments for a
 * function that is sent along. */
static PyObject *to_send(PyObject *value) {
    if (PyFunction_Check(value))
        return as_compiled_or_named(value);
    bool tuple = PyTuple_CheckExact(value) && PyTuple_GET_SIZE(value) > 0;
    if (!tuple && !PyDict_CheckExact(value))
        return Py_NewRef(value);
    if (Py_EnterRecursiveCall(" while it is sent to another interpreter"))
        return NULL;
    PyObject *sent = tuple ? tuple_to_send(value) : names_to_send(value);
    Py_LeaveRecursiveCall();
    return sent;
}

/* --- what sends them --------------------------------------------------------------------------------------- */

/* Takes its arguments as a tuple and a dictionary, from 3.15 on as a vector. */
struct sender {
    bool scripts;                        /* its functions are run as scripts: they never go by their name */
    PyCFunction with_tuple, with_vector; /* the interpreter's own; one of them */
};

static PyObject *argument_to_send(const struct sender *sender, PyObject *argument) {
    return sender->scripts && PyFunction_Check(argument) ? as_compiled(argument) : to_send(argument);
}

/* A tuple of so many arguments; NULL with an exception set. */
static PyObject *arguments_to_send(const struct sender *sender, PyObject *const *arguments, Py_ssize_t count) {
    PyObject *sent = PyTuple_New(count);
    for (Py_ssize_t i = 0; sent && i < count; i++) {
        PyObject *item = argument_to_send(sender, arguments[i]);
        if (item)
            PyTuple_SET_ITEM(sent, i, item);
        else
            Py_CLEAR(sent);
    }
    return sent;
}

static PyObject *send_tuple(const struct sender *sender, PyObject *module, PyObject *arguments, PyObject *names) {
    PyCFunctionWithKeywords call = (PyCFunctionWithKeywords)(void (*)(void))sender->with_tuple;
    if (!python_in_main_interpreter())
        return call(module, arguments, names);
    PyObject *sent = arguments_to_send(sender, ((PyTupleObject *)arguments)->ob_item, PyTuple_GET_SIZE(arguments));
    PyObject *sent_names = names && sent ? names_to_send(names) : NULL;
    PyObject *result = sent && (sent_names || !names) ? call(module, sent, sent_names) : NULL;
    Py_XDECREF(sent);
    Py_XDECREF(sent_names);
    return result;
}

static PyObject *send_vector(const struct sender *sender, PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                             PyObject *names) {
    fast_function call = (fast_function)(void (*)(void))sender->with_vector;
    if (!python_in_main_interpreter())
        return call(module, arguments, count, names);
    PyObject *sent = arguments_to_send(sender, arguments, count + (names ? PyTuple_GET_SIZE(names) : 0));
    PyObject *result = sent ? call(module, ((PyTupleObject *)sent)->ob_item, count, names) : NULL;
    Py_XDECREF(sent);
    return result;
}

/* Each has to know which one it is: the interpreter hands them their module only. */
#define SENDER(NAME, SCRIPTS)                                                                                               \
    static struct sender NAME = {.scripts = SCRIPTS};                                                                       \
    static PyObject *NAME##_tuple(PyObject *module, PyObject *arguments, PyObject *names) {                                 \
        return send_tuple(&NAME, module, arguments, names);                                                                 \
    }                                                                                                                       \
    static PyObject *NAME##_vector(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {       \
        return send_vector(&NAME, module, arguments, count, names);                                                         \
    }
SENDER(call, false)
SENDER(exec, true)
SENDER(run_func, true)
SENDER(set_main_attributes, false)
SENDER(put, false)

static const struct {
    const char *module, *name;
    struct sender *sender;
    PyCFunctionWithKeywords with_tuple;
    fast_function with_vector;
} senders[] = {
    {"_interpreters", "call", &call, call_tuple, call_vector},
    {"_interpreters", "exec", &exec, exec_tuple, exec_vector},
    {"_interpreters", "run_func", &run_func, run_func_tuple, run_func_vector},
    {"_interpreters", "set___main___attrs", &set_main_attributes, set_main_attributes_tuple, set_main_attributes_vector},
    {"_interpqueues", "put", &put, put_tuple, put_vector},
};

static void follow(PyObject *module) {
    const char *name = PyModule_Check(module) ? PyModule_GetName(module) : NULL;
    for (size_t i = 0; name && i < sizeof senders / sizeof *senders; i++) {
        if (strcmp(name, senders[i].module) != 0)
            continue;
        exchange_definition(module, senders[i].name, METH_VARARGS | METH_KEYWORDS, &senders[i].sender->with_tuple,
                            (PyCFunction)(void (*)(void))senders[i].with_tuple);
        exchange_definition(module, senders[i].name, METH_FASTCALL | METH_KEYWORDS, &senders[i].sender->with_vector,
                            (PyCFunction)(void (*)(void))senders[i].with_vector);
    }
    PyErr_Clear();
}

/* --- their being loaded ------------------------------------------------------------------------------------ */

static PyCFunction create_from_file, create_from_table;

static PyObject *followed(PyObject *module) {
    if (module && python_in_main_interpreter())
        follow(module);
    return module;
}

static PyObject *create_dynamic(PyObject *importer, PyObject *const *arguments, Py_ssize_t count) {
    typedef PyObject *(*vector_function)(PyObject *, PyObject *const *, Py_ssize_t);
    return followed(((vector_function)(void (*)(void))create_from_file)(importer, arguments, count));
}

static PyObject *create_builtin(PyObject *importer, PyObject *specification) {
    return followed(create_from_table(importer, specification));
}

bool shared_functions_install(void) {
    PyObject *importer = PyImport_ImportModule("_imp");
    bool done = importer &&
                exchange_definition(importer, "create_dynamic", METH_FASTCALL, &create_from_file,
                                    (PyCFunction)(void (*)(void))create_dynamic) &&
                exchange_definition(importer, "create_builtin", METH_O, &create_from_table, create_builtin);
    Py_XDECREF(importer);
    return done;
}
