/* compare_functions.h - functions marked in the table, compared by a process of this program (`--compare`), and what it said.
 *
 * The comparison calls the functions in new processes of Python: it has nothing to do with the run that is looked at. */
#ifndef PYPROF_TUI_COMPARE_FUNCTIONS_H
#define PYPROF_TUI_COMPARE_FUNCTIONS_H

#include "tui/app/state.h"

/* Marks the selected function, or takes its mark away. */
void compare_functions_mark(struct application *application);
/* Asks for the arguments of the marked functions; with fewer than two marked, shows the last comparison again. */
void compare_functions_ask(struct application *application);
/* Starts the comparison of the marked functions. arguments: as between the parentheses of a call. */
void compare_functions_start(struct application *application, const char *arguments);

/* To poll: readable when there is something to take. -1: no comparison goes on. */
int compare_functions_descriptor(const struct application *application, int which);
/* Takes what there is; at the end the result is shown. */
void compare_functions_take(struct application *application);
/* Ends a comparison that goes on. false: there is none. */
bool compare_functions_cancel(struct application *application);

/* Where the marked functions are in the model that is shown. */
void compare_functions_find(struct application *application);
/* The rows of the result, for the popup. */
bool compare_functions_fill(struct application *application, struct popup *popup);
void compare_functions_free(struct application *application);

#endif
