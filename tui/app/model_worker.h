/* model_worker.h - makes models of an arena in a thread of its own: keys are answered while it works, however many
 * functions there are. It makes one at a time. */
#ifndef PYPROF_TUI_MODEL_WORKER_H
#define PYPROF_TUI_MODEL_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "pyprof/arena_reader.h"

struct model_worker;

struct model_worker *model_worker_new(struct error *error);
/* Waits for what is being made. NULL is allowed. */
void model_worker_free(struct model_worker *worker);

/* Begins to make a model, of the one that is shown where that can be (arena_reader_next); false: one is being made or waits to be
 * taken. Until then the reader is the worker's, and the model that is shown stays as it is. */
bool model_worker_begin(struct model_worker *worker, struct arena_reader *reader, const struct model *before);
/* Readable when one is ready. */
int model_worker_descriptor(const struct model_worker *worker);
/* Takes what is ready: true, and *model (NULL: *error says why there is none) is the caller's. false: nothing is. */
bool model_worker_take(struct model_worker *worker, struct model **model, struct error *error);
/* Processor time that the model that was taken last has cost, in nanoseconds. */
uint64_t model_worker_cost(const struct model_worker *worker);
/* Waits for what is being made and throws it away: nobody uses the reader any more. */
void model_worker_drop(struct model_worker *worker);

#endif
