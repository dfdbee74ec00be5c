#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/memory_origin.h"

#include "core/host/twins.h"
#include "core/probe/memory_events.h"
#include "core/probe/shadow_stack.h"

/* In the place of a node: the instruction is in code without probes, so its line is no line of the function on top. */
enum { WITHOUT_PROBES = 1 };

static uint32_t row_of(python_frame *frame) {
    const struct twin *twin = twins_find(python_frame_code(frame));
    return twin ? twin->code : 0;
}

/* The frame whose line an event has: the innermost that has begun and is of code with probes. *direct: it is the
 * innermost of all. NULL: there is none. A place that is known on the way there ends the search. */
static python_frame *find_frame(python_frame *frame, uintptr_t node, uint32_t *row, const struct memory_place **known) {
    for (; frame; frame = python_frame_caller(frame)) {
        if (!python_frame_has_begun(frame))
            continue;
        uintptr_t instruction = python_frame_instruction(frame);
        *known = memory_known_place(instruction, node);
        if (*known)
            return frame;
        if (memory_known_place(instruction, WITHOUT_PROBES))
            continue;
        *row = row_of(frame);
        if (*row)
            return frame;
        memory_keep_place(instruction, WITHOUT_PROBES, (struct memory_place){0});
    }
    return NULL;
}

struct memory_place memory_find_place(const PyThreadState *running) {
    memory_renew_clock();
    struct arena_thread *thread = profile_current_thread;
    python_frame *frame = running ? python_thread_frame(running) : NULL;
    if (thread == &profile_no_thread && frame)
        thread = profile_register_thread();
    if (!thread || thread == &profile_no_thread)
        return memory_place_of(0);
    struct arena_frame *top = thread->top;
    uintptr_t node = memory_node_identity(thread, top->node);
    uint32_t owner = shadow_line_owner(top)->code, row = 0;
    const struct memory_place *known = NULL;
    frame = find_frame(frame, node, &row, &known);
    if (known)
        return *known;
    struct memory_origin origin = {.thread = thread, .node = top->node, .code = owner};
    if (frame) {
        /* Its probe at the beginning is about to run, or that at its end has: it is the callee of what is on top. */
        if (row != owner)
            origin.node = profile_find_node(thread, top->position, row);
        origin.code = row;
        origin.line = python_frame_line(frame);
    }
    struct memory_place place = memory_place_of(memory_find_site(origin));
    if (frame)
        memory_keep_place(python_frame_instruction(frame), node, place);
    return place;
}

/* --- without the interpreter lock ---------------------------------------------------------------------------- */

/* A thread that allocates does so often from one instruction, and asking for a line takes long. */
static uint32_t kept_line(python_frame *frame) {
    static __thread struct {
        uintptr_t instruction;
        uint32_t code_ends, line;
    } kept;
    uint32_t code_ends = __atomic_load_n(&memory_code_ends, __ATOMIC_ACQUIRE);
    uintptr_t instruction = python_frame_instruction(frame);
    if (kept.instruction != instruction || kept.code_ends != code_ends) {
        kept.instruction = instruction;
        kept.code_ends = code_ends;
        kept.line = python_frame_line(frame);
    }
    return kept.line;
}

/* Twins are only for who holds the lock. A function is told by the line that it begins on; frames of others are C
 * code's, or without probes. */
static uint32_t foreign_line(const PyThreadState *thread, uint32_t code) {
    enum { MOST_FRAMES = 32 };
    python_frame *frame = thread ? python_thread_frame(thread) : NULL;
    uint32_t first_line = profile_code(code)->first_line;
    for (int i = 0; frame && i < MOST_FRAMES; i++, frame = python_frame_caller(frame))
        if (python_frame_has_begun(frame) && (uint32_t)python_frame_code(frame)->co_firstlineno == first_line)
            return kept_line(frame);
    return 0;
}

struct memory_origin memory_foreign_origin(void) {
    struct arena_thread *thread = profile_current_thread;
    if (thread == &profile_no_thread)
        return (struct memory_origin){0};
    uint32_t code = shadow_line_owner(thread->top)->code;
    return (struct memory_origin){.thread = thread,
                                  .node = thread->top->node,
                                  .code = code == PROFILE_NO_CODE ? 0 : code,
                                  .line = code == PROFILE_NO_CODE ? 0 : foreign_line(python_this_thread(), code)};
}
