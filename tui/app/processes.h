/* processes.h - which process of the run is shown: the sum over all, or one of them. */
#ifndef PYPROF_TUI_PROCESSES_H
#define PYPROF_TUI_PROCESSES_H

#include "tui/app/state.h"

/* Shows of this program what is chosen; what is gone is shown as all together. The selection stays on its function (or on the
 * first row, where it was not touched), that of an open list on its process. The program that was shown before may be
 * freed afterwards. */
void processes_show(struct application *application, const struct model *program);

/* Fills the popup with all together and each process; the shown one is selected. false: out of memory, or there are no
 * children, which a message says. */
bool processes_fill(struct application *application, struct popup *popup);
/* Chooses a row of the popup by its value. */
void processes_choose(struct application *application, int value);
/* The same of a model of the run: one of its processes, or their sum. */
void processes_choose_model(struct application *application, const struct model *process);

/* Chooses the first process with this pid; a message says where there is none. */
void processes_choose_pid(struct application *application, uint32_t pid);

/* "  pid 4122", "  pid 4122 (2 of 3)", "  3 processes"; empty while nothing is known. */
void processes_describe(const struct application *application, char *text, size_t size);

#endif
