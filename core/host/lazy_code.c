#include "core/host/lazy_code.h"

#include "core/host/instrument.h"
#include "core/host/own_work.h"

/* The one constant of a shell that is not the original's. Dies with the shell, or when the body is put in. */
struct trap {
    PyObject_HEAD
    PyCodeObject *original; /* owned */
    PyCodeObject *shell;    /* borrowed: it owns the trap; NULL once the body is in */
    struct selection selection;
    struct python_room room; /* in the shell */
};

static PyTypeObject trap_type;

/* What an instruction may make a body grow by, three sums in one word; by opcode as it stands in code, specialised or not. An
 * inline cache is taken for an instruction: an empty one adds nothing, one in use only makes the sum larger. */
enum growth { GROWTH_CALLS = 0, GROWTH_PROBES = 20, GROWTH_JUMPS = 40, GROWTH_MASK = (1 << 20) - 1 };
static uint64_t growths[256];

static void prepare_growths(void) {
    for (unsigned i = 0; i < 256; i++) {
        uint8_t opcode = python_plain_opcode((uint8_t)i);
        unsigned slots;
        uint64_t probes = python_returns(opcode) || python_yields(opcode) || python_is_resume(opcode, 1) ||
                          python_begins_handler(opcode) || python_holds_interrupts(opcode);
        growths[i] = (uint64_t)python_is_call(opcode, 0, &slots) << GROWTH_CALLS | probes << GROWTH_PROBES |
                     (uint64_t)(python_jump_kind(opcode) != JUMP_NONE) << GROWTH_JUMPS;
    }
}

static uint64_t growth_of(PyCodeObject *code, uint32_t units) {
    const uint8_t *bytes = (const uint8_t *)code->co_code_adaptive;
    uint64_t growth = 0;
    for (uint32_t unit = 0; unit < units; unit++)
        growth += growths[bytes[2 * unit]];
    return growth;
}

/* What a line table says of lines that control can come to. Only the first byte of an entry has its upper bit set; below it stands
 * the entry's form (Objects/locations.md). */
struct line_changes {
    uint32_t count;      /* entries that go to another line, or have none */
    bool may_join_lines; /* some statement has more than one line, or a line stands behind a later one */
};

enum { FORM_NEXT_LINE = 128 | 11 << 3, FORM_NO_COLUMNS = 128 | 13 << 3, FORM_LONG = 128 | 14 << 3, FORM_NO_LINE = 128 | 15 << 3 };

/* An entry of the forms that say how far it is to another line; `end` is behind the table. */
static void note_distance(struct line_changes *changes, const unsigned char *entry, const unsigned char *end) {
    const unsigned char *at = entry + 1;
    bool upwards = at < end && *at & 1, ends_below = false;
    changes->count += at == end || *at != 0;
    while (at < end && *at & 64)
        at++;
    if (*entry >= FORM_LONG)
        ends_below = at + 1 >= end || at[1] != 0;
    changes->may_join_lines |= upwards || ends_below;
}

static void note_entry(struct line_changes *changes, const unsigned char *entry, const unsigned char *end) {
    if (*entry >= FORM_NO_COLUMNS && *entry < FORM_NO_LINE)
        note_distance(changes, entry, end);
    else
        changes->count++;
}

/* The upper bit of each byte that is at least FORM_NEXT_LINE: adding what is missing to 128 in the lower bits carries there. */
static uint64_t changing_entries(uint64_t bytes) {
    const uint64_t each = UINT64_C(0x0101010101010101);
    return bytes & ((bytes & 0x7f * each) + (0x80 - (FORM_NEXT_LINE & 0x7f)) * each) & 0x80 * each;
}

static struct line_changes line_changes(PyCodeObject *code) {
    const unsigned char *at = (const unsigned char *)PyBytes_AS_STRING(code->co_linetable);
    const unsigned char *end = at + PyBytes_GET_SIZE(code->co_linetable);
    struct line_changes changes = {0};
    for (uint64_t bytes; end - at >= (ptrdiff_t)sizeof bytes; at += sizeof bytes) {
        memcpy(&bytes, at, sizeof bytes);
        for (uint64_t found = changing_entries(bytes); found; found &= found - 1)
            note_entry(&changes, at + __builtin_ctzll(found) / 8, end);
    }
    for (; at < end; at++)
        if (*at >= FORM_NEXT_LINE)
            note_entry(&changes, at, end);
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

/* Line probes stand on edges: on one that falls to another line, on a jump's, on an exception's. Most are one probe; an edge that
 * begins a statement with a later line of it has two. What should need more all the same is left without probes. */
static struct python_room room_for(PyCodeObject *original, bool lines, bool blocks) {
    enum { SINGLE_PROBES = 12, SPARE = 4, LARGE = 8192, ENDS = 16, UNITS_AT_HANDLER = 3 };
    uint32_t units = python_code_units(original), constants = (uint32_t)PyTuple_GET_SIZE(original->co_consts);
    if (units > GROWTH_MASK)
        return (struct python_room){.units = UINT32_MAX}; /* no shell is that large */
    uint64_t growth = growth_of(original, units);
    uint32_t calls = growth >> GROWTH_CALLS & GROWTH_MASK, others = growth >> GROWTH_PROBES & GROWTH_MASK;
    uint32_t jumps = growth >> GROWTH_JUMPS & GROWTH_MASK, handlers = exception_ranges(original);
    uint32_t probes = 2 * calls + others + SPARE, skips = 0;
    constants += calls + others + SINGLE_PROBES;
    if (lines) {
        struct line_changes changes = line_changes(original);
        uint32_t at_lines = (changes.count + 1 + jumps + handlers) * (changes.may_join_lines ? 2 : 1) + SPARE;
        probes += at_lines;
        constants += at_lines;
        skips = jumps + handlers;
    }
    if (blocks) { /* one begins where something jumps to or ends, and at handlers, which have landings, too */
        uint32_t begin = 2 * jumps + 2 * others + 3 * handlers + 4;
        probes += begin;
        constants += begin;
        units += UNITS_AT_HANDLER * handlers;
    }
    uint32_t prefixes = (constants > 0xff) + (constants > 0xffff), jump_units = units > LARGE / 4 ? 2 : 1;
    return (struct python_room){
        .units = units + (PYTHON_PROBE_BEHIND + prefixes) * probes + others + 2 * jump_units * (jumps + skips) + 2 * ENDS,
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
    trap->room = room_for(original, selection.lines, selection.bytecode);
    PyCodeObject *shell = python_new_shell(original, (PyObject *)trap, trap->room);
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
    struct instrumented body = instrument_body(trap->original, trap->selection);
    if (body.code && !python_fits_shell(shell, body.code, trap->room)) {
        instrument_leave(trap->original, "it does not fit where it has to go");
        Py_CLEAR(body.code);
    }
    trap->shell = NULL;
    if (!body.code)
        body.code = instrument_copy(trap->original);
    else if (body.code->co_consts != trap->original->co_consts)
        PyObject_GC_UnTrack(body.code->co_consts); /* what compilers put into constants makes no cycles */
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
