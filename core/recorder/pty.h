/* pty.h - the target's terminal when a viewer shows its output. */
#ifndef PYPROF_RECORDER_PTY_H
#define PYPROF_RECORDER_PTY_H

#include <stdbool.h>

#include "pyprof/error.h"

struct pty {
    int master; /* non-blocking, close-on-exec; -1: none */
    int slave;  /* open until the target has it, so that the master does not report an end before; -1: closed */
};

bool pty_open(struct pty *pty, int rows, int columns, struct error *error);
/* The target has its own by now. */
void pty_close_slave(struct pty *pty);
void pty_close(struct pty *pty);
/* Rows and columns outside of 1..65535 are taken to the nearest of these. */
void pty_resize(const struct pty *pty, int rows, int columns);

/* Between fork and exec: a session of its own, with the slave as its controlling terminal. */
bool pty_become_terminal(const struct pty *pty);

#endif
