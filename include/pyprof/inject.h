/* inject.h - what recorder, injector and engine say to each other while a target starts.
 *
 * The target runs in the user's own python3. The recorder executes it with pyprof-inject.so preloaded (LD_PRELOAD) and the
 * variables below; the injector takes them out of the environment again before the program begins, finds out which CPython it is
 * in, loads the engine that was built for that minor version, pyprof-host-X.Y.so, and lets it run the program. Where the program
 * executes others, the injector gives them the variables again, so that Pythons among them are found, too. */
#ifndef PYPROF_INJECT_H
#define PYPROF_INJECT_H

#include <stdint.h>

#define INJECT_LIBRARY "pyprof-inject.so"
#define INJECT_PRELOAD_VARIABLE "LD_PRELOAD"
#define INJECT_ARENA_VARIABLE "PYPROF_ARENA"   /* absolute path of the program's arena */
#define INJECT_HOSTS_VARIABLE "PYPROF_HOSTS"   /* folders that hold engines, joined by ':' */
#define INJECT_PARENT_VARIABLE "PYPROF_PARENT" /* the profiled process that this one comes from; absent: the recorder */

#define INJECT_ENGINE_PREFIX "pyprof-host-" /* "pyprof-host-3.11.so" */
#define INJECT_ENGINE_SUFFIX ".so"
#define INJECT_ENGINE_MAIN "pyprof_host_main"
#define INJECT_ENGINE_BUILT_FOR "pyprof_host_built_for" /* PY_VERSION_HEX of the headers */

/* Stands in every engine, followed by the version of the headers it was compiled with and the compiler's, each ended by
 * '\0': what `--version` shows. */
#define INJECT_ENGINE_STAMP "pyprof-tui engine for CPython "

/* The versions of CPython an engine can be compiled for: 3.OLDEST to 3.NEWEST. core/host/python_version.h knows them. */
#define INJECT_OLDEST_MINOR 11
#define INJECT_NEWEST_MINOR 15

enum { INJECT_EXECUTES = -1 };      /* instead of an exit status */
#define INJECT_DECLINES INT32_MIN    /* no exit status either */
enum { INJECT_CANNOT_START = 120 }; /* exit status where the engine refuses; the arena's refusal says why */

/* Shared by the injector and its engine; lives as long as the process. */
struct injection {
    const char *arena_path;      /* this process's */
    const char *main_arena_path; /* the program's; the same one in the program itself */
    const char *host_folders;    /* INJECT_HOSTS_VARIABLE's value */
    /* Kept right by the engine after a fork. */
    uint32_t process; /* getpid(): another one is a child that shares this memory until it executes a program */
    uint32_t parent;  /* the profiled process that this one comes from; 0: the recorder */
    /* Set by the engine, called by the injector; NULL: nobody wants to know. The process ends at once, with this status; or its
     * program does, as it executes another (INJECT_EXECUTES); or it could not, and goes on. */
    void (*ends)(int status);
    void (*goes_on)(void);
    /* Waiting on a condition variable in this piece of memory is told to the engine, before and after, on the waiting thread;
     * size 0: none is. */
    uintptr_t watched_memory, watched_size;
    void (*waits)(void);
    void (*waited)(void);
};

extern const unsigned long pyprof_host_built_for;

/* An engine's one entry: runs the program that the command line names, as python3 would. Its exit status; INJECT_DECLINES where
 * nothing has begun yet, as a child's arena is gone already. */
int pyprof_host_main(int count, char **arguments, struct injection *injection);
typedef int (*inject_engine_main)(int count, char **arguments, struct injection *injection);

#endif
