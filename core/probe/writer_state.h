/* writer_state.h - the profile of this process, as the files profile_*.c share it. Nobody else
 * includes it. */
#ifndef PYPROF_PROBE_WRITER_STATE_H
#define PYPROF_PROBE_WRITER_STATE_H

#include <pthread.h>

#include "core/probe/index_table.h"
#include "core/probe/profile_writer.h"

enum { PROFILE_RESERVE_STEP = 65536 };

/* What a thread that forks notes down before, for its stack and tables go on in the parent while the child copies them. */
struct fork_snapshot {
    uint32_t code_count, line_cell_count, node_count, block_count, unit_count;
    uint64_t strings_used, objects_used;
    struct arena_frame *frames; /* on a mapping of its own */
    uint64_t frames_room;       /* rows */
    uint64_t frame_count;       /* 0: nothing could be noted down */
    uint64_t overflow_depth;
};

/* What belongs to a thread segment but is no reader's business. */
struct thread_slot {
    struct arena_thread *segment; /* NULL: never used */
    bool in_arena;                /* false: a private stand-in, for want of room */
    struct index_table children;  /* (position, code) -> node */
    uint64_t frames_reserved, nodes_reserved, lines_reserved, blocks_reserved, exits_reserved; /* rows that have room */
    struct fork_snapshot snapshot;
    /* the thread's name (profile_names.c) */
    uint64_t identity; /* pthread_self() */
    uint64_t name_file; /* of the thread's first function; 0: none was called yet */
    uint32_t name_entries, name_looks; /* how many more calls take the slow paths for it, and look; 0: the limit is the real one */
};

struct profile {
    struct arena arena;
    bool attached;
    bool counting;
    struct index_table functions;
    struct index_table files;
    uint64_t strings_reserved, codes_reserved, line_rows_reserved, sites_reserved, site_epochs_reserved;
    uint64_t bytecode_reserved, blocks_reserved, units_reserved, objects_reserved;
    struct thread_slot slots[ARENA_MAX_THREADS]; /* those in use come first */
    pthread_key_t thread_end;
    /* child processes */
    struct arena_header *main_header; /* of the program's arena; NULL: children count nothing */
    char main_path[ARENA_PATH_SIZE];
    uint32_t process;              /* getpid() */
    struct fork_snapshot snapshot; /* of a thread that forks and has no segment */
};

extern struct profile profile;

/* The slot of a segment; NULL: none has it. */
struct thread_slot *profile_slot_of(const struct arena_thread *thread);

/* Makes room for rows [0, wanted) of a region whose first *reserved rows have it; false: there is none. */
bool profile_reserve_rows(uint64_t region, uint64_t row_size, uint64_t *reserved, uint64_t wanted, uint64_t most);

/* Makes room in a thread's segment for the counters of so many blocks and units; false: there is none. */
bool profile_reserve_counters(struct thread_slot *slot, uint32_t blocks, uint32_t units);

/* Where nodes, lines and frames lie in a new segment; the root's node is there. */
void profile_set_places(struct arena_thread *thread);

/* How deep the stack of a slot's thread may grow, after the rows that have room. */
void profile_set_limit(struct thread_slot *slot);

#endif
