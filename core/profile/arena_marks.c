#include "core/profile/arena_marks.h"

#include <string.h>

#include "core/base/clock.h"

/* Bytes of a text that fit into `room` with the '\0' behind, without part of a character at the end. */
static size_t fitting_length(const char *text, size_t room) {
    size_t length = strnlen(text, room);
    if (length < room)
        return length;
    for (length = room - 1; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80; length--)
        continue;
    return length;
}

/* The row is this caller's alone. */
static bool take_row(struct arena_header *header, uint32_t *row) {
    uint32_t count = __atomic_load_n(&header->mark_count, __ATOMIC_RELAXED);
    do {
        if (count >= ARENA_MAX_MARKS)
            return false;
    } while (!__atomic_compare_exchange_n(&header->mark_count, &count, count + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    *row = count;
    return true;
}

bool arena_add_mark(struct arena *arena, const char *name) {
    struct arena_header *header = arena->header;
    uint32_t row = __atomic_load_n(&header->mark_count, __ATOMIC_RELAXED);
    /* Room is taken with one row to spare, for whoever else takes one meanwhile. */
    uint64_t wanted = row + 2 < ARENA_MAX_MARKS ? row + 2 : ARENA_MAX_MARKS;
    if (row >= ARENA_MAX_MARKS || !arena_reserve(arena, ARENA_MARKS_AT, wanted * sizeof(struct arena_mark)) ||
        !take_row(header, &row) || row >= wanted)
        return false;
    struct arena_mark *mark = (struct arena_mark *)((char *)header + ARENA_MARKS_AT) + row;
    size_t length = fitting_length(name, sizeof mark->name);
    memcpy(mark->name, name, length);
    mark->name[length] = '\0';
    uint64_t now_ns = clock_monotonic_ns();
    uint64_t t_ns = now_ns > header->clock.start_ns ? now_ns - header->clock.start_ns : 0;
    __atomic_store_n(&mark->t_ns, t_ns ? t_ns : 1, __ATOMIC_RELEASE);
    return true;
}
