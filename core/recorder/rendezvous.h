/* rendezvous.h - where viewers find recorders: a folder of sockets that only this user can enter. */
#ifndef PYPROF_RECORDER_RENDEZVOUS_H
#define PYPROF_RECORDER_RENDEZVOUS_H

#include <stdbool.h>
#include <sys/un.h>

#include "pyprof/error.h"

enum { RENDEZVOUS_PATH_SIZE = sizeof((struct sockaddr_un *)0)->sun_path };

/* $XDG_RUNTIME_DIR/pyprof-tui, else /tmp/pyprof-UID/pyprof-tui; made with mode 0700 where it is not there. A folder
 * that others could write to is refused. */
bool rendezvous_folder(char folder[RENDEZVOUS_PATH_SIZE], struct error *error);

/* Listens on FOLDER/PID.sock of this process (non-blocking, close-on-exec). -1: *error says why. */
int rendezvous_listen(char path[RENDEZVOUS_PATH_SIZE], struct error *error);

/* The next viewer that connects, if it is this user's; -1: none. */
int rendezvous_accept(int listener);

#endif
