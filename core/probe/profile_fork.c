/* profile_fork.c - a forked child moves into an arena of its own.
 *
 * The child's mapping of the profile is its parent's, who goes on counting in it. So the child makes a new file, copies what
 * describes functions, lines and the call tree, and maps the file over the parent's, at the same addresses: probes, caches and
 * private tables stay as they are. Only the thread that forked lives on; it gets the first segment. */
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/probe/shadow_stack.h"
#include "core/probe/writer_state.h"
#include "core/profile/child_arena.h"

enum { PAGE = 4096 };

bool profile_allow_children(const char *main_path) {
    size_t length = strlen(main_path);
    if (length >= sizeof profile.main_path)
        return false;
    memcpy(profile.main_path, main_path, length + 1);
    profile.main_header = arena_header_map(main_path);
    profile.process = (uint32_t)getpid();
    return profile.main_header != NULL;
}

/* --- before the fork, in the parent ---------------------------------------------------------------------- */

static struct fork_snapshot *snapshot_of(struct thread_slot *slot) { return slot ? &slot->snapshot : &profile.snapshot; }

static bool make_frames_room(struct fork_snapshot *snapshot, uint64_t count) {
    if (count <= snapshot->frames_room)
        return true;
    uint64_t room = 256;
    while (room < count)
        room *= 2;
    void *memory = mmap(NULL, room * sizeof *snapshot->frames, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    if (snapshot->frames)
        munmap(snapshot->frames, snapshot->frames_room * sizeof *snapshot->frames);
    snapshot->frames = memory;
    snapshot->frames_room = room;
    return true;
}

static void note_thread(struct fork_snapshot *snapshot, const struct arena_thread *thread) {
    const struct arena_frame *root = (const struct arena_frame *)(uintptr_t)thread->frames_address;
    uint64_t count = (uint64_t)(thread->top - root) + 1;
    snapshot->node_count = thread->node_count;
    snapshot->overflow_depth = thread->overflow_depth;
    snapshot->frame_count = make_frames_room(snapshot, count) ? count : 0;
    if (snapshot->frame_count)
        memcpy(snapshot->frames, root, count * sizeof *root);
}

void profile_before_fork(void) {
    if (!profile.attached || !profile.main_header)
        return;
    struct thread_slot *slot = profile_slot_of(profile_current_thread);
    struct fork_snapshot *snapshot = snapshot_of(slot);
    const struct arena_header *header = profile.arena.header;
    snapshot->code_count = header->code_count;
    snapshot->line_cell_count = header->line_cell_count;
    snapshot->strings_used = header->strings_used;
    snapshot->block_count = header->block_count;
    snapshot->unit_count = header->unit_count;
    snapshot->objects_used = header->objects_used;
    if (slot)
        note_thread(snapshot, slot->segment);
}

/* --- copying ---------------------------------------------------------------------------------------------- */

/* The rows that have room in the child's arena. */
struct reserved {
    uint64_t strings, codes, line_rows, bytecode, blocks, units, objects, frames, nodes, line_cells, block_counters, exits;
};

/* Takes room for the first `rows` of a region, in whole pages; *reserved: how many rows that makes. There may be many children,
 * so none takes more than it needs. */
static bool reserve(const struct arena *own, uint64_t region, uint64_t row_size, uint64_t rows, uint64_t *reserved) {
    uint64_t bytes = (rows * row_size + PAGE - 1) / PAGE * PAGE;
    *reserved = bytes / row_size;
    return !bytes || arena_reserve(own, region, bytes);
}

/* The child's code has its parent's probes: what is on in the one is in the other. What is off has been since the child began. */
static void copy_collectors(struct arena_header *own, const struct arena_header *parents) {
    own->collectors = parents->collectors;
    own->collectors_on = parents->collectors_on;
    own->clock_still = parents->clock_still;
    own->lines_still = parents->lines_still;
    for (size_t i = 0; i < sizeof own->switched / sizeof *own->switched; i++)
        if (parents->switched[i].off_since)
            own->switched[i] = (struct arena_switched){.off_count = 1, .off_since = own->clock.start_ticks};
}

static void copy_header(struct arena_header *own, const struct arena_header *parents, const struct fork_snapshot *snapshot) {
    own->marked_count = parents->marked_count;
    own->probe_cost = parents->probe_cost;
    copy_collectors(own, parents);
    memcpy(own->python_version, parents->python_version, sizeof own->python_version);
    memcpy(own->executable, parents->executable, sizeof own->executable);
    memcpy(own->command, parents->command, sizeof own->command);
    own->host_state = ARENA_HOST_RUNNING;
    own->code_count = snapshot->code_count;
    own->line_cell_count = snapshot->line_cell_count;
    own->strings_used = snapshot->strings_used;
    own->block_count = snapshot->block_count;
    own->unit_count = snapshot->unit_count;
    own->objects_used = snapshot->objects_used;
}

/* Lines that the parent has given a function since the fork are unknown here. */
static void copy_codes(struct arena_code *own, const struct arena_code *parents, const struct fork_snapshot *snapshot) {
    memcpy(own, parents, snapshot->code_count * sizeof *own);
    for (uint32_t i = 0; i < snapshot->code_count; i++)
        if (own[i].first_line_cell >= snapshot->line_cell_count) {
            own[i].first_line_cell = own[i].line_cell_count = 0;
            own[i].flags &= (uint16_t)~ARENA_CODE_LINES;
        }
}

/* What the parent has published since the fork is unknown here. */
static bool copy_bytecode(const struct arena *own, const struct fork_snapshot *snapshot, struct reserved *reserved) {
    uint64_t rows = profile.bytecode_reserved < snapshot->code_count ? profile.bytecode_reserved : snapshot->code_count;
    if (!reserve(own, ARENA_BYTECODE_AT, sizeof(struct arena_bytecode), rows, &reserved->bytecode) ||
        !reserve(own, ARENA_BLOCKS_AT, sizeof(struct arena_block), snapshot->block_count, &reserved->blocks) ||
        !reserve(own, ARENA_UNITS_AT, sizeof(struct arena_unit), snapshot->unit_count, &reserved->units) ||
        !reserve(own, ARENA_OBJECTS_AT, 1, snapshot->objects_used, &reserved->objects))
        return false;
    memcpy(own->bytecode, profile.arena.bytecode, rows * sizeof *own->bytecode);
    memcpy(own->blocks, profile.arena.blocks, snapshot->block_count * sizeof *own->blocks);
    memcpy(own->units, profile.arena.units, snapshot->unit_count * sizeof *own->units);
    memcpy(own->objects, profile.arena.objects, snapshot->objects_used);
    for (uint64_t i = 0; i < rows; i++) {
        struct arena_bytecode *row = &own->bytecode[i];
        if ((uint64_t)row->first_unit + row->unit_count > snapshot->unit_count)
            row->first_unit = row->unit_count = 0;
        if (row->object + row->object_size > snapshot->objects_used)
            row->object = row->object_size = 0;
        if ((uint64_t)row->first_block + row->block_count > snapshot->block_count) {
            row->first_block = row->block_count = 0;
            own->codes[i].flags &= (uint16_t)~ARENA_CODE_BYTECODE;
        }
    }
    return true;
}

static bool copy_descriptions(const struct arena *own, const struct fork_snapshot *snapshot, struct reserved *reserved) {
    if (!reserve(own, ARENA_STRINGS_AT, 1, snapshot->strings_used, &reserved->strings) ||
        !reserve(own, ARENA_CODES_AT, sizeof(struct arena_code), snapshot->code_count, &reserved->codes) ||
        !reserve(own, ARENA_LINES_AT, sizeof(struct arena_line), snapshot->line_cell_count, &reserved->line_rows))
        return false;
    memcpy(own->strings, profile.arena.strings, snapshot->strings_used);
    copy_codes(own->codes, profile.arena.codes, snapshot);
    memcpy(own->lines, profile.arena.lines, snapshot->line_cell_count * sizeof *own->lines);
    copy_header(own->header, profile.arena.header, snapshot);
    return copy_bytecode(own, snapshot, reserved);
}

/* The head's pointers are those of the parent's, for that is where the segment will be. */
static void copy_thread(struct arena_thread *own, const struct arena_thread *parents, const struct fork_snapshot *snapshot) {
    struct arena_frame *frames = (struct arena_frame *)((char *)own + ARENA_THREAD_FRAMES_AT);
    struct arena_node *nodes = (struct arena_node *)((char *)own + ARENA_THREAD_NODES_AT);
    uint64_t now = shadow_now(own, profile_clock_kind, 0);
    for (uint64_t i = 0; i < snapshot->frame_count; i++)
        frames[i] = shadow_frame_from_now_on(snapshot->frames[i], now);
    for (uint32_t i = 0; i < snapshot->node_count; i++)
        nodes[i] = (struct arena_node){.code = parents->nodes[i].code,
                                       .parent = parents->nodes[i].parent,
                                       .folded_to = parents->nodes[i].folded_to};
    own->top = (struct arena_frame *)(uintptr_t)parents->frames_address + (snapshot->frame_count - 1);
    own->last_ticks = own->last_line_ticks = now;
    own->nodes = parents->nodes;
    own->lines = parents->lines;
    own->active = parents->active;
    own->frames_address = parents->frames_address;
    own->overflow_depth = snapshot->overflow_depth;
    own->node_count = snapshot->node_count;
    own->system_id = (uint64_t)syscall(SYS_gettid);
    own->starts = 1;
    memcpy(own->name, parents->name, sizeof own->name);
    own->state = ARENA_THREAD_RUNNING;
}

/* Without blocks no exit is counted. */
static bool reserve_counters(const struct arena *own, const struct fork_snapshot *snapshot, struct reserved *reserved) {
    return snapshot->block_count <= 1 || (reserve(own, ARENA_THREADS_AT + ARENA_THREAD_BLOCKS_AT, sizeof(uint64_t),
                                                  snapshot->block_count, &reserved->block_counters) &&
                                          reserve(own, ARENA_THREADS_AT + ARENA_THREAD_EXITS_AT, sizeof(uint64_t),
                                                  snapshot->unit_count, &reserved->exits));
}

/* The forking thread's segment, in the child's file and not yet at its place; NULL: no room. */
static struct arena_thread *make_segment(const struct arena *own, const struct thread_slot *slot, struct reserved *reserved) {
    const struct fork_snapshot *snapshot = &slot->snapshot;
    /* An overflown stack is as large as before: its mark's place is relative to its end. */
    uint64_t frames = snapshot->overflow_depth ? slot->frames_reserved : snapshot->frame_count + 2;
    if (!snapshot->frame_count ||
        !reserve(own, ARENA_THREADS_AT + ARENA_THREAD_FRAMES_AT, sizeof(struct arena_frame), frames, &reserved->frames) ||
        !reserve(own, ARENA_THREADS_AT + ARENA_THREAD_NODES_AT, sizeof(struct arena_node), snapshot->node_count,
                 &reserved->nodes) ||
        !reserve(own, ARENA_THREADS_AT + ARENA_THREAD_LINES_AT, sizeof(struct arena_line_cell), snapshot->line_cell_count,
                 &reserved->line_cells) ||
        !reserve_counters(own, snapshot, reserved))
        return NULL;
    struct arena_thread *segment = arena_map_thread(own, 0);
    if (segment)
        copy_thread(segment, slot->segment, snapshot);
    return segment;
}

/* --- moving ----------------------------------------------------------------------------------------------- */

static bool move_mapping(void *from, void *to, size_t size) {
    return mremap(from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED;
}

/* A thread that is not there any more. Its address stays taken: probes remember the node they led to by it. */
static void close_slot(struct thread_slot *slot) {
    struct arena_thread *segment = slot->segment;
    munmap(segment->active, ARENA_MAX_CODES * sizeof *segment->active);
    mmap(segment, ARENA_THREAD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    index_table_free(&slot->children);
    if (slot->snapshot.frames)
        munmap(slot->snapshot.frames, slot->snapshot.frames_room * sizeof *slot->snapshot.frames);
    *slot = (struct thread_slot){0};
}

static void keep_slot(struct thread_slot *kept, const struct reserved *reserved) {
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (&profile.slots[i] != kept)
            close_slot(&profile.slots[i]);
    if (!kept)
        return;
    struct thread_slot slot = *kept;
    *kept = (struct thread_slot){0};
    slot.in_arena = true;
    slot.name_entries = 0;
    slot.frames_reserved = reserved->frames;
    slot.nodes_reserved = reserved->nodes;
    slot.lines_reserved = reserved->line_cells;
    slot.blocks_reserved = reserved->block_counters;
    slot.exits_reserved = reserved->exits;
    profile.slots[0] = slot;
    profile_set_limit(&profile.slots[0]);
    profile.arena.header->thread_count = 1;
}

/* Puts the child's arena in the place of the parent's. false: nothing may be counted. */
static bool move_in(struct arena *own, struct arena_thread *segment, struct thread_slot *slot,
                    const struct reserved *reserved) {
    if ((segment && !move_mapping(segment, slot->segment, ARENA_THREAD_SIZE)) ||
        !move_mapping(own->header, profile.arena.header, ARENA_THREADS_AT))
        return false;
    memcpy(profile.arena.path, own->path, sizeof profile.arena.path);
    profile.strings_reserved = reserved->strings;
    profile.codes_reserved = reserved->codes;
    profile.line_rows_reserved = reserved->line_rows;
    profile.sites_reserved = profile.site_epochs_reserved = 0;
    profile.bytecode_reserved = reserved->bytecode;
    profile.blocks_reserved = reserved->blocks;
    profile.units_reserved = reserved->units;
    profile.objects_reserved = reserved->objects;
    keep_slot(slot, reserved);
    return true;
}

static bool get_own_arena(uint32_t parent) {
    struct thread_slot *slot = profile_slot_of(profile_current_thread);
    struct arena own;
    struct arena_thread *segment = NULL;
    struct reserved reserved = {0};
    if (!profile.main_header || !child_arena_create(&own, profile.main_path, profile.main_header, parent, 0, NULL))
        return false;
    if (copy_descriptions(&own, snapshot_of(slot), &reserved) &&
        (!slot || (segment = make_segment(&own, slot, &reserved)) != NULL) &&
        child_arena_publish(&own, profile.main_header) && move_in(&own, segment, slot, &reserved))
        return true;
    child_arena_remove(&own);
    return false;
}

/* Nothing is counted and nothing written from here on, for the mapping is the parent's profile. (A private mapping of the file
 * would go on seeing what the parent writes.) */
static void detach(void) {
    profile.attached = profile.counting = false;
    profile_current_thread = &profile_no_thread;
    pthread_setspecific(profile.thread_end, NULL);
}

void profile_after_fork_in_child(void) {
    uint32_t parent = profile.process;
    profile.process = (uint32_t)getpid();
    if (profile.attached && get_own_arena(parent))
        return;
    if (profile.main_header && profile.main_header->exit_kind == ARENA_EXIT_NONE)
        __atomic_fetch_add(&profile.main_header->lost_processes, 1, __ATOMIC_RELAXED);
    if (profile.attached)
        detach();
}
