#include "core/inject/refuse.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pyprof/inject.h"

int refuse(const char *arena_path, enum arena_refusal reason, const char *detail) {
    int file = open(arena_path, O_RDWR | O_CLOEXEC);
    struct arena_header *header = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *header, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0)
        close(file);
    if (header == MAP_FAILED)
        return INJECT_CANNOT_START;
    ssize_t length = readlink("/proc/self/exe", header->refusal_program, sizeof header->refusal_program - 1);
    header->refusal_program[length > 0 ? length : 0] = '\0';
    snprintf(header->refusal_detail, sizeof header->refusal_detail, "%s", detail);
    __atomic_store_n(&header->refusal, (uint32_t)reason, __ATOMIC_RELEASE);
    munmap(header, sizeof *header);
    return INJECT_CANNOT_START;
}
