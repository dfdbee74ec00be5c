#include "core/recorder/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/recorder/signals.h"
#include "pyprof/recorder.h"

static const uint64_t LIMIT_NS = UINT64_C(5000000000);

static _Noreturn void be_child(const char *const *arguments, int output) {
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(output, 1) >= 0 && dup2(nothing, 2) >= 0) {
        signals_restore_for_target();
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
    }
    _exit(127);
}

/* false: too much, too slow or not readable. */
static bool read_all(int input, char *text, size_t size) {
    uint64_t end_ns = clock_monotonic_ns() + LIMIT_NS;
    size_t used = 0;
    while (used < size) {
        uint64_t now = clock_monotonic_ns();
        struct pollfd descriptor = {.fd = input, .events = POLLIN};
        int ready = now < end_ns ? poll(&descriptor, 1, (int)((end_ns - now) / 1000000u) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t got = read(input, text + used, size - used);
        if (got == 0) {
            text[used] = '\0';
            return true;
        }
        if (got < 0 && errno != EINTR)
            return false;
        used += got > 0 ? (size_t)got : 0;
    }
    return false;
}

bool capture_output(const char *const *arguments, char *text, size_t size) {
    recorder_remember_signals();
    int output[2], status = 0;
    if (pipe2(output, O_CLOEXEC))
        return false;
    pid_t pid = fork();
    if (pid == 0)
        be_child(arguments, output[1]);
    close(output[1]);
    bool done = pid > 0 && read_all(output[0], text, size);
    close(output[0]);
    if (pid <= 0)
        return false;
    if (!done)
        kill(pid, SIGKILL);
    pid_t waited;
    do
        waited = waitpid(pid, &status, 0);
    while (waited < 0 && errno == EINTR);
    /* Where SIGCHLD is ignored there is no status; what was printed decides then. */
    return done && (waited < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
}
