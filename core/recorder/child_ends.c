#include "core/recorder/child_ends.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/process.h"
#include "core/profile/arena_children.h"

void child_ends_free(struct child_ends *ends) {
    free(ends->ended);
    *ends = (struct child_ends){0};
}

static bool has_ended(const struct child_ends *ends, const struct arena_child *child) {
    for (size_t i = 0; i < ends->count; i++)
        if (ends->ended[i].pid == child->pid && ends->ended[i].number == child->number)
            return true;
    return false;
}

static void keep(struct child_ends *ends, const struct arena_child *child) {
    if (ends->count == ends->capacity) {
        size_t capacity = ends->capacity ? 2 * ends->capacity : 16;
        struct arena_child *ended = reallocarray(ends->ended, capacity, sizeof *ended);
        if (!ended)
            return;
        ends->ended = ended;
        ends->capacity = capacity;
    }
    ends->ended[ends->count++] = *child;
}

/* end_ticks and end_ns stand side by side. */
_Static_assert(offsetof(struct arena_clock, end_ns) == offsetof(struct arena_clock, end_ticks) + sizeof(uint64_t),
               "both end readings are written at once");

/* Does it need no more looks? */
static bool note_end(int file, const struct arena_child *child) {
    struct arena_clock clock;
    uint64_t magic;
    if (pread(file, &magic, sizeof magic, offsetof(struct arena_header, magic)) != (ssize_t)sizeof magic ||
        magic != ARENA_MAGIC || !process_is_gone(child->pid) ||
        pread(file, &clock, sizeof clock, offsetof(struct arena_header, clock)) != (ssize_t)sizeof clock)
        return false;
    if (clock.kind > ARENA_CLOCK_CNTVCT || (clock.end_ticks && clock.end_ns))
        return true;
    clock_end(&clock);
    const uint64_t end[] = {clock.end_ticks, clock.end_ns};
    off_t at = (off_t)(offsetof(struct arena_header, clock) + offsetof(struct arena_clock, end_ticks));
    return pwrite(file, end, sizeof end, at) == (ssize_t)sizeof end;
}

static void look_at(struct child_ends *ends, int folder, const char *name) {
    struct arena_child child;
    if (!arena_child_parse_name(name, &child) || has_ended(ends, &child))
        return;
    int file = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return;
    if (note_end(file, &child))
        keep(ends, &child);
    close(file);
}

void child_ends_note(struct child_ends *ends, const char *arena_path) {
    char folder[ARENA_PATH_SIZE + sizeof ARENA_CHILDREN_SUFFIX];
    snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, arena_path);
    DIR *entries = opendir(folder);
    if (!entries)
        return; /* there are none */
    for (struct dirent *entry; (entry = readdir(entries));)
        look_at(ends, dirfd(entries), entry->d_name);
    closedir(entries);
}
