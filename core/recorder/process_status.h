/* process_status.h - what /proc says about the target while it runs. */
#ifndef PYPROF_RECORDER_PROCESS_STATUS_H
#define PYPROF_RECORDER_PROCESS_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process_status {
    char state;    /* 'R', 'S', 'T', 'Z', ... as in proc(5) */
    uint64_t rss;  /* bytes */
    uint32_t threads;
};

/* A descriptor for process_status_read that stays with this very process, whoever gets its number later. -1: gone. */
int process_status_open(pid_t pid);

/* false: the process is gone or a zombie (which has no memory any more). */
bool process_status_read(int descriptor, struct process_status *status);

/* Understands the text of /proc/PID/stat (with '\0' at its end). false: it is none. */
bool process_status_parse(const char *text, uint64_t page_size, struct process_status *status);

#endif
