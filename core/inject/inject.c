/* inject.c - preloaded into the target's python3 (or into what starts it): takes the place of its main.
 *
 * Needs nothing but libc, as it is loaded into whatever program the recorder starts: where `python3` is a script that looks for the
 * right Python (pyenv, asdf), its shell and everything it runs come first, and are left alone. */
#include "core/inject/inject.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/inject/refuse.h"
#include "pyprof/arena.h"

typedef int (*main_function)(int, char **, char **);
typedef int (*start_main)(main_function, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

static main_function program_main;
static struct injection injection;

/* --- the environment ------------------------------------------------------------------------------------ */

/* Takes NAME's variable out, without a gap and with the others in their order. */
static void remove_variable(const char *name) {
    size_t length = strlen(name);
    char **to = environ;
    for (char **from = environ; *from; from++)
        if (strncmp(*from, name, length) != 0 || (*from)[length] != '=')
            *to++ = *from;
    *to = NULL;
}

/* LD_PRELOAD as it was before the recorder put this library in front. */
static void restore_preload(void) {
    char *value = getenv(INJECT_PRELOAD_VARIABLE);
    char *rest = value ? strchr(value, ':') : NULL;
    if (rest)
        memmove(value, rest + 1, strlen(rest + 1) + 1);
    else
        remove_variable(INJECT_PRELOAD_VARIABLE);
}

/* Remembers what the recorder said and makes the environment what the user's shell gave. */
static bool take_settings(void) {
    const char *arena = getenv(INJECT_ARENA_VARIABLE), *hosts = getenv(INJECT_HOSTS_VARIABLE);
    injection.arena_path = arena ? strdup(arena) : NULL;
    injection.host_folders = hosts ? strdup(hosts) : NULL;
    if (!injection.arena_path || !injection.host_folders)
        return false;
    remove_variable(INJECT_ARENA_VARIABLE);
    remove_variable(INJECT_HOSTS_VARIABLE);
    restore_preload();
    return true;
}

/* --- the engine ----------------------------------------------------------------------------------------- */

static bool has_symbol(const char *name) { return dlsym(RTLD_DEFAULT, name) != NULL; }

/* "3.11", "3.13t" (without the interpreter lock), "3.11d" (for debugging), "PyPy": what tells an engine apart, also where there can
 * be none for it: a program must not run unseen. false: this program is not a Python. */
static bool find_version(char version[INJECT_VERSION_SIZE]) {
    const char *(*get_version)(void) = (const char *(*)(void))(uintptr_t)dlsym(RTLD_DEFAULT, "Py_GetVersion");
    if (has_symbol("pypy_setup_home"))
        return strcpy(version, "PyPy") != NULL;
    if (!get_version || !(has_symbol("Py_BytesMain") || has_symbol("Py_Main"))) /* 3.8 and later; earlier */
        return false;
    const char *text = get_version(); /* "3.11.2 (main, ...) [GCC ...]", also before the interpreter is initialised */
    size_t major = strspn(text, "0123456789");
    size_t minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
    const char *build = strstr(text, "free-threading build") ? "t" : has_symbol("_Py_NegativeRefcount") ? "d" : "";
    int length = snprintf(version, INJECT_VERSION_SIZE, "%.*s%s", (int)(major + 1 + minor), text, build);
    return minor > 0 && length < INJECT_VERSION_SIZE;
}

/* The first engine for this version in one of the folders; *error: why it could not be loaded (NULL: there is none). */
static void *load_engine(const char *version, const char **error) {
    *error = NULL;
    for (const char *at = injection.host_folders; *at;) {
        size_t length = strcspn(at, ":");
        char path[ARENA_PATH_SIZE];
        int written = snprintf(path, sizeof path, "%.*s/" INJECT_ENGINE_PREFIX "%s" INJECT_ENGINE_SUFFIX, (int)length, at,
                               version);
        at += length + (at[length] == ':');
        if (written >= (int)sizeof path || access(path, R_OK) != 0)
            continue;
        void *engine = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!engine)
            *error = dlerror();
        return engine;
    }
    return NULL;
}

static int run_engine(int count, char **arguments, const char *version) {
    const char *error;
    void *engine = load_engine(version, &error);
    if (!engine)
        return refuse(injection.arena_path, error ? ARENA_REFUSED_BROKEN : ARENA_REFUSED_MISSING, error ? error : version);
    inject_engine_main engine_main = (inject_engine_main)(uintptr_t)dlsym(engine, INJECT_ENGINE_MAIN);
    if (!engine_main)
        return refuse(injection.arena_path, ARENA_REFUSED_BROKEN, dlerror());
    return engine_main(count, arguments, &injection);
}

static int injected_main(int count, char **arguments, char **environment) {
    char version[INJECT_VERSION_SIZE];
    if (!getenv(INJECT_ARENA_VARIABLE) || !find_version(version) || !take_settings())
        return program_main(count, arguments, environment);
    return run_engine(count, arguments, version);
}

__attribute__((visibility("default"))) int __libc_start_main(main_function main, int count, char **arguments,
                                                             void (*init)(void), void (*fini)(void),
                                                             void (*loader_fini)(void), void *stack_end) {
    start_main libc_start_main = (start_main)(uintptr_t)dlsym(RTLD_NEXT, "__libc_start_main");
    program_main = main;
    return libc_start_main(injected_main, count, arguments, init, fini, loader_fini, stack_end);
}
