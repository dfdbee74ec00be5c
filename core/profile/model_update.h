/* model_update.h - rows that are moved from one model to the next, and what is added to them on the way.
 *
 * The model that is made has all that is small (threads, samples, ...) and none of the large arrays; those of the model before it
 * are brought up to date and moved, so a run of a million call nodes has them once. Whoever shows the model before does that
 * itself (model_complete); until then it is only read. */
#ifndef PYPROF_PROFILE_MODEL_UPDATE_H
#define PYPROF_PROFILE_MODEL_UPDATE_H

#include "core/profile/packed_sites.h"

struct model_update {
    struct model_function *functions; /* new ones, as they were never called */
    size_t function_count;
    struct model_node *nodes; /* new ones, without numbers */
    size_t node_count;
    struct model_edge *edges; /* new ones, without numbers, sorted */
    size_t edge_count;
    struct model_line *lines; /* with their numbers; a function's stand together */
    size_t line_count;
    struct site_change *sites;
    size_t site_count;
    uint32_t *thread_rows; /* of each change of a node: its row in model.thread_functions; NULL: there are none */
};

void model_update_free(struct model_update *update); /* NULL is allowed, here and below */
void model_changes_free(struct model_changes *changes);

#endif
