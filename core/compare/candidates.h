/* candidates.h - what the candidates of a comparison are, and whether each can be called. */
#ifndef PYPROF_COMPARE_CANDIDATES_H
#define PYPROF_COMPARE_CANDIDATES_H

#include "core/compare/comparison.h"
#include "core/compare/worker.h"

/* In one process: finds all, calls each once, asks whether they return the same, and fills names, sources and bytecode. */
bool candidates_check(struct comparison *comparison, struct worker_context *context, const struct comparison_listener *listener,
                      struct error *error);

#endif
