#include "tui/app/command_checks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pyprof/session.h"

#define SCRIPT_REMEDY "give the path of a Python script, or -m MODULE"

static const char *shown(const char *path) { return *path ? path : "\"\""; }

static bool has_file(const char *folder, const char *name) {
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return false;
    bool found = access(path, R_OK) == 0;
    free(path);
    return found;
}

bool command_check_script(const char *path, struct error *error) {
    struct stat status;
    if (strcmp(path, "-") == 0)
        return true;
    if (stat(path, &status) != 0 && errno == ENOENT)
        return error_set(error, EXIT_STATUS_USAGE, "%s: no such file; " SCRIPT_REMEDY, shown(path));
    if (stat(path, &status) != 0)
        return error_set(error, EXIT_STATUS_USAGE, "%s: %s; " SCRIPT_REMEDY, path, strerror(errno));
    if (S_ISDIR(status.st_mode) && !has_file(path, "__main__.py") && !has_file(path, "__main__.pyc"))
        return error_set(error, EXIT_STATUS_USAGE, "%s: this folder has no __main__.py; " SCRIPT_REMEDY, path);
    if (access(path, R_OK) != 0)
        return error_set(error, EXIT_STATUS_USAGE, "%s: it cannot be read: %s; give yourself the right to read it",
                         path, strerror(errno));
    return true;
}

bool command_check_working_folder(const char *path, struct error *error) {
    struct stat status;
    if (!path)
        return true;
    if (stat(path, &status) != 0)
        return error_set(error, EXIT_STATUS_USAGE, "%s: %s; correct target.cwd", path,
                         errno == ENOENT ? "no such folder" : strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return error_set(error, EXIT_STATUS_USAGE, "%s: this is no folder; correct target.cwd", path);
    if (access(path, X_OK) != 0)
        return error_set(error, EXIT_STATUS_USAGE, "%s: it cannot be entered: %s; correct target.cwd", path,
                         strerror(errno));
    return true;
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), end_length = strlen(end);
    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

bool command_is_session(const char *path) {
    struct stat status;
    if (session_is_session(path))
        return true;
    return ends_with(path, ".pyprof") && !(stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

bool command_check_session(const char *path, struct error *error) {
    if (access(path, F_OK) == 0)
        return true;
    return error_set(error, EXIT_STATUS_USAGE, "%s: %s; give the path of a saved session", path,
                     errno == ENOENT ? "no such file" : strerror(errno));
}

static bool check_folder_of(const char *path, struct error *error) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    struct stat status;
    bool good = true;
    if (!folder)
        good = error_set(error, 1, "memory is out; close other programs and try again");
    else if (stat(folder, &status) != 0)
        good = error_set(error, EXIT_STATUS_USAGE,
                         "%s: its folder %s cannot be used: %s; make it, or choose another path",
                         path, folder, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        good = error_set(error, EXIT_STATUS_USAGE, "%s: %s is no folder; choose another path", path, folder);
    else if (access(folder, W_OK | X_OK) != 0)
        good = error_set(error, EXIT_STATUS_USAGE,
                         "%s: its folder %s cannot be written to: %s; choose another one with -o FILE", path, folder,
                         strerror(errno));
    free(folder);
    return good;
}

bool command_check_session_output(const char *path, struct error *error) {
    struct stat status;
    if (!path)
        return access(".", W_OK | X_OK) == 0 ||
               error_set(error, EXIT_STATUS_USAGE,
                         "the session cannot be saved in the current folder: %s; choose another one with -o FILE",
                         strerror(errno));
    if (stat(path, &status) != 0)
        return check_folder_of(path, error);
    if (S_ISDIR(status.st_mode))
        return error_set(error, EXIT_STATUS_USAGE, "%s: this is a folder; give the path of a file for the session",
                         path);
    if (!S_ISREG(status.st_mode) || (status.st_size > 0 && !session_is_session(path)))
        return error_set(error, EXIT_STATUS_USAGE,
                         "%s: this is there already and is no session; choose another path, or remove it first", path);
    return check_folder_of(path, error);
}

bool command_check_export_output(const char *path, struct error *error) {
    struct stat status;
    if (!path)
        return true;
    if (stat(path, &status) != 0)
        return check_folder_of(path, error);
    if (S_ISDIR(status.st_mode))
        return error_set(error, EXIT_STATUS_USAGE, "%s: this is a folder; give the path of a file for the export",
                         path);
    return access(path, W_OK) == 0 ||
           error_set(error, EXIT_STATUS_USAGE, "%s: it cannot be written to: %s; choose another path", path,
                     strerror(errno));
}
