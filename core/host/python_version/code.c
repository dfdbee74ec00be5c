/* code.c - making and reading code objects. */
#include "core/host/python_version/internals.h"

#if PY_VERSION_HEX < 0x030C0000
#define NEW_CODE PyCode_NewWithPosOnlyArgs
#else
#define NEW_CODE PyUnstable_Code_NewWithPosOnlyArgs
#endif

/* A tuple of names, which code may keep from then on: the program counts objects. Names make no cycles. */
static PyObject *uncounted(PyObject *names) {
    if (names && PyTuple_GET_SIZE(names) > 0)
        PyObject_GC_UnTrack(names);
    return names;
}

PyObject *python_probed_names(PyCodeObject *original) {
#if PY_VERSION_HEX >= 0x030C0000
    static PyObject *only_name; /* owned: for all code that names nothing */
    if (PyTuple_GET_SIZE(original->co_names) == 0) {
        if (!only_name)
            only_name = uncounted(Py_BuildValue("(N)", PyUnicode_InternFromString("probe")));
        return Py_XNewRef(only_name);
    }
#endif
    return Py_NewRef(original->co_names);
}

PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table) {
    PyObject *local_names = uncounted(PyCode_GetVarnames(original));
    PyObject *free_names = uncounted(PyCode_GetFreevars(original));
    PyObject *cell_names = uncounted(PyCode_GetCellvars(original)), *names = python_probed_names(original);
    PyCodeObject *code = NULL;
    if (local_names && free_names && cell_names && names)
        code = NEW_CODE(original->co_argcount, original->co_posonlyargcount, original->co_kwonlyargcount,
                        original->co_nlocals, stack_size, original->co_flags, bytecode, constants, names,
                        local_names, free_names, cell_names, original->co_filename, original->co_name,
                        original->co_qualname, original->co_firstlineno, line_table, exception_table);
    Py_XDECREF(local_names);
    Py_XDECREF(free_names);
    Py_XDECREF(cell_names);
    Py_XDECREF(names);
    return code;
}

/* Made-up code can end in an instruction whose caches are not all there: PyCode_GetCode writes them behind the end of its copy. Nor
 * may instructions of monitors stand in code that none has changed. */
static bool is_complete(PyCodeObject *code) {
    const uint8_t *bytes = (const uint8_t *)code->co_code_adaptive;
    Py_ssize_t count = Py_SIZE(code), at = 0;
#if PY_VERSION_HEX >= 0x030C0000
    if (code->_co_monitoring)
        return true;
    for (at = 0; at < count && bytes[2 * at] < MIN_INSTRUMENTED_OPCODE; at++)
        at += python_opcode_caches[python_opcode_deopt[bytes[2 * at]]];
#else
    for (; at < count; at++)
        at += python_opcode_caches[python_opcode_deopt[bytes[2 * at]]];
#endif
    return at == count;
}

/* The copy of its bytecode that the interpreter keeps once somebody has asked for it; borrowed, or NULL. */
static PyObject *kept_bytecode(PyCodeObject *code) {
#if PY_VERSION_HEX < 0x030C0000
    return code->_co_code;
#else
    return code->_co_cached ? code->_co_cached->_co_code : NULL;
#endif
}

PyObject *python_code_bytecode(PyCodeObject *code) {
    if (kept_bytecode(code))
        return Py_NewRef(kept_bytecode(code));
    if (is_complete(code))
        return PyCode_GetCode(code);
    PyErr_SetString(PyExc_ValueError, "the last instruction is cut off");
    return NULL;
}

const bool python_slices_are_constants = PY_VERSION_HEX >= 0x030E0000;

PyObject *python_code_line_table(PyCodeObject *code) { return Py_NewRef(code->co_linetable); }
PyObject *python_code_exception_table(PyCodeObject *code) { return Py_NewRef(code->co_exceptiontable); }
int python_code_local_slots(PyCodeObject *code) { return code->co_nlocalsplus; }
int python_code_stack_size(PyCodeObject *code) { return code->co_stacksize; }

/* One more for the probe, and for the offset; at least what the unwinding handler takes. */
int python_probed_stack_size(PyCodeObject *code, bool offsets) {
    int size = code->co_stacksize + 1 + offsets;
    return size < 3 ? 3 : size;
}

uint32_t python_code_units(PyCodeObject *code) { return (uint32_t)Py_SIZE(code); }

void python_code_parts(PyCodeObject *code, PyObject *parts[PYTHON_CODE_PARTS]) {
    PyObject *const all[PYTHON_CODE_PARTS] = {code->co_names, code->co_exceptiontable, code->co_localsplusnames,
                                              code->co_localspluskinds, code->co_filename, code->co_name, code->co_qualname,
                                              code->co_linetable};
    memcpy(parts, all, sizeof all);
}
