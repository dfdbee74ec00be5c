/* command_checks.h - what can be found wrong with paths before anything is started. All errors have exit status 2. */
#ifndef PYPROF_TUI_COMMAND_CHECKS_H
#define PYPROF_TUI_COMMAND_CHECKS_H

#include <stdbool.h>

#include "pyprof/error.h"

/* A file that can be read, a folder with a __main__.py, or "-". */
bool command_check_script(const char *path, struct error *error);

/* target.cwd: a folder that can be entered. NULL is good. */
bool command_check_working_folder(const char *path, struct error *error);

/* The saved session that is to be opened: there, and a file. What is in it session_load says. */
bool command_check_session(const char *path, struct error *error);

/* Where a session is to be saved: in a folder that can be written to, and not over a file that is no session
 * (the script, when the name behind -o was forgotten). NULL: the current folder can be written to. */
bool command_check_session_output(const char *path, struct error *error);

/* Where an export is to be written; NULL (stdout) is good. */
bool command_check_export_output(const char *path, struct error *error);

/* Is this argument a session to open rather than a script to run: by its content, or by its name where it is no
 * folder. */
bool command_is_session(const char *path);

#endif
