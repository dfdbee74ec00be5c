/* output_ring.h - the last 64 KiB that the target wrote to its terminal.
 *
 * Every byte has a position, counted from the first one ever written. A reader keeps the position it has read up to;
 * what was overwritten meanwhile is lost to it, and it learns how much that was. */
#ifndef PYPROF_RECORDER_OUTPUT_RING_H
#define PYPROF_RECORDER_OUTPUT_RING_H

#include <stddef.h>
#include <stdint.h>

enum { OUTPUT_RING_SIZE = 1 << 16 };

struct output_ring {
    uint64_t start, end; /* positions; nothing before start is replayed */
    unsigned char bytes[OUTPUT_RING_SIZE];
};

void output_ring_add(struct output_ring *ring, const unsigned char *bytes, size_t count);

/* Forgets what is there, at the start of a new run. */
void output_ring_restart(struct output_ring *ring);

/* The oldest position that can still be read. */
uint64_t output_ring_oldest(const struct output_ring *ring);

/* Copies at most `size` bytes from *position on and moves it; *lost receives how many bytes before them are gone. */
size_t output_ring_read(const struct output_ring *ring, uint64_t *position, unsigned char *bytes, size_t size,
                        uint64_t *lost);

#endif
