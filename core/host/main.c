/* main.c - pyprof-host: runs a Python program as python3 would, with the profile's probes in it.
 *
 *   pyprof-host-X.Y ARENA PROGRAM ARGV0 [ARGUMENTS...]
 *   pyprof-host-X.Y --describe
 *
 * ARENA is the profile's file, made by the recorder ("" : none), PROGRAM the python3 that the target shall believe to run in
 * (sys.executable), and the rest the command line that this python3 would have been given. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/host/adopt.h"
#include "core/host/exec_hook.h"
#include "core/host/instrument.h"
#include "core/host/main_program.h"
#include "core/host/marshal_hook.h"
#include "core/host/profile_decorator.h"
#include "core/host/selection.h"
#include "core/probe/profile_writer.h"
#include "pyprof/collectors.h"

enum { EXIT_CANNOT_START = 120 };

static int complain(const char *what) {
    fprintf(stderr, "pyprof-tui: %s\n", what);
    return EXIT_CANNOT_START;
}

/* Starts the interpreter as python3 with this command line. Exits the process where python3 itself would (--help, a bad
 * option), as PyConfig asks for. */
static void start_python(char *program, int count, char **arguments) {
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesString(&config, &config.program_name, program);
    if (!PyStatus_Exception(status))
        status = PyConfig_SetBytesArgv(&config, count, arguments);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status))
        Py_ExitStatusException(status);
}

/* Folder of the standard library, as the interpreter itself found it. */
static void find_standard_library(char *folder, size_t size) {
    PyObject *found = PySys_GetObject("_stdlib_dir"); /* borrowed */
    const char *path = found && PyUnicode_Check(found) ? PyUnicode_AsUTF8(found) : NULL;
    snprintf(folder, size, "%s", path ? path : "");
    PyErr_Clear();
}

static bool start_collectors(void) {
    static char standard_library[4096];
    find_standard_library(standard_library, sizeof standard_library);
    selection_prepare(profile_header(), standard_library);
    return instrument_prepare() && adopt_existing_functions() && exec_hook_install() && marshal_hook_install() &&
           profile_decorator_install() &&
           main_program_await();
}

static void announce(struct arena_header *header) {
    snprintf(header->python_version, sizeof header->python_version, "%s", PY_VERSION);
    header->host_pid = (uint32_t)getpid();
    __atomic_store_n(&header->host_state, ARENA_HOST_RUNNING, __ATOMIC_RELEASE);
}

static int run(const char *arena_path, char *program, int count, char **arguments) {
    struct error error;
    if (*arena_path && !profile_attach(arena_path, &error))
        return complain(error.text);
    start_python(program, count, arguments);
    struct arena_header *header = profile_header();
    if (header && header->collectors & (COLLECTOR_FUNCTION | COLLECTOR_LINE)) {
        if (!start_collectors()) {
            PyErr_Print();
            return complain("the collectors could not be started");
        }
    }
    if (header) {
        pthread_atfork(NULL, NULL, profile_detach_after_fork);
        announce(header);
    }
    int status = Py_RunMain();
    header = profile_header(); /* a forked child that comes here has none */
    if (header)
        __atomic_store_n(&header->host_state, ARENA_HOST_FINALIZED, __ATOMIC_RELEASE);
    return status;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--describe") == 0) {
        printf("%s %s %s\n", PY_VERSION, PYPROF_HOST_PYTHON, PYPROF_HOST_LINKAGE);
        return 0;
    }
    if (count < 4) {
        fprintf(stderr, "usage: %s ARENA PROGRAM ARGV0 [ARGUMENTS...]\n", arguments[0]);
        return 2;
    }
    return run(arguments[1], arguments[2], count - 3, arguments + 3);
}
