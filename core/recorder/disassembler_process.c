#include "core/recorder/disassembler_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/signals.h"
#include "pyprof/recorder.h"

/* The file as it is; paths are seen from where the compiler was started. */
__asm__(".section .rodata\n"
        ".global disassembler_script\n"
        "disassembler_script:\n"
        ".incbin \"core/recorder/disassemble.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char disassembler_script[];

enum { MOST_ANSWER = 64 << 20, GREETING_BYTES = 4 };

/* --- the process ------------------------------------------------------------------------------------------------ */

static void set_limit(int resource, rlim_t most) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max < most ? limit.rlim_max : most;
        setrlimit(resource, &limit);
    }
}

/* Nothing of the target's environment, but for where the loader finds libpython. In a session of its own no terminal reaches it. */
static _Noreturn void be_python(const char *executable, int socket) {
    static char libraries[4096] = "LD_LIBRARY_PATH=";
    char name[sizeof(((struct arena_header *)0)->executable)];
    char *arguments[] = {name, "-I", "-S", "-c", (char *)(uintptr_t)disassembler_script, NULL};
    const char *present = getenv("LD_LIBRARY_PATH");
    size_t used = strlen(libraries);
    char *environment[] = {present && strlen(present) < sizeof libraries - used ? libraries : NULL, NULL};
    if (environment[0])
        strcpy(libraries + used, present);
    strcpy(name, executable);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (nothing >= 0 && dup2(socket, 0) >= 0 && dup2(socket, 1) >= 0 && dup2(nothing, 2) >= 0 && chdir("/") == 0) {
        close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
        set_limit(RLIMIT_CORE, 0);
        set_limit(RLIMIT_AS, (rlim_t)2 << 30);
        signals_restore_for_target();
        execve(executable, arguments, environment);
    }
    _exit(127);
}

void disassembler_process_end(struct disassembler_process *process) {
    if (process->pid) {
        close(process->socket);
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    free(process->answer);
    *process = (struct disassembler_process){.socket = -1};
}

/* --- what goes to and fro --------------------------------------------------------------------------------------- */

/* false: the other end is gone, or the time is over. */
static bool wait_for(int socket, short events, uint64_t end_ns) {
    for (;;) {
        uint64_t now = clock_monotonic_ns();
        struct pollfd descriptor = {.fd = socket, .events = events};
        int ready = now < end_ns ? poll(&descriptor, 1, (int)((end_ns - now) / 1000000u) + 1) : 0;
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

static bool send_all(int socket, const void *bytes, size_t size, uint64_t end_ns) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(socket, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        at += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
        if (sent < 0 && !wait_for(socket, POLLOUT, end_ns))
            return false;
    }
    return true;
}

static bool receive_all(int socket, void *bytes, size_t size, uint64_t end_ns) {
    char *at = bytes;
    while (size > 0) {
        ssize_t got = recv(socket, at, size, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        at += got > 0 ? got : 0;
        size -= got > 0 ? (size_t)got : 0;
        if (got < 0 && !wait_for(socket, POLLIN, end_ns))
            return false;
    }
    return true;
}

static bool receive_text(int socket, char *text, size_t room, uint64_t end_ns) {
    unsigned char length[2];
    if (!receive_all(socket, length, sizeof length, end_ns))
        return false;
    size_t size = (size_t)(length[0] | length[1] << 8);
    if (size >= room || !receive_all(socket, text, size, end_ns))
        return false;
    text[size] = '\0';
    return true;
}

static bool receive_greeting(struct disassembler_process *process, uint64_t end_ns) {
    char greeting[GREETING_BYTES];
    bool done = receive_all(process->socket, greeting, sizeof greeting, end_ns) && memcmp(greeting, "dis1", sizeof greeting) == 0 &&
                receive_text(process->socket, process->version, sizeof process->version, end_ns);
    for (int i = 0; i < 256 && done; i++)
        done = receive_text(process->socket, process->names.names[i], sizeof process->names.names[i], end_ns);
    return done;
}

bool disassembler_process_start(struct disassembler_process *process, const char *executable, uint64_t limit_ns) {
    int sockets[2];
    *process = (struct disassembler_process){.socket = -1, .limit_ns = limit_ns};
    recorder_remember_signals();
    if (strnlen(executable, ARENA_PATH_SIZE) >= ARENA_PATH_SIZE || *executable != '/' ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
        return false;
    process->pid = fork();
    if (process->pid == 0)
        be_python(executable, sockets[1]);
    close(sockets[1]);
    process->socket = sockets[0];
    if (process->pid > 0 && receive_greeting(process, clock_monotonic_ns() + limit_ns))
        return true;
    if (process->pid < 0) {
        process->pid = 0;
        close(sockets[0]);
    }
    disassembler_process_end(process);
    return false;
}

static bool receive_answer(struct disassembler_process *process, size_t *answer_size, uint64_t end_ns) {
    unsigned char size[4];
    if (!receive_all(process->socket, size, sizeof size, end_ns))
        return false;
    *answer_size = (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    if (*answer_size > MOST_ANSWER)
        return false;
    if (*answer_size > process->room) {
        unsigned char *larger = realloc(process->answer, *answer_size);
        if (!larger)
            return false;
        process->answer = larger;
        process->room = *answer_size;
    }
    return receive_all(process->socket, process->answer, *answer_size, end_ns);
}

const unsigned char *disassembler_process_ask(struct disassembler_process *process, const void *object, uint32_t size,
                                              size_t *answer_size) {
    const unsigned char head[] = {(unsigned char)size, (unsigned char)(size >> 8), (unsigned char)(size >> 16),
                                  (unsigned char)(size >> 24)};
    uint64_t end_ns = clock_monotonic_ns() + process->limit_ns;
    *answer_size = 0;
    if (!process->pid)
        return NULL;
    if (send_all(process->socket, head, sizeof head, end_ns) && send_all(process->socket, object, size, end_ns) &&
        receive_answer(process, answer_size, end_ns))
        return *answer_size ? process->answer : NULL;
    disassembler_process_end(process);
    return NULL;
}
