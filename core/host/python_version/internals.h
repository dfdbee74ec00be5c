/* internals.h - what only the files of this folder share: the interpreter's private headers and its opcode tables. */
#ifndef PYPROF_HOST_PYTHON_VERSION_INTERNALS_H
#define PYPROF_HOST_PYTHON_VERSION_INTERNALS_H

#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/python_version.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define object python_asdl_object /* a type in these headers */
#include <internal/pycore_ceval.h>
#include <internal/pycore_code.h>
#include <internal/pycore_function.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_pymem.h>
#if PY_VERSION_HEX >= 0x030D0000
#include <internal/pycore_opcode_utils.h>
#endif
#undef object
#include <opcode.h>
#pragma GCC diagnostic pop

/* By opcode: code units of inline cache behind it; what it was before the interpreter specialised it. */
extern const uint8_t python_opcode_caches[256], python_opcode_deopt[256];

/* Everything of the original but its instructions and constants, as of code that has never run. */
void python_copy_description(PyCodeObject *copy, PyCodeObject *original, PyObject *constants, int stack_size);

#if PY_VERSION_HEX >= 0x030D0000
/* What functions made from the code will have; 0: there are no more. */
uint32_t python_new_code_version(void);
#endif

#endif
