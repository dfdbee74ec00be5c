#include "core/recorder/input_wait.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

enum { MOST_THREADS = 64, CONTROLLING_TERMINAL_MAJOR = 5, CONTROLLING_TERMINAL_MINOR = 0 };

struct waiting_call waiting_call_parse(const char *text) {
    struct waiting_call call = {.number = -1};
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end != ' ' || number < 0)
        return call;
    const char *argument = end + 1;
    uint64_t first = strtoull(argument, &end, 16);
    if (end != argument)
        call = (struct waiting_call){number, first};
    return call;
}

static struct waiting_call call_of_thread(pid_t pid, const char *thread) {
    char path[96], text[256];
    snprintf(path, sizeof path, "/proc/%ld/task/%.20s/syscall", (long)pid, thread);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
    return waiting_call_parse(text);
}

/* The terminal itself, or /dev/tty, which stands for it. */
static bool is_terminal(pid_t pid, uint64_t descriptor, int master) {
    char path[96], name[128];
    struct stat theirs, terminal;
    snprintf(path, sizeof path, "/proc/%ld/fd/%llu", (long)pid, (unsigned long long)descriptor);
    if (stat(path, &theirs) || !S_ISCHR(theirs.st_mode))
        return false;
    if (theirs.st_rdev == makedev(CONTROLLING_TERMINAL_MAJOR, CONTROLLING_TERMINAL_MINOR))
        return true;
    return !ptsname_r(master, name, sizeof name) && !stat(name, &terminal) && terminal.st_rdev == theirs.st_rdev;
}

static bool waits_for_descriptors(long number) {
    switch (number) {
    case SYS_pselect6: case SYS_ppoll:
#ifdef SYS_select
    case SYS_select:
#endif
#ifdef SYS_poll
    case SYS_poll:
#endif
        return true;
    default:
        return false;
    }
}

/* Line editors take every key as it comes. (The master's attributes are the slave's.) */
static bool gives_every_key(int master) {
    struct termios attributes;
    return !tcgetattr(master, &attributes) && !(attributes.c_lflag & (ICANON | ECHO));
}

static bool thread_waits(pid_t pid, const char *thread, int master) {
    struct waiting_call call = call_of_thread(pid, thread);
    if (call.number == SYS_read)
        return is_terminal(pid, call.first_argument, master);
    return waits_for_descriptors(call.number) && gives_every_key(master);
}

bool target_waits_for_input(pid_t pid, int master) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *threads = master < 0 ? NULL : opendir(path);
    bool waits = false;
    const struct dirent *thread;
    for (int seen = 0; threads && !waits && seen < MOST_THREADS && (thread = readdir(threads)); seen++)
        waits = thread->d_name[0] != '.' && thread_waits(pid, thread->d_name, master);
    if (threads)
        closedir(threads);
    return waits;
}
