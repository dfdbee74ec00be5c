/* rerun.h - running the target again: as it ran, with other collectors, with other arguments. Where a program is still running, or
 * its counts would be lost, that is asked first. */
#ifndef PYPROF_TUI_RERUN_H
#define PYPROF_TUI_RERUN_H

#include "tui/app/state.h"

void rerun_as_it_was(struct application *application);
void rerun_with_collectors(struct application *application, const struct collector_choice *choice);
/* As typed in a shell. */
void rerun_with_arguments(struct application *application, const char *typed);
/* "function,line" or "none", as of -k. */
void rerun_with_list(struct application *application, const char *list);

/* What was answered to the question: it is run again, or what was to be run is forgotten. */
void rerun_confirmed(struct application *application);
void rerun_forget(struct application *application);

/* What is asked: about the program that runs, or the counts that are not saved. Returns text. */
const char *rerun_question(const struct application *application, char *text, size_t size);

#endif
