#include "core/recorder/collection_counts.h"

#include <string.h>
#include <sys/uio.h>

enum { MOST_PLACES = 32 };

static bool read_count(pid_t pid, const struct arena_memory *memory, int generation, uint64_t *count) {
    uint64_t numbers[MOST_PLACES], address = memory->collections_address[generation];
    struct iovec theirs[MOST_PLACES], ours = {.iov_base = numbers};
    uint32_t places = memory->collections_places[generation] ? memory->collections_places[generation] : 1;
    if (!address || places > MOST_PLACES)
        return false;
    for (uint32_t i = 0; i < places; i++)
        theirs[i] = (struct iovec){.iov_base = (void *)(uintptr_t)(address + (uint64_t)i * memory->collections_stride),
                                   .iov_len = sizeof *numbers};
    ours.iov_len = places * sizeof *numbers;
    if (process_vm_readv(pid, &ours, 1, theirs, places, 0) != (ssize_t)ours.iov_len)
        return false;
    *count = 0;
    for (uint32_t i = 0; i < places; i++)
        if (numbers[i] > *count)
            *count = numbers[i];
    return true;
}

void collection_counts_read(struct collection_counts *counts, pid_t pid, const struct arena_header *header,
                            uint32_t collections[ARENA_GENERATIONS]) {
    uint64_t now[ARENA_GENERATIONS];
    bool known = true;
    memset(collections, 0, ARENA_GENERATIONS * sizeof *collections);
    for (int i = 0; i < ARENA_GENERATIONS && known; i++)
        known = read_count(pid, &header->memory, i, &now[i]);
    if (!known)
        return;
    for (int i = 0; i < ARENA_GENERATIONS; i++) {
        uint64_t more = counts->known && now[i] > counts->last[i] ? now[i] - counts->last[i] : 0;
        collections[i] = more < UINT32_MAX ? (uint32_t)more : UINT32_MAX;
    }
    memcpy(counts->last, now, sizeof now);
    counts->known = true;
}
