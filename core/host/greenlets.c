#include "core/host/greenlets.h"

#include <link.h>

#include "core/host/memory_hooks.h"
#include "core/probe/shadow_switch.h"

/* --- from Python ------------------------------------------------------------------------------------------ */

static PyMethodDef switch_method, throw_method; /* copies of greenlet's own, with our functions */
static PyCFunctionWithKeywords original_switch;
static PyCFunction original_throw;

static PyObject *switch_to(PyObject *self, PyObject *arguments, PyObject *names) {
    struct shadow_waiting *waiting = shadow_wait();
    PyObject *result = original_switch(self, arguments, names);
    shadow_go_on(waiting);
    return result;
}

static PyObject *throw_into(PyObject *self, PyObject *arguments) {
    struct shadow_waiting *waiting = shadow_wait();
    PyObject *result = original_throw(self, arguments);
    shadow_go_on(waiting);
    return result;
}

/* Puts `replacement`, a copy of a method's definition with another function, behind the method. NULL: it is not as expected. */
static PyCFunction exchange_method(PyObject *type, const char *name, int flags, PyMethodDef *replacement, PyCFunction function) {
    PyObject *method = PyObject_GetAttrString(type, name);
    PyCFunction original = NULL;
    if (method && Py_TYPE(method) == &PyMethodDescr_Type && ((PyMethodDescrObject *)method)->d_method->ml_flags == flags) {
        PyMethodDescrObject *descriptor = (PyMethodDescrObject *)method;
        original = descriptor->d_method->ml_meth;
        *replacement = *descriptor->d_method;
        replacement->ml_meth = function;
        descriptor->d_method = replacement;
    }
    Py_XDECREF(method);
    return original;
}

/* --- from C ----------------------------------------------------------------------------------------------- */

/* Places in the table of functions that greenlet gives to extension modules (greenlet.h); the same ones since 0.4. */
enum { TABLE_THROW = 5, TABLE_SWITCH = 6 };
typedef PyObject *(*throw_function)(PyObject *, PyObject *, PyObject *, PyObject *);

static PyCFunctionWithKeywords table_switch;
static throw_function table_throw;

static PyObject *switch_from_c(PyObject *greenlet, PyObject *arguments, PyObject *names) {
    struct shadow_waiting *waiting = shadow_wait();
    PyObject *result = table_switch(greenlet, arguments, names);
    shadow_go_on(waiting);
    return result;
}

static PyObject *throw_from_c(PyObject *greenlet, PyObject *type, PyObject *value, PyObject *traceback) {
    struct shadow_waiting *waiting = shadow_wait();
    PyObject *result = table_throw(greenlet, type, value, traceback);
    shadow_go_on(waiting);
    return result;
}

static void exchange_table(void) {
    void **table = PyCapsule_Import("greenlet._C_API", 0);
    if (!table)
        return;
    table_switch = (PyCFunctionWithKeywords)table[TABLE_SWITCH];
    table_throw = (throw_function)table[TABLE_THROW];
    table[TABLE_SWITCH] = (void *)switch_from_c;
    table[TABLE_THROW] = (void *)throw_from_c;
}

/* --- finding it ------------------------------------------------------------------------------------------- */

static bool is_greenlet(PyCodeObject *module_code) {
    static const char end[] = "greenlet/__init__.py";
    Py_ssize_t length;
    const char *file = PyUnicode_AsUTF8AndSize(module_code->co_filename, &length);
    Py_ssize_t start = length - (Py_ssize_t)(sizeof end - 1);
    return file && start >= 0 && memcmp(file + start, end, sizeof end - 1) == 0;
}

/* For dl_iterate_phdr: the code that a function of `sought` belongs to; 1 where this object has it. */
static int find_code(struct dl_phdr_info *object, size_t size, void *sought) {
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && (uintptr_t)sought - start < segment->p_memsz) {
            memory_hooks_expect_switches((const void *)start, segment->p_memsz);
            return 1;
        }
    }
    return 0;
}

static void follow(PyObject *module) {
    PyObject *type = PyObject_GetAttrString(module, "greenlet");
    if (!type || !PyType_Check(type)) {
        Py_XDECREF(type);
        return;
    }
    original_switch = (PyCFunctionWithKeywords)(void (*)(void))exchange_method(
        type, "switch", METH_VARARGS | METH_KEYWORDS, &switch_method, (PyCFunction)(void (*)(void))switch_to);
    original_throw = exchange_method(type, "throw", METH_VARARGS, &throw_method, throw_into);
    if (original_switch)
        dl_iterate_phdr(find_code, (void *)(uintptr_t)original_switch);
    exchange_table();
    Py_DECREF(type);
}

void greenlets_notice(PyCodeObject *module_code) {
    if (original_switch || !is_greenlet(module_code)) {
        PyErr_Clear();
        return;
    }
    PyObject *module = PyImport_ImportModule("greenlet._greenlet");
    if (module)
        follow(module);
    Py_XDECREF(module);
    PyErr_Clear();
}
