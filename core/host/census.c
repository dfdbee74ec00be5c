#include "core/host/census.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/host/live_objects.h"
#include "core/host/own_work.h"
#include "core/probe/profile_writer.h"

enum { FIRST_CAPACITY = 1024, NAME_SIZE = 512 };

/* What is known of one type. */
struct kind {
    PyTypeObject *type; /* NULL: free */
    PyCFunction measure; /* the __sizeof__ written in C that is nearest; NULL: that of object */
    uint64_t count, bytes;
};

/* Open addressing, by type. */
struct kinds {
    struct kind *rows;
    size_t capacity, count;
    bool failed; /* memory is out */
};

/* --- sizes -------------------------------------------------------------------------------------------------- */

/* A method that is written in C and takes nothing but its object. */
static PyCFunction measure_in(PyTypeObject *type) {
    PyObject *attributes = python_type_attributes(type);
    PyObject *method = attributes ? PyDict_GetItemString(attributes, "__sizeof__") : NULL; /* borrowed */
    if (!method || Py_TYPE(method) != &PyMethodDescr_Type)
        return NULL;
    const PyMethodDef *definition = ((PyMethodDescrObject *)method)->d_method;
    return definition->ml_flags == METH_NOARGS ? definition->ml_meth : NULL;
}

static PyCFunction find_measure(PyTypeObject *type) {
    PyCFunction measure = NULL;
    for (Py_ssize_t i = 0; type->tp_mro && i < PyTuple_GET_SIZE(type->tp_mro) && !measure; i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(type->tp_mro, i);
        measure = base == &PyBaseObject_Type ? NULL : measure_in(base);
    }
    return measure;
}

/* As object.__sizeof__ has it. */
static Py_ssize_t plain_size(const PyTypeObject *type, PyObject *object) {
    Py_ssize_t items = type->tp_itemsize ? Py_SIZE(object) : 0;
    return type->tp_basicsize + (items < 0 ? -items : items) * type->tp_itemsize;
}

static Py_ssize_t measured_size(const struct kind *kind, PyObject *object) {
    PyObject *size = kind->measure(object, NULL);
    Py_ssize_t bytes = size ? PyLong_AsSsize_t(size) : -1;
    Py_XDECREF(size);
    PyErr_Clear();
    return bytes < 0 ? kind->type->tp_basicsize : bytes;
}

static uint64_t size_of(const struct kind *kind, PyObject *object) {
    Py_ssize_t bytes = kind->measure ? measured_size(kind, object) : plain_size(kind->type, object);
    return (uint64_t)bytes + python_object_extra_size(object);
}

/* --- counting ----------------------------------------------------------------------------------------------- */

static struct kind *find_row(const struct kinds *kinds, const PyTypeObject *type) {
    size_t at = (size_t)((uint64_t)(uintptr_t)type * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (kinds->capacity - 1);
    while (kinds->rows[at].type && kinds->rows[at].type != type)
        at = (at + 1) & (kinds->capacity - 1);
    return &kinds->rows[at];
}

static bool grow(struct kinds *kinds) {
    struct kinds larger = {.capacity = kinds->capacity ? 2 * kinds->capacity : FIRST_CAPACITY, .count = kinds->count};
    larger.rows = calloc(larger.capacity, sizeof *larger.rows);
    if (!larger.rows)
        return false;
    for (size_t i = 0; i < kinds->capacity; i++)
        if (kinds->rows[i].type)
            *find_row(&larger, kinds->rows[i].type) = kinds->rows[i];
    free(kinds->rows);
    *kinds = larger;
    return true;
}

static void count_object(PyObject *object, void *context) {
    struct kinds *kinds = context;
    if (kinds->count >= kinds->capacity / 4 * 3 && !grow(kinds))
        kinds->failed = true;
    if (kinds->failed)
        return;
    struct kind *kind = find_row(kinds, Py_TYPE(object));
    if (!kind->type) {
        *kind = (struct kind){.type = Py_TYPE(object), .measure = find_measure(Py_TYPE(object))};
        kinds->count++;
    }
    kind->count++;
    kind->bytes += size_of(kind, object);
}

/* --- names -------------------------------------------------------------------------------------------------- */

/* At most the room there is, without part of a character at the end. */
static void append_text(char name[NAME_SIZE], PyObject *text) {
    size_t used = strlen(name);
    PyObject *bytes = text && PyUnicode_Check(text) ? PyUnicode_AsEncodedString(text, "utf-8", "replace") : NULL;
    PyErr_Clear();
    if (!bytes)
        return;
    size_t length = strnlen(PyBytes_AS_STRING(bytes), NAME_SIZE - 1 - used);
    while (length > 0 && ((unsigned char)PyBytes_AS_STRING(bytes)[length] & 0xc0) == 0x80)
        length--;
    memcpy(name + used, PyBytes_AS_STRING(bytes), length);
    name[used + length] = '\0';
    Py_DECREF(bytes);
}

/* "module.Class", without the module where it is builtins. Static types have all that in their name. */
static void write_name(PyTypeObject *type, char name[NAME_SIZE]) {
    *name = '\0';
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        snprintf(name, NAME_SIZE, "%s", type->tp_name);
        return;
    }
    PyObject *attributes = python_type_attributes(type);
    PyObject *module = attributes ? PyDict_GetItemString(attributes, "__module__") : NULL; /* borrowed */
    append_text(name, module);
    if (strcmp(name, "builtins") == 0)
        *name = '\0';
    else if (*name && strlen(name) < NAME_SIZE - 1)
        strcat(name, ".");
    append_text(name, ((PyHeapTypeObject *)type)->ht_qualname);
}

/* --- rows --------------------------------------------------------------------------------------------------- */

static int most_bytes_first(const void *one, const void *other) {
    const struct kind *a = one, *b = other;
    return a->bytes != b->bytes ? (a->bytes < b->bytes) - (a->bytes > b->bytes) : (a->count < b->count) - (a->count > b->count);
}

/* Those without room are together in the last row. */
static bool publish(struct kinds *kinds) {
    struct arena_header *header = profile_header();
    uint32_t count = kinds->count < ARENA_MAX_TYPES ? (uint32_t)kinds->count : ARENA_MAX_TYPES;
    struct arena_type *rows = profile_types(count);
    size_t used = 0;
    if (!rows)
        return false;
    for (size_t i = 0; i < kinds->capacity; i++)
        if (kinds->rows[i].type)
            kinds->rows[used++] = kinds->rows[i];
    qsort(kinds->rows, used, sizeof *kinds->rows, most_bytes_first);
    __atomic_store_n(&header->type_count, 0, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < count; i++) {
        char name[NAME_SIZE];
        write_name(kinds->rows[i].type, name);
        rows[i] = (struct arena_type){profile_text(name), kinds->rows[i].count, kinds->rows[i].bytes};
    }
    for (size_t i = count; i < used; i++) {
        rows[count - 1].name = profile_text("(other types)");
        rows[count - 1].count += kinds->rows[i].count;
        rows[count - 1].bytes += kinds->rows[i].bytes;
    }
    uint64_t now_ns = clock_monotonic_ns(), start_ns = header->clock.start_ns;
    __atomic_store_n(&header->type_count, count, __ATOMIC_RELEASE);
    __atomic_store_n(&header->census_t_ns, now_ns > start_ns ? now_ns - start_ns : 1, __ATOMIC_RELEASE);
    return true;
}

bool census_take(void) {
    struct kinds kinds = {0};
    struct own_work work;
    if (!profile_header())
        return false;
    own_work_begin(&work);
    bool done = live_objects_visit(count_object, &kinds) && !kinds.failed && publish(&kinds);
    own_work_end(&work);
    free(kinds.rows);
    return done;
}

PyObject *census_rows(void) {
    const struct arena_header *header = profile_header();
    uint32_t count = header ? header->type_count : 0;
    const struct arena_type *rows = count ? profile_types(count) : NULL;
    PyObject *list = PyList_New(0);
    for (uint32_t i = 0; rows && list && i < count; i++) {
        PyObject *row = Py_BuildValue("(sKK)", profile_text_at(rows[i].name), (unsigned long long)rows[i].count,
                                      (unsigned long long)rows[i].bytes);
        if (!row || PyList_Append(list, row) < 0)
            Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}
