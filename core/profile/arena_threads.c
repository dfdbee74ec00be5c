/* arena_threads.c - the counters of all threads, summed, with the time of activations that have not ended.
 *
 * A thread goes on while it is read. Its nodes and lines are read first, its stack after them: an activation that is on
 * the stack then had not ended when the nodes were read, so its time is in none of them and nothing is added twice.
 * What ended in between is missing until the next model. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/profile/arena_build.h"
#include "core/profile/utf8.h"

enum { CELLS_PER_READ = 1 << 16 };

/* Time in flight that is longer than what untimed lines take is the line's that runs. */
enum { LONG_TICKS = 1 << 20 };

struct thread_read {
    struct arena_thread head;
    uint64_t offset; /* of the segment in the file */
    struct arena_node *nodes;
    size_t node_count;
    const struct arena_frame *frames;
    size_t depth; /* frames[depth] is the top; frames[0] the thread's root */
    uint64_t now;
};

static bool read_head(struct arena_build *build, struct thread_read *thread, struct error *error) {
    return arena_read(build->reader, thread->offset, &thread->head, sizeof thread->head, error);
}

static bool read_nodes(struct arena_build *build, struct thread_read *thread, struct error *error) {
    if (thread->head.node_count > ARENA_MAX_NODES)
        return arena_damaged(build->reader, "number of call nodes out of bounds", error);
    thread->node_count = thread->head.node_count;
    thread->nodes = arena_read_scratch(build->reader, &build->reader->nodes, thread->offset + ARENA_THREAD_NODES_AT,
                                       thread->node_count * sizeof *thread->nodes, error);
    return thread->nodes;
}

/* Cells are read in pieces: a thread may have many, and most programs have few. */
static bool add_line_cells(struct arena_build *build, const struct thread_read *thread, struct error *error) {
    size_t count = build->header->line_cell_count;
    for (size_t first = 1; first < count; first += CELLS_PER_READ) {
        size_t piece = count - first < CELLS_PER_READ ? count - first : CELLS_PER_READ;
        const struct arena_line_cell *cells = arena_read_scratch(
            build->reader, &build->reader->rows,
            thread->offset + ARENA_THREAD_LINES_AT + first * sizeof *cells, piece * sizeof *cells, error);
        if (!cells)
            return false;
        for (size_t i = 0; i < piece; i++) {
            struct arena_line_cell *sum = &build->line_sums[first + i];
            sum->hits += cells[i].hits;
            sum->self_ticks += cells[i].self_ticks;
            sum->total_ticks += cells[i].total_ticks;
            sum->estimated_ticks += cells[i].estimated_ticks;
        }
    }
    return true;
}

/* Whether the thread has a stack that can be read; fills depth. */
static bool find_depth(struct thread_read *thread) {
    const struct arena_thread *head = &thread->head;
    uint64_t top = (uint64_t)(uintptr_t)head->top;
    if (head->state != ARENA_THREAD_RUNNING || head->frames_address == 0 || top < head->frames_address)
        return false;
    uint64_t distance = top - head->frames_address;
    thread->depth = distance / sizeof(struct arena_frame);
    return distance % sizeof(struct arena_frame) == 0 && thread->depth < ARENA_MAX_FRAMES;
}

/* The processor time of another process's thread, in nanoseconds; 0: it is gone. */
static uint64_t processor_time(uint32_t process, uint64_t thread) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%" PRIu32 "/task/%" PRIu64 "/schedstat", process, thread);
    FILE *file = fopen(path, "re");
    uint64_t ns = 0;
    if (!file)
        return 0;
    if (fscanf(file, "%" SCNu64, &ns) != 1)
        ns = 0;
    fclose(file);
    return ns;
}

/* What a thread's clock says now, or said when the program ended: less by what the profiler has cost it. Of a thread that is gone,
 * the processor time since its last reading is not known. */
static uint64_t thread_now(const struct arena_build *build, const struct arena_thread *head) {
    if (build->header->run_clock == RUN_CLOCK_CPU) {
        uint64_t now = build->ended ? 0 : processor_time(build->header->host_pid, head->system_id);
        return now && now - head->own_ticks > head->latest_ticks ? now - head->own_ticks : head->latest_ticks;
    }
    uint64_t now = build->ended ? build->clock.end_ticks : clock_ticks(build->clock.kind);
    if (head->waiting_since && head->waiting_since < now)
        now = head->waiting_since;
    return now - head->own_ticks;
}

static bool read_frames(struct arena_build *build, struct thread_read *thread, struct error *error) {
    thread->frames = arena_read_scratch(build->reader, &build->reader->frames, thread->offset + ARENA_THREAD_FRAMES_AT,
                                        (thread->depth + 1) * sizeof *thread->frames, error);
    thread->now = thread_now(build, &thread->head);
    return thread->frames;
}

/* Ticks since a reading; 0 for one that was never taken or lies ahead (clocks of two cores differ by a little). */
static uint64_t since(const struct thread_read *thread, uint64_t start) {
    return start && start < thread->now ? thread->now - start : 0;
}

/* The cell of a line that was read from a frame. */
static struct arena_line_cell *line_sum(struct arena_build *build, uint32_t cell) {
    return &build->line_sums[cell < build->header->line_cell_count ? cell : 0];
}

/* The frame whose lines a frame's are: a C call's are its caller's. */
static const struct arena_frame *line_owner(const struct thread_read *thread, size_t at) {
    while (at && thread->frames[at].interpreter_frame & ARENA_FRAME_C)
        at--;
    return &thread->frames[at];
}

static void add_activation(struct arena_build *build, struct thread_read *thread, size_t at) {
    const struct arena_frame *frame = &thread->frames[at];
    uint64_t ticks = since(thread, frame->start_ticks);
    if (frame->node < thread->node_count)
        thread->nodes[frame->node].total_ticks += ticks & frame->outermost_mask;
    if (frame->interpreter_frame & ARENA_FRAME_C)
        return;
    const struct arena_frame *caller = line_owner(thread, at - 1);
    line_sum(build, caller->line_cell)->total_ticks += ticks & caller->outermost_mask;
}

static void add_time_in_flight(struct arena_build *build, struct thread_read *thread) {
    for (size_t i = 1; i <= thread->depth; i++)
        add_activation(build, thread, i);
    const struct arena_frame *top = &thread->frames[thread->depth], *owner = line_owner(thread, thread->depth);
    if (top->node < thread->node_count)
        thread->nodes[top->node].self_ticks += since(thread, thread->head.last_ticks);
    uint64_t ticks = since(thread, thread->head.last_line_ticks);
    struct arena_line_cell *line = line_sum(build, ticks > LONG_TICKS ? owner->line_cell : owner->charged_cell);
    line->self_ticks += ticks;
    line->total_ticks += ticks & owner->outermost_mask;
}

/* A name that may not be ended and may hold anything. */
static const char *thread_name(struct model *model, const struct arena_thread *head) {
    size_t length = strnlen(head->name, sizeof head->name);
    char name[sizeof head->name * UTF8_REPLACEMENT_SIZE];
    return model_text(model, name, utf8_replace(head->name, length, name));
}

static bool add_thread_row(struct arena_build *build, const struct arena_thread *head, struct error *error) {
    struct model_thread *row = &build->model->threads[build->model->thread_count];
    row->name = thread_name(build->model, head);
    if (!row->name)
        return arena_out_of_memory(build->reader, error);
    row->system_id = head->system_id;
    row->starts = head->starts;
    row->running = head->state == ARENA_THREAD_RUNNING && build->header->exit_kind == ARENA_EXIT_NONE;
    build->model->thread_count++;
    return true;
}

/* Of the nodes that became rows of the tree; node 0 is the thread's root, no function. What is added is in ticks, as all times are
 * until they are converted. */
static void sum_thread(struct arena_build *build, const struct thread_read *thread, const uint32_t *merged) {
    struct model_thread *row = &build->model->threads[build->model->thread_count - 1];
    for (size_t i = 1; i < thread->node_count; i++) {
        if (merged[i] == CALL_TREE_NONE)
            continue;
        row->self_ns += thread->nodes[i].self_ticks;
        row->calls += thread->nodes[i].calls;
    }
}

/* Reads which line a cell stands for; 0: none. */
static uint32_t line_of_cell(struct arena_build *build, uint32_t cell) {
    struct arena_line line;
    struct error ignored;
    if (!cell || cell >= build->header->line_cell_count ||
        !arena_read(build->reader, ARENA_LINES_AT + cell * sizeof line, &line, sizeof line, &ignored))
        return 0;
    return line.line;
}

/* A frame may be half written when it is read: what it says is checked, and shown for half a second at most. */
static void note_where(struct arena_build *build, const struct thread_read *thread) {
    struct model_thread *row = &build->model->threads[build->model->thread_count - 1];
    uint32_t innermost = 0;
    if (!row->running || build->ended)
        return;
    for (size_t at = thread->depth; at > 0; at--) {
        const struct arena_frame *frame = &thread->frames[at];
        if (frame->interpreter_frame & ARENA_FRAME_C || frame->code >= build->header->code_count)
            continue;
        innermost = innermost ? innermost : frame->code;
        row->line = line_of_cell(build, frame->line_cell);
        if (row->line) {
            row->function = frame->code;
            return;
        }
    }
    row->function = innermost;
}

/* Nothing is more than the thread can have had; a clock that was set back leaves a negative sum. */
static uint64_t overhead_ticks(const struct arena_thread *head) {
    int64_t ticks = (int64_t)(head->own_ticks - head->waited_ticks);
    return ticks > 0 && ticks < INT64_MAX / ARENA_MAX_THREADS ? (uint64_t)ticks : 0;
}

static bool read_thread(struct arena_build *build, uint32_t index, struct error *error) {
    struct thread_read thread = {.offset = ARENA_THREADS_AT + index * ARENA_THREAD_SIZE};
    if (!read_head(build, &thread, error))
        return false;
    if (thread.head.state == ARENA_THREAD_FREE && thread.head.node_count == 0)
        return true; /* taken by a thread that is not set up yet */
    build->model->overhead_ns += overhead_ticks(&thread.head); /* becomes nanoseconds with all other times */
    if (!add_thread_row(build, &thread.head, error) || !read_nodes(build, &thread, error) ||
        !add_line_cells(build, &thread, error) ||
        !arena_add_block_counts(build, thread.offset, thread.head.exits, error) || !read_head(build, &thread, error))
        return false;
    if (find_depth(&thread)) {
        if (!read_frames(build, &thread, error))
            return false;
        add_time_in_flight(build, &thread);
        note_where(build, &thread);
    }
    struct arena_node_rows *rows = &build->node_rows[index];
    rows->count = thread.node_count;
    rows->rows = malloc((rows->count ? rows->count : 1) * sizeof *rows->rows);
    bool done = rows->rows &&
                call_tree_add(&build->tree, thread.nodes, thread.node_count, build->header->code_count, rows->rows);
    if (done)
        sum_thread(build, &thread, rows->rows);
    if (done && build->header->thread_count > 1)
        done = thread_functions_add(&build->thread_functions, (uint32_t)build->model->thread_count - 1, thread.nodes,
                                    thread.node_count, rows->rows, build->header->code_count);
    return done || arena_out_of_memory(build->reader, error);
}

bool arena_read_threads(struct arena_build *build, struct error *error) {
    uint32_t count = build->header->thread_count;
    build->line_sums = calloc(build->header->line_cell_count, sizeof *build->line_sums);
    build->model->threads = calloc(count ? count : 1, sizeof *build->model->threads);
    build->node_rows = calloc(count ? count : 1, sizeof *build->node_rows);
    if (!build->line_sums || !build->model->threads || !build->node_rows)
        return arena_out_of_memory(build->reader, error);
    for (uint32_t i = 0; i < count; i++)
        if (!read_thread(build, i, error))
            return false;
    return true;
}
