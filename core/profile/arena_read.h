/* arena_read.h - reading an arena file that others write to, cut off or fill with garbage.
 *
 * Rows are read with pread into memory of the reader's own, not through a mapping: a file that is cut off gives a
 * short read instead of a SIGBUS, and a hole gives zeros where a mapped tmpfs page would be taken from a file
 * system that may be full. Aligned words arrive whole: the kernel copies them in words at least. */
#ifndef PYPROF_PROFILE_ARENA_READ_H
#define PYPROF_PROFILE_ARENA_READ_H

#include "pyprof/arena_reader.h"

#include "core/profile/arena_children.h"
#include "core/profile/function_ids.h"

/* Memory that is kept from one model to the next. */
struct scratch {
    void *bytes;
    size_t size;
};

struct arena_reader {
    int file;
    struct arena_header header; /* as of the last arena_read_header */
    struct scratch nodes, frames, rows, texts;
    bool is_child;                /* of a child process: nobody tells how it ended */
    uint64_t gone_ticks, gone_ns; /* of a child: when it was seen gone, 0: it was not; unless the header has an end */
    struct arena_children children; /* of a program */
    struct function_ids *ids;       /* of the sum over all processes; NULL: no children were found yet */
    struct arena_follow *follow; /* NULL: no model that could be gone on from was made yet */
    uint64_t serial;             /* of the last model */
    char path[ARENA_PATH_SIZE];
};

/* The model of the one process whose arena this is. */
struct model *arena_process_model(struct arena_reader *reader, struct error *error);

/* Reads the header into reader->header and validates all that does not depend on other rows. */
bool arena_read_header(struct arena_reader *reader, struct error *error);

/* Reads size bytes at an offset of the file. */
bool arena_read(struct arena_reader *reader, uint64_t offset, void *bytes, size_t size, struct error *error);

/* Scratch memory of at least that size; NULL: out of memory. */
void *arena_scratch(struct scratch *scratch, size_t size);

/* The same into scratch memory; NULL: failed. size 0 gives a pointer that is not NULL. */
void *arena_read_scratch(struct arena_reader *reader, struct scratch *scratch, uint64_t offset, size_t size,
                         struct error *error);

/* Sets the error that says the file is damaged and what is wrong with it; always false. */
bool arena_damaged(const struct arena_reader *reader, const char *what, struct error *error);

/* Sets the error that says memory is out; always false. */
bool arena_out_of_memory(const struct arena_reader *reader, struct error *error);

#endif
