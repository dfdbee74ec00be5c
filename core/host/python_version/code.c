/* code.c - making and reading code objects. */
#include "core/host/python_version/internals.h"

#include <stdlib.h>

#if PY_VERSION_HEX >= 0x030C0000
/* A tuple of names, which code may keep from then on: the program counts objects. Names make no cycles. */
static PyObject *uncounted(PyObject *names) {
    if (names && PyTuple_GET_SIZE(names) > 0)
        PyObject_GC_UnTrack(names);
    return names;
}
#endif

#if PY_VERSION_HEX < 0x030C0000

/* The original is such code already, so nothing is to be checked, and no name to be interned. */
PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table) {
    size_t size = (size_t)PyBytes_GET_SIZE(bytecode), units = size / sizeof(_Py_CODEUNIT);
    PyCodeObject *code = PyObject_Malloc(offsetof(PyCodeObject, co_code_adaptive) + size);
    if (!code)
        return (PyCodeObject *)PyErr_NoMemory();
    PyObject_InitVar((PyVarObject *)code, &PyCode_Type, (Py_ssize_t)units);
    python_copy_description(code, original, Py_NewRef(constants), stack_size);
    Py_SETREF(code->co_linetable, Py_NewRef(line_table));
    Py_SETREF(code->co_exceptiontable, Py_NewRef(exception_table));
    memcpy(code->co_code_adaptive, PyBytes_AS_STRING(bytecode), size);
    const uint8_t *bytes = (const uint8_t *)PyBytes_AS_STRING(bytecode);
    size_t start = 0;
    while (start < units && bytes[2 * start] != RESUME)
        start++;
    code->_co_firsttraceable = (int)start;
    return code;
}

#else

PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table) {
    PyObject *local_names = uncounted(PyCode_GetVarnames(original));
    PyObject *free_names = uncounted(PyCode_GetFreevars(original));
    PyObject *cell_names = uncounted(PyCode_GetCellvars(original));
    PyCodeObject *code = NULL;
    if (local_names && free_names && cell_names)
        code = PyUnstable_Code_NewWithPosOnlyArgs(original->co_argcount, original->co_posonlyargcount, original->co_kwonlyargcount,
                        original->co_nlocals, stack_size, original->co_flags, bytecode, constants, original->co_names,
                        local_names, free_names, cell_names, original->co_filename, original->co_name,
                        original->co_qualname, original->co_firstlineno, line_table, exception_table);
    Py_XDECREF(local_names);
    Py_XDECREF(free_names);
    Py_XDECREF(cell_names);
    return code;
}

#endif

/* The copy of its bytecode that the interpreter keeps once somebody has asked for it; borrowed, or NULL. */
static PyObject *kept_bytecode(PyCodeObject *code) {
#if PY_VERSION_HEX < 0x030C0000
    return code->_co_code;
#else
    return code->_co_cached ? code->_co_cached->_co_code : NULL;
#endif
}

static bool is_monitored(PyCodeObject *code) {
#if PY_VERSION_HEX < 0x030C0000
    (void)code;
    return false;
#else
    return code->_co_monitoring != NULL;
#endif
}

/* Made-up code can end in an instruction whose caches are not all there: PyCode_GetCode writes them behind the end of its copy. Nor
 * may instructions of monitors stand in code that none has changed. plain: room for all units as they were compiled, or NULL. */
static bool is_complete(PyCodeObject *code, uint16_t *plain) {
    const uint8_t *bytes = (const uint8_t *)code->co_code_adaptive;
    Py_ssize_t count = Py_SIZE(code), at = 0;
    while (at < count) {
#if PY_VERSION_HEX >= 0x030C0000
        if (bytes[2 * at] >= MIN_INSTRUMENTED_OPCODE)
            return false;
#endif
        uint8_t opcode = python_opcode_deopt[bytes[2 * at]];
        Py_ssize_t end = at + 1 + python_opcode_caches[opcode];
        if (end > count)
            return false;
        if (plain) {
            plain[at] = (uint16_t)(bytes[2 * at + 1] << 8 | opcode); /* little-endian, as all that runs this */
            for (Py_ssize_t cache = at + 1; cache < end; cache++)
                plain[cache] = 0;
        }
        at = end;
    }
    return true;
}

PyObject *python_code_bytecode(PyCodeObject *code) {
    if (kept_bytecode(code))
        return Py_NewRef(kept_bytecode(code));
    if (is_monitored(code) || is_complete(code, NULL))
        return PyCode_GetCode(code);
    PyErr_SetString(PyExc_ValueError, "the last instruction is cut off");
    return NULL;
}

struct python_bytes python_read_bytecode(PyCodeObject *code) {
    static uint16_t *units; /* kept from code object to code object */
    static size_t room;
    size_t count = (size_t)Py_SIZE(code);
    if (is_monitored(code) && !kept_bytecode(code)) {
        PyObject *bytes = PyCode_GetCode(code);
        if (!bytes)
            PyErr_Clear();
        Py_XDECREF(bytes);
    }
    if (kept_bytecode(code))
        return (struct python_bytes){PyBytes_AS_STRING(kept_bytecode(code)), 2 * count};
    if (room < count) {
        uint16_t *larger = realloc(units, 2 * count * sizeof *units);
        if (!larger)
            return (struct python_bytes){0};
        units = larger;
        room = 2 * count;
    }
    if (is_monitored(code) || !is_complete(code, units))
        return (struct python_bytes){0};
    return (struct python_bytes){units, 2 * count};
}

const bool python_slices_are_constants = PY_VERSION_HEX >= 0x030E0000;

PyObject *python_code_line_table(PyCodeObject *code) { return Py_NewRef(code->co_linetable); }
PyObject *python_code_exception_table(PyCodeObject *code) { return Py_NewRef(code->co_exceptiontable); }
int python_code_local_slots(PyCodeObject *code) { return code->co_nlocalsplus; }
int python_code_stack_size(PyCodeObject *code) { return code->co_stacksize; }

#if PY_VERSION_HEX >= 0x030C0000

enum { GENERATES = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR };

/* A number of the exception table (Objects/exception_handling_notes.txt), from *at on, which goes behind it. */
static unsigned table_number(const unsigned char *table, Py_ssize_t size, Py_ssize_t *at) {
    enum { MORE = 64, BITS = 63 };
    unsigned number = 0;
    bool more = true;
    while (more && *at < size) {
        number = number << 6 | (table[*at] & BITS);
        more = table[(*at)++] & MORE;
    }
    return number;
}

/* The entries that stay on the stack where a handler begins, of the handler with most of them. */
static int most_below_handlers(PyCodeObject *code) {
    const unsigned char *table = (const unsigned char *)PyBytes_AS_STRING(code->co_exceptiontable);
    Py_ssize_t size = PyBytes_GET_SIZE(code->co_exceptiontable);
    unsigned most = 0;
    for (Py_ssize_t at = 0; at < size;) {
        enum { START, LENGTH, TARGET, PLACE_NUMBERS };
        for (int i = START; i < PLACE_NUMBERS; i++)
            (void)table_number(table, size, &at);
        unsigned depth = table_number(table, size, &at) >> 1;
        most = depth > most ? depth : most;
    }
    return most < INT_MAX / 2 ? (int)most : INT_MAX / 2;
}

#endif

/* One more for the probe; at least what handlers take that are told offsets, and the unwinding one: offset, exception and probe.
 * From 3.12 on a frame takes as much of its thread's stack as without probes: how much room is left decides there whether a call
 * is done in the specialised way, which may take another share of the recursion limit. So the last entry stands behind the frame.
 * Nothing is put there meanwhile, as no Python code runs between a probe's instructions, and it is memory: the interpreter only
 * places a frame where more than its size is left (_PyThreadState_HasStackSpace). Generators' frames are blocks of their own. */
int python_probed_stack_size(PyCodeObject *code, bool offsets) {
    enum { UNWINDING = 3 };
    int size = code->co_stacksize + 1;
#if PY_VERSION_HEX < 0x030C0000
    size += offsets;
    return size < UNWINDING ? UNWINDING : size;
#else
    int below = offsets ? most_below_handlers(code) : 0;
    size = size < below + UNWINDING ? below + UNWINDING : size;
    return code->co_flags & GENERATES ? size : size - 1;
#endif
}

uint32_t python_code_units(PyCodeObject *code) { return (uint32_t)Py_SIZE(code); }

void python_code_parts(PyCodeObject *code, PyObject *parts[PYTHON_CODE_PARTS]) {
    PyObject *const all[PYTHON_CODE_PARTS] = {code->co_names, code->co_exceptiontable, code->co_localsplusnames,
                                              code->co_localspluskinds, code->co_filename, code->co_name, code->co_qualname,
                                              code->co_linetable};
    memcpy(parts, all, sizeof all);
}
