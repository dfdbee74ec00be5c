/* stamp.h - tells a view whether the model it is shown is another one than last time, so that rows are sorted and
 * counted once per model instead of once per draw. A freed model's address may be used again: the address alone
 * tells nothing, but a live run's time always goes on. */
#ifndef PYPROF_TUI_VIEW_STAMP_H
#define PYPROF_TUI_VIEW_STAMP_H

#include "pyprof/model.h"

struct model_stamp {
    const struct model *model;
    const struct model_function *functions;
    size_t function_count, edge_count, line_count, sample_count;
    uint64_t wall_ns, start_unix_ns;
    enum model_state state;
};

/* true: the model differs from the one before (or is the first); the stamp is this model's now. */
static inline bool model_stamp_update(struct model_stamp *stamp, const struct model *model) {
    bool same = stamp->model == model && stamp->functions == model->functions &&
                stamp->function_count == model->function_count && stamp->edge_count == model->edge_count &&
                stamp->line_count == model->line_count && stamp->sample_count == model->sample_count &&
                stamp->wall_ns == model->wall_ns && stamp->start_unix_ns == model->start_unix_ns &&
                stamp->state == model->state;
    if (same)
        return false;
    *stamp = (struct model_stamp){
        .model = model, .functions = model->functions, .function_count = model->function_count,
        .edge_count = model->edge_count, .line_count = model->line_count, .sample_count = model->sample_count,
        .wall_ns = model->wall_ns, .start_unix_ns = model->start_unix_ns, .state = model->state,
    };
    return true;
}

/* Which run, and which of its processes: ids of functions are those of one. All zero is none. */
struct run_stamp {
    uint64_t start_unix_ns;
    uint32_t pid;
    bool sum; /* of several processes */
};

/* true: another one is shown than before. */
static inline bool run_stamp_update(struct run_stamp *stamp, const struct model *model) {
    bool sum = model->process_count > 1;
    if (stamp->start_unix_ns == model->start_unix_ns && stamp->pid == model->pid && stamp->sum == sum)
        return false;
    *stamp = (struct run_stamp){model->start_unix_ns, model->pid, sum};
    return true;
}

#endif
