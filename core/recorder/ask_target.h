/* ask_target.h - what may be asked of a program while it runs: to mark a moment, to switch its memory collector, to take a
 * census, to say what its bytecode is specialised to.
 *
 * Marks are written into the arena at once. The rest goes into the arena's mailbox, where the engine finds it the next time the
 * program allocates memory, and does it when its main thread next runs Python code. */
#ifndef PYPROF_RECORDER_ASK_TARGET_H
#define PYPROF_RECORDER_ASK_TARGET_H

#include <stdbool.h>

#include "core/recorder/recording.h"

/* Marks this moment. false: the program has ended, or there is no room for one more. */
bool ask_target_mark(struct recording *recording, const char *name, struct error *error);

/* Asks for the memory collector to be off or on. On success *notice is a sentence that says what was asked. */
bool ask_target_pause_memory(struct recording *recording, bool paused, const char **notice, struct error *error);

/* Asks for exactly these collectors (bits of enum collector) to be on. Likewise. */
bool ask_target_collectors(struct recording *recording, uint32_t collectors, const char **notice, struct error *error);

/* Asks for a census of live objects. */
bool ask_target_census(struct recording *recording, const char **notice, struct error *error);

/* Asks for what instructions are specialised to; nothing where it has ended. */
void ask_target_bytecode(struct recording *recording);

#endif
