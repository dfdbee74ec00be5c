/* disassembly_rows.h - from an answer of disassemble.py to rows of the arena. The answer is trusted in nothing: what it is made
 * from comes from the program. */
#ifndef PYPROF_RECORDER_DISASSEMBLY_ROWS_H
#define PYPROF_RECORDER_DISASSEMBLY_ROWS_H

#include "core/recorder/text_table.h"

struct disassembly_rows {
    struct arena *arena; /* not owned */
    struct text_table texts;
    uint64_t instructions_reserved, handlers_reserved; /* bytes */
};

/* With room for the disassembly of every code that there is now. One at a time writes into an arena. false: no room, or memory is
 * out. */
bool disassembly_rows_open(struct disassembly_rows *rows, struct arena *arena, uint32_t code_count);
void disassembly_rows_close(struct disassembly_rows *rows);

/* Stores what `answer` says of a code, and its state: ARENA_DISASSEMBLY_FAILED where it is no answer, or has no room. */
void disassembly_rows_store(struct disassembly_rows *rows, uint32_t code, const unsigned char *answer, size_t size);
void disassembly_rows_fail(struct disassembly_rows *rows, uint32_t code);

/* Names, by opcode, of specialised forms; "" where it is none. */
struct specialized_names {
    char names[256][64];
};
/* Renews what the instructions of a code that is disassembled are specialised to. */
void disassembly_rows_specialize(struct disassembly_rows *rows, uint32_t code, const struct specialized_names *names);

#endif
