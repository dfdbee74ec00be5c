#include "core/recorder/rendezvous.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/recorder/rendezvous_note.h"

/* How long a recorder may take to greet a viewer. It does so at once unless the machine is very busy. */
enum { GREETING_LIMIT_MS = 3000 };

static bool is_private_folder(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & 077) == 0;
}

static bool make_private_folder(const char *path, struct error *error) {
    if (mkdir(path, 0700) && errno != EEXIST)
        return error_set(error, 1, "%s: cannot make the folder for recorders' sockets: %s", path, strerror(errno));
    return is_private_folder(path) ||
           error_set(error, 1, "%s: must be a folder of yours that others cannot enter; remove it or `chmod 700` it",
                     path);
}

bool rendezvous_folder(char folder[RENDEZVOUS_PATH_SIZE], struct error *error) {
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char own[64];
    snprintf(own, sizeof own, "/tmp/pyprof-%u", (unsigned)geteuid());
    /* room for "/pyprof-tui/1234567.sock" must be left */
    bool usable = runtime && *runtime == '/' && is_private_folder(runtime) &&
                  strlen(runtime) + 26 < RENDEZVOUS_PATH_SIZE;
    if (!usable && !make_private_folder(own, error))
        return false;
    snprintf(folder, RENDEZVOUS_PATH_SIZE, "%.80s/pyprof-tui", usable ? runtime : own);
    return make_private_folder(folder, error);
}

static int new_socket(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path, sizeof address->sun_path, "%.*s", (int)sizeof address->sun_path - 1, path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int rendezvous_listen(char path[RENDEZVOUS_PATH_SIZE], struct error *error) {
    char folder[RENDEZVOUS_PATH_SIZE];
    struct sockaddr_un address;
    if (!rendezvous_folder(folder, error))
        return -1;
    snprintf(path, RENDEZVOUS_PATH_SIZE, "%.92s/%u.sock", folder, (unsigned)getpid());
    int listener = new_socket(path, &address);
    unlink(path); /* of a dead process that had this number */
    if (listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 4) == 0)
        return listener;
    error_set(error, 1, "%s: cannot listen for viewers: %s", path, strerror(errno));
    if (listener >= 0)
        close(listener);
    return -1;
}

static bool is_own(int connection) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

int rendezvous_accept(int listener) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection >= 0 && !is_own(connection)) {
        close(connection);
        return -1;
    }
    return connection;
}

enum greeting { GREETING_NONE, GREETING_BUSY, GREETING_WELCOME };

/* What is said first, left where it is: that there is a viewer already, or the config. A recorder that ends says nothing. */
static enum greeting wait_for_greeting(int connection) {
    struct pollfd descriptor = {.fd = connection, .events = POLLIN};
    unsigned char type[4];
    int ready;
    do
        ready = poll(&descriptor, 1, GREETING_LIMIT_MS);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0 || recv(connection, type, sizeof type, MSG_PEEK | MSG_DONTWAIT) != (ssize_t)sizeof type)
        return GREETING_NONE;
    return type[0] == RECORDER_EVENT_BUSY && !type[1] && !type[2] && !type[3] ? GREETING_BUSY : GREETING_WELCOME;
}

/* After BUSY, whose eight bytes are taken away; what comes then is as for any viewer. */
static bool take_over(int connection) {
    unsigned char busy[8];
    const unsigned char request[8] = {RECORDER_REQUEST_TAKE_OVER};
    return recv(connection, busy, sizeof busy, MSG_DONTWAIT) == (ssize_t)sizeof busy &&
           send(connection, request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof request &&
           wait_for_greeting(connection) == GREETING_WELCOME;
}

/* -1: nobody (any more), or busy, which *busy tells. */
static int try_recorder(const char *path, bool insist, bool *busy) {
    struct sockaddr_un address;
    int connection = new_socket(path, &address);
    if (connection < 0)
        return -1;
    if (connect(connection, (struct sockaddr *)&address, sizeof address)) {
        if (errno == ECONNREFUSED) {
            unlink(path);
            rendezvous_note_remove(path);
        }
    } else if (is_own(connection)) {
        enum greeting greeting = wait_for_greeting(connection);
        if (greeting == GREETING_WELCOME || (greeting == GREETING_BUSY && insist && take_over(connection)))
            return connection;
        *busy = true;
    }
    close(connection);
    return -1;
}

struct candidate {
    char path[RENDEZVOUS_PATH_SIZE];
    struct timespec born;
};

static int newest_first(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->born.tv_sec != b->born.tv_sec)
        return a->born.tv_sec < b->born.tv_sec ? 1 : -1;
    return a->born.tv_nsec < b->born.tv_nsec ? 1 : a->born.tv_nsec > b->born.tv_nsec ? -1 : 0;
}

static size_t list_sockets(const char *folder, struct candidate *candidates, size_t capacity) {
    size_t count = 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && count < capacity && (entry = readdir(entries));) {
        struct candidate *candidate = &candidates[count];
        struct stat status;
        if (strlen(folder) + strlen(entry->d_name) + 2 > sizeof candidate->path)
            continue;
        strcpy(stpcpy(stpcpy(candidate->path, folder), "/"), entry->d_name);
        if (lstat(candidate->path, &status) == 0 && S_ISSOCK(status.st_mode)) {
            candidate->born = status.st_mtim;
            count++;
        }
    }
    if (entries)
        closedir(entries);
    return count;
}

static size_t find_recorders(struct candidate candidates[RECORDER_LIST_MAX], struct error *error) {
    char folder[RENDEZVOUS_PATH_SIZE];
    if (!rendezvous_folder(folder, error))
        return 0;
    size_t count = list_sockets(folder, candidates, RECORDER_LIST_MAX);
    qsort(candidates, count, sizeof *candidates, newest_first);
    return count;
}

/* A recorder that was killed leaves socket and note behind. */
static bool is_alive(const struct recorder_entry *entry) {
    return kill((pid_t)entry->recorder, 0) == 0 || errno == EPERM;
}

size_t recorder_list(struct recorder_entry entries[RECORDER_LIST_MAX], struct error *error) {
    struct candidate candidates[RECORDER_LIST_MAX];
    size_t count = 0, found = find_recorders(candidates, error);
    for (size_t i = 0; i < found; i++)
        if (rendezvous_note_read(candidates[i].path, &entries[count]) && is_alive(&entries[count]))
            count++;
    return count;
}

static bool is_wanted(const struct candidate *candidate, uint32_t pid) {
    struct recorder_entry entry;
    return !pid || (rendezvous_note_read(candidate->path, &entry) && (entry.target == pid || entry.recorder == pid));
}

int recorder_reattach(uint32_t pid, struct error *error) {
    struct candidate candidates[RECORDER_LIST_MAX];
    bool busy = false;
    error->text[0] = '\0';
    size_t count = find_recorders(candidates, error);
    for (size_t i = 0; i < count; i++) {
        int connection = is_wanted(&candidates[i], pid) ? try_recorder(candidates[i].path, pid != 0, &busy) : -1;
        if (connection >= 0)
            return connection;
    }
    if (busy)
        error_set(error, 1, "every run that goes on is shown by another pyprof-tui; quit or detach that one first, or take it over "
                            "with --reattach PID");
    else if (pid)
        error_set(error, 1, "there is no run with pid %" PRIu32 " to come back to; pyprof-tui --reattach lists those there are",
                  pid);
    else if (!error->text[0])
        error_set(error, 1, "there is no run to come back to; start one with `pyprof-tui SCRIPT`");
    return -1;
}
