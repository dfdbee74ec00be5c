/* code.h - making and reading code objects; which code functions and generators run. */
#ifndef PYPROF_HOST_PYTHON_VERSION_CODE_H
#define PYPROF_HOST_PYTHON_VERSION_CODE_H

#include "core/host/python_version/base.h"

/* A new code object like `original` with these parts; all are borrowed. NULL with an exception set. */
PyCodeObject *python_new_code(PyCodeObject *original, int stack_size, PyObject *bytecode, PyObject *constants,
                              PyObject *line_table, PyObject *exception_table);
/* New references. */
PyObject *python_code_bytecode(PyCodeObject *code);
/* The same without making an object of it: valid until the next call, or until the code ends. NULL: memory is out, or the last
 * instruction is cut off; no exception is set. */
struct python_bytes {
    const void *bytes;
    size_t size;
};
struct python_bytes python_read_bytecode(PyCodeObject *code);
PyObject *python_code_line_table(PyCodeObject *code);
PyObject *python_code_exception_table(PyCodeObject *code);
/* What a code object refers to besides its constants; borrowed. */
enum { PYTHON_CODE_PARTS = 8 };
void python_code_parts(PyCodeObject *code, PyObject *parts[PYTHON_CODE_PARTS]);
/* The compiler makes slices, and marshal writes them. */
extern const bool python_slices_are_constants;
int python_code_local_slots(PyCodeObject *code);
int python_code_stack_size(PyCodeObject *code);
/* Of the code with probes in it; offsets: its handlers are told where exceptions come from. */
int python_probed_stack_size(PyCodeObject *code, bool offsets);
uint32_t python_code_units(PyCodeObject *code); /* length of its bytecode */
/* An opcode as it stands in the code. */
static inline uint8_t python_code_opcode(PyCodeObject *code, uint32_t unit) {
    return ((const uint8_t *)code->co_code_adaptive)[2 * unit];
}

/* What a generator, coroutine or asynchronous generator runs; a new reference. */
PyCodeObject *python_generator_code(PyObject *generator);

/* Whether the interpreter hands the function to other interpreters by its code (from 3.14 on some go by their name). */
bool python_goes_by_code(PyObject *function);

/* Replaces a function's code, keeping its version counters right. */
void python_function_set_code(PyObject *function, PyCodeObject *code);

#endif
