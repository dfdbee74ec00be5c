/* headless.h - what happens without the terminal interface: runs and sessions, printed as reports and exports. */
#ifndef PYPROF_TUI_HEADLESS_H
#define PYPROF_TUI_HEADLESS_H

#include "pyprof/model.h"
#include "tui/app/command_line.h"

/* Runs the target and prints what was asked for. Where nothing was asked for and there was no choice (asked_for is
 * false: there is no terminal), functions and lines go to stderr. Returns how the program should end, for
 * recorder_exit_like: as the target did, but a target that ended well does not hide that its session was not saved, and one that
 * was not ended by a signal not that a limit was broken: then the status is EXIT_STATUS_LIMIT. So it is where the target failed
 * after a pyprof.assert_allocated in it had, whose message the target has written. */
int headless_run(const struct command_line *command, bool asked_for);

/* Prints the reports and the export that the command asks for, of the process that it names, else of all together. */
bool headless_print(const struct command_line *command, const struct model *program, struct error *error);

/* Says a sentence on stderr, with the program's name before it. */
void headless_say(const char *sentence);

/* Prints "pyprof-tui: TEXT" on stderr and returns the error's exit status. */
int headless_fail(const struct error *error);

/* True where it is clear which run --reattach means. Else the runs are listed on stdout, and *error says how to choose. */
bool headless_choose_recorder(struct error *error);

#endif
