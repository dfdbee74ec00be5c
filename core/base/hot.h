/* hot.h - for code that runs at every event. */
#ifndef PYPROF_BASE_HOT_H
#define PYPROF_BASE_HOT_H

#define HOT_INLINE static inline __attribute__((always_inline))
#define SLOW_PATH __attribute__((noinline, cold))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

#endif
