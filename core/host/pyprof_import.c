#include "core/host/pyprof_import.h"

#include "core/host/pyprof_module.h"
#include "core/host/python_version.h"

/* The import system asks _imp whether a module is builtin before it looks anywhere else, and then for the module. The code behind
 * these two functions is exchanged; their objects stay. (Lib/importlib/_bootstrap.py, BuiltinImporter.) */
static PyCFunction is_builtin, create_builtin;
static PyObject *builtin_importer; /* who asks; owned */
static __thread bool searching;

static bool is_ours(PyObject *name) {
    return name && PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, PYPROF_MODULE_NAME) == 0;
}

/* Would this finder find it? One that fails says so itself when it is its turn. */
static bool finds(PyObject *finder, PyObject *name) {
    PyObject *find_spec = PyObject_GetAttrString(finder, "find_spec");
    PyObject *found = find_spec ? PyObject_CallFunctionObjArgs(find_spec, name, Py_None, Py_None, NULL) : NULL;
    bool is_there = find_spec && found != Py_None;
    PyErr_Clear();
    Py_XDECREF(found);
    Py_XDECREF(find_spec);
    return is_there;
}

static bool program_has_its_own(PyObject *name) {
    PyObject *path = PySys_GetObject("meta_path"); /* borrowed */
    PyObject *finders = path ? PySequence_Tuple(path) : NULL;
    bool found = false;
    searching = true;
    for (Py_ssize_t i = 0; finders && i < PyTuple_GET_SIZE(finders) && !found; i++)
        found = PyTuple_GET_ITEM(finders, i) != builtin_importer && finds(PyTuple_GET_ITEM(finders, i), name);
    searching = false;
    PyErr_Clear();
    Py_XDECREF(finders);
    return found;
}

/* The import system makes only modules of that list. */
static bool add_to_builtin_names(PyObject *name) {
    PyObject *names = PySys_GetObject("builtin_module_names"); /* borrowed */
    int known = names ? PySequence_Contains(names, name) : -1;
    if (known)
        return known > 0;
    PyObject *ours = PyTuple_Pack(1, name);
    PyObject *all = ours ? PySequence_Concat(names, ours) : NULL;
    bool done = all && PySys_SetObject("builtin_module_names", all) == 0;
    Py_XDECREF(all);
    Py_XDECREF(ours);
    return done;
}

static PyObject *is_builtin_or_ours(PyObject *module, PyObject *name) {
    if (!is_ours(name) || searching || !python_in_main_interpreter())
        return is_builtin(module, name);
    if (program_has_its_own(name))
        return PyLong_FromLong(0);
    return add_to_builtin_names(name) ? PyLong_FromLong(1) : NULL;
}

static PyObject *create_builtin_or_ours(PyObject *module, PyObject *spec) {
    PyObject *name = python_in_main_interpreter() ? PyObject_GetAttrString(spec, "name") : NULL;
    bool ours = is_ours(name);
    PyErr_Clear();
    Py_XDECREF(name);
    return ours ? pyprof_module() : create_builtin(module, spec);
}

/* Where the interpreter's own takes its argument in another form, there is no such module. */
static bool exchange_code(PyObject *module, const char *name, PyCFunction *original, PyCFunction replacement) {
    PyObject *function = PyObject_GetAttrString(module, name);
    PyMethodDef *definition = function && PyCFunction_CheckExact(function) ? ((PyCFunctionObject *)function)->m_ml : NULL;
    if (definition && definition->ml_flags == METH_O) {
        *original = definition->ml_meth;
        definition->ml_meth = replacement;
    }
    Py_XDECREF(function);
    return function != NULL;
}

bool pyprof_import_install(void) {
    PyObject *importlib = PyImport_ImportModule("_frozen_importlib");
    PyObject *functions = PyImport_ImportModule("_imp");
    builtin_importer = importlib ? PyObject_GetAttrString(importlib, "BuiltinImporter") : NULL;
    bool done = builtin_importer && functions &&
                exchange_code(functions, "create_builtin", &create_builtin, create_builtin_or_ours) && create_builtin &&
                exchange_code(functions, "is_builtin", &is_builtin, is_builtin_or_ours);
    Py_XDECREF(functions);
    Py_XDECREF(importlib);
    return done;
}
