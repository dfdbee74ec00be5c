/* profile_scratch.c - a thread segment for calibrating probes, in no profile. */
#include <sys/mman.h>

#include "core/probe/writer_state.h"

static struct {
    struct arena_thread thread;
    char rest[ARENA_THREAD_SIZE - sizeof(struct arena_thread)];
} *scratch;
static uint32_t *active;
static const size_t active_size = ARENA_MAX_CODES * sizeof *active;

static void *map_private(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void unmap_scratch(void) {
    if (scratch)
        munmap(scratch, sizeof *scratch);
    if (active)
        munmap(active, active_size);
    scratch = NULL;
    active = NULL;
}

bool profile_begin_scratch(void) {
    scratch = map_private(sizeof *scratch);
    active = map_private(active_size);
    if (!scratch || !active) {
        unmap_scratch();
        return false;
    }
    struct arena_thread *thread = &scratch->thread;
    profile_set_places(thread);
    thread->active = active;
    thread->top = (struct arena_frame *)(uintptr_t)thread->frames_address;
    thread->limit = thread->top + ARENA_MAX_FRAMES - 2;
    profile_current_thread = thread;
    return true;
}

/* Lines are forgotten, so that the cells of the program's first function are the first ones. */
void profile_end_scratch(void) {
    struct arena_code *root = &profile.arena.codes[0];
    if (root->line_cell_count)
        __atomic_store_n(&profile.arena.header->line_cell_count, root->first_line_cell, __ATOMIC_RELEASE);
    root->first_line_cell = root->line_cell_count = 0;
    root->flags &= (uint16_t)~ARENA_CODE_LINES;
    profile_current_thread = &profile_no_thread;
    unmap_scratch();
}
