/* arena_reader.c - opening an arena file and reading checked pieces of it. */
#include "pyprof/arena_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/profile/arena_follow.h"

bool arena_damaged(const struct arena_reader *reader, const char *what, struct error *error) {
    return error_set(error, 1, "%s: this profile is damaged (%s); run the program again", reader->path, what);
}

bool arena_out_of_memory(const struct arena_reader *reader, struct error *error) {
    return error_set(error, 1, "%s: not enough memory to read this profile; close other programs", reader->path);
}

bool arena_read(struct arena_reader *reader, uint64_t offset, void *bytes, size_t size, struct error *error) {
    size_t have = 0;
    while (have < size) {
        ssize_t got = pread(reader->file, (char *)bytes + have, size - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, 1, "%s: cannot read the profile: %s", reader->path, strerror(errno));
        if (got == 0)
            return arena_damaged(reader, "its file was cut off", error);
        have += (size_t)got;
    }
    return true;
}

void *arena_scratch(struct scratch *scratch, size_t size) {
    if (size > scratch->size || !scratch->bytes) {
        void *grown = realloc(scratch->bytes, size + size / 2 + 4096);
        if (!grown)
            return NULL;
        scratch->bytes = grown;
        scratch->size = size + size / 2 + 4096;
    }
    return scratch->bytes;
}

void *arena_read_scratch(struct arena_reader *reader, struct scratch *scratch, uint64_t offset, size_t size,
                         struct error *error) {
    if (!arena_scratch(scratch, size)) {
        arena_out_of_memory(reader, error);
        return NULL;
    }
    return arena_read(reader, offset, scratch->bytes, size, error) ? scratch->bytes : NULL;
}

static bool check_counts(const struct arena_reader *reader, struct error *error) {
    const struct arena_header *header = &reader->header;
    const char *what = NULL;
    if (header->clock.kind > ARENA_CLOCK_CNTVCT)
        what = "unknown clock";
    else if (header->host_state > ARENA_HOST_FINALIZED)
        what = "unknown state of the host";
    else if (header->exit_kind > ARENA_EXIT_SIGNAL)
        what = "unknown way of ending";
    else if (header->run_clock >= RUN_CLOCK_COUNT)
        what = "unknown clock of the run";
    else if (header->code_count == 0 || header->code_count > ARENA_MAX_CODES)
        what = "number of functions out of bounds";
    else if (header->line_cell_count == 0 || header->line_cell_count > ARENA_MAX_LINE_CELLS)
        what = "number of lines out of bounds";
    else if (header->thread_count > ARENA_MAX_THREADS)
        what = "number of threads out of bounds";
    else if (header->sample_count > ARENA_MAX_SAMPLES)
        what = "number of samples out of bounds";
    else if (header->memory.state > ARENA_MEMORY_ENDED)
        what = "unknown state of the memory collector";
    else if (header->memory.site_count > ARENA_MAX_SITES)
        what = "number of allocation sites out of bounds";
    else if (header->type_count > ARENA_MAX_TYPES)
        what = "number of types out of bounds";
    else if (header->block_count > ARENA_MAX_BLOCKS)
        what = "number of blocks out of bounds";
    else if (header->unit_count > ARENA_MAX_UNITS)
        what = "number of code units out of bounds";
    else if (header->instruction_count > ARENA_MAX_INSTRUCTIONS)
        what = "number of instructions out of bounds";
    else if (header->handler_count > ARENA_MAX_HANDLERS)
        what = "number of exception handlers out of bounds";
    else if (header->strings_used == 0 || header->strings_used > ARENA_STRINGS_SIZE)
        what = "size of the texts out of bounds";
    return !what || arena_damaged(reader, what, error);
}

bool arena_read_header(struct arena_reader *reader, struct error *error) {
    struct stat status;
    if (fstat(reader->file, &status) != 0)
        return error_set(error, 1, "%s: cannot read the profile: %s", reader->path, strerror(errno));
    if ((uint64_t)status.st_size != ARENA_FILE_SIZE)
        return arena_damaged(reader, "its file has the wrong size", error);
    if (!arena_read(reader, 0, &reader->header, sizeof reader->header, error))
        return false;
    /* What the counts cover was complete before they were stored; what is read below is read after them. */
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    const struct arena_header *header = &reader->header;
    if (header->magic != ARENA_MAGIC)
        return error_set(error, 1, "%s: this is not a running profile of pyprof-tui", reader->path);
    if (header->version != ARENA_VERSION || header->header_size != sizeof *header)
        return error_set(error, 1, "%s: made by another version of pyprof-tui; run the program again", reader->path);
    return check_counts(reader, error);
}

/* The file of a descriptor anew, so that reading it moves no one's position. */
static int open_again(int file) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    return open(name, O_RDONLY | O_CLOEXEC);
}

static bool open_file(struct arena_reader *reader, const char *path, int held, struct error *error) {
    int length = snprintf(reader->path, sizeof reader->path, "%s", path);
    if (length < 0 || (size_t)length >= sizeof reader->path)
        return error_set(error, 1, "%.80s...: this path is too long for a profile's file", path);
    reader->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reader->file < 0 && held >= 0)
        reader->file = open_again(held);
    if (reader->file < 0)
        return error_set(error, 1, "%s: cannot open the profile: %s", path, strerror(errno));
    struct stat status;
    if (fstat(reader->file, &status) != 0 || !S_ISREG(status.st_mode) || (uint64_t)status.st_size != ARENA_FILE_SIZE)
        return error_set(error, 1, "%s: this is not a running profile of pyprof-tui", path);
    return true;
}

struct arena_reader *arena_reader_open(const char *path, struct error *error) { return arena_reader_open_held(path, -1, error); }

struct arena_reader *arena_reader_open_held(const char *path, int file, struct error *error) {
    struct arena_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        error_set(error, 1, "%s: not enough memory to read this profile; close other programs", path);
        return NULL;
    }
    reader->file = -1;
    if (open_file(reader, path, file, error) && arena_read_header(reader, error))
        return reader;
    arena_reader_close(reader);
    return NULL;
}

void arena_reader_close(struct arena_reader *reader) {
    if (!reader)
        return;
    if (reader->file >= 0)
        close(reader->file);
    free(reader->nodes.bytes);
    free(reader->frames.bytes);
    free(reader->rows.bytes);
    free(reader->texts.bytes);
    arena_children_free(&reader->children);
    function_ids_free(reader->ids);
    arena_follow_free(reader->follow);
    free(reader);
}
