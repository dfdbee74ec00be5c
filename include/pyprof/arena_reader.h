/* arena_reader.h - from a mapped arena to a model. Validates everything; the file may be written to meanwhile
 * or be garbage. */
#ifndef PYPROF_ARENA_READER_H
#define PYPROF_ARENA_READER_H

#include "pyprof/arena.h"
#include "pyprof/model.h"

struct arena_reader; /* an arena file, open for reading */

struct arena_reader *arena_reader_open(const char *path, struct error *error);
/* The same for who holds the file open: it is read even where its name is gone. */
struct arena_reader *arena_reader_open_held(const char *path, int file, struct error *error);
void arena_reader_close(struct arena_reader *reader); /* NULL is allowed */

/* The rows as they are now, of the program and of its child processes, whose arenas lie beside its own, and the sum over all
 * of them; without sources, config, and the program's arguments. Activations still on the shadow stacks are given their
 * time up to now (up to clock.end_ticks once the target ended). The caller frees it with model_free. */
struct model *arena_reader_model(struct arena_reader *reader, struct error *error);

/* The same in time that goes with what has changed since `before`, a model that this function made, where that can be: of one
 * process without bytecode. Such a model has no rows until model_complete; `before` is only read, and may be shown meanwhile.
 * before NULL: there is none. Sites may be packed. */
struct model *arena_reader_next(struct arena_reader *reader, const struct model *before, struct error *error);

/* Moves the rows of `before`, the model that it was made from, into a model of arena_reader_next and brings them up to date;
 * nothing is left of `before` but to free it. false: out of memory, `before` is as it was. A model that has its rows keeps them. */
bool model_complete(struct model *model, struct model *before);

#endif
