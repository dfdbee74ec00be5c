/* instrument.c - decides what is placed into a code object. */
#include "core/host/instrument.h"

#include "core/host/place_probes.h"
#include "core/host/selection.h"
#include "core/host/twins.h"
#include "core/probe/profile_writer.h"
#include "core/probe/shadow_stack.h"
#include "pyprof/collectors.h"

bool instrument_prepare(void) {
    twins_prepare();
    return probes_prepare();
}

/* --- registration ----------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(uint64_t hash, PyObject *bytes) {
    const unsigned char *at = (const unsigned char *)PyBytes_AS_STRING(bytes);
    for (Py_ssize_t left = PyBytes_GET_SIZE(bytes); left > 0; left--)
        hash = (hash ^ *at++) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t fingerprint(PyCodeObject *code) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    PyObject *bytecode = python_code_bytecode(code), *lines = python_code_line_table(code);
    if (bytecode && lines)
        hash = hash_bytes(hash_bytes(hash, bytecode), lines);
    else
        PyErr_Clear();
    Py_XDECREF(bytecode);
    Py_XDECREF(lines);
    return hash;
}

/* UTF-8 of a name; names that have none (lone surrogates) are shown as "?". */
static const char *utf8(PyObject *text) {
    const char *bytes = PyUnicode_AsUTF8(text);
    if (bytes)
        return bytes;
    PyErr_Clear();
    return "?";
}

static uint32_t register_code(PyCodeObject *code, struct selection selection) {
    return profile_register_function(
        &(struct profile_function){.file = utf8(code->co_filename),
                                   .name = utf8(code->co_name),
                                   .qualname = utf8(code->co_qualname),
                                   .first_line = code->co_firstlineno > 0 ? (uint32_t)code->co_firstlineno : 0,
                                   .kind = ARENA_CODE_PYTHON,
                                   .flags = selection.project ? ARENA_CODE_PROJECT : 0,
                                   .fingerprint = fingerprint(code)});
}

void instrument_set_origin(void) {
    PyFrameObject *frame = PyEval_GetFrame(); /* borrowed */
    PyCodeObject *code = frame ? PyFrame_GetCode(frame) : NULL;
    selection_set_origin(code ? utf8(code->co_filename) : "");
    Py_XDECREF(code);
}

/* --- twins ------------------------------------------------------------------------------------------------ */

static PyCodeObject *find_twin(PyCodeObject *code);

/* The constants with every code object replaced by its twin; a new reference; NULL: none among them (or no memory). */
static PyObject *instrument_constants(PyCodeObject *code) {
    PyObject *constants = code->co_consts, *changed = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(constants); i++) {
        PyObject *constant = PyTuple_GET_ITEM(constants, i);
        if (!PyCode_Check(constant))
            continue;
        PyCodeObject *twin = find_twin((PyCodeObject *)constant);
        if ((PyObject *)twin == constant) {
            Py_DECREF(twin);
            continue;
        }
        if (!changed)
            changed = PyTuple_New(PyTuple_GET_SIZE(constants));
        if (!changed) {
            PyErr_Clear();
            Py_DECREF(twin);
            return NULL;
        }
        PyTuple_SET_ITEM(changed, i, (PyObject *)twin);
    }
    for (Py_ssize_t i = 0; changed && i < PyTuple_GET_SIZE(constants); i++)
        if (!PyTuple_GET_ITEM(changed, i))
            PyTuple_SET_ITEM(changed, i, Py_NewRef(PyTuple_GET_ITEM(constants, i)));
    return changed;
}

/* The same code with other constants. */
static PyCodeObject *replace_constants(PyCodeObject *code, PyObject *constants) {
    PyObject *bytecode = python_code_bytecode(code), *lines = python_code_line_table(code);
    PyObject *exceptions = python_code_exception_table(code);
    PyCodeObject *replaced = NULL;
    if (bytecode && lines && exceptions)
        replaced = python_new_code(code, python_code_stack_size(code), bytecode, constants, lines, exceptions);
    Py_XDECREF(bytecode);
    Py_XDECREF(lines);
    Py_XDECREF(exceptions);
    return replaced;
}

static bool wants_c_calls(void) {
    return profile_header()->builtins && profile_header()->collectors & COLLECTOR_FUNCTION;
}

static PyCodeObject *make_twin(PyCodeObject *code, bool force_lines) {
    struct selection selection = selection_of(utf8(code->co_filename));
    selection.lines |= force_lines;
    PyObject *constants = instrument_constants(code);
    PyCodeObject *twin = NULL;
    struct offset_map *offsets = NULL;
    uint32_t row = 0;
    if (selection.function || selection.lines)
        row = register_code(code, selection);
    if (row) {
        struct probe_wishes wishes = {.code = row,
                                      .c_calls = wants_c_calls() && selection.function,
                                      .lines = selection.lines};
        twin = place_probes(code, constants ? constants : code->co_consts, wishes, &offsets);
        if (!twin)
            profile_leave_code(PyErr_Occurred() ? "no memory for its probes" : "its bytecode is not understood",
                               utf8(code->co_qualname), utf8(code->co_filename));
    }
    if (!twin && constants)
        twin = replace_constants(code, constants);
    PyErr_Clear();
    Py_XDECREF(constants);
    if (twin && !twins_tie(twin, (struct twin){.original = code, .offsets = offsets, .code = row, .lines = selection.lines}))
        Py_CLEAR(twin); /* what nobody can tell from its original must not run */
    return twin ? twin : (PyCodeObject *)Py_NewRef(code);
}

/* What is done in between leaves a pending exception as it was and costs the program no time. */
struct own_work {
    struct python_exception exception;
    uint64_t before;
};

static void begin_own_work(struct own_work *work) {
    work->before = shadow_reading();
    work->exception = python_take_exception();
}

static void end_own_work(struct own_work *work) {
    python_put_exception(work->exception);
    shadow_discount(work->before);
}

/* The known twin or a new one; a new reference. */
static PyCodeObject *find_twin(PyCodeObject *code) {
    const struct twin *known = twins_find(code);
    if (known && known->original)
        return (PyCodeObject *)Py_NewRef(code);
    if (known && known->instrumented)
        return (PyCodeObject *)Py_NewRef(known->instrumented);
    return make_twin(code, false);
}

PyCodeObject *instrument_code(PyCodeObject *code) {
    if (!profile_header() || !python_in_main_interpreter()) /* a forked child */
        return (PyCodeObject *)Py_NewRef(code);
    struct own_work work;
    begin_own_work(&work);
    PyCodeObject *twin = find_twin(code);
    end_own_work(&work);
    return twin;
}

PyCodeObject *instrument_marked(PyCodeObject *code) {
    if (!profile_header() || !python_in_main_interpreter())
        return (PyCodeObject *)Py_NewRef(code);
    struct own_work work;
    begin_own_work(&work);
    const struct twin *known = twins_find(code);
    PyCodeObject *twin;
    if (known && known->original && known->lines)
        twin = (PyCodeObject *)Py_NewRef(code);
    else
        twin = make_twin(known && known->original ? known->original : code, true);
    known = twins_find(twin);
    if (known && known->code) {
        profile_code(known->code)->flags |= ARENA_CODE_MARKED;
        profile_header()->marked_count++;
    }
    end_own_work(&work);
    return twin;
}

int instrument_original_unit(PyCodeObject *code, int unit) {
    const struct twin *known = twins_find(code);
    return known && known->original ? offset_map_to_original(known->offsets, known->original, unit) : unit;
}

int instrument_twin_unit(PyCodeObject *code, int unit) {
    const struct twin *known = twins_find(code);
    return known && known->original ? offset_map_to_twin(known->offsets, known->original, unit) : unit;
}
