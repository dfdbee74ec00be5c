/* inject.c - preloaded into the target's python3 and the programs that it executes: takes the place of a Python's main.
 *
 * Needs nothing but libc, as it is loaded into whatever is executed: where `python3` is a script that looks for the right Python
 * (pyenv, asdf), its shell and everything it runs come first; and a Python executes others through shells. They run as they are.
 * The first Python of a run is its program, the others are child processes. */
#include "core/inject/inject.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/inject/inheritance.h"
#include "core/inject/program.h"
#include "core/inject/refuse.h"
#include "core/inject/whole_file.h"
#include "core/profile/child_arena.h"

enum { VERSION_SIZE = 16, HEAD_SIZE = 4096 };

typedef int (*main_function)(int, char **, char **);
typedef int (*start_main)(main_function, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

struct injection injection;
static main_function program_main;

void *next_function(const char *name) { return dlsym(RTLD_NEXT, name); }

/* --- which Python ----------------------------------------------------------------------------------------- */

static bool has_symbol(const char *name) { return dlsym(RTLD_DEFAULT, name) != NULL; }

/* "3.11", "3.13t" (without the interpreter lock), "3.11d" (for debugging), "PyPy": what tells an engine apart, also where there can
 * be none for it: a program must not run unseen. false: this program is not a Python. */
static bool find_version(char version[VERSION_SIZE]) {
    const char *(*get_version)(void) = (const char *(*)(void))(uintptr_t)dlsym(RTLD_DEFAULT, "Py_GetVersion");
    if (has_symbol("pypy_setup_home"))
        return strcpy(version, "PyPy") != NULL;
    if (!get_version || !(has_symbol("Py_BytesMain") || has_symbol("Py_Main"))) /* 3.8 and later; earlier */
        return false;
    const char *text = get_version(); /* "3.11.2 (main, ...) [GCC ...]", also before the interpreter is initialised */
    size_t major = strspn(text, "0123456789");
    size_t minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
    const char *build = strstr(text, "free-threading build") ? "t" : has_symbol("_Py_NegativeRefcount") ? "d" : "";
    int length = snprintf(version, VERSION_SIZE, "%.*s%s", (int)(major + 1 + minor), text, build);
    return minor > 0 && length < VERSION_SIZE;
}

/* Is this file the same as the program's own Python, which process `pid` runs? Of a copy size and beginning are the same, with them
 * the linker's hash of all of it. */
static bool is_copy(uint32_t pid) {
    char path[32], own_head[HEAD_SIZE], head[HEAD_SIZE];
    struct stat own_status, status;
    snprintf(path, sizeof path, "/proc/%u/exe", (unsigned)pid);
    int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), other = open(path, O_RDONLY | O_CLOEXEC);
    bool same = own >= 0 && other >= 0 && fstat(own, &own_status) == 0 && fstat(other, &status) == 0 &&
                own_status.st_size == status.st_size && pread(own, own_head, sizeof head, 0) == (ssize_t)sizeof head &&
                pread(other, head, sizeof head, 0) == (ssize_t)sizeof head && memcmp(own_head, head, sizeof head) == 0;
    if (own >= 0)
        close(own);
    if (other >= 0)
        close(other);
    return same;
}

/* A Python that is part of another program (an editor, a debugger) has a main of its own to run. */
static bool is_named_python(void) {
    char path[ARENA_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    const char *name = strrchr(path, '/');
    return name && (strncmp(name + 1, "python", strlen("python")) == 0 || strncmp(name + 1, "pypy", strlen("pypy")) == 0);
}

/* --- the engine ------------------------------------------------------------------------------------------- */

/* All releases of a minor version share their insides; what came before the first one may differ from everything else. */
static bool is_built_for_this(void *engine) {
    const unsigned long *built_for = dlsym(engine, INJECT_ENGINE_BUILT_FOR), *here = dlsym(RTLD_DEFAULT, "Py_Version");
    bool both_released = built_for && here && (*built_for >> 4 & 0xf) == 0xf && (*here >> 4 & 0xf) == 0xf;
    return both_released || !here || (built_for && *built_for == *here);
}

static const char *complain(const char *path, const char *what) {
    static char complaint[ARENA_PATH_SIZE + 80];
    snprintf(complaint, sizeof complaint, "%s: %s", path, what);
    return complaint;
}

/* NULL: *error says why, and begins with the path. */
static void *open_library(const char *path, const char **error) {
    if (!is_whole_file(path)) {
        *error = complain(path, "the file is damaged");
        return NULL;
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *error = !library ? dlerror() : !is_built_for_this(library) ? complain(path, "built for another pre-release") : NULL;
    return *error ? NULL : library;
}

/* The first engine for this version in one of the folders; *error: why it could not be loaded (NULL: there is none). */
static void *load_library(const char *version, const char **error) {
    *error = NULL;
    for (const char *at = injection.host_folders; *at;) {
        size_t length = strcspn(at, ":");
        char path[ARENA_PATH_SIZE];
        int written = snprintf(path, sizeof path, "%.*s/" INJECT_ENGINE_PREFIX "%s" INJECT_ENGINE_SUFFIX, (int)length, at,
                               version);
        at += length + (at[length] == ':');
        if (written >= (int)sizeof path || access(path, R_OK) != 0)
            continue;
        return open_library(path, error);
    }
    return NULL;
}

/* The entry of this Python's engine; NULL: there is none, for this reason. */
static inject_engine_main load_engine(const char *version, enum arena_refusal *reason, const char **detail) {
    void *engine = load_library(version, detail);
    *reason = *detail ? ARENA_REFUSED_BROKEN : ARENA_REFUSED_MISSING;
    if (!engine) {
        *detail = *detail ? *detail : version;
        return NULL;
    }
    inject_engine_main engine_main = (inject_engine_main)(uintptr_t)dlsym(engine, INJECT_ENGINE_MAIN);
    *reason = ARENA_REFUSED_BROKEN;
    *detail = engine_main ? NULL : dlerror();
    return engine_main;
}

/* --- program and child processes -------------------------------------------------------------------------- */

/* Makes this process's own arena. false: it goes on without, as the run is over or there is no room. */
static bool become_child(struct arena_header *header) {
    static struct arena arena; /* its path is kept */
    if (!child_arena_create(&arena, injection.main_arena_path, header, injection.parent, ARENA_FIRST_ROOM, NULL))
        return false;
    if (!child_arena_publish(&arena, header)) {
        child_arena_remove(&arena);
        return false;
    }
    arena_detach(&arena);
    injection.arena_path = arena.path;
    return true;
}

/* Is this the first Python of the run? It is the program from now on. */
static bool become_program(struct arena_header *header) {
    uint32_t nobody = 0;
    injection.arena_path = injection.main_arena_path;
    return __atomic_compare_exchange_n(&header->host_pid, &nobody, (uint32_t)getpid(), false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static void lose_process(struct arena_header *header) {
    if (header->exit_kind == ARENA_EXIT_NONE)
        __atomic_fetch_add(&header->lost_processes, 1, __ATOMIC_RELAXED);
}

/* Says why nobody counts this process, in an arena of its own. */
static void name_lost_process(struct arena_header *header, enum arena_refusal reason, const char *detail) {
    struct arena arena;
    if (!child_arena_create(&arena, injection.main_arena_path, header, injection.parent, 0, NULL)) {
        lose_process(header);
        return;
    }
    refuse(arena.header, reason, detail);
    if (child_arena_publish(&arena, header))
        arena_detach(&arena);
    else
        child_arena_remove(&arena);
}

/* What runs this Python with probes; NULL: nothing, it is to run as it is. */
static inject_engine_main find_engine(struct arena_header *header, const char *version, int *status) {
    enum arena_refusal reason;
    const char *detail;
    uint32_t program = __atomic_load_n(&header->host_pid, __ATOMIC_ACQUIRE);
    if (program && (!header->children || !(is_named_python() || is_copy(program))))
        return NULL;
    inject_engine_main engine_main = load_engine(version, &reason, &detail);
    if (engine_main && ((!program && become_program(header)) || become_child(header)))
        return engine_main;
    if (engine_main)
        lose_process(header);
    else if (program)
        name_lost_process(header, reason, detail);
    else
        *status = refuse(header, reason, detail);
    return NULL;
}

static int run_python(int count, char **arguments, char **environment, const char *version) {
    struct arena_header *header = arena_header_map(injection.main_arena_path);
    int status = 0;
    inject_engine_main engine_main = header ? find_engine(header, version, &status) : NULL;
    if (!header || !header->children)
        inheritance_end();
    if (header)
        arena_header_unmap(header);
    if (status)
        return status;
    if (!engine_main)
        return program_main(count, arguments, environment);
    injection.process = (uint32_t)getpid();
    status = engine_main(count, arguments, &injection);
    return status == INJECT_DECLINES ? program_main(count, arguments, environment) : status;
}

static int injected_main(int count, char **arguments, char **environment) {
    char version[VERSION_SIZE];
    if (!inheritance_take())
        return program_main(count, arguments, environment);
    if (!program_find_loader())
        inheritance_end();
    if (!find_version(version))
        return program_main(count, arguments, environment);
    return run_python(count, arguments, environment, version);
}

__attribute__((visibility("default"))) int __libc_start_main(main_function main, int count, char **arguments,
                                                             void (*init)(void), void (*fini)(void),
                                                             void (*loader_fini)(void), void *stack_end) {
    start_main libc_start_main = (start_main)(uintptr_t)next_function("__libc_start_main");
    program_main = main;
    return libc_start_main(injected_main, count, arguments, init, fini, loader_fini, stack_end);
}
