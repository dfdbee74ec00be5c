/* arena_writer.h - making an arena file, mapping it read-write, and taking room in it. */
#ifndef PYPROF_PROFILE_ARENA_WRITER_H
#define PYPROF_PROFILE_ARENA_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "pyprof/arena.h"
#include "pyprof/error.h"

struct arena {
    struct arena_header *header; /* the mapping of everything before the thread segments */
    char *strings;
    struct arena_code *codes;
    struct arena_line *lines;
    struct arena_sample *samples;
    struct arena_site *sites;
    uint64_t *site_epochs;
    struct arena_bytecode *bytecode;
    struct arena_block *blocks;
    struct arena_unit *units;
    unsigned char *objects;
    struct arena_disassembly *disassembly;
    struct arena_instruction *instructions;
    struct arena_handler *handlers;
    char *texts;
    char path[ARENA_PATH_SIZE];
};

/* Bytes that every region has room for in a new arena. */
enum { ARENA_FIRST_ROOM = 65536 };

/* Makes a new, empty arena file (mode 0600, must not exist) and maps it; clock and header basics are filled in. */
bool arena_create(struct arena *arena, const char *path, struct error *error);

/* The same for a process whose memory nobody samples, on the clock that the other processes of the run are on. first_room: that
 * of its regions, ARENA_FIRST_ROOM or 0 where the caller takes room himself. */
bool arena_create_without_timeline(struct arena *arena, const char *path, enum arena_clock_kind clock, uint64_t first_room,
                                   struct error *error);

/* Maps an existing arena read-write, checking magic, version and size. */
bool arena_attach(struct arena *arena, const char *path, struct error *error);

/* Unmaps; the file stays. */
void arena_detach(struct arena *arena);

/* Takes room for bytes [offset, offset + size) of the file, so that touching them cannot fail. Opens the file by its path
 * each time: the target may close every descriptor it finds. Not for the hot path. */
bool arena_reserve(const struct arena *arena, uint64_t offset, uint64_t size);

/* Maps the segment of thread slot `index` (0 <= index < ARENA_MAX_THREADS), with room for its head only. NULL: no room. */
struct arena_thread *arena_map_thread(const struct arena *arena, uint32_t index);

#endif
