/* left_alone.c - counts the code objects that run without probes, by reason, with an example of each. */
#include <stdio.h>
#include <string.h>

#include "core/probe/profile_writer.h"

/* Copies as much of a text as there is room for, cut between characters. */
static void copy_cut(char *to, size_t size, const char *text) {
    size_t length = strlen(text);
    if (length >= size)
        for (length = size - 1; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    memcpy(to, text, length);
    to[length] = '\0';
}

/* The row of a reason: the one that has it, else a free one. The last is for all reasons that find no other. */
static struct arena_left_alone *row_of(struct arena_header *header, const char *reason) {
    struct arena_left_alone *rows = header->left_alone, wanted;
    copy_cut(wanted.reason, sizeof wanted.reason, reason);
    for (int i = 0; i < ARENA_MAX_REASONS - 1; i++)
        if (rows[i].count == 0 || strcmp(rows[i].reason, wanted.reason) == 0)
            return &rows[i];
    return &rows[ARENA_MAX_REASONS - 1];
}

void profile_leave_code(const char *reason, const char *qualname, const char *file) {
    struct arena_header *header = profile_header();
    if (!header)
        return;
    struct arena_left_alone *row = row_of(header, reason);
    if (row->count == 0) {
        bool is_last = row == &header->left_alone[ARENA_MAX_REASONS - 1];
        char example[sizeof row->example * 2];
        snprintf(example, sizeof example, "%s (%s)", qualname, file);
        copy_cut(row->reason, sizeof row->reason, is_last ? "other reasons" : reason);
        copy_cut(row->example, sizeof row->example, example);
    }
    __atomic_store_n(&row->count, row->count + 1, __ATOMIC_RELEASE);
    header->lost_codes++;
}
