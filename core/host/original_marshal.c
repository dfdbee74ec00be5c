#include "core/host/original_marshal.h"

#include <stdlib.h>

#include "core/host/exchange.h"
#include "core/host/lazy_code.h"
#include "core/host/twins.h"

/* References of twins that are taken out of objects' counts while these are written. All the objects are held by the code that is
 * written, and the twins stay alive. */
struct taken {
    PyObject **objects;
    size_t count, room;
};

static void take(struct taken *taken, PyObject *object) {
    if (taken->count == taken->room) {
        size_t room = taken->room ? 2 * taken->room : 64;
        PyObject **larger = realloc(taken->objects, room * sizeof *larger);
        if (!larger)
            return; /* it is marked */
        taken->objects = larger;
        taken->room = room;
    }
    taken->objects[taken->count++] = object;
    Py_SET_REFCNT(object, Py_REFCNT(object) - 1);
}

static void put_back(struct taken *taken) {
    for (size_t i = 0; i < taken->count; i++)
        Py_SET_REFCNT(taken->objects[i], Py_REFCNT(taken->objects[i]) + 1);
    free(taken->objects);
}

static void take_references(struct taken *taken, PyCodeObject *original, PyCodeObject *twin) {
    PyObject *parts[PYTHON_CODE_PARTS], *twins_parts[PYTHON_CODE_PARTS];
    python_code_parts(original, parts);
    python_code_parts(twin, twins_parts);
    for (int i = 0; i < PYTHON_CODE_PARTS; i++)
        if (parts[i] == twins_parts[i])
            take(taken, parts[i]);
    PyObject *constants = original->co_consts, *twins_constants = twin->co_consts;
    if (constants == twins_constants) {
        take(taken, constants);
        return;
    }
    bool shell = lazy_code_original(twin, NULL) == original; /* it holds the first one only */
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(constants) && i < (shell ? 1 : PyTuple_GET_SIZE(twins_constants)); i++) {
        PyObject *constant = PyTuple_GET_ITEM(constants, i), *twins_constant = PyTuple_GET_ITEM(twins_constants, i);
        if (constant == twins_constant)
            take(taken, constant);
        else if (PyCode_Check(constant) && PyCode_Check(twins_constant))
            take_references(taken, (PyCodeObject *)constant, (PyCodeObject *)twins_constant);
    }
    if (Py_REFCNT(twin) == 1) /* a function or an activation that holds the twin would hold the original */
        take(taken, (PyObject *)original);
}

static PyObject *write_code(const struct exchanged *writer, PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                       PyObject *names) {
    PyObject *code = count > 0 && PyCode_Check(arguments[0]) && python_in_main_interpreter() ? arguments[0] : NULL;
    const struct twin *known = code ? twins_find((PyCodeObject *)code) : NULL;
    PyCodeObject *twin = known ? known->instrumented : NULL;
    if (!twin)
        return exchange_call_original(writer, module, arguments, count, names);
    struct taken taken = {0};
    take_references(&taken, (PyCodeObject *)code, twin);
    Py_INCREF(twin);
    PyObject *result = exchange_call_original(writer, module, arguments, count, names);
    put_back(&taken);
    Py_DECREF(twin);
    return result;
}

static struct exchanged dump, dumps;

static PyObject *dump_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return write_code(&dump, module, arguments, count, names);
}

static PyObject *dump_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return write_code(&dump, module, arguments, count, NULL);
}

static PyObject *dumps_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return write_code(&dumps, module, arguments, count, names);
}

static PyObject *dumps_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return write_code(&dumps, module, arguments, count, NULL);
}

bool original_marshal_install(void) {
    return exchange_builtin(&dump, "marshal", "dump", dump_with_names, dump_without_names) &&
           exchange_builtin(&dumps, "marshal", "dumps", dumps_with_names, dumps_without_names);
}
