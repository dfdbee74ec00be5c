#include "core/host/lazy_code.h"

#include "core/host/instrument.h"
#include "core/host/own_work.h"

/* The one constant of a shell that is not the original's. Dies with the shell, or when the body is put in. */
struct trap {
    PyObject_HEAD
    PyCodeObject *original; /* owned */
    PyCodeObject *shell;    /* borrowed: it owns the trap; NULL once the body is in */
    struct selection selection;
};

static PyTypeObject trap_type;

/* What an instruction may make a body grow by; by opcode as it stands in code, specialised or not. */
struct growth {
    uint8_t units_behind; /* of inline cache */
    uint8_t calls, probes, jumps;
};
static struct growth growths[256];

static void prepare_growths(void) {
    for (unsigned i = 0; i < 256; i++) {
        uint8_t opcode = python_plain_opcode((uint8_t)i);
        unsigned slots;
        growths[i] = (struct growth){
            .units_behind = (uint8_t)python_cache_units(opcode),
            .calls = python_is_call(opcode, 0, &slots),
            .probes = python_returns(opcode) || python_yields(opcode) || python_is_resume(opcode, 1) ||
                      python_begins_handler(opcode),
            .jumps = python_jump_kind(opcode) != JUMP_NONE,
        };
    }
}

/* How often the line table goes to another line. Only the first byte of an entry has its upper bit set; below it stands the entry's
 * form (Objects/locations.md): from 11 on the line changes or there is none. */
static uint32_t line_changes(PyCodeObject *code) {
    const unsigned char *at = (const unsigned char *)PyBytes_AS_STRING(code->co_linetable);
    uint32_t changes = 0;
    for (Py_ssize_t left = PyBytes_GET_SIZE(code->co_linetable); left > 0; left--, at++)
        changes += *at >= (128 | 11 << 3);
    return changes;
}

/* Entries of the exception table: the first byte of each has its upper bit set. */
static uint32_t exception_ranges(PyCodeObject *code) {
    const unsigned char *at = (const unsigned char *)PyBytes_AS_STRING(code->co_exceptiontable);
    uint32_t ranges = 0;
    for (Py_ssize_t left = PyBytes_GET_SIZE(code->co_exceptiontable); left > 0; left--, at++)
        ranges += *at >= 128;
    return ranges;
}

/* What should need more all the same is left without probes. */
static struct python_room room_for(PyCodeObject *original, bool lines, bool blocks) {
    enum { SINGLE_PROBES = 12, LARGE = 8192, PROBES_AT_LINE = 4, JUMPS_AT_LINE = 3, ENDS = 16, UNITS_AT_HANDLER = 3 };
    uint32_t units = python_code_units(original), constants = (uint32_t)PyTuple_GET_SIZE(original->co_consts);
    uint32_t calls = 0, others = 0, jumps = 0;
    for (uint32_t at = 0; at < units; at++) {
        struct growth growth = growths[python_code_opcode(original, at)];
        calls += growth.calls;
        others += growth.probes;
        jumps += growth.jumps;
        at += growth.units_behind;
    }
    uint32_t places = lines ? line_changes(original) + jumps + others + 2 : 0; /* where a line can be come to */
    uint32_t probes = 2 * calls + others + 2 + PROBES_AT_LINE * places;
    if (blocks) { /* one begins where something jumps to or ends, and at handlers, which have landings, too */
        uint32_t handlers = exception_ranges(original), begin = 2 * jumps + 2 * others + 3 * handlers + 4;
        probes += begin;
        constants += begin;
        units += UNITS_AT_HANDLER * handlers;
    }
    constants += calls + others + SINGLE_PROBES + PROBES_AT_LINE * places;
    jumps += JUMPS_AT_LINE * places;
    uint32_t prefixes = (constants > 0xff) + (constants > 0xffff), jump_units = units > LARGE / 4 ? 2 : 1;
    return (struct python_room){.units = units + (3 + prefixes) * probes + others + 2 * jump_units * jumps + 2 * ENDS,
                                .constants = constants,
                                .offsets = blocks};
}

PyCodeObject *lazy_code_new(PyCodeObject *original, struct selection selection) {
    struct trap *trap = PyObject_New(struct trap, &trap_type);
    if (!trap) {
        PyErr_Clear();
        return NULL;
    }
    trap->original = (PyCodeObject *)Py_NewRef(original);
    trap->selection = selection;
    PyCodeObject *shell = python_new_shell(original, (PyObject *)trap, room_for(original, selection.lines, selection.bytecode));
    trap->shell = shell;
    Py_DECREF(trap);
    return shell;
}

static struct trap *trap_of(PyCodeObject *code) {
    PyObject *constant = python_shell_trap(code);
    struct trap *trap = constant && Py_IS_TYPE(constant, &trap_type) ? (struct trap *)constant : NULL;
    return trap && trap->shell == code ? trap : NULL;
}

PyCodeObject *lazy_code_original(PyCodeObject *code, struct selection *selection) {
    const struct trap *trap = trap_of(code);
    if (!trap)
        return NULL;
    if (selection)
        *selection = trap->selection;
    return trap->original;
}

/* The body with probes; without any where there is no way. Keeps `trap` alive itself, as the shell lets go of it. */
static void fill(struct trap *trap) {
    PyCodeObject *shell = trap->shell;
    Py_INCREF(trap);
    struct python_room room = room_for(trap->original, trap->selection.lines, trap->selection.bytecode);
    struct instrumented body = instrument_body(trap->original, trap->selection);
    if (body.code && !python_fits_shell(shell, body.code, room)) {
        instrument_leave(trap->original, "it does not fit where it has to go");
        Py_CLEAR(body.code);
    }
    trap->shell = NULL;
    if (!body.code)
        body.code = instrument_copy(trap->original);
    instrument_keep(trap->original, shell, body);
    python_fill_shell(shell, body.code ? body.code : trap->original);
    Py_XDECREF(body.code);
    Py_DECREF(trap);
}

void lazy_code_fill(PyCodeObject *code) {
    struct trap *trap = trap_of(code);
    if (!trap)
        return;
    struct own_work work;
    own_work_begin(&work);
    fill(trap);
    own_work_end(&work);
}

/* --- the trap's type --------------------------------------------------------------------------------------- */

/* Run in the place of a probe, by an activation of the shell. */
static python_probe_result spring(PYTHON_PROBE_PARAMETERS(self)) {
    struct trap *trap = (struct trap *)self;
    if (trap->shell)
        lazy_code_fill(trap->shell);
    return python_probe_done;
}

static void trap_free(PyObject *self) {
    struct trap *trap = (struct trap *)self;
    if (trap->shell)
        instrument_never_ran(trap->original, trap->selection);
    Py_DECREF(trap->original);
    PyObject_Free(self);
}

bool lazy_code_prepare(void) {
    prepare_growths();
    trap_type = (PyTypeObject){
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "trap",
        .tp_basicsize = sizeof(struct trap),
        .tp_dealloc = trap_free,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    };
    python_set_probe_function(&trap_type, spring);
    return PyType_Ready(&trap_type) == 0;
}
