#include "core/inject/refuse.h"

#include <stdio.h>
#include <unistd.h>

#include "pyprof/inject.h"

int refuse(struct arena_header *header, enum arena_refusal reason, const char *detail) {
    ssize_t length = readlink("/proc/self/exe", header->refusal_program, sizeof header->refusal_program - 1);
    header->refusal_program[length > 0 ? length : 0] = '\0';
    snprintf(header->refusal_detail, sizeof header->refusal_detail, "%s", detail);
    __atomic_store_n(&header->refusal, (uint32_t)reason, __ATOMIC_RELEASE);
    return INJECT_CANNOT_START;
}
