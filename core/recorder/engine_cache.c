#include "core/recorder/engine_cache.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pyprof/version.h"

bool engine_cache_name(const char *identity, char folder[ARENA_PATH_SIZE]) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    bool named = cache && *cache == '/'; /* the specification has relative ones ignored */
    if (!named && !(home && *home == '/')) {
        const struct passwd *user = getpwuid(geteuid());
        home = user ? user->pw_dir : NULL;
    }
    int length = named  ? snprintf(folder, ARENA_PATH_SIZE, "%s/pyprof-tui/" PYPROF_VERSION "-%s", cache, identity)
                 : home ? snprintf(folder, ARENA_PATH_SIZE, "%s/.cache/pyprof-tui/" PYPROF_VERSION "-%s", home, identity)
                        : -1;
    if (length > 0 && length < ARENA_PATH_SIZE)
        return true;
    *folder = '\0';
    return false;
}

static bool is_safe(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() && !(status.st_mode & 022);
}

/* "/a/b" of "/a/b/c". */
static bool parent_of(const char *path, char parent[ARENA_PATH_SIZE]) {
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path || slash - path >= ARENA_PATH_SIZE)
        return false;
    memcpy(parent, path, (size_t)(slash - path));
    parent[slash - path] = '\0';
    return true;
}

bool engine_cache_is_safe(const char *folder) {
    char parent[ARENA_PATH_SIZE];
    return parent_of(folder, parent) && is_safe(parent) && is_safe(folder);
}

/* All that is missing above it, too. */
static bool make_folders(const char *path) {
    char parent[ARENA_PATH_SIZE];
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return errno == ENOENT && parent_of(path, parent) && make_folders(parent) && (mkdir(path, 0700) == 0 || errno == EEXIST);
}

static bool make_safe(const char *path, struct error *error) {
    if (!make_folders(path))
        return error_set(error, 1, "%s: cannot make the folder for engines: %s; set XDG_CACHE_HOME to a folder that can be "
                         "written to", path, strerror(errno));
    return is_safe(path) ||
           error_set(error, 1, "%s: must be a folder of yours that nobody else can write to, as engines are loaded from it; "
                     "remove it, or set XDG_CACHE_HOME to another folder", path);
}

bool engine_cache_make(const char *folder, struct error *error) {
    char parent[ARENA_PATH_SIZE];
    if (!parent_of(folder, parent))
        return error_set(error, 1, "%s: is no folder for engines; set XDG_CACHE_HOME to another", folder);
    if (!make_safe(parent, error) || !make_safe(folder, error))
        return false;
    return access(folder, W_OK) == 0 ||
           error_set(error, 1, "%s: engines cannot be built there: %s; set XDG_CACHE_HOME to a folder that can be written to",
                     folder, strerror(errno));
}
