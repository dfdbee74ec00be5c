#include "core/config/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int file, const char *text) {
    size_t left = strlen(text);
    while (left) {
        ssize_t done = write(file, text, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        text += done;
        left -= (size_t)done;
    }
    return true;
}

/* A new file in the same folder as path, with the rights that the umask gives. Its name goes to temporary. */
static int create_beside(const char *path, char **temporary) {
    const char *slash = strrchr(path, '/');
    int folder_length = slash ? (int)(slash - path + 1) : 0;
    for (int attempt = 0; attempt < 100; attempt++) {
        if (asprintf(temporary, "%.*s.pyprof-%ld-%d.tmp", folder_length, path, (long)getpid(), attempt) < 0) {
            *temporary = NULL;
            return -1;
        }
        int file = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0)
            return file;
        int failure = errno;
        free(*temporary);
        *temporary = NULL;
        errno = failure;
        if (failure != EEXIST)
            return -1;
    }
    return -1;
}

/* The rename itself is on disk only when the folder is; a file system that cannot say so is no failure. */
static void sync_folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path + 1)) : strdup(".");
    int file = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (file >= 0) {
        (void)fsync(file);
        close(file);
    }
    free(folder);
}

/* What was there keeps its rights; a failure leaves it untouched and no temporary file. */
static bool replace_regular(const char *path, const struct stat *existing, const char *text) {
    char *temporary;
    int file = create_beside(path, &temporary);
    if (file < 0)
        return false;
    bool good = (!existing || fchmod(file, existing->st_mode & 07777) == 0) && write_all(file, text) &&
                fsync(file) == 0;
    int failure = errno;
    if (close(file) != 0 && good) {
        good = false;
        failure = errno;
    }
    if (good && rename(temporary, path) != 0) {
        good = false;
        failure = errno;
    }
    if (good)
        sync_folder_of(path);
    else
        unlink(temporary);
    free(temporary);
    errno = failure;
    return good;
}

/* A terminal, a pipe or /dev/null is written to as it is. */
static bool write_to_device(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool good = write_all(file, text);
    int failure = errno;
    close(file);
    errno = failure;
    return good;
}

bool replace_file(const char *path, const char *text) {
    struct stat existing;
    bool exists = stat(path, &existing) == 0;
    if (!exists)
        return replace_regular(path, NULL, text);
    if (S_ISDIR(existing.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (!S_ISREG(existing.st_mode))
        return write_to_device(path, text);
    char *real = realpath(path, NULL); /* a symbolic link goes on pointing at the file */
    bool good = real && replace_regular(real, &existing, text);
    int failure = errno;
    free(real);
    errno = failure;
    return good;
}
