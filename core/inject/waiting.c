/* waiting.c - tells the engine how long threads wait for the interpreter lock: stands in front of libc's waits. */
#include <dlfcn.h>
#include <pthread.h>

#include "core/inject/inject.h"

typedef int (*wait_function)(pthread_cond_t *, pthread_mutex_t *);
typedef int (*timed_wait_function)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
typedef int (*clock_wait_function)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);

/* Where there are two versions of these functions, the older is for condition variables of another size. */
static void *next_wait(const char *name) {
    void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found ? found : next_function(name);
}

static int begins_wait(const pthread_cond_t *condition) {
    if ((uintptr_t)condition - injection.watched_memory >= injection.watched_size)
        return 0;
    injection.waits();
    return 1;
}

#define WAIT(type, name, ...)                                              \
    static type next;                                                      \
    if (!__atomic_load_n(&next, __ATOMIC_RELAXED))                         \
        __atomic_store_n(&next, (type)(uintptr_t)next_wait(name), __ATOMIC_RELAXED); \
    int watched = begins_wait(condition);                                  \
    int status = next(condition, mutex __VA_ARGS__);                       \
    if (watched)                                                           \
        injection.waited();                                                \
    return status;

__attribute__((visibility("default"))) int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
    WAIT(wait_function, "pthread_cond_wait")
}

__attribute__((visibility("default"))) int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                                                  const struct timespec *end) {
    WAIT(timed_wait_function, "pthread_cond_timedwait", , end)
}

__attribute__((visibility("default"))) int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                                                  clockid_t clock, const struct timespec *end) {
    WAIT(clock_wait_function, "pthread_cond_clockwait", , clock, end)
}
