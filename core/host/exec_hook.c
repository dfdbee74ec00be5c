#include "core/host/exec_hook.h"

#include "core/host/exchange.h"
#include "core/host/instrument.h"
#include "core/host/main_program.h"
#include "core/host/twins.h"

/* A hooked builtin and the mode of compile() for its text. */
struct runner {
    struct exchanged exchanged;
    const char *mode;
};

static struct runner exec_runner = {.mode = "exec"};
static struct runner eval_runner = {.mode = "eval"};
static PyObject *compile_builtin; /* owned */

/* exec and eval take text, bytes and buffers alike; eval forgives blanks in front. */
static PyObject *compile_source(const struct runner *runner, PyObject *source) {
    PyObject *stripped = NULL;
    if (runner == &eval_runner && PyUnicode_Check(source)) {
        stripped = PyObject_CallMethod(source, "lstrip", "s", " \t");
        if (!stripped)
            return NULL;
        source = stripped;
    }
    PyObject *code = PyObject_CallFunction(compile_builtin, "Oss", source, "<string>", runner->mode);
    Py_XDECREF(stripped);
    return code;
}

/* The argument to hand on instead of `source`: a new reference, or NULL where the original shall see it as it is. */
static PyObject *prepare_source(const struct runner *runner, PyObject *source, PyObject *globals, bool *failed) {
    if (PyCode_Check(source)) {
        main_program_seen(globals, (PyCodeObject *)source);
        PyCodeObject *twin = instrument_code((PyCodeObject *)source);
        twins_keep(twin);
        return (PyObject *)twin;
    }
    /* Where the original would complain about the globals or the type first, it does. */
    if (!(PyUnicode_Check(source) || PyBytes_Check(source) || PyByteArray_Check(source)) ||
        (globals && globals != Py_None && !PyDict_Check(globals)))
        return NULL;
    PyObject *code = compile_source(runner, source);
    if (!code) {
        *failed = true;
        return NULL;
    }
    PyObject *twin = PyCode_Check(code) ? (PyObject *)instrument_code((PyCodeObject *)code) : Py_NewRef(code);
    Py_DECREF(code);
    return twin;
}

static PyObject *run(const struct runner *runner, PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                     PyObject *names) {
    enum { MOST_ARGUMENTS = 8 };
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    /* exec's only keyword, closure, goes with code objects: for text the original complains. */
    if (count < 1 || count + named > MOST_ARGUMENTS || (named && !PyCode_Check(arguments[0])))
        return exchange_call_original(&runner->exchanged, module, arguments, count, names);
    twins_release_unused();
    instrument_set_origin();
    bool failed = false;
    PyObject *source = prepare_source(runner, arguments[0], count > 1 ? arguments[1] : NULL, &failed);
    if (failed)
        return NULL;
    if (!source)
        return exchange_call_original(&runner->exchanged, module, arguments, count, names);
    PyObject *changed[MOST_ARGUMENTS];
    for (Py_ssize_t i = 0; i < count + named; i++)
        changed[i] = arguments[i];
    changed[0] = source;
    PyObject *result = exchange_call_original(&runner->exchanged, module, changed, count, names);
    Py_DECREF(source);
    return result;
}

static PyObject *hooked_exec(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return run(&exec_runner, module, arguments, count, names);
}

static PyObject *hooked_exec_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return run(&exec_runner, module, arguments, count, NULL);
}

static PyObject *hooked_eval(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return run(&eval_runner, module, arguments, count, names);
}

static PyObject *hooked_eval_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return run(&eval_runner, module, arguments, count, NULL);
}

bool exec_hook_install(void) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    compile_builtin = builtins ? PyObject_GetAttrString(builtins, "compile") : NULL;
    Py_XDECREF(builtins);
    return compile_builtin &&
           exchange_builtin(&exec_runner.exchanged, "builtins", "exec", hooked_exec, hooked_exec_without_names) &&
           exchange_builtin(&eval_runner.exchanged, "builtins", "eval", hooked_eval, hooked_eval_without_names);
}
