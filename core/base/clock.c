#include "core/base/clock.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void) { return read_clock(CLOCK_MONOTONIC); }
uint64_t clock_unix_ns(void) { return read_clock(CLOCK_REALTIME); }

#if defined(__x86_64__)
static bool file_contains(const char *path, const char *word) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    char text[8192]; /* the first processor's flags are well inside it */
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return strstr(text, word) != NULL;
}
#endif

enum arena_clock_kind clock_best_kind(void) {
#if defined(__x86_64__)
    /* A virtual machine's kernel may prefer kvm-clock, which is the TSC scaled: the flags decide. */
    if (file_contains("/proc/cpuinfo", "constant_tsc") && file_contains("/proc/cpuinfo", "nonstop_tsc") &&
        file_contains("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc"))
        return ARENA_CLOCK_TSC;
#elif defined(__aarch64__)
    return ARENA_CLOCK_CNTVCT;
#endif
    return ARENA_CLOCK_MONOTONIC;
}

/* A tick reading and the time it was taken at, as close together as the machine allows. */
static void read_both(enum arena_clock_kind kind, uint64_t *ticks, uint64_t *ns) {
    uint64_t best = UINT64_MAX;
    for (int attempt = 0; attempt < 5; attempt++) {
        uint64_t before = clock_ticks(kind);
        uint64_t now = clock_monotonic_ns();
        uint64_t after = clock_ticks(kind);
        if (after - before < best) {
            best = after - before;
            *ticks = before + (after - before) / 2;
            *ns = now;
        }
    }
}

void clock_start(struct arena_clock *clock, enum arena_clock_kind kind) {
    memset(clock, 0, sizeof *clock);
    clock->kind = kind;
    read_both(kind, &clock->start_ticks, &clock->start_ns);
    clock->start_unix_ns = clock_unix_ns();
}

void clock_end(struct arena_clock *clock) { read_both(clock->kind, &clock->end_ticks, &clock->end_ns); }

double clock_ns_per_tick(const struct arena_clock *clock) {
    if (clock->kind == ARENA_CLOCK_MONOTONIC || clock->end_ticks <= clock->start_ticks)
        return 1.0;
    return (double)(clock->end_ns - clock->start_ns) / (double)(clock->end_ticks - clock->start_ticks);
}
