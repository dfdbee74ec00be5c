/* text_table.h - the texts of a profile's disassembly, each of them once. */
#ifndef PYPROF_RECORDER_TEXT_TABLE_H
#define PYPROF_RECORDER_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/profile/arena_writer.h"

struct text_table {
    struct arena *arena; /* not owned */
    uint64_t used;       /* bytes of the texts region */
    uint64_t reserved;
    uint32_t *offsets;   /* owned; open addressing, 0: free */
    size_t capacity, count;
};

/* Of an arena that may have texts already; whatever they are. false: memory is out. */
bool text_table_open(struct text_table *table, struct arena *arena);
void text_table_close(struct text_table *table);

/* Offset of a text without '\0' of at most 65,535 bytes, which is in the arena from then on. false: no room. */
bool text_table_add(struct text_table *table, const char *text, size_t length, uint64_t *offset);

#endif
