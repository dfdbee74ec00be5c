/* collectors.h - the names of what a run can count, and of what its times can measure. */
#ifndef PYPROF_COLLECTORS_H
#define PYPROF_COLLECTORS_H

/* X(bit, NAME, name as typed by users, built in this version) */
#define COLLECTOR_LIST(X)          \
    X(0, FUNCTION, "function", 1)  \
    X(1, LINE, "line", 1)          \
    X(2, MEMORY, "memory", 1)      \
    X(3, BYTECODE, "bytecode", 1)  \
    X(4, SAMPLE, "sample", 0)

enum collector {
#define X(bit, NAME, name, built) COLLECTOR_##NAME = 1u << (bit),
    COLLECTOR_LIST(X)
#undef X
};
enum { COLLECTOR_BITS = 5 }; /* bits in use, from the lowest on; who has a row for each collector has it at its bit */

/* What can be switched while a program runs. */
enum { COLLECTORS_SWITCHED = COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY | COLLECTOR_BYTECODE };

/* A run has one clock. wall: time that passes, waiting included; cpu: processor time of the thread; running: wall time
 * without the time spent waiting for the interpreter lock. X(NAME, name as typed by users) */
#define RUN_CLOCK_LIST(X) \
    X(WALL, "wall")       \
    X(CPU, "cpu")         \
    X(RUNNING, "running")

enum run_clock {
#define X(NAME, name) RUN_CLOCK_##NAME,
    RUN_CLOCK_LIST(X)
#undef X
    RUN_CLOCK_COUNT
};

/* As typed by users; "" for what is no clock. */
static inline const char *run_clock_name(enum run_clock clock) {
    switch (clock) {
#define X(NAME, name) case RUN_CLOCK_##NAME: return name;
    RUN_CLOCK_LIST(X)
#undef X
    case RUN_CLOCK_COUNT: break;
    }
    return "";
}

#endif
