#include "core/recorder/output_ring.h"

void output_ring_add(struct output_ring *ring, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        ring->bytes[(ring->end + i) % OUTPUT_RING_SIZE] = bytes[i];
    ring->end += count;
}

void output_ring_restart(struct output_ring *ring) { ring->start = ring->end; }

uint64_t output_ring_oldest(const struct output_ring *ring) {
    uint64_t kept = ring->end > OUTPUT_RING_SIZE ? ring->end - OUTPUT_RING_SIZE : 0;
    return kept > ring->start ? kept : ring->start;
}

size_t output_ring_read(const struct output_ring *ring, uint64_t *position, unsigned char *bytes, size_t size,
                        uint64_t *lost) {
    uint64_t oldest = output_ring_oldest(ring);
    *lost = 0;
    if (*position < oldest) {
        *lost = *position < ring->start ? oldest - ring->start : oldest - *position;
        *position = oldest;
    }
    size_t count = 0;
    while (count < size && *position < ring->end)
        bytes[count++] = ring->bytes[(*position)++ % OUTPUT_RING_SIZE];
    return count;
}
