/* base.h - Python.h, of a version that is known. */
#ifndef PYPROF_HOST_PYTHON_VERSION_BASE_H
#define PYPROF_HOST_PYTHON_VERSION_BASE_H

/* Who looks into the interpreter's frames defines PYPROF_INTERPRETER_FRAMES first. */
#if defined(PYPROF_INTERPRETER_FRAMES) && !defined(Py_BUILD_CORE)
#define Py_BUILD_CORE 1
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>

#if PY_VERSION_HEX < 0x030B0000 || PY_VERSION_HEX >= 0x03100000
#error "this CPython version is not known (3.11 to 3.15 are): core/host/python_version.h says what to add"
#endif
#ifdef Py_GIL_DISABLED
#error "free-threaded builds of CPython are not supported: the engine counts under the interpreter lock; use the usual build"
#endif
#ifdef Py_DEBUG
#error "debug builds of CPython (--with-pydebug) are not supported: their objects are laid out otherwise; use a release build"
#endif

#endif
