#include "core/profile/child_arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/clock.h"

/* What is left free on the file system for the program's own arena to grow. */
static const uint64_t ROOM_KEPT_FREE = UINT64_C(24) << 20;

struct arena_header *arena_header_map(const char *path) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return NULL;
    bool sized = lseek(file, 0, SEEK_END) == (off_t)ARENA_FILE_SIZE;
    struct arena_header *header =
        sized ? mmap(NULL, sizeof *header, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    close(file);
    if (header == MAP_FAILED)
        return NULL;
    if (header->magic == ARENA_MAGIC && header->version == ARENA_VERSION && header->header_size == sizeof *header)
        return header;
    arena_header_unmap(header);
    return NULL;
}

void arena_header_unmap(struct arena_header *header) { munmap(header, sizeof *header); }

static bool is_over(const struct arena_header *main) {
    return __atomic_load_n(&main->exit_kind, __ATOMIC_ACQUIRE) != ARENA_EXIT_NONE;
}

/* The folder may lie where everybody can make one: it has to be ours alone. */
static bool prepare_folder(const char *folder, struct error *error) {
    struct stat status;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return error_set(error, 1, "%s: cannot be made: %s", folder, strerror(errno));
    if (lstat(folder, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid() || status.st_mode & 0077)
        return error_set(error, 1, "%s: is not a folder of this user alone", folder);
    return true;
}

/* A file larger than the limit would be a signal that ends the process. */
static bool has_room(const char *folder, struct error *error) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < ARENA_FILE_SIZE)
        return error_set(error, 1, "%s: the limit on file sizes is too low, raise it with ulimit -f", folder);
    struct statvfs status;
    if (statvfs(folder, &status) != 0)
        return error_set(error, 1, "%s: %s", folder, strerror(errno));
    return (uint64_t)status.f_bavail * status.f_frsize > ROOM_KEPT_FREE ||
           error_set(error, 1, "%s: there is too little room", folder);
}

/* Room for "/.PID-NUMBER". */
enum { NAME_ROOM = 32 };

/* Makes "FOLDER/.PID-NUMBER" with the first number that is free: a process that executes a program has several. */
static bool create_numbered(struct arena *arena, const char *folder, enum arena_clock_kind clock, uint64_t first_room,
                            struct error *error) {
    char path[ARENA_PATH_SIZE], shown[ARENA_PATH_SIZE];
    if (strlen(folder) + NAME_ROOM > sizeof path)
        return error_set(error, 1, "%.80s...: this path is too long for the profile's file", folder);
    for (unsigned number = 1;; number++) {
        snprintf(shown, sizeof shown, "%s/%u-%u", folder, (unsigned)getpid(), number);
        snprintf(path, sizeof path, "%s/.%u-%u", folder, (unsigned)getpid(), number);
        if (access(shown, F_OK) == 0 || access(path, F_OK) == 0)
            continue;
        if (arena_create_without_timeline(arena, path, clock, first_room, error))
            return true;
        if (access(path, F_OK) != 0)
            return false;
    }
}

static void copy_settings(struct arena_header *header, const struct arena_header *main) {
    header->collectors = header->collectors_on = main->host_pid ? main->collectors_on : main->collectors;
    header->builtins = main->builtins;
    header->marked_only = main->marked_only;
    header->recorder_pid = main->recorder_pid;
    header->run_clock = main->run_clock;
    header->children = main->children;
    header->census = main->census;
    header->disassembly = main->disassembly;
    memcpy(header->project_folder, main->project_folder, sizeof header->project_folder);
    memcpy(header->settings, main->settings, sizeof header->settings);
}

bool child_arena_create(struct arena *arena, const char *main_path, struct arena_header *main, uint32_t parent_pid,
                        uint64_t first_room, struct error *error) {
    char folder[ARENA_PATH_SIZE];
    int length = snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, main_path);
    if (length < 0 || (size_t)length >= sizeof folder)
        return error_set(error, 1, "%.80s...: this path is too long for the profile's file", main_path);
    if (!main->children || is_over(main) || access(main_path, F_OK) != 0)
        return error_set(error, 1, "%s: takes no more processes", main_path);
    if (__atomic_fetch_add(&main->child_count, 1, __ATOMIC_RELAXED) >= ARENA_MAX_PROCESSES)
        return error_set(error, 1, "%s: has %d child processes, more are not counted", main_path, ARENA_MAX_PROCESSES);
    if (!prepare_folder(folder, error) || !has_room(folder, error) ||
        !create_numbered(arena, folder, (enum arena_clock_kind)main->clock.kind, first_room, error))
        return false;
    copy_settings(arena->header, main);
    arena->header->parent_pid = parent_pid;
    arena->header->host_pid = (uint32_t)getpid();
    return true;
}

/* The run may be over meanwhile: then nobody would take the file away. */
bool child_arena_publish(struct arena *arena, const struct arena_header *main) {
    char shown[ARENA_PATH_SIZE];
    memcpy(shown, arena->path, sizeof shown);
    char *name = strrchr(shown, '/') + 1;
    memmove(name, name + 1, strlen(name)); /* without the dot */
    memcpy(arena->header->path, shown, sizeof shown);
    if (rename(arena->path, shown) != 0)
        return false;
    memcpy(arena->path, shown, sizeof shown);
    return !is_over(main);
}

void child_arena_remove(struct arena *arena) {
    unlink(arena->path);
    *strrchr(arena->path, '/') = '\0';
    rmdir(arena->path); /* where it was the last one of a run that is over */
    arena_detach(arena);
}
