#include "core/probe/profile_writer.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/profile/arena_marks.h"
#include "core/probe/profile_names.h"
#include "core/probe/shadow_stack.h"
#include "core/probe/writer_state.h"
#include "pyprof/collectors.h"

struct profile profile;

static struct arena_frame no_frames[2] = {{.code = PROFILE_NO_CODE}, {.code = PROFILE_NO_CODE}};
struct arena_thread profile_no_thread = {.top = no_frames, .limit = no_frames};
__thread struct arena_thread *profile_current_thread = &profile_no_thread;
enum arena_clock_kind profile_clock_kind;
struct arena_probe_cost profile_probe_cost;

void profile_begin(void) { profile.counting = true; }

struct arena_header *profile_header(void) { return profile.attached ? profile.arena.header : NULL; }

struct arena_code *profile_code(uint32_t code) { return &profile.arena.codes[code]; }

/* Grows by half, so large tables ask rarely. */
bool profile_reserve_rows(uint64_t region, uint64_t row_size, uint64_t *reserved, uint64_t wanted, uint64_t most) {
    if (wanted <= *reserved)
        return true;
    if (wanted > most)
        return false;
    uint64_t bytes = *reserved * row_size / 2 * 3;
    if (bytes < wanted * row_size)
        bytes = wanted * row_size;
    bytes = (bytes + PROFILE_RESERVE_STEP - 1) / PROFILE_RESERVE_STEP * PROFILE_RESERVE_STEP;
    if (bytes > ARENA_ALIGN(most * row_size))
        bytes = ARENA_ALIGN(most * row_size);
    if (!arena_reserve(&profile.arena, region, bytes))
        return false;
    *reserved = bytes / row_size;
    return true;
}

/* --- attaching ------------------------------------------------------------------------------------------ */

static void end_thread(void *thread);

static enum arena_clock_kind choose_clock(const struct arena_header *header) {
    uint32_t timing = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    if (header->collectors && !(header->collectors & timing))
        return ARENA_CLOCK_NONE;
    return header->run_clock == RUN_CLOCK_CPU ? ARENA_CLOCK_THREAD_CPU : (enum arena_clock_kind)header->clock.kind;
}

bool profile_attach(const char *arena_path, struct error *error) {
    if (!arena_attach(&profile.arena, arena_path, error))
        return false;
    if (pthread_key_create(&profile.thread_end, end_thread) != 0) {
        arena_detach(&profile.arena);
        return error_set(error, 1, "no thread-specific key is left for the profile");
    }
    profile.strings_reserved = PROFILE_RESERVE_STEP;
    profile.codes_reserved = PROFILE_RESERVE_STEP / sizeof(struct arena_code);
    profile.line_rows_reserved = PROFILE_RESERVE_STEP / sizeof(struct arena_line);
    const struct arena_header *header = profile.arena.header;
    profile_clock_kind = choose_clock(header);
    profile.attached = true;
    return true;
}

/* --- functions ------------------------------------------------------------------------------------------ */

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash_text(uint64_t hash, const char *text) {
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

/* Offset of a copy of the text; 0 (the empty string) where there is no room, with *failed set. */
static uint64_t add_string(const char *text, bool *failed) {
    size_t size = strlen(text) + 1;
    uint64_t used = profile.arena.header->strings_used;
    if (size == 1)
        return 0;
    if (!profile_reserve_rows(ARENA_STRINGS_AT, 1, &profile.strings_reserved, used + size, ARENA_STRINGS_SIZE)) {
        *failed = true;
        return 0;
    }
    memcpy(profile.arena.strings + used, text, size);
    __atomic_store_n(&profile.arena.header->strings_used, used + size, __ATOMIC_RELEASE);
    return used;
}

static uint64_t add_file_name(const char *file, bool *failed) {
    uint64_t key = hash_text(UINT64_C(0xcbf29ce484222325), file) | 1;
    uint32_t known = index_table_find(&profile.files, key);
    if (known && strcmp(profile.arena.strings + known, file) == 0)
        return known;
    uint64_t offset = add_string(file, failed);
    if (offset && !known)
        (void)index_table_add(&profile.files, key, (uint32_t)offset); /* without it the name is only stored again */
    return offset;
}

uint64_t profile_text(const char *text) {
    bool failed = false;
    return profile.attached ? add_file_name(text, &failed) : 0;
}

const char *profile_text_at(uint64_t offset) { return profile.arena.strings + offset; }

static bool is_same_function(const struct arena_code *code, const struct profile_function *function) {
    const char *strings = profile.arena.strings;
    return code->kind == function->kind && code->first_line == function->first_line &&
           strcmp(strings + code->qualname, function->qualname) == 0 &&
           strcmp(strings + code->file, function->file) == 0;
}

static uint32_t lose_function(const struct profile_function *function) {
    profile_leave_code("no room for it in the profile", function->qualname, function->file);
    return 0;
}

static uint32_t add_function(const struct profile_function *function) {
    struct arena_header *header = profile.arena.header;
    uint32_t id = header->code_count;
    if (!profile_reserve_rows(ARENA_CODES_AT, sizeof(struct arena_code), &profile.codes_reserved, (uint64_t)id + 1,
                      ARENA_MAX_CODES))
        return lose_function(function);
    bool failed = false;
    struct arena_code row = {.first_line = function->first_line,
                             .kind = (uint16_t)function->kind,
                             .flags = function->flags};
    row.file = add_file_name(function->file, &failed);
    row.name = add_string(function->name, &failed);
    row.qualname = strcmp(function->name, function->qualname) ? add_string(function->qualname, &failed) : row.name;
    if (failed)
        return lose_function(function);
    profile.arena.codes[id] = row;
    __atomic_store_n(&header->code_count, id + 1, __ATOMIC_RELEASE);
    return id;
}

uint32_t profile_register_function(const struct profile_function *function) {
    if (!profile.attached)
        return 0;
    uint64_t key = hash_text(UINT64_C(0xcbf29ce484222325) ^ function->fingerprint, function->file);
    key = hash_text(key ^ function->first_line, function->qualname) | 1;
    /* An occupied key of another function (they meet once in 2^63) moves on to the next. */
    for (;; key += 2) {
        uint32_t known = index_table_find(&profile.functions, key);
        if (!known)
            break;
        if (is_same_function(&profile.arena.codes[known], function))
            return known;
    }
    uint32_t id = add_function(function);
    if (id && !index_table_add(&profile.functions, key, id))
        return lose_function(function);
    return id;
}

/* --- lines ---------------------------------------------------------------------------------------------- */

static uint64_t segment_offset(const struct thread_slot *slot) {
    return ARENA_THREADS_AT + (uint64_t)(slot - profile.slots) * ARENA_THREAD_SIZE;
}

static bool reserve_in_segment(const struct thread_slot *slot, uint64_t at, uint64_t row_size, uint64_t *reserved,
                               uint64_t wanted, uint64_t most) {
    if (!slot->in_arena)
        return wanted <= most;
    return profile_reserve_rows(segment_offset(slot) + at, row_size, reserved, wanted, most);
}

static bool reserve_line_cells(struct thread_slot *slot, uint64_t wanted) {
    return reserve_in_segment(slot, ARENA_THREAD_LINES_AT, sizeof(struct arena_line_cell), &slot->lines_reserved, wanted,
                              ARENA_MAX_LINE_CELLS);
}

/* Without blocks no exit is counted, though there may be units. */
bool profile_reserve_counters(struct thread_slot *slot, uint32_t blocks, uint32_t units) {
    return blocks <= 1 ||
           (reserve_in_segment(slot, ARENA_THREAD_BLOCKS_AT, sizeof(uint64_t), &slot->blocks_reserved, blocks,
                               ARENA_MAX_BLOCKS) &&
            reserve_in_segment(slot, ARENA_THREAD_EXITS_AT, sizeof(uint64_t), &slot->exits_reserved, units, ARENA_MAX_UNITS));
}

uint32_t profile_register_lines(uint32_t code, const uint32_t *lines, uint32_t count) {
    struct arena_header *header = profile.arena.header;
    struct arena_code *row = &profile.arena.codes[code];
    if (row->line_cell_count)
        return row->line_cell_count == count ? row->first_line_cell : 0;
    uint32_t first = header->line_cell_count;
    uint64_t wanted = (uint64_t)first + count + 1; /* the last one is for untimed time */
    if (!profile_reserve_rows(ARENA_LINES_AT, sizeof(struct arena_line), &profile.line_rows_reserved, wanted,
                              ARENA_MAX_LINE_CELLS))
        return 0;
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (!reserve_line_cells(&profile.slots[i], wanted))
            return 0;
    for (uint32_t i = 0; i < count; i++)
        profile.arena.lines[first + i] = (struct arena_line){code, lines[i]};
    profile.arena.lines[first + count] = (struct arena_line){code, 0};
    __atomic_store_n(&header->line_cell_count, (uint32_t)wanted, __ATOMIC_RELEASE);
    row->first_line_cell = first;
    row->line_cell_count = count;
    row->flags |= ARENA_CODE_LINES;
    return first;
}

uint32_t profile_untimed_cell(uint32_t line_cell) {
    if (!profile.attached)
        return 0;
    const struct arena_code *code = &profile.arena.codes[profile.arena.lines[line_cell].code];
    return code->first_line_cell + code->line_cell_count;
}

/* --- allocation sites ------------------------------------------------------------------------------------ */

struct arena_site *profile_sites(void) { return profile.arena.sites; }
uint64_t *profile_site_epochs(void) { return profile.arena.site_epochs; }

bool profile_reserve_sites(uint32_t count) {
    uint32_t epochs = (count + ARENA_SITES_OF_EPOCH - 1) / ARENA_SITES_OF_EPOCH;
    return profile_reserve_rows(ARENA_SITES_AT, sizeof(struct arena_site), &profile.sites_reserved, count, ARENA_MAX_SITES) &&
           profile_reserve_rows(ARENA_SITE_EPOCHS_AT, sizeof(uint64_t), &profile.site_epochs_reserved, epochs,
                                ARENA_MAX_SITES / ARENA_SITES_OF_EPOCH);
}

/* --- threads -------------------------------------------------------------------------------------------- */

/* Room for what a thread's first probes touch. */
static bool reserve_first_rows(struct thread_slot *slot) {
    return reserve_in_segment(slot, ARENA_THREAD_FRAMES_AT, sizeof(struct arena_frame), &slot->frames_reserved, 2,
                              ARENA_MAX_FRAMES) &&
           reserve_in_segment(slot, ARENA_THREAD_NODES_AT, sizeof(struct arena_node), &slot->nodes_reserved, 2,
                              ARENA_MAX_NODES) &&
           reserve_line_cells(slot, profile.arena.header->line_cell_count) &&
           profile_reserve_counters(slot, profile.arena.header->block_count, profile.arena.header->unit_count);
}

static void *map_private(size_t size) {
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static struct arena_frame *segment_frames(struct arena_thread *thread) {
    return (struct arena_frame *)((char *)thread + ARENA_THREAD_FRAMES_AT);
}

void profile_set_limit(struct thread_slot *slot) {
    uint64_t rows = slot->in_arena ? slot->frames_reserved : ARENA_MAX_FRAMES;
    /* One frame is kept back as the mark of an overflown stack. */
    slot->segment->limit = segment_frames(slot->segment) + rows - 2;
}

void profile_set_places(struct arena_thread *thread) {
    thread->nodes = (struct arena_node *)((char *)thread + ARENA_THREAD_NODES_AT);
    thread->lines = (struct arena_line_cell *)((char *)thread + ARENA_THREAD_LINES_AT);
    thread->frames_address = (uintptr_t)segment_frames(thread);
    thread->node_count = 1;
}

/* Maps a segment into a slot that never had one: from the arena, else (no room) private memory that nobody is shown. */
static bool open_slot(struct thread_slot *slot, uint32_t index) {
    slot->in_arena = index < ARENA_MAX_THREADS;
    if (slot->in_arena)
        slot->segment = arena_map_thread(&profile.arena, index);
    if (!slot->segment || !reserve_first_rows(slot)) {
        profile.arena.header->lost_threads++;
        slot->in_arena = false;
        slot->segment = map_private(ARENA_THREAD_SIZE);
    }
    if (!slot->segment)
        return false;
    struct arena_thread *thread = slot->segment;
    thread->active = map_private(ARENA_MAX_CODES * sizeof *thread->active);
    if (!thread->active) {
        slot->segment = NULL;
        return false;
    }
    profile_set_places(thread);
    profile_set_limit(slot);
    if (slot->in_arena)
        __atomic_store_n(&profile.arena.header->thread_count, index + 1, __ATOMIC_RELEASE);
    return true;
}

static void begin_thread(struct thread_slot *slot) {
    struct arena_thread *thread = slot->segment;
    struct arena_frame *root = segment_frames(thread);
    /* A time that is 0 would be of a frame that is not timed. */
    uint64_t now = profile_clock_kind == ARENA_CLOCK_STILL ? (thread->latest_ticks ? thread->latest_ticks : 1)
                                                           : clock_ticks(profile_clock_kind) - thread->own_ticks;
    *root = (struct arena_frame){.start_ticks = now};
    thread->latest_ticks = now;
    thread->last_ticks = now;
    thread->last_line_ticks = now;
    thread->overflow_depth = 0;
    thread->starts++;
    thread->system_id = (uint64_t)syscall(SYS_gettid);
    profile_name_begin(slot);
    __atomic_store_n(&thread->top, root, __ATOMIC_RELEASE);
    profile_current_thread = thread;
    pthread_setspecific(profile.thread_end, thread);
}

/* Finds a segment for a new thread: one that an ended thread left (its counts stay and are added to), else a new one. */
static struct thread_slot *claim_slot(void) {
    for (uint32_t i = 0; i < ARENA_MAX_THREADS; i++) {
        struct thread_slot *slot = &profile.slots[i];
        if (!slot->segment) {
            if (!open_slot(slot, i))
                return NULL;
            slot->segment->state = ARENA_THREAD_RUNNING;
            return slot;
        }
        uint32_t ended = ARENA_THREAD_ENDED;
        if (__atomic_compare_exchange_n(&slot->segment->state, &ended, ARENA_THREAD_RUNNING, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return slot;
    }
    return NULL;
}

struct arena_thread *profile_register_thread(void) {
    if (!profile.attached || !profile.counting)
        return NULL;
    static __thread bool refused;
    struct thread_slot *slot = refused ? NULL : claim_slot();
    if (!slot) {
        profile.arena.header->lost_threads += !refused;
        refused = true;
        return NULL;
    }
    begin_thread(slot);
    return slot->segment;
}

/* A thread's end: what is still on its stack (a daemon thread at exit) gets its time; the segment is free for another. */
static void end_thread(void *ending) {
    struct arena_thread *thread = ending;
    if (thread == &profile_no_thread)
        return;
    shadow_unwind_all(thread);
    profile_current_thread = &profile_no_thread;
    __atomic_store_n(&thread->state, ARENA_THREAD_ENDED, __ATOMIC_RELEASE);
}

struct thread_slot *profile_slot_of(const struct arena_thread *thread) {
    for (uint32_t i = 0; i < ARENA_MAX_THREADS && profile.slots[i].segment; i++)
        if (profile.slots[i].segment == thread)
            return &profile.slots[i];
    return NULL;
}

bool profile_thread_index(const struct arena_thread *thread, uint32_t *index) {
    const struct thread_slot *slot = profile_slot_of(thread);
    *index = slot ? (uint32_t)(slot - profile.slots) : 0;
    return slot && slot->in_arena;
}

bool profile_grow_stack(struct arena_thread *thread) {
    struct thread_slot *slot = profile_slot_of(thread);
    if (slot && profile_name_give_up(slot))
        return true;
    if (!slot || !slot->in_arena)
        return false;
    uint64_t wanted = slot->frames_reserved + 1;
    if (!reserve_in_segment(slot, ARENA_THREAD_FRAMES_AT, sizeof(struct arena_frame), &slot->frames_reserved, wanted,
                            ARENA_MAX_FRAMES))
        return false;
    profile_set_limit(slot);
    return true;
}

/* --- marks and types --------------------------------------------------------------------------------------- */

bool profile_mark(const char *name) { return profile.attached && arena_add_mark(&profile.arena, name); }

struct arena_type *profile_types(uint32_t count) {
    if (!profile.attached || count > ARENA_MAX_TYPES ||
        !arena_reserve(&profile.arena, ARENA_TYPES_AT, count * sizeof(struct arena_type)))
        return NULL;
    return (struct arena_type *)((char *)profile.arena.header + ARENA_TYPES_AT);
}

/* --- call nodes ----------------------------------------------------------------------------------------- */

/* The nearest node from `position` upwards that stands for `code`; 0 where there is none. */
static uint32_t find_ancestor(const struct arena_thread *thread, uint32_t position, uint32_t code) {
    for (uint32_t at = position; at; at = thread->nodes[at].parent)
        if (thread->nodes[at].code == code)
            return at;
    return 0;
}

uint32_t profile_find_node(struct arena_thread *thread, uint32_t position, uint32_t code) {
    struct thread_slot *slot = profile_slot_of(thread);
    if (!slot)
        return position;
    uint64_t key = ((uint64_t)position << 32 | code) + 1;
    uint32_t node = index_table_find(&slot->children, key);
    if (node)
        return node;
    node = thread->node_count;
    if (!reserve_in_segment(slot, ARENA_THREAD_NODES_AT, sizeof(struct arena_node), &slot->nodes_reserved,
                            (uint64_t)node + 1, ARENA_MAX_NODES) ||
        !index_table_add(&slot->children, key, node)) {
        profile.arena.header->lost_nodes++;
        return position;
    }
    thread->nodes[node] =
        (struct arena_node){.code = code, .parent = position, .folded_to = find_ancestor(thread, position, code)};
    __atomic_store_n(&thread->node_count, node + 1, __ATOMIC_RELEASE);
    return node;
}
