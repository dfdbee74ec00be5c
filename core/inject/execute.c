/* execute.c - glibc's exec functions, handing on to the new program what this process was told (inheritance.h).
 *
 * They are called between fork or vfork and exec as well, so nothing here allocates or changes memory but its own stack. Where
 * there is nothing to hand on, the call goes on as it came. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/inject/inheritance.h"
#include "core/inject/inject.h"
#include "core/inject/program.h"

#define INTERPOSED __attribute__((visibility("default")))

enum { MOST_ARGUMENTS = 1 << 16, MOST_VARIABLES = 1 << 16, MOST_TEXT = 1 << 17 };

static struct {
    int (*execve)(const char *, char *const[], char *const[]);
    int (*execvpe)(const char *, char *const[], char *const[]);
    int (*fexecve)(int, char *const[], char *const[]);
    int (*execveat)(int, const char *, char *const[], char *const[], int);
} next;

__attribute__((constructor)) static void find_next(void) {
#define FIND(name) *(void **)&next.name = next_function(#name)
    FIND(execve);
    FIND(execvpe);
    FIND(fexecve);
    FIND(execveat);
#undef FIND
}

/* Another library may be initialised, and execute something, before this one. */
#define NEXT(name) (next.name ? next.name : (find_next(), next.name))

/* One call of exec, whichever it was. */
struct execution {
    enum { BY_PATH, BY_NAME, BY_FILE, BY_FOLDER } how;
    const char *path;
    int file; /* BY_FILE: the program; BY_FOLDER: what path is relative to */
    int flags;
    char *const *arguments;
};

static int execute_as_it_is(const struct execution *execution, char *const environment[]) {
    switch (execution->how) {
    case BY_PATH:
        return NEXT(execve)(execution->path, execution->arguments, environment);
    case BY_NAME:
        return NEXT(execvpe)(execution->path, execution->arguments, environment);
    case BY_FILE:
        return NEXT(fexecve)(execution->file, execution->arguments, environment);
    default:
        return NEXT(execveat)(execution->file, execution->path, execution->arguments, environment, execution->flags);
    }
}

/* A name whose file is neither a program nor a script with an interpreter is given to the shell. */
static bool name_can_be_preloaded(const char *name) {
    char room[PATH_MAX];
    const char *path = program_find(name, room);
    return path && program_can_be_preloaded(AT_FDCWD, path, 0);
}

static bool can_be_preloaded(const struct execution *execution) {
    switch (execution->how) {
    case BY_PATH:
        return program_can_be_preloaded(AT_FDCWD, execution->path, 0);
    case BY_NAME:
        return name_can_be_preloaded(execution->path);
    case BY_FILE:
        return program_file_can_be_preloaded(execution->file);
    default:
        return *execution->path ? program_can_be_preloaded(execution->file, execution->path,
                                                           execution->flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0)
                                : program_file_can_be_preloaded(execution->file);
    }
}

static int execute_handing_on(const struct execution *execution, char *const environment[], size_t rows, size_t size) {
    char *larger[rows], text[size];
    inheritance_hand_on(larger, text, environment, inheritance_parent_of_own());
    return execute_as_it_is(execution, larger);
}

/* What runs in this process ends with it, if it comes to pass. */
static bool is_in_own_process(void) { return injection.ends && injection.process == (uint32_t)getpid(); }

static int execute(const struct execution *execution, char *const environment[]) {
    bool own = is_in_own_process();
    if (own)
        injection.ends(INJECT_EXECUTES);
    int status = -1;
    size_t rows = 0, size = 0;
    bool hand_on = inheritance_is_wanted(environment) && can_be_preloaded(execution);
    if (hand_on) {
        rows = inheritance_rows(environment);
        size = inheritance_text_size(environment);
    }
    if (hand_on && rows < MOST_VARIABLES && size < MOST_TEXT)
        status = execute_handing_on(execution, environment, rows, size);
    else
        status = execute_as_it_is(execution, environment);
    if (own)
        injection.goes_on();
    return status;
}

INTERPOSED int execve(const char *path, char *const arguments[], char *const environment[]) {
    return execute(&(struct execution){BY_PATH, .path = path, .arguments = arguments}, environment);
}

INTERPOSED int execv(const char *path, char *const arguments[]) {
    return execute(&(struct execution){BY_PATH, .path = path, .arguments = arguments}, environ);
}

INTERPOSED int execvpe(const char *name, char *const arguments[], char *const environment[]) {
    return execute(&(struct execution){BY_NAME, .path = name, .arguments = arguments}, environment);
}

INTERPOSED int execvp(const char *name, char *const arguments[]) {
    return execute(&(struct execution){BY_NAME, .path = name, .arguments = arguments}, environ);
}

INTERPOSED int fexecve(int file, char *const arguments[], char *const environment[]) {
    return execute(&(struct execution){BY_FILE, .file = file, .arguments = arguments}, environment);
}

INTERPOSED int execveat(int folder, const char *path, char *const arguments[], char *const environment[], int flags) {
    return execute(&(struct execution){BY_FOLDER, .path = path, .file = folder, .flags = flags, .arguments = arguments},
                   environment);
}

/* --- arguments one by one --------------------------------------------------------------------------------- */

/* Up to and with the NULL; 0: too many for a stack. */
static size_t count_arguments(va_list list) {
    size_t count = 2; /* the first, and the NULL */
    while (va_arg(list, const char *))
        if (++count > MOST_ARGUMENTS)
            return 0;
    return count;
}

static void collect_arguments(char **arguments, size_t count, const char *first, va_list list) {
    arguments[0] = (char *)first;
    for (size_t i = 1; i < count; i++)
        arguments[i] = va_arg(list, char *);
}

#define EXECUTE_LIST(by, path_or_name, first, last_environment)                                               \
    va_list list;                                                                                              \
    va_start(list, first);                                                                                     \
    size_t count = count_arguments(list);                                                                      \
    va_end(list);                                                                                              \
    if (count == 0) {                                                                                          \
        errno = E2BIG;                                                                                         \
        return -1;                                                                                             \
    }                                                                                                          \
    char *arguments[count];                                                                                    \
    va_start(list, first);                                                                                     \
    collect_arguments(arguments, count, first, list);                                                          \
    char *const *environment = (last_environment) ? va_arg(list, char *const *) : environ;                     \
    va_end(list);                                                                                              \
    return execute(&(struct execution){by, .path = path_or_name, .arguments = arguments}, environment)

INTERPOSED int execl(const char *path, const char *first, ...) { EXECUTE_LIST(BY_PATH, path, first, false); }
INTERPOSED int execle(const char *path, const char *first, ...) { EXECUTE_LIST(BY_PATH, path, first, true); }
INTERPOSED int execlp(const char *name, const char *first, ...) { EXECUTE_LIST(BY_NAME, name, first, false); }
