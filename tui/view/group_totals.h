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

/* The same of any number of call nodes, in slices between which keys can be answered. The model must stay as it is meanwhile. */
struct group_totals_job;
/* of_function is copied. NULL: out of memory. */
struct group_totals_job *group_totals_begin(const struct model *model, const uint32_t *of_function, size_t count);
/* Does the next slice. false: it was the last one. */
bool group_totals_work(struct group_totals_job *job);
/* Sets what was found in sums, as many as the job is of. false: it would have taken too many steps; sums are as they were. */
bool group_totals_take(const struct group_totals_job *job, struct model_function *sums);
void group_totals_free(struct group_totals_job *job); /* NULL is allowed */

#endif
