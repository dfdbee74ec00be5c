#include "core/recorder/engines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/recorder/engine_cache.h"
#include "core/recorder/plain_path.h"
#include "pyprof/native.h"

/* --- places --------------------------------------------------------------------------------------------- */

/* With ':' in between. */
static bool append_folder(struct engine_places *places, const char *folder) {
    size_t used = strlen(places->folders), room = sizeof places->folders - used;
    if (strlen(folder) + 2 > room)
        return false;
    snprintf(places->folders + used, room, "%s%s", used ? ":" : "", folder);
    return true;
}

/* The path of a library in a folder; "": it is not there. */
static bool find_library(const char *folder, const char *name, char path[ARENA_PATH_SIZE]) {
    int length = snprintf(path, ARENA_PATH_SIZE, "%s/%s", folder, name);
    bool found = length < ARENA_PATH_SIZE && access(path, R_OK) == 0;
    if (!found)
        *path = '\0';
    return found;
}

/* *error says why the loader cannot be told of a folder; untouched where it can, or where there is none. */
static void add_folder(struct engine_places *places, const char *folder, struct error *error) {
    char plain[ARENA_PATH_SIZE];
    char *real = realpath(folder, NULL);
    if (real && plain_path_of(real, plain, error) && append_folder(places, plain) && !*places->injector &&
        find_library(plain, INJECT_LIBRARY, places->injector))
        find_library(plain, NATIVE_LIBRARY, places->native);
    free(real);
}

/* The word in the folder's ENGINE_IDENTITY. */
static bool read_identity(const char *folder, char identity[33]) {
    char path[ARENA_PATH_SIZE + sizeof "/" ENGINE_IDENTITY];
    snprintf(path, sizeof path, "%s/" ENGINE_IDENTITY, folder);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, identity, 32) : -1;
    if (file >= 0)
        close(file);
    identity[length > 0 ? length : 0] = '\0';
    identity[strspn(identity, "0123456789abcdef")] = '\0';
    return *identity != '\0';
}

static void find_sources(struct engine_places *places, const char *folder) {
    char identity[33], *real = *places->sources ? NULL : realpath(folder, NULL);
    if (real && strlen(real) < sizeof places->sources && read_identity(real, identity)) {
        strcpy(places->sources, real);
        engine_cache_name(identity, places->cache);
    }
    free(real);
}

static void add_cache(struct engine_places *places) {
    char plain[ARENA_PATH_SIZE];
    if (*places->cache && engine_cache_is_safe(places->cache) && plain_path_of(places->cache, plain, NULL))
        append_folder(places, plain);
}

bool engine_places_find(struct engine_places *places, struct error *error) {
    static const char *const beside[] = {"", "/..", "/../libexec/pyprof-tui"};
    static const char *const sources[] = {"/engine", "/../engine", "/../share/pyprof-tui/engine"};
    char program[ARENA_PATH_SIZE], folder[ARENA_PATH_SIZE + 64];
    struct error unfit = {.text = ""};
    *places->folders = *places->injector = *places->native = *places->sources = *places->cache = '\0';
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char *slash = length > 0 ? memrchr(program, '/', (size_t)length) : NULL;
    for (size_t i = 0; i < sizeof beside / sizeof *beside && slash; i++) {
        snprintf(folder, sizeof folder, "%.*s%s", (int)(slash - program), program, beside[i]);
        add_folder(places, folder, &unfit);
        snprintf(folder, sizeof folder, "%.*s%s", (int)(slash - program), program, sources[i]);
        find_sources(places, folder);
    }
    add_cache(places);
    if (*places->injector)
        return true;
    return error_set(error, 1, "%s", *unfit.text ? unfit.text
                                                 : "no " INJECT_LIBRARY " is there to run Python programs; build it with "
                                                   "`make`, or install pyprof-tui again");
}

/* --- versions ------------------------------------------------------------------------------------------- */

bool engine_version_of_name(const char *name, char version[ENGINE_VERSION_SIZE]) {
    size_t before = strlen(INJECT_ENGINE_PREFIX), after = strlen(INJECT_ENGINE_SUFFIX), length = strlen(name);
    if (length <= before + after || strncmp(name, INJECT_ENGINE_PREFIX, before) != 0 ||
        strcmp(name + length - after, INJECT_ENGINE_SUFFIX) != 0)
        return false;
    length -= before + after;
    if (length >= ENGINE_VERSION_SIZE || strspn(name + before, "0123456789.") < length)
        return false;
    memcpy(version, name + before, length);
    version[length] = '\0';
    return true;
}

/* Finds the stamp in a file's `size` bytes, and its two texts. */
static void find_stamp(const char *bytes, size_t size, char stamp[128]) {
    const char *end = bytes + size;
    const char *python = memmem(bytes, size, INJECT_ENGINE_STAMP, strlen(INJECT_ENGINE_STAMP));
    if (!python)
        return;
    python += strlen(INJECT_ENGINE_STAMP);
    const char *python_end = memchr(python, '\0', (size_t)(end - python));
    const char *compiler = python_end ? python_end + 1 : end;
    if (memchr(compiler, '\0', (size_t)(end - compiler)))
        snprintf(stamp, 128, "%.40s, %.80s", python, compiler);
}

void engine_read_stamp(const char *path, char stamp[128]) {
    struct stat status;
    *stamp = '\0';
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && status.st_size < 1 << 28) {
        char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes != MAP_FAILED) {
            find_stamp(bytes, (size_t)status.st_size, stamp);
            munmap(bytes, (size_t)status.st_size);
        }
    }
    close(file);
}

#define KNOWN_VERSIONS "3.%d to 3.%d"

bool engine_version_is_known(const char *version, const char *program, struct error *error) {
    static const int oldest = INJECT_OLDEST_MINOR, newest = INJECT_NEWEST_MINOR;
    unsigned major = 0, minor = 0;
    char build[ENGINE_VERSION_SIZE] = "";
    int read = sscanf(version, "%3u.%3u%15s", &major, &minor, build);
    if (read < 2)
        return error_set(error, EXIT_STATUS_USAGE, "%.600s is %.30s and no CPython, whose insides the engine needs; give "
                         "--python a CPython " KNOWN_VERSIONS, program, version, oldest, newest);
    if (major < 3 || (major == 3 && minor < INJECT_OLDEST_MINOR))
        return error_set(error, EXIT_STATUS_USAGE, "%.600s is Python %u.%u, which is too old to be profiled; give --python "
                         "one of " KNOWN_VERSIONS, program, major, minor, oldest, newest);
    if (major > 3 || minor > INJECT_NEWEST_MINOR)
        return error_set(error, EXIT_STATUS_USAGE, "%.600s is Python %u.%u, which is newer than this pyprof-tui; give "
                         "--python one of " KNOWN_VERSIONS ", or install a newer pyprof-tui", program, major, minor, oldest,
                         newest);
    if (!*build)
        return true;
    const char *kind = strcmp(build, "t") == 0   ? "a free-threaded build, without the interpreter's lock"
                       : strcmp(build, "d") == 0 ? "a debug build (--with-pydebug)"
                                                 : "a build of its own kind";
    return error_set(error, EXIT_STATUS_USAGE, "%.600s is %s of Python %u.%u, for which there is no engine; give --python "
                     "the usual python%u.%u", program, kind, major, minor, major, minor);
}
