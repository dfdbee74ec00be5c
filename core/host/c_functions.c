#include "core/host/c_functions.h"

#include <stdio.h>

#include "core/host/exec_hook.h"
#include "core/probe/index_table.h"
#include "core/probe/profile_writer.h"

static struct index_table codes; /* address of the method definition -> code */

/* Name of the module that a builtin function says it belongs to, or "". */
static const char *module_name(PyObject *callable) {
    PyObject *module = ((PyCFunctionObject *)callable)->m_module;
    PyObject *self = ((PyCFunctionObject *)callable)->m_self;
    const char *name = NULL;
    if (module && PyUnicode_Check(module))
        name = PyUnicode_AsUTF8(module);
    else if (self && PyModule_Check(self))
        name = PyModule_GetName(self);
    if (!name)
        PyErr_Clear();
    return name ? name : "";
}

/* "builtins." for a function of a module, "list." for a method of a type, "" where neither is known. */
static const char *owner_name(PyObject *callable) {
    if (Py_TYPE(callable) == &PyMethodDescr_Type)
        return PyDescr_TYPE(callable)->tp_name;
    PyObject *self = ((PyCFunctionObject *)callable)->m_self;
    if (!self || PyModule_Check(self))
        return module_name(callable);
    return PyType_Check(self) ? ((PyTypeObject *)self)->tp_name : Py_TYPE(self)->tp_name;
}

uint32_t c_function_code(const PyMethodDef *method, PyObject *callable) {
    method = exec_hook_public_method(method);
    uint32_t code = index_table_find(&codes, (uint64_t)(uintptr_t)method);
    if (code)
        return code;
    char qualname[512];
    const char *owner = owner_name(callable);
    snprintf(qualname, sizeof qualname, "%s%s%s", owner, *owner ? "." : "", method->ml_name);
    code = profile_register_function(&(struct profile_function){.file = "",
                                                                .name = method->ml_name,
                                                                .qualname = qualname,
                                                                .kind = ARENA_CODE_C,
                                                                .fingerprint = (uint64_t)(uintptr_t)method});
    if (code)
        (void)index_table_add(&codes, (uint64_t)(uintptr_t)method, code); /* else it is only looked up again */
    return code;
}
