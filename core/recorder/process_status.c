#include "core/recorder/process_status.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fields as numbered in proc(5). The program's name, field 2, stands in parentheses and may hold any character. */
enum { FIELD_STATE = 3, FIELD_THREADS = 20, FIELD_RSS = 24 };

int process_status_open(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    return open(path, O_RDONLY | O_CLOEXEC);
}

bool process_status_parse(const char *text, uint64_t page_size, struct process_status *status) {
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || !at[2] || at[3] != ' ')
        return false;
    status->state = at[2];
    at += 3;
    for (int field = FIELD_STATE + 1; field <= FIELD_RSS; field++) {
        char *end;
        long long value = strtoll(at, &end, 10);
        if (end == at || (*end != ' ' && *end != '\n' && *end != '\0'))
            return false;
        at = end;
        if (field == FIELD_THREADS)
            status->threads = value > 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
        if (field == FIELD_RSS)
            status->rss = value > 0 ? (uint64_t)value * page_size : 0;
    }
    return true;
}

bool process_status_read(int descriptor, struct process_status *status) {
    char text[1024];
    ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return process_status_parse(text, (uint64_t)sysconf(_SC_PAGESIZE), status) && status->state != 'Z' &&
           status->state != 'X';
}
