#include "core/host/allocation_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <structmember.h>

#include "core/host/allocation_run.h"
#include "core/host/own_work.h"
#include "core/host/pyprof_module.h"
#include "core/probe/profile_writer.h"

enum { MESSAGE_SIZE = 4096 };

/* Bytes; UINT64_MAX: as many as it likes. */
struct limits {
    uint64_t at_most, peak;
};

/* What assert_allocated() returns. */
struct check {
    PyObject_HEAD
    struct limits limits;
    struct entered *entered; /* with statements that go on, the innermost first; owned */
    unsigned long long allocated_count, allocated_bytes, peak; /* of the with statement that was left last */
};
struct entered {
    struct allocation_run run;
    struct entered *outer;
};

/* A function that it was given to as a decorator. */
struct checked {
    PyObject_HEAD
    PyObject *function, *attributes;
    struct limits limits;
};

static PyTypeObject *check_type, *checked_type;

/* --- limits ------------------------------------------------------------------------------------------------- */

/* What a unit stands for, as in --max-heap: K and KiB are 1024, KB is 1000. 0: it is none. */
static double factor_of(const char *unit) {
    static const char letters[] = "KMGT";
    const char *found = *unit ? strchr(letters, Py_TOUPPER(*unit)) : NULL;
    const char *rest = found ? unit + 1 : unit;
    int power = found ? (int)(found - letters + 1) : 0;
    if (strcasecmp(rest, "b") == 0)
        return pow(1000, power);
    return !*rest || (found && strcasecmp(rest, "ib") == 0) ? ldexp(1, 10 * power) : 0;
}

static bool parse_text(PyObject *value, uint64_t *bytes) {
    const char *text = PyUnicode_AsUTF8(value);
    char *unit = NULL;
    if (!text)
        return false;
    double number = PyOS_string_to_double(text, &unit, NULL);
    PyErr_Clear();
    while (unit && *unit == ' ')
        unit++;
    double factor = unit && unit != text ? factor_of(unit) : 0;
    if (!(factor > 0) || !(number >= 0) || number * factor >= ldexp(1, 63)) {
        PyErr_Format(PyExc_ValueError, "%R is no size: a number of bytes or a text such as '500K', '1.5M', '2G'", value);
        return false;
    }
    *bytes = (uint64_t)(number * factor);
    return true;
}

static bool parse_limit(PyObject *value, uint64_t *bytes) {
    *bytes = UINT64_MAX;
    if (!value || value == Py_None)
        return true;
    if (PyUnicode_Check(value))
        return parse_text(value, bytes);
    long long number = PyLong_AsLongLong(value);
    if (number < 0 && !PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "%R is no size: it is negative", value);
    *bytes = (uint64_t)number;
    return !PyErr_Occurred();
}

/* --- the outcome -------------------------------------------------------------------------------------------- */

static void write_message(const struct limits *limits, const struct allocation_run *run, char message[MESSAGE_SIZE]) {
    char bytes[32], limit[32];
    int length;
    if (run->sum.bytes > limits->at_most) {
        allocation_size_text(run->sum.bytes, bytes);
        allocation_size_text(limits->at_most, limit);
        length = snprintf(message, MESSAGE_SIZE, "allocated %s (%llu bytes) in %llu block%s, at most %s is allowed", bytes,
                          (unsigned long long)run->sum.bytes, (unsigned long long)run->sum.count,
                          run->sum.count == 1 ? "" : "s", limit);
    } else {
        allocation_size_text(run->most, bytes);
        allocation_size_text(limits->peak, limit);
        length = snprintf(message, MESSAGE_SIZE, "%s (%llu bytes) more than at the beginning lived at once, at most %s is allowed",
                          bytes, (unsigned long long)run->most, limit);
    }
    allocation_run_describe_sites(run, message + length, MESSAGE_SIZE - (size_t)length);
}

/* Ends the run. false with an AssertionError: it allocated too much. */
static bool settle(const struct limits *limits, struct allocation_run *run) {
    struct own_work work;
    char message[MESSAGE_SIZE];
    allocation_run_end(run);
    bool within = run->sum.bytes <= limits->at_most && run->most <= limits->peak;
    own_work_begin(&work);
    if (!within)
        write_message(limits, run, message);
    allocation_run_free(run);
    own_work_end(&work);
    if (within)
        return true;
    if (profile_header())
        __atomic_fetch_add(&profile_header()->memory.failed_checks, 1, __ATOMIC_RELAXED);
    PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
    if (text)
        PyErr_SetObject(PyExc_AssertionError, text);
    Py_XDECREF(text);
    return false;
}

static void begin(struct allocation_run *run) {
    struct own_work work;
    own_work_begin(&work);
    allocation_run_begin(run);
    own_work_end(&work);
}

/* --- with --------------------------------------------------------------------------------------------------- */

static PyObject *check_enter(PyObject *self, PyObject *unused) {
    struct check *check = (struct check *)self;
    struct entered *entered = malloc(sizeof *entered);
    (void)unused;
    if (!entered)
        return PyErr_NoMemory();
    entered->outer = check->entered;
    check->entered = entered;
    begin(&entered->run);
    return Py_NewRef(self);
}

/* An exception that comes out of the block is not replaced by another. */
static PyObject *check_exit(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    struct check *check = (struct check *)self;
    struct entered *entered = check->entered;
    static const struct limits none = {UINT64_MAX, UINT64_MAX};
    bool has_failed = count > 0 && arguments[0] != Py_None;
    if (!entered) {
        PyErr_SetString(PyExc_RuntimeError, "this pyprof.assert_allocated() was left before it was entered");
        return NULL;
    }
    check->entered = entered->outer;
    bool within = settle(has_failed ? &none : &check->limits, &entered->run);
    check->allocated_count = entered->run.sum.count;
    check->allocated_bytes = entered->run.sum.bytes;
    check->peak = entered->run.most;
    free(entered);
    return within ? Py_NewRef(Py_False) : NULL;
}

static void check_free(PyObject *self) {
    struct check *check = (struct check *)self;
    PyTypeObject *type = Py_TYPE(self);
    while (check->entered) {
        struct entered *entered = check->entered;
        check->entered = entered->outer;
        allocation_run_end(&entered->run);
        allocation_run_free(&entered->run);
        free(entered);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

/* --- decorated functions ------------------------------------------------------------------------------------ */

/* Calling one of these only makes an object; what it runs comes later. */
static bool runs_later(PyObject *function) {
    const PyCodeObject *code = PyFunction_Check(function) ? (PyCodeObject *)PyFunction_GET_CODE(function) : NULL;
    return code && code->co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
}

/* As functools.wraps does. */
static bool copy_attributes(struct checked *checked) {
    static const char *const names[] = {"__module__", "__name__", "__qualname__", "__doc__"};
    checked->attributes = PyDict_New();
    bool done = checked->attributes && PyDict_SetItemString(checked->attributes, "__wrapped__", checked->function) == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && done; i++) {
        PyObject *value = PyObject_GetAttrString(checked->function, names[i]);
        if (!value)
            PyErr_Clear();
        done = !value || PyDict_SetItemString(checked->attributes, names[i], value) == 0;
        Py_XDECREF(value);
    }
    return done;
}

static PyObject *check_call(PyObject *self, PyObject *arguments, PyObject *options) {
    PyObject *function;
    static char *names[] = {"function", NULL};
    if (!PyArg_ParseTupleAndKeywords(arguments, options, "O:assert_allocated", names, &function))
        return NULL;
    if (!PyCallable_Check(function) || runs_later(function)) {
        PyErr_Format(PyExc_TypeError, "pyprof.assert_allocated() can be given to functions that run when they are called; "
                     "%R does not: use a with statement inside of it", function);
        return NULL;
    }
    struct checked *checked = (struct checked *)checked_type->tp_alloc(checked_type, 0);
    if (!checked)
        return NULL;
    checked->function = Py_NewRef(function);
    checked->limits = ((struct check *)self)->limits;
    if (!copy_attributes(checked))
        Py_CLEAR(checked);
    return (PyObject *)checked;
}

static PyObject *checked_call(PyObject *self, PyObject *arguments, PyObject *options) {
    struct checked *checked = (struct checked *)self;
    static const struct limits none = {UINT64_MAX, UINT64_MAX};
    struct allocation_run run;
    begin(&run);
    PyObject *result = PyObject_Call(checked->function, arguments, options);
    if (!settle(result ? &checked->limits : &none, &run))
        Py_CLEAR(result);
    return result;
}

static PyObject *checked_bind(PyObject *self, PyObject *object, PyObject *type) {
    (void)type;
    return object && object != Py_None ? PyMethod_New(self, object) : Py_NewRef(self);
}

static int checked_traverse(PyObject *self, visitproc visit, void *arg) {
    struct checked *checked = (struct checked *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(checked->function);
    Py_VISIT(checked->attributes);
    return 0;
}

static int checked_clear(PyObject *self) {
    struct checked *checked = (struct checked *)self;
    Py_CLEAR(checked->function);
    Py_CLEAR(checked->attributes);
    return 0;
}

static void checked_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    checked_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* --- types -------------------------------------------------------------------------------------------------- */

static PyMethodDef check_methods[] = {
    {"__enter__", check_enter, METH_NOARGS, NULL},
    {"__exit__", (PyCFunction)(void (*)(void))check_exit, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef check_members[] = {
    {"allocated_count", T_ULONGLONG, offsetof(struct check, allocated_count), READONLY, NULL},
    {"allocated_bytes", T_ULONGLONG, offsetof(struct check, allocated_bytes), READONLY, NULL},
    {"peak", T_ULONGLONG, offsetof(struct check, peak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot check_slots[] = {
    {Py_tp_methods, check_methods},
    {Py_tp_members, check_members},
    {Py_tp_call, (void *)check_call},
    {Py_tp_dealloc, (void *)check_free},
    {Py_tp_doc, "What pyprof.assert_allocated() returns: for a with statement, or a decorator."},
    {0, NULL},
};

static PyType_Spec check_specification = {
    .name = PYPROF_MODULE_NAME ".allocation_check",
    .basicsize = sizeof(struct check),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = check_slots,
};

static PyMemberDef checked_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(struct checked, attributes), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot checked_slots[] = {
    {Py_tp_members, checked_members},
    {Py_tp_call, (void *)checked_call},
    {Py_tp_descr_get, (void *)checked_bind},
    {Py_tp_traverse, (void *)checked_traverse},
    {Py_tp_clear, (void *)checked_clear},
    {Py_tp_dealloc, (void *)checked_free},
    {0, NULL},
};

static PyType_Spec checked_specification = {
    .name = PYPROF_MODULE_NAME ".checked_function",
    .basicsize = sizeof(struct checked),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = checked_slots,
};

bool allocation_check_prepare(void) {
    check_type = (PyTypeObject *)PyType_FromSpec(&check_specification);
    checked_type = check_type ? (PyTypeObject *)PyType_FromSpec(&checked_specification) : NULL;
    return checked_type != NULL;
}

PyObject *allocation_check_new(PyObject *module, PyObject *arguments, PyObject *options) {
    static char *names[] = {"at_most", "peak", NULL};
    PyObject *at_most = NULL, *peak = NULL;
    struct limits limits;
    (void)module;
    if (!PyArg_ParseTupleAndKeywords(arguments, options, "|OO:assert_allocated", names, &at_most, &peak) ||
        !parse_limit(at_most, &limits.at_most) || !parse_limit(peak, &limits.peak) || !pyprof_has_memory("assert_allocated"))
        return NULL;
    if (limits.at_most == UINT64_MAX && limits.peak == UINT64_MAX) {
        PyErr_SetString(PyExc_TypeError, "pyprof.assert_allocated() needs at_most, or peak, or both");
        return NULL;
    }
    struct check *check = PyObject_New(struct check, check_type);
    if (check) {
        check->limits = limits;
        check->entered = NULL;
        check->allocated_count = check->allocated_bytes = check->peak = 0;
    }
    return (PyObject *)check;
}
