#include "core/recorder/target.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdin(const struct config *config) {
    return config->target.script && strcmp(config->target.script, "-") == 0;
}

static bool is_file(const struct config *config) { return config->target.script && !is_stdin(config); }

/* The last part of a path; slashes at the end (of a folder) belong to it. */
static const char *base_name(const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    const char *slash = memrchr(path, '/', length);
    return slash && slash[1] ? slash + 1 : path;
}

static bool check_file(const char *path, struct error *error) {
    struct stat status;
    if (stat(path, &status))
        return error_set(error, EXIT_STATUS_USAGE, "%s: %s; give the path of a Python script", path, strerror(errno));
    if (S_ISDIR(status.st_mode)) {
        char inner[PATH_MAX];
        int length = snprintf(inner, sizeof inner, "%s/__main__.py", path);
        if (length < 0 || (size_t)length >= sizeof inner || access(inner, R_OK))
            return error_set(error, EXIT_STATUS_USAGE,
                             "%s: is a directory without a __main__.py; give the path of a Python script", path);
    } else if (access(path, R_OK)) {
        return error_set(error, EXIT_STATUS_USAGE, "%s: cannot be read: %s; change its permissions", path,
                         strerror(errno));
    }
    return true;
}

bool target_check(const struct config *config, struct error *error) {
    if (!config->target.script && !config->target.module && !config->target.code)
        return error_set(error, EXIT_STATUS_USAGE, "there is nothing to run; give a script, -m MODULE or -c CODE");
    return !is_file(config) || check_file(config->target.script, error);
}

bool target_has_folder(const struct config *config) {
    const char *folder = config->target.cwd;
    return folder && *folder && strcmp(folder, ".") != 0;
}

char *target_script_path(const struct config *config) {
    const char *script = config->target.script ? config->target.script : "-";
    char *absolute = NULL;
    if (is_file(config) && target_has_folder(config) && *script != '/') {
        char *here = getcwd(NULL, 0);
        if (here && asprintf(&absolute, "%s/%s", here, script) < 0)
            absolute = NULL;
        free(here);
        return absolute;
    }
    return strdup(script);
}

/* The folder that holds the script, or the script itself where it is a folder, still as written. */
static bool containing_folder(const char *script, char folder[ARENA_PATH_SIZE]) {
    struct stat status;
    const char *slash = strrchr(script, '/');
    int length;
    if (stat(script, &status) == 0 && S_ISDIR(status.st_mode))
        length = snprintf(folder, ARENA_PATH_SIZE, "%s", script);
    else if (!slash)
        length = snprintf(folder, ARENA_PATH_SIZE, ".");
    else
        length = snprintf(folder, ARENA_PATH_SIZE, "%.*s/", (int)(slash - script), script);
    return length > 0 && length < ARENA_PATH_SIZE;
}

bool target_project_folder(const struct config *config, char folder[ARENA_PATH_SIZE], struct error *error) {
    char written[ARENA_PATH_SIZE];
    if (!is_file(config))
        snprintf(written, sizeof written, "%s", target_has_folder(config) ? config->target.cwd : ".");
    else if (!containing_folder(config->target.script, written))
        return error_set(error, EXIT_STATUS_USAGE, "%.80s...: this path is too long", config->target.script);
    char *real = realpath(written, NULL);
    if (!real)
        return error_set(error, EXIT_STATUS_USAGE, "%s: cannot find the project's folder: %s", written,
                         strerror(errno));
    int length = snprintf(folder, ARENA_PATH_SIZE, "%s", strcmp(real, "/") == 0 ? "" : real);
    free(real);
    return length < ARENA_PATH_SIZE ||
           error_set(error, EXIT_STATUS_USAGE, "%.80s...: this path is too long", written);
}

char *target_title(const struct config *config) {
    char *title = NULL;
    if (config->target.module)
        return asprintf(&title, "-m %s", config->target.module) < 0 ? NULL : title;
    if (config->target.code)
        return strdup("-c");
    return strdup(is_file(config) ? base_name(config->target.script) : "-");
}

void target_file_name(const struct config *config, char name[128]) {
    const char *source = config->target.module ? config->target.module
                         : config->target.code ? "code"
                         : is_file(config)     ? base_name(config->target.script)
                                               : "stdin";
    size_t length = strlen(source), used = 0;
    if (is_file(config) && length > 3 && strcmp(source + length - 3, ".py") == 0)
        length -= 3;
    while (length > 1 && source[length - 1] == '/')
        length--;
    for (size_t i = 0; i < length && used < 100; i++) {
        unsigned char c = (unsigned char)source[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '_' || (c == '.' && used > 0);
        name[used++] = plain ? (char)c : '_';
    }
    name[used] = '\0';
    if (!used)
        strcpy(name, "script");
}
