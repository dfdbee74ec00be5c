#include "core/recorder/plain_path.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/recorder/rendezvous.h"

static bool is_plain(const char *path) { return !strpbrk(path, " :$\t\n"); }

/* FNV-1a. Two folders of the same number would only take turns: the link is looked at each time. */
static uint64_t number_of(const char *text) {
    uint64_t number = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        number = (number ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return number;
}

static bool leads_to(const char *link, const char *folder) {
    char target[ARENA_PATH_SIZE];
    ssize_t length = readlink(link, target, sizeof target);
    return length > 0 && (size_t)length < sizeof target && strncmp(target, folder, (size_t)length) == 0 && !folder[length];
}

/* Also where another process does the same at this moment. */
static bool make_link(const char *folder, const char *link) {
    char fresh[ARENA_PATH_SIZE + 32];
    if (leads_to(link, folder))
        return true;
    snprintf(fresh, sizeof fresh, "%s.%u", link, (unsigned)getpid());
    unlink(fresh);
    if (symlink(folder, fresh))
        return false;
    if (rename(fresh, link) == 0)
        return true;
    unlink(fresh);
    return false;
}

bool plain_path_of(const char *folder, char plain[ARENA_PATH_SIZE], struct error *error) {
    char links[RENDEZVOUS_PATH_SIZE];
    if (is_plain(folder)) {
        if (strlen(folder) >= ARENA_PATH_SIZE)
            return error_set(error, 1, "%.80s...: this path is too long", folder);
        strcpy(plain, folder);
        return true;
    }
    if (!rendezvous_folder(links, error))
        return false;
    snprintf(plain, ARENA_PATH_SIZE, "%s/at-%016llx", links, (unsigned long long)number_of(folder));
    if (!is_plain(links))
        return error_set(error, 1, "%s: cannot be loaded from a folder with blanks in its name, nor from a link in %s; set "
                         "XDG_RUNTIME_DIR to a folder without blanks", folder, links);
    return make_link(folder, plain) ||
           error_set(error, 1, "%s: cannot be loaded from a folder with blanks in its name, and no link to it could be made "
                     "in %s: %s", folder, links, strerror(errno));
}
