/* engine.c - runs a Python program as the python3 would that this library was loaded into, with the profile's probes in it.
 *
 * One engine, pyprof-host-X.Y.so, serves every build of CPython X.Y: it is compiled against the headers of one and uses nothing but
 * what every executable (or shared libpython) of that minor version exports. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/host/adopt.h"
#include "core/host/calibrate.h"
#include "core/host/children.h"
#include "core/host/exec_hook.h"
#include "core/host/instrument.h"
#include "core/host/lock_waiting.h"
#include "core/host/main_program.h"
#include "core/host/memory_hooks.h"
#include "core/host/monitoring.h"
#include "core/host/native_listener.h"
#include "core/host/original_code.h"
#include "core/host/original_graph.h"
#include "core/host/original_marshal.h"
#include "core/host/own_work.h"
#include "core/host/profile_decorator.h"
#include "core/host/program_end.h"
#include "core/host/pyprof_import.h"
#include "core/host/requests.h"
#include "core/host/selection.h"
#include "core/host/shared_functions.h"
#include "core/host/switching.h"
#include "core/host/thread_names.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"
#include "pyprof/collectors.h"
#include "pyprof/inject.h"

static int complain(const char *what) {
    fprintf(stderr, "pyprof-tui: %s\n", what);
    return INJECT_CANNOT_START;
}

/* Starts the interpreter as python3's own main does. Exits the process where python3 itself would (--help, a bad option), as
 * PyConfig asks for. */
static void start_python(int count, char **arguments) {
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = PyConfig_SetBytesArgv(&config, count, arguments);
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

/* Where there is no room for what memory takes (a limit on address space), the program runs without: that it does is more than what
 * was to be counted. */
static bool install_memory(void) {
    struct arena_header *header = profile_header();
    const char *no_room;
    if (!(header->collectors & COLLECTOR_MEMORY) || memory_hooks_install(&no_room))
        return true;
    if (!no_room)
        return false;
    header->collectors &= ~(uint32_t)COLLECTOR_MEMORY;
    header->collectors_on &= ~(uint32_t)COLLECTOR_MEMORY;
    fprintf(stderr, "pyprof-tui: memory is not counted: %s\n", no_room);
    return true;
}

static bool install_collectors(void) {
    static char standard_library[4096];
    find_standard_library(standard_library, sizeof standard_library);
    selection_prepare(profile_header(), standard_library);
    if (!instrument_prepare())
        return false;
    calibrate_probes();
    requests_watch();
    switching_prepare();
    return adopt_existing_functions() && exec_hook_install() && original_code_install() &&
           original_graph_install() && original_marshal_install() && monitoring_install() && shared_functions_install() &&
           profile_decorator_install() && thread_names_watch() && program_end_await() && install_memory() && main_program_await();
}

static bool start_collectors(void) {
    struct own_work work;
    own_work_begin(&work);
    if (install_collectors()) {
        if (profile_header()->collectors & COLLECTOR_MEMORY)
            native_listener_begin();
        own_work_end(&work);
        return true;
    }
    return false; /* with the exception that says why */
}

/* For the recorder, which reads them from outside. */
static void publish_collection_counts(struct arena_memory *memory) {
    struct python_collection_counts counts;
    python_find_collector_count();
    if (!python_find_collection_counts(&counts))
        return;
    memory->collections_stride = counts.stride;
    for (int i = 0; i < ARENA_GENERATIONS; i++) {
        memory->collections_places[i] = counts.places[i];
        memory->collections_address[i] = (uint64_t)(uintptr_t)counts.first[i];
    }
}

static void announce(struct arena_header *header) {
    const char *version = Py_GetVersion(); /* "3.11.2 (main, ..." */
    snprintf(header->python_version, sizeof header->python_version, "%.*s", (int)strcspn(version, " "), version);
    ssize_t length = readlink("/proc/self/exe", header->executable, sizeof header->executable);
    if (length < 0 || (size_t)length >= sizeof header->executable)
        *header->executable = '\0';
    __atomic_store_n(&header->host_state, ARENA_HOST_RUNNING, __ATOMIC_RELEASE);
}

__attribute__((visibility("default"))) int pyprof_host_main(int count, char **arguments, struct injection *injection) {
    struct error error;
    bool attached = profile_attach(injection->arena_path, &error);
    if (!attached && strcmp(injection->arena_path, injection->main_arena_path) != 0)
        return INJECT_DECLINES; /* the run has ended meanwhile */
    if (!attached || !children_prepare(injection, count, arguments, &error))
        return complain(error.text);
    struct arena_header *header = profile_header();
    header->host_pid = (uint32_t)getpid();
    header->collectors_on = header->collectors;
    lock_waiting_watch(injection);
    start_python(count, arguments);
    publish_collection_counts(&header->memory);
    if (!pyprof_import_install()) {
        PyErr_Print();
        return complain("the module pyprof could not be made");
    }
    if (header->collectors & (COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY | COLLECTOR_BYTECODE) && !start_collectors()) {
        PyErr_Print();
        return complain("the collectors could not be started");
    }
    announce(header);
    int status = Py_RunMain();
    memory_end();
    header = profile_header(); /* NULL in a forked child that got none */
    if (header)
        __atomic_store_n(&header->host_state, ARENA_HOST_FINALIZED, __ATOMIC_RELEASE);
    return status;
}
