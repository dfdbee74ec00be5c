/* model_sum.h - the sum over all processes of a run. */
#ifndef PYPROF_PROFILE_MODEL_SUM_H
#define PYPROF_PROFILE_MODEL_SUM_H

#include "core/profile/function_ids.h"

/* Makes program->all, the sum over the program and its children; without children there is none. Functions that are the same
 * in function_ids' sense are one row, whose index is that number; lines, edges and call paths are summed likewise. Facts about
 * the run and the timeline are the program's. Texts are shared with the models that they come from, which program owns as
 * well. ids may be NULL: then numbers are new. false: out of memory. */
bool model_sum_processes(struct model *program, struct function_ids *ids, struct error *error);

#endif
