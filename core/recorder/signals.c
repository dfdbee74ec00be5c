#include "core/recorder/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "pyprof/recorder.h"

static const int taken[] = {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
enum { TAKEN_COUNT = sizeof taken / sizeof *taken };

/* A property of the process, as the dispositions themselves are. */
static struct {
    bool known;
    bool ignored[NSIG];
    sigset_t mask;
} remembered;

void recorder_remember_signals(void) {
    if (remembered.known)
        return;
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        remembered.ignored[number] = sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
    }
    sigprocmask(SIG_SETMASK, NULL, &remembered.mask);
    remembered.known = true;
}

static void set_disposition(int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = handler;
    sigaction(number, &action, NULL);
}

void signals_restore_for_target(void) {
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP)
            set_disposition(number, remembered.ignored[number] ? SIG_IGN : SIG_DFL);
    sigprocmask(SIG_SETMASK, &remembered.mask, NULL);
}

int signals_take(void) {
    recorder_remember_signals();
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < TAKEN_COUNT; i++)
        sigaddset(&set, taken[i]);
    int descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0)
        return -1;
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_disposition(SIGCHLD, SIG_DFL); /* ignored, it would leave no status to wait for */
    set_disposition(SIGXFSZ, SIG_IGN);
    return descriptor;
}

void signals_give_back(int descriptor) {
    close(descriptor);
    for (int i = 0; i < TAKEN_COUNT; i++)
        set_disposition(taken[i], SIG_IGN); /* drops what is pending */
    signals_restore_for_target();
}

bool signals_next(int descriptor, struct signalfd_siginfo *signal) {
    ssize_t length;
    do
        length = read(descriptor, signal, sizeof *signal);
    while (length < 0 && errno == EINTR);
    return length == (ssize_t)sizeof *signal;
}
