/* instrument.c - decides what is placed into a code object. */
#include "core/host/instrument.h"

#include <string.h>

#include "core/host/lazy_code.h"
#include "core/host/own_work.h"
#include "core/host/place_probes.h"
#include "core/host/publish_bytecode.h"
#include "core/host/twins.h"
#include "core/probe/profile_writer.h"
#include "core/probe/shadow_stack.h"
#include "pyprof/collectors.h"

bool instrument_prepare(void) {
    twins_prepare();
    return probes_prepare() && lazy_code_prepare();
}

/* --- registration ----------------------------------------------------------------------------------------- */

/* Eight bytes at a time; each step is FNV's (Fowler, Noll, Vo), with the upper half folded back. */
static uint64_t hash_bytes(uint64_t hash, struct python_bytes bytes) {
    const char *at = bytes.bytes;
    size_t left = bytes.size;
    for (uint64_t word; left > 0; at += sizeof word) {
        size_t part = left < sizeof word ? left : sizeof word;
        word = 0;
        memcpy(&word, at, part);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 32;
        left -= part;
    }
    return hash;
}

static uint64_t fingerprint(PyCodeObject *code) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    struct python_bytes bytecode = python_read_bytecode(code);
    PyObject *table = python_code_line_table(code);
    struct python_bytes lines = {PyBytes_AS_STRING(table), (size_t)PyBytes_GET_SIZE(table)};
    if (bytecode.bytes)
        hash = hash_bytes(hash_bytes(hash, bytecode), lines);
    Py_DECREF(table);
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

/* The twin of code that may never run: there from the first call on. A new reference. */
static PyCodeObject *find_nested_twin(PyCodeObject *code, struct selection selection) {
    /* Whether a generator that was made ever starts is no matter: that it was made is counted. */
    bool at_once = selection.bytecode && code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
    PyCodeObject *shell = selection_wants_probes(selection) && !at_once ? lazy_code_new(code, selection) : NULL;
    return shell ? shell : find_twin(code);
}

/* The constants with every code object replaced by its twin; a new reference; NULL: none among them (or no memory). */
static PyObject *instrument_constants(PyCodeObject *code, struct selection selection) {
    PyObject *constants = code->co_consts, *changed = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(constants); i++) {
        PyObject *constant = PyTuple_GET_ITEM(constants, i);
        if (!PyCode_Check(constant))
            continue;
        PyCodeObject *nested = (PyCodeObject *)constant;
        PyCodeObject *twin = nested->co_filename == code->co_filename ? find_nested_twin(nested, selection) : find_twin(nested);
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
    return profile_header()->builtins && profile_header()->collectors_on & COLLECTOR_FUNCTION;
}

PyCodeObject *instrument_copy(PyCodeObject *code) {
    PyCodeObject *copy = replace_constants(code, code->co_consts);
    PyErr_Clear();
    return copy;
}

void instrument_leave(PyCodeObject *code, const char *reason) {
    profile_leave_code(reason, utf8(code->co_qualname), utf8(code->co_filename));
}

struct instrumented instrument_body(PyCodeObject *code, struct selection selection) {
    struct instrumented body = {.lines = selection.lines, .collectors = selection.collectors};
    if (!profile_header())
        return body;
    PyObject *constants = instrument_constants(code, selection);
    if (selection_wants_probes(selection))
        body.row = register_code(code, selection);
    if (body.row) {
        struct probe_wishes wishes = {.code = body.row,
                                      .c_calls = wants_c_calls() && selection.function,
                                      .lines = selection.lines,
                                      .blocks = selection.bytecode,
                                      .leaves = true};
        body.code = place_probes(code, constants ? constants : code->co_consts, wishes, &body.offsets);
        if (!body.code)
            instrument_leave(code, PyErr_Occurred() ? "no memory for its probes" : "its bytecode is not understood");
        else if (selection.bytecode && !(profile_code(body.row)->flags & ARENA_CODE_BYTECODE))
            instrument_leave(code, "no room to count its instructions");
        publish_code(code, body.row);
    }
    if (!body.code && constants)
        body.code = replace_constants(code, constants);
    PyErr_Clear();
    Py_XDECREF(constants);
    return body;
}

bool instrument_keep(PyCodeObject *original, PyCodeObject *twin, struct instrumented body) {
    return twins_tie(twin, (struct twin){.original = original, .offsets = body.offsets, .code = body.row, .lines = body.lines,
                                         .collectors = body.collectors});
}

void instrument_never_ran(PyCodeObject *code, struct selection selection) {
    if (profile_header() && selection.project)
        register_code(code, selection);
}

static PyCodeObject *make_twin(PyCodeObject *code, bool force_lines) {
    struct selection selection = selection_of(utf8(code->co_filename));
    selection.lines |= force_lines;
    struct instrumented body = instrument_body(code, selection);
    if (body.code && !instrument_keep(code, body.code, body))
        Py_CLEAR(body.code); /* what nobody can tell from its original must not run */
    return body.code ? body.code : (PyCodeObject *)Py_NewRef(code);
}

/* The known twin or a new one; a new reference. */
static PyCodeObject *find_twin(PyCodeObject *code) {
    const struct twin *known = twins_find(code);
    if ((known && known->original) || lazy_code_original(code, NULL))
        return (PyCodeObject *)Py_NewRef(code);
    PyCodeObject *current = twins_current(code, selection_collectors());
    return current ? (PyCodeObject *)Py_NewRef(current) : make_twin(code, false);
}

PyCodeObject *instrument_code(PyCodeObject *code) {
    if (!profile_header() || !python_in_main_interpreter()) /* a forked child */
        return (PyCodeObject *)Py_NewRef(code);
    struct own_work work;
    own_work_begin(&work);
    PyCodeObject *twin = find_twin(code);
    own_work_end(&work);
    return twin;
}

PyCodeObject *instrument_lazily(PyCodeObject *code) {
    const struct twin *known = twins_find(code);
    if ((known && (known->original || known->instrumented)) || lazy_code_original(code, NULL))
        return find_twin(code);
    return find_nested_twin(code, selection_of(utf8(code->co_filename)));
}

/* Where code without a file belonged when it got its probes it belongs now; `profile` goes on marking it. */
static struct selection selection_again(PyCodeObject *code, PyCodeObject *original) {
    struct selection before;
    const struct twin *known = twins_find(code);
    uint32_t row = known && known->original ? known->code : 0;
    if (lazy_code_original(code, &before))
        selection_set_origin_project(before.project);
    else if (row)
        selection_set_origin_project(profile_code(row)->flags & ARENA_CODE_PROJECT);
    struct selection selection = selection_of(utf8(original->co_filename));
    known = twins_find(original);
    selection.lines |= known && known->marked && selection.collectors & COLLECTOR_LINE;
    return selection;
}

PyCodeObject *instrument_again(PyCodeObject *code) {
    PyCodeObject *original = twins_original(code);
    struct selection selection = selection_again(code, original);
    PyCodeObject *current = twins_current(original, selection.collectors);
    if (current)
        return (PyCodeObject *)Py_NewRef(current);
    if (selection_wants_probes(selection))
        return find_nested_twin(original, selection);
    return make_twin(original, false); /* of what is nested in it, some may belong to another file */
}

void instrument_constants_again(PyCodeObject *twin, PyCodeObject *original, PyCodeObject *(*again)(PyCodeObject *)) {
    Py_ssize_t count = PyTuple_GET_SIZE(original->co_consts);
    for (Py_ssize_t i = 0; i < count && i < PyTuple_GET_SIZE(twin->co_consts); i++) {
        PyObject *before = PyTuple_GET_ITEM(twin->co_consts, i);
        if (!PyCode_Check(before))
            continue;
        PyTuple_SET_ITEM(twin->co_consts, i, (PyObject *)again((PyCodeObject *)before));
        Py_DECREF(before);
    }
}

PyCodeObject *instrument_marked(PyCodeObject *code) {
    if (!profile_header() || !python_in_main_interpreter())
        return (PyCodeObject *)Py_NewRef(code);
    struct own_work work;
    own_work_begin(&work);
    const struct twin *known = twins_find(code);
    PyCodeObject *twin;
    if (known && known->original && known->lines)
        twin = (PyCodeObject *)Py_NewRef(code);
    else
        twin = make_twin(twins_original(code), profile_header()->collectors_on & COLLECTOR_LINE);
    twins_mark(twins_original(twin));
    known = twins_find(twin);
    if (known && known->code) {
        profile_code(known->code)->flags |= ARENA_CODE_MARKED;
        profile_header()->marked_count++;
    }
    own_work_end(&work);
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

enum offset_place instrument_place(PyCodeObject *code, int unit) {
    const struct twin *known = twins_find(code);
    return known && known->original ? offset_map_place(known->offsets, code, unit) : OFFSET_ORIGINAL;
}

bool instrument_raises_again(PyCodeObject *code, int unit) {
    const struct twin *known = twins_find(code);
    return known && known->original && offset_map_raises_again(known->offsets, code, unit);
}
