#include "core/profile/arena_children.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/process.h"
#include "core/profile/arena_read.h"
#include "core/profile/utf8.h"

enum { CHILD_NAME_SIZE = 32 };

void arena_children_free(struct arena_children *children) {
    free(children->rows);
    *children = (struct arena_children){0};
}

/* --- which there are -------------------------------------------------------------------------------- */

/* In digits, as it would be written. */
bool arena_child_parse_name(const char *name, struct arena_child *child) {
    char again[CHILD_NAME_SIZE];
    unsigned pid, number;
    if (sscanf(name, "%9u-%9u", &pid, &number) != 2)
        return false;
    snprintf(again, sizeof again, "%u-%u", pid, number);
    *child = (struct arena_child){.pid = (pid_t)pid, .number = number};
    return strcmp(name, again) == 0;
}

static bool is_known(const struct arena_children *children, const struct arena_child *child) {
    for (size_t i = 0; i < children->count; i++)
        if (children->rows[i].pid == child->pid && children->rows[i].number == child->number)
            return true;
    return false;
}

static bool add(struct arena_children *children, const struct arena_child *child) {
    if (children->count == children->capacity) {
        size_t capacity = children->capacity ? 2 * children->capacity : 16;
        struct arena_child *rows = reallocarray(children->rows, capacity, sizeof *rows);
        if (!rows)
            return false;
        children->rows = rows;
        children->capacity = capacity;
    }
    children->rows[children->count++] = *child;
    return true;
}

/* false: out of memory. Without the folder there are no children. What is named otherwise is nobody's arena. *more is how
 * many there are beyond ARENA_MAX_PROCESSES. */
static bool find_children(struct arena_reader *reader, uint64_t *more) {
    char folder[ARENA_PATH_SIZE + sizeof ARENA_CHILDREN_SUFFIX];
    snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, reader->path);
    DIR *entries = opendir(folder);
    bool done = true;
    *more = 0;
    if (!entries)
        return true;
    for (struct dirent *entry; done && (entry = readdir(entries));) {
        struct arena_child child;
        if (!arena_child_parse_name(entry->d_name, &child) || is_known(&reader->children, &child))
            continue;
        if (reader->children.count < ARENA_MAX_PROCESSES)
            done = add(&reader->children, &child);
        else
            ++*more;
    }
    closedir(entries);
    return done;
}

/* --- reading one ------------------------------------------------------------------------------------ */

static bool child_path(const struct arena_reader *reader, const struct arena_child *child, char path[ARENA_PATH_SIZE]) {
    int length = snprintf(path, ARENA_PATH_SIZE, "%s" ARENA_CHILDREN_SUFFIX "/%u-%u", reader->path, (unsigned)child->pid,
                          child->number);
    return length > 0 && length < ARENA_PATH_SIZE;
}

/* Its maker has not yet come to storing the magic, which is stored last. */
static bool is_being_made(const char *path) {
    uint64_t magic = 1;
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return false;
    bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    bool being_made = regular && (status.st_size == 0 ||
                                  (pread(file, &magic, sizeof magic, 0) == (ssize_t)sizeof magic && magic == 0));
    close(file);
    return being_made;
}

/* Time stands still for a process that is gone, from when that was first seen; one that said when it ended is believed. */
static void notice_end(struct arena_child *child, struct arena_reader *reader) {
    const struct arena_header *header = &reader->header;
    bool ended = header->clock.end_ticks && header->clock.end_ns;
    if (!ended && !child->gone_ns && process_is_gone(header->host_pid ? (pid_t)header->host_pid : child->pid)) {
        struct arena_clock now = {.kind = header->clock.kind};
        clock_end(&now);
        child->gone_ticks = now.end_ticks;
        child->gone_ns = now.end_ns;
    }
    reader->gone_ticks = child->gone_ticks;
    reader->gone_ns = child->gone_ns;
}

/* A Python that no engine runs says so, and nothing else, in an arena of its own. */
static bool was_refused(const struct arena_header *header, struct error *error) {
    if (header->refusal == ARENA_REFUSED_NOT)
        return false;
    if (header->refusal == ARENA_REFUSED_MISSING)
        error_set(error, 1, "%.400s is Python %.20s, for which there is no engine; a run with it as --python builds one where "
                  "that is possible", header->refusal_program, header->refusal_detail);
    else
        error_set(error, 1, "%.400s: the engine cannot be loaded: %.400s", header->refusal_program, header->refusal_detail);
    return true;
}

static struct model *read_child(struct arena_child *child, const char *path, struct error *error) {
    struct arena_reader *reader = arena_reader_open(path, error);
    if (!reader)
        return NULL;
    reader->is_child = true;
    notice_end(child, reader);
    struct model *model = was_refused(&reader->header, error) ? NULL : arena_process_model(reader, error);
    arena_reader_close(reader);
    return model;
}

/* An error's text begins with the file's path, which nobody wants to read in full. */
static bool note_unreadable(struct model *program, const char *path, const struct error *error) {
    const char *name = strrchr(path, '/') + 1;
    size_t length = strlen(path);
    const char *reason = strncmp(error->text, path, length) == 0 && strncmp(error->text + length, ": ", 2) == 0
                             ? error->text + length + 2 : error->text;
    char text[UTF8_REPLACEMENT_SIZE * sizeof error->text];
    size_t text_length = utf8_replace(reason, strlen(reason), text);
    struct model_unreadable row = {.name = model_text(program, name, strlen(name)),
                                   .reason = model_text(program, text, text_length)};
    program->unreadable[program->unreadable_count] = row;
    program->unreadable_count += row.name && row.reason;
    return row.name && row.reason;
}

static bool add_child(struct arena_reader *reader, struct arena_child *child, struct model *program) {
    char path[ARENA_PATH_SIZE];
    struct error error = {0};
    if (!child_path(reader, child, path) || (program->state != MODEL_ENDED && is_being_made(path)))
        return true;
    struct model *model = read_child(child, path, &error);
    if (!model)
        return note_unreadable(program, path, &error);
    model->program = program;
    if (!model->pid)
        model->pid = (uint32_t)child->pid;
    program->children[program->child_count++] = model;
    return true;
}

static int compare_starts(const void *left, const void *right) {
    const struct model *a = *(struct model *const *)left, *b = *(struct model *const *)right;
    if (a->start_unix_ns != b->start_unix_ns)
        return a->start_unix_ns < b->start_unix_ns ? -1 : 1;
    return a->pid < b->pid ? -1 : a->pid > b->pid;
}

bool arena_children_read(struct arena_reader *reader, struct model *program, struct error *error) {
    uint64_t more;
    bool done = find_children(reader, &more);
    size_t count = reader->children.count;
    program->lost_processes += more;
    if (done && count == 0)
        return true;
    program->children = calloc(count, sizeof *program->children);
    program->unreadable = calloc(count, sizeof *program->unreadable);
    done = done && program->children && program->unreadable;
    for (size_t i = 0; done && i < count; i++)
        done = add_child(reader, &reader->children.rows[i], program);
    if (program->children)
        qsort(program->children, program->child_count, sizeof *program->children, compare_starts);
    return done || arena_out_of_memory(reader, error);
}
