#include "core/host/thread_names.h"

#include "core/host/own_work.h"
#include "core/probe/profile_names.h"

static PyObject *threading_text, *active_text, *name_text;

/* --- text --------------------------------------------------------------------------------------------------- */

/* Returns the number of bytes. What cannot be shown or stored is a question mark. */
static size_t encode(Py_UCS4 character, char bytes[4]) {
    if (!character || (character >= 0xd800 && character < 0xe000) || character > 0x10ffff)
        character = '?';
    if (character < 0x80) {
        bytes[0] = (char)character;
        return 1;
    }
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, character >>= 6)
        bytes[i] = (char)(0x80 | (character & 0x3f));
    bytes[0] = (char)((size == 2 ? 0xc0 : size == 3 ? 0xe0 : 0xf0) | character);
    return size;
}

/* As much of it as there is room for, in whole characters. (PyUnicode_AsUTF8 would leave the bytes with the program's object.) */
static void write_text(PyObject *text, char name[PROFILE_NAME_SIZE]) {
    Py_ssize_t length = PyUnicode_GetLength(text);
    size_t used = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        char bytes[4];
        size_t size = encode(PyUnicode_ReadChar(text, i), bytes);
        if (size > PROFILE_NAME_SIZE - 1 - used)
            break;
        memcpy(name + used, bytes, size);
        used += size;
    }
    name[used] = '\0';
}

/* --- finding it --------------------------------------------------------------------------------------------- */

/* Thread objects by the identity of their threads, threading._active; NULL: it was not imported, or is another module. Borrowed. */
static PyObject *active_threads(void) {
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *module = modules && PyDict_CheckExact(modules) ? PyDict_GetItemWithError(modules, threading_text) : NULL;
    PyObject *active = module && PyModule_Check(module) ? PyDict_GetItemWithError(PyModule_GetDict(module), active_text) : NULL;
    return active && PyDict_CheckExact(active) ? active : NULL;
}

/* The attribute as Thread.__init__ sets it, past what a class may have made of reading attributes. New; NULL: there is none. */
static PyObject *name_of(PyObject *thread) {
    PyObject *descriptor = _PyType_Lookup(Py_TYPE(thread), name_text); /* borrowed */
    if (descriptor && Py_TYPE(descriptor) != &PyMemberDescr_Type)
        return NULL; /* it might be code of the program */
    return PyObject_GenericGetAttr(thread, name_text);
}

static bool find(uint64_t identity, char name[PROFILE_NAME_SIZE]) {
    PyObject *active = active_threads();
    PyObject *key = active ? PyLong_FromUnsignedLongLong(identity) : NULL;
    PyObject *thread = key ? PyDict_GetItemWithError(active, key) : NULL; /* borrowed */
    PyObject *text = thread ? name_of(thread) : NULL;
    bool found = text && PyUnicode_Check(text) && PyUnicode_GetLength(text) > 0;
    if (found)
        write_text(text, name);
    Py_XDECREF(text);
    Py_XDECREF(key);
    return found;
}

static bool find_in_own_time(uint64_t identity, char name[PROFILE_NAME_SIZE]) {
    struct own_work work;
    own_work_begin(&work);
    bool found = python_in_main_interpreter() && find(identity, name);
    PyErr_Clear();
    own_work_end(&work);
    return found;
}

bool thread_names_watch(void) {
    threading_text = PyUnicode_InternFromString("threading");
    active_text = PyUnicode_InternFromString("_active");
    name_text = PyUnicode_InternFromString("_name");
    if (!threading_text || !active_text || !name_text)
        return false;
    profile_names_watch(find_in_own_time);
    return true;
}

void thread_names_refresh(void) { profile_names_refresh(); }
