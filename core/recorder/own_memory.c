#include "core/recorder/own_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/clock.h"

/* Entries of /proc/PID/pagemap (Linux, Documentation/admin-guide/mm/pagemap.rst): a 64-bit word per page. */
static const uint64_t PAGE_PRESENT = UINT64_C(1) << 63, PAGE_OF_FILE = UINT64_C(1) << 61;
enum {
    PAGES_PER_READ = 4096,
    PAGES_PER_LOOK = 65536, /* 256 MiB of addresses; takes a millisecond or two */
    TIMES_AS_LONG_BETWEEN = 120,
    TEMPORARY_FILE_SYSTEM = 0x01021994, /* TMPFS_MAGIC */
};

static int open_entry(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

void own_memory_open(struct own_memory *own, pid_t pid, int arena_file) {
    struct statfs system;
    *own = (struct own_memory){
        .pagemap = open_entry(pid, "pagemap"),
        .status = open_entry(pid, "status"),
        .arena_file = arena_file,
        .in_memory = arena_file >= 0 && fstatfs(arena_file, &system) == 0 && system.f_type == TEMPORARY_FILE_SYSTEM,
        .page_size = (uint64_t)sysconf(_SC_PAGESIZE),
    };
}

void own_memory_close(struct own_memory *own) {
    if (own->pagemap >= 0)
        close(own->pagemap);
    if (own->status >= 0)
        close(own->status);
    own->pagemap = own->status = -1;
}

/* --- private memory ---------------------------------------------------------------------------------------- */

/* Pages of [first, first + count) that are there; *read: how many of them were looked at. */
static uint64_t count_present(int pagemap, uint64_t first, uint64_t count, uint64_t *read) {
    uint64_t entries[PAGES_PER_READ], present = 0;
    *read = 0;
    while (*read < count) {
        uint64_t wanted = count - *read < PAGES_PER_READ ? count - *read : PAGES_PER_READ;
        ssize_t got = pread(pagemap, entries, wanted * sizeof *entries, (off_t)((first + *read) * sizeof *entries));
        if (got < (ssize_t)sizeof *entries)
            break;
        for (size_t i = 0; i < (size_t)got / sizeof *entries; i++)
            present += (entries[i] & PAGE_PRESENT) && !(entries[i] & PAGE_OF_FILE);
        *read += (uint64_t)got / sizeof *entries;
    }
    return present;
}

static void next_range(struct own_memory *own, uint64_t bytes, uint64_t size) {
    own->seen[own->range++] = (struct own_range_seen){.looked_at = true, .bytes = bytes, .size = size};
    own->page = own->counted = 0;
}

/* Goes on with the present range for at most `budget` pages; how many it took, at least 1. */
static uint64_t look_at_range(struct own_memory *own, const struct arena_own_range *range, uint64_t budget) {
    uint64_t size = __atomic_load_n(&range->size, __ATOMIC_ACQUIRE), address = range->address, read = 0;
    if (size > UINT64_MAX - address || !size || own->pagemap < 0) {
        next_range(own, 0, 0);
        return 1;
    }
    uint64_t first = address / own->page_size, count = (address + size - 1) / own->page_size - first + 1;
    uint64_t left = own->page < count ? count - own->page : 0;
    uint64_t wanted = left < budget ? left : budget;
    own->counted += count_present(own->pagemap, first + own->page, wanted, &read);
    own->page += wanted; /* a range that cannot be read is not tried for ever */
    if (own->page >= count || read < wanted)
        next_range(own, own->counted * own->page_size < size ? own->counted * own->page_size : size, size);
    return wanted + 1;
}

static uint32_t range_count(const struct arena_memory *memory) {
    uint32_t count = __atomic_load_n(&memory->own_range_count, __ATOMIC_ACQUIRE);
    return count < ARENA_MAX_OWN_RANGES ? count : ARENA_MAX_OWN_RANGES;
}

static void look_at_ranges(struct own_memory *own, const struct arena_memory *memory) {
    uint32_t count = range_count(memory), looked = 0;
    uint64_t now_ns = clock_monotonic_ns();
    if (now_ns < own->next_ns)
        return;
    for (uint64_t budget = PAGES_PER_LOOK; budget && looked < count; looked++) {
        if (own->range >= count)
            own->range = 0;
        uint64_t took = look_at_range(own, &memory->own_ranges[own->range], budget);
        budget -= took < budget ? took : budget;
    }
    uint64_t end_ns = clock_monotonic_ns();
    own->next_ns = end_ns + (end_ns - now_ns) * TIMES_AS_LONG_BETWEEN;
}

static uint64_t sum_of_ranges(const struct own_memory *own, const struct arena_memory *memory) {
    uint64_t sum = 0;
    for (uint32_t i = 0, count = range_count(memory); i < count; i++) {
        const struct own_range_seen *seen = &own->seen[i];
        uint64_t size = memory->own_ranges[i].size;
        if (seen->looked_at && size > seen->size)
            sum += seen->bytes + (size - seen->size);
        else if (seen->looked_at)
            sum += seen->bytes < size ? seen->bytes : size;
    }
    return sum;
}

/* --- the arena --------------------------------------------------------------------------------------------- */

/* A row of /proc/PID/status: "RssShmem:\t     123 kB". */
static uint64_t read_row(const char *text, const char *name) {
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

/* What of the arena is mapped counts among all that the process has mapped of files of that kind, and is no more than the file. */
static uint64_t look_at_arena(const struct own_memory *own) {
    char text[8192];
    struct stat file;
    ssize_t length = own->status >= 0 ? pread(own->status, text, sizeof text - 1, 0) : -1;
    if (length <= 0 || own->arena_file < 0 || fstat(own->arena_file, &file))
        return 0;
    text[length] = '\0';
    uint64_t mapped = read_row(text, own->in_memory ? "\nRssShmem:" : "\nRssFile:");
    uint64_t size = (uint64_t)file.st_blocks * 512;
    return mapped < size ? mapped : size;
}

uint64_t own_memory_look(struct own_memory *own, const struct arena_header *header) {
    look_at_ranges(own, &header->memory);
    return sum_of_ranges(own, &header->memory) + look_at_arena(own) + header->memory.profiler_bytes;
}
