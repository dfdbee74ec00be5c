/* arena_stack.c - see arena_stack.h. */
#include "core/profile/arena_stack.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/profile/utf8.h"

/* Time in flight that is longer than what untimed lines take is the line's that runs. */
enum { LONG_TICKS = 1 << 20 };

struct arena_stack arena_stack_of(uint32_t thread) {
    return (struct arena_stack){.offset = ARENA_THREADS_AT + thread * ARENA_THREAD_SIZE};
}

bool arena_stack_read_head(struct arena_build *build, struct arena_stack *stack, struct error *error) {
    return arena_read(build->reader, stack->offset, &stack->head, sizeof stack->head, error);
}

/* Whether the thread has a stack that can be read; fills depth. */
static bool find_depth(struct arena_stack *stack) {
    const struct arena_thread *head = &stack->head;
    uint64_t top = (uint64_t)(uintptr_t)head->top;
    if (head->state != ARENA_THREAD_RUNNING || head->frames_address == 0 || top < head->frames_address)
        return false;
    uint64_t distance = top - head->frames_address;
    stack->depth = distance / sizeof(struct arena_frame);
    return distance % sizeof(struct arena_frame) == 0 && stack->depth < ARENA_MAX_FRAMES;
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
    if (build->header->clock_still)
        return head->latest_ticks;
    if (build->header->run_clock == RUN_CLOCK_CPU) {
        uint64_t now = build->ended ? 0 : processor_time(build->header->host_pid, head->system_id);
        return now && now - head->own_ticks > head->latest_ticks ? now - head->own_ticks : head->latest_ticks;
    }
    uint64_t now = build->ended ? build->clock.end_ticks : clock_ticks(build->clock.kind);
    if (head->waiting_since && head->waiting_since < now)
        now = head->waiting_since;
    return now - head->own_ticks;
}

bool arena_stack_read(struct arena_build *build, struct arena_stack *stack, struct error *error) {
    stack->frames = NULL;
    if (!arena_stack_read_head(build, stack, error))
        return false;
    if (!find_depth(stack))
        return true;
    stack->frames = arena_read_scratch(build->reader, &build->reader->frames, stack->offset + ARENA_THREAD_FRAMES_AT,
                                       (stack->depth + 1) * sizeof *stack->frames, error);
    stack->now = thread_now(build, &stack->head);
    return stack->frames;
}

/* --- time in flight --------------------------------------------------------------------------------------- */

/* Ticks since a reading; 0 for one that was never taken or lies ahead (clocks of two cores differ by a little). */
static uint64_t since(const struct arena_stack *stack, uint64_t start) {
    return start && start < stack->now ? stack->now - start : 0;
}

/* The frame whose lines a frame's are: a C call's are its caller's. */
static const struct arena_frame *line_owner(const struct arena_stack *stack, size_t at) {
    while (at && stack->frames[at].interpreter_frame & ARENA_FRAME_C)
        at--;
    return &stack->frames[at];
}

/* A cell that was read from a frame. */
static uint32_t known_cell(const struct arena_build *build, uint32_t cell) {
    return cell < build->header->line_cell_count && !build->header->lines_still ? cell : 0;
}

static void tell_activation(const struct arena_build *build, const struct arena_stack *stack, const struct arena_flight *flight,
                            size_t at) {
    const struct arena_frame *frame = &stack->frames[at];
    uint64_t ticks = since(stack, frame->start_ticks);
    flight->node(flight->context, frame->node, 0, ticks & frame->outermost_mask);
    if (frame->interpreter_frame & ARENA_FRAME_C)
        return;
    const struct arena_frame *caller = line_owner(stack, at - 1);
    flight->line(flight->context, known_cell(build, caller->line_cell), 0, ticks & caller->outermost_mask);
}

void arena_stack_in_flight(const struct arena_build *build, const struct arena_stack *stack, const struct arena_flight *flight) {
    for (size_t i = 1; i <= stack->depth; i++)
        tell_activation(build, stack, flight, i);
    const struct arena_frame *top = &stack->frames[stack->depth], *owner = line_owner(stack, stack->depth);
    flight->node(flight->context, top->node, since(stack, stack->head.last_ticks), 0);
    uint64_t ticks = since(stack, stack->head.last_line_ticks);
    uint32_t cell = known_cell(build, ticks > LONG_TICKS ? owner->line_cell : owner->charged_cell);
    flight->line(flight->context, cell, ticks, ticks & owner->outermost_mask);
}

/* --- the thread's row ------------------------------------------------------------------------------------- */

/* A name that may not be ended and may hold anything. */
static const char *thread_name(struct model *model, const struct arena_thread *head) {
    size_t length = strnlen(head->name, sizeof head->name);
    char name[sizeof head->name * UTF8_REPLACEMENT_SIZE];
    return model_text(model, name, utf8_replace(head->name, length, name));
}

bool arena_stack_add_row(struct arena_build *build, const struct arena_thread *head, struct error *error) {
    struct model_thread *row = &build->model->threads[build->model->thread_count];
    row->name = thread_name(build->model, head);
    if (!row->name)
        return arena_out_of_memory(build->reader, error);
    row->system_id = head->system_id;
    row->starts = head->starts;
    row->running = head->state == ARENA_THREAD_RUNNING && build->header->exit_kind == ARENA_EXIT_NONE && !build->ended;
    build->model->thread_count++;
    return true;
}

/* Reads which line a cell stands for; 0: none. */
static uint32_t line_of_cell(struct arena_build *build, uint32_t cell) {
    struct arena_line line;
    struct error ignored;
    if (!cell || cell >= build->header->line_cell_count || build->header->lines_still ||
        !arena_read(build->reader, ARENA_LINES_AT + cell * sizeof line, &line, sizeof line, &ignored))
        return 0;
    return line.line;
}

/* A frame may be half written when it is read: what it says is checked, and shown for half a second at most. */
void arena_stack_note_where(struct arena_build *build, const struct arena_stack *stack, struct model_thread *row) {
    uint32_t innermost = 0;
    if (!row->running || build->ended)
        return;
    for (size_t at = stack->depth; at > 0; at--) {
        const struct arena_frame *frame = &stack->frames[at];
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
uint64_t arena_stack_overhead(const struct arena_thread *head) {
    int64_t ticks = (int64_t)(head->own_ticks - head->waited_ticks);
    return ticks > 0 && ticks < INT64_MAX / ARENA_MAX_THREADS ? (uint64_t)ticks : 0;
}

