/* sources.h - source texts for the models of a live run, which have none of their own. */
#ifndef PYPROF_TUI_SOURCES_H
#define PYPROF_TUI_SOURCES_H

#include "pyprof/model.h"

/* Gives the model the source of a file unless it has it. What was read stays in `store` (model_new), so that a file is
 * read once and shown as it was then. A file that cannot be read, or want of memory, leaves the model without. */
void sources_provide(struct model *store, struct model *model, const char *file);
/* The same for the few files whose functions made most of the peak in `model`, which is `live` or a part of it: their lines stand
 * beside the numbers. */
void sources_provide_memory(struct model *store, struct model *live, const struct model *model);

#endif
