/* main_program.h - instruments the program that python3 was asked to run.
 *
 * The interpreter's own main (Py_RunMain) does everything as python3 does it, for a script, -c, stdin, a folder or -m. Its
 * code object does not pass through builtins.exec, so a frame hook (PEP 523) waits for the first frame that runs in
 * __main__'s globals, runs the instrumented twin in its place, and is gone by then. What start-up runs before (import hooks,
 * site) is not the program's and is not counted. */
#ifndef PYPROF_HOST_MAIN_PROGRAM_H
#define PYPROF_HOST_MAIN_PROGRAM_H

#include "core/host/python_version.h"

/* Starts waiting. false with an exception set. */
bool main_program_await(void);

/* exec was called with this code and these globals: if they are __main__'s, the program has been found (runpy) and the hook
 * is taken out. */
void main_program_seen(PyObject *globals, PyCodeObject *code);

#endif
