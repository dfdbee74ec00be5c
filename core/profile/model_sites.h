/* model_sites.h - bringing sites into their order. */
#ifndef PYPROF_PROFILE_MODEL_SITES_H
#define PYPROF_PROFILE_MODEL_SITES_H

#include "pyprof/model.h"

/* Puts model->sites into the order that model.h promises, sums those that are the same and leaves out those of which all is 0.
 * Their functions and nodes must be there. rows[i] becomes the place of what was sites[i], MODEL_NO_SITE where it was left out.
 * Time is linear in the number of sites, functions and nodes. false: out of memory. */
bool model_merge_sites(struct model *model, uint32_t *rows);

#endif
