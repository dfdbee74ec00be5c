#include "core/recorder/interpreter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>


static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool copy_path(char to[ARENA_PATH_SIZE], const char *folder, const char *name) {
    int length = snprintf(to, ARENA_PATH_SIZE, "%s%s%s", folder, *folder ? "/" : "", name);
    return length > 0 && length < ARENA_PATH_SIZE;
}

/* Absolute, but with its symbolic links: that is how python3 names itself, and how it finds its environment. */
static bool make_absolute(char path[ARENA_PATH_SIZE]) {
    if (*path == '/')
        return true;
    char *here = getcwd(NULL, 0), *given = strdup(path);
    bool done = here && given && copy_path(path, here, given);
    free(here);
    free(given);
    return done;
}

static bool find_in_path(const char *name, char path[ARENA_PATH_SIZE]) {
    const char *at = getenv("PATH");
    if (!at)
        at = "/usr/local/bin:/usr/bin:/bin";
    while (*at) {
        size_t length = strcspn(at, ":");
        char folder[ARENA_PATH_SIZE];
        if (length < sizeof folder) {
            snprintf(folder, sizeof folder, "%.*s", (int)length, at);
            if (copy_path(path, length ? folder : ".", name) && is_program(path) && make_absolute(path))
                return true;
        }
        at += length + (at[length] == ':');
    }
    *path = '\0';
    return false;
}

static bool find_named(const char *name, char path[ARENA_PATH_SIZE], struct error *error) {
    bool found = strchr(name, '/') ? copy_path(path, "", name) && is_program(path) && make_absolute(path)
                                   : find_in_path(name, path);
    return found || error_set(error, EXIT_STATUS_USAGE, "%s: no such interpreter; give --python the path of a python3",
                              name);
}

/* The active virtual environment's, where there is one. */
static bool find_in_environment(char path[ARENA_PATH_SIZE]) {
    const char *environment = getenv("VIRTUAL_ENV");
    return environment && *environment && copy_path(path, environment, "bin/python3") && is_program(path) &&
           make_absolute(path);
}

bool interpreter_find(const struct config *config, struct interpreter *interpreter, struct error *error) {
    char in_path[ARENA_PATH_SIZE], *program = interpreter->program;
    bool named = config->target.python != NULL;
    if (named && !find_named(config->target.python, program, error))
        return false;
    bool found = find_in_path("python3", in_path);
    if (!named && !find_in_environment(program)) {
        if (!found)
            return error_set(error, EXIT_STATUS_USAGE, "there is no python3 in PATH; give --python the path of one");
        memcpy(program, in_path, sizeof in_path);
    }
    bool called_by_name = !named && found && strcmp(in_path, program) == 0;
    snprintf(interpreter->argument0, sizeof interpreter->argument0, "%s", called_by_name ? "python3" : program);
    return true;
}
