/* collector_choice.h - the list of collectors: what each counts and costs, which are on. The choice is applied to the program that
 * runs, or it is run again with it. */
#ifndef PYPROF_TUI_COLLECTOR_CHOICE_H
#define PYPROF_TUI_COLLECTOR_CHOICE_H

#include "tui/app/state.h"

/* Begins with what is on now; false: nothing runs here and nothing can, which is said, or no memory. */
bool collector_choice_fill(struct application *application, struct popup *popup);
void collector_choice_key(struct application *application, int key);

/* Asks for exactly these collectors (bits of enum collector) to be on in the program that runs; where that cannot be, says so. */
void collector_choice_apply(struct application *application, uint32_t wanted);

/* Says what has come of what was asked for, where the newer of two models of a run has another answer. */
void collector_choice_tell(struct application *application, const struct model *before, const struct model *now);

#endif
