#include "core/host/exec_hook.h"

#include "core/host/instrument.h"
#include "core/host/main_program.h"

typedef PyObject *(*fast_function)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);
typedef PyObject *(*plain_fast_function)(PyObject *, PyObject *const *, Py_ssize_t);

/* An exchanged builtin. */
struct exchanged {
    const char *name;
    const char *mode; /* of compile() */
    PyMethodDef *original;
    PyMethodDef replacement;
};

static struct exchanged exec_builtin = {.name = "exec", .mode = "exec"};
static struct exchanged eval_builtin = {.name = "eval", .mode = "eval"};
static PyObject *compile_builtin; /* owned */

const PyMethodDef *exec_hook_public_method(const PyMethodDef *method) {
    if (method == &exec_builtin.replacement)
        return exec_builtin.original;
    return method == &eval_builtin.replacement ? eval_builtin.original : method;
}

static PyObject *call_original(const struct exchanged *builtin, PyObject *module, PyObject *const *arguments,
                               Py_ssize_t count, PyObject *names) {
    if (builtin->original->ml_flags & METH_KEYWORDS)
        return ((fast_function)(void (*)(void))builtin->original->ml_meth)(module, arguments, count, names);
    return ((plain_fast_function)(void (*)(void))builtin->original->ml_meth)(module, arguments, count);
}

/* exec and eval take text, bytes and buffers alike; eval forgives blanks in front. */
static PyObject *compile_source(const struct exchanged *builtin, PyObject *source) {
    PyObject *stripped = NULL;
    if (builtin == &eval_builtin && PyUnicode_Check(source)) {
        stripped = PyObject_CallMethod(source, "lstrip", "s", " \t");
        if (!stripped)
            return NULL;
        source = stripped;
    }
    PyObject *code = PyObject_CallFunction(compile_builtin, "Oss", source, "<string>", builtin->mode);
    Py_XDECREF(stripped);
    return code;
}

/* The argument to hand on instead of `source`: a new reference, or NULL where the original shall see it as it is. */
static PyObject *prepare_source(const struct exchanged *builtin, PyObject *source, PyObject *globals, bool *failed) {
    if (PyCode_Check(source)) {
        main_program_seen(globals);
        return (PyObject *)instrument_code((PyCodeObject *)source);
    }
    /* Where the original would complain about the globals or the type first, it does. */
    if (!(PyUnicode_Check(source) || PyBytes_Check(source) || PyByteArray_Check(source)) ||
        (globals && globals != Py_None && !PyDict_Check(globals)))
        return NULL;
    PyObject *code = compile_source(builtin, source);
    if (!code) {
        *failed = true;
        return NULL;
    }
    PyObject *twin = PyCode_Check(code) ? (PyObject *)instrument_code((PyCodeObject *)code) : Py_NewRef(code);
    Py_DECREF(code);
    return twin;
}

static PyObject *run(const struct exchanged *builtin, PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                     PyObject *names) {
    enum { MOST_ARGUMENTS = 8 };
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (count < 1 || count + named > MOST_ARGUMENTS)
        return call_original(builtin, module, arguments, count, names);
    bool failed = false;
    PyObject *source = prepare_source(builtin, arguments[0], count > 1 ? arguments[1] : NULL, &failed);
    if (failed)
        return NULL;
    if (!source)
        return call_original(builtin, module, arguments, count, names);
    PyObject *changed[MOST_ARGUMENTS];
    for (Py_ssize_t i = 0; i < count + named; i++)
        changed[i] = arguments[i];
    changed[0] = source;
    PyObject *result = call_original(builtin, module, changed, count, names);
    Py_DECREF(source);
    return result;
}

static PyObject *hooked_exec(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return run(&exec_builtin, module, arguments, count, names);
}

static PyObject *hooked_exec_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return run(&exec_builtin, module, arguments, count, NULL);
}

static PyObject *hooked_eval(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return run(&eval_builtin, module, arguments, count, names);
}

static PyObject *hooked_eval_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return run(&eval_builtin, module, arguments, count, NULL);
}

static bool exchange(struct exchanged *builtin, PyObject *builtins, fast_function with_names, plain_fast_function without) {
    PyObject *function = PyObject_GetAttrString(builtins, builtin->name);
    if (!function)
        return false;
    bool known = PyCFunction_CheckExact(function) && (PyCFunction_GET_FLAGS(function) & METH_FASTCALL);
    if (known) {
        PyMethodDef *definition = ((PyCFunctionObject *)function)->m_ml;
        builtin->original = definition;
        builtin->replacement = *definition;
        builtin->replacement.ml_meth = definition->ml_flags & METH_KEYWORDS ? (PyCFunction)(void (*)(void))with_names
                                                                           : (PyCFunction)(void (*)(void))without;
        ((PyCFunctionObject *)function)->m_ml = &builtin->replacement;
    } else {
        PyErr_Format(PyExc_RuntimeError, "builtins.%s is not the interpreter's own", builtin->name);
    }
    Py_DECREF(function);
    return known;
}

bool exec_hook_install(void) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    if (!builtins)
        return false;
    compile_builtin = PyObject_GetAttrString(builtins, "compile");
    bool done = compile_builtin && exchange(&exec_builtin, builtins, hooked_exec, hooked_exec_without_names) &&
                exchange(&eval_builtin, builtins, hooked_eval, hooked_eval_without_names);
    Py_DECREF(builtins);
    return done;
}
