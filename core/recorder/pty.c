#include "core/recorder/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned short window_extent(int value) {
    return (unsigned short)(value < 1 ? 1 : value > 65535 ? 65535 : value);
}

void pty_resize(const struct pty *pty, int rows, int columns) {
    struct winsize size = {.ws_row = window_extent(rows), .ws_col = window_extent(columns)};
    ioctl(pty->master, TIOCSWINSZ, &size);
}

static bool open_both(struct pty *pty) {
    char name[128];
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->master < 0 || grantpt(pty->master) || unlockpt(pty->master) ||
        ptsname_r(pty->master, name, sizeof name) || fcntl(pty->master, F_SETFL, O_NONBLOCK))
        return false;
    pty->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return pty->slave >= 0;
}

bool pty_open(struct pty *pty, int rows, int columns, struct error *error) {
    pty->master = pty->slave = -1;
    if (!open_both(pty)) {
        int failure = errno;
        pty_close(pty);
        return error_set(error, 1, "cannot make a terminal for the target: %s; run it with --headless",
                         strerror(failure));
    }
    pty_resize(pty, rows, columns);
    return true;
}

void pty_close_slave(struct pty *pty) {
    if (pty->slave >= 0)
        close(pty->slave);
    pty->slave = -1;
}

void pty_close(struct pty *pty) {
    pty_close_slave(pty);
    if (pty->master >= 0)
        close(pty->master);
    pty->master = -1;
}

bool pty_become_terminal(const struct pty *pty) {
    return setsid() >= 0 && ioctl(pty->slave, TIOCSCTTY, 0) == 0;
}
