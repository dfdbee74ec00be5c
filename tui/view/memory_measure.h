/* memory_measure.h - what of an allocation count is looked at. */
#ifndef PYPROF_TUI_VIEW_MEMORY_MEASURE_H
#define PYPROF_TUI_VIEW_MEMORY_MEASURE_H

#include "pyprof/model.h"

/* X(NAME, in a title, heading of a narrow column, in a menu) */
#define MEMORY_MEASURE_LIST(X)                                         \
    X(PEAK, "at the peak", "peak", "at the high-water mark")           \
    X(LIVE, "alive", "live", "alive now, or left at the end")          \
    X(ALLOCATED, "allocated", "alloc", "allocated, freed or not")      \
    X(TEMPORARY, "temporary", "temp", "blocks freed before the next allocation")

enum memory_measure {
#define X(NAME, title, heading, menu) MEMORY_##NAME,
    MEMORY_MEASURE_LIST(X)
#undef X
    MEMORY_MEASURE_COUNT
};

static inline const char *memory_measure_title(enum memory_measure measure) {
    static const char *const titles[] = {
#define X(NAME, title, heading, menu) title,
        MEMORY_MEASURE_LIST(X)
#undef X
    };
    return titles[measure];
}

static inline const char *memory_measure_heading(enum memory_measure measure) {
    static const char *const headings[] = {
#define X(NAME, title, heading, menu) heading,
        MEMORY_MEASURE_LIST(X)
#undef X
    };
    return headings[measure];
}

/* Bytes; of MEMORY_TEMPORARY blocks. */
static inline uint64_t memory_measured(const struct model_allocations *memory, enum memory_measure measure) {
    switch (measure) {
    case MEMORY_PEAK: return memory->peak_bytes;
    case MEMORY_LIVE: return memory->live_bytes;
    case MEMORY_ALLOCATED: return memory->allocated_bytes;
    case MEMORY_TEMPORARY: return memory->temporary_count;
    case MEMORY_MEASURE_COUNT: break;
    }
    return 0;
}

static inline uint64_t memory_measured_count(const struct model_allocations *memory, enum memory_measure measure) {
    switch (measure) {
    case MEMORY_PEAK: return memory->peak_count;
    case MEMORY_LIVE: return memory->live_count;
    case MEMORY_ALLOCATED: return memory->allocated_count;
    case MEMORY_TEMPORARY: return memory->temporary_count;
    case MEMORY_MEASURE_COUNT: break;
    }
    return 0;
}

static inline bool memory_is_collected(const struct model *model) { return (model->collectors & COLLECTOR_MEMORY) != 0; }

#endif
