/* profile_names.h - what threads are called, in their segments.
 *
 * A thread's first probe is earlier than its name is known: the module threading lists it after that. So the first calls of a
 * thread take the slow paths of probes, for its stack seems to be full, and there it is looked for until it has a name. */
#ifndef PYPROF_PROBE_PROFILE_NAMES_H
#define PYPROF_PROBE_PROFILE_NAMES_H

#include "core/probe/profile_writer.h"

struct thread_slot;

/* From now on `find` is asked for names, under the interpreter lock and between two instructions: by the number that pthread_self()
 * is in that thread, written as UTF-8, '\0'-ended. false: it has none (yet). */
enum { PROFILE_NAME_SIZE = sizeof ((struct arena_thread *)0)->name };
void profile_names_watch(bool (*find)(uint64_t identity, char name[PROFILE_NAME_SIZE]));

/* For every thread that runs: a name may have changed, or is new. Under the interpreter lock. */
void profile_names_refresh(void);

/* A thread begins in this slot, whose place in the segment may have another's name. On that thread, when its stack is empty. */
void profile_name_begin(struct thread_slot *slot);

/* A function is about to be put on the stack of a thread that seems to have no room: where that is for its name, it is looked for,
 * and there is room until profile_name_go_on. NULL: it is not. */
struct thread_slot *profile_name_look(struct arena_thread *thread, uint32_t code);
void profile_name_go_on(struct thread_slot *slot);

/* The stack has the room that it really has. false: it had. */
bool profile_name_give_up(struct thread_slot *slot);

#endif
