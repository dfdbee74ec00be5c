/* target.h - what a config says about the program to run: its paths, its names, whether it is there. */
#ifndef PYPROF_RECORDER_TARGET_H
#define PYPROF_RECORDER_TARGET_H

#include <stdbool.h>

#include "pyprof/arena.h"
#include "pyprof/config.h"
#include "pyprof/error.h"

/* Is there a target, and a file to run where it is a script? A folder needs a __main__.py. exit_status 2 else. */
bool target_check(const struct config *config, struct error *error);

/* Does the target run in another folder than pyprof-tui was started in? */
bool target_has_folder(const struct config *config);

/* The script as given to the interpreter: as written, but absolute where the target runs in another folder. "-" for
 * stdin. malloc'ed; NULL: out of memory. */
char *target_script_path(const struct config *config);

/* What `project` means: the real path of the script's folder; else of the folder the target runs in. No '/' at its
 * end. */
bool target_project_folder(const struct config *config, char folder[ARENA_PATH_SIZE], struct error *error);

/* For titles: "julia.py", "-m json.tool", "-c", "-". malloc'ed; NULL: out of memory. */
char *target_title(const struct config *config);

/* For file names, only letters that need no quoting: "julia", "json.tool", "code", "stdin". */
void target_file_name(const struct config *config, char name[128]);

#endif
