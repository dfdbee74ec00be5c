/* application.h - the viewer: one loop over the terminal, the recorder and signals.
 *
 * main calls, in this order: application_check_terminal (so that nothing is started where it cannot be shown),
 * application_output_size, recorder_start with that size, application_run. */
#ifndef PYPROF_TUI_APPLICATION_H
#define PYPROF_TUI_APPLICATION_H

#include "pyprof/config.h"
#include "pyprof/error.h"
#include "pyprof/model.h"

struct application_start {
    const struct config *config;  /* effective; the caller's */
    int recorder_socket;          /* connected, application_run owns it from now on; -1: a session is shown */
    const struct model *model;    /* what is shown, the caller's; NULL: a session is opened, or there is a recorder */
    uint32_t process;             /* of that session: which one is shown first; 0: all together */
    const char *session_path;     /* where that session came from; NULL with a recorder */
    const char *program;          /* this program's file, for what is done by a process of its own; NULL: nothing is */
    const char *diff_before;      /* what it is compared with from the start, as typed; NULL: nothing */
    const char *diff_after;       /* and as what: one or several sessions, as typed */
    const char *config_path;      /* the config file that was read and that S offers; NULL: .pyprof.yaml */
};

/* True when there is a terminal at /dev/tty that ncurses can draw on, or that takes lines where the config wants no more; else
 * *error says what to do (exit status 2). Leaves the terminal as it is. */
bool application_check_terminal(const struct config *config, struct error *error);

/* Rows and columns that the output pane (and so the target's terminal) will have. 24 x 80 without a terminal. */
void application_output_size(const struct config *config, int *rows, int *columns);

/* Runs until the user quits; the terminal is as before when it returns. Returns the exit status: 0, or that of *error
 * (whose text the caller prints). */
int application_run(const struct application_start *start, struct error *error);

#endif
