#include "core/recorder/arena_place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MEMORY_FOLDER "/dev/shm"
static const uint64_t ROOM_NEEDED = UINT64_C(32) << 20;

static const char *disk_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

static bool has_room(const char *folder, struct error *error) {
    struct statvfs status;
    if (statvfs(folder, &status))
        return error_set(error, 1, "%s: %s", folder, strerror(errno));
    uint64_t room = (uint64_t)status.f_bavail * status.f_frsize;
    return room >= ROOM_NEEDED || error_set(error, 1, "%s: only %llu MiB are free", folder,
                                            (unsigned long long)(room >> 20));
}

/* A name that no file has: the same process may have made others before. */
static bool choose_name(const char *folder, char path[ARENA_PATH_SIZE], struct error *error) {
    char *real = realpath(folder, NULL); /* the host may run in another folder */
    bool fits = real != NULL;
    for (unsigned number = 1; fits; number++) {
        int length = snprintf(path, ARENA_PATH_SIZE, "%s/pyprof-%u-%u-%u.arena", real, (unsigned)getuid(),
                              (unsigned)getpid(), number);
        fits = length > 0 && length < ARENA_PATH_SIZE;
        if (fits && access(path, F_OK))
            break;
    }
    free(real);
    return fits || error_set(error, 1, "%.80s: is no folder for the profile's file", folder);
}

static int hold(const char *path) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file >= 0)
        flock(file, LOCK_EX | LOCK_NB);
    return file;
}

static bool create_in(const char *folder, struct arena *arena, int *lock, struct error *error) {
    char path[ARENA_PATH_SIZE];
    if (!has_room(folder, error) || !choose_name(folder, path, error) || !arena_create(arena, path, error))
        return false;
    *lock = hold(path);
    if (*lock >= 0)
        return true;
    error_set(error, 1, "%s: cannot open the profile's file: %s", path, strerror(errno));
    arena_detach(arena);
    unlink(path);
    return false;
}

bool arena_place_create(struct arena *arena, int *lock, struct error *error) {
    struct error memory, disk;
    const char *folder = disk_folder();
    if (create_in(MEMORY_FOLDER, arena, lock, &memory) || create_in(folder, arena, lock, &disk))
        return true;
    return error_set(error, 1,
                     "there is no room for the profile (%.300s; %.300s); free 32 MiB there or set TMPDIR to a "
                     "folder that has them", memory.text, disk.text);
}

/* --- removing ----------------------------------------------------------------------------------------------- */

/* The folder of an arena's child processes, with all that is in it. */
static void remove_children(int folder, const char *arena_name) {
    char name[ARENA_PATH_SIZE + sizeof ARENA_CHILDREN_SUFFIX];
    snprintf(name, sizeof name, "%s" ARENA_CHILDREN_SUFFIX, arena_name);
    int file = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = file < 0 ? NULL : fdopendir(file);
    if (!entries) {
        if (file >= 0)
            close(file);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries));)
        unlinkat(file, entry->d_name, 0); /* "." and ".." are refused */
    closedir(entries);
    unlinkat(folder, name, AT_REMOVEDIR);
}

void arena_place_remove(const char *path) {
    unlink(path);
    remove_children(AT_FDCWD, path);
}

/* Is it "pyprof-UID-PID-N.arena" of this user, made by a process that is gone? */
static bool is_name_of_dead(const char *name) {
    unsigned user, process, number;
    int end = 0;
    if (sscanf(name, "pyprof-%u-%u-%u.arena%n", &user, &process, &number, &end) != 3 || end == 0 || name[end])
        return false;
    return user == (unsigned)getuid() && (kill((pid_t)process, 0) < 0 && errno == ESRCH);
}

/* The lock is asked, too: a number means nothing where another container shares the folder. */
static bool is_held(int folder, const char *name) {
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return true;
    struct stat status;
    bool held = fstat(file, &status) || !S_ISREG(status.st_mode) || status.st_uid != getuid() ||
                flock(file, LOCK_EX | LOCK_NB) != 0;
    close(file);
    return held;
}

size_t arena_place_remove_stale_in(const char *folder) {
    DIR *entries = opendir(folder);
    if (!entries)
        return 0;
    size_t removed = 0;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (is_name_of_dead(entry->d_name) && !is_held(dirfd(entries), entry->d_name) &&
            unlinkat(dirfd(entries), entry->d_name, 0) == 0) {
            remove_children(dirfd(entries), entry->d_name);
            removed++;
        }
    closedir(entries);
    return removed;
}

size_t arena_place_remove_stale(void) {
    return arena_place_remove_stale_in(MEMORY_FOLDER) + arena_place_remove_stale_in(disk_folder());
}
