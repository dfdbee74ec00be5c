/* counting.h - what one call of each candidate executes and allocates, counted exactly by the engine.
 *
 * Each candidate has a process of its own, with the bytecode and the memory collector. It is called once before, so that what
 * is made once (imports within it, caches) is not in the counts, as it is not in the times. While it waits for the next
 * command the arena is read: before the call and behind it. The difference is the call's. */
#ifndef PYPROF_COMPARE_COUNTING_H
#define PYPROF_COMPARE_COUNTING_H

#include "core/compare/comparison.h"
#include "core/compare/worker.h"

/* Where counting is not possible (no engine for this Python, a candidate that fails only there), comparison->not_counted says why,
 * and that is no failure. false: interrupted, or memory is out. */
bool counting_run(struct comparison *comparison, const struct config *config, struct worker_context *context,
                  const struct comparison_listener *listener, struct error *error);

#endif
