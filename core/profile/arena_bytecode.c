/* arena_bytecode.c - instructions: the recorder's disassembly, and the counts of the host's blocks on it.
 *
 * The host counts how often each block is entered and at which code units exceptions leave; an instruction ran as often as its
 * block was entered, less the exceptions that left at units before it (struct arena_block). Where instructions begin is known from
 * the disassembly alone, so a function without one has no counts. */
#include <stdlib.h>
#include <string.h>

#include "core/profile/arena_build.h"
#include "core/profile/model_build.h"

enum { COUNTERS_PER_READ = 1 << 16, UNIT_SIZE = 2 };

/* --- counts --------------------------------------------------------------------------------------------------- */

/* Adds counters [1, count) of a region of the thread's segment; counter 0 is a sink. */
static bool add_counters(struct arena_build *build, uint64_t at, uint64_t *sums, size_t count, struct error *error) {
    for (size_t first = 1; first < count; first += COUNTERS_PER_READ) {
        size_t piece = count - first < COUNTERS_PER_READ ? count - first : COUNTERS_PER_READ;
        const uint64_t *counters = arena_read_scratch(build->reader, &build->reader->rows, at + first * sizeof *counters,
                                                      piece * sizeof *counters, error);
        if (!counters)
            return false;
        for (size_t i = 0; i < piece; i++)
            sums[first + i] += counters[i];
    }
    return true;
}

static bool make_sums(struct arena_build *build, uint64_t **sums, size_t count, struct error *error) {
    if (!*sums)
        *sums = calloc(count, sizeof **sums);
    return *sums || arena_out_of_memory(build->reader, error);
}

/* Exits first: a thread enters a block before it leaves it, so no more leave than have entered. */
bool arena_add_block_counts(struct arena_build *build, uint64_t segment, uint64_t exits, struct error *error) {
    size_t blocks = build->header->block_count, units = build->header->unit_count;
    if (!(build->header->collectors & COLLECTOR_BYTECODE) || blocks < 2 || units < 2)
        return true;
    if (exits && (!make_sums(build, &build->exit_sums, units, error) ||
                  !add_counters(build, segment + ARENA_THREAD_EXITS_AT, build->exit_sums, units, error)))
        return false;
    return make_sums(build, &build->block_sums, blocks, error) &&
           add_counters(build, segment + ARENA_THREAD_BLOCKS_AT, build->block_sums, blocks, error);
}

/* --- tables --------------------------------------------------------------------------------------------------- */

struct tables {
    struct arena_bytecode *bytecode;       /* of each code, as disassembly */
    struct arena_disassembly *disassembly;
    struct arena_block *blocks;            /* NULL: nothing was counted, as exit and block sums */
    struct arena_instruction *instructions;
    struct arena_handler *handlers;
    struct arena_texts texts;
};

/* A malloc'ed copy of a region's rows, for none, too. NULL: failed. */
static void *read_rows(struct arena_build *build, uint64_t at, size_t count, size_t size, struct error *error) {
    void *rows = malloc((count ? count : 1) * size);
    if (!rows)
        arena_out_of_memory(build->reader, error);
    else if (!arena_read(build->reader, at, rows, count * size, error)) {
        free(rows);
        rows = NULL;
    }
    return rows;
}

/* The size is read anew, after the rows: what is specialised meanwhile has texts that were not there when the header was read. */
static bool read_texts(struct arena_build *build, struct arena_texts *texts, struct error *error) {
    if (!arena_read(build->reader, offsetof(struct arena_header, texts_used), &texts->size, sizeof texts->size, error))
        return false;
    if (texts->size > ARENA_TEXTS_SIZE)
        return arena_damaged(build->reader, "size of the disassembly's texts out of bounds", error);
    char *bytes = model_text_room(build->model, texts->size);
    if (!bytes)
        return arena_out_of_memory(build->reader, error);
    return arena_fill_texts(build, ARENA_TEXTS_AT, bytes, texts, error);
}

static bool read_tables(struct arena_build *build, struct tables *tables, struct error *error) {
    const struct arena_header *header = build->header;
#define READ(member, AT, count) (tables->member = read_rows(build, AT, count, sizeof *tables->member, error))
    return READ(bytecode, ARENA_BYTECODE_AT, header->code_count) &&
           READ(disassembly, ARENA_DISASSEMBLY_AT, header->code_count) &&
           (!build->block_sums || READ(blocks, ARENA_BLOCKS_AT, header->block_count)) &&
           READ(instructions, ARENA_INSTRUCTIONS_AT, header->instruction_count) &&
           READ(handlers, ARENA_HANDLERS_AT, header->handler_count) && read_texts(build, &tables->texts, error);
#undef READ
}

static void free_tables(struct tables *tables) {
    free(tables->bytecode);
    free(tables->disassembly);
    free(tables->blocks);
    free(tables->instructions);
    free(tables->handlers);
}

static bool is_within(uint32_t first, uint32_t count, uint32_t total) { return first <= total && count <= total - first; }

/* --- one function --------------------------------------------------------------------------------------------- */

/* Its blocks, with their counts. */
struct counters {
    const struct arena_block *blocks;
    const uint64_t *entered;
    size_t block_count;
    const uint64_t *exits; /* by unit; NULL: no exception left anywhere */
};

/* Whether a code's blocks are what they should be: its own, ascending, within its bytecode. */
static bool find_counters(const struct arena_build *build, const struct tables *tables, uint32_t id, struct counters *counters) {
    const struct arena_bytecode *bytecode = &tables->bytecode[id];
    if (!tables->blocks || !bytecode->block_count ||
        !is_within(bytecode->first_block, bytecode->block_count, build->header->block_count) ||
        !is_within(bytecode->first_unit, bytecode->unit_count, build->header->unit_count))
        return false;
    *counters = (struct counters){.blocks = tables->blocks + bytecode->first_block,
                                  .entered = build->block_sums + bytecode->first_block,
                                  .block_count = bytecode->block_count,
                                  .exits = build->exit_sums ? build->exit_sums + bytecode->first_unit : NULL};
    uint32_t end = 0;
    for (size_t i = 0; i < counters->block_count; i++) {
        const struct arena_block *block = &counters->blocks[i];
        if (block->code != id || block->first_unit < end || !is_within(block->first_unit, block->unit_count, bytecode->unit_count))
            return false;
        end = block->first_unit + block->unit_count;
    }
    return true;
}

static bool was_entered(const struct counters *counters) {
    for (size_t i = 0; i < counters->block_count; i++)
        if (counters->entered[i])
            return true;
    return false;
}

/* Exceptions that left at units [from, end). */
static uint64_t exits_between(const struct counters *counters, uint32_t from, uint32_t end) {
    uint64_t sum = 0;
    for (uint32_t unit = from; counters->exits && unit < end; unit++)
        sum += counters->exits[unit];
    return sum;
}

/* An instruction's units are those from its first prefix to the next one; all within a block or none. Exceptions that leave at the
 * last one of a block change no count, so hosts need not note them: no exits there may be none that were noted. */
static void count_instructions(const struct counters *counters, struct model_instruction *rows, size_t count) {
    const struct arena_block *block = counters->blocks, *last = block + counters->block_count;
    uint64_t left = 0; /* before the instruction, in its block */
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t unit = rows[i].offset / UNIT_SIZE, next;
        for (end = i; end + 1 < count && rows[end].flags & MODEL_INSTRUCTION_PREFIX;)
            end++;
        for (; block < last && unit >= block->first_unit + block->unit_count; block++)
            left = 0;
        bool inside = block < last && unit >= block->first_unit;
        uint64_t entered = inside ? counters->entered[block - counters->blocks] : 0;
        next = ++end < count ? rows[end].offset / UNIT_SIZE : UINT32_MAX;
        bool last_one = inside && next >= block->first_unit + block->unit_count;
        if (last_one)
            next = block->first_unit + block->unit_count;
        uint64_t executed = entered > left ? entered - left : 0;
        uint64_t raised = inside ? exits_between(counters, unit, next) : 0;
        for (size_t row = i; row < end; row++) {
            rows[row].count = executed;
            rows[row].raised = last_one && executed && !raised ? MODEL_UNKNOWN : raised < executed ? raised : executed;
        }
        left += raised;
    }
}

static uint32_t model_instruction_flags(const struct arena_instruction *instruction) {
    uint32_t flags = 0;
    if (instruction->flags & ARENA_INSTRUCTION_JUMP_TARGET)
        flags |= MODEL_INSTRUCTION_JUMP_TARGET;
    if (instruction->flags & ARENA_INSTRUCTION_PREFIX)
        flags |= MODEL_INSTRUCTION_PREFIX;
    if (instruction->unit_flags & ARENA_UNIT_ADAPTIVE)
        flags |= MODEL_INSTRUCTION_ADAPTIVE;
    if (instruction->unit_flags & ARENA_UNIT_GAVE_UP)
        flags |= MODEL_INSTRUCTION_GAVE_UP;
    return flags;
}

static struct model_instruction model_row(const struct tables *tables, uint32_t id, const struct arena_instruction *instruction,
                                          uint32_t last_offset) {
    bool jumps = instruction->jump_target <= last_offset;
    return (struct model_instruction){
        .function = id, .offset = instruction->offset, .line = instruction->line,
        .jump_target = jumps ? instruction->jump_target : MODEL_NO_OFFSET,
        .opname = arena_text(&tables->texts, instruction->opname),
        .argrepr = arena_text(&tables->texts, instruction->argrepr),
        .specialized = arena_text(&tables->texts, instruction->specialized),
        .argument = instruction->argument, .flags = model_instruction_flags(instruction),
        .stack_effect = instruction->stack_effect, .jump_stack_effect = instruction->jump_stack_effect,
        .count = MODEL_UNKNOWN, .raised = MODEL_UNKNOWN};
}

/* Rows that two codes claim would be more than there are. */
static bool has_instructions(const struct arena_build *build, const struct tables *tables, const struct arena_disassembly *known) {
    if (known->state != ARENA_DISASSEMBLY_THERE || !known->instruction_count ||
        !is_within(known->first_instruction, known->instruction_count, build->header->instruction_count) ||
        known->instruction_count > build->header->instruction_count - build->model->instruction_row_count)
        return false;
    const struct arena_instruction *rows = tables->instructions + known->first_instruction;
    for (uint32_t i = 1; i < known->instruction_count; i++)
        if (rows[i].offset <= rows[i - 1].offset)
            return false;
    return rows[known->instruction_count - 1].offset < ARENA_NO_OFFSET;
}

static void add_instructions(struct arena_build *build, const struct tables *tables, uint32_t id) {
    const struct arena_disassembly *known = &tables->disassembly[id];
    const struct arena_instruction *rows = tables->instructions + known->first_instruction;
    struct model_function *function = &build->model->functions[id];
    struct model_instruction *added = build->model->instruction_rows + build->model->instruction_row_count;
    for (uint32_t i = 0; i < known->instruction_count; i++)
        added[i] = model_row(tables, id, &rows[i], rows[known->instruction_count - 1].offset);
    function->first_instruction_row = (uint32_t)build->model->instruction_row_count;
    function->instruction_row_count = known->instruction_count;
    build->model->instruction_row_count += known->instruction_count;
}

static bool has_handlers(const struct arena_build *build, const struct tables *tables, const struct arena_disassembly *known) {
    if (!is_within(known->first_handler, known->handler_count, build->header->handler_count) ||
        known->handler_count > build->header->handler_count - build->model->handler_count)
        return false;
    const struct arena_handler *rows = tables->handlers + known->first_handler;
    for (uint32_t i = 0; i < known->handler_count; i++)
        if (rows[i].start > rows[i].end || (i && rows[i].start < rows[i - 1].start))
            return false;
    return true;
}

static void add_handlers(struct arena_build *build, const struct tables *tables, uint32_t id) {
    const struct arena_disassembly *known = &tables->disassembly[id];
    struct model_function *function = &build->model->functions[id];
    if (!known->handler_count || !has_handlers(build, tables, known))
        return;
    function->first_handler_row = (uint32_t)build->model->handler_count;
    function->handler_row_count = known->handler_count;
    for (uint32_t i = 0; i < known->handler_count; i++) {
        const struct arena_handler *row = &tables->handlers[known->first_handler + i];
        build->model->handlers[build->model->handler_count++] = (struct model_handler){
            .function = id, .start = row->start, .end = row->end, .target = row->target, .depth = row->depth,
            .keeps_offset = row->keeps_offset != 0};
    }
}

static void add_function(struct arena_build *build, const struct tables *tables, uint32_t id) {
    struct model_function *function = &build->model->functions[id];
    struct counters counters = {0};
    if (function->kind != MODEL_FUNCTION_PYTHON)
        return;
    bool counted = find_counters(build, tables, id, &counters);
    if (has_instructions(build, tables, &tables->disassembly[id])) {
        add_instructions(build, tables, id);
        add_handlers(build, tables, id);
        if (counted)
            count_instructions(&counters, build->model->instruction_rows + function->first_instruction_row,
                               function->instruction_row_count);
    }
    if (counted && (function->instruction_row_count || was_entered(&counters)))
        function->flags |= MODEL_FUNCTION_BYTECODE;
}

/* --- all ------------------------------------------------------------------------------------------------------ */

static bool make_rows(struct arena_build *build, struct error *error) {
    size_t instructions = build->header->instruction_count, handlers = build->header->handler_count;
    build->model->instruction_rows = malloc((instructions ? instructions : 1) * sizeof *build->model->instruction_rows);
    build->model->handlers = malloc((handlers ? handlers : 1) * sizeof *build->model->handlers);
    return (build->model->instruction_rows && build->model->handlers) || arena_out_of_memory(build->reader, error);
}

bool arena_read_bytecode(struct arena_build *build, struct error *error) {
    if (!build->header->instruction_count && !build->block_sums)
        return true;
    struct tables tables = {0};
    bool done = read_tables(build, &tables, error) && make_rows(build, error);
    for (uint32_t id = 1; done && id < build->header->code_count; id++)
        add_function(build, &tables, id);
    free_tables(&tables);
    return done;
}
