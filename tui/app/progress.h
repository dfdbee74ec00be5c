/* progress.h - how a run gets on: what runs at this moment, and how many calls it makes a second. */
#ifndef PYPROF_TUI_PROGRESS_H
#define PYPROF_TUI_PROGRESS_H

#include "pyprof/model.h"

/* All zero where nothing was noted yet. */
struct progress {
    uint32_t pid;             /* whose calls these are: numbers of another process start anew */
    uint64_t calls, wall_ns;  /* of the model that was noted last */
    uint64_t calls_per_second; /* between the last two; MODEL_UNKNOWN: not known */
};

/* Takes down what a newer model of the run says. */
void progress_note(struct progress *progress, const struct model *model);

/* "calculate_z:20  6.1M calls/s", of at most `columns` columns, for which the place is cut; "" where neither is known, or the run
 * is over. */
void progress_describe(const struct progress *progress, const struct model *model, int columns, char *text, size_t size);

#endif
