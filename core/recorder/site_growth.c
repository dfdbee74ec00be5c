#include "core/recorder/site_growth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"

enum { SITES_PER_READ = 256, TIMES_AS_LONG_BETWEEN = 200 };

void site_growth_free(struct site_growth *growth) {
    free(growth->before);
    *growth = (struct site_growth){0};
}

/* The order of most, most first; room for one more is made by what has grown least. */
static void insert(struct arena_growth most[ARENA_SAMPLE_GROWTH], uint32_t site, int64_t bytes) {
    int at = ARENA_SAMPLE_GROWTH - 1;
    if (bytes <= 0 || bytes <= most[at].bytes)
        return;
    for (; at > 0 && bytes > most[at - 1].bytes; at--)
        most[at] = most[at - 1];
    most[at] = (struct arena_growth){.bytes = bytes, .site = site};
}

static int64_t grown(const struct site_growth *growth, uint32_t site, uint64_t live) {
    return (int64_t)(live - (site < growth->before_count ? growth->before[site] : 0));
}

static bool make_room(struct site_growth *growth, uint32_t count) {
    if (count <= growth->before_capacity)
        return true;
    uint64_t *before = reallocarray(growth->before, count, sizeof *before);
    if (!before)
        return false;
    growth->before = before;
    growth->before_capacity = count;
    return true;
}

/* Site 0 is what could be given to none. at_mark: what lives now is what growth is counted from. */
static void look_at_all(struct site_growth *growth, int file, uint32_t count, bool at_mark) {
    struct arena_site sites[SITES_PER_READ];
    memset(growth->most, 0, sizeof growth->most);
    if (at_mark)
        growth->before_count = 0;
    if (at_mark && !make_room(growth, count))
        return;
    for (uint32_t begin = 0; begin < count; begin += SITES_PER_READ) {
        uint32_t size = count - begin < SITES_PER_READ ? count - begin : SITES_PER_READ;
        off_t at = (off_t)(ARENA_SITES_AT + (uint64_t)begin * sizeof *sites);
        if (pread(file, sites, size * sizeof *sites, at) != (ssize_t)(size * sizeof *sites))
            return;
        for (uint32_t i = 0; i < size; i++) {
            if (at_mark)
                growth->before[growth->before_count++] = sites[i].live_bytes;
            else if (begin + i)
                insert(growth->most, begin + i, grown(growth, begin + i, sites[i].live_bytes));
        }
    }
}

static void look_at_most(struct site_growth *growth, int file) {
    struct arena_growth before[ARENA_SAMPLE_GROWTH];
    memcpy(before, growth->most, sizeof before);
    memset(growth->most, 0, sizeof growth->most);
    for (int i = 0; i < ARENA_SAMPLE_GROWTH && before[i].site; i++) {
        uint64_t live;
        off_t at = (off_t)(ARENA_SITES_AT + (uint64_t)before[i].site * sizeof(struct arena_site) +
                           offsetof(struct arena_site, live_bytes));
        if (pread(file, &live, sizeof live, at) == (ssize_t)sizeof live)
            insert(growth->most, before[i].site, grown(growth, before[i].site, live));
    }
}

void site_growth_look(struct site_growth *growth, int arena_file, const struct arena_header *header) {
    uint64_t now_ns = clock_monotonic_ns();
    uint32_t count = __atomic_load_n(&header->memory.site_count, __ATOMIC_ACQUIRE);
    uint32_t mark_count = __atomic_load_n(&header->mark_count, __ATOMIC_ACQUIRE);
    if (now_ns < growth->next_ns) {
        look_at_most(growth, arena_file);
        return;
    }
    look_at_all(growth, arena_file, count < ARENA_MAX_SITES ? count : ARENA_MAX_SITES, mark_count != growth->mark_count);
    growth->mark_count = mark_count;
    uint64_t end_ns = clock_monotonic_ns();
    growth->next_ns = end_ns + (end_ns - now_ns) * TIMES_AS_LONG_BETWEEN;
}
