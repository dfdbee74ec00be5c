/* model_memory.h - whose a site's memory is: everything that a model says about it is a sum over its sites. */
#ifndef PYPROF_PROFILE_MODEL_MEMORY_H
#define PYPROF_PROFILE_MODEL_MEMORY_H

#include "pyprof/model.h"

/* Adds a part; highest_bytes becomes the higher one. */
void model_add_allocations(struct model_allocations *sum, const struct model_allocations *part);

/* Whether any memory was ever allocated, freed or alive there. */
bool model_has_allocations(const struct model_allocations *memory);

/* Adds what model->sites say to call nodes, functions and lines, whose memory must be 0 before. Lines that have no row get one.
 *   node      its sites; total: with all nodes below it
 *   function  its nodes' sites, where the path is not known those of its lines; total: what was allocated while it was active
 *   line      its sites, those at nodes of C functions, too
 * Indices must be right, sites in order, and the rows of each function's lines together. false: out of memory; the model is of no
 * use then. */
bool model_spread_memory(struct model *model);

#endif
