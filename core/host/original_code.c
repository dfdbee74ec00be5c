#include "core/host/original_code.h"

#include "core/host/instrument.h"
#include "core/host/lazy_code.h"
#include "core/host/twins.h"

/* --- attributes ------------------------------------------------------------------------------------------- */

/* An attribute of a builtin type whose descriptor is replaced by one that asks it and changes the answer. */
struct attribute {
    const char *name;
    PyObject *(*change)(PyObject *owner, PyObject *value); /* takes `value`, gives a new reference */
    int (*set)(struct attribute *attribute, PyObject *owner, PyObject *value); /* NULL: as the interpreter's own */
    PyObject *descriptor;                                  /* owned: the interpreter's own */
    PyGetSetDef definition;
};

static PyObject *to_original(PyObject *owner, PyObject *value) {
    (void)owner;
    if (!PyCode_Check(value))
        return value;
    PyObject *original = Py_NewRef((PyObject *)twins_original((PyCodeObject *)value));
    Py_DECREF(value);
    return original;
}

/* From here on the program may ask for what belongs to this code (gc.get_referrers, sys.monitoring): its twin has to be known. */
static PyObject *function_to_original(PyObject *owner, PyObject *value) {
    if (PyCode_Check(value))
        lazy_code_fill((PyCodeObject *)value);
    return to_original(owner, value);
}

/* An offset in bytes into the code of a frame. */
static PyObject *to_original_offset(PyFrameObject *frame, PyObject *value) {
    long offset = PyLong_AsLong(value);
    if (offset < 0)
        return value;
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *changed = PyLong_FromLong(instrument_original_unit(code, (int)(offset / CODE_UNIT_BYTES)) * CODE_UNIT_BYTES);
    Py_DECREF(code);
    Py_DECREF(value);
    return changed;
}

static PyObject *frame_offset(PyObject *owner, PyObject *value) { return to_original_offset((PyFrameObject *)owner, value); }

static PyObject *traceback_offset(PyObject *owner, PyObject *value) {
    return to_original_offset(((PyTracebackObject *)owner)->tb_frame, value);
}

static void instrument_function(PyObject *function) {
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    instrument_set_origin();
    PyCodeObject *twin = instrument_code(code);
    if (twin != code)
        python_function_set_code(function, twin);
    Py_DECREF(twin);
}

/* The interpreter checks and takes the original; what runs is the twin. */
static int set_function_code(struct attribute *attribute, PyObject *owner, PyObject *value) {
    int result = Py_TYPE(attribute->descriptor)->tp_descr_set(attribute->descriptor, owner, value);
    if (result == 0)
        instrument_function(owner);
    return result;
}

static struct attribute function_code = {.name = "__code__", .change = function_to_original, .set = set_function_code};
static struct attribute frame_code = {.name = "f_code", .change = to_original};
static struct attribute frame_last = {.name = "f_lasti", .change = frame_offset};
static struct attribute traceback_last = {.name = "tb_lasti", .change = traceback_offset};
static struct attribute generator_code = {.name = "gi_code", .change = to_original};
static struct attribute coroutine_code = {.name = "cr_code", .change = to_original};
static struct attribute async_generator_code = {.name = "ag_code", .change = to_original};

static PyObject *get(PyObject *owner, void *closure) {
    const struct attribute *attribute = closure;
    PyObject *descriptor = attribute->descriptor;
    PyObject *value = Py_TYPE(descriptor)->tp_descr_get(descriptor, owner, (PyObject *)Py_TYPE(owner));
    return value ? attribute->change(owner, value) : NULL;
}

static int set(PyObject *owner, PyObject *value, void *closure) {
    struct attribute *attribute = closure;
    return attribute->set(attribute, owner, value);
}

static bool replace_attribute(PyTypeObject *type, struct attribute *attribute) {
    PyObject *attributes = python_type_attributes(type); /* borrowed */
    attribute->descriptor = PyDict_GetItemString(attributes, attribute->name);
    if (!attribute->descriptor) {
        PyErr_Format(PyExc_RuntimeError, "%s has no attribute %s", type->tp_name, attribute->name);
        return false;
    }
    Py_INCREF(attribute->descriptor);
    attribute->definition =
        (PyGetSetDef){.name = attribute->name, .get = get, .set = attribute->set ? set : NULL, .closure = attribute};
    PyObject *descriptor = PyDescr_NewGetSet(type, &attribute->definition);
    bool done = descriptor && PyDict_SetItemString(attributes, attribute->name, descriptor) == 0;
    Py_XDECREF(descriptor);
    PyType_Modified(type);
    return done;
}

/* --- making functions and tracebacks ---------------------------------------------------------------------- */

static newfunc new_function, new_traceback;

static PyObject *make_function(PyTypeObject *type, PyObject *arguments, PyObject *names) {
    PyObject *function = new_function(type, arguments, names);
    if (function && PyFunction_Check(function))
        instrument_function(function);
    return function;
}

/* The program knows the original's offsets only. */
static PyObject *make_traceback(PyTypeObject *type, PyObject *arguments, PyObject *names) {
    PyObject *made = new_traceback(type, arguments, names);
    if (made) {
        PyTracebackObject *traceback = (PyTracebackObject *)made;
        PyCodeObject *code = PyFrame_GetCode(traceback->tb_frame);
        if (traceback->tb_lasti >= 0)
            traceback->tb_lasti =
                instrument_twin_unit(code, traceback->tb_lasti / CODE_UNIT_BYTES) * CODE_UNIT_BYTES;
        Py_DECREF(code);
    }
    return made;
}

/* --- comparing: extension modules can come by a twin, as cProfile does -------------------------------------- */

static richcmpfunc compare_codes;
static hashfunc hash_code;

static PyObject *compare_originals(PyObject *left, PyObject *right, int operator) {
    if (PyCode_Check(left) && PyCode_Check(right)) {
        left = (PyObject *)twins_original((PyCodeObject *)left);
        right = (PyObject *)twins_original((PyCodeObject *)right);
    }
    return compare_codes(left, right, operator);
}

static Py_hash_t hash_original(PyObject *code) {
    return hash_code((PyObject *)twins_original((PyCodeObject *)code));
}

bool original_code_install(void) {
    new_function = PyFunction_Type.tp_new;
    PyFunction_Type.tp_new = make_function;
    new_traceback = PyTraceBack_Type.tp_new;
    PyTraceBack_Type.tp_new = make_traceback;
    compare_codes = PyCode_Type.tp_richcompare;
    PyCode_Type.tp_richcompare = compare_originals;
    hash_code = PyCode_Type.tp_hash;
    PyCode_Type.tp_hash = hash_original;
    return replace_attribute(&PyFunction_Type, &function_code) && replace_attribute(&PyFrame_Type, &frame_code) &&
           replace_attribute(&PyFrame_Type, &frame_last) && replace_attribute(&PyTraceBack_Type, &traceback_last) &&
           replace_attribute(&PyGen_Type, &generator_code) && replace_attribute(&PyCoro_Type, &coroutine_code) &&
           replace_attribute(&PyAsyncGen_Type, &async_generator_code);
}
