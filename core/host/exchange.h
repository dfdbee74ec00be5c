/* exchange.h - putting other C code behind a builtin function that the program already knows.
 *
 * The function object stays the same one, with the same name, signature and documentation: only the method definition it
 * points at is another. */
#ifndef PYPROF_HOST_EXCHANGE_H
#define PYPROF_HOST_EXCHANGE_H

#include "core/host/python_version.h"

typedef PyObject *(*fast_function)(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names);

/* An exchanged builtin; lives as long as the interpreter. */
struct exchanged {
    PyMethodDef *original;
    PyMethodDef replacement;
};

/* Exchanges module.name, which must take its arguments as a vector (METH_FASTCALL). `run` is given NULL names where the
 * original takes none; `run_without_names` must do the same in that form. false with an exception set. */
bool exchange_builtin(struct exchanged *builtin, const char *module, const char *name, fast_function run,
                      PyObject *(*run_without_names)(PyObject *, PyObject *const *, Py_ssize_t));

/* The same for owner.name, of a module that is no module to import. */
bool exchange_function(struct exchanged *builtin, PyObject *owner, const char *name, fast_function run,
                       PyObject *(*run_without_names)(PyObject *, PyObject *const *, Py_ssize_t));

/* Calls what stood there before. */
PyObject *exchange_call_original(const struct exchanged *builtin, PyObject *module, PyObject *const *arguments,
                                 Py_ssize_t count, PyObject *names);

/* Gives the definition of the C function or method owner.name other code to run, in every interpreter; *original is what it ran
 * before. Where the interpreter's own takes its arguments in another form than `flags` says, or was given this code already, all
 * stays as it is. false with an exception set: there is no such attribute. */
bool exchange_definition(PyObject *owner, const char *name, int flags, PyCFunction *original, PyCFunction replacement);

/* The definition that the rest of the program knows a method by: the original of an exchanged one, else itself. */
const PyMethodDef *exchange_public_method(const PyMethodDef *method);

#endif
