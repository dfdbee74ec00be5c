/* child_arena.h - the arenas of child processes: where they lie and what they begin with. */
#ifndef PYPROF_PROFILE_CHILD_ARENA_H
#define PYPROF_PROFILE_CHILD_ARENA_H

#include "core/profile/arena_writer.h"

/* Makes and maps an arena for this process in the folder MAIN_PATH + ARENA_CHILDREN_SUFFIX, which is made where there is none:
 * empty, with the settings of `main`, the mapped header of the program's arena, which counts it; with a clock that starts now,
 * and in the state `starting`. parent_pid: the process that made this one. Readers do not see it yet. false: children are not
 * wanted, the run is over, or there is no room for one more without taking it from the program's own arena. Allocates nothing:
 * may be called after fork. first_room: as for arena_create_without_timeline. */
bool child_arena_create(struct arena *arena, const char *main_path, struct arena_header *main, uint32_t parent_pid,
                        uint64_t first_room, struct error *error);

/* Shows readers an arena made by child_arena_create, which is complete now, as "PID-NUMBER". false: the run is over or the file
 * has been taken away. */
bool child_arena_publish(struct arena *arena, const struct arena_header *main);

/* Gives an arena made by child_arena_create up: removes its file and unmaps it. */
void child_arena_remove(struct arena *arena);


/* Maps the header alone of the arena at a path; NULL: it is none. Never unmapped but by arena_header_unmap. */
struct arena_header *arena_header_map(const char *path);
void arena_header_unmap(struct arena_header *header);

#endif
