/* input_wait.h - does the target wait for what somebody is to type?
 *
 * It does where one of its threads is in a system call that reads from the target's terminal, or, as readline does, that waits
 * for a descriptor while the terminal gives every key at once. What a thread does is asked of the kernel (proc(5),
 * /proc/PID/task/TID/syscall), which a parent may read of its child. Where that is not there, the answer is no. */
#ifndef PYPROF_RECORDER_INPUT_WAIT_H
#define PYPROF_RECORDER_INPUT_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What /proc/PID/task/TID/syscall says: "running", or the call's number and its arguments in hexadecimal. */
struct waiting_call {
    long number; /* -1: it is in no call */
    uint64_t first_argument;
};
struct waiting_call waiting_call_parse(const char *text);

/* pid: the target; master: of the terminal that it was given. */
bool target_waits_for_input(pid_t pid, int master);

#endif
