#include "core/recorder/find_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool join(char to[ARENA_PATH_SIZE], const char *folder, const char *name) {
    int length = snprintf(to, ARENA_PATH_SIZE, "%s%s%s", folder, *folder ? "/" : "", name);
    return length > 0 && length < ARENA_PATH_SIZE;
}

static bool make_absolute(char path[ARENA_PATH_SIZE]) {
    if (*path == '/')
        return true;
    char *here = getcwd(NULL, 0), *given = strdup(path);
    bool done = here && given && join(path, here, given);
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
            if (join(path, length ? folder : ".", name) && is_program(path) && make_absolute(path))
                return true;
        }
        at += length + (at[length] == ':');
    }
    *path = '\0';
    return false;
}

bool find_program(const char *name, char path[ARENA_PATH_SIZE]) {
    return strchr(name, '/') ? join(path, "", name) && is_program(path) && make_absolute(path) : find_in_path(name, path);
}
