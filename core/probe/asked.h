/* asked.h - a look at what the recorder asks for, from where probes are not on their fastest path. With the memory collector the
 * program's allocations look, too (memory_events.h); that is more often. */
#ifndef PYPROF_PROBE_ASKED_H
#define PYPROF_PROBE_ASKED_H

#include <stdbool.h>
#include <stdint.h>

struct asked {
    const uint32_t *number; /* in the mailbox; before asked_watch, `seen` */
    uint32_t seen;          /* the number that somebody was told of */
    bool (*tell)(void);
};
extern struct asked asked_of_program;

/* From now on tell is called when bytecode is asked for, on any thread that runs a probe, until it returns true. */
void asked_watch(bool (*tell)(void));

void asked_now(void);
static inline void asked_look(void) {
    if (__builtin_expect(*asked_of_program.number != asked_of_program.seen, 0))
        asked_now();
}

/* In a forked child, whose mailbox is at the place of its parent's, and empty. */
void asked_after_fork_in_child(void);

#endif
