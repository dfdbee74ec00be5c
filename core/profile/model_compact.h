/* model_compact.h - leaving out of a child's model what it only inherited. */
#ifndef PYPROF_PROFILE_MODEL_COMPACT_H
#define PYPROF_PROFILE_MODEL_COMPACT_H

#include "pyprof/model.h"

/* Takes out what has neither counts, time nor sites: call nodes, edges, functions with their lines. A forked child knows all that
 * its parent has ever run, and there may be thousands of them. The names of the functions that stay are copied, so that the texts
 * they were in may go. Indices of functions change. Memory and instructions must not have been spread yet
 * (model_memory.h, model_instructions.h), instruction rows must stand in the order of functions. false: out of memory;
 * the model is of no use then. */
bool model_compact(struct model *model);

#endif
