/* disassembler_process.h - a Python that runs disassemble.py, and what is said to it and by it. */
#ifndef PYPROF_RECORDER_DISASSEMBLER_PROCESS_H
#define PYPROF_RECORDER_DISASSEMBLER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/recorder/disassembly_rows.h"

struct disassembler_process {
    pid_t pid;  /* 0: it does not run */
    int socket; /* its stdin and stdout */
    uint64_t limit_ns; /* for each question */
    char version[32];
    struct specialized_names names;
    unsigned char *answer; /* owned: of the last question */
    size_t room;
};

/* Starts a Python by its path, apart from what the program has made of its environment, and waits until it is ready.
 * false: it cannot be started, is something else, or takes longer than limit_ns; nothing runs then. */
bool disassembler_process_start(struct disassembler_process *process, const char *executable, uint64_t limit_ns);

/* Has an object of the arena disassembled. The answer lives until the next call; NULL: it cannot be. Where the process has died
 * of it, or took too long, it has been ended (pid is 0). */
const unsigned char *disassembler_process_ask(struct disassembler_process *process, const void *object, uint32_t size,
                                              size_t *answer_size);

void disassembler_process_end(struct disassembler_process *process);

#endif
