/* model_site_update.h - what packed sites have become, added to the functions that have their memory: see model_memory.h for whose
 * it is. What lines and call nodes have is summed up where it is looked at: there are too many of them to have it all the time. */
#ifndef PYPROF_PROFILE_MODEL_SITE_UPDATE_H
#define PYPROF_PROFILE_MODEL_SITE_UPDATE_H

#include "core/profile/packed_sites.h"

/* Room must have been made (packed_sites_reserve); functions and call nodes must be there. Time goes with the changes and with how
 * deep they are. */
void model_update_sites(struct model *model, const struct site_change *changes, size_t count);

#endif
