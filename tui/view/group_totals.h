/* group_totals.h - what groups of functions have together with all that they call: what has several functions of a group on its
 * path counts once. */
#ifndef PYPROF_TUI_VIEW_GROUP_TOTALS_H
#define PYPROF_TUI_VIEW_GROUP_TOTALS_H

#include "pyprof/model.h"

#define GROUP_NONE UINT32_MAX

enum { GROUP_TOTALS_MOST = 1 << 17 /* call nodes; of more, no key would be answered in time */ };

/* Sets in sums[group] the total time and total memory of the call nodes that are the outermost of their group. of_function: by
 * function id a number below count, or GROUP_NONE where the function is in no group. In time proportional to the call nodes.
 * false: out of memory, or the model has no call nodes or more than GROUP_TOTALS_MOST: sums are of no use. */
bool group_totals_add(const struct model *model, const uint32_t *of_function, struct model_function *sums, size_t count);

#endif
