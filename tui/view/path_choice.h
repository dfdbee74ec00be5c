/* path_choice.h - what call paths are measured by: self time, or memory; and what stands where there is none of it. */
#ifndef PYPROF_TUI_VIEW_PATH_CHOICE_H
#define PYPROF_TUI_VIEW_PATH_CHOICE_H

#include "tui/view/path_tree.h"
#include "tui/view/view.h"

/* All zero measures what the other panes show: memory where memory is what is looked at, or all that is counted; else time. */
struct path_measure {
    bool chosen;  /* by hand */
    bool memory;
    enum memory_measure measure;
};

extern const char path_no_memory[];

/* Follows the context; true: something else is measured than before. */
bool path_measure_update(struct path_measure *measure, const struct view_context *context);
/* Chooses the next of time and all measures of memory; false: only one of them was counted. */
bool path_measure_next(struct path_measure *measure, const struct view_context *context);
struct path_choice path_choice_of(const struct path_measure *measure, bool inverted);
/* "self time", "memory at the peak". */
const char *path_measure_title(const struct path_choice *choice);
/* Why there is nothing to show. */
const char *path_nothing(const struct path_choice *choice, const struct model *model);

#endif
