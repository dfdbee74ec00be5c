#include "core/profile/arena_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/clock.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static bool map_shared_part(struct arena *arena, int file, struct error *error) {
    char *base = mmap(NULL, ARENA_THREADS_AT, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
    if (base == MAP_FAILED)
        return error_set(error, 1, "%s: cannot map the profile's file: %s", arena->path, strerror(errno));
    arena->header = (struct arena_header *)base;
    arena->strings = base + ARENA_STRINGS_AT;
    arena->codes = (struct arena_code *)(base + ARENA_CODES_AT);
    arena->lines = (struct arena_line *)(base + ARENA_LINES_AT);
    arena->samples = (struct arena_sample *)(base + ARENA_SAMPLES_AT);
    arena->sites = (struct arena_site *)(base + ARENA_SITES_AT);
    arena->site_epochs = (uint64_t *)(base + ARENA_SITE_EPOCHS_AT);
    arena->bytecode = (struct arena_bytecode *)(base + ARENA_BYTECODE_AT);
    arena->blocks = (struct arena_block *)(base + ARENA_BLOCKS_AT);
    arena->units = (struct arena_unit *)(base + ARENA_UNITS_AT);
    arena->objects = (unsigned char *)base + ARENA_OBJECTS_AT;
    arena->disassembly = (struct arena_disassembly *)(base + ARENA_DISASSEMBLY_AT);
    arena->instructions = (struct arena_instruction *)(base + ARENA_INSTRUCTIONS_AT);
    arena->handlers = (struct arena_handler *)(base + ARENA_HANDLERS_AT);
    arena->texts = base + ARENA_TEXTS_AT;
    return true;
}

static bool set_path(struct arena *arena, const char *path, struct error *error) {
    int length = snprintf(arena->path, sizeof arena->path, "%s", path);
    if (length < 0 || (size_t)length >= sizeof arena->path)
        return error_set(error, 1, "%.80s...: this path is too long for the profile's file", path);
    return true;
}

static int fallocate_retrying(int file, uint64_t offset, uint64_t size) {
    int failure;
    do
        failure = posix_fallocate(file, (off_t)offset, (off_t)size);
    while (failure == EINTR);
    return failure;
}

/* What the owner of each region writes without asking for room again. */
static int reserve_first_rows(int file, uint64_t room, bool timeline) {
    int failure = fallocate_retrying(file, 0, sizeof(struct arena_header));
    if (!failure && room)
        failure = fallocate_retrying(file, ARENA_STRINGS_AT, room);
    if (!failure && room)
        failure = fallocate_retrying(file, ARENA_CODES_AT, room);
    if (!failure && room)
        failure = fallocate_retrying(file, ARENA_LINES_AT, room);
    if (!failure && timeline)
        failure = fallocate_retrying(file, ARENA_SAMPLES_AT, ARENA_FIRST_ROOM);
    return failure;
}

static void fill_header(struct arena *arena, enum arena_clock_kind clock) {
    struct arena_header *header = arena->header;
    clock_start(&header->clock, clock);
    header->version = ARENA_VERSION;
    header->header_size = sizeof *header;
    header->recorder_pid = (uint32_t)getpid();
    header->code_count = 1;
    header->line_cell_count = 1;
    header->strings_used = 1;
    header->block_count = 1;
    header->unit_count = 1;
    header->texts_used = 1;
    memcpy(header->path, arena->path, sizeof header->path);
    __atomic_store_n(&header->magic, ARENA_MAGIC, __ATOMIC_RELEASE);
}

static bool create(struct arena *arena, const char *path, enum arena_clock_kind clock, uint64_t first_room, bool timeline,
                   struct error *error) {
    memset(arena, 0, sizeof *arena);
    if (!set_path(arena, path, error))
        return false;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(error, 1, "%s: cannot make the profile's file: %s", path, strerror(errno));
    bool done = false;
    int failure = ftruncate(file, (off_t)ARENA_FILE_SIZE) ? errno : reserve_first_rows(file, first_room, timeline);
    if (failure)
        error_set(error, 1, "%s: no room for the profile: %s", path,
                  failure == EFBIG ? "the limit on file sizes is too low, raise it with ulimit -f" : strerror(failure));
    else
        done = map_shared_part(arena, file, error);
    close(file);
    if (!done) {
        unlink(path);
        return false;
    }
    fill_header(arena, clock);
    return true;
}

bool arena_create(struct arena *arena, const char *path, struct error *error) {
    return create(arena, path, clock_best_kind(), ARENA_FIRST_ROOM, true, error);
}

bool arena_create_without_timeline(struct arena *arena, const char *path, enum arena_clock_kind clock, uint64_t first_room,
                                   struct error *error) {
    return create(arena, path, clock, first_room, false, error);
}

bool arena_attach(struct arena *arena, const char *path, struct error *error) {
    memset(arena, 0, sizeof *arena);
    if (!set_path(arena, path, error))
        return false;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return error_set(error, 1, "%s: cannot open the profile's file: %s", path, strerror(errno));
    bool done = lseek(file, 0, SEEK_END) == (off_t)ARENA_FILE_SIZE && map_shared_part(arena, file, error);
    close(file);
    if (done && (arena->header->magic != ARENA_MAGIC || arena->header->version != ARENA_VERSION ||
                 arena->header->header_size != sizeof *arena->header)) {
        arena_detach(arena);
        done = false;
    }
    return done || error_set(error, 1, "%s: not a profile of this version of pyprof-tui", path);
}

void arena_detach(struct arena *arena) {
    if (arena->header)
        munmap(arena->header, ARENA_THREADS_AT);
    arena->header = NULL;
}

/* Another mapping of the file's part from its begin to `end`. A file that cannot be opened any more (its name was removed, the
 * process changed its user or root, or may open no more files) is still behind the mapping that is there. NULL: not to be had. */
static char *map_again(const struct arena *arena, uint64_t end) {
    void *mapping = mremap(arena->header, 0, end, MREMAP_MAYMOVE);
    return mapping == MAP_FAILED ? NULL : mapping;
}

/* Takes room as fallocate does, by writing nothing to every page. Linux 5.14 and later. */
static bool reserve_by_mapping(const struct arena *arena, uint64_t offset, uint64_t size) {
    uint64_t begin = offset & ~UINT64_C(4095), end = offset + size;
    char *mapping = map_again(arena, end);
    if (!mapping)
        return false;
    bool done = madvise(mapping + begin, end - begin, MADV_POPULATE_WRITE) == 0;
    munmap(mapping, end);
    return done;
}

bool arena_reserve(const struct arena *arena, uint64_t offset, uint64_t size) {
    if (offset > ARENA_FILE_SIZE || size > ARENA_FILE_SIZE - offset)
        return false;
    int saved_errno = errno;
    int file = open(arena->path, O_RDWR | O_CLOEXEC);
    bool done = file >= 0 ? fallocate_retrying(file, offset, size) == 0 : reserve_by_mapping(arena, offset, size);
    if (file >= 0)
        close(file);
    errno = saved_errno;
    return done;
}

static void *map_segment(const struct arena *arena, uint64_t offset) {
    int file = open(arena->path, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        void *segment =
            mmap(NULL, ARENA_THREAD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, (off_t)offset);
        close(file);
        return segment == MAP_FAILED ? NULL : segment;
    }
    char *mapping = map_again(arena, offset + ARENA_THREAD_SIZE);
    if (mapping)
        munmap(mapping, offset);
    return mapping ? mapping + offset : NULL;
}

struct arena_thread *arena_map_thread(const struct arena *arena, uint32_t index) {
    uint64_t offset = ARENA_THREADS_AT + index * ARENA_THREAD_SIZE;
    if (index >= ARENA_MAX_THREADS || !arena_reserve(arena, offset, sizeof(struct arena_thread)))
        return NULL;
    return map_segment(arena, offset);
}
