#include "core/recorder/session_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/recorder/target.h"
#include "pyprof/session.h"

bool session_path_unused(const char *folder, const char *name, char path[ARENA_PATH_SIZE]) {
    const char *dot = strrchr(name, '.');
    int stem = dot ? (int)(dot - name) : (int)strlen(name);
    const char *slash = *folder && folder[strlen(folder) - 1] == '/' ? "" : "/";
    for (unsigned number = 1;; number++) {
        char suffix[16] = "";
        if (number > 1)
            snprintf(suffix, sizeof suffix, "-%u", number);
        int length = snprintf(path, ARENA_PATH_SIZE, "%s%s%.*s%s%s", folder, slash, stem, name, suffix, name + stem);
        if (length < 0 || length >= ARENA_PATH_SIZE)
            return false;
        struct stat status;
        if (lstat(path, &status))
            return true;
    }
}

bool session_path_make_absolute(const char *given, char path[ARENA_PATH_SIZE], struct error *error) {
    char *here = *given == '/' ? NULL : getcwd(NULL, 0);
    int length = here ? snprintf(path, ARENA_PATH_SIZE, "%s/%s", here, given)
                      : snprintf(path, ARENA_PATH_SIZE, "%s", given);
    free(here);
    return (length > 0 && length < ARENA_PATH_SIZE) ||
           error_set(error, EXIT_STATUS_USAGE, "%.80s...: this path is too long for a session", given);
}

bool session_path_choose(const struct config *config, time_t now, char path[ARENA_PATH_SIZE], struct error *error) {
    if (config->output.session)
        return session_path_make_absolute(config->output.session, path, error);
    char name[192], script[128], stamp[32];
    struct tm local;
    target_file_name(config, script);
    localtime_r(&now, &local);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local);
    snprintf(name, sizeof name, "pyprof-%s-%s.pyprof", script, stamp);
    char *here = getcwd(NULL, 0);
    bool done = session_path_unused(here ? here : ".", name, path);
    free(here);
    return done || error_set(error, EXIT_STATUS_USAGE,
                             "the current folder's path is too long for a session; name one with -o");
}

/* Tried rather than asked: what a file system refuses stands in no permission bits. */
static bool can_create_file(const char *folder) {
    char path[ARENA_PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/.pyprof-XXXXXX", folder);
    int file = mkostemp(path, O_CLOEXEC);
    if (file < 0)
        return false;
    close(file);
    unlink(path);
    return true;
}

static bool check_folder(const char *path, struct error *error) {
    const char *slash = strrchr(path, '/');
    char folder[ARENA_PATH_SIZE];
    int length = slash ? (int)(slash - path) : 0;
    snprintf(folder, sizeof folder, "%.*s", slash ? (length ? length : 1) : 1, slash ? path : ".");
    struct stat status;
    if (stat(folder, &status))
        return error_set(error, EXIT_STATUS_USAGE,
                         "%s: cannot save the session in %s: %s; make the folder or name another "
                         "with -o", path, folder, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return error_set(error, EXIT_STATUS_USAGE, "%s: cannot save the session: %s is no folder; name another with -o",
                         path, folder);
    return can_create_file(folder) ||
           error_set(error, EXIT_STATUS_USAGE, "%s: cannot save the session in %s: %s; name another place with -o",
                     path,
                     folder, strerror(errno));
}

/* A session may be replaced by a newer one; a script that was named by mistake may not. */
static bool check_file(const char *path, struct error *error) {
    struct stat status;
    if (stat(path, &status))
        return errno == ENOENT || error_set(error, EXIT_STATUS_USAGE,
                                            "%s: cannot save the session: %s; name another file "
                                            "with -o", path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return error_set(error, EXIT_STATUS_USAGE,
                         "%s: cannot save the session: it is a directory; name a file with -o",
                         path);
    if (!S_ISREG(status.st_mode) || (status.st_size > 0 && !session_is_session(path)))
        return error_set(error, EXIT_STATUS_USAGE,
                         "%s: exists and is no session, so it is not overwritten; name another "
                         "file with -o", path);
    return true;
}

bool session_path_check(const char *path, struct error *error) {
    return check_folder(path, error) && check_file(path, error);
}
