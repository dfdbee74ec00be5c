/* disassembler.h - has the code objects that the engines have published disassembled by the program's own Python and its `dis`.
 *
 * That takes some 20 ms and 0.2 ms for each function. In a run that is watched a process of its own does it and writes into the
 * arenas; the loop only starts it and sees it end. One at a time writes there. What goes wrong (no Python there any more, code
 * that `dis` does not understand) is the state ARENA_DISASSEMBLY_FAILED of the code, and nobody else's trouble. */
#ifndef PYPROF_RECORDER_DISASSEMBLER_H
#define PYPROF_RECORDER_DISASSEMBLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/profile/arena_writer.h"

/* Disassembles what is new in the arena at this path and in those of its child processes, and renews what instructions are
 * specialised to. Where there is nothing new, no Python is started. Takes half a minute at most. */
void disassemble_profile(const char *arena_path);

/* What there was to disassemble when it was last looked. */
struct disassembler_seen {
    uint64_t objects_used;
    uint32_t published; /* answers to requests */
    bool ended;         /* the program */
};

struct disassembler {
    pid_t pid;         /* 0: none at work */
    int result;        /* readable when it is done; -1: none at work */
    uint64_t next_ns;  /* not before: CLOCK_MONOTONIC */
    struct disassembler_seen seen;
};
#define DISASSEMBLER_NONE ((struct disassembler){.result = -1})

/* Starts to work where there is something new in the program's arena and the last start was not just now; once more when the
 * program has ended: child processes may have published something, too. Returns whether it is at work. */
bool disassembler_tick(struct disassembler *disassembler, const struct arena *arena, uint64_t now_ns, bool ended);

/* Call when `result` is readable. */
void disassembler_finish(struct disassembler *disassembler);

/* What is at work is ended, whatever it was about to write; the next run begins anew. */
void disassembler_stop(struct disassembler *disassembler);

#endif
