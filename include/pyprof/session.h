/* session.h - a finished profile in one SQLite file, with its config and sources. */
#ifndef PYPROF_SESSION_H
#define PYPROF_SESSION_H

#include "pyprof/model.h"

/* Writes the model of a program, with its child processes, to path: into a temporary file beside it first, renamed at the
 * end, so that a full disk or a crash never harms what was saved before. */
bool session_save(const struct model *model, const char *path, struct error *error);

/* Is asked every few thousand rows, and once all are written, whether to go on; percent says how many are. */
struct session_watch {
    bool (*go_on)(void *data, unsigned percent);
    void *data;
    bool stopped; /* go_on said no: nothing was written, which is an error, too */
};
bool session_save_watched(const struct model *model, const char *path, struct session_watch *watch, struct error *error);

/* Opens a session: the program's model, with its children and their sum where there are any. A foreign, damaged, newer or
 * unreadable file is an error that says so. Read-only: the folder needs no write permission. */
struct model *session_load(const char *path, struct error *error);

/* True when the file begins as a session does (so that the command line can tell a session from a script). */
bool session_is_session(const char *path);

#endif
