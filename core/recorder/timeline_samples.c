/* timeline_samples.c - where samples go, and which stay when there is no room for all.
 *
 * With no room left, of every six neighbours three are kept: those with the highest RSS, Python heap and native heap of the six,
 * and where these are fewer than three, the larger one of a pair that would have lost both. So of whatever was dropped, in each of
 * the three curves, one at least as high is kept nearby, however often that is repeated: no peak is lost. */
#include "core/recorder/timeline.h"

#include <stddef.h>

enum { SAMPLES_PER_STEP = 65536 / sizeof(struct arena_sample), BUCKET = 6 };

/* The one with the highest value; those that are not known are none. A set of bits, empty where none is known. */
static unsigned highest(const struct arena_sample *samples, uint32_t count, size_t member) {
    uint64_t most = 0;
    unsigned found = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = *(const uint64_t *)((const char *)&samples[i] + member);
        if (value != UINT64_MAX && (!found || value > most)) {
            most = value;
            found = 1u << i;
        }
    }
    return found;
}

/* Which of at most BUCKET neighbours stay, as a set of bits: half of them, or as many as have a maximum. */
static unsigned choose(const struct arena_sample *samples, uint32_t count) {
    unsigned chosen = highest(samples, count, offsetof(struct arena_sample, rss)) |
                      highest(samples, count, offsetof(struct arena_sample, heap)) |
                      highest(samples, count, offsetof(struct arena_sample, native));
    for (uint32_t i = 0; i < count && (uint32_t)__builtin_popcount(chosen) < (count + 1) / 2; i += 2)
        if (!(chosen >> i & 3)) {
            unsigned larger = highest(&samples[i], i + 1 < count ? 2 : 1, offsetof(struct arena_sample, rss));
            chosen |= (larger ? larger : 1) << i;
        }
    return chosen;
}

/* The collections before a sample that is dropped were before the next one that is kept. */
static void add_collections(uint32_t sum[ARENA_GENERATIONS], const uint32_t more[ARENA_GENERATIONS]) {
    for (int i = 0; i < ARENA_GENERATIONS; i++)
        sum[i] = more[i] > UINT32_MAX - sum[i] ? UINT32_MAX : sum[i] + more[i];
}

/* A reader that looks meanwhile sees rows that are whole, some of them twice. What belongs to the next sample goes to `carried`. */
static void thin_out(struct timeline *timeline, uint32_t carried[ARENA_GENERATIONS]) {
    struct arena_sample *samples = timeline->arena->samples;
    uint32_t count = timeline->arena->header->sample_count, kept = 0;
    for (uint32_t begin = 0; begin < count; begin += BUCKET) {
        uint32_t size = count - begin < BUCKET ? count - begin : BUCKET;
        unsigned chosen = choose(&samples[begin], size);
        for (uint32_t i = begin; i < begin + size; i++) {
            add_collections(carried, samples[i].collections);
            if (!(chosen >> (i - begin) & 1))
                continue;
            struct arena_sample sample = samples[i];
            for (int generation = 0; generation < ARENA_GENERATIONS; generation++) {
                sample.collections[generation] = carried[generation];
                carried[generation] = 0;
            }
            samples[kept++] = sample;
        }
    }
    __atomic_store_n(&timeline->arena->header->sample_count, kept, __ATOMIC_RELEASE);
    timeline->interval_ns *= 2;
    timeline->step_ns = timeline->interval_ns;
}

static void make_room(struct timeline *timeline, uint32_t carried[ARENA_GENERATIONS]) {
    uint32_t wanted = timeline->capacity + SAMPLES_PER_STEP;
    if (wanted > timeline->limit)
        wanted = timeline->limit;
    uint64_t from = ARENA_SAMPLES_AT + (uint64_t)timeline->capacity * sizeof(struct arena_sample);
    uint64_t size = (uint64_t)(wanted - timeline->capacity) * sizeof(struct arena_sample);
    if (size && arena_reserve(timeline->arena, from, size))
        timeline->capacity = wanted;
    else
        thin_out(timeline, carried);
}

void timeline_add(struct timeline *timeline, const struct arena_sample *sample) {
    struct arena_header *header = timeline->arena->header;
    uint32_t carried[ARENA_GENERATIONS] = {0};
    if (header->sample_count >= timeline->capacity)
        make_room(timeline, carried);
    struct arena_sample *row = &timeline->arena->samples[header->sample_count];
    *row = *sample;
    add_collections(row->collections, carried);
    __atomic_store_n(&header->sample_count, header->sample_count + 1, __ATOMIC_RELEASE);
}
