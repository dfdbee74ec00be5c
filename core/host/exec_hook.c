#include "core/host/exec_hook.h"

#include "core/host/exchange.h"
#include "core/host/greenlets.h"
#include "core/host/instrument.h"
#include "core/host/main_program.h"
#include "core/host/twins.h"

/* A hooked builtin and what its text is. */
struct runner {
    struct exchanged exchanged;
    int start; /* of the grammar */
};

static struct runner exec_runner = {.start = Py_file_input};
static struct runner eval_runner = {.start = Py_eval_input};

static bool is_source(PyObject *source) {
    return PyUnicode_Check(source) || PyBytes_Check(source) || PyByteArray_Check(source) || PyObject_CheckBuffer(source);
}

/* The text of a source, as exec and eval read it; of the kinds that are no str or bytes a copy in *copy, a new reference. NULL:
 * the original complains. */
static const char *text_of(PyObject *source, PyCompilerFlags *flags, PyObject **copy) {
    Py_ssize_t size = 0;
    const char *text;
    if (PyUnicode_Check(source)) {
        flags->cf_flags |= PyCF_IGNORE_COOKIE;
        text = PyUnicode_AsUTF8AndSize(source, &size);
    } else {
        *copy = PyBytes_FromObject(source);
        text = *copy ? PyBytes_AS_STRING(*copy) : NULL;
        size = *copy ? PyBytes_GET_SIZE(*copy) : 0;
    }
    if (text && strlen(text) == (size_t)size)
        return text;
    PyErr_Clear();
    return NULL;
}

/* As exec and eval compile; the builtin compile() does more, and audits. *text_is_bad: the original has to complain. */
static PyObject *compile_source(const struct runner *runner, PyObject *source, bool *text_is_bad) {
    PyCompilerFlags flags = {.cf_flags = PyCF_SOURCE_IS_UTF8, .cf_feature_version = PY_MINOR_VERSION};
    PyObject *copy = NULL, *code = NULL;
    const char *text = text_of(source, &flags, &copy);
    *text_is_bad = text == NULL;
    if (text) {
        if (runner == &eval_runner)
            text += strspn(text, " \t"); /* eval forgives blanks in front */
        PyEval_MergeCompilerFlags(&flags);
        code = Py_CompileStringExFlags(text, "<string>", runner->start, &flags, -1);
    }
    Py_XDECREF(copy);
    return code;
}

/* The argument to hand on instead of `source`: a new reference, or NULL where the original shall see it as it is. */
static PyObject *prepare_source(const struct runner *runner, PyObject *source, PyObject *globals, PyObject *locals,
                                bool *failed) {
    if (PyCode_Check(source)) {
        main_program_seen(globals, (PyCodeObject *)source);
        PyCodeObject *twin = instrument_code((PyCodeObject *)source);
        twins_keep(twin);
        return (PyObject *)twin;
    }
    /* Where the original would complain about the globals or the type first, it does. */
    if (!is_source(source) || (locals && locals != Py_None && !PyMapping_Check(locals)) ||
        (globals && globals != Py_None && !PyDict_Check(globals)))
        return NULL;
    bool text_is_bad;
    PyObject *code = compile_source(runner, source, &text_is_bad);
    if (!code) {
        *failed = !text_is_bad;
        return NULL;
    }
    PyObject *twin = PyCode_Check(code) ? (PyObject *)instrument_code((PyCodeObject *)code) : Py_NewRef(code);
    Py_DECREF(code);
    return twin;
}

/* An argument by its place or its name (from 3.13 on globals and locals may be named); borrowed, or NULL. */
static PyObject *argument(PyObject *const *arguments, Py_ssize_t count, PyObject *names, Py_ssize_t place, const char *name) {
    if (place < count)
        return arguments[place];
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, i), name) == 0)
            return arguments[count + i];
    return NULL;
}

static PyObject *run(const struct runner *runner, PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                     PyObject *names) {
    enum { MOST_ARGUMENTS = 8 };
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    PyObject *globals = argument(arguments, count, names, 1, "globals"), *locals = argument(arguments, count, names, 2, "locals");
    /* A closure goes with code objects: for text the original complains, as about all that is not known here. */
    if (count < 1 || count + named > MOST_ARGUMENTS ||
        (!PyCode_Check(arguments[0]) && count + named > 1 + (globals != NULL) + (locals != NULL)))
        return exchange_call_original(&runner->exchanged, module, arguments, count, names);
    twins_release_unused();
    instrument_set_origin();
    bool failed = false;
    PyObject *source = prepare_source(runner, arguments[0], globals, locals, &failed);
    if (failed)
        return NULL;
    if (!source)
        return exchange_call_original(&runner->exchanged, module, arguments, count, names);
    PyObject *changed[MOST_ARGUMENTS];
    for (Py_ssize_t i = 0; i < count + named; i++)
        changed[i] = arguments[i];
    changed[0] = source;
    PyObject *result = exchange_call_original(&runner->exchanged, module, changed, count, names);
    if (result && PyCode_Check(source))
        greenlets_notice((PyCodeObject *)source);
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
    return exchange_builtin(&exec_runner.exchanged, "builtins", "exec", hooked_exec, hooked_exec_without_names) &&
           exchange_builtin(&eval_runner.exchanged, "builtins", "eval", hooked_eval, hooked_eval_without_names);
}
