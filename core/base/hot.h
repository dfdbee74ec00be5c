/* hot.h - for code that runs at every event. */
#ifndef PYPROF_BASE_HOT_H
#define PYPROF_BASE_HOT_H

#define HOT_INLINE static inline __attribute__((always_inline))
#define SLOW_PATH __attribute__((noinline, cold))
/* Of a variable: this library's own, so that it is reached without a detour. On the declaration. */
#define HOT_DATA __attribute__((visibility("hidden")))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

#endif
