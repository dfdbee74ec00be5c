/* spawn.c - glibc's functions that start a process with a program in it, handing on to it what this process was told; and the
 * one that ends a process at once. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/inject/inheritance.h"
#include "core/inject/inject.h"
#include "core/inject/program.h"

#define INTERPOSED __attribute__((visibility("default")))
#define SHELL "/bin/sh"

typedef int (*spawn_function)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                              char *const[], char *const[]);

static struct {
    spawn_function posix_spawn, posix_spawnp;
    int (*system)(const char *);
    FILE *(*popen)(const char *, const char *);
} next;

__attribute__((constructor)) static void find_next(void) {
#define FIND(name) *(void **)&next.name = next_function(#name)
    FIND(posix_spawn);
    FIND(posix_spawnp);
    FIND(system);
    FIND(popen);
#undef FIND
}

/* Another library may be initialised, and start something, before this one. */
#define NEXT(name) (next.name ? next.name : (find_next(), next.name))

/* --- posix_spawn ------------------------------------------------------------------------------------------ */

/* path: the program that will be found. */
static int spawn(spawn_function function, pid_t *pid, const char *name, const char *path,
                 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const arguments[],
                 char *const environment[]) {
    if (!path || !inheritance_is_wanted(environment) || !program_can_be_preloaded(AT_FDCWD, path, 0))
        return function(pid, name, actions, attributes, arguments, environment);
    char **rows = malloc(inheritance_rows(environment) * sizeof *rows), *text = malloc(inheritance_text_size(environment));
    int failure = ENOMEM;
    if (rows && text) {
        inheritance_hand_on(rows, text, environment, inheritance_parent_of_new());
        failure = function(pid, name, actions, attributes, arguments, rows);
    }
    free(rows);
    free(text);
    return failure;
}

INTERPOSED int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    return spawn(NEXT(posix_spawn), pid, path, path, actions, attributes, arguments, environment);
}

INTERPOSED int posix_spawnp(pid_t *pid, const char *name, const posix_spawn_file_actions_t *actions,
                            const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    char room[PATH_MAX];
    return spawn(NEXT(posix_spawnp), pid, name, program_find(name, room), actions, attributes, arguments, environment);
}

/* --- system ----------------------------------------------------------------------------------------------- */

/* While a command runs, the process itself does not end by the keys that are meant for it; several threads may wait. */
static struct {
    pthread_mutex_t lock;
    int waiting;
    struct sigaction interrupt, quit;
} commands = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void begin_waiting(sigset_t *mask) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t child;
    pthread_mutex_lock(&commands.lock);
    if (commands.waiting++ == 0) {
        sigaction(SIGINT, &ignore, &commands.interrupt);
        sigaction(SIGQUIT, &ignore, &commands.quit);
    }
    pthread_mutex_unlock(&commands.lock);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, mask);
}

static void end_waiting(const sigset_t *mask) {
    pthread_mutex_lock(&commands.lock);
    if (--commands.waiting == 0) {
        sigaction(SIGINT, &commands.interrupt, NULL);
        sigaction(SIGQUIT, &commands.quit, NULL);
    }
    pthread_mutex_unlock(&commands.lock);
    pthread_sigmask(SIG_SETMASK, mask, NULL);
}

/* The shell gets the signals as the process had them. */
static int spawn_shell(pid_t *pid, const char *command, const sigset_t *mask) {
    char *arguments[] = {"sh", "-c", (char *)command, NULL};
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    if (commands.interrupt.sa_handler != SIG_IGN)
        sigaddset(&defaults, SIGINT);
    if (commands.quit.sa_handler != SIG_IGN)
        sigaddset(&defaults, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int failure = posix_spawn(pid, SHELL, NULL, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

/* As glibc's own, which would start the shell by a function that nobody can stand in front of. */
INTERPOSED int system(const char *command) {
    if (!command || !inheritance_is_wanted(environ))
        return NEXT(system)(command);
    sigset_t mask;
    pid_t pid, ended;
    begin_waiting(&mask);
    int status = W_EXITCODE(127, 0), failure = spawn_shell(&pid, command, &mask);
    if (!failure) {
        do
            ended = waitpid(pid, &status, 0);
        while (ended < 0 && errno == EINTR);
        if (ended != pid)
            status = -1;
    }
    int failed_wait = errno;
    end_waiting(&mask);
    errno = failure ? failure : failed_wait;
    return status;
}

/* --- popen ------------------------------------------------------------------------------------------------ */

/* The shell is started with what the environment is at that moment: it is the larger one for as long. That is never freed, as
 * another thread may be looking at it; it is used again while it is large enough. */
static FILE *popen_handing_on(const char *command, const char *mode) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char **rows, *text;
    static size_t row_room, text_room;
    pthread_mutex_lock(&lock);
    char **before = environ;
    size_t row_count = inheritance_rows(before), text_size = inheritance_text_size(before);
    if (row_count > row_room || text_size > text_room) {
        rows = malloc(row_count * sizeof *rows);
        text = malloc(text_size);
        row_room = rows && text ? row_count : 0;
        text_room = rows && text ? text_size : 0;
    }
    if (row_room) {
        inheritance_hand_on(rows, text, before, inheritance_parent_of_new());
        environ = rows;
    }
    FILE *stream = NEXT(popen)(command, mode);
    if (row_room && environ == rows)
        environ = before;
    pthread_mutex_unlock(&lock);
    return stream;
}

INTERPOSED FILE *popen(const char *command, const char *mode) {
    if (inheritance_is_wanted(environ) && program_can_be_preloaded(AT_FDCWD, SHELL, 0))
        return popen_handing_on(command, mode);
    return NEXT(popen)(command, mode);
}

/* --- the end ---------------------------------------------------------------------------------------------- */

static _Noreturn void end_process(int status) {
    if (injection.ends && injection.process == (uint32_t)getpid())
        injection.ends(status);
    for (;;)
        syscall(SYS_exit_group, status);
}

INTERPOSED void _exit(int status) { end_process(status); }
INTERPOSED void _Exit(int status) { end_process(status); }
