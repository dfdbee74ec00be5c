/* code_marks.h - marks on places in the code (a function, a line): set, gone through in turn, chosen from a list by letters.
 * They hold the names of functions, so that they are found again in every model of a run, in its other processes and in the
 * next run. The marks of moments are the RAM graph's (tui/app/memory_actions.h). */
#ifndef PYPROF_TUI_CODE_MARKS_H
#define PYPROF_TUI_CODE_MARKS_H

#include "tui/app/state.h"

/* REQUEST_MARK, REQUEST_NEXT_MARK, REQUEST_PREVIOUS_MARK: what is selected where code is shown; elsewhere, and where no place is
 * marked, moments of the RAM graph. */
void code_marks_toggle(struct application *application);
void code_marks_next(struct application *application);
void code_marks_previous(struct application *application);

/* Looks the marked places up in the model that is shown; costs something only where that is another one than before. */
void code_marks_find(struct application *application);

/* The list of marks; false: there are none, which is said, or no memory. */
bool code_marks_fill(struct application *application, struct popup *popup);
void code_marks_key(struct application *application, int key);

void code_marks_free(struct application *application);

#endif
