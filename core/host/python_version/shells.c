/* shells.c - code objects whose body comes later (lazy_code.h). */
#include "core/host/python_version/internals.h"

#include <limits.h>

/* A shell's instructions. The body overwrites them while the trap's probe runs, so what the interpreter does next must not be read
 * from where the body is:
 *   3.11    what the original has in front of its first RESUME; LOAD_CONST trap; FOR_ITER with a negative distance, to the
 *           LOAD_CONST's place: it has been read by then
 *   3.12    what the original has in front of its first RESUME; a jump behind all room for the body, where the trap is and a jump
 *           back. Only RESUME makes the interpreter tell tracers and monitors of what follows, so they see nothing of that.
 * In 3.11 the constants are a tuple with room, too: an activation that waits in the trap goes on reading them where they were
 * (Python/ceval.c keeps their address). The first is the original's, which tells a function's docstring. */
enum { TRAP_CONSTANT = 1, TRAP_MOST_UNITS = 16 };

struct unit {
    uint8_t opcode, oparg;
};

static struct unit *units_of(PyCodeObject *code) { return (struct unit *)(void *)code->co_code_adaptive; }

static uint8_t compiled_opcode(PyCodeObject *code, uint32_t unit) { return python_plain_opcode(python_code_opcode(code, unit)); }

/* Units in front of the first RESUME; UINT32_MAX: there is none, it was changed by a monitor, or an exception there is handled. */
static uint32_t units_before_start(PyCodeObject *code) {
    uint32_t count = python_code_units(code), at = 0;
    while (at < count && compiled_opcode(code, at) != RESUME)
        at += 1 + python_opcode_caches[compiled_opcode(code, at)];
    const unsigned char *table = (const unsigned char *)PyBytes_AS_STRING(code->co_exceptiontable);
    bool handled = PyBytes_GET_SIZE(code->co_exceptiontable) > 0 && (table[0] & 127u) < at; /* start of the first range */
    return at < count && units_of(code)[at].oparg == 0 && !handled ? at : UINT32_MAX;
}

static uint32_t put_unit(struct unit *units, uint32_t at, uint8_t opcode, uint32_t oparg) {
    units[at++] = (struct unit){opcode, (uint8_t)oparg};
    for (unsigned caches = python_opcode_caches[opcode]; caches > 0; caches--)
        units[at++] = (struct unit){CACHE, 0};
    return at;
}

static uint32_t put_long_jump(struct unit *units, uint32_t at, uint8_t opcode, int32_t distance) {
    for (int shift = 24; shift > 0; shift -= 8)
        at = put_unit(units, at, EXTENDED_ARG, (uint32_t)distance >> shift);
    return put_unit(units, at, opcode, (uint32_t)distance);
}

/* Returns where the instructions end that stand in the body's place. */
static uint32_t write_trap(struct unit *units, uint32_t start, uint32_t room) {
    enum { LONG_JUMP_UNITS = 4 };
#if PY_VERSION_HEX < 0x030C0000
    (void)room;
    uint32_t at = put_unit(units, start, LOAD_CONST, TRAP_CONSTANT);
    return put_long_jump(units, at, FOR_ITER, (int32_t)start - (int32_t)(at + LONG_JUMP_UNITS));
#else
    uint32_t behind = room - TRAP_MOST_UNITS, end = start + LONG_JUMP_UNITS;
    put_long_jump(units, start, JUMP_FORWARD, (int32_t)(behind - end));
    uint32_t at = put_unit(units, behind, LOAD_CONST, TRAP_CONSTANT);
    at = put_unit(units, at, GET_AITER, 0);
    at = put_unit(units, at, POP_TOP, 0);
    put_long_jump(units, at, JUMP_BACKWARD_NO_INTERRUPT, (int32_t)(at + LONG_JUMP_UNITS - start));
    return end;
#endif
}

static PyObject *shell_constants(PyCodeObject *original, PyObject *trap, uint32_t room) {
    PyObject *constants = PyTuple_New(PY_VERSION_HEX < 0x030C0000 ? (Py_ssize_t)room : TRAP_CONSTANT + 1), *first = Py_None;
    if (!constants)
        return NULL;
    PyObject_GC_UnTrack(constants); /* what compilers put into constants makes no cycles */
    if (PyTuple_GET_SIZE(original->co_consts) > 0)
        first = PyTuple_GET_ITEM(original->co_consts, 0);
    PyTuple_SET_ITEM(constants, 0, Py_NewRef(first));
    PyTuple_SET_ITEM(constants, TRAP_CONSTANT, Py_NewRef(trap));
    Py_SET_SIZE(constants, TRAP_CONSTANT + 1);
    return constants;
}

/* Nothing is known yet of what the interpreter works out while code runs. */
static void forget_runs(PyCodeObject *shell) {
    shell->co_weakreflist = NULL;
    shell->co_extra = NULL;
#if PY_VERSION_HEX < 0x030C0000
    shell->_co_code = NULL;
    shell->_co_linearray = NULL;
    shell->co_warmup = QUICKENING_INITIAL_WARMUP_VALUE;
#else
    shell->_co_cached = NULL;
    shell->_co_instrumentation_version = 0;
    shell->_co_monitoring = NULL;
#if PY_VERSION_HEX < 0x030D0000
    shell->co_version = 0; /* a function gets one of its own when a call of it is specialised */
#else
    shell->co_version = python_new_code_version();
    shell->co_executors = NULL;
#endif
#endif
}

void python_copy_description(PyCodeObject *shell, PyCodeObject *original, PyObject *constants, int stack_size) {
    enum { FROM = offsetof(PyCodeObject, co_consts) };
    memcpy((char *)shell + FROM, (const char *)original + FROM, offsetof(PyCodeObject, co_code_adaptive) - FROM);
    shell->co_consts = constants;
    PyObject *shared[PYTHON_CODE_PARTS];
    python_code_parts(shell, shared);
    for (int i = 0; i < PYTHON_CODE_PARTS; i++)
        Py_INCREF(shared[i]);
    forget_runs(shell);
    shell->co_stacksize = stack_size;
#if PY_VERSION_HEX >= 0x030C0000
    shell->co_framesize += shell->co_stacksize - original->co_stacksize;
#endif
}

/* A line table for the first units only; a new reference, NULL with an exception set. Each entry begins with a byte that has its
 * upper bit set, and how many units it is for in the lower three (Objects/locations.md). */
static PyObject *cut_line_table(PyObject *table, uint32_t units) {
    const unsigned char *bytes = (const unsigned char *)PyBytes_AS_STRING(table);
    Py_ssize_t size = PyBytes_GET_SIZE(table), last = 0, end = 0;
    uint32_t covered = 0, before = 0;
    while (end < size && covered < units) {
        last = end;
        before = covered;
        covered += (bytes[end] & 7u) + 1;
        do
            end++;
        while (end < size && !(bytes[end] & 128u));
    }
    PyObject *cut = PyBytes_FromStringAndSize((const char *)bytes, end);
    if (cut && covered > units)
        PyBytes_AS_STRING(cut)[last] = (char)((bytes[last] & ~7u) | (units - before - 1));
    return cut;
}

/* A generator that has not begun can have an exception thrown into it, and is seen then: tracers have room made for the lines of
 * its code (3.11), monitors for its instructions, and neither expects tables of what stands behind the end. */
static bool fit_tables(PyCodeObject *shell) {
    enum { MAY_WAIT = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR };
    if (!(shell->co_flags & MAY_WAIT))
        return true;
    PyObject *lines = cut_line_table(shell->co_linetable, python_code_units(shell)), *none = PyBytes_FromStringAndSize(NULL, 0);
    if (!lines || !none) {
        PyErr_Clear();
        Py_XDECREF(lines);
        Py_XDECREF(none);
        return false;
    }
    Py_SETREF(shell->co_linetable, lines);
    Py_SETREF(shell->co_exceptiontable, none);
    return true;
}

PyCodeObject *python_new_shell(PyCodeObject *original, PyObject *trap, struct python_room room) {
    uint32_t start = units_before_start(original);
    if (start == UINT32_MAX || room.units < start + 2 * TRAP_MOST_UNITS || room.units > 1u << 24 ||
        room.constants <= TRAP_CONSTANT)
        return NULL;
    PyObject *constants = shell_constants(original, trap, room.constants);
    PyCodeObject *shell =
        constants ? PyObject_Malloc(offsetof(PyCodeObject, co_code_adaptive) + room.units * sizeof(struct unit)) : NULL;
    if (!shell) {
        PyErr_Clear();
        Py_XDECREF(constants);
        return NULL;
    }
    PyObject_InitVar((PyVarObject *)shell, &PyCode_Type, 0);
    python_copy_description(shell, original, constants, python_probed_stack_size(original, room.offsets));
    for (uint32_t i = 0; i < start; i++)
        put_unit(units_of(shell), i, compiled_opcode(original, i), units_of(original)[i].oparg);
    Py_SET_SIZE(shell, write_trap(units_of(shell), start, room.units));
    shell->_co_firsttraceable = INT_MAX; /* an activation in the trap has not begun */
    if (!fit_tables(shell))
        Py_CLEAR(shell);
    return shell;
}

PyObject *python_shell_trap(PyCodeObject *code) {
    return PyTuple_GET_SIZE(code->co_consts) == TRAP_CONSTANT + 1 ? PyTuple_GET_ITEM(code->co_consts, TRAP_CONSTANT) : NULL;
}

bool python_fits_shell(PyCodeObject *shell, PyCodeObject *body, struct python_room room) {
    return python_code_units(body) + TRAP_MOST_UNITS <= room.units && PyTuple_GET_SIZE(body->co_consts) <= room.constants &&
           body->co_stacksize <= shell->co_stacksize;
}

static void fill_constants(PyCodeObject *shell, PyObject *from) {
#if PY_VERSION_HEX < 0x030C0000
    PyObject *constants = shell->co_consts;
    PyObject *first = PyTuple_GET_ITEM(constants, 0), *trap = PyTuple_GET_ITEM(constants, TRAP_CONSTANT);
    Py_SET_SIZE(constants, PyTuple_GET_SIZE(from));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(from); i++)
        PyTuple_SET_ITEM(constants, i, Py_NewRef(PyTuple_GET_ITEM(from, i)));
    Py_DECREF(first);
    Py_DECREF(trap);
#else
    Py_SETREF(shell->co_consts, Py_NewRef(from));
#endif
}

#if PY_VERSION_HEX >= 0x030C0000
/* An exception that is thrown into a generator which has not begun makes the interpreter write down the instructions of the shell
 * for monitors (Python/ceval.c, where an activation begins by an exception; Python/instrumentation.c); the body has others, and
 * RESUME has them written down again. Nobody can have asked for events of a shell alone: what gives out code objects fills them.
 * As code_dealloc in Objects/codeobject.c. */
static void forget_monitored(PyCodeObject *shell) {
    _PyCoMonitoringData *monitoring = shell->_co_monitoring;
    if (!monitoring)
        return;
    shell->_co_monitoring = NULL;
    shell->_co_instrumentation_version = 0;
    PyMem_Free(monitoring->tools);
    PyMem_Free(monitoring->lines);
    PyMem_Free(monitoring->line_tools);
    PyMem_Free(monitoring->per_instruction_opcodes);
    PyMem_Free(monitoring->per_instruction_tools);
    PyMem_Free(monitoring);
}
#endif

void python_fill_shell(PyCodeObject *shell, PyCodeObject *body) {
    memcpy(units_of(shell), units_of(body), python_code_units(body) * sizeof(struct unit));
    Py_SET_SIZE(shell, Py_SIZE(body));
    Py_SETREF(shell->co_linetable, Py_NewRef(body->co_linetable));
    Py_SETREF(shell->co_exceptiontable, Py_NewRef(body->co_exceptiontable));
    fill_constants(shell, body->co_consts);
    shell->_co_firsttraceable = body->_co_firsttraceable;
#if PY_VERSION_HEX < 0x030C0000
    Py_CLEAR(shell->_co_code);
    PyMem_Free(shell->_co_linearray);
    shell->_co_linearray = NULL;
    shell->co_warmup = QUICKENING_INITIAL_WARMUP_VALUE;
#else
    if (shell->_co_cached)
        Py_CLEAR(shell->_co_cached->_co_code);
    forget_monitored(shell);
#endif
}
