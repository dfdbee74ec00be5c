#include "core/host/code_object.h"

#include <stdlib.h>
#include <string.h>

/* Of all constants together, of a code object, and of a tuple in a tuple ... */
enum { MOST_CONSTANTS = 1 << 16, MOST_BYTES = 1 << 24, MOST_DEPTH = 16, MOST_DIGITS = 4096 };

/* The bytes, kept from code object to code object. */
static struct writer {
    unsigned char *bytes;
    size_t used, room;
    bool failed; /* what was written last cannot be written, or memory is out */
} writer;

/* --- marshal's format (Python/marshal.c) ---------------------------------------------------------------------- */

static void put_bytes(const void *bytes, size_t size) {
    if (writer.failed || size > MOST_BYTES - writer.used) {
        writer.failed = true;
        return;
    }
    if (writer.used + size > writer.room) {
        size_t room = writer.room ? 2 * writer.room : 4096;
        while (room < writer.used + size)
            room *= 2;
        unsigned char *larger = realloc(writer.bytes, room);
        if (!larger) {
            writer.failed = true;
            return;
        }
        writer.bytes = larger;
        writer.room = room;
    }
    memcpy(writer.bytes + writer.used, bytes, size);
    writer.used += size;
}

static void put_byte(char byte) { put_bytes(&byte, 1); }

static void put_number(int32_t number) {
    uint32_t bits = (uint32_t)number;
    const unsigned char bytes[] = {(unsigned char)bits, (unsigned char)(bits >> 8), (unsigned char)(bits >> 16),
                                   (unsigned char)(bits >> 24)};
    put_bytes(bytes, sizeof bytes);
}

static void put_counted(char type, const void *bytes, size_t size) {
    put_byte(type);
    put_number((int32_t)size);
    put_bytes(bytes, size);
}

static void put_int(int32_t number) {
    put_byte('i');
    put_number(number);
}

/* `size` is what is written of it. */
static void put_bytes_object(PyObject *bytes, Py_ssize_t size) {
    if (bytes && PyBytes_Check(bytes))
        put_counted('s', PyBytes_AS_STRING(bytes), (size_t)size);
    else
        writer.failed = true;
}

static void put_text(PyObject *text, Py_ssize_t most) {
    PyObject *part = PyUnicode_GET_LENGTH(text) > most ? PyUnicode_Substring(text, 0, most) : Py_NewRef(text);
    PyObject *bytes = part ? PyUnicode_AsEncodedString(part, "utf-8", "surrogatepass") : NULL;
    if (bytes)
        put_counted('u', PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    else
        writer.failed = true;
    Py_XDECREF(bytes);
    Py_XDECREF(part);
}

/* From the last digit on, 15 bits are one of marshal's. */
static void put_hexadecimal(const char *digits, size_t count, bool negative) {
    size_t bits = 4 * count, parts = (bits + 14) / 15;
    put_byte('l');
    put_number(negative ? -(int32_t)parts : (int32_t)parts);
    for (size_t part = 0; part < parts; part++) {
        unsigned value = 0;
        for (size_t bit = 15 * part; bit < 15 * part + 15 && bit < bits; bit++) {
            char figure = digits[count - 1 - bit / 4];
            unsigned nibble = (unsigned)(figure <= '9' ? figure - '0' : figure - 'a' + 10);
            value |= (nibble >> bit % 4 & 1) << (bit - 15 * part);
        }
        put_byte((char)value);
        put_byte((char)(value >> 8));
    }
}

static void put_large(PyObject *number) {
    PyObject *text = PyNumber_ToBase(number, 16); /* "-0x1f" */
    const char *digits = text ? PyUnicode_AsUTF8(text) : NULL;
    bool negative = digits && *digits == '-';
    if (digits) {
        digits += negative + 2;
        digits += strspn(digits, "0");
    }
    size_t count = digits ? strlen(digits) : 0;
    if (count && count <= MOST_DIGITS)
        put_hexadecimal(digits, count, negative);
    else
        writer.failed = true;
    Py_XDECREF(text);
}

static void put_whole_number(PyObject *number) {
    int overflow;
    long value = PyLong_AsLongAndOverflow(number, &overflow);
    if (!overflow && value == (int32_t)value)
        put_int((int32_t)value);
    else
        put_large(number);
}

static void put_double(double value) { put_bytes(&value, sizeof value); } /* little-endian, as all the profile is */

/* --- values ----------------------------------------------------------------------------------------------------- */

static void put_value(PyObject *value, int depth);

static void put_tuple(char type, PyObject *items, int depth) {
    put_byte(type);
    put_number((int32_t)PyTuple_GET_SIZE(items));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items) && !writer.failed; i++)
        put_value(PyTuple_GET_ITEM(items, i), depth + 1);
}

static void put_set(PyObject *set, int depth) {
    PyObject *items = PySequence_Tuple(set); /* of a frozenset itself: no code of the program runs */
    if (items)
        put_tuple('>', items, depth);
    else
        writer.failed = true;
    Py_XDECREF(items);
}

static void put_slice(PyObject *value, int depth) {
    const PySliceObject *slice = (const PySliceObject *)value;
    put_byte(':');
    put_value(slice->start, depth + 1);
    put_value(slice->stop, depth + 1);
    put_value(slice->step, depth + 1);
}

static bool put_single(PyObject *value) {
    if (value == Py_None)
        put_byte('N');
    else if (value == Py_True)
        put_byte('T');
    else if (value == Py_False)
        put_byte('F');
    else if (value == Py_Ellipsis)
        put_byte('.');
    else
        return false;
    return true;
}

static void put_value(PyObject *value, int depth) {
    if (depth > MOST_DEPTH || put_single(value)) {
        writer.failed |= depth > MOST_DEPTH;
    } else if (PyLong_CheckExact(value)) {
        put_whole_number(value);
    } else if (PyFloat_CheckExact(value)) {
        put_byte('g');
        put_double(PyFloat_AS_DOUBLE(value));
    } else if (PyComplex_CheckExact(value)) {
        put_byte('y');
        put_double(PyComplex_RealAsDouble(value));
        put_double(PyComplex_ImagAsDouble(value));
    } else if (PyUnicode_CheckExact(value)) {
        put_text(value, CODE_OBJECT_MOST_TEXT);
    } else if (PyBytes_CheckExact(value)) {
        Py_ssize_t size = PyBytes_GET_SIZE(value);
        put_bytes_object(value, size < CODE_OBJECT_MOST_TEXT ? size : CODE_OBJECT_MOST_TEXT);
    } else if (PyTuple_CheckExact(value)) {
        put_tuple('(', value, depth);
    } else if (PyFrozenSet_CheckExact(value)) {
        put_set(value, depth);
    } else if (python_slices_are_constants && Py_IS_TYPE(value, &PySlice_Type)) {
        put_slice(value, depth);
    } else {
        writer.failed = true;
    }
}

/* --- constants --------------------------------------------------------------------------------------------------- */

static const char *utf8(PyObject *text) {
    const char *bytes = PyUnicode_AsUTF8(text);
    if (!bytes)
        PyErr_Clear();
    return bytes ? bytes : "?";
}

/* Bytes of whole characters. */
static int length_up_to(const char *text, size_t most) {
    size_t length = strnlen(text, most + 1);
    if (length > most)
        for (length = most; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    return (int)length;
}

/* As repr() has it, but for the address. */
static void put_nested(PyCodeObject *code) {
    enum { MOST_NAME = 300, MOST_FILE = 500 };
    char text[CODE_OBJECT_MOST_TEXT];
    const char *name = utf8(code->co_name), *file = utf8(code->co_filename);
    int length = snprintf(text, sizeof text, "<code object %.*s, file \"%.*s\", line %d>", length_up_to(name, MOST_NAME), name,
                          length_up_to(file, MOST_FILE), file, code->co_firstlineno ? code->co_firstlineno : -1);
    put_counted('u', text, (size_t)length);
}

static void put_unknown(PyObject *value) {
    char text[CODE_OBJECT_MOST_TEXT];
    const char *name = Py_TYPE(value)->tp_name;
    int length = snprintf(text, sizeof text, "<%.*s object>", length_up_to(name, CODE_OBJECT_MOST_TEXT / 2), name);
    put_counted('u', text, (size_t)length);
}

static bool put_constant(PyObject *value, size_t begin) {
    size_t mark = writer.used;
    if (!PyCode_Check(value) && mark - begin < MOST_CONSTANTS) {
        put_value(value, 0);
        if (!writer.failed && writer.used - begin < 2 * MOST_CONSTANTS)
            return true;
    }
    PyErr_Clear();
    writer.failed = false;
    writer.used = mark;
    put_byte('N');
    return false;
}

/* The constants, then those of them that are not there. */
static void put_constants(PyObject *constants) {
    enum { MOST_CONSTANT_COUNT = 1 << 16 };
    static bool there[MOST_CONSTANT_COUNT];
    Py_ssize_t count = PyTuple_GET_SIZE(constants), missing = 0;
    size_t begin = writer.used;
    if (count > MOST_CONSTANT_COUNT) {
        writer.failed = true;
        return;
    }
    put_byte('(');
    put_number((int32_t)count);
    for (Py_ssize_t i = 0; i < count; i++) {
        there[i] = put_constant(PyTuple_GET_ITEM(constants, i), begin);
        missing += !there[i];
    }
    put_byte('(');
    put_number((int32_t)(2 * missing));
    for (Py_ssize_t i = 0; i < count; i++)
        if (!there[i]) {
            PyObject *value = PyTuple_GET_ITEM(constants, i);
            put_int((int32_t)i);
            if (PyCode_Check(value))
                put_nested((PyCodeObject *)value);
            else
                put_unknown(value);
        }
}

/* --- code objects ------------------------------------------------------------------------------------------------- */

/* Takes the reference. */
static void put_part(PyObject *part) {
    if (part && PyTuple_Check(part))
        put_tuple('(', part, 0);
    else
        put_bytes_object(part, part && PyBytes_Check(part) ? PyBytes_GET_SIZE(part) : 0);
    Py_XDECREF(part);
}

const void *code_object_bytes(PyCodeObject *code, uint32_t *size) {
    enum { PARTS = 19 };
    writer.used = 0;
    writer.failed = false;
    put_byte('(');
    put_number(PARTS);
    put_int(code->co_argcount);
    put_int(code->co_posonlyargcount);
    put_int(code->co_kwonlyargcount);
    put_int(code->co_nlocals);
    put_int(code->co_stacksize);
    put_int(code->co_flags);
    put_part(python_code_bytecode(code));
    put_constants(code->co_consts);
    put_part(Py_NewRef(code->co_names));
    put_part(PyCode_GetVarnames(code));
    put_text(code->co_filename, CODE_OBJECT_MOST_TEXT);
    put_text(code->co_name, CODE_OBJECT_MOST_TEXT);
    put_text(code->co_qualname, CODE_OBJECT_MOST_TEXT);
    put_int(code->co_firstlineno);
    put_part(python_code_line_table(code));
    put_part(python_code_exception_table(code));
    put_part(PyCode_GetFreevars(code));
    put_part(PyCode_GetCellvars(code));
    *size = (uint32_t)writer.used;
    PyErr_Clear();
    return writer.failed ? NULL : writer.bytes;
}
